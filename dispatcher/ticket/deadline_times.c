/*
 * When a clock ends, warns and escalates: arithmetic on its figures.
 *
 *   counted_from_at + limit, or the time that was left, or extended_until_at
 *       + each extension = due_at
 */
#include "calendar.h"
#include "deadlines.h"

#include <string.h>

/* Sums that no real ticket reaches end at the edge of time. */
static int64_t add_ms(int64_t at, int64_t ms)
{
    int64_t sum;

    if (__builtin_add_overflow(at, ms, &sum))
        return ms > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static int64_t subtract_ms(int64_t at, int64_t ms)
{
    int64_t difference;

    if (__builtin_sub_overflow(at, ms, &difference))
        return ms > 0 ? INT64_MIN : INT64_MAX;
    return difference;
}

const struct calendar *deadline_calendar(const struct life *l,
                                         const Dispatch__V1__TicketClock *clock)
{
    const struct calendar *calendar =
        catalogue_calendar(l->ctx->catalogue, clock->calendar_id);

    return calendar ? calendar : calendar_24x7();
}

static struct calendar_due base_end(const struct calendar *cal,
                                    const Dispatch__V1__TicketClock *clock)
{
    struct duration limit = duration_of(clock->limit);

    if (clock->extended_until_at != 0)
        return (struct calendar_due){clock->extended_until_at, false};
    if (!clock->has_left)
        return calendar_due(cal, clock->counted_from_at, limit);
    if (duration_is_working(limit))
        return calendar_advance(cal, clock->counted_from_at, clock->left_ms);
    return (struct calendar_due){add_ms(clock->counted_from_at, clock->left_ms),
                                 false};
}

static struct calendar_due find_end(const struct calendar *cal,
                                    const Dispatch__V1__TicketClock *clock)
{
    struct calendar_due end = base_end(cal, clock);

    for (size_t i = 0; i < clock->n_extensions; i++) {
        const struct calendar_due later =
            calendar_due(cal, end.at, duration_of(clock->extensions[i]));

        end.at = later.at;
        end.provisional |= later.provisional;
    }
    return end;
}

/* The time of a clock between two moments: working time, or any. */
static int64_t counted_ms(const struct calendar *cal,
                          const Dispatch__V1__TicketClock *clock, int64_t from,
                          int64_t to)
{
    if (to <= from)
        return 0;
    if (duration_is_working(duration_of(clock->limit)))
        return calendar_elapsed(cal, from, to);
    return subtract_ms(to, from);
}

int64_t deadline_counted_ms(const struct life *l,
                            const Dispatch__V1__TicketClock *clock,
                            int64_t from, int64_t to)
{
    return counted_ms(deadline_calendar(l, clock), clock, from, to);
}

/* When `percent` of the clock's whole time are used up. What was used before
 * a pause counts: after it the point lies as far from the end as before. */
static int64_t share_at(const struct calendar *cal,
                        const Dispatch__V1__TicketClock *clock,
                        uint32_t percent)
{
    int64_t whole =
        add_ms(clock->used_ms,
               counted_ms(cal, clock, clock->counted_from_at, clock->due_at));
    int64_t part = whole / 100 * percent + whole % 100 * percent / 100;
    int64_t rest = part - clock->used_ms;

    if (rest < 0)
        return INT64_MIN;
    if (duration_is_working(duration_of(clock->limit)))
        return calendar_advance(cal, clock->counted_from_at, rest).at;
    return add_ms(clock->counted_from_at, rest);
}

/* "50%" or "-1h". */
static int64_t warn_at(const struct calendar *cal,
                       const Dispatch__V1__TicketClock *clock, const char *text)
{
    uint32_t percent = 0;

    if (text[0] == '-')
        return calendar_before(cal, clock->due_at, duration_of(text + 1));
    for (const char *p = text; *p >= '0' && *p <= '9'; p++)
        percent = percent * 10 + (uint32_t)(*p - '0');
    return share_at(cal, clock, percent);
}

/* Puts `at` into the ascending list, once. */
static void insert_warning(Dispatch__V1__TicketClock *clock, int64_t at)
{
    size_t i = clock->n_warn_ats;

    while (i > 0 && clock->warn_ats[i - 1] > at)
        i--;
    if (i > 0 && clock->warn_ats[i - 1] == at)
        return;
    memmove(&clock->warn_ats[i + 1], &clock->warn_ats[i],
            (clock->n_warn_ats - i) * sizeof(*clock->warn_ats));
    clock->warn_ats[i] = at;
    clock->n_warn_ats++;
}

static void plan_warnings(struct life *l, const struct calendar *cal,
                          const Dispatch__V1__Policy *policy,
                          Dispatch__V1__TicketClock *clock)
{
    clock->n_warn_ats = 0;
    clock->warn_ats = life_alloc(l, policy->n_warns * sizeof(*clock->warn_ats));
    for (size_t i = 0; clock->warn_ats && i < policy->n_warns; i++) {
        int64_t at = warn_at(cal, clock, policy->warns[i]);

        /* During a pause nobody is warned. */
        if (at > l->now && at > clock->counted_from_at && at < clock->due_at)
            insert_warning(clock, at);
    }
}

/* Whom a level tells; NULL: the department has no parent. */
static const char *escalate_to(const struct life *l,
                               const Dispatch__V1__TicketPart *part,
                               const Dispatch__V1__PolicyEscalation *level)
{
    const struct department *department;

    if (level->to_department_id[0])
        return level->to_department_id;
    department = life_department(l, part->department_id);
    return department && department->parent ? department->parent->id : NULL;
}

/* A level that was sent is not sent again. */
static bool is_sent(const Dispatch__V1__TicketClock *clock, uint32_t level)
{
    for (size_t i = 0; i < clock->n_sent_levels; i++) {
        if (clock->sent_levels[i] == level)
            return true;
    }
    return false;
}

/* By time, and by level at the same time. */
static void insert_escalation(Dispatch__V1__ScheduledEscalation **list,
                              size_t n, Dispatch__V1__ScheduledEscalation *item)
{
    size_t i = n;

    for (; i > 0 && list[i - 1]->escalate_at > item->escalate_at; i--)
        list[i] = list[i - 1];
    list[i] = item;
}

static void plan_escalations(struct life *l, const struct calendar *cal,
                             const Dispatch__V1__TicketPart *part,
                             const Dispatch__V1__Policy *policy,
                             Dispatch__V1__TicketClock *clock)
{
    Dispatch__V1__ScheduledEscalation **list =
        life_alloc(l, policy->n_escalations * sizeof(*list));
    size_t n = 0;

    for (uint32_t i = 0; list && i < policy->n_escalations; i++) {
        const Dispatch__V1__PolicyEscalation *level = policy->escalations[i];
        const char *to = escalate_to(l, part, level);
        Dispatch__V1__ScheduledEscalation *item;

        if (!to || is_sent(clock, i))
            continue;
        item = life_alloc(l, sizeof(*item));
        if (!item)
            return;
        dispatch__v1__scheduled_escalation__init(item);
        item->escalate_at =
            calendar_due(cal, clock->due_at, duration_of(level->after)).at;
        item->level = i;
        item->to_department_id = output_text(to);
        insert_escalation(list, n++, item);
    }
    clock->escalations = list;
    clock->n_escalations = n;
}

void deadline_plan(struct life *l, const Dispatch__V1__TicketPart *part,
                   Dispatch__V1__TicketClock *clock)
{
    const struct calendar *cal = deadline_calendar(l, clock);
    const Dispatch__V1__Policy *policy = policy_of(l, clock->policy_number);

    if (!policy)
        return;
    plan_warnings(l, cal, policy, clock);
    plan_escalations(l, cal, part, policy, clock);
}

void deadline_compute(struct life *l, const Dispatch__V1__TicketPart *part,
                      Dispatch__V1__TicketClock *clock)
{
    const struct calendar *cal = deadline_calendar(l, clock);
    const struct calendar_due end = find_end(cal, clock);

    clock->due_at = end.at;
    clock->provisional = end.provisional;
    clock->calendar_fingerprint = calendar_fingerprint(cal);
    deadline_plan(l, part, clock);
}

const char *deadline_explain(struct life *l,
                             const Dispatch__V1__TicketClock *clock)
{
    if (clock->has_left || clock->n_extensions > 0 ||
        clock->extended_until_at != 0)
        return NULL;
    return output_explain(&l->out, deadline_calendar(l, clock),
                          clock->counted_from_at, duration_of(clock->limit));
}

int64_t deadline_end_under(const struct life *l,
                           const Dispatch__V1__TicketPart *part,
                           const struct deadline_terms *terms)
{
    const Dispatch__V1__Policy *policy = policy_of(l, terms->policy_number);
    const struct calendar *cal =
        policy_calendar(l, policy, part->department_id);

    return calendar_due(cal, terms->counted_from_at, terms->limit).at;
}
