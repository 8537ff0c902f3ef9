/*
 * The same look-ups done as others do them: a scan over a list of rules, an
 * SQL query, and one HGET a ticket from a Redis on this machine.
 *
 *   bench_rivals [--quick]     --quick: a tenth of the rules
 *
 * The scan and the query give the same answers as the matcher, which is
 * checked. HGET can only find a rule of exactly the ticket's area and
 * category, and is asked for such tickets alone. Checking costs the rivals
 * one look-up of the matcher each. SQLite is measured when its
 * development files were there at the build, Redis when there is a
 * redis-server.
 */
#include "bench_city.h"
#include "bench_redis.h"
#include "catalogue.h"
#include "findings.h"
#include "match.h"
#include "path.h"

#include <hiredis.h>
#include <stdbool.h>
#include <stdlib.h>
#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif

enum { QUICK = 10, LOOK_UPS = 20000, SCANS = 20, BATCH = 1000 };

static void print(const char *what, int64_t started_ns, int n)
{
    printf("%-14s %10.0f ns\n", what, (double)(now_ns() - started_ns) / n);
}

/* What the matcher says: the department's id. */
static const char *look_up(const struct catalogue *cat,
                           const struct ticket *ticket)
{
    const struct match_query query = {
        .area = ticket->area, .category = ticket->category, .channel = "phone"};
    struct candidate best;
    struct match m;

    match_begin(&m, cat, &query);
    return match_best(&m, &best) ? best.department->id : "";
}

/* The sum keeps the compiler from leaving the look-ups out. */
static size_t look_all_up(const struct catalogue *cat)
{
    size_t sum = 0;

    for (int i = 0; i < LOOK_UPS; i++)
        sum += (size_t)look_up(cat, &tickets[i])[0];
    return sum;
}

static void bench_matcher(const struct catalogue *cat)
{
    size_t sum = look_all_up(cat); /* memory is touched once before */
    int64_t started_ns = now_ns();

    sum += look_all_up(cat);
    print("matcher", started_ns, LOOK_UPS);
    if (sum == 0)
        die("nothing was found");
}

/* -------------------------------------------------------------------- scan */

static bool is_prefix(struct slice prefix, const char *path)
{
    return prefix.size == 0 ||
           (strncmp(prefix.text, path, prefix.size) == 0 &&
            (path[prefix.size] == '\0' || path[prefix.size] == '/'));
}

static bool is_better(const struct route *a, const struct route *b)
{
    size_t left = route_category(a).size, right = route_category(b).size;

    return left > right ||
           (left == right && route_area(a).size > route_area(b).size);
}

static const char *scan(const struct catalogue *cat,
                        const struct ticket *ticket)
{
    const struct route *best = NULL;

    for (size_t i = 0; i < catalogue_routes_count(cat); i++) {
        const struct route *route = catalogue_route_at(cat, i);

        if (is_prefix(route_area(route), ticket->area) &&
            is_prefix(route_category(route), ticket->category) &&
            (best == NULL || is_better(route, best)))
            best = route;
    }
    return best != NULL ? route_department_text(cat, best) : "";
}

static void bench_scan(const struct catalogue *cat)
{
    int64_t started_ns = now_ns();

    for (int i = 0; i < SCANS; i++)
        if (strcmp(scan(cat, &tickets[i]), look_up(cat, &tickets[i])) != 0)
            die("the scan differs");
    print("linear scan", started_ns, SCANS);
}

/* ------------------------------------------------------------------ SQLite */

#ifdef HAVE_SQLITE
enum {
    MAX_PREFIXES = 4
}; /* of the paths in bench_city.h, with the empty one */

static void execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    return statement;
}

static void bind_slice(sqlite3_stmt *statement, int i, struct slice text)
{
    sqlite3_bind_text(statement, i, text.text, (int)text.size, SQLITE_STATIC);
}

static sqlite3 *fill_database(const struct catalogue *cat)
{
    sqlite3 *db;

    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        die("SQLite does not open");
    execute(db, "CREATE TABLE routes (category TEXT, area TEXT, department "
                "TEXT, PRIMARY KEY (category, area)) WITHOUT ROWID; BEGIN");
    sqlite3_stmt *insert = prepare(db, "INSERT INTO routes VALUES (?, ?, ?)");
    for (size_t i = 0; i < catalogue_routes_count(cat); i++) {
        const struct route *route = catalogue_route_at(cat, i);

        bind_slice(insert, 1, route_category(route));
        bind_slice(insert, 2, route_area(route));
        sqlite3_bind_text(insert, 3, route_department_text(cat, route), -1,
                          SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE)
            die(sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    execute(db, "COMMIT");
    return db;
}

/* Binds all prefixes; the shorter ones repeat the empty path. */
static void bind_prefixes(sqlite3_stmt *statement, int first, const char *text)
{
    struct path path;

    path_read(&path, text, strlen(text));
    for (uint32_t i = 0; i < MAX_PREFIXES; i++)
        sqlite3_bind_text(statement, first + (int)i, text,
                          i <= path.depth ? path.size[i] : 0, SQLITE_STATIC);
}

static void bench_sqlite(const struct catalogue *cat)
{
    sqlite3 *db = fill_database(cat);
    sqlite3_stmt *query =
        prepare(db, "SELECT department FROM routes WHERE category IN "
                    "(?, ?, ?, ?) AND area IN (?, ?, ?, ?) ORDER BY "
                    "length(category) DESC, length(area) DESC LIMIT 1");
    int64_t started_ns = now_ns();

    for (int i = 0; i < LOOK_UPS; i++) {
        bind_prefixes(query, 1, tickets[i].category);
        bind_prefixes(query, 1 + MAX_PREFIXES, tickets[i].area);
        if (sqlite3_step(query) != SQLITE_ROW ||
            strcmp((const char *)sqlite3_column_text(query, 0),
                   look_up(cat, &tickets[i])) != 0)
            die("the query differs");
        sqlite3_reset(query);
    }
    print("SQLite query", started_ns, LOOK_UPS);
    sqlite3_finalize(query);
    sqlite3_close(db);
}
#else
static void bench_sqlite(const struct catalogue *cat)
{
    (void)cat;
    printf("%-14s not measured: built without SQLite\n", "SQLite query");
}
#endif

/* ------------------------------------------------------------------- Redis */

static void take_replies(redisContext *redis, int n)
{
    for (int i = 0; i < n; i++) {
        void *reply;

        if (redisGetReply(redis, &reply) != REDIS_OK)
            die(redis->errstr);
        freeReplyObject(reply);
    }
}

static void fill_redis(redisContext *redis, const struct catalogue *cat)
{
    int waiting = 0;

    for (size_t i = 0; i < catalogue_routes_count(cat); i++) {
        const struct route *route = catalogue_route_at(cat, i);

        redisAppendCommand(redis, "HSET routes %s %s", route_key(route),
                           route_department_text(cat, route));
        if (++waiting == BATCH) {
            take_replies(redis, waiting);
            waiting = 0;
        }
    }
    take_replies(redis, waiting);
}

/* One ticket in eight has no rule of just its area and category. */
static bool has_exact_rule(int i)
{
    return i % 8 != 0;
}

static void bench_hget(redisContext *redis, const struct catalogue *cat)
{
    int64_t started_ns = now_ns();
    int n = 0;

    for (int i = 0; i < LOOK_UPS; i++) {
        if (!has_exact_rule(i))
            continue;
        redisReply *reply = redisCommand(redis, "HGET routes %s|%s",
                                         tickets[i].area, tickets[i].category);
        if (reply == NULL || reply->type != REDIS_REPLY_STRING ||
            strcmp(reply->str, look_up(cat, &tickets[i])) != 0)
            die("HGET differs");
        freeReplyObject(reply);
        n++;
    }
    print("one HGET", started_ns, n);
}

static void bench_redis(const struct catalogue *cat)
{
    struct bench_redis server;
    redisContext *redis;

    if (!bench_redis_start(&server)) {
        printf("%-14s not measured: no redis-server starts\n", "one HGET");
        return;
    }
    redis = redisConnect("127.0.0.1", server.port);
    if (redis == NULL || redis->err != 0)
        die("Redis does not answer");
    fill_redis(redis, cat);
    bench_hget(redis, cat);
    redisFree(redis);
    bench_redis_stop(&server);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    int categories = quick ? CATEGORIES / QUICK : CATEGORIES;
    struct catalogue_tables *t = make_tables(categories);
    struct findings findings = {0};
    struct catalogue *cat = NULL;

    if (catalogue_compile(t, &findings, &cat) != STATUS_OK)
        die(findings.items[0].message);
    tables_free(&t);
    make_tickets(categories);
    printf("A look-up among %zu rules:\n", catalogue_routes_count(cat));
    bench_matcher(cat);
    bench_scan(cat);
    bench_sqlite(cat);
    bench_redis(cat);
    findings_deinit(&findings);
    catalogue_free(&cat);
    return EXIT_SUCCESS;
}
