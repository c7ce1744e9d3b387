#include "print_fixture.h"

#include "section_info.h"

static void print_data(FILE *out, const struct tg_dataset *train,
                       const struct tg_dataset *test)
{
    const struct tg_info_data data = {train, test};

    assert_int_equal(tg_report_text(out, &tg_info_data_report, &data, 0), 0);
}

static void print_model(FILE *out, const char *name,
                        const struct tg_model *model)
{
    const struct tg_ridge_model ridge = {.lambda = 12.5};
    const struct tg_info_model info = {name, model, &ridge, NULL};

    assert_int_equal(tg_report_text(out, &tg_info_model_report, &info, 0), 0);
}

static void test_info_dataset(void **state)
{
    static uint16_t labels[100];
    struct tg_dataset data = make_data();
    char *text;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        labels[i] = i < 75 ? 0 : 2;
    data.labels = labels;
    PRINTED(text, print_data(out, &data, &data));
    assert_has(text, "pets\n");
    assert_has(text, "pictures\n");
    assert_has(text, "100 (training part)\n");
    assert_has(text, "100 (test part)\n");
    assert_has(text, "60: pictures of 4 x 5, 3 channels, 8 bits");
    assert_has(text, "cat                 75    0.7500\n");
    assert_has(text, "dog \"x\"              0    0.0000\n");
    assert_has(text, "\u00e9l\u00e9phant            25    0.2500\n");
    assert_fits(text);
    free(text);
    data.labels = NULL;
    data.class_names = NULL;
    data.classes = 0;
    data.width = data.height = data.channels = 0;
    data.type = TG_F32;
    PRINTED(text, print_data(out, &data, NULL));
    assert_has(text, "Samples   100\n");
    assert_has(text, "no labels");
    assert_has(text, "60, floating point");
    free(text);
}

static void test_info_model(void **state)
{
    struct tg_model model = {.features = 60,
                             .classes = 3,
                             .class_names = names,
                             .width = 4,
                             .height = 5,
                             .channels = 3,
                             .gray = true,
                             .binary = true,
                             .threshold = 0.5,
                             .n_train = 60000};
    char *many_names[30], *text;

    (void)state;
    PRINTED(text, print_model(out, "m.safetensors", &model));
    assert_has(text, "m.safetensors\n");
    assert_has(text, "on 60,000 samples, lambda 12.5\n");
    assert_has(text, "60: pictures of 4 x 5, 3 channels, 8 bits");
    assert_has(text, "gray, black or white at 0.5");
    assert_has(text, "cat, dog \"x\", \u00e9l\u00e9phant\n");
    assert_fits(text);
    free(text);
    for (int i = 0; i < 30; i++)
        assert_true(asprintf(&many_names[i], "c%d", i) > 0);
    model.classes = 30;
    model.class_names = many_names;
    model.gray = model.binary = false;
    PRINTED(text, print_model(out, "m", &model));
    assert_has(text, "c0, c1, ");
    assert_has(text, " c29\n");
    assert_false(has(text, "gray"));
    assert_fits(text);
    free(text);
    for (int i = 0; i < 30; i++)
        free(many_names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info_dataset),
        cmocka_unit_test(test_info_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
