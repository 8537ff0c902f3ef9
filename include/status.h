/*
 * What a caller must do about a call that can fail for more than one reason.
 */
#ifndef DISPATCHER_STATUS_H
#define DISPATCHER_STATUS_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

enum status {
    STATUS_OK,
    STATUS_RETRY,  /* the world failed; the same call may succeed later */
    STATUS_REJECT, /* the input is wrong and always will be */
    STATUS_FATAL,  /* this process cannot go on */
};

#endif
