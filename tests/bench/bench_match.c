/*
 * Matching at the size of a city that spells everything out: 343 sub-districts
 * times 2,900 categories, plus the general rules above them.
 *
 * Prints the time of a compile, the bytes a rule takes, and the time of a
 * look-up and of a whole dispatch, against a scan over all rules in order.
 */
#include "bench_city.h"
#include "catalogue.h"
#include "dispatch.h"
#include "findings.h"
#include "match.h"
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 51, SCANS = 20 };

static struct match_query query_of(const struct ticket *ticket)
{
    return (struct match_query){
        .area = ticket->area, .category = ticket->category, .channel = "phone"};
}

static size_t look_up(const struct catalogue *cat, int n)
{
    size_t found = 0;

    for (int i = 0; i < n; i++) {
        const struct match_query query = query_of(&tickets[i]);
        struct candidate best;
        struct match m;

        match_begin(&m, cat, &query);
        found += match_best(&m, &best);
    }
    return found;
}

static size_t dispatch(const struct catalogue *cat, int n)
{
    static struct dispatch_plan plan;
    const int64_t at = 1772445600000;
    const struct dispatch_terms terms = {
        .occurred_at = at, .requested_at = at, .assigned_at = at, .now = at};
    size_t parts = 0;

    for (int i = 0; i < n; i++) {
        Dispatch__V1__TicketCreated created =
            DISPATCH__V1__TICKET_CREATED__INIT;
        Dispatch__V1__Matter matter = DISPATCH__V1__MATTER__INIT;
        Dispatch__V1__Matter *matters[] = {&matter};

        created.area = tickets[i].area;
        created.matters = matters;
        created.n_matters = 1;
        matter.category = tickets[i].category;
        if (dispatch_ticket(cat, &created, &terms, &plan, NULL) == REJECT_NONE)
            parts += plan.n_parts;
    }
    return parts;
}

static bool is_prefix(struct slice prefix, const char *path)
{
    return prefix.size == 0 ||
           (strncmp(prefix.text, path, prefix.size) == 0 &&
            (path[prefix.size] == '\0' || path[prefix.size] == '/'));
}

/* As rules in a list are searched: each one is looked at. */
static size_t scan(const struct catalogue *cat, const struct ticket *ticket)
{
    size_t best = 0;

    for (size_t i = 0; i < catalogue_routes_count(cat); i++) {
        const struct route *route = catalogue_route_at(cat, i);
        if (is_prefix(route_area(route), ticket->area) &&
            is_prefix(route_category(route), ticket->category))
            best = i;
    }
    return best;
}

static int compare_times(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;

    return (*left > *right) - (*left < *right);
}

/* The median over all rounds of the mean over the first n tickets. */
static double median_ns(size_t (*run)(const struct catalogue *, int),
                        const struct catalogue *cat, int n)
{
    int64_t times[ROUNDS];
    size_t sum = run(cat, n);

    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = now_ns();
        sum += run(cat, n);
        times[i] = now_ns() - start;
    }
    if (sum == 0)
        abort();
    qsort(times, ROUNDS, sizeof(times[0]), compare_times);
    return (double)times[ROUNDS / 2] / n;
}

static double scan_ns(const struct catalogue *cat)
{
    int64_t start = now_ns();
    size_t sum = 0;

    for (int i = 0; i < SCANS; i++)
        sum += scan(cat, &tickets[i]);
    if (sum == 0)
        abort();
    return (double)(now_ns() - start) / SCANS;
}

int main(void)
{
    struct findings findings = {0};
    struct catalogue *cat = NULL;
    struct catalogue_tables *t = make_tables(CATEGORIES);
    int64_t start = now_ns();

    if (catalogue_compile(t, &findings, &cat) != STATUS_OK) {
        fprintf(stderr, "%s\n", findings.items[0].message);
        return EXIT_FAILURE;
    }
    printf("compile      %8.2f s, %zu rules, %zu warnings\n",
           (double)(now_ns() - start) / 1e9, catalogue_routes_count(cat),
           findings.warnings);
    tables_free(&t);
    printf("memory       %8.1f bytes a rule\n",
           (double)catalogue_routes_memory(cat) /
               (double)catalogue_routes_count(cat));
    make_tickets(CATEGORIES);
    printf("look-up      %8.0f ns warm, %.0f ns over %d tickets\n",
           median_ns(look_up, cat, WARM), median_ns(look_up, cat, TICKETS),
           TICKETS);
    printf("dispatch     %8.0f ns warm, %.0f ns over %d tickets\n",
           median_ns(dispatch, cat, WARM), median_ns(dispatch, cat, TICKETS),
           TICKETS);
    printf("linear scan  %8.0f ns\n", scan_ns(cat));
    findings_deinit(&findings);
    catalogue_free(&cat);
    return EXIT_SUCCESS;
}
