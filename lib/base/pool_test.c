#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/test.h"

enum { ITEMS = 400, SLOTS = 16, MOST_THREADS = 8, NEVER = ITEMS + 1 };

struct item {
	unsigned number, result;
};

struct plan {
	unsigned next, written;         /* read and write are never entered twice at a time */
	unsigned fail_read, fail_work, fail_also, fail_write, silent_work;
	unsigned threads;
	atomic_uint inside_read, inside_write;
	atomic_uint workers[MOST_THREADS];
};

static int read_item(void *context, void *slot, struct diag *diag)
{
	struct plan *plan = context;
	struct item *item = slot;

	assert_int_equal(atomic_fetch_add(&plan->inside_read, 1), 0);
	item->number = plan->next++;
	atomic_fetch_sub(&plan->inside_read, 1);
	if (item->number == plan->fail_read)
		return diag_fail(diag, STATUS_INPUT, NULL, NULL, "read %u", item->number);
	if (item->number == ITEMS)
		diag_warn(diag, NULL, NULL, "end");
	return item->number < ITEMS;
}

static int work_item(void *context, void *slot, unsigned worker, struct diag *diag)
{
	struct plan *plan = context;
	struct item *item = slot;

	assert_true(worker < plan->threads);
	assert_int_equal(atomic_fetch_add(&plan->workers[worker], 1), 0); /* storage of a worker is its own */
	if (item->number % 7 == 0)
		usleep(200); /* so that items overtake one another */
	item->result = item->number * 3;
	atomic_fetch_sub(&plan->workers[worker], 1);
	if (item->number == plan->silent_work)
		return -1;
	if (item->number == plan->fail_work || item->number == plan->fail_also)
		return diag_fail(diag, STATUS_INPUT, NULL, NULL, "work %u", item->number);
	if (item->number % 100 == 0)
		diag_warn(diag, NULL, NULL, "%u", item->number);
	return 0;
}

static int write_item(void *context, void *slot, struct diag *diag)
{
	struct plan *plan = context;
	struct item *item = slot;

	assert_int_equal(atomic_fetch_add(&plan->inside_write, 1), 0);
	assert_int_equal(item->number, plan->written);
	assert_int_equal(item->result, item->number * 3);
	atomic_fetch_sub(&plan->inside_write, 1);
	if (item->number == plan->fail_write)
		return diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "write %u", item->number);
	plan->written++;
	return 0;
}

static const struct pool_stages stages = { read_item, work_item, write_item };

static struct plan plain_plan(unsigned threads)
{
	return (struct plan){ .fail_read = NEVER, .fail_work = NEVER, .fail_also = NEVER, .fail_write = NEVER,
			      .silent_work = NEVER, .threads = threads };
}

static int run(struct plan *plan, size_t slots, struct diag *diag)
{
	struct item items[SLOTS];
	void *pointers[SLOTS];

	for (size_t i = 0; i < slots; i++)
		pointers[i] = &items[i];
	diag_init(diag);
	return pool_pipeline(&stages, plan, pointers, slots, plan->threads, diag);
}

static void items_are_written_in_the_order_they_were_read(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
		for (size_t slots = 1; slots <= SLOTS; slots *= 4) {
			struct plan plan = plain_plan(threads);
			struct diag diag;

			assert_int_equal(run(&plan, slots, &diag), 0);
			assert_int_equal(plan.written, ITEMS);
			assert_slice(buf_slice(&diag.warnings), "0\n100\n200\n300\nend\n");
			diag_release(&diag);
		}
	}
}

static void the_first_error_in_input_order_wins(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
		struct plan plan = plain_plan(threads);
		struct diag diag;

		plan.fail_work = 210; /* slow to fail: 210 % 7 == 0 */
		plan.fail_also = 211;
		plan.fail_read = 213;
		assert_int_equal(run(&plan, SLOTS, &diag), -1);
		assert_string_equal(diag.error, "work 210");
		assert_int_equal(plan.written, 210);
		assert_slice(buf_slice(&diag.warnings), "0\n100\n200\n");
		diag_release(&diag);
	}
}

static void a_failed_read_comes_after_all_that_was_read(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
		struct plan plan = plain_plan(threads);
		struct diag diag;

		plan.fail_read = 55;
		assert_int_equal(run(&plan, SLOTS, &diag), -1);
		assert_string_equal(diag.error, "read 55");
		assert_int_equal(plan.written, 55);
		diag_release(&diag);
	}
}

static void a_failed_write_ends_the_run(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
		struct plan plan = plain_plan(threads);
		struct diag diag;

		plan.fail_write = 99;
		assert_int_equal(run(&plan, SLOTS, &diag), -1);
		assert_string_equal(diag.error, "write 99");
		assert_int_equal(diag.status, STATUS_SYSTEM);
		assert_true(plan.next <= 99 + 2 * SLOTS);
		diag_release(&diag);
	}
}

static void a_failure_without_a_reason_is_a_failure(void **state)
{
	struct plan plan = plain_plan(4);
	struct diag diag;

	(void)state;
	plan.silent_work = 3;
	assert_int_equal(run(&plan, SLOTS, &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	assert_int_equal(plan.written, 3);
	diag_release(&diag);
}

static int fail_silently(void *context, void *item, struct diag *diag)
{
	(void)context;
	(void)item;
	(void)diag;
	return -1;
}

static int read_once(void *context, void *item, struct diag *diag)
{
	unsigned *count = context;

	(void)item;
	(void)diag;
	return (*count)++ == 0;
}

static void silent_failures_of_reading_and_writing_are_failures_too(void **state)
{
	static const struct pool_stages bad_read = { .read = fail_silently };
	static const struct pool_stages bad_write = { .read = read_once, .write = fail_silently };
	int slot;
	void *items[] = { &slot };
	unsigned count = 0;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(pool_pipeline(&bad_read, &count, items, 1, 1, &diag), -1);
	diag_release(&diag);
	assert_int_equal(pool_pipeline(&bad_write, &count, items, 1, 2, &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	diag_release(&diag);
}

struct tasks {
	atomic_uint done[ITEMS];
	size_t fail_from;
	bool silent;
};

static int run_task(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct tasks *tasks = context;

	assert_true(worker < MOST_THREADS);
	atomic_fetch_add(&tasks->done[index], 1);
	if (index >= tasks->fail_from && tasks->silent)
		return -1;
	if (index >= tasks->fail_from) {
		usleep((useconds_t)(1000 * (10 - index % 10)));
		return diag_fail(diag, STATUS_INPUT, NULL, NULL, "task %zu", index);
	}
	return 0;
}

static void each_task_runs_once(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
		struct tasks tasks = { .fail_from = ITEMS };
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(pool_each(run_task, &tasks, ITEMS, threads, &diag), 0);
		for (size_t i = 0; i < ITEMS; i++)
			assert_int_equal(tasks.done[i], 1);
		assert_int_equal(pool_each(run_task, &tasks, 0, threads, &diag), 0);
		diag_release(&diag);
	}
}

static void the_error_of_the_lowest_task_wins(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
		struct tasks tasks = { .fail_from = 40 };
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(pool_each(run_task, &tasks, ITEMS, threads, &diag), -1);
		assert_string_equal(diag.error, "task 40");
		diag_release(&diag);
	}
}

static void a_task_that_fails_silently_fails(void **state)
{
	struct tasks tasks = { .fail_from = 40, .silent = true };
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(pool_each(run_task, &tasks, ITEMS, 3, &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	diag_release(&diag);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_written_in_the_order_they_were_read),
		cmocka_unit_test(the_first_error_in_input_order_wins),
		cmocka_unit_test(a_failed_read_comes_after_all_that_was_read),
		cmocka_unit_test(a_failed_write_ends_the_run),
		cmocka_unit_test(a_failure_without_a_reason_is_a_failure),
		cmocka_unit_test(silent_failures_of_reading_and_writing_are_failures_too),
		cmocka_unit_test(each_task_runs_once),
		cmocka_unit_test(the_error_of_the_lowest_task_wins),
		cmocka_unit_test(a_task_that_fails_silently_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
