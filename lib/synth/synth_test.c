#include "synth/synth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/file.h"
#include "synth/gb18030.h"

static const char *const files[] = { "salesforce.csv", "erp-gbk.csv",	    "sales.xlsx", "shop.jsonl",
				     "orders.csv",     "shop-orders.jsonl", "events.csv", "contacts.csv",
				     "truth.csv",      "truth_churn.csv",   "synth.json" };
enum { FILES = sizeof files / sizeof files[0] };

static int enter_folder(void **state)
{
	char name[] = "/tmp/synth_test.XXXXXX";

	*state = mkdtemp(name) ? strdup(name) : NULL;
	return *state ? chdir(*state) : -1;
}

static int leave_folder(void **state)
{
	static const char *const dirs[] = { "a", "b" };

	for (int d = 0; d < 2; d++) {
		for (int i = 0; i < FILES; i++) {
			char path[64];

			snprintf(path, sizeof path, "%s/%s", dirs[d], files[i]);
			unlink(path);
		}
		rmdir(dirs[d]);
	}
	if (chdir("/") != 0 || rmdir(*state) != 0)
		return -1;
	free(*state);
	return 0;
}

static void run(const char *dir, uint64_t seed, uint64_t customers, unsigned threads, struct synth_counts *counts)
{
	struct synth_options options;
	struct diag diag;

	diag_init(&diag);
	synth_defaults(&options);
	options.dir = dir;
	options.seed = seed;
	options.customers = customers;
	options.threads = threads;
	assert_int_equal(synth_run(&options, counts, &diag), 0);
	diag_release(&diag);
}

static struct slice contents(const char *dir, const char *name, struct arena *arena)
{
	struct slice bytes;
	struct diag diag;
	char path[64];

	diag_init(&diag);
	snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(file_read(path, 1 << 26, arena, &bytes, &diag), 0);
	diag_release(&diag);
	return bytes;
}

static void bytes_do_not_depend_on_threads(void **state)
{
	struct synth_counts counts;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	run("a", 7, 5000, 1, &counts);
	run("b", 7, 5000, 4, &counts);
	for (int i = 0; i < FILES; i++) {
		struct slice a = contents("a", files[i], &arena);

		assert_true(a.len > 0 && slice_equal(a, contents("b", files[i], &arena)));
	}
	arena_release(&arena);
}

static void another_seed_gives_other_bytes(void **state)
{
	struct synth_counts counts;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	run("a", 7, 50, 1, &counts);
	run("b", 8, 50, 1, &counts);
	assert_false(slice_equal(contents("a", "truth.csv", &arena), contents("b", "truth.csv", &arena)));
	arena_release(&arena);
}

/* Rows are those of a spreadsheet: 1 header; 3 with titles; 2 in the workbook; none in JSON Lines. */
static void truth_has_every_row_of_every_source_once(void **state)
{
	static const uint64_t first_row[SOURCE_KINDS] = { 2, 4, 3, 1 };
	struct synth_counts counts;
	struct arena arena;
	struct slice truth;

	(void)state;
	arena_init(&arena);
	run("a", 3, 500, 2, &counts);
	truth = contents("a", "truth.csv", &arena);
	slice_cut(&truth, '\n');
	for (int source = 0; source < SOURCE_KINDS; source++) {
		for (uint64_t row = 0; row < counts.rows[source]; row++) {
			struct slice line = slice_cut(&truth, '\n');
			uint64_t at, entity;

			assert_true(slice_equal(slice_cut(&line, ','), slice_of(source_names[source])));
			assert_true(slice_to_u64(slice_cut(&line, ','), &at) && at == first_row[source] + row);
			assert_true(slice_to_u64(line, &entity) && entity >= 1 && entity <= 500);
		}
	}
	assert_int_equal(truth.len, 0);
	arena_release(&arena);
}

static void one_customer_is_enough(void **state)
{
	struct synth_counts counts;

	(void)state;
	run("a", 1, 1, 2, &counts);
	assert_true(counts.rows[0] + counts.rows[1] + counts.rows[2] + counts.rows[3] >= 1);
}

static void folder_that_cannot_be_made_is_an_error(void **state)
{
	struct synth_options options;
	struct synth_counts counts;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	synth_defaults(&options);
	options.dir = "no/such";
	assert_int_equal(synth_run(&options, &counts, &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	diag_release(&diag);
}

static void gb18030_is_what_excel_in_china_writes(void **state)
{
	struct gb18030 *encoder = NULL;
	struct diag diag;
	struct buf out;

	(void)state;
	diag_init(&diag);
	buf_init(&out, 1 << 10);
	assert_int_equal(gb18030_encode(&encoder, SLICE("a客户１"), &out, &diag), 0);
	assert_true(slice_equal(buf_slice(&out), SLICE("a\xBF\xCD\xBB\xA7\xA3\xB1")));
	gb18030_free(encoder);
	buf_release(&out);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_do_not_depend_on_threads, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(another_seed_gives_other_bytes, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(truth_has_every_row_of_every_source_once, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(one_customer_is_enough, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(folder_that_cannot_be_made_is_an_error, enter_folder, leave_folder),
		cmocka_unit_test(gb18030_is_what_excel_in_china_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
