/*
 * Standard input, output and error.
 */
#include "standard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool standard_files_reserve(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* The lowest free number: all below it are open by now. */
        if (open("/dev/null", O_RDWR) != fd)
            return false;
    }
    return true;
}
