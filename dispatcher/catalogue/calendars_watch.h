/*
 * Says of a catalogue that comes into force how long its calendars last.
 */
#ifndef DISPATCHER_CALENDARS_WATCH_H
#define DISPATCHER_CALENDARS_WATCH_H

#include <stdint.h>

struct catalogue;
struct metrics;

/* Shows the calendars that run out first in the metrics (NULL: none), and
 * logs one line when a warning is due. */
void calendars_watch(const struct catalogue *cat, struct metrics *metrics,
                     int64_t now_ms);

#endif
