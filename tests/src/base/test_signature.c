#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "signature.h"

static int clear(void **state)
{
    (void)state;
    tg_error_clear();
    return 0;
}

#define BYTES(text) text, sizeof(text) - 1

/* What a file is that starts so, and what its remedy says; NULL: unknown.  The
 * bytes lie at the end of their memory, beyond which nothing may be read. */
static void check(const char *path, const char *bytes, size_t n,
                  const char *what, const char *says)
{
    unsigned char *start = malloc(n ? n : 1);
    const char *found = NULL, *remedy = NULL;
    bool known;

    assert_non_null(start);
    memcpy(start, bytes, n);
    known = tg_signature_find(path, start, n, &found, &remedy);
    free(start);
    if (known != (what != NULL) ||
        (known && (strcmp(found, what) != 0 || !strstr(remedy, says))))
        fail_msg("%s: expected %s; %s, got %s; %s", path,
                 what ? what : "nothing", what ? says : "",
                 known ? found : "nothing", known ? remedy : "");
}

/* The first bytes tell, whatever the name. */
static void test_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *what, *says;
    } cases[] = {
        {BYTES("PK\3\4rest"), "a zip archive", "unzip"},
        {BYTES("PK\5\6"), "a zip archive without files", "get the file"},
        {BYTES("\x1f\x8b\x08"), "compressed with gzip", "gunzip"},
        {BYTES("\xfd"
               "7zXZ"),
         "compressed with xz", "unxz"},
        {BYTES("\x89HDF\r\n\x1a\n"), "an HDF5 file", "h5py"},
        {BYTES("MATLAB 5.0 MAT-file"), "a MATLAB file", "scipy.io"},
        {BYTES("MATLAB 7.3 MAT-file"), "a MATLAB file of version 7.3", "h5py"},
        {BYTES("\x80\4\x95"), "a pickle of Python", "pickle.load"},
        {BYTES("\x93NUMPY\1\0"), "a .npy file", ".npy"},
        {BYTES("\0\0\x08\3\0"), "an IDX file of pictures", "folder"},
        {BYTES("\x89PNG\r\n"), "a PNG picture", "ending"},
        {BYTES("\xff\xd8\xff\xe0"), "a JPEG picture", "ending"},
        {BYTES("RIFF\1\2\3\4WEBPVP8 "), "a WebP picture", "PNG"},
        {BYTES("\0\0\0\x1c"
               "ftypheic"),
         "a HEIC picture", "PNG"},
        {BYTES("version https://git-lfs.github.com/spec/v1\n"),
         "a pointer of Git LFS to the file itself", "git lfs pull"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("data", cases[i].bytes, cases[i].n, cases[i].what, cases[i].says);
}

/* A tar archive tells far from its start, in what is read of a file. */
static void test_far(void **state)
{
    char tar[TG_SIGNATURE] = "folder/file";

    (void)state;
    memcpy(tar + 257, "ustar", 5);
    check("x", tar, sizeof tar, "a tar archive", "tar xf");
    check("x", tar, 262, "a tar archive", "tar xf");
    check("x", tar, 261, NULL, NULL);
}

/* Of kinds that start alike, the name's ending tells, in any case. */
static void test_endings(void **state)
{
    (void)state;
    check("x.npz", BYTES("PK\3\4"), "a .npz archive of arrays", "numpy.load");
    check("x.NPZ", BYTES("PK\3\4"), "a .npz archive of arrays", "numpy.load");
    check("x.pt", BYTES("PK\3\4"), "a PyTorch file", "torch.load");
    check("npz", BYTES("PK\3\4"), "a zip archive", "unzip");
    check("x.tar.gz", BYTES("\x1f\x8b"), "an archive", "tar xzf");
    check("x.arff", BYTES("% a comment\n"), "an ARFF file", "arff");
    check("x.svg", BYTES("<?xml version='1.0'?>\n<svg>"), "an SVG drawing",
          "PNG");
}

/* Text, after a mark of UTF-8 and spaces, by how it begins, in any case, or by
 * what stands between its values. */
static void test_text(void **state)
{
    static const struct {
        const char *text, *what, *says;
    } cases[] = {
        {"\xef\xbb\xbf\r\n <!DocType HTML>",
         "a web page, such as a server's message", "get the file"},
        {"<?xml version='1.0'?><Error>",
         "an XML page, such as a server's message", "get the file"},
        {"<svg xmlns=", "an SVG drawing", "PNG"},
        {"{\"x\": 1,", "text, as of JSON", ".npy"},
        {"@RELATION iris\n", "an ARFF file", "arff"},
        {"P2\n2 2\n", "a PGM picture", "PNG"},
        {"1 3:0.5 7:1\n", "text, as of svmlight", "load_svmlight_file"},
        {"a,b\n1,2\n", "text, as of CSV", "skiprows"},
        {"1;2\n", "text, as of CSV", "delimiter=';'"},
        {"1\t2\n", "text, as of TSV", "\\t"},
        {"1 2\n3 4\n", "text", "numpy.loadtxt('FILE')"},
        {"hello; , world", "text, as of CSV", "delimiter=';'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("x", cases[i].text, strlen(cases[i].text), cases[i].what,
              cases[i].says);
}

/* Nothing is known of other bytes, nor of too few of them; an empty file is
 * one. */
static void test_unknown(void **state)
{
    (void)state;
    check("x", BYTES("\1\2\3\4\5\6\7"), NULL, NULL);
    check("x", BYTES("PK\3"), NULL, NULL);
    check("x", BYTES("\x89PN"), "text", "numpy.loadtxt");
    check("x", BYTES(" \n"), NULL, NULL);
    check("x.npz", BYTES(""), "empty", "get the file again");
}

/* What a file is not, what it is, and what helps; else what helps in general. */
static void test_refusal(void **state)
{
    static const unsigned char page[] = "<html>404", other[] = {1, 2, 3};

    (void)state;
    assert_int_equal(tg_fail_unlike("d/x", page, sizeof page - 1,
                                    "is not an IDX file", "give another"),
                     TG_EDATA);
    assert_string_equal(tg_error_message(TG_EDATA),
                        "d/x: is not an IDX file, but a web page, such as a "
                        "server's message; get the file again");
    tg_error_clear();
    assert_int_equal(tg_fail_unlike("d/x", other, sizeof other,
                                    "is not an IDX file", "give another"),
                     TG_EDATA);
    assert_string_equal(tg_error_message(TG_EDATA),
                        "d/x: is not an IDX file; give another");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_far),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test_setup(test_refusal, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
