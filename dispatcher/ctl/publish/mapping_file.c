/*
 * The mapping's text, and the header that its columns are looked for in.
 */
#include "mapping_file.h"

#include "memory.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MAPPING_SIZE = 64 * 1024 };

/* A whole small file as text; NULL, and said, when it cannot be read. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    char *text = memory_new(MAX_MAPPING_SIZE + 1);
    size_t size = fread(text, 1, MAX_MAPPING_SIZE, file);
    bool whole = feof(file) && strlen(text) == size;
    fclose(file);
    if (whole)
        return text;
    fprintf(stderr, "%s: is no text of at most %d bytes\n", path,
            MAX_MAPPING_SIZE);
    free(text);
    return NULL;
}

static void say(const char *path, int line, const struct mapping_error *error)
{
    fprintf(stderr, "%s:%d: %s%s%s\n", path, line, error->where,
            error->where[0] != '\0' ? ": " : "", error->message);
}

static struct mapping *load_mapping(const char *path)
{
    struct mapping_error error;
    char *text = read_text(path);
    if (text == NULL)
        return NULL;
    struct mapping *mapping =
        mapping_parse(text, &dispatch__v1__ticket_event__descriptor, &error);
    free(text);
    if (mapping == NULL)
        say(path, error.line, &error);
    return mapping;
}

struct mapping *mapping_file_open(const char *mapping_path, const char *path,
                                  struct rows *rows, struct row *header)
{
    struct mapping_error error = {.message = "the file is empty"};
    struct mapping *mapping = NULL;

    if (rows_next(rows, header) == ROWS_ROW) {
        if (mapping_path != NULL)
            mapping = load_mapping(mapping_path);
        else
            mapping = mapping_of_header(
                header, &dispatch__v1__ticket_event__descriptor, &error);
        if (mapping == NULL && mapping_path != NULL)
            return NULL;
        if (mapping != NULL && mapping_bind(mapping, header, &error))
            return mapping;
    }
    mapping_free(&mapping);
    say(path, 1, &error);
    return NULL;
}
