#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "rule/convert.h"
#include "rule/rules_table.h"

static void cells_become_numbers(void **state)
{
	static const struct { const char *cell; int64_t unit; enum convert_result result; double number; } cases[] = {
		{ "12", 1, CONVERT_OK, 12 }, { "-12.50", 1, CONVERT_OK, -12.5 }, { "0.1", 1, CONVERT_OK, 0.1 }, { "007", 1, CONVERT_OK, 7 },
		{ "123456789012345", 1, CONVERT_OK, 123456789012345 }, { "1,234.5", 1, CONVERT_OK, 1234.5 }, { "10万", 1, CONVERT_OK, 100000 },
		{ "12.5", 10000, CONVERT_OK, 125000 }, { "20%", 1, CONVERT_OK, 0.2 }, { "20 ％", 1, CONVERT_OK, 0.2 }, { "1e3", 1, CONVERT_OK, 1000 },
		{ " 5 ", 1, CONVERT_OK, 5 }, { "￥12.50", 1, CONVERT_OK, 12.5 }, { "(1,234)", 1, CONVERT_OK, -1234 }, { "", 1, CONVERT_EMPTY, 0 },
		{ "N/A", 1, CONVERT_EMPTY, 0 }, { "——", 1, CONVERT_EMPTY, 0 }, { "-", 1, CONVERT_EMPTY, 0 }, { "12x", 1, CONVERT_BAD, 0 },
		{ "1.2.3", 1, CONVERT_BAD, 0 }, { ".", 1, CONVERT_BAD, 0 }, { "inf", 1, CONVERT_BAD, 0 }, { "nan", 1, CONVERT_BAD, 0 },
		{ "1e999", 1, CONVERT_BAD, 0 }, { "0x10", 1, CONVERT_BAD, 0 }, { "%", 1, CONVERT_BAD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double number = 0;
		enum convert_result result = convert_number(slice_of(cases[i].cell), cases[i].unit, &number);

		if (result != cases[i].result || (result == CONVERT_OK && number != cases[i].number))
			fail_msg("%s: %d, %g", cases[i].cell, result, number);
	}
}

static void lists_are_cut_at_their_own_sign(void **state)
{
	(void)state;
	assert_true(list_has(SLICE("a;b; c"), SLICE("c")));
	assert_true(list_has(SLICE("a；b"), SLICE("b")));
	assert_true(list_has(SLICE("a,b;c"), SLICE("a,b")));  /* with a semicolon a comma cuts nothing */
	assert_false(list_has(SLICE("a,b;c"), SLICE("b")));
	assert_true(list_has(SLICE("a、b，c|d"), SLICE("d")));
	assert_true(list_has(SLICE(" one "), SLICE("one")));
	assert_false(list_has(SLICE("SVIP"), SLICE("VIP")));
	assert_int_equal(list_count(SLICE("a;;b;")), 2);
	assert_int_equal(list_count(SLICE("")), 0);
}

static void cells_of_a_decision_table_become_conditions(void **state)
{
	static const struct { const char *column, *cell, *condition; } cases[] = {
		{ "amount", "> 5", "`amount` > 5" }, { "amount", ">=10万", "`amount` >=10万" }, { "amount", "5", "`amount` = 5" },
		{ "amount", "10万", "`amount` = 10万" }, { "name", "张三", "`name` = \"张三\"" }, { "name", "a \"b\"", "`name` = \"a \"\"b\"\"\"" },
		{ "name", "A | B", "`name` in (\"A\", \"B\")" }, { "id", "007", "`id` = \"007\"" }, { "day", "2024-03-05", "`day` = 2024-03-05" },
		{ "day", "within 30 days", "`day` within 30 days" }, { "x", "is empty", "`x` is empty" }, { "x", "in (1, 2)", "`x` in (1, 2)" },
		{ "x", "independent", "`x` = \"independent\"" }, { "od`d", "not in (1)", "`od``d` not in (1)" }, { "x", "~ /a|b/", "`x` ~ /a|b/" },
		{ "x", "!=零售", "`x` != \"零售\"" }, { "x", "= 5", "`x` = 5" }, { "x", "<> 'a'", "`x` != 'a'" }, { "x", "不等于 零售", "`x` != \"零售\"" },
		{ "x", "大于等于10万", "`x` >= 10万" }, { "x", "包含5", "`x` contains \"5\"" }, { "x", "为空", "`x` is empty" }, { "x", "不为空", "`x` is not empty" },
		{ "x", "为空壳", "`x` = \"为空壳\"" }, { "x", "1万~10万", "`x` between 1万 and 10万" }, { "x", "1 - 5", "`x` between 1 and 5" },
		{ "x", "2024-03", "`x` = \"2024-03\"" }, { "x", "010-12345678", "`x` = \"010-12345678\"" }, { "x", "5-1", "`x` = \"5-1\"" }, { "x", "-5", "`x` = -5" },
		{ "x", "2024-01-01至2024-06-30", "`x` between 2024-01-01 and 2024-06-30" }, { "x", "2024/3/5", "`x` = 2024/3/5" }, { "x", "近30天", "`x` within 近30天" },
		{ "x", "3个月内", "`x` within 3个月内" }, { "x", "近江", "`x` = \"近江\"" }, { "x", "制造业、零售", "`x` in (\"制造业\", \"零售\")" }, { "x", "1,000", "`x` = 1000" },
		{ "id", "12345678901234567890", "`id` = \"12345678901234567890\"" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(arena_cstr(&arena, rules_table_condition(slice_of(cases[i].column), slice_of(cases[i].cell), &arena)),
				    cases[i].condition);
	arena_release(&arena);
}

static void bad_bytes_have_room_for_what_they_become(void **state)
{
	struct arena arena;
	char bad[200];
	struct slice upper;

	(void)state;
	arena_init(&arena);
	memset(bad, 0xE8, sizeof bad);
	upper = convert_upper((struct slice){ bad, sizeof bad }, &arena);
	assert_int_equal(upper.len, 3 * sizeof bad);
	assert_false(arena_bytes(&arena, 1) < upper.ptr + upper.len && arena_bytes(&arena, 1) > upper.ptr);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_become_numbers),
		cmocka_unit_test(lists_are_cut_at_their_own_sign),
		cmocka_unit_test(cells_of_a_decision_table_become_conditions),
		cmocka_unit_test(bad_bytes_have_room_for_what_they_become),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("convert", tests, NULL, NULL);
}
