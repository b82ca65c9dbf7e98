#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/split.h"
#include "io/table.h"

/* Writes the bytes to a file of its own and returns its name, to be freed. */
static char *file_with(struct slice bytes)
{
	char *path = memory_text("/tmp/crm-csv-test-XXXXXX");
	int descriptor = mkstemp(path);

	assert_true(descriptor >= 0);
	for (size_t at = 0; at < bytes.len;) {
		ssize_t n = write(descriptor, bytes.ptr + at, bytes.len - at);

		assert_true(n > 0);
		at += (size_t)n;
	}
	close(descriptor);
	return path;
}

/* All records as text: cells in <>, records each in a line; rejects as !line:code. */
static void describe(const struct batch *batch, struct buf *out)
{
	for (size_t r = 0; r < batch->count; r++) {
		if (batch->records[r].dropped)
			continue;
		buf_format(out, "%llu", (unsigned long long)batch->records[r].row);
		for (size_t c = 0; c < batch->columns; c++)
			buf_format(out, "<%.*s>", SLICE_ARG(batch_cell(batch, r, c)));
		buf_add_byte(out, '\n');
	}
	for (size_t i = 0; i < batch->reject_count; i++)
		buf_format(out, "!%llu:%s%s\n", (unsigned long long)batch->rejects[i].line, batch->rejects[i].code,
			   utf8_is_valid(batch->rejects[i].record) ? "" : " not in UTF-8");
}

/* Reads the bytes as a table of so many columns with one header record. */
static void read_all(struct slice bytes, size_t columns, struct table_options options, struct buf *out)
{
	char *path = file_with(bytes);
	struct table *table;
	struct batch batch;
	struct diag diag;
	int got;

	diag_init(&diag);
	batch_init(&batch);
	assert_int_equal(table_open(&table, path, &options, &diag), 0);
	table_peek(table, &diag);
	table_begin(table, 1, columns);
	while ((got = table_read(table, &batch, &diag)) == 1) {
		batch_split(&batch);
		describe(&batch, out);
	}
	assert_int_equal(got, 0);
	table_free(table);
	batch_release(&batch);
	diag_release(&diag);
	unlink(path);
	free(path);
}

static void assert_reads(const char *text, size_t columns, const char *expected)
{
	struct buf out;

	buf_init(&out, BUF_UNLIMITED);
	read_all(slice_of(text), columns, (struct table_options){ 0 }, &out);
	buf_add_byte(&out, '\0');
	if (strcmp(out.ptr, expected) != 0)
		fail_msg("for [%s]\ngot [%s]\nnot [%s]", text, out.ptr, expected);
	buf_release(&out);
}

static void csv_reads_records_of_every_line_end(void **state)
{
	(void)state;
	assert_reads("a,b\n1,2\n3,4\n", 2, "2<1><2>\n3<3><4>\n");
	assert_reads("a,b\n1,2\n3,4", 2, "2<1><2>\n3<3><4>\n");
	assert_reads("a,b\r\n1,2\r\n3,4\r\n", 2, "2<1><2>\n3<3><4>\n");
	assert_reads("a,b\r1,2\r3,4\r", 2, "2<1><2>\n3<3><4>\n");
	assert_reads("a,b\r1,\"x\ry\"\r3,4", 2, "2<1><x\ry>\n3<3><4>\n");
	assert_reads("a,b\n\n1,2\n\n", 2, "3<1><2>\n");
	assert_reads("a\n1\n\"\"\n", 1, "2<1>\n3<>\n");
	assert_reads("a,b\n", 2, "");
}

static void csv_gives_quotes_their_meaning(void **state)
{
	(void)state;
	assert_reads("a,b\n\"1,1\",\"say \"\"x\"\"\"\n", 2, "2<1,1><say \"x\">\n");
	assert_reads("a,b\n\"line\nbreak\",2\n3,4\n", 2, "2<line\nbreak><2>\n3<3><4>\n");
	assert_reads("a,b\n\"line\r\nbreak\",2\r\n3,4\n", 2, "2<line\r\nbreak><2>\n3<3><4>\n");
	assert_reads("a,b\n\"\",\"\"\n", 2, "2<><>\n");
	assert_reads("a,b\n \"x\" ,2\n", 2, "2< \"x\" ><2>\n");
	assert_reads("a,b\n5\" pipe,2\n", 2, "2<5\" pipe><2>\n");
	assert_reads("a,b\n\"last\",2", 2, "2<last><2>\n");
}

static void csv_takes_a_text_that_is_hidden_in_a_formula(void **state)
{
	(void)state;
	assert_reads("a,b\n=\"001\",2\n\"=\"\"002\"\"\",\"x\"\n\"=\"\"3\"\"\",\"two\nlines\"\n=\"\",4\n", 2,
		     "2<001><2>\n3<002><x>\n4<3><two\nlines>\n5<><4>\n");
	assert_reads("a,b\n=A1,=\"x\"&\"y\"\n\"=\",\"=\"\"\"\n", 2, "2<=A1><=\"x\"&\"y\">\n3<=><=\">\n");
}

static void csv_allows_empty_cells_behind_quotes_of_any_kind(void **state)
{
	(void)state;
	assert_reads("a,b,\n1,\"x\ny\",\n5\" pipe,2,\n\"3\",4,\n", 2, "2<1><x\ny>\n3<5\" pipe><2>\n4<3><4>\n");
	/* A header over two lines is one record, whatever number of cells it has. */
	assert_reads("\"a\nb\",c,\n1,2\n", 2, "2<1><2>\n");
	assert_reads("\"a\nb\"\n1,2\n", 2, "2<1><2>\n");
}

static void csv_loses_one_line_to_a_bad_quote(void **state)
{
	(void)state;
	assert_reads("a,b\n\"x,2\n3,4\n5,6\n", 2, "3<3><4>\n4<5><6>\n!2:unterminated-quote\n");
	assert_reads("a,b\n1,\"x\n3,4\n\"5\",6\n7,8\n", 2, "3<3><4>\n4<5><6>\n5<7><8>\n!2:unterminated-quote\n");
	assert_reads("a,b\n\"x\"y,2\n3,4\n", 2, "3<3><4>\n!2:stray-quote\n");
	assert_reads("a,b\n1,\"x", 2, "!2:unterminated-quote\n");
	/* The quotes close, but the record that they make has too few cells. */
	assert_reads("a,b,c\n1,\"x,2\n3,4,5\n6,\"\n", 3, "3<3><4><5>\n!2:unterminated-quote\n!4:unterminated-quote\n");
}

static void csv_rejects_ragged_and_unsound_records(void **state)
{
	(void)state;
	assert_reads("a,b\n1\n1,2,3\n1,2,\n", 2, "4<1><2>\n!2:missing-cell\n!3:extra-cell\n");
	assert_reads("a,b\n1,\xff\n3,é\n5,ü\n", 2, "3<3><é>\n4<5><ü>\n!2:encoding-error\n");
}

static void csv_finds_delimiters(void **state)
{
	(void)state;
	assert_reads("a;b\n1,5;2\n2,5;3\n", 2, "2<1,5><2>\n3<2,5><3>\n");
	assert_reads("a\tb\n1\t2\n", 2, "2<1><2>\n");
	assert_reads("a|b\n1|2\n", 2, "2<1><2>\n");
	/* Lists with ; in cells that go on over lines, as crm-merge writes them. */
	assert_reads("a,b,c\nx;y;z,\"p\nq\",1\nu;v;w,\"r\ns\",2\n", 3, "2<x;y;z><p\nq><1>\n3<u;v;w><r\ns><2>\n");
	assert_reads("sep=;\na;b\n1;2\n", 2, "3<1><2>\n");
	assert_reads("\xef\xbb\xbf" "a,b\n1,2\n", 2, "2<1><2>\n");
}

static void csv_reads_chinese_encodings(void **state)
{
	(void)state;
	/* 姓名,城市 / 张伟,上海 in GB18030 */
	assert_reads("\xd0\xd5\xc3\xfb,\xb3\xc7\xca\xd0\n\xd5\xc5\xce\xb0,\xc9\xcf\xba\xa3\n", 2, "2<张伟><上海>\n");
	assert_reads("姓名,城市\n张伟,上海\n", 2, "2<张伟><上海>\n");
	/* One GB18030 line in a UTF-8 file is that line's fault alone. */
	assert_reads("姓名,城市\n张伟,上海\n\xd5\xc5\xce\xb0,\xc9\xcf\xba\xa3\n李娜,北京\n", 2,
		     "2<张伟><上海>\n4<李娜><北京>\n!3:encoding-error\n");
}

static void csv_rejects_nul_bytes_and_reads_utf16(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, BUF_UNLIMITED);
	read_all(SLICE("a,b\n1,2\n3,\0004\n5,6\n7,8\n9,10\n11,12\n"), 2, (struct table_options){ 0 }, &out);
	read_all(SLICE("\xff\xfe" "a\0,\0b\0\r\0\n\0\x20\x5f,\0\x32\0\n\0"), 2, (struct table_options){ 0 }, &out);
	read_all(SLICE("a\0,\0b\0\n\0\x31\0,\0\x32\0\n\0"), 2, (struct table_options){ 0 }, &out);
	buf_add_byte(&out, '\0');
	assert_string_equal(out.ptr, "2<1><2>\n4<5><6>\n5<7><8>\n6<9><10>\n7<11><12>\n!3:nul-byte\n2<张><2>\n2<1><2>\n");
	buf_release(&out);
}

static void csv_gives_up_a_quote_at_the_cap(void **state)
{
	struct table_options options = { .max_field = 4096 };
	struct buf text, out;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	buf_add(&text, SLICE("a,b\n\"1,2\n"));
	for (int i = 0; i < 3000; i++)
		buf_add(&text, SLICE("3,4\n"));
	read_all(buf_slice(&text), 2, options, &out);
	assert_int_equal(slice_find(buf_slice(&out), SLICE("3<3><4>\n4<3><4>\n")), 0);
	assert_true(slice_find(buf_slice(&out), SLICE("3002<3><4>\n")) < out.len);
	assert_true(slice_find(buf_slice(&out), SLICE("!2:unterminated-quote\n")) < out.len);
	buf_release(&text);
	buf_release(&out);
}

static void csv_rejects_an_endless_line_and_goes_on(void **state)
{
	struct table_options options = { .max_field = 4096, .batch_bytes = 1000 };
	struct buf text, out;

	(void)state;
	for (int shift = 0; shift < 3; shift++) { /* what is shown of it ends in the middle of a character, or behind one */
		buf_init(&text, BUF_UNLIMITED);
		buf_init(&out, BUF_UNLIMITED);
		buf_add(&text, SLICE("a,b\n1,2\n"));
		buf_add(&text, slice_first(SLICE("xx"), (size_t)shift));
		for (int i = 0; i < 100000; i++)
			buf_add(&text, SLICE("张"));
		buf_add(&text, SLICE("\n3,4\n"));
		read_all(buf_slice(&text), 2, options, &out);
		buf_add_byte(&out, '\0');
		assert_string_equal(out.ptr, "2<1><2>\n!3:field-too-long\n4<3><4>\n");
		buf_release(&text);
		buf_release(&out);
	}
}

static void csv_ends_lines_with_lf_after_many_with_cr(void **state)
{
	struct buf text, out;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	buf_add(&text, SLICE("a,b\r"));
	for (int i = 0; i < 100; i++)
		buf_add(&text, SLICE("1,2\r"));
	buf_add(&text, SLICE("3,4\n5,\"6\n7\"\r8,9\r"));
	read_all(buf_slice(&text), 2, (struct table_options){ .batch_bytes = 64 }, &out);
	assert_true(slice_ends_with(buf_slice(&out), SLICE("101<1><2>\n102<3><4>\n103<5><6\n7>\n104<8><9>\n")));
	buf_release(&text);
	buf_release(&out);
}

static void csv_goes_on_after_an_endless_first_line(void **state)
{
	struct table_options options = { .max_field = 4096, .batch_bytes = 1000 };
	struct buf text, out;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	for (int i = 0; i < 100000; i++)
		buf_add_byte(&text, 'x');
	buf_add(&text, SLICE("\n1,2\n3,4\n"));
	read_all(buf_slice(&text), 2, options, &out);
	buf_add_byte(&out, '\0');
	assert_string_equal(out.ptr, "!1:field-too-long\n2<1><2>\n3<3><4>\n");
	buf_release(&text);
	buf_release(&out);
}

static void csv_does_not_take_an_open_quote_for_an_endless_line(void **state)
{
	struct table_options options = { .max_field = 4096, .batch_bytes = 1000 };
	struct buf text, out;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	buf_add(&text, SLICE("a,b\n1,\"2\n"));
	for (int i = 0; i < 100000; i++)
		buf_add_byte(&text, 'x');
	buf_add(&text, SLICE("\n3,4\n"));
	read_all(buf_slice(&text), 2, options, &out);
	buf_add_byte(&out, '\0');
	assert_string_equal(out.ptr, "!2:unterminated-quote\n!3:field-too-long\n4<3><4>\n");
	buf_release(&text);
	buf_release(&out);
}

/* Records across block borders come out the same whatever the size of a block. */
static void csv_blocks_do_not_show(void **state)
{
	struct buf text, whole, pieces;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&whole, BUF_UNLIMITED);
	buf_add(&text, SLICE("id,name\r\n"));
	for (int i = 0; i < 500; i++)
		buf_format(&text, i % 7 ? "%d,name %d\r\n" : "%d,\"a \"\"q\"\"\r\nline %d\"\r\n", i, i);
	read_all(buf_slice(&text), 2, (struct table_options){ 0 }, &whole);
	for (size_t size = 64; size < 400; size += 7) {
		buf_init(&pieces, BUF_UNLIMITED);
		read_all(buf_slice(&text), 2, (struct table_options){ .batch_bytes = size }, &pieces);
		assert_int_equal(pieces.len, whole.len);
		assert_memory_equal(pieces.ptr, whole.ptr, whole.len);
		buf_release(&pieces);
	}
	buf_release(&text);
	buf_release(&whole);
}

static void split_agrees_with_a_plain_loop(void **state)
{
	char text[400 + SPLIT_PADDING];
	struct slice cells[128];
	unsigned random = 12345;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		size_t length = (random = random * 1103515245 + 12345) >> 16 & 0xff, room = 1 + (random >> 8) % 100, count = 0;
		struct slice rest = { text, length };

		for (size_t i = 0; i < sizeof text; i++)
			text[i] = (random = random * 1103515245 + 12345) >> 16 & 3 ? 'x' : ',';
		count = split_plain((struct slice){ text, length }, ',', cells, room);
		assert_int_equal(count, split_count(rest, ',') < room ? split_count(rest, ',') + 1 : room + 1);
		for (size_t i = 0; i < count && i < room; i++) {
			struct slice cell = slice_cut(&rest, ',');

			assert_ptr_equal(cells[i].ptr, cell.ptr);
			assert_int_equal(cells[i].len, cell.len);
		}
	}
}

/* libcsv and the scan mean the same where there is nothing to quote: a quote in front forces libcsv. */
static void csv_libcsv_and_the_scan_agree(void **state)
{
	unsigned random = 99;

	(void)state;
	for (int round = 0; round < 300; round++) {
		char plain[128], quoted[140];
		struct buf one, other;
		size_t columns = 2;
		int length = 0;

		for (int i = (random = random * 1103515245 + 12345) >> 16 & 31; i > 0; i--)
			columns += (plain[length++] = ",, \tab;c'"[(random = random * 1103515245 + 12345) >> 20 & 7]) == ',';
		plain[length] = '\0';
		snprintf(quoted, sizeof quoted, "h\n\"q\",%s\n", plain);
		buf_init(&one, BUF_UNLIMITED);
		buf_init(&other, BUF_UNLIMITED);
		read_all(slice_of(quoted), columns, (struct table_options){ .delimiter = ',' }, &one);
		snprintf(quoted, sizeof quoted, "h\nq,%s\n", plain);
		read_all(slice_of(quoted), columns, (struct table_options){ .delimiter = ',' }, &other);
		assert_int_equal(one.len, other.len);
		assert_memory_equal(one.ptr, other.ptr, one.len);
		buf_release(&one);
		buf_release(&other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_reads_records_of_every_line_end),
		cmocka_unit_test(csv_gives_quotes_their_meaning),
		cmocka_unit_test(csv_takes_a_text_that_is_hidden_in_a_formula),
		cmocka_unit_test(csv_allows_empty_cells_behind_quotes_of_any_kind),
		cmocka_unit_test(csv_loses_one_line_to_a_bad_quote),
		cmocka_unit_test(csv_rejects_ragged_and_unsound_records),
		cmocka_unit_test(csv_finds_delimiters),
		cmocka_unit_test(csv_reads_chinese_encodings),
		cmocka_unit_test(csv_rejects_nul_bytes_and_reads_utf16),
		cmocka_unit_test(csv_gives_up_a_quote_at_the_cap),
		cmocka_unit_test(csv_rejects_an_endless_line_and_goes_on),
		cmocka_unit_test(csv_ends_lines_with_lf_after_many_with_cr),
		cmocka_unit_test(csv_goes_on_after_an_endless_first_line),
		cmocka_unit_test(csv_does_not_take_an_open_quote_for_an_endless_line),
		cmocka_unit_test(csv_blocks_do_not_show),
		cmocka_unit_test(split_agrees_with_a_plain_loop),
		cmocka_unit_test(csv_libcsv_and_the_scan_agree),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
