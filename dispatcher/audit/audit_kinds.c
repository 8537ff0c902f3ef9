/*
 * Names and rules of findings, from the one table in audit_kinds.h.
 */
#include "audit_kinds.h"

#include <assert.h>
#include <stddef.h>

static const struct {
    const char *name;
    const char *rule;
    bool is_violation;
} kinds[AUDIT_KINDS] = {
#define VIOLATION(id, name, rule) [AUDIT_##id] = {name, rule, true},
    AUDIT_VIOLATIONS(VIOLATION)
#undef VIOLATION
#define SHORTCOMING(id, name, rule) [AUDIT_##id] = {name, rule, false},
        AUDIT_SHORTCOMINGS(SHORTCOMING)
#undef SHORTCOMING
};

const char *audit_kind_name(enum audit_kind kind)
{
    assert((size_t)kind < AUDIT_KINDS);
    return kinds[kind].name;
}

const char *audit_kind_rule(enum audit_kind kind)
{
    assert((size_t)kind < AUDIT_KINDS);
    return kinds[kind].rule;
}

bool audit_kind_is_violation(enum audit_kind kind)
{
    assert((size_t)kind < AUDIT_KINDS);
    return kinds[kind].is_violation;
}
