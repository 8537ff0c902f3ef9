/*
 * One line, one write: lines of several threads never mix, and a reader of
 * the pipe never sees half a line (PIPE_BUF is 4096 on Linux).
 *
 *   fields -> line -> cleaned -> logfmt as it is, or JSON -> write(2)
 *                        `-----> kept, when it is a warning or an error
 *
 * A reader that reads no more (a pipe, a terminal that is stopped) must not
 * stop the work: lines for which there is no room are lost, and counted.
 */
#include "log.h"

#include "clock.h"
#include "log_json.h"
#include "shared_text.h"
#include "utf8.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_SIZE = 2048,
    ROOM_MS = 100, /* how long a slow reader is waited for */
};

static enum log_level threshold = LOG_LEVEL_INFO;
static enum log_format shape = LOG_FORMAT_LOGFMT;
static _Atomic uint64_t counts[LOG_LEVEL_DEBUG + 1];

/* Between threads that write: each finds the room that it was promised. */
static struct {
    pthread_mutex_t lock;
    bool stuck;    /* there was no room for the last line */
    uint64_t lost; /* lines that were not told of yet */
} output = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The last warnings and errors. Writers exclude each other; readers do
 * not take the lock. */
static struct {
    pthread_mutex_t writing;
    _Atomic uint64_t written;
    struct {
        _Atomic int64_t at_ms;
        _Atomic int level;
        struct shared_text text;
    } ring[LOG_RECENT_MAX];
} recent = {.writing = PTHREAD_MUTEX_INITIALIZER};

void log_setup(enum log_level level, enum log_format format)
{
    threshold = level;
    shape = format;
}

bool log_enabled(enum log_level level)
{
    return level <= threshold;
}

const char *log_level_name(enum log_level level)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};

    return names[level];
}

uint64_t log_count(enum log_level level)
{
    return atomic_load_explicit(&counts[level], memory_order_relaxed);
}

/* "2018-10-21T23:42:00.000Z". */
enum { TIME_SIZE = 32 };
static void format_time(int64_t at_ms, char text[TIME_SIZE])
{
    time_t seconds = at_ms / 1000;
    struct tm utc;

    gmtime_r(&seconds, &utc);
    size_t n = strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, TIME_SIZE - n, ".%03dZ", (int)(at_ms % 1000));
}

/* A text from outside could hold a newline and so forge a line, or bytes that
 * are no text and so spoil the whole file for its readers. */
static void clean(char *line)
{
    bool is_text = utf8_is_text(line, strlen(line));

    for (unsigned char *c = (unsigned char *)line; *c != '\0'; c++)
        if (*c < ' ' || *c == 0x7f || (*c > 0x7f && !is_text))
            *c = '?';
}

static void keep(int64_t at_ms, enum log_level level, const char *text)
{
    pthread_mutex_lock(&recent.writing);
    uint64_t n = atomic_load(&recent.written);
    size_t i = n % LOG_RECENT_MAX;
    atomic_store(&recent.ring[i].at_ms, at_ms);
    atomic_store(&recent.ring[i].level, level);
    shared_text_set(&recent.ring[i].text, text);
    atomic_store(&recent.written, n + 1);
    pthread_mutex_unlock(&recent.writing);
}

size_t log_recent(struct log_recent *out, size_t max)
{
    uint64_t written = atomic_load(&recent.written);
    size_t n = written < LOG_RECENT_MAX ? written : LOG_RECENT_MAX;

    if (n > max)
        n = max;
    for (size_t k = 0; k < n; k++) {
        size_t i = (written - 1 - k) % LOG_RECENT_MAX;
        out[k].at_ms = atomic_load(&recent.ring[i].at_ms);
        out[k].level = (enum log_level)atomic_load(&recent.ring[i].level);
        shared_text_get(&recent.ring[i].text, out[k].text);
    }
    return n;
}

/* Nothing can be done, and nobody told, when standard error is gone. */
static void write_line(const char *line, size_t size)
{
    ssize_t ignored = write(STDERR_FILENO, line, size);
    (void)ignored;
}

static void write_shaped(int64_t at_ms, enum log_level level,
                         const char *fields)
{
    char line[LINE_SIZE * 2], time[TIME_SIZE];
    int n;

    format_time(at_ms, time);
    if (shape == LOG_FORMAT_JSON) {
        write_line(line, log_json(time, log_level_name(level), fields, line,
                                  sizeof line));
        return;
    }
    n = snprintf(line, sizeof line, "ts=%s level=%s %s\n", time,
                 log_level_name(level), fields);
    write_line(line, (size_t)n);
}

/* Room for PIPE_BUF bytes, if it is a pipe. What is closed has room, too: the
 * write fails at once. */
static bool has_room(void)
{
    struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};

    output.stuck = poll(&fd, 1, output.stuck ? 0 : ROOM_MS) == 0;
    return !output.stuck;
}

static void tell_lost(int64_t at_ms)
{
    char fields[64];

    snprintf(fields, sizeof fields, "event=log_lines_lost lines=%" PRIu64,
             output.lost);
    output.lost = 0;
    write_shaped(at_ms, LOG_LEVEL_WARN, fields);
}

static void write_or_lose(int64_t at_ms, enum log_level level,
                          const char *fields)
{
    bool room;

    pthread_mutex_lock(&output.lock);
    room = has_room();
    if (room && output.lost > 0) {
        tell_lost(at_ms);
        room = has_room();
    }
    if (room)
        write_shaped(at_ms, level, fields);
    else
        output.lost++;
    pthread_mutex_unlock(&output.lock);
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    char fields[LINE_SIZE];
    int64_t at_ms = clock_wall_ms();
    va_list args;

    if (!log_enabled(level))
        return;
    int n = snprintf(fields, sizeof fields, "event=%s ", event);
    va_start(args, format);
    vsnprintf(fields + n, sizeof fields - (size_t)n, format, args);
    va_end(args);
    n = (int)strlen(fields);
    if (fields[n - 1] == ' ')
        fields[n - 1] = '\0';
    clean(fields);
    atomic_fetch_add_explicit(&counts[level], 1, memory_order_relaxed);
    write_or_lose(at_ms, level, fields);
    if (level <= LOG_LEVEL_WARN)
        keep(at_ms, level, fields);
}

/* What a value needs: nothing, or quotes because a reader would split it. */
static bool is_plain(const char *value)
{
    if (*value == '\0')
        return false;
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        if (*c <= ' ' || *c == '"' || *c == '\\' || *c == '=' || *c == 0x7f)
            return false;
    return true;
}

/* One character as it stands between quotes, with its NUL; the length. */
static size_t escape(unsigned char c, char out[5])
{
    static const char *const hex = "0123456789abcdef";

    if (c == '"' || c == '\\') {
        memcpy(out, (char[]){'\\', (char)c, '\0'}, 3);
        return 2;
    }
    if (c == '\n' || c == '\t' || c == '\r') {
        char letter = 'n';
        if (c != '\n')
            letter = c == '\t' ? 't' : 'r';
        memcpy(out, (char[]){'\\', letter, '\0'}, 3);
        return 2;
    }
    if (c < ' ' || c == 0x7f) {
        memcpy(out, (char[]){'\\', 'x', hex[c >> 4], hex[c & 15], '\0'}, 5);
        return 4;
    }
    memcpy(out, (char[]){(char)c, '\0'}, 2);
    return 1;
}

/* The largest size at or below `size` that does not split a UTF-8 letter. */
static size_t whole_letters(const char *text, size_t size)
{
    while (size > 1 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    return size;
}

const char *log_value(struct log_text *buf, const char *value)
{
    size_t size = strlen(value), used = 0, i;
    char piece[5];

    if (is_plain(value) && size < sizeof buf->text) {
        memcpy(buf->text, value, size + 1);
        return buf->text;
    }
    buf->text[used++] = '"';
    for (i = 0; i < size; i++) {
        size_t n = escape((unsigned char)value[i], piece);
        if (used + n > sizeof buf->text - 2)
            break;
        memcpy(buf->text + used, piece, n);
        used += n;
    }
    if (i < size && ((unsigned char)value[i] & 0xc0) == 0x80) {
        buf->text[used] = value[i];
        used = whole_letters(buf->text, used);
    }
    memcpy(buf->text + used, "\"", 2);
    return buf->text;
}
