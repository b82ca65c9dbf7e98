#include "base/slice.h"
#include "base/test.h"

static void compare_orders_bytes_and_puts_a_prefix_first(void **state)
{
	(void)state;
	assert_int_equal(slice_compare(SLICE("abc"), SLICE("abc")), 0);
	assert_true(slice_compare(SLICE("ab"), SLICE("abc")) < 0);
	assert_true(slice_compare(SLICE("b"), SLICE("abc")) > 0);
	assert_true(slice_compare(SLICE("\xff"), SLICE("a")) > 0);
	assert_int_equal(slice_compare((struct slice){ NULL, 0 }, SLICE("")), 0);
}

static void case_is_ignored_for_ascii_only(void **state)
{
	(void)state;
	assert_true(slice_equal_nocase(SLICE("E-Mail"), SLICE("e-mAIL")));
	assert_false(slice_equal_nocase(SLICE("É"), SLICE("é")));
	assert_false(slice_equal_nocase(SLICE("ab"), SLICE("abc")));
	assert_false(slice_equal_nocase(SLICE("@"), SLICE("`")));
}

static void trim_takes_ascii_white_space_off_both_ends(void **state)
{
	(void)state;
	assert_slice(slice_trim(SLICE(" \t\r\n\v\f a b \n")), "a b");
	assert_slice(slice_trim(SLICE("   ")), "");
	assert_slice(slice_trim(SLICE("\xe3\x80\x80" "a")), "\xe3\x80\x80" "a");
}

static void find_gives_the_offset_or_the_length(void **state)
{
	(void)state;
	assert_int_equal(slice_find(SLICE("a,b,c"), SLICE("b,")), 2);
	assert_int_equal(slice_find(SLICE("abc"), SLICE("d")), 3);
	assert_int_equal(slice_find(SLICE("abc"), SLICE("")), 0);
	assert_int_equal(slice_find((struct slice){ NULL, 0 }, SLICE("x")), 0);
	assert_int_equal(slice_find_byte(SLICE("a\0b"), 'b'), 2);
	assert_int_equal(slice_find_byte((struct slice){ NULL, 0 }, 'b'), 0);
}

static void cut_walks_through_the_parts(void **state)
{
	struct slice rest = SLICE("a;;b");

	(void)state;
	assert_slice(slice_cut(&rest, ';'), "a");
	assert_slice(slice_cut(&rest, ';'), "");
	assert_slice(slice_cut(&rest, ';'), "b");
	assert_int_equal(rest.len, 0);
}

static void prefixes_and_suffixes_are_found(void **state)
{
	(void)state;
	assert_true(slice_starts_with(SLICE("abc"), SLICE("ab")));
	assert_true(slice_ends_with(SLICE("abc"), SLICE("bc")));
	assert_true(slice_ends_with(SLICE("abc"), SLICE("")));
	assert_false(slice_ends_with(SLICE("c"), SLICE("bc")));
	assert_slice(slice_skip(SLICE("abc"), 9), "");
	assert_slice(slice_first(SLICE("abc"), 9), "abc");
}

static void whole_numbers_are_strict_and_checked_for_overflow(void **state)
{
	static const char *const wrong[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808", "-9223372036854775809", "--1", "1\n",
	};
	int64_t number;
	uint64_t positive;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(slice_to_i64(slice_of(wrong[i]), &number));
	assert_true(slice_to_i64(SLICE("9223372036854775807"), &number));
	assert_int_equal(number, INT64_MAX);
	assert_true(slice_to_i64(SLICE("-9223372036854775808"), &number));
	assert_int_equal(number, INT64_MIN);
	assert_true(slice_to_i64(SLICE("-0"), &number));
	assert_int_equal(number, 0);
	assert_true(slice_to_u64(SLICE("18446744073709551615"), &positive));
	assert_true(positive == UINT64_MAX);
	assert_false(slice_to_u64(SLICE("18446744073709551616"), &positive));
	assert_false(slice_to_u64(SLICE("-1"), &positive));
}

static void reals_are_decimal_and_finite(void **state)
{
	static const struct { const char *text; double value; } right[] = {
		{ "0", 0 }, { "-1.5", -1.5 }, { "1e3", 1000 }, { ".5", .5 }, { "5.", 5 }, { "1E-2", .01 }, { "+2", 2 },
	};
	static const char *const wrong[] = { "", ".", "1,5", "nan", "inf", "0x1p3", "1e400", "1 ", " 1", "1.2.3", "e5", "1-2" };
	double value;

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		assert_true(slice_to_double(slice_of(right[i].text), &value));
		assert_true(value == right[i].value);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(slice_to_double(slice_of(wrong[i]), &value));
	assert_false(slice_to_double(SLICE("1\0"), &value));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_orders_bytes_and_puts_a_prefix_first),
		cmocka_unit_test(case_is_ignored_for_ascii_only),
		cmocka_unit_test(trim_takes_ascii_white_space_off_both_ends),
		cmocka_unit_test(find_gives_the_offset_or_the_length),
		cmocka_unit_test(cut_walks_through_the_parts),
		cmocka_unit_test(prefixes_and_suffixes_are_found),
		cmocka_unit_test(whole_numbers_are_strict_and_checked_for_overflow),
		cmocka_unit_test(reals_are_decimal_and_finite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
