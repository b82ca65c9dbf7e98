#include "base/test.h"

#include "clean/layout.h"

enum { CELLS_MOST = 12, ROWS_MOST = 12 };

/* A batch of rows cut at '\n', of cells cut at ','. */
static void set_batch(struct batch *batch, const char *text)
{
	struct slice rest = slice_of(text);

	batch_init(batch);
	while (rest.len) {
		struct slice line = slice_cut(&rest, '\n');
		struct record *record = batch_add_record(batch);

		record->values = arena_zero(&batch->arena, CELLS_MOST, sizeof *record->values);
		do
			record->values[record->value_count++] = slice_cut(&line, ',');
		while (line.len);
	}
}

static void the_header_is_found(void **state)
{
	static const struct {
		size_t header;
		bool found;
		const char *text;
	} cases[] = {
		{ 0, true, "name,phone\nAnn,12" },
		{ 0, true, "姓名,手机,邮箱" },                                           /* header only */
		{ 1, true, "客户名单,,,\n姓名,手机,邮箱,备注\n王,138,a@b.c," },               /* title */
		{ 3, true, "客户导入模板\n请按要求填写，带*为必填项\n,,\n*客户名称,*手机,地址\n甲,1,乙" },
		{ 1, true, "导出时间：,2024-03-05,,,,\n客户编号,客户名称,手机,地址,行业,备注\n1,2,3,4,5,6" },
		{ 1, true, "基本信息,,,联系方式,,\n姓名,性别,生日,手机,邮箱,地址\n甲,男,1990-01-01,1,2,3" }, /* merged cells above */
		{ 1, true, "必填,选填,必填\n姓名,部门,手机\n甲,乙,13800000000" },             /* not distinct */
		{ 0, true, "foo,bar,baz\n1,2,3" },                                    /* nothing known */
		{ 0, true, "foo,bar,baz\nx,y,z" },
		{ 0, true, "渠道方式,甲,乙\n电话,邮箱,c" },                                /* a data row of known words */
		{ 0, true, "渠道方式\n电话\n邮箱" },
		{ 0, true, "手机\n13812345678" },                                      /* one column */
		{ 1, true, "客户名单\n手机\n13812345678" },
		{ 0, true, "field,label\nname,姓名\nphone,手机" },
		{ 0, true, "姓名,2024-01,2024-02,金额\n甲,1,2,3" },                       /* months as headers; 姓名 alone is known */
		{ 0, true, "客户,手机,2024-01,2024-02\n甲,1,2,3" },
		{ 0, true, "Id,Name,Weird\n1,2,3" },
		{ 0, true, "a\nb" },
		{ 0, false, "1,2,3\n4,5,6" },                                         /* none: still the first row */
		{ 1, false, "report,,\n1,2,3\n4,5,6" },
		{ 0, false, "Ann,ann@x.com,1\nBob,bob@x.com,2" },
		{ 0, true, "姓名,电话,,,,\n甲,1,2,3,4,5" },                              /* narrow, but known */
		{ 2, true, "\n,,\n姓名,电话\n甲,1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct batch batch;
		struct role_dictionary *dictionary = role_dictionary_new(KIND_CUSTOMERS);
		struct layout_header header;

		set_batch(&batch, cases[i].text);
		header = layout_find_header(&batch, dictionary);
		role_dictionary_free(dictionary);
		if (header.last != cases[i].header || header.found != cases[i].found)
			fail_msg("header %zu (%s) of:\n%s", header.last, header.found ? "found" : "not found", cases[i].text);
		batch_release(&batch);
	}
}

static void totals_are_told_from_records(void **state)
{
	static const struct {
		bool total;
		const char *row;
	} cases[] = {
		{ true, "合计,,,1200" },
		{ true, "共2家,,," },
		{ true, "小王 小计,,3" },
		{ true, ",华东汇总,,12,3" },
		{ false, "小王 小计,甲公司,3" },
		{ false, "数据汇总,5,3" },
		{ false, "数据汇总,," },
		{ true, ",共 27 条," },
		{ false, "共2家,,,x" },
		{ false, "2家,,," },
		{ false, "共享单车公司,,," },
		{ true, "合计：,,,￥1200.50" },
		{ true, ",合 计,,12万" },
		{ true, "合　计,12," },
		{ true, "合计(3条),," },
		{ true, "小计,," },
		{ true, "总计 12,3,—" },
		{ true, "本页小计,1,2" },
		{ true, "合计,3家,,12" },
		{ true, "合计,共27条," },
		{ true, "Total,12 rows," },
		{ false, "合计,共济公司,12" },
		{ false, "合计,家,12" },
		{ true, "Total,,12.5" },
		{ true, "TOTAL:,,12.5" },
		{ true, "Grand total,,1,2" },
		{ true, "Subtotal,,1,2" },
		{ false, "Total,," },                           /* the company */
		{ false, "Total,,total@x.com,12" },
		{ false, "Total Gas,,,12" },
		{ false, "合计划有限公司,13812345678," },
		{ false, "合计,上海某某有限公司,12" },
		{ false, "总经理,1,2" },
		{ false, "合计" },                               /* one column */
		{ false, "12,合计,3" },
		{ false, ",,," },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct batch batch;

		set_batch(&batch, cases[i].row);
		if (layout_is_total(batch.records[0].values, batch.records[0].value_count) != cases[i].total)
			fail_msg("'%s'", cases[i].row);
		batch_release(&batch);
	}
}

static void blank_rows_have_only_white_space(void **state)
{
	const struct slice blank[] = { SLICE(""), SLICE("  \t") }, filled[] = { SLICE(""), SLICE("0") };

	(void)state;
	assert_true(layout_is_blank(blank, 2));
	assert_false(layout_is_blank(filled, 2));
}

static void notes_below_a_table_are_told_from_records(void **state)
{
	static const struct { bool note; const char *row; } cases[] = {
		{ true, "备注：内部资料，请勿外传,,,," }, { true, ",,制表人：张三," }, { true, "Note: internal use only,,," },
		{ true, "制表人：张三,,审核：李四,日期：2024-03-05" }, { true, "第 2 页,,," }, { true, ",,Page 2 of 3," },
		{ false, "第一医院,,," }, { false, "Page Turners Ltd,,," }, { false, "第2医院,,," }, { false, ",,," },
		{ false, "备注：x,张三,," }, { false, "备注,,," }, { false, "张三：,,," }, { false, "备注：x,"  }, { false, "Notebook World Ltd,,," },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct batch batch;

		set_batch(&batch, cases[i].row);
		if (layout_is_note(batch.records[0].values, batch.records[0].value_count) != cases[i].note)
			fail_msg("'%s'", cases[i].row);
		batch_release(&batch);
	}
}

static void instructions_below_a_header_are_told_from_records(void **state)
{
	static const struct { bool instruction; const char *row; } cases[] = {
		{ true, "必填,选填,,必填，最多50字" }, { true, "(必填),(选填)" }, { true, "Required,Optional" }, { true, "示例：张三,13800000000" },
		{ true, ",例,x" }, { false, "必填," }, { false, "必填,张三" }, { false, "示例公司,张三" }, { false, "张三,示例" }, { false, "," },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct batch batch;

		set_batch(&batch, cases[i].row);
		if (layout_is_instruction(batch.records[0].values, batch.records[0].value_count) != cases[i].instruction)
			fail_msg("'%s'", cases[i].row);
		batch_release(&batch);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_found),
		cmocka_unit_test(totals_are_told_from_records),
		cmocka_unit_test(notes_below_a_table_are_told_from_records),
		cmocka_unit_test(instructions_below_a_header_are_told_from_records),
		cmocka_unit_test(blank_rows_have_only_white_space),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
