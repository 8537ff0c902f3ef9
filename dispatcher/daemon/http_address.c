#include "http_address.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct http_address http_address_split(const char *text)
{
    const char *colon = strrchr(text, ':');
    struct http_address address;

    assert(colon != NULL);
    size_t size = (size_t)(colon - text);
    if (size >= 2 && text[0] == '[') {
        text++;
        size -= 2;
    }
    snprintf(address.host, sizeof address.host, "%.*s", (int)size, text);
    snprintf(address.port, sizeof address.port, "%s", colon + 1);
    return address;
}
