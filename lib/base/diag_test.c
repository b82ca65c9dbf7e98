#include <errno.h>

#include "base/diag.h"
#include "base/test.h"

static void a_message_says_where_and_what(void **state)
{
	static const struct { struct place place; const char *code, *text; } cases[] = {
		{ { "a.csv", 3, 4 }, "bad-date", "a.csv:3:4: bad-date: no" },
		{ { "a.csv", 3, 0 }, "bad-date", "a.csv:3: bad-date: no" },
		{ { "a.csv", 0, 0 }, NULL, "a.csv: no" },
		{ { NULL, 3, 4 }, "bad-date", "bad-date: no" },
		{ { NULL, 0, 0 }, NULL, "no" },
	};
	struct diag diag;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		diag_init(&diag);
		assert_int_equal(diag_fail(&diag, STATUS_INPUT, &cases[i].place, cases[i].code, "%s", "no"), -1);
		assert_string_equal(diag.error, cases[i].text);
		assert_int_equal(diag.status, STATUS_INPUT);
		diag_release(&diag);
	}
}

static void the_first_error_stays(void **state)
{
	struct diag first, second;

	(void)state;
	diag_init(&first);
	diag_init(&second);
	diag_fail(&first, STATUS_INPUT, NULL, NULL, "one");
	diag_errno(&first, "file", "cannot write", ENOSPC);
	assert_string_equal(first.error, "one");
	diag_errno(&second, "file", "cannot write", ENOSPC);
	assert_string_equal(second.error, "file: cannot write: No space left on device");
	assert_int_equal(second.status, STATUS_SYSTEM);
	diag_warn(&second, NULL, "late", "w2");
	diag_warn(&first, NULL, NULL, "w1");
	diag_merge(&first, &second);
	assert_string_equal(first.error, "one");
	assert_slice(buf_slice(&first.warnings), "w1\nlate: w2\n");
	assert_int_equal(second.status, STATUS_OK);
	assert_int_equal(second.warnings.len, 0);
	diag_release(&first);
	diag_release(&second);
}

static void several_errors_are_kept_where_asked_for(void **state)
{
	struct place place = { "rules.json", 2, 3 };
	struct diag diag;

	(void)state;
	diag_init(&diag);
	diag.several = true;
	diag_fail(&diag, STATUS_USAGE, NULL, NULL, "one");
	diag_fail(&diag, STATUS_SYSTEM, &place, "late", "two");
	diag.several = false;
	diag_fail(&diag, STATUS_USAGE, NULL, NULL, "not this");
	assert_int_equal(diag.status, STATUS_USAGE);
	assert_string_equal(diag.error, "one");
	assert_int_equal(diag.others.len, sizeof "rules.json:2:3: late: two");
	assert_string_equal(diag.others.ptr, "rules.json:2:3: late: two");
	diag.several = true;
	for (int i = 0; i < 10000; i++)
		diag_fail(&diag, STATUS_USAGE, NULL, NULL, "more");
	assert_true(diag.others.full && diag.others.len <= 16 << 10);
	diag_release(&diag);
}

static void overlong_messages_are_cut_safely(void **state)
{
	char name[5000];
	struct place place = { name, UINT64_MAX, UINT64_MAX };
	struct diag diag;

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	diag_init(&diag);
	diag_fail(&diag, STATUS_INPUT, &place, "code", "%s", name);
	assert_int_equal(strlen(diag.error), sizeof diag.error - 1);
	for (int i = 0; i < 200; i++)
		diag_warn(&diag, &place, "code", "%s", name);
	assert_true(diag.warnings.len <= 64 << 10);
	assert_true(diag.warnings.ptr[diag.warnings.len - 1] == '\n');
	diag_release(&diag);
}

static void a_quoted_value_hides_long_numbers_and_control_characters(void **state)
{
	static const struct { const char *value, *shown; } cases[] = {
		{ "12,3x", "'12,3x'" },
		{ "", "''" },
		{ "13800138000", "'138******00'" },
		{ "tel 13800138000, 021", "'tel 138******00, 021'" },
		{ "123456", "'123456'" },
		{ "1234567", "'123**67'" },
		{ "a\tb\x7f", "'a\\x09b\\x7F'" },
		{ "0123456789abcdef0123456789abcdef01234567", "'012*****89abcdef012*****89abcdef012***67'" },
		{ "上海上海上海上海上海上海上海上海", "'上海上海上海上海上海上海上…'" },
	};
	char out[DIAG_QUOTE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(diag_quote(slice_of(cases[i].value), out), cases[i].shown);
	assert_string_equal(diag_quote((struct slice){ NULL, 0 }, out), "''");
}

static void quoting_is_bounded_whatever_the_value(void **state)
{
	size_t len = 64 << 20;
	char *value = malloc(len), out[DIAG_QUOTE_SIZE];

	(void)state;
	assert_non_null(value);
	memset(value, '\1', len);
	assert_true(strlen(diag_quote((struct slice){ value, len }, out)) < DIAG_QUOTE_SIZE);
	memset(value, '7', len);
	for (int i = 0; i < 100; i++) /* hours, if the run of digits were walked for each digit shown */
		assert_true(strlen(diag_quote((struct slice){ value, len }, out)) < DIAG_QUOTE_SIZE);
	free(value);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_says_where_and_what),
		cmocka_unit_test(the_first_error_stays),
		cmocka_unit_test(several_errors_are_kept_where_asked_for),
		cmocka_unit_test(overlong_messages_are_cut_safely),
		cmocka_unit_test(a_quoted_value_hides_long_numbers_and_control_characters),
		cmocka_unit_test(quoting_is_bounded_whatever_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
