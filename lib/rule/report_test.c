#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "rule/report.h"

static void carets_stand_under_the_place(void **state)
{
	static const struct { const char *text; size_t from, to; const char *shown; } cases[] = {
		{ "amount > x", 9, 10, "\n    amount > x\n             ^" },
		{ "金额 > x", 9, 10, "\n    金额 > x\n           ^" },              /* a Han character takes two columns */
		{ "x > 金额", 4, 10, "\n    x > 金额\n        ^^^^" },
		{ "x >", 3, 3, "\n    x >\n       ^" },                           /* after the end */
		{ "a\nb\tc", 4, 5, "\n    a b c\n        ^" },                    /* one line, whatever stood there */
		{ "", 0, 0, "\n    \n    ^" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789", 50, 52,
		  "\n    …012345678901234567890123456789012345678901234567890123456789\n"
		  "                                             ^^" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fault fault = { .from = cases[i].from, .to = cases[i].to };
		struct buf out;

		buf_init(&out, 4096);
		report_carets(slice_of(cases[i].text), &fault, &out);
		buf_add_byte(&out, '\0');
		assert_string_equal(out.ptr, cases[i].shown);
		buf_release(&out);
	}
}

static void places_are_those_of_the_file(void **state)
{
	static const char text[] = "{\n  // one\n  \"tags\": [\n    { \"tag\": \"x\", \"when\": \"\\u5f20 \\\"a\\\" b\" } ]\n}";
	struct rules_file file = { .path = "r.json", .text = { text, sizeof text - 1 } };
	const struct fault fault = { 8, 9, "syntax", "here", NULL };  /* the b: after 张, a space, "a" and a space */
	const cJSON *rule, *when;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	file.document = json_parse(file.text, JSON_COMMENTS, file.path, &diag);
	assert_non_null(file.document);
	rule = json_member(file.document, "tags")->child;
	when = json_member(rule, "when");
	report_fault(&file, when, json_text(when), &fault, &diag);
	assert_string_equal(diag.error, "r.json:4:41: syntax: here\n    张 \"a\" b\n           ^");
	diag_release(&diag);
	report_node(&file, when, true, "unknown-key", &diag, "no");
	assert_string_equal(diag.error, "r.json:4:19: unknown-key: no");
	diag_release(&diag);
	report_node(&file, rule, false, "missing-key", &diag, "no");
	assert_string_equal(diag.error, "r.json:4:7: missing-key: no");
	diag_release(&diag);
	json_free(file.document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carets_stand_under_the_place),
		cmocka_unit_test(places_are_those_of_the_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
