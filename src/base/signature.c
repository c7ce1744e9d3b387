#include "signature.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "error.h"

/* How a file starts. */
struct signature {
    size_t at;         /* offset of the bytes */
    const char *bytes; /* '?' is any; letters are in any case, of text */
    size_t n;
    const char *ending; /* of the name, in any case; NULL: any */
    const char *what, *remedy;
};

#define BYTES(at, text) (at), (text), sizeof(text) - 1

#define SAVE(expression) "in Python: numpy.save('x.npy', " expression ")"
#define AGAIN "get the file again"
#define FOLDER                                                                 \
    "give the folder that holds it, as train-images-idx3-ubyte or the like"
#define CONVERT "convert it to PNG"
#define PICTURE "give it the ending that says so"

/* In the order in which they are tried. */
static const struct signature signatures[] = {
    {BYTES(0, "PK\3\4"), ".npz", "a .npz archive of arrays",
     SAVE("numpy.load('FILE')['x_train']")},
    {BYTES(0, "PK\3\4"), ".pt", "a PyTorch file",
     SAVE("torch.load('FILE').numpy()")},
    {BYTES(0, "PK\3\4"), ".pth", "a PyTorch file",
     SAVE("torch.load('FILE').numpy()")},
    {BYTES(0, "PK\3\4"), ".xlsx", "a workbook of Excel",
     SAVE("pandas.read_excel('FILE').to_numpy()")},
    {BYTES(0, "PK\3\4"), NULL, "a zip archive", "unpack it with unzip"},
    {BYTES(0, "PK\5\6"), NULL, "a zip archive without files", AGAIN},
    {BYTES(0, "\x1f\x8b"), ".tar.gz", "an archive", "unpack it with tar xzf"},
    {BYTES(0, "\x1f\x8b"), ".tgz", "an archive", "unpack it with tar xzf"},
    {BYTES(0, "\x1f\x8b"), NULL, "compressed with gzip",
     "decompress it with gunzip"},
    {BYTES(0, "BZh"), NULL, "compressed with bzip2",
     "decompress it with bunzip2"},
    {BYTES(0, "\xfd"
              "7zXZ"),
     NULL, "compressed with xz", "decompress it with unxz"},
    {BYTES(0, "\x28\xb5\x2f\xfd"), NULL, "compressed with zstd",
     "decompress it with unzstd"},
    {BYTES(0, "7z\xbc\xaf\x27\x1c"), NULL, "a 7z archive",
     "unpack it with 7z x"},
    {BYTES(0, "Rar!"), NULL, "a RAR archive", "unpack it with unrar x"},
    {BYTES(257, "ustar"), NULL, "a tar archive", "unpack it with tar xf"},
    {BYTES(0, "\x89HDF\r\n\x1a\n"), NULL, "an HDF5 file",
     SAVE("h5py.File('FILE')['NAME'][:]")},
    {BYTES(0, "MATLAB 7.3"), NULL, "a MATLAB file of version 7.3",
     SAVE("h5py.File('FILE')['NAME'][:].T")},
    {BYTES(0, "MATLAB"), NULL, "a MATLAB file",
     SAVE("scipy.io.loadmat('FILE')['NAME']")},
    {BYTES(0, "PAR1"), NULL, "a Parquet file",
     SAVE("pandas.read_parquet('FILE').to_numpy()")},
    {BYTES(0, "ARROW1"), NULL, "a Feather file",
     SAVE("pandas.read_feather('FILE').to_numpy()")},
    {BYTES(0, "SQLite format 3"), NULL, "an SQLite database",
     "save its rows as .npy"},
    {BYTES(0, "\x80\2"), NULL, "a pickle of Python",
     SAVE("pickle.load(open('FILE', 'rb'), encoding='bytes')")},
    {BYTES(0, "\x80\3"), NULL, "a pickle of Python",
     SAVE("pickle.load(open('FILE', 'rb'))")},
    {BYTES(0, "\x80\4"), NULL, "a pickle of Python",
     SAVE("pickle.load(open('FILE', 'rb'))")},
    {BYTES(0, "\x80\5"), NULL, "a pickle of Python",
     SAVE("pickle.load(open('FILE', 'rb'))")},
    {BYTES(0, "\x93NUMPY"), NULL, "a .npy file", "let its name end in .npy"},
    {BYTES(0, "\0\0\x08\1"), NULL, "an IDX file of labels", FOLDER},
    {BYTES(0, "\0\0\x08\3"), NULL, "an IDX file of pictures", FOLDER},
    {BYTES(0, "\x89PNG"), NULL, "a PNG picture", PICTURE},
    {BYTES(0, "\xff\xd8\xff"), NULL, "a JPEG picture", PICTURE},
    {BYTES(0, "GIF8"), NULL, "a GIF picture", CONVERT},
    {BYTES(0, "RIFF????WEBP"), NULL, "a WebP picture", CONVERT},
    {BYTES(0, "II*\0"), NULL, "a TIFF picture", CONVERT},
    {BYTES(0, "MM\0*"), NULL, "a TIFF picture", CONVERT},
    {BYTES(4, "ftypavi"), NULL, "an AVIF picture", CONVERT},
    {BYTES(4, "ftyphei"), NULL, "a HEIC picture", CONVERT},
    {BYTES(4, "ftypmif"), NULL, "a HEIF picture", CONVERT},
    {BYTES(0, "\0\0\0\x0cjP  "), NULL, "a JPEG 2000 picture", CONVERT},
    {BYTES(0, "\xff\x0a"), NULL, "a JPEG XL picture", CONVERT},
    {BYTES(0, "\0\0\0\x0cJXL "), NULL, "a JPEG XL picture", CONVERT},
    {BYTES(0, "8BPS"), NULL, "a Photoshop picture", CONVERT},
    {BYTES(0, "BM????\0\0\0\0"), NULL, "a BMP picture", CONVERT},
    {BYTES(0, "P4\n"), NULL, "a PBM picture", CONVERT},
    {BYTES(0, "P5\n"), NULL, "a PGM picture", CONVERT},
    {BYTES(0, "P6\n"), NULL, "a PPM picture", CONVERT},
    {BYTES(0, "%PDF"), NULL, "a PDF document", "give the data themselves"},
    {BYTES(0, "version https://git-lfs"), NULL,
     "a pointer of Git LFS to the file itself", "run git lfs pull"},
};

/* Text, by how it begins, after spaces. */
static const struct signature texts[] = {
    {BYTES(0, "<!doctype html"), NULL, "a web page, such as a server's message",
     AGAIN},
    {BYTES(0, "<html"), NULL, "a web page, such as a server's message", AGAIN},
    {BYTES(0, "<svg"), NULL, "an SVG drawing", CONVERT},
    {BYTES(0, "<?xml"), ".svg", "an SVG drawing", CONVERT},
    {BYTES(0, "P1\n"), NULL, "a PBM picture", CONVERT},
    {BYTES(0, "P2\n"), NULL, "a PGM picture", CONVERT},
    {BYTES(0, "P3\n"), NULL, "a PPM picture", CONVERT},
    {BYTES(0, "<"), NULL, "an XML page, such as a server's message", AGAIN},
    {BYTES(0, "{"), NULL, "text, as of JSON", "save the numbers as .npy"},
    {BYTES(0, "["), NULL, "text, as of JSON", "save the numbers as .npy"},
    {BYTES(0, "@relation"), NULL, "an ARFF file",
     SAVE("pandas.DataFrame(scipy.io.arff.loadarff('FILE')[0]).to_numpy()")},
    {BYTES(0, "%"), ".arff", "an ARFF file",
     SAVE("pandas.DataFrame(scipy.io.arff.loadarff('FILE')[0]).to_numpy()")},
};

/* Text, by what it holds. */
static const struct {
    char mark; /* 0: nothing */
    const char *what, *remedy;
} separated[] = {
    {':', "text, as of svmlight",
     SAVE("sklearn.datasets.load_svmlight_file('FILE')[0].toarray()")},
    {',', "text, as of CSV",
     SAVE("numpy.loadtxt('FILE', delimiter=',')") ", with skiprows=1 under a "
                                                  "line of names"},
    {';', "text, as of CSV", SAVE("numpy.loadtxt('FILE', delimiter=';')")},
    {'\t', "text, as of TSV", SAVE("numpy.loadtxt('FILE', delimiter='\\t')")},
    {0, "text", SAVE("numpy.loadtxt('FILE')")},
};

static bool ends_in(const char *name, const char *ending)
{
    const size_t length = strlen(name), n = ending ? strlen(ending) : 0;

    return !ending ||
           (length >= n && strcasecmp(name + length - n, ending) == 0);
}

/* Is it text, at least at its start? */
static bool is_text(const unsigned char *start, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (iscntrl(start[i]) && !isspace(start[i]))
            return false;
    return n > 0;
}

/* A mark of numbers follows a digit. */
static bool has_mark(const unsigned char *start, size_t n, char mark)
{
    bool has = !mark;

    for (size_t i = 1; i < n && !has; i++)
        has = start[i] == (unsigned char)mark &&
              (isdigit(start[i - 1]) || isalpha(start[i - 1]) ||
               strchr("\"'.", start[i - 1]));
    return has;
}

static bool find_text(const char *path, const unsigned char *start, size_t n,
                      const char **what, const char **remedy)
{
    size_t i = 0;

    if (n >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
        start += 3; /* the mark of UTF-8 */
        n -= 3;
    }
    for (; n && isspace(*start); n--)
        start++;
    if (!is_text(start, n))
        return false;
    for (; i < sizeof texts / sizeof *texts; i++)
        if (n >= texts[i].n && ends_in(path, texts[i].ending) &&
            strncasecmp((const char *)start, texts[i].bytes, texts[i].n) == 0) {
            *what = texts[i].what;
            *remedy = texts[i].remedy;
            return true;
        }
    for (i = 0; !has_mark(start, n, separated[i].mark); i++)
        ;
    *what = separated[i].what;
    *remedy = separated[i].remedy;
    return true;
}

static bool matches(const unsigned char *start, const struct signature *sign)
{
    for (size_t i = 0; i < sign->n; i++)
        if (sign->bytes[i] != '?' &&
            start[sign->at + i] != (unsigned char)sign->bytes[i])
            return false;
    return true;
}

bool tg_signature_find(const char *path, const unsigned char *start, size_t n,
                       const char **what, const char **remedy)
{
    if (!n) {
        *what = "empty";
        *remedy = AGAIN;
        return true;
    }
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const struct signature *sign = &signatures[i];

        if (n >= sign->at + sign->n && ends_in(path, sign->ending) &&
            matches(start, sign)) {
            *what = sign->what;
            *remedy = sign->remedy;
            return true;
        }
    }
    return find_text(path, start, n, what, remedy);
}

int tg_fail_unlike(const char *path, const unsigned char *start, size_t n,
                   const char *not_what, const char *remedy)
{
    const char *what, *better;

    if (!tg_signature_find(path, start, n, &what, &better))
        return tg_fail(TG_EDATA, "%s: %s; %s", path, not_what, remedy);
    return tg_fail(TG_EDATA, "%s: %s, but %s; %s", path, not_what, what,
                   better);
}
