/*
 * dispatchctl ticket return, urge, merge and so on: one event for each ticket
 * that is named or selected.
 */
#include "ctl.h"
#include "plan_send.h"
#include "ticket_build.h"
#include "ticket_choice.h"

#include <string.h>

enum { LINES_SHOWN = 20 };

static int add_all(struct ticket_build *b, const struct ticket_choice *choice)
{
    for (size_t i = 0; i < choice->n; i++) {
        const Dispatch__V1__TicketState *state = ticket_choice_state(choice, i);
        json_t *message = ticket_build_message(b, state);

        if (message == NULL ||
            !ticket_build_add(b, choice->ids[i], state, b->job->verb->kind,
                              message, NULL))
            return CTL_FAILED;
    }
    return CTL_OK;
}

static int carry_out(struct ticket_build *b, bool dry_run, bool brief)
{
    const struct plan_terms terms = {
        .command = b->job->command,
        .kafka = &b->job->kafka,
        .topics = &b->job->topics,
        .local = &b->job->local,
        .json = b->job->json,
        .dry_run = dry_run,
        .brief = brief,
        .wait = b->job->wait,
        .timeout_s = b->job->timeout_s,
    };

    return plan_send(&terms, &b->plan);
}

/* Whoever selects tickets sees them first. */
static int send_selected(struct ticket_build *b,
                         const struct ticket_choice *choice)
{
    bool dry_run = b->job->dry_run;

    if (choice->n == 0)
        return ticket_job_failed(b->job, "no ticket is selected");
    if (!b->job->json && (dry_run || !b->job->yes))
        ticket_list_print(b->job, choice->states,
                          dry_run ? SIZE_MAX : LINES_SHOWN);
    if (dry_run || b->job->yes)
        return carry_out(b, dry_run, true);
    carry_out(b, true, true);
    return ticket_job_failed(b->job,
                             "nothing was sent; with --yes it is, to these %zu "
                             "tickets",
                             event_plan_count(&b->plan, PLAN_SEND));
}

static int publish(struct ticket_build *b, char **operands)
{
    struct ticket_choice choice;
    int code = ticket_choose(b->job, operands, &choice);

    b->several = choice.selected || choice.n > 1;
    if (code == CTL_OK)
        code = add_all(b, &choice);
    if (code == CTL_OK && choice.selected)
        code = send_selected(b, &choice);
    else if (code == CTL_OK)
        code = carry_out(b, b->job->dry_run, false);
    ticket_choice_deinit(&choice);
    return code;
}

int ticket_verb_command(struct ticket_job *job, char **operands)
{
    struct ticket_build b;
    bool merge =
        job->verb->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_MERGED;
    int code = ticket_build_begin(&b, job);

    if (code == CTL_OK && merge)
        code = ticket_merge_build(&b, operands);
    else if (code == CTL_OK)
        code = publish(&b, operands);
    if (code == CTL_OK && merge)
        code = carry_out(&b, job->dry_run, false);
    ticket_build_end(&b);
    return code;
}
