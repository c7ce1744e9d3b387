#include "report.h"

#include "error.h"
#include "json.h"
#include "output.h"

int tg_report_text(FILE *out, const struct tg_report *report,
                   const void *result, int color)
{
    for (size_t i = 0; report->sections[i]; i++) {
        const struct tg_section *section = report->sections[i];

        if (section->text && (!section->has || section->has(result)))
            TG_TRY(section->text(out, result, color));
    }
    return TG_OK;
}

static int put_json(struct tg_json *json, const struct tg_report *report,
                    const void *result)
{
    tg_json_open(json, NULL, '{');
    for (size_t i = 0; report->sections[i]; i++)
        if (report->sections[i]->json)
            TG_TRY(report->sections[i]->json(json, result));
    tg_json_close(json, '}');
    return TG_OK;
}

int tg_report_json(const char *path, const struct tg_report *report,
                   const void *result)
{
    struct tg_output output;
    struct tg_json json = {0};
    int error;

    TG_TRY(tg_output_open(&output, path));
    json.file = output.file;
    error = put_json(&json, report, result);
    if (!error && json.failed)
        error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
    if (!error)
        error = tg_output_commit(&output);
    tg_output_discard(&output);
    return error;
}
