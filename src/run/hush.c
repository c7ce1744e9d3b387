#include "hush.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int tg_hush_begin(void)
{
    int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (kept >= 0 && nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0)
        close(nowhere);
    return kept;
}

void tg_hush_end(int kept)
{
    fflush(stderr);
    if (kept < 0)
        return;
    dup2(kept, STDERR_FILENO);
    close(kept);
}
