/*
 * dispatchctl catalogue suggest: rules learned from past tickets.
 */
#ifndef DISPATCHER_CATALOGUE_SUGGEST_H
#define DISPATCHER_CATALOGUE_SUGGEST_H

/* argv[0] is what the command is called in messages. Returns an exit code. */
int catalogue_suggest(int argc, char **argv);

#endif
