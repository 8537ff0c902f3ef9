/*
 * The setting http.listen, taken apart.
 */
#ifndef DISPATCHER_HTTP_ADDRESS_H
#define DISPATCHER_HTTP_ADDRESS_H

enum { HTTP_ADDRESS_SIZE = 256 };

struct http_address {
    char host[HTTP_ADDRESS_SIZE]; /* without brackets; "": every address */
    char port[HTTP_ADDRESS_SIZE];
};

/* `text` is "127.0.0.1:9464", "[::1]:9464" or ":9464": the settings have
 * checked that. */
struct http_address http_address_split(const char *text);

#endif
