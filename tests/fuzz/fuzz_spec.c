/* What a SPEC is taken for.  Choices; the first line is the SPEC; each further
 * line makes an entry of the working directory, named by the line without its
 * first character, which says what it is: d, a folder; k, a dangling link; c, a
 * CIFAR-10 record; or as in contents[].  */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { ENTRIES = 12, SAMPLES = 1000 };

static const struct content {
    char key;
    const char *bytes;
    size_t n;
} contents[] = {
#define BYTES(text) text, sizeof text - 1
    {'e', BYTES("")},
    {'i', BYTES("\0\0\10\3\0\0\0\2\0\0\0\1\0\0\0\2abcd")}, /* IDX images */
    {'l', BYTES("\0\0\10\1\0\0\0\2\3\7")},                 /* IDX labels */
    {'n', BYTES("\x93NUMPY\1\0\x3a\0"
                "{'descr':'|u1','fortran_order':False,'shape':(2,2)}    "
                "   abcd")},
    {'y', BYTES("\x93NUMPY\1\0\x3a\0"
                "{'descr':'|i1','fortran_order':False,'shape':(2,)}     "
                "   ab")},
    {'p', BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\0\0\0\0"
                "\x3a\x7e\x9b\x55\0\0\0\nIDATx\x9c\x63h\0\0\0\x82\0\x81"
                "\xdd\x43\x6a\xf4\0\0\0\0IEND\xae\x42\x60\x82")},
    {'t', BYTES("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n")}, /* names of classes */
#undef BYTES
};

/* Within the working directory? */
static bool is_near(const char *path)
{
    return *path != '/' && !strstr(path, "..") && !strstr(path, ":/");
}

/* The folder that a name mentions, in front of its first '/'. */
static void make_folder(const char *name)
{
    const char *slash = strchr(name, '/');
    char *folder = strndup(name, slash ? (size_t)(slash - name) : 0);

    fuzz_check(folder);
    if (slash)
        mkdir(folder, 0777);
    free(folder);
}

static void make_file(char key, const char *name)
{
    static const uint8_t record[3073]; /* CIFAR-10, class 0, black */
    FILE *file = fopen(name, "wb");

    if (!file)
        return;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        if (contents[i].key == key)
            fwrite(contents[i].bytes, 1, contents[i].n, file);
    if (key == 'c')
        fwrite(record, 1, sizeof record, file);
    fclose(file);
}

/* What can't be made, for its name, is left out. */
static void make(const char *line)
{
    const char *name = line + 1;

    if (!*line || !*name || !is_near(name))
        return;
    make_folder(name);
    if (*line == 'd')
        mkdir(name, 0777);
    else if (*line != 'k' || symlink("nowhere", name) != 0)
        make_file(*line, name);
}

/* So many synthetic samples take long, by right. */
static bool is_slow(const char *spec)
{
    return strcmp(spec, "synth") == 0 || strcmp(spec, "synth:") == 0 ||
           (strncmp(spec, "synth:", 6) == 0 &&
            strtoull(spec + 6, NULL, 10) > SAMPLES &&
            strtoull(spec + 6, NULL, 10) <= 1000000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes input = {data, size};
    struct tg_dataset_options options = fuzz_options(&input);
    char *text = malloc(input.left + 1), *rest = text, *spec;

    fuzz_check(text);
    memcpy(text, input.at, input.left);
    text[input.left] = '\0';
    spec = strsep(&rest, "\n");
    if (is_near(spec) && !is_slow(spec)) {
        for (int i = 0; i < ENTRIES && rest; i++)
            make(strsep(&rest, "\n"));
        fuzz_dataset(spec, &options);
        fuzz_clean();
    }
    free(text);
    return 0;
}
