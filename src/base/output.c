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

enum {
    OPEN_MAX = 8, /* outputs at a time that a signal cleans up */
    ATTEMPTS = 100,
    NAME_SIZE = 64 /* of a temporary name */
};

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

/* Length of the folder's part of a path, with its slash. */
static int folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (int)(slash - path) + 1 : 0;
}

/* Short, since the final name may be as long as names can be. */
static void set_temporary(struct tg_output *output, int attempt)
{
    snprintf(output->temporary, strlen(output->path) + NAME_SIZE,
             "%.*sstarpu_ridge-%ld-%d.tmp", folder_length(output->path),
             output->path, (long)getpid(), attempt);
}

static const char *remedy(int code)
{
    switch (code) {
    case EACCES:
    case EPERM:
    case EROFS:
        return "choose a place that you may write to";
    case ENOENT:
        return "create its folder first";
    case ENOTDIR:
        return "choose another place: a part of that path is a file";
    case EFBIG:
        return "raise the limit of file sizes (ulimit -f)";
    case EIO: /* also of a failure whose reason is forgotten */
        return "free some space, or choose another disk";
    case ENOSPC:
    case EDQUOT:
        return "free some space, or choose another disk";
    case EBADF:
        return "nothing is open there for writing";
    case ENXIO:
        return "start the program that reads the pipe first";
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

/* A file without a name, which vanishes with the process however that ends.
 * -1 where the file system knows none. */
static int open_unnamed(const char *path)
{
    int length = folder_length(path);
    char *folder = length ? strndup(path, (size_t)length) : strdup(".");
    int fd = folder ? open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666) : -1;

    free(folder);
    return fd;
}

/* A file under a temporary name. */
static int open_named(struct tg_output *output)
{
    int fd = -1;

    errno = EEXIST;
    for (int attempt = 0; fd < 0 && errno == EEXIST && attempt < ATTEMPTS;
         attempt++) {
        set_temporary(output, attempt);
        fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  0666);
    }
    if (fd >= 0)
        remember(output->temporary);
    output->named = fd >= 0;
    return fd;
}

/* Name an unnamed file: the final name where that is free, a temporary one
 * otherwise. Value: errno. */
static int give_name(struct tg_output *output)
{
    char file[40];

    snprintf(file, sizeof file, "/proc/self/fd/%d", fileno(output->file));
    if (linkat(AT_FDCWD, file, AT_FDCWD, output->path, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    for (int attempt = 0; errno == EEXIST && attempt < ATTEMPTS; attempt++) {
        set_temporary(output, attempt);
        remember(output->temporary);
        output->named = linkat(AT_FDCWD, file, AT_FDCWD, output->temporary,
                               AT_SYMLINK_FOLLOW) == 0;
        if (output->named)
            return 0;
        forget(output->temporary); /* not ours: never unlink it */
    }
    return errno;
}

/* Create what takes the place of `path`, with the mode of the file there. */
static int create_beside(struct tg_output *output, const struct stat *old)
{
    const char *path = output->path;
    int fd;

    output->temporary = malloc(strlen(path) + NAME_SIZE);
    if (!output->temporary)
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    fd = open_unnamed(path);
    if (fd < 0)
        fd = open_named(output);
    if (fd < 0)
        return fail_create(path, errno);
    if (old)
        (void)fchmod(fd, old->st_mode & 0777);
    output->file = fdopen(fd, "w");
    if (!output->file) {
        close(fd);
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    }
    return 0;
}

/* What the shell has opened, by the name that it goes by; -1: no such name. */
static int descriptor(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(folders[i]);
        const char *number = path + length;

        if (strncmp(path, folders[i], length) == 0 && *number &&
            strspn(number, "0123456789") == strlen(number))
            return atoi(number);
    }
    return -1;
}

/* Write to what is open already, from where it is. What closes on exec is not
 * the shell's, but a library's. */
static int open_again(struct tg_output *output, int fd)
{
    bool ours = fcntl(fd, F_GETFD) & FD_CLOEXEC; /* -1, if it is not open */
    int copy = ours ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);

    if (ours)
        errno = EBADF;
    if (copy >= 0)
        output->file = fdopen(copy, "w");
    if (output->file)
        return 0;
    if (copy >= 0)
        close(copy);
    return fail_create(output->path, errno);
}

/* Devices and pipes.  A pipe that nobody reads would make us wait for ever. */
static int open_special(struct tg_output *output)
{
    int fd = open(output->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return fail_create(output->path, errno);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    output->file = fdopen(fd, "w");
    if (output->file)
        return 0;
    close(fd);
    return tg_fail(TG_EMEMORY, "%s: out of memory", output->path);
}

/* A symbolic link stays one: the file it names is the one replaced. */
static int final_name(struct tg_output *output, const char *path)
{
    struct stat info;

    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        output->path = realpath(path, NULL);
        if (!output->path && errno != ENOMEM)
            return tg_fail(TG_ECANTCREAT,
                           "%s: is a link that cannot be followed: %s; mend or "
                           "remove it",
                           path, strerror(errno));
    } else {
        output->path = strdup(path);
    }
    return output->path ? 0 : tg_fail(TG_EMEMORY, "%s: out of memory", path);
}

bool tg_output_is_stdout(const char *path)
{
    return strcmp(path, "-") == 0 || descriptor(path) == STDOUT_FILENO;
}

int tg_output_open(struct tg_output *output, const char *path)
{
    struct stat old;
    bool exists, too_long;
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
    if (descriptor(path) >= 0) {
        output->path = strdup(path);
        if (!output->path)
            return tg_fail(TG_EMEMORY, "out of memory");
        error = open_again(output, descriptor(path));
        if (error)
            tg_output_discard(output);
        return error;
    }
    TG_TRY(final_name(output, path));
    exists = stat(output->path, &old) == 0;
    too_long = !exists && errno == ENAMETOOLONG; /* unnamed files don't mind */
    if (exists && S_ISDIR(old.st_mode)) {
        error =
            tg_fail(TG_ECANTCREAT, "%s: is a folder; give a file's name", path);
    } else if (exists && !S_ISREG(old.st_mode)) {
        error = open_special(output);
    } else if (too_long || (exists && access(output->path, W_OK) != 0)) {
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
    struct stat info;

    if (!path)
        return 0;
    /* who reads a pipe would take our closing it for the end */
    if (stat(path, &info) == 0 && S_ISFIFO(info.st_mode))
        return access(path, W_OK) == 0 ? 0 : fail_create(path, errno);
    TG_TRY(tg_output_open(&output, path));
    tg_output_discard(&output);
    return 0;
}

/* Give the file its final name. Value: errno. */
static int publish(struct tg_output *output)
{
    if (rename(output->temporary, output->path) != 0)
        return errno;
    forget(output->temporary);
    output->named = false;
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
    if (!code && output->temporary && !output->named)
        code = give_name(output);
    if (output->file != stdout && fclose(output->file) != 0 && !code)
        code = errno;
    output->file = NULL;
    if (!code && output->named)
        code = publish(output);
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
    if (output->named)
        unlink(output->temporary);
    forget(output->temporary);
    free(output->temporary);
    free(output->path);
    memset(output, 0, sizeof *output);
}
