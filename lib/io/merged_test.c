#include "base/test.h"

#include "io/merged.h"

static void set(struct sheet_row *row, size_t column, const char *text)
{
	size_t from = row->text.len;

	buf_add(&row->text, slice_of(text));
	sheet_row_set(row, column, from);
}

static void values_go_down_their_range_and_no_further(void **state)
{
	struct merged merged;
	struct sheet_row row;

	(void)state;
	merged_init(&merged);
	sheet_row_init(&row);
	assert_true(merged_add(&merged, 3, 5, 1));
	assert_true(merged_add(&merged, 2, 3, 0));
	assert_true(merged_add(&merged, 7, 7, 0)); /* one row: nothing to fill */
	assert_true(merged_add(&merged, 4, 9, 3)); /* its first row has no value */
	assert_int_equal(merged.count, 3);
	merged_sort(&merged);
	for (uint64_t number = 1; number <= 6; number++) {
		sheet_row_begin(&row, number);
		if (number == 2)
			set(&row, 0, "a");
		if (number == 3)
			set(&row, 1, "b");
		if (number == 4)
			set(&row, 1, "own"); /* what is there stays */
		merged_fill(&merged, &row);
		assert_true(slice_equal(sheet_row_value(&row, 0), number == 2 || number == 3 ? SLICE("a") : SLICE("")));
		assert_true(slice_equal(sheet_row_value(&row, 1), number == 3 || number == 5 ? SLICE("b") : number == 4 ? SLICE("own") : SLICE("")));
		assert_int_equal(sheet_row_value(&row, 3).len, 0);
	}
	merged_release(&merged);
	sheet_row_release(&row);
}

static void ranges_are_bounded(void **state)
{
	struct merged merged;

	(void)state;
	merged_init(&merged);
	for (size_t i = 0; i < 1 << 20; i++)
		assert_true(merged_add(&merged, 1, 2, i % SHEET_COLUMNS));
	assert_false(merged_add(&merged, 1, 2, 0));
	assert_true(merged_add(&merged, 1, 2, SHEET_COLUMNS)); /* no such column */
	merged_release(&merged);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_go_down_their_range_and_no_further),
		cmocka_unit_test(ranges_are_bounded),
	};

	return cmocka_run_group_tests_name("merged", tests, NULL, NULL);
}
