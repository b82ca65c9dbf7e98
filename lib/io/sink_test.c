#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "io/file.h"
#include "io/sink.h"

static const struct column COLUMNS[] = {
	{ { "name", 4 }, COLUMN_TEXT },
	{ { "score", 5 }, COLUMN_NUMBER },
	{ { "tags", 4 }, COLUMN_LIST },
};

static char *fresh_path(void)
{
	char *path = memory_text("/tmp/crm-sink-test-XXXXXX");
	int descriptor = mkstemp(path);

	assert_true(descriptor >= 0);
	close(descriptor);
	return path;
}

/* What a sink with these options writes for one row of the three values (NULL: no rows at all). */
static void assert_writes(struct sink_options options, const char *const *values, const char *expected)
{
	char *path = fresh_path();
	struct arena arena;
	struct slice bytes;
	struct sink *sink;
	struct rows rows;
	struct diag diag;

	diag_init(&diag);
	arena_init(&arena);
	assert_int_equal(sink_open(&sink, path, &options, &diag), 0);
	sink_header(sink, COLUMNS, 3);
	rows_init(&rows, sink);
	if (values) {
		rows_begin(&rows);
		for (int i = 0; i < 3; i++)
			rows_cell(&rows, slice_of(values[i]));
		rows_end(&rows);
		assert_int_equal(sink_write(sink, &rows, &diag), 0);
	}
	assert_int_equal(sink_close(sink, &diag), 0);
	assert_int_equal(file_read(path, 1 << 20, &arena, &bytes, &diag), 0);
	assert_string_equal(arena_cstr(&arena, bytes), expected);
	rows_release(&rows);
	arena_release(&arena);
	diag_release(&diag);
	unlink(path);
	free(path);
}

static void sink_writes_csv_with_quotes_where_needed(void **state)
{
	static const char *const plain[] = { "a b", "1", "x;y" }, *const odd[] = { "a,\"b\"", "1\n2", "" };

	(void)state;
	assert_writes((struct sink_options){ 0 }, plain, "name,score,tags\na b,1,x;y\n");
	assert_writes((struct sink_options){ 0 }, odd, "name,score,tags\n\"a,\"\"b\"\"\",\"1\n2\",\n");
	assert_writes((struct sink_options){ .to = FORMAT_TSV }, odd, "name\tscore\ttags\n\"a,\"\"b\"\"\"\t\"1\n2\"\t\n");
	assert_writes((struct sink_options){ .bom = true }, NULL, "\xef\xbb\xbfname,score,tags\n");
}

static void sink_writes_json_by_column_type(void **state)
{
	static const char *const row[] = { "张\"三\"", "1.50", "x;y" }, *const odd[] = { "", "007", "" };

	(void)state;
	assert_writes((struct sink_options){ .to = FORMAT_JSONL }, row,
		      "{\"name\":\"张\\\"三\\\"\",\"score\":1.50,\"tags\":[\"x\",\"y\"]}\n");
	assert_writes((struct sink_options){ .to = FORMAT_JSONL }, odd, "{\"name\":\"\",\"score\":\"007\",\"tags\":[]}\n");
	assert_writes((struct sink_options){ .to = FORMAT_JSON }, odd,
		      "[\n{\"name\":\"\",\"score\":\"007\",\"tags\":[]}\n]\n");
	assert_writes((struct sink_options){ .to = FORMAT_JSON }, NULL, "[]\n");
}

static void sink_neutralises_formulas_but_no_numbers(void **state)
{
	static const char *const evil[] = { "=1+1", "-12.5", "@x" }, *const good[] = { "+8613812345678", "-", "a=b" };

	(void)state;
	assert_writes((struct sink_options){ .excel_safe = true }, evil, "name,score,tags\n'=1+1,-12.5,'@x\n");
	assert_writes((struct sink_options){ .excel_safe = true }, good, "name,score,tags\n+8613812345678,'-,a=b\n");
}

static void sink_that_is_aborted_leaves_the_old_file(void **state)
{
	char *path = fresh_path();
	struct sink_options options = { 0 };
	struct arena arena;
	struct slice bytes;
	struct sink *sink;
	struct rows rows;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	arena_init(&arena);
	assert_int_equal(file_write(path, SLICE("old"), &diag), 0);
	assert_int_equal(sink_open(&sink, path, &options, &diag), 0);
	sink_header(sink, COLUMNS, 3);
	rows_init(&rows, sink);
	rows_begin(&rows);
	for (int i = 0; i < 3; i++)
		rows_i64(&rows, INT64_MIN);
	rows_end(&rows);
	assert_int_equal(sink_write(sink, &rows, &diag), 0);
	sink_abort(sink);
	assert_int_equal(file_read(path, 1 << 20, &arena, &bytes, &diag), 0);
	assert_true(slice_equal(bytes, SLICE("old")));
	rows_release(&rows);
	arena_release(&arena);
	diag_release(&diag);
	unlink(path);
	free(path);
}

static void rows_keep_how_cells_stood(void **state)
{
	struct sink_options csv = { 0 }, semicolons = { .delimiter = ';' }, jsonl = { .to = FORMAT_JSONL };
	const struct sink_options *const options[] = { &csv, &semicolons, &jsonl };
	static const char *const expected[] = {
		"\"plain\",,x\n", "plain;;x\n", "{\"name\":\"plain\",\"score\":null,\"tags\":[\"x\"]}\n",
	};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct sink *sink;
		struct rows rows;
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(sink_open(&sink, "/dev/null", options[i], &diag), 0);
		sink_header(sink, COLUMNS, 3);
		rows_init(&rows, sink);
		rows_begin(&rows);
		rows_raw_cell(&rows, SLICE("plain"), SLICE("\"plain\""), FORM_CSV, ',');
		rows_real(&rows, 1.0 / 0.0, 2);
		rows_cell(&rows, SLICE("x"));
		rows_end(&rows);
		assert_true(slice_equal(buf_slice(&rows.out), slice_of(expected[i])));
		rows_release(&rows);
		sink_abort(sink);
	}
}

/* Ties, what lies next to them, signs, small and large ones, and many in between. */
static void numbers_are_written_as_by_printf(void **state)
{
	static const double some[] = { 0, -0.0, .5, 1.5, 2.5, -.5, .125, -.001, .005, 1.005, .0449999999999999, 99999.995, 99999.9999999, 1e5, 123456789.5,
				       1e20, -1e-9, .1, .99995, 9.9999995, 1e300 };
	static const struct column column = { { "n", 1 }, COLUMN_NUMBER };
	struct sink_options csv = { 0 };
	uint64_t dice = 1;
	struct sink *sink;
	struct rows rows;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(sink_open(&sink, "/dev/null", &csv, &diag), 0);
	sink_header(sink, &column, 1);
	rows_init(&rows, sink);
	for (size_t i = 0; i < 200000; i++) {
		double number = i < sizeof some / sizeof *some ? some[i] : 0;
		int decimals = (int)(i / 3 % 8);
		char expected[400];

		dice = dice * 6364136223846793005u + 1442695040888963407u;
		if (i >= sizeof some / sizeof *some) /* of all sizes; every other one has few digits, so that ties are common */
			number = i % 2 ? (double)((int64_t)(dice >> 40) - (1 << 23)) / 1024 : (double)(int64_t)dice / pow(10, (double)(i % 40));
		buf_clear(&rows.out);
		rows_begin(&rows);
		rows_real(&rows, number, decimals);
		rows_end(&rows);
		snprintf(expected, sizeof expected, "%.*f\n", decimals, number == 0 ? 0. : number);
		assert_true(slice_equal(buf_slice(&rows.out), slice_of(expected)));
	}
	rows_release(&rows);
	sink_abort(sink);
	diag_release(&diag);
}

static void a_record_of_json_lines_is_one_line(void **state)
{
	struct sink_options jsonl = { .to = FORMAT_JSONL };
	struct sink *sink;
	struct rows rows;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(sink_open(&sink, "/dev/null", &jsonl, &diag), 0);
	sink_header(sink, COLUMNS, 3);
	rows_init(&rows, sink);
	rows_begin(&rows);
	rows_raw_cell(&rows, SLICE(""), SLICE("\"a\\nb\""), FORM_JSON, 0);
	rows_raw_cell(&rows, SLICE(""), SLICE("null"), FORM_JSON, 0);
	rows_raw_cell(&rows, SLICE(""), SLICE("[\r\n \"x\",\n\n {\"k\": 1}\n]"), FORM_JSON, 0);
	rows_end(&rows);
	assert_true(slice_equal(buf_slice(&rows.out),
				SLICE("{\"name\":\"a\\nb\",\"score\":null,\"tags\":[ \"x\", {\"k\": 1}]}\n")));
	rows_release(&rows);
	sink_abort(sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sink_writes_csv_with_quotes_where_needed),
		cmocka_unit_test(sink_writes_json_by_column_type),
		cmocka_unit_test(sink_neutralises_formulas_but_no_numbers),
		cmocka_unit_test(sink_that_is_aborted_leaves_the_old_file),
		cmocka_unit_test(rows_keep_how_cells_stood),
		cmocka_unit_test(numbers_are_written_as_by_printf),
		cmocka_unit_test(a_record_of_json_lines_is_one_line),
	};

	return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
