#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>

#include "score/lines.h"

enum { CUSTOMERS = 1000, LINES = 1500000, WRITERS = 2 };

struct seen {
	uint32_t next[CUSTOMERS];   /* by customer: number of the line expected next */
	bool in_order;
};

static int look(void *context, uint32_t customer, struct line *lines, size_t count, unsigned worker, struct diag *diag)
{
	struct seen *seen = context;

	(void)worker;
	(void)diag;
	for (size_t i = 0; i < count; i++)
		if (lines[i].customer != customer || lines[i].amount != seen->next[customer]++)
			seen->in_order = false;
	return 0;
}

/* Line n of a customer has the amount n. The first half of all is added by one writer, the second by the next. */
static void check(size_t memory, size_t count, unsigned threads)
{
	struct lines *lines = lines_new(memory, WRITERS, NULL);
	struct seen *seen = calloc(1, sizeof *seen);
	uint32_t *added = calloc(CUSTOMERS, sizeof *added);
	struct diag diag;

	diag_init(&diag);
	for (size_t i = 0; i < count; i++) {
		uint32_t customer = (uint32_t)(i * 7919 % CUSTOMERS);
		struct line line = { .customer = customer, .amount = added[customer]++ };

		assert_int_equal(lines_add(lines, i >= count / 2, &line, &diag), 0);
	}
	assert_int_equal(lines_count(lines), count);
	memset(seen, 0, sizeof *seen);
	seen->in_order = true;
	assert_int_equal(lines_each(lines, CUSTOMERS, look, seen, threads, &diag), 0);
	assert_true(seen->in_order);
	assert_memory_equal(seen->next, added, CUSTOMERS * sizeof *added);
	lines_free(lines);
	free(seen);
	free(added);
	diag_release(&diag);
}

static void lines_come_by_customer_in_the_order_of_adding(void **state)
{
	(void)state;
	check(SIZE_MAX, 100000, 1);
	check(SIZE_MAX, 100000, 4);
	check(SIZE_MAX, 1, 2);
	check(SIZE_MAX, 0, 2);
}

static void what_does_not_fit_comes_back_from_the_file(void **state)
{
	(void)state;
	check(1, LINES, 3);
}

/* Bounds of what is kept narrow, and what lies just beyond: in the middle of others, so that both kinds stand in one partition. */
static const struct line bounds[] = {
	{ .amount = (INT64_C(1) << 39) - 1, .day = -25567, .order = UINT64_MAX, .row = 0xffffff, .file = 63, .category = 127, .flags = 3 },
	{ .amount = -(INT64_C(1) << 39), .day = -25567 + (1 << 17) - 1, .order = 1, .row = 1 },
	{ .amount = 0, .day = 0 },
	{ .amount = INT64_C(1) << 39, .day = 19000 },
	{ .amount = -(INT64_C(1) << 39) - 1, .day = 19000 },
	{ .amount = 1, .day = -25567 + (1 << 17) },
	{ .amount = 2, .day = 19000, .file = 64 },
	{ .amount = 3, .day = 19000, .category = 128 },
	{ .amount = 4, .day = 19000, .channel = 1 },
	{ .amount = 5, .day = 19000, .profit = -1 },
	{ .amount = INT64_MIN, .day = INT32_MAX, .file = 255, .category = UINT16_MAX, .channel = 255, .profit = INT64_MAX, .row = 0xabcdef, .flags = 3 },
};

enum { BOUNDS = sizeof bounds / sizeof *bounds, TIMES = 40000 };

static int look_at_bounds(void *context, uint32_t customer, struct line *lines, size_t count, unsigned worker, struct diag *diag)
{
	size_t *seen = context;

	(void)customer;
	(void)worker;
	(void)diag;
	for (size_t i = 0; i < count; i++, ++*seen) {
		struct line want = bounds[*seen < 3 * TIMES ? *seen % 3 : 3 + (*seen - 3 * TIMES) % (BOUNDS - 3)];

		assert_memory_equal(&lines[i], &want, sizeof want);
	}
	return 0;
}

static void every_field_comes_back(void **state)
{
	(void)state;
	for (size_t memory = 1; memory; memory = memory == 1 ? SIZE_MAX : 0) {
		struct lines *lines = lines_new(memory, WRITERS, NULL);
		struct diag diag;
		size_t seen = 0;

		diag_init(&diag);
		for (size_t i = 0; i < 3 * TIMES; i++)
			assert_int_equal(lines_add(lines, 0, &bounds[i % 3], &diag), 0);
		for (size_t i = 0; i < 600000; i++)
			assert_int_equal(lines_add(lines, 0, &bounds[3 + i % (BOUNDS - 3)], &diag), 0);
		assert_int_equal(lines_each(lines, 1, look_at_bounds, &seen, 1, &diag), 0);
		assert_int_equal(seen, 3 * TIMES + 600000);
		lines_free(lines);
		diag_release(&diag);
	}
}

static int look_at_two(void *context, uint32_t customer, struct line *lines, size_t count, unsigned worker, struct diag *diag)
{
	(void)customer;
	(void)worker;
	(void)diag;
	assert_int_equal(count, 2);
	assert_memory_equal(&lines[0], &bounds[0], sizeof *lines);
	assert_memory_equal(&lines[1], context, sizeof *lines);
	return 0;
}

/* Each field alone is reason enough. */
static void what_is_too_wide_is_kept_wide(void **state)
{
	(void)state;
	for (size_t i = 0; i < BOUNDS; i++) {
		struct lines *lines = lines_new(SIZE_MAX, 1, NULL);
		struct line line = bounds[i];
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(lines_add(lines, 0, &bounds[0], &diag), 0);
		assert_int_equal(lines_add(lines, 0, &line, &diag), 0);
		assert_int_equal(lines_each(lines, 1, look_at_two, &line, 1, &diag), 0);
		lines_free(lines);
		diag_release(&diag);
	}
}

static void every_customer_has_a_place_of_his_own(void **state)
{
	static const uint32_t numbers[] = { 0, 63, 64, 16383, 16384, 16447, 16448, 1000000, UINT32_MAX - 1 };
	static const size_t counts[] = { 0, 1, 64, 65, 16384, 16385, 16448, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		assert_int_equal(lines_customer(lines_partition(numbers[i]), lines_local(numbers[i])), numbers[i]);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		size_t sum = 0;

		for (size_t partition = 0; partition < LINES_PARTITIONS; partition++) {
			size_t locals = lines_locals(counts[i], partition);

			assert_true(locals == 0 || lines_customer(partition, locals - 1) < counts[i]);
			sum += locals;
		}
		assert_int_equal(sum, counts[i]);
	}
}

struct adding {
	struct lines *lines;
	unsigned writer;
};

static void *add_some(void *argument)
{
	const struct adding *adding = argument;
	struct diag diag;

	diag_init(&diag);
	for (uint32_t i = 0; i < 200000; i++)
		(void)!lines_add(adding->lines, adding->writer, &(struct line){ .customer = i % CUSTOMERS, .amount = 1 }, &diag);
	diag_release(&diag);
	return NULL;
}

static int add_amounts(void *context, uint32_t customer, struct line *lines, size_t count, unsigned worker, struct diag *diag)
{
	int64_t *sum = context;

	(void)customer;
	(void)worker;
	(void)diag;
	for (size_t i = 0; i < count; i++)
		*sum += lines[i].amount;
	return 0;
}

static void writers_add_side_by_side(void **state)
{
	for (size_t memory = 1; memory; memory = memory == 1 ? SIZE_MAX : 0) {
		struct lines *lines = lines_new(memory, 3, NULL);
		struct adding adding[3];
		pthread_t threads[3];
		struct diag diag;
		int64_t sum = 0;

		diag_init(&diag);
		for (unsigned w = 0; w < 3; w++) {
			adding[w] = (struct adding){ lines, w };
			assert_int_equal(pthread_create(&threads[w], NULL, add_some, &adding[w]), 0);
		}
		for (unsigned w = 0; w < 3; w++)
			pthread_join(threads[w], NULL);
		assert_int_equal(lines_count(lines), 600000);
		assert_int_equal(lines_each(lines, CUSTOMERS, add_amounts, &sum, 1, &diag), 0);
		assert_int_equal(sum, 600000);
		lines_free(lines);
		diag_release(&diag);
	}
	(void)state;
}

static int refuse(void *context, uint32_t customer, struct line *lines, size_t count, unsigned worker, struct diag *diag)
{
	(void)context;
	(void)lines;
	(void)count;
	(void)worker;
	return customer == 3 ? diag_fail(diag, STATUS_INPUT, NULL, "no", "not this one") : 0;
}

static void a_visit_that_fails_ends_it(void **state)
{
	struct lines *lines = lines_new(SIZE_MAX, 1, NULL);
	struct diag diag;

	(void)state;
	diag_init(&diag);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(lines_add(lines, 0, &(struct line){ .customer = i }, &diag), 0);
	assert_int_equal(lines_each(lines, 10, refuse, NULL, 2, &diag), -1);
	assert_string_equal(diag.error, "no: not this one");
	lines_free(lines);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_by_customer_in_the_order_of_adding),
		cmocka_unit_test(what_does_not_fit_comes_back_from_the_file),
		cmocka_unit_test(every_field_comes_back),
		cmocka_unit_test(what_is_too_wide_is_kept_wide),
		cmocka_unit_test(every_customer_has_a_place_of_his_own),
		cmocka_unit_test(writers_add_side_by_side),
		cmocka_unit_test(a_visit_that_fails_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
