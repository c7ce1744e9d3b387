#include "fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include "output.h"

/* Stands before the library's own (see CMakeLists.txt): a file system that
 * knows no unnamed files can be had by wishing. */
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

static bool no_unnamed;

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0666;
    va_end(args);
    if (no_unnamed && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return __real_open(path, flags, mode);
}

static int named_clean(void **state)
{
    no_unnamed = true;
    return fixture_clean(state);
}

static int unnamed_again(void **state)
{
    (void)state;
    no_unnamed = false;
    return 0;
}

/* A test on a file system with unnamed files, and on one without. */
#define twice(function)                                                        \
    fixture_test(function),                                                    \
    {                                                                          \
        #function "_named", function, named_clean, unnamed_again, NULL         \
    }

static int count_files(void)
{
    DIR *dir = opendir(fixture_root);
    int count = 0;

    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void check_content(const char *path, const char *content)
{
    char text[64] = "";
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof text, file), strlen(content));
    assert_string_equal(text, content);
    fclose(file);
}

static void open_and_write(struct tg_output *output, const char *path,
                           const char *content)
{
    assert_int_equal(tg_output_open(output, path), 0);
    assert_true(fputs(content, output->file) >= 0);
}

static void refuse(const char *path, int code, const char *says)
{
    struct tg_output output;

    assert_int_equal(tg_output_open(&output, path), code);
    assert_non_null(strstr(tg_error_message(code), says));
    assert_null(output.file);
    tg_output_discard(&output);
    tg_error_clear();
}

/* The file appears when it is committed, not before, and replaces the old. */
static void test_commit(void **state)
{
    const char *path = fixture_path("a");
    struct tg_output output;

    (void)state;
    open_and_write(&output, path, "first");
    fflush(output.file);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(tg_output_commit(&output), 0);
    check_content(path, "first");
    open_and_write(&output, path, "second, longer");
    fflush(output.file);
    check_content(path, "first");
    assert_int_equal(tg_output_commit(&output), 0);
    check_content(path, "second, longer");
    assert_int_equal(count_files(), 1);
}

static void test_discard(void **state)
{
    const char *path = fixture_write("a", "old", 3);
    struct tg_output output = {0};

    (void)state;
    tg_output_discard(&output);
    open_and_write(&output, path, "new");
    assert_true(output.named || !no_unnamed);
    assert_int_equal(count_files(), 1 + output.named);
    tg_output_discard(&output);
    tg_output_discard(&output);
    check_content(path, "old");
    assert_int_equal(count_files(), 1);
}

/* What a signal ends leaves no file behind. */
static void test_abandon(void **state)
{
    struct tg_output output;

    (void)state;
    open_and_write(&output, fixture_path("a"), "x");
    tg_output_abandon();
    assert_int_equal(count_files(), 0);
    tg_output_discard(&output);
}

/* A name may be as long as the file system lets it be, and not longer. */
static void test_long_name(void **state)
{
    char name[257];
    struct tg_output output;

    (void)state;
    memset(name, 'n', 256);
    name[256] = '\0';
    refuse(fixture_path(name), TG_ECANTCREAT, "shorter name");
    name[255] = '\0';
    for (int times = 0; times < 2; times++) {
        open_and_write(&output, fixture_path(name), "x");
        assert_int_equal(tg_output_commit(&output), 0);
        check_content(fixture_path(name), "x");
    }
    assert_int_equal(count_files(), 1);
}

/* Two writers of one name don't disturb each other. */
static void test_two_writers(void **state)
{
    const char *path = fixture_path("a");
    struct tg_output one, two;

    (void)state;
    open_and_write(&one, path, "one");
    open_and_write(&two, path, "two");
    assert_int_equal(tg_output_commit(&two), 0);
    check_content(path, "two");
    assert_int_equal(tg_output_commit(&one), 0);
    check_content(path, "one");
    assert_int_equal(count_files(), 1);
}

/* New files obey the umask; replaced ones keep their mode. */
static void test_mode(void **state)
{
    const char *path = fixture_path("a");
    const mode_t mask = umask(027);
    struct tg_output output;
    struct stat info;

    (void)state;
    open_and_write(&output, path, "x");
    assert_int_equal(tg_output_commit(&output), 0);
    umask(mask);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(chmod(path, 0604), 0);
    open_and_write(&output, path, "y");
    assert_int_equal(tg_output_commit(&output), 0);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0604);
}

static void test_link(void **state)
{
    const char *target = fixture_write("target", "old", 3);
    const char *link = fixture_path("link");
    struct tg_output output;
    struct stat info;

    (void)state;
    assert_int_equal(symlink(target, link), 0);
    open_and_write(&output, link, "new");
    assert_int_equal(tg_output_commit(&output), 0);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    check_content(target, "new");
}

/* A full disk shows at the commit, and leaves the device where it is. */
static void test_full(void **state)
{
    struct tg_output output;
    struct stat info;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    open_and_write(&output, "/dev/full", "x");
    assert_null(output.temporary);
    assert_int_equal(tg_output_commit(&output), TG_EIO);
    assert_non_null(strstr(tg_error_message(TG_EIO), "/dev/full"));
    assert_non_null(strstr(tg_error_message(TG_EIO), "No space left"));
    assert_int_equal(stat("/dev/full", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

/* When the rename fails, nothing is left behind. */
static void test_failed_rename(void **state)
{
    struct tg_output output;

    (void)state;
    open_and_write(&output, fixture_path("a"), "x");
    fixture_folder("a");
    assert_int_equal(tg_output_commit(&output), TG_EIO);
    assert_non_null(strstr(tg_error_message(TG_EIO), "cannot write"));
    assert_int_equal(count_files(), 1);
}

static void test_standard_output(void **state)
{
    struct tg_output output;

    (void)state;
    assert_int_equal(tg_output_open(&output, "-"), 0);
    assert_ptr_equal(output.file, stdout);
    assert_null(output.temporary);
    assert_int_equal(tg_output_commit(&output), 0);
    assert_int_equal(tg_output_open(&output, "-"), 0);
    tg_output_discard(&output);
    assert_true(printf(" ") == 1 && fflush(stdout) == 0);
    assert_int_equal(count_files(), 0);
}

static void test_refused(void **state)
{
    (void)state;
    refuse(fixture_path("no/such/file"), TG_ECANTCREAT, "create its folder");
    refuse(fixture_folder("b"), TG_ECANTCREAT, "is a folder");
    refuse("", TG_ECANTCREAT, "empty");
    if (geteuid() != 0) {
        chmod(fixture_write("fixed", "x", 1), 0444);
        refuse(fixture_path("fixed"), TG_ECANTCREAT, "may write to");
        chmod(fixture_folder("closed"), 0555);
        refuse(fixture_path("closed/a"), TG_ECANTCREAT, "may write to");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        twice(test_commit),
        twice(test_discard),
        twice(test_abandon),
        twice(test_long_name),
        twice(test_two_writers),
        twice(test_mode),
        twice(test_link),
        fixture_test(test_full),
        twice(test_failed_rename),
        twice(test_refused),
        fixture_test(test_standard_output),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
