#include "base/test.h"

#include "clean/two_rows.h"

enum { CELLS_MOST = 12 };

static struct record record_of(const char *text, uint64_t row, struct arena *arena)
{
	struct record record = { .row = row, .values = arena_zero(arena, CELLS_MOST, sizeof *record.values) };
	struct slice rest = slice_of(text);

	while (rest.len)
		record.values[record.value_count++] = slice_cut(&rest, ',');
	return record;
}

/* The joined names, or "no" when the two rows are no header. */
static struct slice header_of(const char *above, const char *below, bool chosen_upper, struct arena *arena)
{
	struct role_dictionary *dictionary = role_dictionary_new(KIND_CUSTOMERS);
	struct record upper = record_of(above, 1, arena), lower = record_of(below, 2, arena);
	struct slice names[CELLS_MOST], joined = SLICE("no");

	if (two_rows_are_header(&upper, &lower, chosen_upper, dictionary)) {
		size_t count = two_rows_names(&upper, &lower, dictionary, names, arena);

		joined = SLICE("");
		for (size_t i = 0; i < count; i++)
			joined = arena_format(arena, "%.*s%s%.*s", SLICE_ARG(joined), i ? "," : "", SLICE_ARG(names[i]));
	}
	role_dictionary_free(dictionary);
	return joined;
}

static void two_rows_make_one_header(void **state)
{
	static const struct {
		bool chosen_upper;
		const char *upper, *lower, *names;
	} cases[] = {
		/* the second row of merged cells is empty under a column of its own */
		{ true, "姓名,联系方式,,备注", ",手机,邮箱,", "姓名,手机,邮箱,备注" },
		{ true, "客户,2023年,,2024年,", ",金额,数量,金额,数量", "客户,2023年_金额,2023年_数量,2024年_金额,2024年_数量" },
		{ false, ",2023年,,2024年,", "客户,金额,数量,金额,数量", "客户,2023年_金额,2023年_数量,2024年_金额,2024年_数量" },
		{ true, "Name,Contact,,", ",Phone,Email,Fax", "Name,Phone,Email,Contact_Fax" },
		{ false, ",2023年,,2024年,,,", "客户,金额,数量,金额,数量,手机,其他", "客户,2023年_金额,2023年_数量,2024年_金额,2024年_数量,手机,其他" },
		/* a cell that is repeated beneath itself */
		{ true, "姓名,联系方式,", "姓名,手机,邮箱", "姓名,手机,邮箱" },
		/* headings that only say what is beneath, and others */
		{ false, "基本信息,,,其他,", "姓名,性别,手机,爱好,颜色", "姓名,性别,手机,其他_爱好,其他_颜色" },
		/* whose phone: the customer's, not the colleague's */
		{ true, "客户名称,业务员,", ",姓名,电话", "客户名称,业务员_姓名,业务员_电话" },
		{ false, "项目经理,,联系人,", "姓名,电话,姓名,电话", "项目经理_姓名,项目经理_电话,姓名,电话" },
		{ false, "联系人一,,联系人二,", "姓名,电话,姓名,电话", "姓名,电话,联系人二_姓名,联系人二_电话" },
		{ false, "甲,,乙,", "姓名,电话,姓名,电话", "甲_姓名,甲_电话,乙_姓名,乙_电话" },
		/* a title, an instruction, data */
		{ false, "客户名单,,,", "姓名,手机,邮箱,备注", "no" },
		{ false, "制表人：张三,,日期,", "姓名,手机,邮箱,备注", "no" },
		{ false, "必填,,选填,", "姓名,手机,邮箱,备注", "no" },
		{ true, "姓名,手机,,备注", "甲,13812345678,x,", "no" },
		{ true, "客户,部门,,备注", "甲,销售,x,", "no" },
		{ true, "姓名,手机,邮箱", "甲,乙,丙", "no" },
		{ true, "客户,2023年,", "甲,12,3", "no" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice got = header_of(cases[i].upper, cases[i].lower, cases[i].chosen_upper, &arena);

		if (!slice_equal(got, slice_of(cases[i].names)))
			fail_msg("%s / %s: [%.*s], not [%s]", cases[i].upper, cases[i].lower, SLICE_ARG(got), cases[i].names);
	}
	arena_release(&arena);
}

static void rows_apart_are_no_header(void **state)
{
	struct role_dictionary *dictionary = role_dictionary_new(KIND_CUSTOMERS);
	struct record upper, lower;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	upper = record_of("姓名,联系方式,,备注", 1, &arena);
	lower = record_of(",手机,邮箱,", 3, &arena);
	assert_false(two_rows_are_header(&upper, &lower, true, dictionary));
	lower.row = 2;
	assert_true(two_rows_are_header(&upper, &lower, true, dictionary));
	role_dictionary_free(dictionary);
	arena_release(&arena);
}

static void periods_are_labels(void **state)
{
	static const char *const periods[] = { "2023年", "2023年度", "2024年3月", "12月", "Q1", "q4" };
	static const char *const others[] = { "2023", "2024年3月5日", "13月5", "Q5", "年", "", "123年" };

	(void)state;
	for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
		assert_true(two_rows_is_period(slice_of(periods[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(two_rows_is_period(slice_of(others[i])));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_rows_make_one_header),
		cmocka_unit_test(rows_apart_are_no_header),
		cmocka_unit_test(periods_are_labels),
	};

	return cmocka_run_group_tests_name("two_rows", tests, NULL, NULL);
}
