/* What samples are mapped to. */
#include "section_list.h"

#include <string.h>

#include "terminal.h"
#include "text.h"

enum { TERM = 120 };

void tg_section_features(FILE *out, const char *label,
                         const struct tg_learnt *learnt, int color)
{
    const struct tg_features *features = &learnt->features;
    char text[TERM];

    for (size_t i = 0; i < features->terms; i++) {
        struct tg_number found;

        tg_feature_text(&features->term[i], text, sizeof text);
        tg_terminal_label(out, color, i ? "" : label);
        fprintf(out, "%s: %s", text,
                tg_text_count((int64_t)features->term[i].width).text);
        if (tg_learnt_found(learnt, i, &found) && !strstr(text, found.name))
            fprintf(out, ", %s %.5g", found.name, found.value);
        fputc('\n', out);
    }
    if (features->common.mirror) {
        tg_terminal_label(out, color, "");
        fputs("of pictures and their mirror images, as if trained on both\n",
              out);
    }
    if (features->common.single) {
        tg_terminal_label(out, color, "");
        fputs("in single precision\n", out);
    }
}

void tg_section_features_json(struct tg_json *json,
                              const struct tg_learnt *learnt)
{
    size_t terms = learnt ? learnt->features.terms : 0;

    tg_json_open(json, "feature_terms", '[');
    for (size_t i = 0; i < terms; i++) {
        const struct tg_feature *term = &learnt->features.term[i];
        struct tg_number found;
        char text[TERM];

        tg_feature_text(term, text, sizeof text);
        tg_json_open(json, NULL, '{');
        tg_json_text(json, "map", text);
        tg_json_count(json, "features", term->width);
        if (tg_learnt_found(learnt, i, &found))
            tg_json_real(json, found.name, found.value);
        tg_json_close(json, '}');
    }
    tg_json_close(json, ']');
}
