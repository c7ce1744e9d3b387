#include "sampling.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <starpu.h>

#include "error.h"
#include "hush.h"

enum { ROOM = 32 * 1024 }; /* what StarPU writes at its start, and more */

/* The folder of this run, in the place of the user's; and what the user's
 * XDG_CACHE_HOME is, which goes before all else, and concerns others, too. */
static char own[PATH_MAX];
static char *users;
static bool replaced;

/* Can so much be written to a folder? Value: 0, or why not. */
static int try(const char *folder)
{
    static const char nothing[ROOM];
    char name[PATH_MAX];
    int why = 0;

    if (snprintf(name, sizeof name, "%s/starpu_ridge.XXXXXX", folder) >=
        (int)sizeof name)
        return ENAMETOOLONG;
    int file = mkostemp(name, O_CLOEXEC);
    if (file < 0)
        return errno;
    for (size_t at = 0; at < sizeof nothing && !why;) {
        ssize_t written = write(file, nothing + at, sizeof nothing - at);

        if (written <= 0)
            why = written ? errno : ENOSPC;
        else
            at += (size_t)written;
    }
    if (close(file) && !why) /* NFS */
        why = errno;
    unlink(name);
    /* a limit of file sizes is the process', and no folder would do better */
    return why == EFBIG ? 0 : why;
}

/* Make StarPU's folders in a home. Value: 0, or why it may not write there. */
static int make(const char *home)
{
    char path[PATH_MAX];
    int why = 0;

    if (snprintf(path, sizeof path, "%s/.starpu/sampling/bus/", home) >=
        (int)sizeof path - 32)
        return ENAMETOOLONG;
    for (char *slash = path; (slash = strchr(slash + 1, '/')); *slash = '/') {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            why = errno;
    }
    if (access(path, W_OK | X_OK) != 0)
        return why ? why : errno;
    return try(path);
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *where)
{
    (void)status, (void)type, (void)where;
    remove(path);
    return 0;
}

static void remove_folder(const char *folder)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A folder for this run, wherever one can be. Value: whether there is one. */
static bool make_own(void)
{
    const char *const places[] = {getenv("TMPDIR"), "/tmp", "/dev/shm",
                                  "/var/tmp", "."};

    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        char *folder = NULL;

        if (!places[p] || !*places[p] ||
            asprintf(&folder, "%s/starpu_ridge.XXXXXX", places[p]) < 0)
            continue;
        if (strlen(folder) < sizeof own && mkdtemp(folder)) {
            if (!make(folder))
                strcpy(own, folder);
            else
                remove_folder(folder);
        }
        free(folder);
        if (*own)
            return true;
    }
    return false;
}

/* Are the measurements to be kept? */
static bool wanted(void)
{
    const char *calibrate = getenv("STARPU_CALIBRATE");

    return calibrate && *calibrate && strcmp(calibrate, "0") != 0;
}

/* StarPU says once which of its places are missing, to whoever asks first:
 * that of a StarPU copied without its folder, or of root's. */
static void ask_for_places(void)
{
    char path[PATH_MAX];
    int kept = tg_hush_begin();

    starpu_perfmodel_get_model_path("none", path, sizeof path);
    tg_hush_end(kept);
}

static int find_home(void)
{
    static const char *const names[] = {"XDG_CACHE_HOME", "STARPU_HOME",
                                        "HOME"}; /* in StarPU's order */
    struct stat status;
    int n = 0, why = ENOENT;

    while (n < 2 && !getenv(names[n]))
        n++;
    const char *home = getenv(names[n]);
    if (home && *home && (n < 2 || stat(home, &status) == 0))
        why = make(home); /* a HOME that is missing is none to be made */
    if (!why)
        return TG_OK;
    if (n == 1 || wanted())
        return tg_fail(
            TG_EUNAVAILABLE,
            "%s=%s: StarPU cannot keep its measurements there: %s; set %s to "
            "a folder that you may write to",
            names[n], home ? home : "", strerror(why),
            n == 0 ? names[0] : "STARPU_HOME");
    if (!make_own())
        return tg_fail(TG_EUNAVAILABLE,
                       "StarPU finds no folder that it may write to while it "
                       "starts: set TMPDIR to one (in a container with a root "
                       "that is read-only, mount a tmpfs at /tmp)");
    users = getenv(names[0]) ? strdup(getenv(names[0])) : NULL;
    setenv(names[0], own, 1);
    replaced = true;
    return TG_OK;
}

int tg_sampling_prepare(void)
{
    TG_TRY(find_home());
    ask_for_places();
    return TG_OK;
}

void tg_sampling_clean(void)
{
    if (*own)
        remove_folder(own);
    if (!replaced)
        return;
    replaced = false;
    if (users)
        setenv("XDG_CACHE_HOME", users, 1);
    else
        unsetenv("XDG_CACHE_HOME");
    free(users);
    users = NULL;
}
