/*
 * What differs between two catalogues: one walk over two sorted tables.
 */
#include "tables_diff.h"

#include <string.h>

static bool same_value(const struct table_row *a, const struct table_row *b)
{
    return a->value_size == b->value_size &&
           memcmp(a->value, b->value, a->value_size) == 0;
}

/* Below 0: `before` has a row that `after` lacks; above 0: the reverse. */
static int next_order(const struct tables_diff *diff,
                      const struct table *before, const struct table *after)
{
    if (diff->i == before->n)
        return 1;
    if (diff->j == after->n)
        return -1;
    return table_row_compare(&before->rows[diff->i], &after->rows[diff->j]);
}

bool tables_diff_next(struct tables_diff *diff, struct table_difference *out)
{
    const struct table *before = &diff->before->tables[diff->id];
    const struct table *after = &diff->after->tables[diff->id];

    while (diff->i < before->n || diff->j < after->n) {
        int order = next_order(diff, before, after);

        *out = (struct table_difference){
            .table = diff->id,
            .kind = DIFFERENCE_CHANGED,
            .before = order <= 0 ? &before->rows[diff->i++] : NULL,
            .after = order >= 0 ? &after->rows[diff->j++] : NULL,
        };
        if (order == 0 && same_value(out->before, out->after))
            continue;
        if (order != 0)
            out->kind = order < 0 ? DIFFERENCE_REMOVED : DIFFERENCE_ADDED;
        return true;
    }
    return false;
}
