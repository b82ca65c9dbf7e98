#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "io/table.h"

static char *file_with(struct slice bytes)
{
	char *path = memory_text("/tmp/crm-json-test-XXXXXX");
	int descriptor = mkstemp(path);
	FILE *file = fdopen(descriptor, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	fclose(file);
	return path;
}

/* Cells as value{raw}, where the raw text differs; an absent one as value{-}. */
static void describe_record(const struct batch *batch, size_t r, struct buf *out)
{
	buf_format(out, "%llu.%llu", (unsigned long long)batch->records[r].line, (unsigned long long)batch->records[r].row);
	for (size_t c = 0; c < batch->columns; c++) {
		struct slice value = batch_cell(batch, r, c), raw = batch_raw_cell(batch, r, c);

		buf_format(out, "<%.*s", SLICE_ARG(value));
		if (!raw.ptr)
			buf_add(out, SLICE("{-}"));
		else if (!slice_equal(raw, value))
			buf_format(out, "{%.*s}", SLICE_ARG(raw));
		buf_add_byte(out, '>');
	}
	buf_add_byte(out, '\n');
}

static void describe(const struct batch *batch, struct buf *out)
{
	for (size_t r = 0; r < batch->count; r++)
		if (!batch->records[r].dropped)
			describe_record(batch, r, out);
	for (size_t i = 0; i < batch->reject_count; i++) {
		const struct reject *reject = &batch->rejects[i];

		buf_format(out, "!%llu:%llu:%s:%.*s\n", (unsigned long long)reject->line, (unsigned long long)reject->column,
			   reject->code, SLICE_ARG(slice_first(reject->record, 20)));
	}
}

/* Reads to the end, through table_peek as the tools do; then, where there was no error, once more. */
static void read_table(struct table *table, struct buf *out, struct diag *diag)
{
	struct batch batch;
	size_t count, before = out->len;
	const struct slice *keys = table_keys(table, &count);
	int got;

	batch_init(&batch);
	for (size_t i = 0; i < count; i++)
		buf_format(out, "%s%.*s", i ? "," : "", SLICE_ARG(keys[i]));
	buf_add_byte(out, '\n');
	table_peek(table, diag);
	table_begin(table, 0, count);
	while ((got = table_read(table, &batch, diag)) == 1) {
		batch_split(&batch);
		describe(&batch, out);
	}
	batch_release(&batch);
	if (got == 0 && before == 0 && diag->status == STATUS_OK) {
		struct buf again;

		buf_init(&again, BUF_UNLIMITED);
		assert_int_equal(table_rewind(table, diag), 0);
		buf_add_byte(&again, ' ');
		read_table(table, &again, diag);
		assert_true(slice_equal(slice_skip(buf_slice(&again), 1), buf_slice(out)));
		buf_release(&again);
	}
}

static char *reading(struct slice bytes, struct table_options options)
{
	char *path = file_with(bytes);
	struct table *table;
	struct diag diag;
	struct buf out;

	diag_init(&diag);
	buf_init(&out, BUF_UNLIMITED);
	if (table_open(&table, path, &options, &diag) == 0) {
		read_table(table, &out, &diag);
		table_free(table);
	}
	if (diag.status != STATUS_OK) {
		assert_memory_equal(diag.error, path, strlen(path));
		buf_format(&out, "error %d%s\n", diag.status, diag.error + strlen(path));
	}
	buf_add_byte(&out, '\0');
	diag_release(&diag);
	unlink(path);
	free(path);
	return out.ptr;
}

struct read_case {
	const char *text, *expected;
};

static void check(const struct read_case *cases, size_t count, enum format from)
{
	for (size_t i = 0; i < count; i++) {
		char *got = reading(slice_of(cases[i].text), (struct table_options){ .from = from });

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("for [%s]\ngot [%s]\nnot [%s]", cases[i].text, got, cases[i].expected);
		free(got);
	}
}

#define CHECK(cases, from) check(cases, sizeof cases / sizeof *cases, from)

static void lines_are_records_and_a_broken_one_is_rejected(void **state)
{
	static const struct read_case cases[] = {
		{ "{\"a\":1,\"b\":\"x\"}\n{\"b\":null,\"c\":true}\n",
		  "a,b,c\n1.1<1><x{\"x\"}><{-}>\n2.2<{-}><{null}><true>\n" },
		{ "\n \t\r\n{\"a\":1}\r\n\n{\"a\":2}", "a\n3.3<1>\n5.5<2>\n" },
		{ "{\"a\":1}\n{\"a\":\n{\"a\":3}\n[1]\n{\"a\":4} x\n7\n",
		  "a\n1.1<1>\n3.3<3>\n!2:6:bad-json:{\"a\":\n!4:0:bad-json:[1]\n!5:9:bad-json:{\"a\":4} x\n!6:0:bad-json:7\n" },
		{ "{\"a\":1}\n{\"a\":\"x\\u0000\"}\n", "a\n1.1<1>\n!2:0:nul-byte:{\"a\":\"x\\u0000\"}\n" },
		{ "{\"a\":1}\n{\"a\":2,\"b\\u0000\":3}\n", "a\n1.1<1>\n!2:0:nul-byte:{\"a\":2,\"b\\u0000\":3}\n" },
		{ "\xEF\xBB\xBF{\"a\":1}\n\xEF\xBB\xBF{\"a\":2}\n", "a\n1.1<1>\n2.2<2>\n" },
		{ "", "\n" },
		{ "{}\n", "\n1.1\n" },
	};

	(void)state;
	CHECK(cases, FORMAT_JSONL);
}

static void arrays_give_what_stands_before_a_fault(void **state)
{
	static const struct read_case cases[] = {
		{ "[{\"a\":1},\n {\"a\":2}]\n", "a\n1.1<1>\n2.2<2>\n" },
		{ " []", "\n" },
		{ "[\n]x", "\nerror 3:2:2: bad-json: the document has ended, and text follows\n" },
		{ "[{\"a\":1},\n {\"a\":tru}, {\"a\":3}]", "a\n1.1<1>\nerror 3:2:7: bad-json: this is no JSON value\n" },
		{ "[{\"a\":\"张\"}, {\"a\":\"三\" 2}]", "a\n1.1<张{\"张\"}>\nerror 3:1:22: bad-json: a comma or } is missing\n" },
		{ "[{\"a\":1}", "a\n1.1<1>\nerror 3:1:9: bad-json: the text ends inside the array\n" },
		{ "[{\"a\":1},", "a\n1.1<1>\nerror 3:1:10: bad-json: the text ends inside the array\n" },
		{ "[{\"a\":1},]", "a\n1.1<1>\nerror 3:1:10: bad-json: a value is missing\n" },
		{ "[,{\"a\":1}]", "a\nerror 3:1:2: bad-json: a value is missing\n" },
		{ "[{\"a\":1} {\"a\":2}]", "a\nerror 3:1:10: bad-json: the document has ended, and text follows\n" },
		{ "[{\"a\":1}}", "a\n1.1<1>\nerror 3:1:9: bad-json: a comma or ] is missing\n" },
		{ "[{\"a\":1},7,\"x,]\",[{}],{\"a\":2}]",
		  "a\n1.1<1>\n1.5<2>\n!1:0:bad-json:7\n!1:0:bad-json:\"x,]\"\n!1:0:bad-json:[{}]\n" },
		{ "[{\"a\":1},{\"a\":\"x]", "a\n1.1<1>\nerror 3:1:15: bad-json: this string has no end\n" },
		{ "[{\"a\":\"\\\"]},\\\\\"}]", "a\n1.1<\"]},\\{\"\\\"]},\\\\\"}>\n" },
		{ "7", "\nerror 3:1:1: bad-json: an array of objects is expected\n" },
		{ "", "\n" },
	};

	(void)state;
	CHECK(cases, FORMAT_JSON);
}

static void arrays_inside_an_object_are_found_under_the_usual_names(void **state)
{
	static const struct read_case cases[] = {
		{ "{\"total\":2,\"data\":[{\"a\":1},{\"a\":2}],\"more\":{}}", "a\n1.1<1>\n1.2<2>\n" },
		{ "{\"code\":0,\"data\":{\"n\":1,\"list\":[{\"a\":1}]}}", "a\n1.1<1>\n" },
		{ "{\"result\":{\"ok\":true},\"records\":[{\"a\":1}]}", "a\n1.1<1>\n" },
		{ "{\"value\":[]}", "\n" },
		{ "{\"data\":[{\"a\":1}]", "a\n1.1<1>\nerror 3:1:18: bad-json: a comma or } is missing\n" },
		{ "{\"data\":[{\"a\":1}],\n\"x\":}", "a\n1.1<1>\nerror 3:2:5: bad-json: this is no JSON value\n" },
		{ "{\"a\":{\"data\":[{\"a\":1}]}}", "a.data\n1.1<[{\"a\":1}]>\n" },
		{ "{\"a\":1,\"values\":[2,3]}", "a,values\n1.1<1><2;3{[2,3]}>\n" },
	};

	(void)state;
	CHECK(cases, FORMAT_JSON);
}

static void objects_over_several_lines_are_records(void **state)
{
	static const struct read_case cases[] = {
		{ "{\n\"a\": 1\n}\n{\n\"a\": 2\n}\n", "a\n1.1<1>\n4.2<2>\n" },
		{ "{\n\"a\": 1\n}\n,{\"a\":2}", "a\n1.1<1>\nerror 3:4:1: bad-json: this is no JSON value\n" },
		{ "{\n\"a\": 1\n}\n{\n\"a\": ", "a\n1.1<1>\nerror 3:5:6: bad-json: a value is missing\n" },
	};

	(void)state;
	CHECK(cases, FORMAT_JSON);
}

static void nested_members_become_columns(void **state)
{
	static const struct read_case cases[] = {
		{ "{\"a\":{\"b\":{\"c\":{\"d\":1}},\"x\":[1,\"y;\",null,true]}}",
		  "a.b.c.d,a.x\n1.1<1><1;y;;;true{[1,\"y;\",null,true]}>\n" },
		{ "{\"a\":{\"b\":{\"c\":{\"d\":{ \"e\":1}}}}}", "a.b.c.d\n1.1<{ \"e\":1}>\n" },
		{ "{\"l\":[],\"m\":[{\"n\":1}],\"o\":[[1]],\"p\":{}}", "l,m,o\n1.1<{[]}><[{\"n\":1}]><[[1]]>\n" },
		{ "{\"a\":null,\"n\":null}\n{\"a\":{\"b\":1}}", "n,a.b\n1.1<{null}><{-}>\n2.2<{-}><1>\n" },
		{ "{\"a\":1,\"a\":2}", "a\n1.1<2>\n" },
		{ "{\"\\u5f20\":\"\\ud83d\\ude00\",\"\":1e400,\"n\":12345678901234567890}",
		  "张,,n\n1.1<😀{\"\\ud83d\\ude00\"}><1e400><12345678901234567890>\n" },
	};

	(void)state;
	CHECK(cases, FORMAT_JSONL);
}

static void formats_are_told_apart_by_content(void **state)
{
	static const struct read_case cases[] = {
		{ "{\"a\":1}\n{\"a\":2}\n", "a\n1.1<1>\n2.2<2>\n" },
		{ "[ {\"a\":1} ]", "a\n1.1<1>\n" },
		{ "{ \"data\": [\n{\"a\":1}]}", "a\n2.1<1>\n" },
		/* an answer of a web service in one line; and an order with its items, which is one record */
		{ "{\"code\":0,\"msg\":\"\",\"data\":{\"total\":2,\"list\":[{\"a\":1},{\"a\":2}]}}\n", "a\n1.1<1>\n1.2<2>\n" },
		{ "{\"ok\":true,\"result\":[{\"a\":1}]}", "a\n1.1<1>\n" },
		{ "{\"order\":7,\"items\":[{\"a\":1}]}\n", "order,items\n1.1<7><[{\"a\":1}]>\n" },
	};

	(void)state;
	CHECK(cases, FORMAT_AUTO);
}

/* More than several windows of text, elements across their borders, and an over-long one. */
static void long_inputs_come_through_whole(void **state)
{
	struct buf text, expected;
	char *got;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&expected, BUF_UNLIMITED);
	buf_add(&expected, SLICE("n,s\n"));
	for (int i = 1; i <= 30000; i++) {
		buf_format(&text, "{\"n\":%d,\"s\":\"客户 %d 说 \\\"好\\\"\"}\n", i, i);
		buf_format(&expected, "%d.%d<%d><客户 %d 说 \"好\"{\"客户 %d 说 \\\"好\\\"\"}>\n", i, i, i, i, i);
	}
	buf_add_byte(&expected, '\0');
	got = reading(buf_slice(&text), (struct table_options){ .from = FORMAT_JSONL });
	assert_string_equal(got, expected.ptr);
	free(got);
	buf_release(&text);
	buf_release(&expected);
}

static struct slice giant(struct buf *text, const char *begin, const char *end)
{
	buf_init(text, BUF_UNLIMITED);
	buf_add(text, slice_of(begin));
	for (int i = 0; i < 17 << 10; i++) {
		buf_reserve(text, 1024);
		memset(text->ptr + text->len, 'x', 1024);
		text->len += 1024;
	}
	buf_add(text, slice_of(end));
	return buf_slice(text);
}

static void elements_over_the_cap_cost_a_line_or_end_the_run(void **state)
{
	struct buf text;
	char *got;

	(void)state;
	got = reading(giant(&text, "{\"a\":1}\n{\"a\":\"", "\"}\n{\"a\":3}\n"), (struct table_options){ .from = FORMAT_JSONL });
	assert_string_equal(got, "a\n1.1<1>\n3.3<3>\n!2:0:field-too-long:{\"a\":\"xxxxxxxxxxxxxx\n");
	free(got);
	buf_release(&text);
	got = reading(giant(&text, "[{\"a\":1},\n{\"a\":\"", "\"}]\n"), (struct table_options){ .from = FORMAT_JSON });
	assert_string_equal(got, "a\n1.1<1>\nerror 3:2:1: bad-json: an element of more than 16 MiB begins here\n");
	free(got);
	buf_release(&text);
}

static void too_many_columns_are_refused(void **state)
{
	struct buf text;
	char *got;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	for (int i = 0; i < 16385; i++)
		buf_format(&text, "{\"c%d\":1}\n", i);
	got = reading(buf_slice(&text), (struct table_options){ .from = FORMAT_JSONL });
	assert_non_null(strstr(got, "there are more than 16,384 different names"));
	free(got);
	buf_release(&text);
}

static void other_encodings_are_decoded(void **state)
{
	static const char gbk[] = "{\"a\":\"\xC9\xCF\xBA\xA3\xCA\xD0\"}\n{\"a\":\"\xB1\xB1\xBE\xA9\"}\n";
	char *got;

	(void)state;
	got = reading(SLICE(gbk), (struct table_options){ .from = FORMAT_JSONL });
	assert_string_equal(got, "a\n1.1<上海市{\"上海市\"}>\n2.2<北京{\"北京\"}>\n");
	free(got);
}

static void bytes_that_are_no_utf8_cost_one_record(void **state)
{
	struct table_options lines = { .from = FORMAT_JSONL, .encoding = "UTF-8" };
	struct table_options array = { .from = FORMAT_JSON, .encoding = "UTF-8" };
	char *got;

	(void)state;
	got = reading(SLICE("{\"a\":1}\n{\"a\":\"\xFF\"}\n{\"a\":3}"), lines);
	assert_string_equal(got, "a\n1.1<1>\n3.3<3>\n!2:0:encoding-error:{\"a\":\"\xEF\xBF\xBD\"}\n");
	free(got);
	got = reading(SLICE("[{\"a\":1},{\"a\":\"\xFF\"},{\"a\":3}]"), array);
	assert_string_equal(got, "a\n1.1<1>\n1.3<3>\n!1:0:encoding-error:{\"a\":\"\xEF\xBF\xBD\"}\n");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_records_and_a_broken_one_is_rejected),
		cmocka_unit_test(arrays_give_what_stands_before_a_fault),
		cmocka_unit_test(arrays_inside_an_object_are_found_under_the_usual_names),
		cmocka_unit_test(objects_over_several_lines_are_records),
		cmocka_unit_test(nested_members_become_columns),
		cmocka_unit_test(formats_are_told_apart_by_content),
		cmocka_unit_test(long_inputs_come_through_whole),
		cmocka_unit_test(elements_over_the_cap_cost_a_line_or_end_the_run),
		cmocka_unit_test(too_many_columns_are_refused),
		cmocka_unit_test(other_encodings_are_decoded),
		cmocka_unit_test(bytes_that_are_no_utf8_cost_one_record),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("json_table", tests, NULL, NULL);
}
