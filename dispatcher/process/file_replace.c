/*
 * Writes a file at once: temporary file, fsync, rename, fsync of the folder.
 */
#include "file_replace.h"

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void forget(struct file_replace *replace)
{
    free(replace->path);
    free(replace->temporary);
    *replace = (struct file_replace){0};
}

/* The process id keeps two processes apart that write the same file. */
FILE *file_replace_begin(struct file_replace *replace, const char *path)
{
    size_t size = strlen(path) + sizeof ".4294967295.tmp";
    int fd, error;

    replace->path = memory_copy_text(path);
    replace->temporary = memory_new(size);
    snprintf(replace->temporary, size, "%s.%u.tmp", path, (unsigned)getpid());
    fd = open(replace->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
              0666);
    replace->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (replace->file != NULL)
        return replace->file;
    error = errno;
    if (fd >= 0) {
        close(fd);
        unlink(replace->temporary);
    }
    forget(replace);
    errno = error;
    return NULL;
}

void file_replace_abandon(struct file_replace *replace)
{
    fclose(replace->file);
    unlink(replace->temporary);
    forget(replace);
}

/* So that the rename itself outlives a crash. Some file systems cannot. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? memory_copy_text(".")
                                 : strndup(path, (size_t)(slash - path) + 1);
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY);

    if (fd >= 0) {
        (void)!fsync(fd);
        close(fd);
    }
    free(folder);
}

bool file_replace_finish(struct file_replace *replace)
{
    bool good = fflush(replace->file) == 0 && !ferror(replace->file) &&
                fsync(fileno(replace->file)) == 0;
    int error = errno;

    good = fclose(replace->file) == 0 && good;
    if (good && rename(replace->temporary, replace->path) != 0) {
        error = errno;
        good = false;
    }
    if (good)
        sync_folder(replace->path);
    else
        unlink(replace->temporary);
    forget(replace);
    errno = error;
    return good;
}
