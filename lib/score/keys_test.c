#include "score/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 300000, READERS = 3, LONG = 5 << 20 };

static uint32_t add(struct keys *keys, struct slice key)
{
	return keys_add(keys, key, keys_hash(keys, key));
}

static uint32_t find(const struct keys *keys, struct slice key)
{
	return keys_find(keys, key, keys_hash(keys, key));
}

/* Of 1 to 26 bytes, so that keys within a unit, over one and over two are among them. */
static struct slice name(uint32_t number, char text[40])
{
	int length = snprintf(text, 40, "%u%.*s", number, (int)(number % 20), "abcdefghijklmnopqrst");

	return (struct slice){ text, (size_t)length };
}

static void keys_are_numbered_in_order_of_first_sight(void **state)
{
	struct keys keys;
	char text[40];

	(void)state;
	keys_init(&keys);
	for (uint32_t twice = 0; twice < 2; twice++)
		for (uint32_t i = 0; i < MANY; i++)
			assert_int_equal(add(&keys, name(i, text)), i);
	assert_int_equal(keys.count, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		struct slice key = name(i, text);

		assert_int_equal(find(&keys, key), i);
		assert_true(slice_equal(keys_text(&keys, i), key));
	}
	assert_int_equal(find(&keys, SLICE("x")), KEY_NONE);
	keys_release(&keys);
}

/* Keys that differ by their length, their last byte, or zeros at the end alone. */
static void like_keys_are_told_apart(void **state)
{
	static const struct slice likes[] = {
		{ "", 0 },           { "\0", 1 },          { "\0\0", 2 },         { "a", 1 },           { "a\0", 2 },
		{ "12345678", 8 },   { "12345678\0", 9 },  { "123456789", 9 },    { "1234567890123456", 16 }, { "1234567890123456\0", 17 },
		{ "1234567890123457", 16 }, { "12345678901234567", 17 }, { "12345678901234568", 17 },
	};
	enum { LIKES = sizeof likes / sizeof *likes };
	struct keys keys;

	(void)state;
	keys_init(&keys);
	for (uint32_t i = 0; i < LIKES; i++)
		assert_int_equal(add(&keys, likes[i]), i);
	for (uint32_t i = 0; i < LIKES; i++)
		assert_int_equal(find(&keys, likes[i]), i);
	keys_release(&keys);
}

static void a_key_may_be_longer_than_what_is_allotted_at_once(void **state)
{
	char *text = malloc(LONG);
	struct keys keys;

	(void)state;
	memset(text, 'x', LONG);
	keys_init(&keys);
	for (uint32_t i = 0; i < 1200; i++) /* over the bounds of chunks */
		assert_int_equal(add(&keys, (struct slice){ text, 4000 + i }), i);
	assert_int_equal(add(&keys, (struct slice){ text, LONG }), 1200);
	text[LONG - 1] = 'y';
	assert_int_equal(find(&keys, (struct slice){ text, LONG }), KEY_NONE);
	assert_int_equal(add(&keys, (struct slice){ text, LONG }), 1201);
	assert_int_equal(find(&keys, (struct slice){ text, 5000 }), 1000);
	assert_true(slice_equal(keys_text(&keys, 1201), (struct slice){ text, LONG }));
	keys_release(&keys);
	free(text);
}

struct reader {
	pthread_t thread;
	struct keys *keys;
	size_t wrong, found;
};

/* What is found is right; what is not there yet is not found. */
static void *look_up(void *argument)
{
	struct reader *reader = argument;
	char text[40];

	for (uint32_t round = 0; round < 200; round++) {
		keys_hold(reader->keys);
		for (uint32_t i = round; i < MANY; i += 199) {
			struct slice key = name(i, text);
			uint32_t number = find(reader->keys, key);

			reader->found += number == i;
			reader->wrong += number != i && number != KEY_NONE;
		}
		keys_let_go(reader->keys);
	}
	return NULL;
}

static void others_look_up_while_one_adds(void **state)
{
	struct reader readers[READERS];
	struct keys keys;
	char text[40];
	size_t found = 0;

	(void)state;
	keys_init(&keys);
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .keys = &keys };
		assert_int_equal(pthread_create(&readers[i].thread, NULL, look_up, &readers[i]), 0);
	}
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(add(&keys, name(i, text)), i);
	for (int i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		assert_int_equal(readers[i].wrong, 0);
		found += readers[i].found;
	}
	print_message("found %zu\n", found);
	keys_release(&keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_numbered_in_order_of_first_sight),
		cmocka_unit_test(like_keys_are_told_apart),
		cmocka_unit_test(a_key_may_be_longer_than_what_is_allotted_at_once),
		cmocka_unit_test(others_look_up_while_one_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
