#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "io/file.h"
#include "io/table.h"

static void read_rows(struct table *table, size_t columns, struct buf *out, struct diag *diag)
{
	struct batch batch;

	batch_init(&batch);
	table_peek(table, diag);
	table_begin(table, 0, columns);
	while (table_read(table, &batch, diag) == 1) {
		batch_split(&batch);
		for (size_t r = 0; r < batch.count; r++) {
			buf_format(out, "%llu", (unsigned long long)batch.records[r].row);
			for (size_t c = 0; c < batch.columns; c++)
				buf_format(out, "<%.*s>", SLICE_ARG(batch_cell(&batch, r, c)));
			buf_add_byte(out, '\n');
		}
	}
	batch_release(&batch);
}

/* What the first pass gives, or the error; the second must give the same. */
static char *reading(const char *name, const char *sheet, size_t columns)
{
	char path[256];
	struct table *table;
	struct diag diag;
	struct buf out, again;

	diag_init(&diag);
	buf_init(&out, BUF_UNLIMITED);
	buf_init(&again, BUF_UNLIMITED);
	snprintf(path, sizeof path, "%s%s", name, sheet);
	if (table_open(&table, path, &(struct table_options){ 0 }, &diag) == 0) {
		read_rows(table, columns, &out, &diag);
		assert_int_equal(table_rewind(table, &diag), 0);
		read_rows(table, columns, &again, &diag);
		assert_true(slice_equal(buf_slice(&out), buf_slice(&again)));
		table_free(table);
	}
	if (diag.status != STATUS_OK)
		buf_format(&out, "error %d%s\n", diag.status, diag.error + strlen(name));
	buf_add_byte(&out, '\0');
	buf_release(&again);
	diag_release(&diag);
	return out.ptr;
}

static void assert_reads(const char *sheet, size_t columns, const char *expected)
{
	char *got = reading("testdata/io/workbook.xls", sheet, columns);

	if (strcmp(got, expected) != 0)
		fail_msg("got [%s]\nnot [%s]", got, expected);
	free(got);
}

static void workbook_is_read_as_a_spreadsheet_program_shows_it(void **state)
{
	(void)state;
	assert_reads("#客户", 9,
		     "1<客户名称><手机><成交额><签约日期><更新时间><时刻><会员><比例><备注>\n"
		     "2<上海某某有限公司><13812345678><1234567.891><2024-03-05><2024-03-05T13:22:01><09:30:00><1><0.3>"
		     "<第一行\n第二行, \"引号\">\n"
		     "4<李四><013800000000><4.40981198501011E+17><2024-03-05><1999-12-31T23:59:59><12:05:00><0><><12>\n");
	assert_reads("#订单", 1, "1<订单号>\n2<0007>\n");
	assert_reads("", 1, "1<内部使用>\n");
	assert_reads("#x", 1, "error 2: there is no sheet x; there are: 说明, 客户, 订单\n");
}

/* Cut, or with a byte changed: an error or rows, no crash. */
static void damaged_workbooks_do_not_crash(void **state)
{
	struct arena arena;
	struct diag diag;
	struct slice bytes;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	assert_int_equal(file_read("testdata/io/workbook.xls", 1 << 20, &arena, &bytes, &diag), 0);
	for (size_t i = 8; i < bytes.len; i += 37) {
		char path[] = "/tmp/crm-xls-test-XXXXXX", *got, *copy = arena_cstr(&arena, bytes);

		close(mkstemp(path));
		copy[i] = (char)(copy[i] ^ 0x55);
		assert_int_equal(file_write(path, (struct slice){ copy, i % 2 ? bytes.len : i }, &diag), 0);
		got = reading(path, "", 3);
		assert_true(i % 2 || strstr(got, "error 3: bad-workbook"));
		free(got);
		unlink(path);
	}
	arena_release(&arena);
}

/* One byte less in a table of texts, and freexl reads outside its memory; the run must go on to tell it. */
static void what_crashes_freexl_is_said_to_be_damaged(void **state)
{
	char path[] = "/tmp/crm-xls-test-XXXXXX", *got, *copy;
	struct arena arena;
	struct diag diag;
	struct slice bytes;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	assert_int_equal(file_read("testdata/io/workbook.xls", 1 << 20, &arena, &bytes, &diag), 0);
	copy = arena_cstr(&arena, bytes);
	copy[2991] = 0;
	close(mkstemp(path));
	assert_int_equal(file_write(path, (struct slice){ copy, bytes.len }, &diag), 0);
	got = reading(path, "", 3);
	assert_non_null(strstr(got, "error 3: bad-workbook: the workbook is damaged"));
	free(got);
	unlink(path);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workbook_is_read_as_a_spreadsheet_program_shows_it),
		cmocka_unit_test(damaged_workbooks_do_not_crash),
		cmocka_unit_test(what_crashes_freexl_is_said_to_be_damaged),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("xls", tests, NULL, NULL);
}
