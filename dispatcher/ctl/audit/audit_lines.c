/*
 * Findings as lines, some of each kind, in an order that does not depend on
 * how fast each partition was read.
 */
#include "audit_lines.h"

#include "memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct kind_lines {
    char **items;
    size_t n, size;
};

struct audit_lines {
    const struct audit_logs *logs;
    size_t limit;
    struct kind_lines kinds[AUDIT_KINDS];
};

struct audit_lines *audit_lines_new(const struct audit_logs *logs, size_t limit)
{
    struct audit_lines *l = memory_new(sizeof(*l));

    l->logs = logs;
    l->limit = limit;
    return l;
}

void audit_lines_free(struct audit_lines **l)
{
    if (!*l)
        return;
    for (int i = 0; i < AUDIT_KINDS; i++) {
        for (size_t j = 0; j < (*l)->kinds[i].n; j++)
            free((*l)->kinds[i].items[j]);
        free((*l)->kinds[i].items);
    }
    free(*l);
    *l = NULL;
}

/* Ids are others' texts: what could steer a terminal is made harmless. */
void audit_print_text(FILE *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        bool c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;

        p += c1;
        fputc(*p < 0x20 || *p == 0x7f || c1 ? '?' : *p, out);
    }
}

/* "assignments/2@133 (t5/4)" */
static void print_place(FILE *out, const struct audit_lines *l,
                        const struct audit_finding *f,
                        const struct audit_place *place)
{
    fprintf(out, "%s/%d@%" PRId64, l->logs->topics[place->topic].name,
            (int)place->partition, place->offset);
    if (place->number == 0)
        return;
    fputs(" (", out);
    audit_print_text(out, f->ticket_id);
    fprintf(out, "/%u)", (unsigned)place->number);
}

static char *line_of(const struct audit_lines *l, const struct audit_finding *f)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return memory_copy_text("out of memory");
    if (f->ticket_id[0]) {
        fputs("ticket ", out);
        audit_print_text(out, f->ticket_id);
        fputs(": ", out);
    }
    audit_print_text(out, f->message);
    fputs(" [", out);
    for (size_t i = 0; i < f->n_places; i++) {
        fputs(i ? ", " : "", out);
        print_place(out, l, f, &f->places[i]);
    }
    fputc(']', out);
    fclose(out);
    return text;
}

void audit_lines_add(struct audit_lines *l, const struct audit_finding *f)
{
    struct kind_lines *kind = &l->kinds[f->kind];

    if (l->limit > 0 && kind->n >= l->limit)
        return;
    if (kind->n == kind->size) {
        kind->size = kind->size ? kind->size * 2 : 16;
        kind->items =
            memory_grow(kind->items, kind->size, sizeof(*kind->items));
    }
    kind->items[kind->n++] = line_of(l, f);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void audit_lines_print(FILE *out, struct audit_lines *l, enum audit_kind kind,
                       uint64_t found)
{
    struct kind_lines *lines = &l->kinds[kind];

    if (found == 0)
        return;
    fprintf(out, "%s %s: %" PRIu64 "\n  %s\n",
            audit_kind_is_violation(kind) ? "VIOLATION" : "SHORTCOMING",
            audit_kind_name(kind), found, audit_kind_rule(kind));
    qsort(lines->items, lines->n, sizeof(*lines->items), compare);
    for (size_t i = 0; i < lines->n; i++)
        fprintf(out, "    %s\n", lines->items[i]);
    if (found > lines->n)
        fprintf(out, "    ... and %" PRIu64 " more\n", found - lines->n);
    fputc('\n', out);
}
