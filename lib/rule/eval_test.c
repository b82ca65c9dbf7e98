/* Expressions with their type and value, and faults with the place they point at. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/memory.h"
#include "clean/text.h"
#include "rule/convert.h"
#include "rule/eval.h"
#include "rule/parse.h"
#include "rule/types.h"

static const struct { const char *name, *cell; } row[] = {
	{ "name", "张三" }, { "amount", "1234.5" }, { "other", "1000" }, { "none", "" }, { "dash", "——" }, { "word", "Hello World" },
	{ "day", "2024-03-05" }, { "day2", "2024年1月31日" }, { "future", "2024-12-31" }, { "tags", "VIP;老客户; key account" },
	{ "labels", "a,b" }, { "flag", "是" }, { "off", "no" }, { "recency_days", "12" }, { "last_order", "2024-02-20" },
	{ "first_order", "" }, { "成交金额", "12.5万" }, { "近30天活跃", "true" }, { "行业", "制造业" }, { "odd name", "x" },
	{ "rate", "20%" }, { "zero", "0" }, { "minus", "-5" }, { "id", "00123" }, { "联系电话", "13812345678" }, { "churn_reasons", "" },
	{ "2024销量", "7" }, { "and", "8" }, { "money", "￥1,234.50" }, { "bad", "12x" }, { "b", "10" }, { "accent", "ÉCOLE" },
	{ "Mixed", "m" }, { "quote", "say \"hi\"" }, { "clv", "3e3" },
};
enum { COLUMNS = sizeof row / sizeof *row, AS_OF = 19795 /* 2024-03-13 */ };

struct bench {
	struct slice headers[COLUMNS], cells[COLUMNS];
	struct column_role roles[COLUMNS];
	struct arena arena;
	struct fault fault;
	struct program program;
};

static struct bench *bench_new(void)
{
	struct bench *bench = memory_zero(1, sizeof *bench);

	for (size_t i = 0; i < COLUMNS; i++) {
		bench->headers[i] = slice_of(row[i].name);
		bench->cells[i] = slice_of(row[i].cell);
		bench->roles[i] = (struct column_role){ .role = ROLE_NONE, .unit = 1 };
		if (strcmp(row[i].name, "联系电话") == 0)
			bench->roles[i].role = ROLE_PHONE;
	}
	arena_init(&bench->arena);
	program_init(&bench->program);
	return bench;
}

static void bench_free(struct bench *bench)
{
	program_release(&bench->program);
	arena_release(&bench->arena);
	free(bench);
}

static int bench_compile(struct bench *bench, struct slice text, enum type want, uint32_t *entry, enum type *type)
{
	struct scope scope = { .headers = bench->headers, .roles = bench->roles, .columns = COLUMNS };
	struct node *root = expression_parse(text, &bench->arena, &bench->fault);

	if (!root || types_settle(&root, want, &scope, &bench->arena, &bench->fault))
		return -1;
	*type = root->type;
	return program_add(&bench->program, root, entry, &bench->fault);
}

static struct slice show(enum type type, struct value value, struct arena *arena)
{
	if (!value.known)
		return SLICE("?");
	switch (type) {
	case TYPE_NUMBER: return convert_from_number(value.number, arena);
	case TYPE_DATE: return convert_from_date(value.date, arena);
	case TYPE_TRUTH: return value.truth ? SLICE("true") : SLICE("false");
	default: return arena_copy(arena, value.text);
	}
}

static const char *evaluate(struct bench *bench, const char *text, enum type *type)
{
	struct evaluator evaluator;
	struct slice shown;
	uint32_t entry;

	if (bench_compile(bench, slice_of(text), TYPE_CELL, &entry, type))
		return arena_cstr(&bench->arena, slice_of(bench->fault.text));
	evaluator_init(&evaluator, &bench->program, AS_OF, false);
	evaluator_row(&evaluator, bench->cells, (struct row_facts){ bench->roles, NULL }, 0, 1);
	shown = show(*type, evaluator_run(&evaluator, entry), &bench->arena);
	evaluator_release(&evaluator);
	return arena_cstr(&bench->arena, shown);
}

struct expected {
	const char *text;
	enum type type;
	const char *value;  /* "?": unknown */
};

static void check_all(const struct expected *cases, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		struct bench *bench = bench_new();
		enum type type = TYPE_CELL;
		const char *value = evaluate(bench, cases[i].text, &type);

		if (strcmp(value, cases[i].value) != 0 || type != cases[i].type) {
			print_error("%s\n  gives %s (%s), not %s (%s)\n", cases[i].text, value, type_name(type), cases[i].value,
				    type_name(cases[i].type));
			wrong++;
		}
		bench_free(bench);
	}
	assert_int_equal(wrong, 0);
}
#define CHECK_ALL(cases) check_all(cases, sizeof(cases) / sizeof *(cases))

static void literals_have_their_value(void **state)
{
	static const struct expected cases[] = {
		{ "12", TYPE_NUMBER, "12" }, { "12.50", TYPE_NUMBER, "12.5" }, { "1e3", TYPE_NUMBER, "1000" },
		{ "1.5E-2", TYPE_NUMBER, "0.015" }, { "10万", TYPE_NUMBER, "100000" }, { "1.2亿", TYPE_NUMBER, "120000000" },
		{ "3千", TYPE_NUMBER, "3000" }, { "5百", TYPE_NUMBER, "500" }, { "1万亿", TYPE_NUMBER, "1000000000000" },
		{ "3百万", TYPE_NUMBER, "3000000" }, { "10万元", TYPE_NUMBER, "100000" }, { "20%", TYPE_NUMBER, "0.2" },
		{ "12.5％", TYPE_NUMBER, "0.125" }, { "-3", TYPE_NUMBER, "-3" }, { "--3", TYPE_NUMBER, "3" },
		{ "2024-03-05", TYPE_DATE, "2024-03-05" }, { "2024年3月5日", TYPE_DATE, "2024-03-05" },
		{ "2024-02-29", TYPE_DATE, "2024-02-29" }, { "today", TYPE_DATE, "2024-03-13" }, { "\"text\"", TYPE_TEXT, "text" },
		{ "'it''s'", TYPE_TEXT, "it's" }, { "\"a\"\"b\"", TYPE_TEXT, "a\"b" }, { "“中文”", TYPE_TEXT, "中文" },
		{ "‘中文’", TYPE_TEXT, "中文" }, { "'a\\d'", TYPE_TEXT, "a\\d" }, { "true", TYPE_TRUTH, "true" },
		{ "FALSE", TYPE_TRUTH, "false" }, { "999999999999999", TYPE_NUMBER, "999999999999999" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void columns_are_found_by_name_role_and_case(void **state)
{
	static const struct expected cases[] = {
		{ "name", TYPE_CELL, "张三" }, { "行业", TYPE_CELL, "制造业" }, { "`odd name`", TYPE_CELL, "x" },
		{ "`2024销量` + 1", TYPE_NUMBER, "8" }, { "`and` > 7", TYPE_TRUTH, "true" }, { "phone", TYPE_CELL, "13812345678" },
		{ "mixed", TYPE_CELL, "m" }, { "NAME", TYPE_CELL, "张三" }, { "近30天活跃", TYPE_CELL, "true" },
		{ "none", TYPE_CELL, "?" }, { "dash", TYPE_CELL, "?" }, { "recency_days", TYPE_NUMBER, "12" },
		{ "last_order", TYPE_DATE, "2024-02-20" }, { "tags", TYPE_LIST, "VIP;老客户; key account" },
		{ "churn_reasons", TYPE_LIST, "" }, { "clv", TYPE_NUMBER, "3000" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void what_people_write_is_understood(void **state)
{
	static const struct expected cases[] = {
		{ "day >= 2024/3/5", TYPE_TRUTH, "true" }, { "2024-3-5", TYPE_DATE, "2024-03-05" }, { "2024/12/31", TYPE_DATE, "2024-12-31" },
		{ "1000/2/5", TYPE_NUMBER, "100" }, { "2024 / 12 / 31", TYPE_NUMBER, "5.44086021505376" }, { "2024/13/1", TYPE_NUMBER, "155.692307692308" },
		{ "10 万", TYPE_NUMBER, "100000" }, { "1.5 亿", TYPE_NUMBER, "150000000" }, { "10w", TYPE_NUMBER, "100000" }, { "１０万", TYPE_NUMBER, "100000" },
		{ "１２．５", TYPE_NUMBER, "12.5" }, { "成交金额 大于 10万", TYPE_TRUTH, "true" }, { "成交金额 小于等于 10万", TYPE_TRUTH, "false" },
		{ "成交金额 不等于 1", TYPE_TRUTH, "true" }, { "行业 包含 '制造'", TYPE_TRUTH, "true" }, { "行业 属于 ('零售')", TYPE_TRUTH, "false" },
		{ "成交金额>10万并且近30天活跃", TYPE_TRUTH, "true" }, { "近30天活跃而且recency_days<=30", TYPE_TRUTH, "true" }, { "1 > 2 或者 近30天活跃", TYPE_TRUTH, "true" },
		{ "1 > 2 || 2 > 1 && !off", TYPE_TRUTH, "true" }, { "none is null", TYPE_TRUTH, "true" }, { "name is not null", TYPE_TRUTH, "true" },
		{ "day within 30 天内", TYPE_TRUTH, "true" }, { "day within 近30天", TYPE_TRUTH, "true" }, { "day within 最近 7 天", TYPE_TRUTH, "false" },
		{ "future within 未来1年", TYPE_TRUTH, "true" }, { "day within 1个月内", TYPE_TRUTH, "true" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void arithmetic_follows_precedence_and_unknown(void **state)
{
	static const struct expected cases[] = {
		{ "1 + 2 * 3", TYPE_NUMBER, "7" }, { "(1 + 2) * 3", TYPE_NUMBER, "9" }, { "（1 ＋ 2）× 3", TYPE_NUMBER, "9" },
		{ "10 - 3 - 2", TYPE_NUMBER, "5" }, { "8 / 4 / 2", TYPE_NUMBER, "1" }, { "8 ÷ 4", TYPE_NUMBER, "2" },
		{ "-2 * 3", TYPE_NUMBER, "-6" }, { "2 * -3", TYPE_NUMBER, "-6" }, { "amount + 1", TYPE_NUMBER, "1235.5" },
		{ "amount - other", TYPE_NUMBER, "234.5" }, { "amount * 2", TYPE_NUMBER, "2469" }, { "amount / other", TYPE_NUMBER, "1.2345" },
		{ "成交金额 / 1万", TYPE_NUMBER, "12.5" }, { "money", TYPE_CELL, "￥1,234.50" }, { "money + 0", TYPE_NUMBER, "1234.5" },
		{ "rate * 100", TYPE_NUMBER, "20" }, { "id + 0", TYPE_NUMBER, "123" }, { "none + 1", TYPE_NUMBER, "?" },
		{ "1 - none", TYPE_NUMBER, "?" }, { "none * 0", TYPE_NUMBER, "?" }, { "none / 2", TYPE_NUMBER, "?" },
		{ "-none", TYPE_NUMBER, "?" }, { "1 / zero", TYPE_NUMBER, "?" }, { "0 / 0", TYPE_NUMBER, "?" },
		{ "1e300 * 1e300", TYPE_NUMBER, "?" }, { "word + 1", TYPE_NUMBER, "?" }, { "bad * 2", TYPE_NUMBER, "?" },
		{ "dash + 1", TYPE_NUMBER, "?" }, { "0.1 + 0.2", TYPE_NUMBER, "0.3" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void comparisons_know_three_values(void **state)
{
	static const struct expected cases[] = {
		{ "amount > 1000", TYPE_TRUTH, "true" }, { "amount >= 1234.5", TYPE_TRUTH, "true" }, { "amount < 1234.5", TYPE_TRUTH, "false" },
		{ "amount <= 1234.5", TYPE_TRUTH, "true" }, { "amount = 1234.50", TYPE_TRUTH, "true" }, { "amount == 1", TYPE_TRUTH, "false" },
		{ "amount != 1", TYPE_TRUTH, "true" }, { "amount <> 1234.5", TYPE_TRUTH, "false" }, { "amount ≥ 1千", TYPE_TRUTH, "true" },
		{ "amount ≤ 1千", TYPE_TRUTH, "false" }, { "amount ≠ 5", TYPE_TRUTH, "true" }, { "amount ＞ 5", TYPE_TRUTH, "true" },
		{ "成交金额>10万", TYPE_TRUTH, "true" }, { "成交金额 > 12.5万", TYPE_TRUTH, "false" }, { "0.1 + 0.2 = 0.3", TYPE_TRUTH, "true" },
		{ "0.7 + 0.1 >= 0.8", TYPE_TRUTH, "true" }, { "0.1 + 0.2 > 0.3", TYPE_TRUTH, "false" },
		{ "999999999999998 < 999999999999999", TYPE_TRUTH, "true" }, { "none > 5", TYPE_TRUTH, "?" }, { "none = none", TYPE_TRUTH, "?" },
		{ "5 != none", TYPE_TRUTH, "?" }, { "bad > 5", TYPE_TRUTH, "?" }, { "word = 'Hello World'", TYPE_TRUTH, "true" },
		{ "word = 'hello world'", TYPE_TRUTH, "false" }, { "word != 'x'", TYPE_TRUTH, "true" }, { "word < 'I'", TYPE_TRUTH, "true" },
		{ "行业 = \"制造业\"", TYPE_TRUTH, "true" }, { "id = '00123'", TYPE_TRUTH, "true" }, { "id = '123'", TYPE_TRUTH, "false" },
		{ "id = 123", TYPE_TRUTH, "true" }, { "day = 2024-03-05", TYPE_TRUTH, "true" }, { "day > 2024-03-05", TYPE_TRUTH, "false" },
		{ "day2 < day", TYPE_TRUTH, "true" }, { "day2 < 2024-02-01", TYPE_TRUTH, "true" }, { "day >= '2024/3/5'", TYPE_TRUTH, "true" }, { "day between '2024/3/1' and '2024年3月5日'", TYPE_TRUTH, "true" }, { "day = '2024/03/05'", TYPE_TRUTH, "true" },
		{ "last_order >= '2024/2/20'", TYPE_TRUTH, "true" }, { "last_order < today", TYPE_TRUTH, "true" },
		{ "first_order < today", TYPE_TRUTH, "?" }, { "word < today", TYPE_TRUTH, "?" }, { "flag = true", TYPE_TRUTH, "true" },
		{ "off = true", TYPE_TRUTH, "false" }, { "word = true", TYPE_TRUTH, "?" }, { "amount > other", TYPE_TRUTH, "true" },
		{ "other > b", TYPE_TRUTH, "true" }, { "word = name", TYPE_TRUTH, "false" }, { "word != name", TYPE_TRUTH, "true" },
		{ "word < name", TYPE_TRUTH, "?" }, { "name = name", TYPE_TRUTH, "true" }, { "amount > recency_days", TYPE_TRUTH, "true" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void logic_is_that_of_sql(void **state)
{
	static const struct expected cases[] = {
		{ "true and true", TYPE_TRUTH, "true" }, { "true and false", TYPE_TRUTH, "false" }, { "true and none > 1", TYPE_TRUTH, "?" },
		{ "none > 1 and true", TYPE_TRUTH, "?" }, { "false and none > 1", TYPE_TRUTH, "false" },
		{ "none > 1 and false", TYPE_TRUTH, "false" }, { "none > 1 and none > 1", TYPE_TRUTH, "?" },
		{ "true or none > 1", TYPE_TRUTH, "true" }, { "none > 1 or true", TYPE_TRUTH, "true" }, { "none > 1 or false", TYPE_TRUTH, "?" },
		{ "false or none > 1", TYPE_TRUTH, "?" }, { "false or false", TYPE_TRUTH, "false" }, { "not true", TYPE_TRUTH, "false" },
		{ "not none > 1", TYPE_TRUTH, "?" }, { "not not true", TYPE_TRUTH, "true" }, { "not 1 > 2", TYPE_TRUTH, "true" },
		{ "1 > 2 or 2 > 1 and 3 > 2", TYPE_TRUTH, "true" }, { "(1 > 2 or 2 > 1) and 3 < 2", TYPE_TRUTH, "false" },
		{ "true or true and false", TYPE_TRUTH, "true" }, { "成交金额>10万且近30天活跃", TYPE_TRUTH, "true" },
		{ "成交金额>20万或recency_days<=30", TYPE_TRUTH, "true" }, { "非近30天活跃", TYPE_TRUTH, "false" }, { "非(1>2)且1<2", TYPE_TRUTH, "true" },
		{ "flag AND NOT off", TYPE_TRUTH, "true" }, { "word and true", TYPE_TRUTH, "?" }, { "none or true", TYPE_TRUTH, "true" },
		{ "false and false and true", TYPE_TRUTH, "false" }, { "none > 1 and true and false", TYPE_TRUTH, "false" },
		{ "none > 1 or false or true", TYPE_TRUTH, "true" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void sets_ranges_and_emptiness(void **state)
{
	static const struct expected cases[] = {
		{ "行业 in (\"制造业\", \"零售\")", TYPE_TRUTH, "true" }, { "行业 in ('零售')", TYPE_TRUTH, "false" },
		{ "行业 not in ('零售')", TYPE_TRUTH, "true" }, { "none in ('a')", TYPE_TRUTH, "?" }, { "none not in ('a')", TYPE_TRUTH, "?" },
		{ "recency_days in (1, 12, 30)", TYPE_TRUTH, "true" }, { "recency_days in (1, 2)", TYPE_TRUTH, "false" },
		{ "0.1 + 0.2 in (0.3, 0.1)", TYPE_TRUTH, "true" }, { "amount in (1234.5)", TYPE_TRUTH, "true" },
		{ "day in (2024-03-05, 2024-03-06)", TYPE_TRUTH, "true" }, { "other in (amount, 1000)", TYPE_TRUTH, "true" },
		{ "other in (amount, none)", TYPE_TRUTH, "?" }, { "other in (none, 1000)", TYPE_TRUTH, "true" },
		{ "other in (amount, b)", TYPE_TRUTH, "false" }, { "行业 in （“零售”，“制造业”）", TYPE_TRUTH, "true" },
		{ "行业 in ('零售'、'制造业')", TYPE_TRUTH, "true" }, { "'VIP' in tags", TYPE_TRUTH, "true" }, { "'key account' in tags", TYPE_TRUTH, "true" },
		{ "'VI' in tags", TYPE_TRUTH, "false" }, { "'VIP' not in tags", TYPE_TRUTH, "false" }, { "\"老客户\" in tags", TYPE_TRUTH, "true" },
		{ "'b' in labels", TYPE_TRUTH, "true" }, { "'a,b' in labels", TYPE_TRUTH, "true" }, { "'x' in churn_reasons", TYPE_TRUTH, "false" },
		{ "not 'x' in churn_reasons", TYPE_TRUTH, "true" }, { "none in tags", TYPE_TRUTH, "?" }, { "tags contains 'VIP'", TYPE_TRUTH, "true" },
		{ "tags contains 'VI'", TYPE_TRUTH, "false" }, { "tags ~ /VI/", TYPE_TRUTH, "true" },
		{ "amount between 1000 and 2000", TYPE_TRUTH, "true" }, { "amount between 1234.5 and 1234.5", TYPE_TRUTH, "true" },
		{ "amount between 2000 and 1000", TYPE_TRUTH, "false" }, { "amount not between 1 and 2", TYPE_TRUTH, "true" },
		{ "amount between none and 2000", TYPE_TRUTH, "?" }, { "amount between none and 1", TYPE_TRUTH, "false" },
		{ "none between 1 and 2", TYPE_TRUTH, "?" }, { "day between 2024-03-01 and 2024-03-31 and true", TYPE_TRUTH, "true" },
		{ "word between 'A' and 'Z'", TYPE_TRUTH, "true" }, { "none is empty", TYPE_TRUTH, "true" }, { "dash is empty", TYPE_TRUTH, "true" },
		{ "name is empty", TYPE_TRUTH, "false" }, { "name is not empty", TYPE_TRUTH, "true" }, { "none is not empty", TYPE_TRUTH, "false" },
		{ "first_order is empty", TYPE_TRUTH, "true" }, { "churn_reasons is empty", TYPE_TRUTH, "true" }, { "tags is empty", TYPE_TRUTH, "false" },
		{ "bad is empty", TYPE_TRUTH, "false" }, { "(bad + 0) is empty", TYPE_TRUTH, "true" }, { "(1 / zero) is empty", TYPE_TRUTH, "true" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void texts_are_matched(void **state)
{
	static const struct expected cases[] = {
		{ "word contains 'World'", TYPE_TRUTH, "true" }, { "word contains 'world'", TYPE_TRUTH, "false" },
		{ "word not contains 'x'", TYPE_TRUTH, "true" }, { "none contains 'x'", TYPE_TRUTH, "?" }, { "word contains ''", TYPE_TRUTH, "true" },
		{ "word starts with 'Hello'", TYPE_TRUTH, "true" }, { "word starts with 'World'", TYPE_TRUTH, "false" },
		{ "word ends with 'World'", TYPE_TRUTH, "true" }, { "word not ends with 'World'", TYPE_TRUTH, "false" },
		{ "none starts with 'x'", TYPE_TRUTH, "?" }, { "word ends with none", TYPE_TRUTH, "?" }, { "行业 contains \"造\"", TYPE_TRUTH, "true" },
		{ "word ~ /^hello/", TYPE_TRUTH, "false" }, { "word ~ /^hello/i", TYPE_TRUTH, "true" }, { "word !~ /xyz/", TYPE_TRUTH, "true" },
		{ "word ~ \"o\\s+W\"", TYPE_TRUTH, "true" }, { "none ~ /x/", TYPE_TRUTH, "?" }, { "none !~ /x/", TYPE_TRUTH, "?" },
		{ "name ~ /^.三$/", TYPE_TRUTH, "true" }, { "phone ~ /^1[3-9]\\d{9}$/", TYPE_TRUTH, "true" }, { "word ~ /a\\/b|World/", TYPE_TRUTH, "true" },
		{ "word ~ /hello world/ix", TYPE_TRUTH, "false" }, { "lower(word) = 'hello world'", TYPE_TRUTH, "true" },
		{ "lower(accent)", TYPE_TEXT, "école" }, { "upper(word)", TYPE_TEXT, "HELLO WORLD" }, { "lower(none)", TYPE_TEXT, "?" },
		{ "length(name)", TYPE_NUMBER, "2" }, { "length(tags)", TYPE_NUMBER, "3" }, { "length(churn_reasons)", TYPE_NUMBER, "0" },
		{ "length(none)", TYPE_NUMBER, "?" }, { "length(list('a;b'))", TYPE_NUMBER, "2" }, { "quote contains '\"hi\"'", TYPE_TRUTH, "true" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void dates_are_counted(void **state)
{
	static const struct expected cases[] = {
		{ "day within 8 days", TYPE_TRUTH, "true" }, { "day within 7 days", TYPE_TRUTH, "false" }, { "day within last 8 days", TYPE_TRUTH, "true" },
		{ "day within 2 weeks", TYPE_TRUTH, "true" }, { "day2 within 1 month", TYPE_TRUTH, "false" }, { "day2 within 2 months", TYPE_TRUTH, "true" },
		{ "day2 within 1 year", TYPE_TRUTH, "true" }, { "day within 30天", TYPE_TRUTH, "true" }, { "day within 1个月", TYPE_TRUTH, "true" },
		{ "future within 30 days", TYPE_TRUTH, "false" }, { "future within next 12 months", TYPE_TRUTH, "true" },
		{ "future within next 30 days", TYPE_TRUTH, "false" }, { "day within next 30 days", TYPE_TRUTH, "false" },
		{ "day not within 7 days", TYPE_TRUTH, "true" }, { "none within 30 days", TYPE_TRUTH, "?" }, { "day within none days", TYPE_TRUTH, "?" },
		{ "word within 3 days", TYPE_TRUTH, "?" }, { "day within 1e15 days", TYPE_TRUTH, "true" }, { "today within 0 days", TYPE_TRUTH, "true" },
		{ "days_since(day)", TYPE_NUMBER, "8" }, { "days_since(future)", TYPE_NUMBER, "-293" }, { "days_since(none)", TYPE_NUMBER, "?" },
		{ "months_since(day2)", TYPE_NUMBER, "1" }, { "months_since(2024-02-13)", TYPE_NUMBER, "1" },
		{ "months_since(2024-02-14)", TYPE_NUMBER, "0" }, { "months_since(2024-04-12)", TYPE_NUMBER, "0" },
		{ "months_since(2024-04-13)", TYPE_NUMBER, "-1" }, { "months_since(none)", TYPE_NUMBER, "?" }, { "year(day)", TYPE_NUMBER, "2024" },
		{ "month(day)", TYPE_NUMBER, "3" }, { "day(day)", TYPE_NUMBER, "5" }, { "today - day", TYPE_NUMBER, "8" },
		{ "day - 2024-03-01", TYPE_NUMBER, "4" }, { "last_order - 2024-02-01", TYPE_NUMBER, "19" }, { "2024-03-05 + 30", TYPE_DATE, "2024-04-04" },
		{ "30 + 2024-03-05", TYPE_DATE, "2024-04-04" }, { "2024-03-05 - 5", TYPE_DATE, "2024-02-29" }, { "last_order + 1e9", TYPE_DATE, "?" },
		{ "today - last_order", TYPE_NUMBER, "22" }, { "first_order + 1", TYPE_DATE, "?" }, { "last_order - none", TYPE_NUMBER, "?" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void functions_choose_and_round(void **state)
{
	static const struct expected cases[] = {
		{ "coalesce(none, 5)", TYPE_NUMBER, "5" }, { "coalesce(amount, 5)", TYPE_NUMBER, "1234.5" },
		{ "coalesce(none, dash, word)", TYPE_CELL, "Hello World" }, { "coalesce(none, dash)", TYPE_CELL, "?" },
		{ "coalesce(none, 'x')", TYPE_TEXT, "x" }, { "coalesce(first_order, last_order)", TYPE_DATE, "2024-02-20" },
		{ "coalesce(none, amount) > 5", TYPE_TRUTH, "true" }, { "if(amount > 1000, 'big', 'small')", TYPE_TEXT, "big" },
		{ "if(amount > 9999, 'big', 'small')", TYPE_TEXT, "small" }, { "if(none > 1, 1, 2)", TYPE_NUMBER, "2" },
		{ "if(true, none, 2)", TYPE_NUMBER, "?" }, { "if(flag, amount, other) + 1", TYPE_NUMBER, "1235.5" },
		{ "if(off, amount, if(flag, 7, 8))", TYPE_NUMBER, "7" }, { "abs(minus)", TYPE_NUMBER, "5" }, { "round(2.5)", TYPE_NUMBER, "3" },
		{ "round(-2.5)", TYPE_NUMBER, "-3" }, { "round(1.005, 2)", TYPE_NUMBER, "1.01" }, { "round(1250, -2)", TYPE_NUMBER, "1300" },
		{ "floor(amount)", TYPE_NUMBER, "1234" }, { "ceil(amount)", TYPE_NUMBER, "1235" }, { "min(3, 1, 2)", TYPE_NUMBER, "1" },
		{ "max(amount, other)", TYPE_NUMBER, "1234.5" }, { "max(last_order, day)", TYPE_DATE, "2024-03-05" }, { "min(1, none)", TYPE_NUMBER, "?" },
		{ "number('12')", TYPE_NUMBER, "12" }, { "number(word)", TYPE_NUMBER, "?" }, { "text(12.50)", TYPE_TEXT, "12.5" },
		{ "text(recency_days)", TYPE_TEXT, "12" }, { "text(day + 0)", TYPE_TEXT, "?" }, { "date('2024/3/5')", TYPE_DATE, "2024-03-05" },
		{ "date(day) + 1", TYPE_DATE, "2024-03-06" }, { "text(1 > 2)", TYPE_TEXT, "false" }, { "trim('  a  b ')", TYPE_TEXT, "a b" },
		{ "abs(none)", TYPE_NUMBER, "?" }, { "IF(1 > 0, 1, 0)", TYPE_NUMBER, "1" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void functions_know_empties_wrong_types_and_bounds(void **state)
{
	static const struct expected cases[] = {
		{ "upper(none)", TYPE_TEXT, "?" }, { "trim(none)", TYPE_TEXT, "?" }, { "upper(accent)", TYPE_TEXT, "ÉCOLE" }, { "lower(amount)", TYPE_TEXT, "1234.5" },
		{ "lower('ÀÖ')", TYPE_TEXT, "àö" }, { "trim('　x　')", TYPE_TEXT, "x" }, { "length('')", TYPE_NUMBER, "0" }, { "length('a中é')", TYPE_NUMBER, "3" },
		{ "length(amount)", TYPE_NUMBER, "6" }, { "length(list(none))", TYPE_NUMBER, "0" }, { "text(none)", TYPE_TEXT, "?" }, { "list(none) is empty", TYPE_TRUTH, "true" },
		{ "number(none)", TYPE_NUMBER, "?" }, { "number('10万')", TYPE_NUMBER, "100000" }, { "number('1e400')", TYPE_NUMBER, "?" }, { "number(true)", TYPE_CELL, "a number is needed here, this is true or false" },
		{ "date(none)", TYPE_DATE, "?" }, { "date('2024-02-30')", TYPE_DATE, "?" }, { "date(word)", TYPE_DATE, "?" }, { "date('45356')", TYPE_DATE, "2024-03-05" },
		{ "text(today)", TYPE_TEXT, "2024-03-13" }, { "text(1 / 3)", TYPE_TEXT, "0.333333333333333" }, { "text(1e15 * 10)", TYPE_TEXT, "10000000000000000" },
		{ "text(tags)", TYPE_TEXT, "VIP;老客户; key account" }, { "round(none)", TYPE_NUMBER, "?" }, { "round(1.5, none)", TYPE_NUMBER, "?" }, { "round(1e300, 15) = 1e300", TYPE_TRUTH, "true" }, { "text(1e300) = 'x'", TYPE_TRUTH, "false" }, { "text(0.00001)", TYPE_TEXT, "0.00001" }, { "text(-1e-300)", TYPE_TEXT, "0" }, { "text(1.25e-7)", TYPE_TEXT, "0.000000125" },
		{ "round(0.5)", TYPE_NUMBER, "1" }, { "round(2.675, 2)", TYPE_NUMBER, "2.68" }, { "round(-0.4)", TYPE_NUMBER, "0" }, { "round(7, 1e9)", TYPE_NUMBER, "7" },
		{ "floor(none)", TYPE_NUMBER, "?" }, { "floor(-1.5)", TYPE_NUMBER, "-2" }, { "ceil(-1.5)", TYPE_NUMBER, "-1" }, { "ceil(none)", TYPE_NUMBER, "?" }, { "floor(word)", TYPE_NUMBER, "?" },
		{ "abs(bad)", TYPE_NUMBER, "?" }, { "abs(0)", TYPE_NUMBER, "0" }, { "min(none, none)", TYPE_NUMBER, "?" }, { "max(1, 2, none)", TYPE_NUMBER, "?" },
		{ "max(first_order, last_order)", TYPE_DATE, "?" }, { "min(last_order, 2024-01-01)", TYPE_DATE, "2024-01-01" }, { "max(amount, word)", TYPE_NUMBER, "?" },
		{ "coalesce(first_order, today)", TYPE_DATE, "2024-03-13" }, { "coalesce(bad + 0, -1)", TYPE_NUMBER, "-1" }, { "coalesce(none > 1, false)", TYPE_TRUTH, "false" },
		{ "coalesce(1 / zero, none, 7)", TYPE_NUMBER, "7" }, { "if(none, 1, 2)", TYPE_NUMBER, "2" }, { "if(word, 1, 2)", TYPE_NUMBER, "2" }, { "if(false, 1, none)", TYPE_NUMBER, "?" },
		{ "if(true, day, today)", TYPE_DATE, "2024-03-05" }, { "year(none)", TYPE_NUMBER, "?" }, { "month(word)", TYPE_NUMBER, "?" }, { "day(2024-02-29)", TYPE_NUMBER, "29" },
		{ "year(today - 800000)", TYPE_NUMBER, "?" }, { "year(today + 2900000)", TYPE_NUMBER, "9964" }, { "today + 3000000", TYPE_DATE, "?" }, { "today - 1e300", TYPE_DATE, "?" },
		{ "days_since(today)", TYPE_NUMBER, "0" }, { "days_since(bad)", TYPE_NUMBER, "?" }, { "months_since(today)", TYPE_NUMBER, "0" }, { "months_since(2024-01-31)", TYPE_NUMBER, "1" },
		{ "months_since(2023-03-13)", TYPE_NUMBER, "12" }, { "decay(today, 30)", TYPE_NUMBER, "1" }, { "decay(today - 30, 30)", TYPE_NUMBER, "0.5" },
		{ "decay(2024-12-31, 30)", TYPE_NUMBER, "1" }, { "decay(none, 30)", TYPE_NUMBER, "?" }, { "decay(day, none)", TYPE_NUMBER, "?" }, { "decay(day, 0)", TYPE_NUMBER, "?" },
		{ "decay(day, -1)", TYPE_NUMBER, "?" }, { "round(100 * decay(today - 90, 30))", TYPE_NUMBER, "13" }, { "1e308 * 10", TYPE_NUMBER, "?" }, { "1e308 + 1e308", TYPE_NUMBER, "?" },
		{ "-1e308 - 1e308", TYPE_NUMBER, "?" }, { "1e-300 * 1e-300", TYPE_NUMBER, "0" }, { "1 / 1e-320", TYPE_NUMBER, "?" }, { "-0", TYPE_NUMBER, "0" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void operators_know_empties_wrong_types_and_bounds(void **state)
{
	static const struct expected cases[] = {
		{ "none <= 5", TYPE_TRUTH, "?" }, { "5 >= none", TYPE_TRUTH, "?" }, { "none != none", TYPE_TRUTH, "?" }, { "none < none", TYPE_TRUTH, "?" },
		{ "dash = '——'", TYPE_TRUTH, "?" }, { "first_order = last_order", TYPE_TRUTH, "?" }, { "flag != none", TYPE_TRUTH, "?" }, { "word >= 5", TYPE_TRUTH, "?" },
		{ "zero = minus", TYPE_TRUTH, "false" }, { "minus < zero", TYPE_TRUTH, "true" }, { "minus = -5", TYPE_TRUTH, "true" }, { "rate = 20%", TYPE_TRUTH, "true" },
		{ "rate > 0.2", TYPE_TRUTH, "false" }, { "money = 1234.5", TYPE_TRUTH, "true" }, { "1e300 > 1e299", TYPE_TRUTH, "true" }, { "day = day2", TYPE_TRUTH, "false" },
		{ "none in (1, 2)", TYPE_TRUTH, "?" }, { "bad in (12, 13)", TYPE_TRUTH, "?" }, { "1 in (none)", TYPE_TRUTH, "?" }, { "2024-03-05 in (day)", TYPE_TRUTH, "true" },
		{ "last_order in (2024-02-20)", TYPE_TRUTH, "true" }, { "first_order in (2024-02-20)", TYPE_TRUTH, "?" }, { "flag in (true)", TYPE_TRUTH, "true" },
		{ "'' in tags", TYPE_TRUTH, "false" }, { "'x' in none", TYPE_TRUTH, "false" }, { "'Hello World' in word", TYPE_TRUTH, "true" }, { "'老客户' in tags and 'a' in labels", TYPE_TRUTH, "true" },
		{ "amount between 1 and none", TYPE_TRUTH, "?" }, { "amount between 2000 and none", TYPE_TRUTH, "false" }, { "bad between 1 and 2", TYPE_TRUTH, "?" },
		{ "last_order between 2024-02-20 and 2024-02-20", TYPE_TRUTH, "true" }, { "first_order between 2024-01-01 and today", TYPE_TRUTH, "?" },
		{ "amount not between none and 1", TYPE_TRUTH, "true" }, { "(none > 1) is empty", TYPE_TRUTH, "true" }, { "(1 > 2) is empty", TYPE_TRUTH, "false" }, { "zero is empty", TYPE_TRUTH, "false" },
		{ "off is empty", TYPE_TRUTH, "false" }, { "recency_days is not empty", TYPE_TRUTH, "true" }, { "none ~ /^$/", TYPE_TRUTH, "?" }, { "amount ~ /\\.5$/", TYPE_TRUTH, "true" },
		{ "recency_days ~ /^12$/", TYPE_TRUTH, "true" }, { "last_order starts with '2024-02'", TYPE_TRUTH, "true" }, { "first_order ends with '1'", TYPE_TRUTH, "?" }, { "word ~ /(?i)hello/", TYPE_TRUTH, "true" }, { "word ~ /./s and name !~ /\\d/", TYPE_TRUTH, "true" }, { "none !~ /x/ or true", TYPE_TRUTH, "true" },
		{ "amount contains '23'", TYPE_TRUTH, "true" }, { "none contains none", TYPE_TRUTH, "?" }, { "name contains ''", TYPE_TRUTH, "true" }, { "none not contains 'x'", TYPE_TRUTH, "?" },
		{ "name starts with name", TYPE_TRUTH, "true" }, { "name ends with '张三三'", TYPE_TRUTH, "false" }, { "none not starts with 'x'", TYPE_TRUTH, "?" }, { "first_order within 30 days", TYPE_TRUTH, "?" },
		{ "today within next 0 days", TYPE_TRUTH, "true" }, { "day within -1 days", TYPE_TRUTH, "false" }, { "day within bad days", TYPE_TRUTH, "?" }, { "day not within none days", TYPE_TRUTH, "?" },
		{ "2024-02-29 within 1 years", TYPE_TRUTH, "true" }, { "2023-03-13 within 1 year", TYPE_TRUTH, "true" }, { "2023-03-12 within 1 year", TYPE_TRUTH, "false" }, { "future within next 1e300 years", TYPE_TRUTH, "true" },
		{ "not none", TYPE_TRUTH, "?" }, { "not word", TYPE_TRUTH, "?" }, { "flag and none", TYPE_TRUTH, "?" }, { "off and none", TYPE_TRUTH, "false" }, { "off or none", TYPE_TRUTH, "?" },
		{ "flag or none", TYPE_TRUTH, "true" }, { "none or none", TYPE_TRUTH, "?" }, { "(none > 1 or true) and not (none > 1 and false)", TYPE_TRUTH, "true" },
		{ "today - first_order", TYPE_NUMBER, "?" }, { "first_order - today", TYPE_NUMBER, "?" }, { "today + none", TYPE_DATE, "?" }, { "today + word", TYPE_DATE, "?" },
		{ "count() > 0", TYPE_TRUTH, "?" }, { "mean(amount) > 0 or true", TYPE_TRUTH, "true" }, { "percentile(amount) >= 0 and false", TYPE_TRUTH, "false" },
	};

	(void)state;
	CHECK_ALL(cases);
}

struct faulty {
	const char *text, *code;
	size_t from, to;  /* bytes the carets stand under */
	const char *says; /* part of the message */
};

static void faults_point_at_their_place(void **state)
{
	static const struct faulty cases[] = {
		{ "", "syntax", 0, 0, "empty" }, { "   ", "syntax", 3, 3, "empty" }, { "amount >", "syntax", 8, 8, "ends" },
		{ "amount > > 5", "syntax", 9, 10, "a value is missing" }, { "(amount > 5", "syntax", 11, 11, ") is missing" },
		{ "amount > 5)", "syntax", 10, 11, "missing before this" }, { "amount 5", "syntax", 7, 8, "missing before this" },
		{ "amout > 5", "unknown-column", 0, 5, "nearest: 'amount'" }, { "金额 > 5", "unknown-column", 0, 6, "nearest: '成交金额'" },
		{ "true and nme = 'x'", "unknown-column", 9, 12, "nearest: 'name'" }, { "word > 'abc", "syntax", 7, 11, "not closed" },
		{ "`odd", "syntax", 0, 4, "not closed" }, { "word ~ /abc", "syntax", 7, 11, "not closed" }, { "word ~ /abc/q", "syntax", 12, 13, "flags" },
		{ "word ~ 5", "syntax", 7, 8, "pattern" }, { "word ~ /a(b/", "bad-pattern", 11, 12, "parenthesis" }, { "word ~ 'a)'", "bad-pattern", 9, 10, "parenthes" }, { "5days > 3", "syntax", 0, 2, "backticks" },
		{ "2024-02-30 < today", "bad-date", 0, 10, "no such day" }, { "1234567890123456 = id", "bad-number", 0, 16, "quotes" },
		{ "amount > 'abc' + 1", "type", 9, 14, "a number is needed" }, { "recency_days = 'x'", "type", 15, 18, "a number is needed" },
		{ "1 and true", "type", 0, 1, "true or false is needed" }, { "not 'x'", "type", 4, 7, "true or false" },
		{ "tags = 'VIP'", "type", 0, 12, "in tags" }, { "name = ''", "empty-text", 7, 9, "is empty" }, { "true < false", "type", 0, 12, "no order" },
		{ "1 < amount < 5", "syntax", 11, 12, "between" }, { "amount between 1 or 2", "syntax", 17, 19, "and" },
		{ "foo(1)", "unknown-function", 0, 3, "no function" }, { "lenght(name)", "unknown-function", 0, 6, "nearest: length" },
		{ "lower()", "arguments", 0, 7, "lower takes 1" }, { "if(true, 1)", "arguments", 0, 11, "if takes 3" }, { "round(1,2,3)", "arguments", 0, 12, "round" },
		{ "amount in ()", "arguments", 0, 12, "nothing" }, { "amount in (1, )", "syntax", 14, 15, "value is missing" },
		{ "name is 5", "syntax", 8, 9, "empty" }, { "name not 5", "syntax", 9, 10, "not wants" }, { "name starts 'x'", "syntax", 12, 15, "with" },
		{ "day within 5", "syntax", 12, 12, "days" }, { "amount # 5", "syntax", 7, 8, "no meaning" }, { "amount > 5 。", "syntax", 11, 14, "no meaning" },
		{ "last_order + last_order", "type", 13, 23, "a number is needed" }, { "if(true, 1, 'x')", "type", 12, 15, "a number is needed" },
		{ "amount in (1, 'x')", "type", 14, 17, "a number is needed" }, { "成交金额 > 10万 and 不存在的列 > 1", "unknown-column", 25, 40, "no column" },
		{ "max('a', 'b')", "type", 4, 7, "a number is needed" }, { "number(today)", "type", 7, 12, "a number is needed" },
		{ "mean() > 1", "arguments", 0, 6, "needs a value" }, { "mean(by 行业) > 1", "arguments", 0, 15, "needs a value" },
		{ "sum(1 + mean(amount)) > 1", "nested", 4, 20, "statistic" }, { "mean(amount by) > 1", "syntax", 14, 15, "value is missing" },
		{ "mean(amount, other) > 1", "syntax", 11, 12, ") is missing" }, { "mean('x') > 1", "type", 5, 8, "a number is needed" },
		{ "percentile(amount) >= 80%", "type", 22, 25, "from 0 to 100" }, { "行业 = 制造业", "unknown-column", 9, 18, "in quotes" }, { "成交金额 > '10万'", "type", 15, 22, "without them: 10万" },
		{ "amount between '1' and 5", "type", 15, 18, "number" }, { "name 为空", "syntax", 5, 11, "is empty" }, { "amount > 100,000", "syntax", 12, 13, "no commas" },
		{ "name like 'x'", "syntax", 5, 9, "contains" }, { "平均(amount) > 1", "unknown-function", 0, 6, "mean" }, { "2024/2/30 < today", "bad-date", 0, 9, "no such day" },
		{ "１２３４５６７８９０１２３４５６７ > 1", "bad-number", 0, 51, "15 digits" }, { "3 w > 1", "syntax", 2, 3, "missing before" },
		{ "1e999 > 2", "bad-number", 0, 5, "too large" }, { "and", "syntax", 0, 3, "value is missing" }, { "\xff", "encoding", 0, 1, "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench *bench = bench_new();
		enum type type;
		uint32_t entry;

		if (bench_compile(bench, slice_of(cases[i].text), TYPE_CELL, &entry, &type) == 0)
			fail_msg("%s: no fault", cases[i].text);
		if (strcmp(bench->fault.code, cases[i].code) != 0 || bench->fault.from != cases[i].from || bench->fault.to != cases[i].to ||
		    !strstr(bench->fault.text, cases[i].says))
			fail_msg("%s: %s %zu-%zu %s", cases[i].text, bench->fault.code, bench->fault.from, bench->fault.to,
				 bench->fault.text);
		bench_free(bench);
	}
}

/* `head`, then `middle` n times, then `tail` n times. */
static struct slice repeated(const char *head, const char *middle, const char *tail, size_t n, struct buf *buf)
{
	buf_init(buf, BUF_UNLIMITED);
	for (size_t i = 0; i < n; i++)
		buf_add(buf, slice_of(middle));
	buf_add(buf, slice_of(head));
	for (size_t i = 0; i < n; i++)
		buf_add(buf, slice_of(tail));
	return buf_slice(buf);
}

static void hostile_expressions_end_with_a_fault(void **state)
{
	static const struct { const char *head, *middle, *tail, *code; size_t n; } cases[] = {
		{ "1", "1 + ", "", "too-long", 1 << 18 }, { "true", "(", ")", "too-deep", 30000 }, { "true", "not ", "", "too-deep", 15000 },
		{ "1", "-", "", "too-deep", 60000 }, { "1", "1 + ", "", "too-deep", 15000 }, { "1", "abs(", ")", "too-deep", 10000 },
		{ "1", "(", "", "too-deep", 60000 }, { "true", "", " and", "syntax", 10000 }, { "", "'", "", "missing", 60001 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench *bench = bench_new();
		struct buf buf;
		enum type type;
		uint32_t entry;

		assert_int_equal(bench_compile(bench, repeated(cases[i].head, cases[i].middle, cases[i].tail, cases[i].n, &buf), TYPE_CELL,
					       &entry, &type), -1);
		if (strcmp(cases[i].code, "missing") != 0)
			assert_string_equal(bench->fault.code, cases[i].code);
		buf_release(&buf);
		bench_free(bench);
	}
}

static void long_chains_of_and_and_or_are_fine(void **state)
{
	struct bench *bench = bench_new();
	struct buf buf;
	enum type type;
	uint32_t entry;

	(void)state;
	assert_int_equal(bench_compile(bench, repeated("true", "amount > 1 and ", "", 4000, &buf), TYPE_TRUTH, &entry, &type), 0);
	assert_true(bench->program.stack <= 4);
	assert_int_equal(bench->program.load_count, 1);
	buf_release(&buf);
	bench_free(bench);
}

static void a_catastrophic_pattern_is_a_fault_of_the_row(void **state)
{
	struct bench *bench = bench_new();
	struct evaluator evaluator;
	enum type type;
	uint32_t entry;

	(void)state;
	assert_int_equal(bench_compile(bench, SLICE("name ~ /^(a+)+$/"), TYPE_TRUTH, &entry, &type), 0);
	evaluator_init(&evaluator, &bench->program, AS_OF, false);
	bench->cells[0] = SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
	evaluator_row(&evaluator, bench->cells, (struct row_facts){ 0 }, 0, 1);
	assert_false(evaluator_run(&evaluator, entry).known);
	assert_string_equal(evaluator.fault.code, "regex-limit");
	assert_int_equal(evaluator.fault.column, 1);
	bench->cells[0] = SLICE("aaaa");
	evaluator_row(&evaluator, bench->cells, (struct row_facts){ 0 }, 0, 2);
	assert_true(evaluator_holds(&evaluator, entry));
	assert_null(evaluator.fault.code);
	bench->cells[0] = SLICE("aa\xff");
	evaluator_row(&evaluator, bench->cells, (struct row_facts){ 0 }, 0, 3);
	assert_false(evaluator_holds(&evaluator, entry));
	assert_string_equal(evaluator.fault.code, "encoding-error");
	evaluator_release(&evaluator);
	bench_free(bench);
}

static void unusable_cells_are_counted_with_the_first(void **state)
{
	struct bench *bench = bench_new();
	struct evaluator evaluator;
	struct unusable sum[1] = { { 2, 0, 9, "'later'" } };
	enum type type;
	uint32_t entry;

	(void)state;
	assert_int_equal(bench_compile(bench, SLICE("bad > 5 and bad < 7 or bad is empty"), TYPE_TRUTH, &entry, &type), 0);
	evaluator_init(&evaluator, &bench->program, AS_OF, false);
	for (uint64_t line = 7; line < 9; line++) {
		evaluator_row(&evaluator, bench->cells, (struct row_facts){ 0 }, 0, line);
		evaluator_run(&evaluator, entry);
	}
	assert_int_equal(evaluator.unusable[0].count, 2);
	assert_int_equal(evaluator.unusable[0].line, 7);
	unusable_merge(sum, evaluator.unusable, 1);
	assert_int_equal(sum[0].count, 4);
	assert_string_equal(sum[0].sample, "'12x'");
	evaluator_release(&evaluator);
	bench_free(bench);
}

static void conditions_are_judged_once_and_leave_their_traces(void **state)
{
	struct bench *bench = bench_new();
	struct slice names[] = { SLICE("大客户"), SLICE("twice") };
	struct scope scope = { .headers = bench->headers, .roles = bench->roles, .columns = COLUMNS, .conditions = names };
	static const char *const texts[] = { "amount > 1000 or other > 5", "大客户 and 大客户", "twice and `name` is not empty" };
	struct evaluator evaluator;
	uint32_t entry = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct node *root = expression_parse(slice_of(texts[i]), &bench->arena, &bench->fault);

		assert_non_null(root);
		assert_int_equal(types_settle(&root, TYPE_TRUTH, &scope, &bench->arena, &bench->fault), 0);
		assert_int_equal(program_add(&bench->program, root, &entry, &bench->fault), 0);
		program_condition(&bench->program, entry);
		scope.condition_count++;
	}
	evaluator_init(&evaluator, &bench->program, AS_OF, true);
	evaluator_row(&evaluator, bench->cells, (struct row_facts){ 0 }, 0, 1);
	assert_true(evaluator_holds(&evaluator, entry));
	assert_int_equal(bench->program.load_count, 3);
	assert_true(evaluator.touched[0] && evaluator.touched[1] && evaluator.touched[2]);
	evaluator_forget(&evaluator);
	assert_true(evaluator_holds(&evaluator, bench->program.conditions[0].entry));
	assert_true(evaluator.touched[0] && !evaluator.touched[1]);
	evaluator_release(&evaluator);
	bench_free(bench);
}

static double figure(struct statistics *statistics, size_t number, const char *key, double value)
{
	double result;

	return statistics_get(statistics, number, slice_of(key), value, &result) ? result : -1;
}

static void statistics_are_of_all_rows_or_by_key(void **state)
{
	struct bench *bench = bench_new();
	struct statistics statistics;
	static const double values[] = { 10, 30, 20, 20, 1e16, 1, -1e16 };
	enum type type;
	uint32_t entry;

	(void)state;
	assert_int_equal(bench_compile(bench, SLICE("percentile(amount) > 1 and rank(amount by 行业) > 1 and mean(amount) by 行业 > 1 "
						    "and sum(amount) > 1 and count() > 1 and median(amount) > 1"), TYPE_TRUTH, &entry, &type), 0);
	assert_int_equal(bench->program.statistic_count, 6);
	assert_true(bench->program.statistics[1].grouped && bench->program.statistics[2].grouped && !bench->program.statistics[3].grouped);
	statistics_init(&statistics, &bench->program);
	for (size_t i = 0; i < 4; i++) {
		statistics_add(&statistics, 0, SLICE(""), values[i]);
		statistics_add(&statistics, 1, i < 2 ? SLICE("a") : SLICE("b"), values[i]);
		statistics_add(&statistics, 2, i < 2 ? SLICE("a") : SLICE("b"), values[i]);
		statistics_add(&statistics, 5, SLICE(""), values[i]);
	}
	for (size_t i = 0; i < 7; i++)
		statistics_add(&statistics, 3, SLICE(""), values[i]);
	statistics_finish(&statistics);
	assert_true(figure(&statistics, 0, "", 10) == 0 && figure(&statistics, 0, "", 30) == 100);
	assert_true(fabs(figure(&statistics, 0, "", 20) - 100.0 / 3) < 1e-12);
	assert_true(figure(&statistics, 1, "a", 30) == 1 && figure(&statistics, 1, "a", 10) == 2 && figure(&statistics, 1, "b", 20) == 1);
	assert_true(figure(&statistics, 2, "a", 0) == 20 && figure(&statistics, 2, "none", 0) == -1);
	assert_true(figure(&statistics, 3, "", 0) == 81);  /* 1e16 + 1 − 1e16 loses nothing */
	assert_true(figure(&statistics, 4, "", 0) == 0 && figure(&statistics, 5, "", 0) == 20);
	statistics_release(&statistics);
	bench_free(bench);
}

static void empty_cells_are_those_of_text_is_empty(void **state)
{
	static const char *const cells[] = { "", " ", "null", "NULL", "N/A", "n/a", "NA", "#N/A", "-", "--", "—", "——", "无", "暂无", "未知", "空",
					     "Ｎ／Ａ", "　", " 无 ", "无锡", "空调", "未", "暂", "中文", "0", "name", "x", "未知 ", "-5", "é" };

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		assert_int_equal(convert_is_empty(slice_of(cells[i])), text_is_empty(slice_of(cells[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_have_their_value),
		cmocka_unit_test(columns_are_found_by_name_role_and_case),
		cmocka_unit_test(what_people_write_is_understood),
		cmocka_unit_test(arithmetic_follows_precedence_and_unknown),
		cmocka_unit_test(comparisons_know_three_values),
		cmocka_unit_test(logic_is_that_of_sql),
		cmocka_unit_test(sets_ranges_and_emptiness),
		cmocka_unit_test(texts_are_matched),
		cmocka_unit_test(dates_are_counted),
		cmocka_unit_test(functions_choose_and_round),
		cmocka_unit_test(functions_know_empties_wrong_types_and_bounds),
		cmocka_unit_test(operators_know_empties_wrong_types_and_bounds),
		cmocka_unit_test(faults_point_at_their_place),
		cmocka_unit_test(hostile_expressions_end_with_a_fault),
		cmocka_unit_test(long_chains_of_and_and_or_are_fine),
		cmocka_unit_test(a_catastrophic_pattern_is_a_fault_of_the_row),
		cmocka_unit_test(statistics_are_of_all_rows_or_by_key),
		cmocka_unit_test(empty_cells_are_those_of_text_is_empty),
		cmocka_unit_test(unusable_cells_are_counted_with_the_first),
		cmocka_unit_test(conditions_are_judged_once_and_leave_their_traces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("eval", tests, NULL, NULL);
}
