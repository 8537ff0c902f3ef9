/*
 * What a text may be that names something outside: topics, ids, addresses.
 * On false why[SETTING_WHY_SIZE] says what is wrong, without the value: it
 * may hold a password.
 */
#ifndef DISPATCHER_SETTINGS_CHECK_H
#define DISPATCHER_SETTINGS_CHECK_H

#include "settings_table.h"

bool check_brokers(const char *text, char *why);
bool check_group_id(const char *text, char *why);
bool check_instance_id(const char *text, char *why);
bool check_topic(const char *text, char *why);
bool check_topic_list(const char *text, char *why);
bool check_redis_url(const char *text, char *why);
bool check_address(const char *text, char *why);

/* The rules that hold between settings. False, with one line each in `err`,
 * when one is broken. */
MUST_CHECK bool check_together(const struct settings *cfg, FILE *err);

#endif
