#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zip.h>

#include "base/memory.h"
#include "io/table.h"

/* A zip with this content.xml (NULL: with another part), in a file to be unlinked and freed. */
static char *document_of(const char *content)
{
	char *path = memory_text("/tmp/crm-ods-test-XXXXXX");
	int descriptor = mkstemp(path), error;
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
	const char *text = content ? content : "x";

	assert_non_null(zip);
	close(descriptor);
	assert_true(zip_file_add(zip, content ? "content.xml" : "other", zip_source_buffer(zip, text, strlen(text), 0), 0) >= 0);
	assert_int_equal(zip_close(zip), 0);
	return path;
}

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

static void assert_reads(const char *path, const char *sheet, size_t columns, const char *expected)
{
	char name[256];
	struct table *table;
	struct diag diag;
	struct buf out;

	diag_init(&diag);
	buf_init(&out, BUF_UNLIMITED);
	snprintf(name, sizeof name, "%s%s", path, sheet);
	if (table_open(&table, name, &(struct table_options){ .from = FORMAT_ODS }, &diag) == 0) {
		buf_format(&out, "%s%s%s\n", table_info(table)->sheet, table_info(table)->hidden ? " -" : "",
			   table_info(table)->hidden ? table_info(table)->hidden : "");
		read_rows(table, columns, &out, &diag);
		if (diag.status == STATUS_OK)
			assert_int_equal(table_rewind(table, &diag), 0);
		table_free(table);
	}
	if (diag.status != STATUS_OK)
		buf_format(&out, "error %d%s\n", diag.status, diag.error + strlen(path));
	buf_add_byte(&out, '\0');
	if (strcmp(out.ptr, expected) != 0)
		fail_msg("got [%s]\nnot [%s]", out.ptr, expected);
	buf_release(&out);
	diag_release(&diag);
}

static void document_is_read_as_a_spreadsheet_program_shows_it(void **state)
{
	static const char path[] = "testdata/io/workbook.ods";

	(void)state;
	assert_reads(path, "", 9,
		     "客户 -说明\n"
		     "1<客户名称><手机><成交额><签约日期><更新时间><时刻><会员><比例><备注>\n"
		     "2<上海某某有限公司><13812345678><1234567.891><2024-03-05><2024-03-05T13:22:01><09:30:00><TRUE><0.3>"
		     "<a  b\nc\nd>\n"
		     "5<李四><0138><4.40981198501011E+17><><><36:05:00><FALSE><x><x>\n"
		     "6<李四><0138><4.40981198501011E+17><><><36:05:00><FALSE><x><x>\n");
	assert_reads(path, "#订单", 1, "订单\n1<订单号>\n2<0007>\n");
	assert_reads(path, "#说明", 1, "说明\n1<内部使用>\n");
	assert_reads(path, "#x", 1, "error 2: there is no sheet x; there are: 说明, 客户, 订单\n");
}

#define HEAD "<d><office:body xmlns:office='o' xmlns:table='t' xmlns:text='x'>"
#define TABLE HEAD "<table:table table:name='S'>"
#define TAIL "</table:table></office:body></d>"
#define CELL "<table:table-cell><text:p>a</text:p></table:table-cell>"

static void broken_and_endless_documents_are_errors(void **state)
{
	static const struct { const char *content, *expected; } cases[] = {
		{ TABLE "<table:table-row>" CELL "</table:table-row>" TAIL, "S\n1<a>\n" },
		{ TABLE TAIL, "S\n" },
		{ TABLE "<table:table-row>" CELL, "error 3: bad-workbook: content.xml: no element found\n" },
		{ HEAD "</office:body></d>", "error 3: bad-workbook: there is no sheet in it\n" },
		{ "<!DOCTYPE d><d/>", "error 3: bad-workbook: content.xml: a document type has no place in a workbook\n" },
		{ TABLE "<table:table-row table:number-rows-repeated='1048577'>" CELL "</table:table-row>" TAIL,
		  "S\nerror 3:1: bad-workbook: content.xml: a sheet has at most 1,048,576 rows\n" },
		{ TABLE "<table:table-row>" CELL "</table:table-row><table:table-row table:number-rows-repeated='18446744073709551615'/>"
		  "<table:table-row>" CELL "</table:table-row>" TAIL,
		  "S\n1<a>\nerror 3:1048578: bad-workbook: content.xml: a sheet has at most 1,048,576 rows\n" },
		{ TABLE "<table:table-row><table:table-cell table:number-columns-repeated='16385'><text:p>a</text:p></table:table-cell>"
		  "</table:table-row>" TAIL, "S\nerror 3:1: bad-workbook: content.xml: a sheet has at most 16,384 columns\n" },
		{ TABLE "<table:table-row><table:table-cell><text:p><text:s text:c='99999999999'/></text:p></table:table-cell>"
		  "</table:table-row>" TAIL, "S\nerror 3:1: bad-workbook: content.xml: a cell has more than 1 MiB of text\n" },
		{ TABLE "<table:table-row><table:table-cell><table:table><table:table-row><table:table-cell><text:p>in</text:p>"
		  "</table:table-cell></table:table-row></table:table><text:p>out</text:p></table:table-cell></table:table-row>" TAIL,
		  "S\n1<out>\n" },
		{ NULL, "error 3: bad-workbook: this is no spreadsheet: the zip archive has no content.xml\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *path = document_of(cases[i].content);

		assert_reads(path, "", 1, cases[i].expected);
		unlink(path);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document_is_read_as_a_spreadsheet_program_shows_it),
		cmocka_unit_test(broken_and_endless_documents_are_errors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ods", tests, NULL, NULL);
}
