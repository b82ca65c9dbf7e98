#include "base/nearest.h"
#include "base/test.h"

static void distance_counts_edits_and_swaps(void **state)
{
	static const struct { const char *a, *b; size_t distance; } cases[] = {
		{ "", "", 0 }, { "", "abc", 3 }, { "abc", "", 3 }, { "rules", "rules", 0 }, { "rules", "RULES", 0 }, { "rulse", "rules", 1 },
		{ "rule", "rules", 1 }, { "kitten", "sitting", 3 }, { "ca", "abc", 3 }, { "threads", "thread", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(nearest_distance(slice_of(cases[i].a), slice_of(cases[i].b)), cases[i].distance);
}

static void the_nearest_name_is_found_or_none(void **state)
{
	static const struct slice names[] = { { "rules", 5 }, { "rejects", 7 }, { "evidence", 8 }, { "previous", 8 } };

	(void)state;
	assert_int_equal(nearest_index(names, 4, SLICE("rulse")), 0);
	assert_int_equal(nearest_index(names, 4, SLICE("reject")), 1);
	assert_int_equal(nearest_index(names, 4, SLICE("evid")), 2);
	assert_int_equal(nearest_index(names, 4, SLICE("quux")), 4);
	assert_int_equal(nearest_index(names, 4, SLICE("")), 4);
	assert_int_equal(nearest_index(names, 0, SLICE("rules")), 0);
}

static void very_long_names_are_safe(void **state)
{
	char text[1000];

	(void)state;
	memset(text, 'a', sizeof text);
	assert_int_equal(nearest_distance((struct slice){ text, sizeof text }, (struct slice){ text, 999 }), 0);
	assert_int_equal(nearest_distance((struct slice){ text, sizeof text }, SLICE("")), 64);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(distance_counts_edits_and_swaps),
		cmocka_unit_test(the_nearest_name_is_found_or_none),
		cmocka_unit_test(very_long_names_are_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
