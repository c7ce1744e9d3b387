#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

enum { OPEN_MAX = 8 }; /* outputs at a time that a signal cleans up */

static char *volatile pending[OPEN_MAX];

static void remember(char *temporary)
{
    for (int i = 0; i < OPEN_MAX; i++) {
        if (!pending[i]) {
            pending[i] = temporary;
            return;
        }
    }
}

static void forget(const char *temporary)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (temporary && pending[i] == temporary)
            pending[i] = NULL;
}

void tg_output_abandon(void)
{
    for (int i = 0; i < OPEN_MAX; i++)
        if (pending[i])
            unlink(pending[i]);
}

static const char *remedy(int code)
{
    switch (code) {
    case EACCES:
    case EPERM:
    case EROFS:
        return "choose a place that you may write to";
    case ENOENT:
    case ENOTDIR:
        return "create its folder first";
    case ENOSPC:
    case EDQUOT:
        return "free some space, or choose another disk";
    case EPIPE:
        return "the program that reads it has ended";
    case ENAMETOOLONG:
        return "choose a shorter name";
    default:
        return "check the disk, or choose another place";
    }
}

static int fail_create(const char *path, int code)
{
    return tg_fail(TG_ECANTCREAT, "%s: cannot create: %s; %s", path,
                   strerror(code), remedy(code));
}

/* Create the temporary file; its mode is that of the file it replaces. */
static int create_beside(struct tg_output *output, const struct stat *old)
{
    const char *path = output->path;
    const size_t size = strlen(path) + 40;
    int fd = -1;

    output->temporary = malloc(size);
    if (!output->temporary)
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        snprintf(output->temporary, size, "%s.%ld-%d.tmp", path, (long)getpid(),
                 attempt);
        fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        int code = errno;

        free(output->temporary); /* not ours: never unlink it */
        output->temporary = NULL;
        return fail_create(path, code);
    }
    remember(output->temporary);
    if (old)
        (void)fchmod(fd, old->st_mode & 0777);
    output->file = fdopen(fd, "w");
    if (!output->file) {
        close(fd);
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    }
    return 0;
}

/* A symbolic link stays one: the file it names is the one replaced. */
static int final_name(struct tg_output *output, const char *path)
{
    struct stat info;

    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode))
        output->path = realpath(path, NULL);
    if (!output->path)
        output->path = strdup(path);
    return output->path ? 0 : tg_fail(TG_EMEMORY, "%s: out of memory", path);
}

int tg_output_open(struct tg_output *output, const char *path)
{
    struct stat old;
    bool exists;
    int error = 0;

    memset(output, 0, sizeof *output);
    if (!*path)
        return tg_fail(TG_ECANTCREAT, "an output file's name is empty; "
                                      "give a name");
    if (strcmp(path, "-") == 0) {
        output->path = strdup(path);
        output->file = stdout;
        return output->path ? 0 : tg_fail(TG_EMEMORY, "out of memory");
    }
    TG_TRY(final_name(output, path));
    exists = stat(output->path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        error =
            tg_fail(TG_ECANTCREAT, "%s: is a folder; give a file's name", path);
    } else if (exists && !S_ISREG(old.st_mode)) {
        output->file = fopen(output->path, "we");
        if (!output->file)
            error = fail_create(path, errno);
    } else if (exists && access(output->path, W_OK) != 0) {
        error = fail_create(path, errno);
    } else {
        error = create_beside(output, exists ? &old : NULL);
    }
    if (error)
        tg_output_discard(output);
    return error;
}

int tg_output_check(const char *path)
{
    struct tg_output output;

    if (!path)
        return 0;
    TG_TRY(tg_output_open(&output, path));
    tg_output_discard(&output);
    return 0;
}

int tg_output_commit(struct tg_output *output)
{
    const char *name =
        output->file == stdout ? "standard output" : output->path;
    int code = 0;

    errno = 0;
    if (fflush(output->file) != 0 || ferror(output->file))
        code = errno ? errno : EIO;
    if (!code && output->temporary && fsync(fileno(output->file)) != 0)
        code = errno;
    if (output->file != stdout && fclose(output->file) != 0 && !code)
        code = errno;
    output->file = NULL;
    if (!code && output->temporary) {
        if (rename(output->temporary, output->path) != 0) {
            code = errno;
        } else {
            forget(output->temporary);
            free(output->temporary);
            output->temporary = NULL;
        }
    }
    if (code)
        tg_fail(TG_EIO, "%s: cannot write: %s; %s", name, strerror(code),
                remedy(code));
    tg_output_discard(output);
    return code ? TG_EIO : 0;
}

void tg_output_discard(struct tg_output *output)
{
    if (output->file && output->file != stdout)
        fclose(output->file);
    if (output->temporary)
        unlink(output->temporary);
    forget(output->temporary);
    free(output->temporary);
    free(output->path);
    memset(output, 0, sizeof *output);
}
