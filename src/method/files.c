/* The files that a command line names, checked against each other. */
#include "shared_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dataset.h"
#include "error.h"
#include "output.h"
#include "sink.h"

enum { SHOWN = TG_OPTION_SHOWN };

/* ---- Kinds of names --------------------------------------------------- */

static int read_name(const struct tg_option *option, const char *text,
                     void *field)
{
    return tg_option_text.read(option, text, field);
}

static void note_given(struct tg_facts *facts, const char *name,
                       const void *field)
{
    tg_option_text.note(facts, name, field);
}

const struct tg_option_kind tg_option_spec = {read_name, note_given, NULL};
const struct tg_option_kind tg_option_input = {read_name, note_given, NULL};
const struct tg_option_kind tg_option_output = {read_name, note_given, NULL};
const struct tg_option_kind tg_option_rows = {read_name, note_given, NULL};
const struct tg_option_kind tg_option_drawing = {read_name, note_given, NULL};
const struct tg_option_kind tg_option_trace = {read_name, note_given, NULL};

static bool is_output(const struct tg_option *rule)
{
    return rule->kind == &tg_option_output ||
           rule->kind == &tg_option_drawing || rule->kind == &tg_option_rows;
}

/* What a rule names; of rows, the file alone. */
static const char *value_at(const struct tg_options *options,
                            const struct tg_option *rule, size_t offset)
{
    const char *value = *(const char *const *)((const char *)options + offset);

    return value && rule->kind == &tg_option_rows ? tg_sink_path(value) : value;
}

bool tg_files_take_stdout(const struct tg_options *options)
{
    const struct tg_option *rule;
    size_t offset;

    for (size_t i = 0; (rule = tg_option_at(options->command, i, &offset)); i++)
        if (is_output(rule) && value_at(options, rule, offset) &&
            tg_output_is_stdout(value_at(options, rule, offset)))
            return true;
    return false;
}

int tg_files_writable(const struct tg_options *options)
{
    const struct tg_option *rule;
    size_t offset;

    for (size_t i = 0; (rule = tg_option_at(options->command, i, &offset)); i++)
        if (is_output(rule))
            TG_TRY(tg_output_check(value_at(options, rule, offset)));
    return TG_OK;
}

/* ---- The files of a command line -------------------------------------- */

struct file {
    const char *option; /* that names it */
    char *path;
    bool spec;  /* a data set, which may be a folder */
    bool drawn; /* a picture that is written */
};

/* Inputs come first; all zero is empty. */
struct files {
    struct file *file;
    size_t n, inputs;
};

/* Take over a path, if there is one; NULL: no memory. */
static bool add(struct files *files, const struct tg_option *rule, char *path)
{
    struct file *file =
        path ? reallocarray(files->file, files->n + 1, sizeof *file) : NULL;

    if (!file) {
        free(path);
        return false;
    }
    files->file = file;
    file[files->n++] = (struct file){
        .option = rule->name,
        .path = path,
        .spec = rule->kind == &tg_option_spec,
        .drawn = rule->kind == &tg_option_drawing,
    };
    return true;
}

static bool add_below(struct files *files, const struct tg_option *rule,
                      const char *folder, const char *name)
{
    char *path;

    return asprintf(&path, "%s/%s", folder, name) >= 0 &&
           add(files, rule, path);
}

static bool add_spec(struct files *files, const struct tg_option *rule,
                     const char *spec)
{
    const char *path = tg_dataset_path(spec);
    char *labels = NULL;

    if (path && !add(files, rule, strdup(path)))
        return false;
    if (tg_dataset_labels_path(spec, &labels))
        return false;
    if (!labels)
        return true;
    if (!add(files, rule, labels))
        return false;
    files->file[files->n - 1].spec = false;
    return true;
}

/* The files of a rule, of those that are read or of those that are written. */
static bool add_rule(struct files *files, const struct tg_option *rule,
                     const char *value, bool written)
{
    if (!written && rule->kind == &tg_option_spec)
        return add_spec(files, rule, value);
    if (!written && rule->kind == &tg_option_input)
        return add(files, rule, strdup(value));
    if (written && rule->kind == &tg_option_trace)
        return add(files, rule, strdup(value)) &&
               add_below(files, rule, value, "paje.trace") &&
               add_below(files, rule, value, "dag.dot");
    return !written || !is_output(rule) || add(files, rule, strdup(value));
}

static bool is_file(const struct tg_option *rule)
{
    return rule->kind == &tg_option_spec || rule->kind == &tg_option_input ||
           rule->kind == &tg_option_trace || is_output(rule);
}

static bool find(struct files *files, const struct tg_options *options)
{
    const struct tg_option *rule;
    size_t offset;

    for (int written = 0; written < 2; written++) {
        for (size_t i = 0; (rule = tg_option_at(options->command, i, &offset));
             i++)
            if (is_file(rule) && value_at(options, rule, offset) &&
                !add_rule(files, rule, value_at(options, rule, offset),
                          written))
                return false;
        if (!written)
            files->inputs = files->n;
    }
    return true;
}

/* ---- Checks ----------------------------------------------------------- */

/* The one name of a file that may not be there yet: links are followed, save
 * in the last part of a path to nothing.  To be freed; NULL: no memory. */
static char *find_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    char *name = realpath(path, NULL), *folder, *real;

    if (name)
        return name;
    folder = slash ? strndup(path, (size_t)(last - path)) : strdup(".");
    real = folder ? realpath(folder, NULL) : NULL;
    if (real && asprintf(&name, "%s/%s", real, last) < 0)
        name = NULL;
    else if (!real)
        name = strdup(path);
    free(folder);
    free(real);
    return name;
}

/* Do two names mean one file?  Devices may be named twice. */
static bool is_same(const char *a, const char *b)
{
    struct stat x, y;
    char *one, *other;
    bool same;

    if (!strcmp(a, "-") || !strcmp(b, "-"))
        return !strcmp(a, b);
    if (!stat(a, &x) && !stat(b, &y))
        return (S_ISREG(x.st_mode) || S_ISDIR(x.st_mode)) &&
               x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    one = find_name(a);
    other = find_name(b);
    same = one && other && !strcmp(one, other);
    free(one);
    free(other);
    return same;
}

/* The name of a regular file below a folder, from there; NULL: it is none. */
static char *name_below(const char *folder, const char *path)
{
    char *top = realpath(folder, NULL), *real = realpath(path, NULL);
    char *name = NULL;
    size_t length = top ? strlen(top) : 0;
    struct stat info;

    if (top && real && !stat(real, &info) && S_ISREG(info.st_mode) &&
        !strncmp(real, top, length) && real[length] == '/')
        name = strdup(real + length + 1);
    free(top);
    free(real);
    return name;
}

/* Is an output that is there already a file of a data set's folder?  What lies
 * beside the data, from an earlier run, is not: drawn outputs are pictures, and
 * part of the data only in a class's own folder. */
static bool is_part(const struct file *data, const struct file *output)
{
    const struct tg_format *format;
    struct stat info;
    char *name;
    bool part;

    if (stat(data->path, &info) || !S_ISDIR(info.st_mode))
        return false;
    name = name_below(data->path, output->path);
    format = name ? tg_dataset_format_of(name) : NULL;
    part = format && (!(format->obeys & TG_OBEYS_PICTURES) || !output->drawn ||
                      strchr(name, '/'));
    free(name);
    return part;
}

static int check_output(const struct files *files, const struct file *output)
{
    for (const struct file *file = files->file; file < output; file++)
        if (is_same(file->path, output->path))
            return tg_fail(TG_EUSAGE,
                           "--%s and --%s name the same file, '%.*s'; "
                           "give --%s a name of its own",
                           file->option, output->option, SHOWN, output->path,
                           output->option);
    for (size_t i = 0; i < files->inputs; i++)
        if (files->file[i].spec && is_part(&files->file[i], output))
            return tg_fail(TG_EUSAGE,
                           "--%s: '%.*s' is a file of --%s; give another name",
                           output->option, SHOWN, output->path,
                           files->file[i].option);
    return TG_OK;
}

int tg_files_check(const struct tg_options *options)
{
    struct files files = {0};
    int err = find(&files, options)
                  ? TG_OK
                  : tg_fail(TG_EMEMORY, "command line: out of memory");

    for (size_t j = files.inputs; !err && j < files.n; j++)
        err = check_output(&files, &files.file[j]);
    for (size_t i = 0; i < files.n; i++)
        free(files.file[i].path);
    free(files.file);
    return err;
}
