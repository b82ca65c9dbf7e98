#include "base/test.h"

#include <stdio.h>

#include "base/hash.h"
#include "clean/repeats.h"

/* How many of `count` values out of `distinct` have come before, as repeats says, each times what it stands for. */
static double count_repeats(size_t count, size_t distinct, unsigned *level)
{
	struct repeats repeats;
	double found = 0;
	char text[32];

	repeats_init(&repeats);
	for (size_t i = 0; i < count; i++) {
		int length = snprintf(text, sizeof text, "v%llu", (unsigned long long)(hash_mix(i, 3) % distinct));
		uint64_t hash = repeats_hash((struct slice){ text, (size_t)length });

		if (repeats_has(&repeats, hash))
			found += (double)(UINT64_C(1) << repeats.level);
		repeats_add(&repeats, hash);
	}
	*level = repeats.level;
	repeats_release(&repeats);
	return found;
}

static void every_repeat_is_found_while_there_is_room(void **state)
{
	static bool seen[60000];
	double repeats = 0;
	unsigned level;

	(void)state;
	for (size_t i = 0; i < 200000; i++) {
		size_t value = hash_mix(i, 3) % 60000;

		repeats += seen[value];
		seen[value] = true;
	}
	assert_true(count_repeats(200000, 60000, &level) == repeats);
	assert_int_equal(level, 0);
}

/* n of d values: d (1 - e^(-n/d)) are distinct. */
static void more_are_estimated(void **state)
{
	unsigned level;
	double found = count_repeats(6000000, 6000000, &level), expected = 6e6 * 0.36788;

	(void)state;
	assert_int_equal(level, 2);
	assert_true(found > expected * 0.99 && found < expected * 1.01);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_repeat_is_found_while_there_is_room),
		cmocka_unit_test(more_are_estimated),
	};

	return cmocka_run_group_tests_name("repeats", tests, NULL, NULL);
}
