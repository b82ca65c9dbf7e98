#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "io/strings.h"

enum { COUNT = 50000, LARGE = 9000 };

/* Text number n: mostly short, some empty, some over what a slot keeps. */
static struct slice text_of(size_t n, char *out)
{
	uint64_t random = hash_mix(n, 11);
	size_t length = n % 7 == 0 ? 0 : n % 1000 == 1 ? LARGE : random % 40;

	for (size_t i = 0; i < length; i++)
		out[i] = (char)(n * 31 + i);
	return (struct slice){ out, length };
}

static void assert_all(size_t memory)
{
	struct strings *strings = strings_new(memory, NULL);
	struct slice got;
	struct diag diag;
	char text[LARGE];

	diag_init(&diag);
	for (size_t n = 0; n < COUNT; n++)
		assert_int_equal(strings_add(strings, text_of(n, text), &diag), 0);
	assert_int_equal(strings_count(strings), COUNT);
	for (size_t i = 0; i < 3 * COUNT; i++) { /* in order, then anywhere, the same ones twice */
		size_t n = i < COUNT ? i : hash_mix(i / 2, 5) % COUNT;

		assert_int_equal(strings_get(strings, n, &got, &diag), 0);
		assert_true(slice_equal(got, text_of(n, text)));
	}
	strings_free(strings);
	diag_release(&diag);
}

static void strings_come_back_from_memory(void **state)
{
	(void)state;
	assert_all(64 << 20);
}

static void strings_come_back_from_a_file(void **state)
{
	(void)state;
	assert_all(1000);
	assert_all(0);
}

static void strings_that_cannot_be_kept_are_an_error(void **state)
{
	struct strings *strings = strings_new(4, "/nowhere");
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(strings_add(strings, SLICE("a"), &diag), 0);
	assert_int_equal(strings_add(strings, SLICE("bcdef"), &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	strings_free(strings);
	diag_release(&diag);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_come_back_from_memory),
		cmocka_unit_test(strings_come_back_from_a_file),
		cmocka_unit_test(strings_that_cannot_be_kept_are_an_error),
	};

	return cmocka_run_group_tests_name("strings", tests, NULL, NULL);
}
