#include <stdio.h>

#include "base/map.h"
#include "base/test.h"

static void numbers_are_dense_in_order_of_first_sight(void **state)
{
	struct map map;

	(void)state;
	map_init(&map);
	assert_int_equal(map_add(&map, SLICE("b")), 0);
	assert_int_equal(map_add(&map, SLICE("a")), 1);
	assert_int_equal(map_add(&map, SLICE("b")), 0);
	assert_int_equal(map_add(&map, SLICE("")), 2);
	assert_int_equal(map_add(&map, (struct slice){ NULL, 0 }), 2);
	assert_int_equal(map.count, 3);
	assert_slice(map.keys[1], "a");
	assert_int_equal(map_find(&map, SLICE("a")), 1);
	assert_int_equal(map_find(&map, SLICE("c")), MAP_NONE);
	map_release(&map);
}

static void a_hundred_thousand_keys_are_found_again(void **state)
{
	enum { COUNT = 100000 };
	struct map map;
	char key[32];

	(void)state;
	map_init(&map);
	for (uint32_t i = 0; i < COUNT; i++) {
		int len = snprintf(key, sizeof key, "customer %u", i * 7919u);

		assert_int_equal(map_add(&map, (struct slice){ key, (size_t)len }), i);
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		int len = snprintf(key, sizeof key, "customer %u", i * 7919u);

		assert_int_equal(map_find(&map, (struct slice){ key, (size_t)len }), i);
		assert_slice(map.keys[i], key);
	}
	assert_int_equal(map_find(&map, SLICE("customer")), MAP_NONE);
	map_release(&map);
}

static void keys_of_any_length_differ_by_any_byte(void **state)
{
	char bytes[64] = { 0 };
	struct map map;

	(void)state;
	map_init(&map);
	for (size_t len = 0; len < sizeof bytes; len++)
		assert_int_equal(map_add(&map, (struct slice){ bytes, len }), len);
	for (size_t i = 0; i < sizeof bytes; i++) {
		bytes[i] = 1;
		assert_int_equal(map_add(&map, (struct slice){ bytes, sizeof bytes }), sizeof bytes + i);
		bytes[i] = 0;
	}
	map_release(&map);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_dense_in_order_of_first_sight),
		cmocka_unit_test(a_hundred_thousand_keys_are_found_again),
		cmocka_unit_test(keys_of_any_length_differ_by_any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
