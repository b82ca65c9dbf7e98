#include "base/test.h"

#include "io/vast.h"

enum { MEGABYTE = 1 << 20 };

static void fill(uint32_t *array, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		array[i] = (uint32_t)(i * 2654435761u);
}

static void assert_filled(const uint32_t *array, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(array[i], (uint32_t)(i * 2654435761u));
}

static void arrays_past_the_bound_are_in_files(void **state)
{
	struct vast *vast = vast_new(3 * MEGABYTE, 0, NULL);
	uint32_t *first = vast_get(vast, MEGABYTE / 2, 4), *second = vast_get(vast, MEGABYTE / 2, 4);
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_true(vast_held(vast) >= 2 * MEGABYTE && vast_held(vast) <= 3 * MEGABYTE);
	assert_true(vast_filed(vast) >= 2 * MEGABYTE);
	for (size_t i = 0; i < MEGABYTE / 2; i++)
		assert_int_equal(first[i] + second[i], 0);
	fill(first, 0, MEGABYTE / 2);
	fill(second, 0, MEGABYTE / 2);
	vast_relax(vast);
	assert_filled(first, MEGABYTE / 2);
	assert_filled(second, MEGABYTE / 2);
	/* Where one has gone there is room for another. */
	vast_drop(first);
	first = vast_get(vast, MEGABYTE / 2, 4);
	assert_true(vast_held(vast) >= 2 * MEGABYTE);
	assert_int_equal(vast_check(vast, &diag), 0);
	vast_drop(first);
	vast_drop(second);
	vast_drop(NULL);
	assert_int_equal(vast_held(vast), 0);
	assert_int_equal(vast_filed(vast), 0);
	vast_free(vast);
	diag_release(&diag);
}

/* From a few elements, by mappings, to a file. */
static void arrays_keep_what_they_hold_as_they_grow(void **state)
{
	(void)state;
	for (int bounded = 0; bounded < 2; bounded++) {
		struct vast *vast = bounded ? vast_new(MEGABYTE, 0, NULL) : NULL;
		uint32_t *array = NULL;
		size_t capacity = 0, count = 0;

		for (size_t more = 10; count < 3 * MEGABYTE; more = more * 3 / 2) {
			array = vast_grow(vast, array, &capacity, count + more, sizeof *array);
			assert_int_equal((uintptr_t)array % 64, 0);
			fill(array, count, count + more);
			count += more;
		}
		assert_filled(array, count);
		if (bounded)
			assert_true(vast_filed(vast) > 0);
		array = vast_resize(vast, array, MEGABYTE / 8, sizeof *array);
		assert_filled(array, MEGABYTE / 8);
		array = vast_resize(vast, array, 100, sizeof *array);
		assert_filled(array, 100);
		if (bounded)
			assert_int_equal(vast_filed(vast), 0);
		vast_drop(array);
		vast_free(vast);
	}
}

static void a_folder_that_is_not_there_is_said(void **state)
{
	struct vast *vast = vast_new(0, 0, "/nowhere/at/all");
	uint32_t *array = vast_get(vast, MEGABYTE, 4);
	struct diag diag;

	(void)state;
	diag_init(&diag);
	fill(array, 0, MEGABYTE);
	assert_filled(array, MEGABYTE);
	assert_int_equal(vast_check(vast, &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	assert_non_null(strstr(diag.error, "/nowhere/at/all"));
	vast_drop(array);
	vast_free(vast);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_past_the_bound_are_in_files),
		cmocka_unit_test(arrays_keep_what_they_hold_as_they_grow),
		cmocka_unit_test(a_folder_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests_name("vast", tests, NULL, NULL);
}
