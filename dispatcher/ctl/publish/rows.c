/*
 * Lines out of zlib (which hands plain files through as they are), and for CSV
 * line by line into libcsv: a row of cells ends with a line or goes on in the
 * next one.
 */
#include "rows.h"

#include "memory.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { READ_SIZE = 64 * 1024, GZIP_BUFFER = 128 * 1024 };

struct rows {
    gzFile file;
    off_t file_size; /* compressed; 0: unknown */
    bool json;

    char buffer[READ_SIZE]; /* what zlib gave last */
    size_t begin, end;
    bool ended;

    char *line; /* the line in hand, without its end */
    size_t line_size;
    unsigned long line_number;

    struct csv_parser csv;
    char *text; /* the row's cells, each ended by NUL */
    size_t text_size;
    size_t starts[ROWS_MAX_CELLS]; /* of the cells, in `text` */
    const char *cells[ROWS_MAX_CELLS];
    size_t n_cells;
    unsigned long lines_inside; /* line ends within the row's cells */
    bool row_done;

    char why[ROWS_WHY_SIZE];
};

/* What zlib says once there is nothing more to give. */
static void look_for_error(struct rows *rows)
{
    int code = Z_OK;
    const char *text = gzerror(rows->file, &code);
    if (code != Z_OK && code != Z_STREAM_END)
        snprintf(rows->why, sizeof rows->why, "cannot be read on: %s",
                 code == Z_ERRNO ? strerror(errno) : text);
}

static bool fill(struct rows *rows)
{
    if (rows->begin < rows->end)
        return true;
    if (rows->ended)
        return false;
    int n = gzread(rows->file, rows->buffer, READ_SIZE);
    rows->begin = 0;
    rows->end = n > 0 ? (size_t)n : 0;
    rows->ended = n <= 0;
    if (rows->ended)
        look_for_error(rows);
    return !rows->ended;
}

static bool line_append(struct rows *rows, const char *bytes, size_t size)
{
    if (rows->line_size + size > ROWS_MAX_SIZE) {
        snprintf(rows->why, sizeof rows->why,
                 "line %lu is longer than %d bytes", rows->line_number,
                 ROWS_MAX_SIZE);
        return false;
    }
    memcpy(rows->line + rows->line_size, bytes, size);
    rows->line_size += size;
    return true;
}

/* Takes one line with its end, if it has one. False at the end of the file
 * and on failure, which `why` tells apart. */
static bool read_line(struct rows *rows)
{
    rows->line_size = 0;
    rows->line_number++;
    while (fill(rows)) {
        const char *from = rows->buffer + rows->begin;
        size_t left = rows->end - rows->begin;
        const char *newline = memchr(from, '\n', left);
        size_t size = newline != NULL ? (size_t)(newline - from) + 1 : left;
        if (!line_append(rows, from, size))
            return false;
        rows->begin += size;
        if (newline != NULL)
            return true;
    }
    if (rows->line_size == 0)
        rows->line_number--;
    return rows->line_size > 0 && rows->why[0] == '\0';
}

/* libcsv: a cell is complete. */
static void take_cell(void *bytes, size_t size, void *opaque)
{
    struct rows *rows = opaque;
    const char *from = bytes;

    if (rows->n_cells == ROWS_MAX_CELLS ||
        rows->text_size + size + 1 > ROWS_MAX_SIZE) {
        snprintf(rows->why, sizeof rows->why,
                 "line %lu: a row has more than %d cells or %d bytes; is a "
                 "quotation mark never closed?",
                 rows->line_number, ROWS_MAX_CELLS, ROWS_MAX_SIZE);
        return;
    }
    rows->starts[rows->n_cells++] = rows->text_size;
    for (size_t i = 0; i < size; i++) {
        char c = from[i];
        rows->lines_inside += c == '\n';
        /* No text may hold a NUL; a space keeps what is behind it. */
        rows->text[rows->text_size++] = c != '\0' ? c : ' ';
    }
    rows->text[rows->text_size++] = '\0';
}

/* libcsv: the row is complete. */
static void take_row(int end, void *opaque)
{
    (void)end;
    struct rows *rows = opaque;
    rows->row_done = true;
}

static int is_line_feed(unsigned char c)
{
    return c == CSV_LF;
}

/* A carriage return before the line's end is like a space there. */
static int is_space(unsigned char c)
{
    return c == CSV_SPACE || c == CSV_TAB || c == CSV_CR;
}

static bool parse_line(struct rows *rows)
{
    size_t size = csv_parse(&rows->csv, rows->line, rows->line_size, take_cell,
                            take_row, rows);
    if (size != rows->line_size)
        snprintf(rows->why, sizeof rows->why, "line %lu: %s", rows->line_number,
                 csv_strerror(csv_error(&rows->csv)));
    return rows->why[0] == '\0';
}

static enum rows_result give_cells(struct rows *rows, struct row *row)
{
    for (size_t i = 0; i < rows->n_cells; i++)
        rows->cells[i] = rows->text + rows->starts[i];
    *row = (struct row){.line = rows->line_number - rows->lines_inside,
                        .cells = rows->cells,
                        .n_cells = rows->n_cells};
    return ROWS_ROW;
}

static enum rows_result next_cells(struct rows *rows, struct row *row)
{
    rows->n_cells = 0;
    rows->text_size = 0;
    rows->lines_inside = 0;
    rows->row_done = false;
    while (!rows->row_done && read_line(rows))
        if (!parse_line(rows))
            return ROWS_FAILED;
    if (rows->why[0] != '\0')
        return ROWS_FAILED;
    if (!rows->row_done) /* the last line has no end */
        csv_fini(&rows->csv, take_cell, take_row, rows);
    return rows->row_done ? give_cells(rows, row) : ROWS_END;
}

static enum rows_result next_text(struct rows *rows, struct row *row)
{
    static const char blanks[] = " \t\r\n";
    while (read_line(rows)) {
        rows->line[rows->line_size] = '\0';
        const char *text = rows->line + strspn(rows->line, blanks);
        if (*text == '\0')
            continue;
        *row = (struct row){.line = rows->line_number, .text = text};
        return ROWS_ROW;
    }
    return rows->why[0] != '\0' ? ROWS_FAILED : ROWS_END;
}

enum rows_result rows_next(struct rows *rows, struct row *row)
{
    return rows->json ? next_text(rows, row) : next_cells(rows, row);
}

/* Skips a byte order mark and looks at the first character. */
static void look(struct rows *rows)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (!fill(rows))
        return;
    if (rows->end >= 3 && memcmp(rows->buffer, mark, 3) == 0)
        rows->begin = 3;
    size_t at = rows->begin;
    while (at < rows->end && is_space((unsigned char)rows->buffer[at]))
        at++;
    rows->json = at < rows->end && rows->buffer[at] == '{';
}

static gzFile open_file(const char *path, off_t *size, char *why)
{
    struct stat st = {0};
    bool standard = strcmp(path, "-") == 0;
    gzFile file =
        standard ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
    if (file == NULL) {
        snprintf(why, ROWS_WHY_SIZE, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    if (!standard && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        *size = st.st_size;
    gzbuffer(file, GZIP_BUFFER);
    return file;
}

struct rows *rows_open(const char *path, char why[ROWS_WHY_SIZE])
{
    off_t size = 0;
    gzFile file = open_file(path, &size, why);
    if (file == NULL)
        return NULL;

    struct rows *rows = memory_new(sizeof *rows);
    rows->file = file;
    rows->file_size = size;
    rows->line = memory_new(ROWS_MAX_SIZE + 1);
    rows->text = memory_new(ROWS_MAX_SIZE);
    csv_init(&rows->csv, 0);
    csv_set_term_func(&rows->csv, is_line_feed);
    csv_set_space_func(&rows->csv, is_space);
    look(rows);
    if (rows->why[0] == '\0')
        return rows;
    snprintf(why, ROWS_WHY_SIZE, "%s", rows->why);
    rows_close(&rows);
    return NULL;
}

void rows_close(struct rows **rows)
{
    struct rows *r = *rows;
    if (r == NULL)
        return;
    gzclose(r->file);
    csv_free(&r->csv);
    free(r->line);
    free(r->text);
    free(r);
    *rows = NULL;
}

bool rows_are_json(const struct rows *rows)
{
    return rows->json;
}

const char *rows_why(const struct rows *rows)
{
    return rows->why;
}

double rows_fraction(const struct rows *rows)
{
    if (rows->file_size == 0)
        return 0;
    double done = (double)gzoffset(rows->file) / (double)rows->file_size;
    return done < 1 ? done : 1;
}
