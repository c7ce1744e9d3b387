#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

static int clear(void **state)
{
    (void)state;
    tg_error_clear();
    return 0;
}

static void test_code_comes_back(void **state)
{
    (void)state;
    assert_int_equal(tg_fail(TG_EDATA, "%s: line %d", "a.npy", 7), TG_EDATA);
    assert_string_equal(tg_error_message(TG_EDATA), "a.npy: line 7");
}

static void test_first_message_stays(void **state)
{
    (void)state;
    assert_int_equal(tg_fail(TG_ENOINPUT, "first"), TG_ENOINPUT);
    assert_int_equal(tg_fail(TG_EIO, "second"), TG_EIO);
    assert_string_equal(tg_error_message(TG_EIO), "first");
    tg_error_clear();
    assert_int_equal(tg_fail(TG_EIO, "third"), TG_EIO);
    assert_string_equal(tg_error_message(TG_EIO), "third");
}

/* The codes are exit statuses, which the manual of sysexits documents. */
static void test_codes_are_exit_statuses(void **state)
{
    (void)state;
    assert_int_equal(TG_OK, 0);
    assert_int_equal(TG_EUSAGE, 64);
    assert_int_equal(TG_EDATA, 65);
    assert_int_equal(TG_ENOINPUT, 66);
    assert_int_equal(TG_EUNAVAILABLE, 69);
    assert_int_equal(TG_ESOFTWARE, 70);
    assert_int_equal(TG_EMEMORY, 71);
    assert_int_equal(TG_ECANTCREAT, 73);
    assert_int_equal(TG_EIO, 74);
}

static void test_every_code_has_a_text(void **state)
{
    (void)state;
#define X(name, value, text)                                                   \
    assert_string_equal(tg_error_message(TG_##name), text);
    TG_ERROR_MAP(X)
#undef X
    assert_non_null(tg_error_message(12345));
}

static void test_long_message_is_cut(void **state)
{
    char text[5000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(tg_fail(TG_EDATA, "%s", text), TG_EDATA);
    assert_true(strlen(tg_error_message(TG_EDATA)) > 500);
    assert_true(strlen(tg_error_message(TG_EDATA)) < sizeof text - 1);
}

/* Of a file's name or content, say; found by fuzzing. */
static void test_message_is_harmless(void **state)
{
    (void)state;
    assert_int_equal(tg_fail(TG_EDATA,
                             "a\nb\x1b[2J\x7f \xc2\x9bm \xc2\xb5 \xce\x9b\xc2"),
                     TG_EDATA);
    assert_string_equal(
        tg_error_message(TG_EDATA),
        "a\\x0Ab\\x1B[2J\\x7F \\xC2\\x9Bm \xc2\xb5 \xce\x9b\\xC2");
}

static int step(int error, int *steps)
{
    ++*steps;
    return error;
}

static int two_steps(int first, int second, int *steps)
{
    TG_TRY(step(first, steps));
    TG_TRY(step(second, steps));
    return TG_OK;
}

static void test_try_forwards(void **state)
{
    int steps = 0;

    (void)state;
    assert_int_equal(two_steps(TG_OK, TG_OK, &steps), TG_OK);
    assert_int_equal(steps, 2);
    assert_int_equal(two_steps(TG_EIO, TG_EDATA, &steps), TG_EIO);
    assert_int_equal(steps, 3);
    assert_int_equal(two_steps(TG_OK, TG_EDATA, &steps), TG_EDATA);
    assert_int_equal(steps, 5);
}

static void *fail_often(void *context)
{
    for (int i = 0; i < 1000; i++)
        tg_fail(TG_EIO, "thread %c thread %c", *(char *)context,
                *(char *)context);
    return NULL;
}

/* One thread's message, and nothing of another's in it. */
static void test_threads(void **state)
{
    pthread_t threads[4];
    char names[] = "abcd";
    const char *message;

    (void)state;
    for (int t = 0; t < 4; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, fail_often,
                                        &names[t]),
                         0);
    for (int t = 0; t < 4; t++)
        pthread_join(threads[t], NULL);
    message = tg_error_message(TG_EIO);
    assert_int_equal(strlen(message), strlen("thread a thread a"));
    assert_int_equal(message[7], message[16]);
}

/* Who expects failures keeps them from the process, in his thread alone. */
static void test_capture(void **state)
{
    char text[TG_MESSAGE];

    (void)state;
    tg_error_capture(text);
    assert_int_equal(tg_fail(TG_EIO, "of the thread"), TG_EIO);
    assert_string_equal(tg_error_message(TG_EIO), "of the thread");
    assert_ptr_equal(tg_error_message(TG_EIO), text);
    tg_error_clear();
    assert_string_equal(text, "");
    tg_fail(TG_EIO, "once more");
    tg_error_capture(NULL);
    assert_string_equal(text, "once more");
    tg_fail(TG_EDATA, "of the process");
    assert_string_equal(tg_error_message(TG_EDATA), "of the process");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_code_comes_back, clear),
        cmocka_unit_test_setup(test_first_message_stays, clear),
        cmocka_unit_test_setup(test_codes_are_exit_statuses, clear),
        cmocka_unit_test_setup(test_every_code_has_a_text, clear),
        cmocka_unit_test_setup(test_long_message_is_cut, clear),
        cmocka_unit_test_setup(test_message_is_harmless, clear),
        cmocka_unit_test_setup(test_try_forwards, clear),
        cmocka_unit_test_setup(test_threads, clear),
        cmocka_unit_test_setup(test_capture, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
