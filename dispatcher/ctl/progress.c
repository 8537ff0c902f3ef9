/*
 * The bar, redrawn in place with a carriage return.
 */
#include "progress.h"

#include <unistd.h>

enum {
    BAR_WIDTH = 30,
    REDRAW_MS = 100,
    LINE_MS = 5000,
    PERCENT = 100,
    MS_PER_SECOND = 1000,
};

void progress_begin(struct progress *p, FILE *out, int64_t now_ms)
{
    *p = (struct progress){.out = out,
                           .terminal = isatty(fileno(out)) != 0,
                           .started_ms = now_ms,
                           .shown_ms = now_ms};
}

static void draw_bar(FILE *out, double fraction)
{
    int filled = (int)(fraction * BAR_WIDTH);
    fputc('[', out);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '=' : ' ', out);
    fprintf(out, "] %3d %%  ", (int)(fraction * PERCENT));
}

void progress_show(struct progress *p, const struct progress_state *state,
                   int64_t now_ms)
{
    if (now_ms - p->shown_ms < (p->terminal ? REDRAW_MS : LINE_MS))
        return;
    p->shown_ms = now_ms;
    int64_t elapsed_ms = now_ms - p->started_ms;
    double rate = elapsed_ms > 0
                      ? (double)state->done * MS_PER_SECOND / (double)elapsed_ms
                      : 0;
    if (p->terminal)
        fputc('\r', p->out);
    if (p->terminal && state->fraction > 0)
        draw_bar(p->out, state->fraction);
    fprintf(p->out, "%lu %s, ", state->done, state->verb);
    if (!state->reading)
        fprintf(p->out, "%lu refused, ", state->refused);
    fprintf(p->out, "%.0f/s", rate);
    /* Wipes what a longer line left behind. */
    fputs(p->terminal ? "\033[K" : "\n", p->out);
    fflush(p->out);
}

void progress_clear(struct progress *p)
{
    if (p->terminal)
        fputs("\r\033[K", p->out);
}
