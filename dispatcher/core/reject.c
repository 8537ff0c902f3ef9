/*
 * Names and documentation of refusals, from the one table in reject.h.
 */
#include "reject.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    const char *doc;
} codes[REJECT_COUNT] = {[REJECT_NONE] = {"none", ""},
#define REJECT_TEXTS(id, name, doc) [REJECT_##id] = {name, doc},
                         REJECT_CODES(REJECT_TEXTS)
#undef REJECT_TEXTS
};

const char *reject_name(enum reject_code code)
{
    assert((size_t)code < REJECT_COUNT);
    return codes[code].name;
}

const char *reject_doc(enum reject_code code)
{
    assert((size_t)code < REJECT_COUNT);
    return codes[code].doc;
}

enum reject_code reject_set(struct reject *r, enum reject_code code,
                            const char *format, ...)
{
    va_list args;

    if (!r)
        return code;
    r->code = code;
    va_start(args, format);
    vsnprintf(r->why, sizeof(r->why), format, args);
    va_end(args);
    return code;
}
