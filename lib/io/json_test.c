#include "io/json.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/file.h"

/* The document printed without white space, or the error; to be freed. */
static char *parsed(struct slice text, enum json_mode mode)
{
	struct diag diag;
	cJSON *document;
	char *result;

	diag_init(&diag);
	document = json_parse(text, mode, "f", &diag);
	result = document ? json_print(document, false) : strdup(diag.error);
	assert_int_equal(diag.status == STATUS_OK, document != NULL);
	json_free(document);
	diag_release(&diag);
	return result;
}

struct parse_case {
	const char *text, *expected;
};

static void check_cases(const struct parse_case *cases, size_t count, enum json_mode mode)
{
	for (size_t i = 0; i < count; i++) {
		char *result = parsed(slice_of(cases[i].text), mode);

		assert_string_equal(result, cases[i].expected);
		free(result);
	}
}

#define CHECK(cases, mode) check_cases(cases, sizeof cases / sizeof *cases, mode)

static void parse_keeps_names_and_the_text_of_numbers(void **state)
{
	static const struct parse_case cases[] = {
		{ " {\"a\":1, \"A\" : [true,false,null,\"x\"]}\n", "{\"a\":1,\"A\":[true,false,null,\"x\"]}" },
		{ "[9007199254740993,1e400,-0.0,1E+17,440981000000000001]",
		  "[9007199254740993,1e400,-0.0,1E+17,440981000000000001]" },
		{ "\"\\u5f20\\ud83d\\ude00\\n\\/\\\"\"", "\"张😀\\n/\\\"\"" },
		{ "\xEF\xBB\xBF{}", "{}" },
		{ "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}" },
		{ "[[],{},\"\"]", "[[],{},\"\"]" },
		{ "\"a plain string over eight bytes, then \\t and more of it\"",
		  "\"a plain string over eight bytes, then \\t and more of it\"" },
	};

	(void)state;
	CHECK(cases, JSON_STRICT);
}

static void faults_are_named_with_line_and_column(void **state)
{
	static const struct parse_case cases[] = {
		{ "", "f:1:1: bad-json: a value is missing" },
		{ "{\n \"a\": 1\n \"b\": 2}", "f:3:2: bad-json: a comma or } is missing" },
		{ "[\"张三\", x]", "f:1:8: bad-json: this is no JSON value" },
		{ "[1] 2", "f:1:5: bad-json: the document has ended, and text follows" },
		{ "[1,]", "f:1:4: bad-json: this is no JSON value" },
		{ "{\"a\":1,}", "f:1:8: bad-json: a member's name in quotes is expected here" },
		{ "{\"a\" 1}", "f:1:6: bad-json: a colon is missing" },
		{ "[1", "f:1:3: bad-json: a comma or ] is missing" },
		{ "[\"abc", "f:1:2: bad-json: this string has no end" },
		{ "[\"a\tb\"]", "f:1:4: bad-json: a control character must be escaped" },
		{ "[\"\\x\"]", "f:1:3: bad-json: there is no such escape" },
		{ "[\"\\u12g4\"]", "f:1:3: bad-json: \\u must be followed by four hexadecimal digits" },
		{ "[\"\\ud800\"]", "f:1:3: bad-json: half of a surrogate pair is no character" },
		{ "[\"\\ude00\\ud83d\"]", "f:1:3: bad-json: half of a surrogate pair is no character" },
		{ "[\"\\u0000\"]", "f:1:2: bad-json: \\u0000 cannot stand in this text" },
		{ "{\"\\u0000\":1}", "f:1:2: bad-json: \\u0000 cannot stand in this text" },
		{ "[\"a\xFF\"]", "f:1:4: bad-json: is not UTF-8 here" },
		{ "1\xFF", "f:1:2: bad-json: is not UTF-8 here" },
		{ "[01]", "f:1:2: bad-json: this is not a number as JSON has it" },
		{ "[-]", "f:1:2: bad-json: this is not a number as JSON has it" },
		{ "[1.]", "f:1:4: bad-json: a digit must follow the decimal point" },
		{ "[1e+]", "f:1:5: bad-json: the exponent has no digits" },
		{ "[NaN]", "f:1:2: bad-json: this is no JSON value" },
		{ "[1] // no", "f:1:5: bad-json: the document has ended, and text follows" },
		{ "\xEF\xBB\xBFx", "f:1:1: bad-json: this is no JSON value" },
	};

	(void)state;
	CHECK(cases, JSON_STRICT);
}

static void files_that_people_write_may_have_comments_and_last_commas(void **state)
{
	static const struct parse_case cases[] = {
		{ "// rules\n{\"a\": /* one */ 1, // two\n}", "{\"a\":1}" },
		{ "[1,/**/]//", "[1]" },
		{ "[1,,]", "f:1:4: bad-json: this is no JSON value" },
		{ "[,]", "f:1:2: bad-json: this is no JSON value" },
		{ "[1 /* no end", "f:1:4: bad-json: a comma or ] is missing" },
		{ "[1 /*/]", "f:1:4: bad-json: a comma or ] is missing" },
		{ "\"// no comment\"", "\"// no comment\"" },
	};
	struct diag diag;

	(void)state;
	CHECK(cases, JSON_COMMENTS);
	diag_init(&diag);
	assert_null(json_parse(SLICE("{"), JSON_COMMENTS, "rules.json", &diag));
	assert_int_equal(diag.status, STATUS_USAGE);
}

static void raw_nul_bytes_are_refused(void **state)
{
	static const struct slice texts[] = {
		{ "[\0]", 3 }, { "[\"a\0b\"]", 7 }, { "1\0", 2 }, { "\0", 1 }, { "\"\\\0\"", 4 }, { NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *result = parsed(texts[i], JSON_STRICT);

		assert_non_null(strstr(result, "bad-json"));
		free(result);
	}
}

static char *nested(size_t depth)
{
	char *text = malloc(2 * depth + 1);

	assert_non_null(text);
	for (size_t i = 0; i < depth; i++) {
		text[i] = '[';
		text[2 * depth - 1 - i] = ']';
	}
	text[2 * depth] = '\0';
	return text;
}

static void depth_is_limited_to_512(void **state)
{
	char *deepest = nested(512), *deeper = nested(513), *result;

	(void)state;
	result = parsed(slice_of(deepest), JSON_STRICT);
	assert_string_equal(result, deepest);
	free(result);
	result = parsed(slice_of(deeper), JSON_STRICT);
	assert_string_equal(result, "f:1:513: bad-json: is nested deeper than 512 levels");
	free(result);
	free(deepest);
	free(deeper);
}

static void member_is_found_by_its_exact_name_and_the_last_wins(void **state)
{
	struct diag diag;
	cJSON *document;
	double number;

	(void)state;
	diag_init(&diag);
	document = json_parse(SLICE("{\"a\":1,\"A\":\"x\",\"a\":2.5,\"big\":1e999}"), JSON_STRICT, "f", &diag);
	assert_true(json_number(json_member(document, "a"), &number));
	assert_true(number == 2.5);
	assert_string_equal(json_text(json_member(document, "a")).ptr, "2.5");
	assert_string_equal(json_text(json_member(document, "A")).ptr, "x");
	assert_false(json_number(json_member(document, "A"), &number));
	assert_false(json_number(json_member(document, "big"), &number));
	assert_null(json_member(document, "b"));
	assert_null(json_member(json_member(document, "a"), "a"));
	assert_null(json_text(document).ptr);
	json_free(document);
}

static void strings_are_written_with_no_more_escapes_than_needed(void **state)
{
	static const struct { struct slice text; const char *expected; } cases[] = {
		{ { "", 0 }, "\"\"" },
		{ { NULL, 0 }, "\"\"" },
		{ { "张 a/b 😀\x7F", 13 }, "\"张 a/b 😀\x7F\"" },
		{ { "\"\\\b\f\n\r\t\x01\x1f", 9 }, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\"" },
		{ { "a\0b", 3 }, "\"a\\u0000b\"" },
		{ { "a\xFF" "b\xE5", 4 }, "\"a\xEF\xBF\xBD" "b\xEF\xBF\xBD\"" },
		{ { "long enough for whole words\nand on", 34 }, "\"long enough for whole words\\nand on\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, BUF_UNLIMITED);
		json_write_string(&out, cases[i].text);
		buf_add_byte(&out, '\0');
		assert_string_equal(out.ptr, cases[i].expected);
		buf_release(&out);
	}
}

static void numbers_are_printed_as_short_as_they_come_back(void **state)
{
	static const struct { double value; const char *expected; } cases[] = {
		{ 0.1, "0.1" }, { 1e15, "1e+15" }, { 100, "100" }, { -2.5, "-2.5" }, { 0.1 + 0.2, "0.30000000000000004" },
		{ 1.0 / 0.0, "null" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cJSON *node = json_number_node(cases[i].value);
		char *text = json_print(node, false);

		assert_string_equal(text, cases[i].expected);
		free(text);
		json_free(node);
	}
}

static void scan_gives_tokens_as_they_stand_and_what_they_say(void **state)
{
	static const struct { enum json_token token; const char *raw, *text; unsigned depth; } expected[] = {
		{ JSON_OBJECT, "{", "{", 1 }, { JSON_NAME, "\"n\\u0000\"", "n", 1 }, { JSON_ARRAY, "[", "[", 2 },
		{ JSON_NUMBER, "-1.50E3", "-1.50E3", 2 }, { JSON_NULL, "null", "null", 2 },
		{ JSON_STRING, "\"\"", "", 2 }, { JSON_ARRAY_END, "]", "]", 1 }, { JSON_OBJECT_END, "}", "}", 0 },
		{ JSON_END, NULL, NULL, 0 }, { JSON_END, NULL, NULL, 0 },
	};
	struct json_scan scan;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	json_scan_init(&scan, SLICE("{\"n\\u0000\":[-1.50E3 ,null,\"\"]} "), JSON_STRICT);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct slice text;

		assert_int_equal(json_scan_next(&scan), expected[i].token);
		assert_int_equal(scan.depth, expected[i].depth);
		if (!expected[i].raw)
			continue;
		assert_true(slice_equal(scan.token, slice_of(expected[i].raw)));
		text = json_scan_text(&scan, &arena);
		/* "n\0": a name of two bytes. */
		assert_int_equal(text.len, strlen(expected[i].text) + (expected[i].token == JSON_NAME));
		assert_memory_equal(text.ptr, expected[i].text, text.len);
	}
	arena_release(&arena);
}

static bool scans(struct slice text)
{
	struct json_scan scan;
	enum json_token token;

	json_scan_init(&scan, text, JSON_STRICT);
	do
		token = json_scan_next(&scan);
	while (token != JSON_END && token != JSON_FAULT);
	return token == JSON_END;
}

/*
 * One file of the suite: y_ must be accepted, n_ refused, i_ come back. The tree agrees with the scan but for \u0000,
 * which the scan lets pass and the tree refuses.
 */
static void check_suite_file(const char *folder, const char *name)
{
	struct arena arena;
	struct diag diag;
	struct slice text;
	char path[1024], *printed;
	bool accepted;

	arena_init(&arena);
	diag_init(&diag);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(file_read(path, 1 << 20, &arena, &text, &diag), 0);
	accepted = scans(text);
	if (name[0] != 'i' && accepted != (name[0] == 'y'))
		fail_msg("%s was %s", name, accepted ? "accepted" : "refused");
	printed = parsed(text, JSON_STRICT);
	if (accepted == (strstr(printed, "bad-json") != NULL) && !strstr(printed, "\\u0000 cannot"))
		fail_msg("%s: scan and tree differ", name);
	free(printed);
	diag_release(&diag);
	arena_release(&arena);
}

static void JSONTestSuite_is_answered_as_it_says(void **state)
{
	const char *suites = getenv("CRM_SUITES");
	struct dirent *entry;
	char folder[512];
	DIR *list;
	int count = 0;

	(void)state;
	snprintf(folder, sizeof folder, "%s/JSONTestSuite/test_parsing", suites ? suites : "../shared/suites");
	list = opendir(folder);
	if (!list) {
		print_message("# SKIP: %s is not there\n", folder);
		return;
	}
	while ((entry = readdir(list))) {
		if (!strchr("yni", entry->d_name[0]))
			continue;
		check_suite_file(folder, entry->d_name);
		count++;
	}
	closedir(list);
	assert_true(count > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_keeps_names_and_the_text_of_numbers),
		cmocka_unit_test(faults_are_named_with_line_and_column),
		cmocka_unit_test(files_that_people_write_may_have_comments_and_last_commas),
		cmocka_unit_test(raw_nul_bytes_are_refused),
		cmocka_unit_test(depth_is_limited_to_512),
		cmocka_unit_test(member_is_found_by_its_exact_name_and_the_last_wins),
		cmocka_unit_test(strings_are_written_with_no_more_escapes_than_needed),
		cmocka_unit_test(numbers_are_printed_as_short_as_they_come_back),
		cmocka_unit_test(scan_gives_tokens_as_they_stand_and_what_they_say),
		cmocka_unit_test(JSONTestSuite_is_answered_as_it_says),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
