#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zip.h>

#include "base/memory.h"
#include "io/sink.h"

#define CONTENT "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define ONE_SHEET "<workbook><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\" xmlns:r=\"x\"/></sheets></workbook>"
#define ONE_RELATIONS                                                                             \
	"<Relationships><Relationship Id=\"r1\" Type=\"" RELATION "/worksheet\" Target=\"s1.xml\"/>"  \
	"<Relationship Id=\"r2\" Type=\"" RELATION "/sharedStrings\" Target=\"strings.xml\"/>"        \
	"<Relationship Id=\"r3\" Type=\"" RELATION "/styles\" Target=\"/xl/styles.xml\"/></Relationships>"
#define STYLES "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy/m/d\"/></numFmts>"    \
	"<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/>" \
	"<xf numFmtId=\"21\"/></cellXfs></styleSheet>"

static char *fresh_path(void)
{
	char *path = memory_text("/tmp/crm-xlsx-test-XXXXXX");
	int descriptor = mkstemp(path);

	assert_true(descriptor >= 0);
	close(descriptor);
	return path;
}

struct part_text {
	const char *name;
	struct slice text;
};

/* A zip of these parts, in a file to be unlinked and freed. */
static char *archive(const struct part_text *parts, size_t count)
{
	char *path = fresh_path();
	int error;
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);

	assert_non_null(zip);
	for (size_t i = 0; i < count; i++) {
		zip_source_t *text = zip_source_buffer(zip, parts[i].text.ptr, parts[i].text.len, 0);

		assert_true(zip_file_add(zip, parts[i].name, text, 0) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
	return path;
}

static char *workbook_of(struct slice sheet, const char *strings)
{
	struct part_text parts[] = {
		{ "xl/workbook.xml", SLICE(CONTENT ONE_SHEET) }, { "xl/_rels/workbook.xml.rels", SLICE(ONE_RELATIONS) },
		{ "xl/styles.xml", SLICE(STYLES) }, { "xl/s1.xml", sheet }, { "xl/strings.xml", slice_of(strings) },
	};

	return archive(parts, strings ? 5 : 4);
}

/* Records as row<cell><cell>, or the error without the path before it. */
static void read_rows(struct table *table, size_t columns, struct buf *out, struct diag *diag)
{
	struct batch batch;

	batch_init(&batch);
	table_peek(table, diag);
	table_begin(table, 0, columns);
	while (table_read(table, &batch, diag) == 1) {
		batch_split(&batch);
		for (size_t r = 0; r < batch.count; r++) {
			if (batch.records[r].dropped)
				continue;
			buf_format(out, "%llu", (unsigned long long)batch.records[r].row);
			for (size_t c = 0; c < batch.columns; c++)
				buf_format(out, "<%.*s>", SLICE_ARG(batch_cell(&batch, r, c)));
			buf_add_byte(out, '\n');
		}
		for (size_t i = 0; i < batch.reject_count; i++)
			buf_format(out, "!%llu:%s:%.*s\n", (unsigned long long)batch.rejects[i].line, batch.rejects[i].code,
				   SLICE_ARG(batch.rejects[i].record));
	}
	batch_release(&batch);
}

static char *reading(const char *path, const char *sheet, size_t columns)
{
	char name[256];
	struct table *table;
	struct diag diag;
	struct buf out;

	diag_init(&diag);
	buf_init(&out, BUF_UNLIMITED);
	snprintf(name, sizeof name, "%s%s", path, sheet);
	if (table_open(&table, name, &(struct table_options){ .from = FORMAT_XLSX }, &diag) == 0) {
		buf_format(&out, "%s", table_info(table)->sheet);
		if (table_info(table)->hidden)
			buf_format(&out, " (%s)", table_info(table)->hidden);
		buf_add_byte(&out, '\n');
		read_rows(table, columns, &out, &diag);
		table_free(table);
	}
	if (diag.status != STATUS_OK)
		buf_format(&out, "error %d%s\n", diag.status, strncmp(diag.error, path, strlen(path)) ? diag.error : diag.error + strlen(path));
	for (struct slice rest = buf_slice(&diag.warnings); rest.len;) {
		struct slice line = slice_cut(&rest, '\n');

		buf_format(&out, "warning%.*s\n", SLICE_ARG(slice_skip(line, strlen(path))));
	}
	buf_add_byte(&out, '\0');
	diag_release(&diag);
	return out.ptr;
}

/* Reads and removes the file. */
static void assert_file_reads(char *path, size_t columns, const char *expected)
{
	char *got = reading(path, "", columns);

	unlink(path);
	free(path);
	if (strcmp(got, expected) != 0)
		fail_msg("got [%s]\nnot [%s]", got, expected);
	free(got);
}

static const char *testdata(const char *name)
{
	static _Thread_local char path[256];

	snprintf(path, sizeof path, "testdata/io/%s", name);
	return path;
}

static void workbook_is_read_as_a_spreadsheet_program_shows_it(void **state)
{
	static const struct { const char *file, *sheet; size_t columns; const char *expected; } cases[] = {
		{ "workbook.xlsx", "", 9,
		  "客户 (说明)\n"
		  "1<客户名称><手机><成交额><签约日期><更新时间><时刻><会员><比例><备注>\n"
		  "2<上海某某有限公司><13812345678><1234567.891><2024-03-05><2024-03-05T13:22:01><09:30:00><TRUE><0.3>"
		  "<第一行\n第二行, \"引号\">\n"
		  "4<李四><013800000000><4.40981198501011E+17><2024-03-05><1999-12-31T23:59:59><36:05:00><FALSE><#N/A><>\n"
		  "warning: other-sheets: only sheet 客户 is read, not 订单; name a sheet as FILE#Sheet, or let crm-merge --sheet all read them\n"
		  "warning:4:9: no-value: a formula without its value is read as empty; open the workbook in a spreadsheet "
		  "program and save it, to have formulas computed\n" },
		{ "workbook.xlsx", "#订单", 1, "订单\n1<订单号>\n2<0007>\n" },
		{ "workbook.xlsx", "#说明", 1, "说明\n1<内部使用>\n" },
		{ "workbook.xlsx", "#无", 1, "error 2: there is no sheet 无; there are: 说明, 客户, 订单\n" },
		{ "date1904.xlsx", "", 1, "Sheet\n1<date>\n2<2024-03-05>\n3<1904-01-02T06:00:00>\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = reading(testdata(cases[i].file), cases[i].sheet, cases[i].columns);

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("got [%s]\nnot [%s]", got, cases[i].expected);
		free(got);
	}
}

static void cells_come_in_all_the_forms_that_writers_use(void **state)
{
	static const struct { const char *sheet, *strings; size_t columns; const char *expected; } cases[] = {
		/* shared strings: rich text, reading aids, escapes, an empty one */
		{ "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c>"
		  "<c t=\"s\"><v>3</v></c><c t=\"s\"><v>4</v></c></row></sheetData></worksheet>",
		  "<sst><si><t>一</t></si><si><r><t>rich </t></r><r><rPr/><t>text</t></r><rPh sb=\"0\" eb=\"1\"><t>read so</t></rPh>"
		  "<phoneticPr/></si><si><t>a_x000D_b_x005F_x000D__x0000__xD800_</t></si><si/><si><t>&lt;&amp;&#24352;</t></si></sst>",
		  5, "S\n1<一><rich text><a\rb_x000D__x0000__xD800_><><<&张>\n" },
		/* no references: cells and rows follow each other; gaps with them; a prefix before every name */
		{ "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c t=\"inlineStr\"><x:is><x:t>a</x:t></x:is></x:c><x:c><x:v>1</x:v></x:c>"
		  "</x:row><x:row r=\"4\"><x:c r=\"C4\" t=\"str\"><x:f>A1</x:f><x:v>c</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"
		  "<x:row/><x:row><x:c t=\"b\"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>", NULL,
		  4, "S\n1<a><1><><>\n4<><><c><2>\n6<TRUE><><><>\n" },
		/* styles, ISO dates, errors, numbers */
		{ "<worksheet><sheetData><row><c s=\"1\"><v>45356</v></c><c s=\"2\"><v>0.5</v></c><c s=\"0\"><v>45356</v></c>"
		  "<c s=\"99\"><v>1E2</v></c><c t=\"d\"><v>2024-03-05T00:00:00Z</v></c><c t=\"d\"><v>2024-03-05T01:02:03.5Z</v></c>"
		  "<c t=\"e\"><v>#REF!</v></c><c s=\"1\" t=\"s\"/></row></sheetData></worksheet>", NULL,
		  8, "S\n1<2024-03-05><12:00:00><45356><100><2024-03-05><2024-03-05T01:02:03><#REF!><>\n" },
		/* cells in no order, and twice: the last counts; styled empty rows are none */
		{ "<worksheet><sheetData><row r=\"2\"><c r=\"B2\"><v>2</v></c><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>3</v></c></row>"
		  "<row r=\"3\"><c r=\"A3\" s=\"1\"/></row><row r=\"1\"><c><v>9</v></c></row></sheetData></worksheet>", NULL,
		  2, "S\n2<1><3>\n4<9><>\n" },
		/* a row wider than the header */
		{ "<worksheet><sheetData><row><c><v>1</v></c></row><row><c><v>1</v></c><c t=\"str\"><v>x,\"y</v></c></row></sheetData>"
		  "</worksheet>", NULL, 1, "S\n1<1>\n!2:extra-cell:1,\"x,\"\"y\"\n" },
		{ "<worksheet/>", NULL, 1, "S\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_file_reads(workbook_of(slice_of(cases[i].sheet), cases[i].strings), cases[i].columns, cases[i].expected);
}

static void broken_sheets_give_the_rows_before_the_fault(void **state)
{
#define ROW "<row r=\"7\"><c><v>1</v></c></row>"
	static const struct { const char *sheet, *expected; } cases[] = {
		{ "<worksheet><sheetData>" ROW "<row><c></row>", "S\n7<1>\nerror 3:8: bad-workbook: xl/s1.xml: mismatched tag\n" },
		{ "<worksheet><sheetData>" ROW, "S\n7<1>\nerror 3:7: bad-workbook: xl/s1.xml: no element found\n" },
		{ "", "S\nerror 3: bad-workbook: xl/s1.xml: no element found\n" },
		{ "<worksheet><sheetData>" ROW "<row><c t=\"s\"><v>0</v></c></row>",
		  "S\n7<1>\nerror 3:8: bad-workbook: xl/s1.xml: a cell refers to a shared string that is not there\n" },
		{ "<worksheet><sheetData>" ROW "<row><c r=\"XFE8\"><v>0</v></c></row>",
		  "S\n7<1>\nerror 3:8: bad-workbook: xl/s1.xml: a sheet has at most 16,384 columns\n" },
		{ "<worksheet><sheetData>" ROW "<row r=\"1048577\"><c/></row>",
		  "S\n7<1>\nerror 3:1048577: bad-workbook: xl/s1.xml: a sheet has at most 1,048,576 rows\n" },
		{ "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><worksheet>&b;</worksheet>",
		  "S\nerror 3: bad-workbook: xl/s1.xml: a document type has no place in a workbook\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_file_reads(workbook_of(slice_of(cases[i].sheet), NULL), 1, cases[i].expected);
}

static void deep_nesting_is_refused(void **state)
{
	struct buf sheet;

	(void)state;
	buf_init(&sheet, BUF_UNLIMITED);
	for (int i = 0; i < 100000; i++)
		buf_add(&sheet, SLICE("<a>"));
	assert_file_reads(workbook_of(buf_slice(&sheet), NULL), 1,
			  "S\nerror 3: bad-workbook: xl/s1.xml: elements are nested too deep\n");
	buf_release(&sheet);
}

static char *file_with(struct slice bytes)
{
	char *path = fresh_path();
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	fwrite(bytes.ptr, 1, bytes.len, file);
	fclose(file);
	return path;
}

static void files_that_are_no_workbook_are_named_for_what_they_are(void **state)
{
	static const struct part_text other = { "hello.txt", { "hello", 5 } }, list = { "xl/workbook.xml", { ONE_SHEET, sizeof ONE_SHEET - 1 } };
	struct part_text no_sheet[] = { list, { "xl/_rels/workbook.xml.rels", SLICE(ONE_RELATIONS) } };
	struct part_text empty_list[] = { { "xl/workbook.xml", SLICE("<workbook/>") }, no_sheet[1] };

	(void)state;
	assert_file_reads(file_with(SLICE("PK\003\004 no zip")), 1,
			  "error 3: bad-workbook: this is no workbook: it is no zip archive, or the end of it is missing; fetch it again\n");
	assert_file_reads(file_with(SLICE("")), 1,
			  "error 3: bad-workbook: this is no workbook: it is no zip archive, or the end of it is missing; fetch it again\n");
	assert_file_reads(file_with(SLICE("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")), 1,
			  "error 3: bad-workbook: this is an old .xls or a password-protected workbook; save it as .xlsx without a password\n");
	assert_file_reads(archive(&other, 1), 1,
			  "error 3: bad-workbook: this is no workbook: the zip archive has no list of sheets (xl/workbook.xml); if it holds tables, unpack it\n");
	assert_file_reads(archive(&list, 1), 1,
			  "error 3: bad-workbook: the archive does not say where its sheets are (workbook.xml.rels)\n");
	assert_file_reads(archive(no_sheet, 2), 1, "error 3: bad-workbook: the part of its sheet is missing in the archive; open it in a spreadsheet program and save it again\n");
	assert_file_reads(archive(empty_list, 2), 1, "error 3: bad-workbook: there is no sheet in it\n");
}

/* Every cut of a small workbook is an error, none a crash or a success. */
static void cut_workbooks_are_errors(void **state)
{
	struct stat at;
	char *bytes;
	FILE *file = fopen(testdata("workbook.xlsx"), "rb");

	(void)state;
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &at), 0);
	bytes = memory_get((size_t)at.st_size, 1);
	assert_int_equal(fread(bytes, 1, (size_t)at.st_size, file), at.st_size);
	fclose(file);
	for (size_t length = 0; length < (size_t)at.st_size; length += 97) {
		char *path = file_with((struct slice){ bytes, length }), *got = reading(path, "", 9);

		assert_non_null(strstr(got, "error 3: bad-workbook"));
		free(got);
		unlink(path);
		free(path);
	}
	free(bytes);
}

/* A byte changed anywhere: an error or a success, no crash. */
static void damaged_workbooks_do_not_crash(void **state)
{
	char bytes[16384];
	FILE *file = fopen(testdata("workbook.xlsx"), "rb");
	size_t length;

	(void)state;
	assert_non_null(file);
	length = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t i = 0; i < length; i += 13) {
		char *path, *got, kept = bytes[i];

		bytes[i] = (char)(kept ^ 0x55);
		path = file_with((struct slice){ bytes, length });
		got = reading(path, "", 9);
		assert_true(got[0] != '\0');
		bytes[i] = kept;
		free(got);
		unlink(path);
		free(path);
	}
}

static void zip_bombs_are_refused(void **state)
{
	size_t size = 80 << 20;
	char *strings = memory_get(size + 1, 1);

	(void)state;
	memset(strings, ' ', size);
	memcpy(strings, "<sst>", 5);
	strings[size] = '\0';
	assert_file_reads(workbook_of(SLICE("<worksheet/>"), strings), 1,
			  "error 3: bad-workbook: xl/strings.xml: it unpacks to far more than a sheet would (a zip bomb?)\n");
	free(strings);
}

/* A cell of more than a megabyte. */
static void endless_cells_are_refused(void **state)
{
	size_t size = 3 << 20;
	char *sheet = memory_get(size, 1);
	static const char begin[] = "<worksheet><sheetData><row><c t=\"str\"><v>";

	(void)state;
	for (size_t i = 0; i < size; i++)
		sheet[i] = (char)('a' + i * 2654435761u % 26);
	memcpy(sheet, begin, sizeof begin - 1);
	assert_file_reads(workbook_of((struct slice){ sheet, size }, NULL), 1,
			  "S\nerror 3:1: bad-workbook: xl/s1.xml: a cell has more than 1 MiB of text\n");
	memset(sheet, 'x', sizeof begin);
	memcpy(sheet, "<worksheet a=\"", 14);
	assert_file_reads(workbook_of((struct slice){ sheet, size }, NULL), 1,
			  "S\nerror 3: bad-workbook: xl/s1.xml: a tag is too long\n");
	free(sheet);
}

/* Wide rows, many rows: batches stay small, and nothing is lost on their borders. */
static void rows_come_through_batches_in_order(void **state)
{
	struct buf sheet;
	char *path, number[32];
	struct table *table;
	struct batch batch;
	struct diag diag;
	uint64_t next = 1;

	(void)state;
	buf_init(&sheet, BUF_UNLIMITED);
	buf_add(&sheet, SLICE("<worksheet><sheetData>"));
	for (int r = 1; r <= 40000; r++)
		buf_format(&sheet, "<row r=\"%d\"><c r=\"A%d\"><v>%d</v></c><c r=\"%s%d\"><v>1</v></c></row>", r, r, r,
			   r % 100 ? "B" : "ZZ", r);
	buf_add(&sheet, SLICE("</sheetData></worksheet>"));
	path = workbook_of(buf_slice(&sheet), NULL);
	diag_init(&diag);
	batch_init(&batch);
	assert_int_equal(table_open(&table, path, &(struct table_options){ 0 }, &diag), 0);
	assert_non_null(table_peek(table, &diag));
	table_begin(table, 0, 702);
	while (table_read(table, &batch, &diag) == 1) {
		batch_split(&batch);
		assert_int_equal(batch.reject_count, 0);
		assert_true(next == 1 || batch.count * 702 <= 128 << 10);
		for (size_t r = 0; r < batch.count; r++, next++) {
			snprintf(number, sizeof number, "%d", (int)next);
			assert_true(slice_equal(batch_cell(&batch, r, 0), slice_of(number)));
			assert_true(slice_equal(batch_cell(&batch, r, next % 100 ? 1 : 701), SLICE("1")));
			assert_int_equal(batch.records[r].row, next);
		}
	}
	assert_int_equal(diag.status, STATUS_OK);
	assert_int_equal(next, 40001);
	table_free(table);
	batch_release(&batch);
	buf_release(&sheet);
	unlink(path);
	free(path);
}

static void tables_can_be_read_again_and_from_a_pipe(void **state)
{
	struct table *table;
	struct diag diag;
	struct buf once, again;
	char command[512], fifo[64];

	(void)state;
	snprintf(fifo, sizeof fifo, "/tmp/crm-xlsx-fifo-%d", (int)getpid());
	assert_int_equal(mkfifo(fifo, 0600), 0);
	snprintf(command, sizeof command, "cat %s > %s &", testdata("workbook.xlsx"), fifo);
	assert_int_equal(system(command), 0);
	diag_init(&diag);
	buf_init(&once, BUF_UNLIMITED);
	buf_init(&again, BUF_UNLIMITED);
	assert_int_equal(table_open(&table, fifo, &(struct table_options){ 0 }, &diag), 0);
	read_rows(table, 9, &once, &diag);
	assert_true(once.len > 100);
	assert_int_equal(table_rewind(table, &diag), 0);
	read_rows(table, 9, &again, &diag);
	assert_true(slice_equal(buf_slice(&once), buf_slice(&again)));
	table_free(table);
	unlink(fifo);
	buf_release(&once);
	buf_release(&again);
	diag_release(&diag);
}

/* --- writing --- */

static const struct column COLUMNS[] = { { { "name", 4 }, COLUMN_TEXT }, { { "n", 1 }, COLUMN_NUMBER }, { { "l", 1 }, COLUMN_LIST } };

static char *written(const struct slice (*rows_of)[3], size_t count)
{
	char *path = fresh_path();
	struct sink *sink;
	struct rows rows;
	struct diag diag;

	diag_init(&diag);
	assert_int_equal(sink_open(&sink, path, &(struct sink_options){ .to = FORMAT_XLSX }, &diag), 0);
	sink_header(sink, COLUMNS, 3);
	rows_init(&rows, sink);
	for (size_t r = 0; r < count; r++) {
		rows_begin(&rows);
		for (int c = 0; c < 3; c++)
			rows_cell(&rows, rows_of[r][c]);
		rows_end(&rows);
		assert_int_equal(sink_write(sink, &rows, &diag), 0);
	}
	assert_int_equal(sink_close(sink, &diag), 0);
	rows_release(&rows);
	diag_release(&diag);
	return path;
}

static void what_is_written_comes_back(void **state)
{
	static const struct slice rows[][3] = {
		{ { "上海😀", 10 }, { "1234567.89", 10 }, { "a;b", 3 } },
		{ { "007", 3 }, { "007", 3 }, { "=1+1", 4 } },
		{ { " both ends ", 11 }, { "440981198501011234", 18 }, { "", 0 } },
		{ { "a\r\nb\tc", 6 }, { "-0.5", 4 }, { "_x000D_", 7 } },
		{ { "_x_x0041_", 9 }, { "1e5", 3 }, { "<&>\"'", 5 } },
		{ { "\x01\x1F", 2 }, { "", 0 }, { "9.95", 4 } },
		{ { "", 0 }, { "", 0 }, { "x", 1 } },
	};

	(void)state;
	assert_file_reads(written(rows, sizeof rows / sizeof *rows), 3,
			  "Sheet1\n1<name><n><l>\n2<上海😀><1234567.89><a;b>\n3<007><007><=1+1>\n4< both ends ><440981198501011234><>\n"
			  "5<a\r\nb\tc><-0.5><_x000D_>\n6<_x_x0041_><100000><<&>\"'>\n7<\x01\x1F><><9.95>\n8<><><x>\n");
	assert_file_reads(written(rows, 0), 3, "Sheet1\n1<name><n><l>\n");
}

static void same_rows_give_the_same_bytes(void **state)
{
	static const struct slice rows[][3] = { { { "a", 1 }, { "1", 1 }, { "b", 1 } } };
	char *first = written(rows, 1), *second, command[256];

	(void)state;
	sleep(1);
	second = written(rows, 1);
	snprintf(command, sizeof command, "cmp -s %s %s", first, second);
	assert_int_equal(system(command), 0);
	unlink(first);
	unlink(second);
	free(first);
	free(second);
}

static void cells_over_the_limit_are_an_error_that_names_the_row(void **state)
{
	char *path = fresh_path(), *text = memory_get(32768 * 3, 1);
	struct sink *sink;
	struct rows rows;
	struct diag diag;

	(void)state;
	for (int i = 0; i < 32768; i++)
		memcpy(text + 3 * i, "张", 3);
	for (size_t length = 32767; length <= 32768; length++) {
		bool fits = length == 32767;

		diag_init(&diag);
		assert_int_equal(sink_open(&sink, path, &(struct sink_options){ .to = FORMAT_XLSX }, &diag), 0);
		sink_header(sink, COLUMNS, 1);
		rows_init(&rows, sink);
		rows_begin(&rows);
		rows_cell(&rows, (struct slice){ text, length * 3 });
		rows_end(&rows);
		assert_int_equal(sink_write(sink, &rows, &diag), fits ? 0 : -1);
		if (fits)
			assert_int_equal(sink_close(sink, &diag), 0);
		else
			sink_abort(sink);
		assert_int_equal(diag.status, fits ? STATUS_OK : STATUS_INPUT);
		assert_true(fits || strstr(diag.error, "cell-too-long: row 1: the cell of column name has 32768 characters"));
		rows_release(&rows);
	}
	unlink(path);
	free(path);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workbook_is_read_as_a_spreadsheet_program_shows_it),
		cmocka_unit_test(cells_come_in_all_the_forms_that_writers_use),
		cmocka_unit_test(broken_sheets_give_the_rows_before_the_fault),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(files_that_are_no_workbook_are_named_for_what_they_are),
		cmocka_unit_test(cut_workbooks_are_errors),
		cmocka_unit_test(damaged_workbooks_do_not_crash),
		cmocka_unit_test(zip_bombs_are_refused),
		cmocka_unit_test(endless_cells_are_refused),
		cmocka_unit_test(rows_come_through_batches_in_order),
		cmocka_unit_test(tables_can_be_read_again_and_from_a_pipe),
		cmocka_unit_test(what_is_written_comes_back),
		cmocka_unit_test(same_rows_give_the_same_bytes),
		cmocka_unit_test(cells_over_the_limit_are_an_error_that_names_the_row),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("xlsx", tests, NULL, NULL);
}
