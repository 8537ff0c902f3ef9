/*
 * What the code under test writes to standard error.
 */
#ifndef TEST_STDERR_CAPTURE_H
#define TEST_STDERR_CAPTURE_H

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct capture {
    FILE *file;
    int saved;
    char text[65536];
};

static inline void capture_begin(struct capture *c)
{
    c->file = tmpfile();
    assert(c->file != NULL);
    fflush(stderr);
    c->saved = dup(STDERR_FILENO);
    dup2(fileno(c->file), STDERR_FILENO);
}

/* Everything since capture_begin. */
static inline const char *capture_end(struct capture *c)
{
    fflush(stderr);
    dup2(c->saved, STDERR_FILENO);
    close(c->saved);
    rewind(c->file);
    size_t n = fread(c->text, 1, sizeof c->text - 1, c->file);
    c->text[n] = '\0';
    fclose(c->file);
    return c->text;
}

#endif
