/*
 * Whether bytes are text.
 */
#ifndef DISPATCHER_UTF8_H
#define DISPATCHER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* True when the bytes are UTF-8 as RFC 3629 has it (no overlong forms, no
 * surrogates, nothing above U+10FFFF) and hold no NUL. */
bool utf8_is_text(const void *bytes, size_t size);

#endif
