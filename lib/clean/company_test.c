#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "clean/address.h"
#include "clean/company.h"

static void company_names_fall_into_their_parts(void **state)
{
	static const struct { const char *name, *place, *brand, *trade, *form, *branch; } cases[] = {
		{ "上海某某网络科技有限公司", "上海", "某某", "网络科技", "有限公司", "" },
		{ "某某网络科技（上海）有限公司", "上海", "某某", "网络科技", "有限公司", "" },
		{ "深圳市腾讯计算机系统有限公司", "深圳市", "腾讯计算机系统", "", "有限公司", "" },
		{ "腾讯科技(深圳)有限公司上海分公司", "深圳", "腾讯", "科技", "有限公司", "上海分公司" },
		{ "江苏省苏州市恒力集团股份有限公司", "江苏省苏州市", "恒力", "", "集团股份有限公司", "" },
		{ "华为", "", "华为", "", "", "" }, { "北京公司", "", "北京", "", "公司", "" },
		{ "Acme Technologies Co., Ltd.", "", "acme", "technologies", "co ltd", "" }, { "The Home Depot, Inc.", "", "home depot", "", "inc", "" },
		{ "Smith & Sons GmbH", "", "smith sons", "", "gmbh", "" }, { "Limited", "", "limited", "", "", "" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct company c = company_parse(slice_of(cases[i].name), &arena);

		if (!slice_equal(c.place, slice_of(cases[i].place)) || !slice_equal(c.brand, slice_of(cases[i].brand)) ||
		    !slice_equal(c.trade, slice_of(cases[i].trade)) || !slice_equal(c.form, slice_of(cases[i].form)) ||
		    !slice_equal(c.branch, slice_of(cases[i].branch)))
			fail_msg("%s: [%.*s] [%.*s] [%.*s] [%.*s] [%.*s]", cases[i].name, SLICE_ARG(c.place), SLICE_ARG(c.brand),
				 SLICE_ARG(c.trade), SLICE_ARG(c.form), SLICE_ARG(c.branch));
	}
	assert_true(company_is_likely(SLICE("某某贸易有限公司")) && company_is_likely(SLICE("Acme Inc.")));
	assert_false(company_is_likely(SLICE("张伟")) || company_is_likely(SLICE("John Smith")));
	arena_release(&arena);
}

static void addresses_are_split_by_the_table(void **state)
{
	static const struct { const char *text, *province, *city, *district, *detail; } cases[] = {
		{ "广东省深圳市南山区科技园路1号", "广东", "深圳", "南山区", "科技园路1号" },
		{ "上海市浦东新区世纪大道100号", "上海", "", "浦东新区", "世纪大道100号" },
		{ "深圳南山区", "广东", "深圳", "南山区", "" }, { "中国江苏苏州昆山市人民路2号", "江苏", "苏州", "昆山市", "人民路2号" },
		{ "世纪大道100号", "", "", "", "世纪大道100号" }, { "1 Main St, Springfield", "", "", "", "1 Main St, Springfield" },
		{ "内蒙古自治区呼和浩特市新城区", "内蒙古", "呼和浩特", "新城区", "" },
		{ "中山路12号", "", "", "", "中山路12号" }, { "上海市北京东路668号", "上海", "", "", "北京东路668号" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct address a = address_parse(slice_of(cases[i].text), &arena);

		if (!slice_equal(a.province, slice_of(cases[i].province)) || !slice_equal(a.city, slice_of(cases[i].city)) ||
		    !slice_equal(a.district, slice_of(cases[i].district)) || !slice_equal(a.detail, slice_of(cases[i].detail)))
			fail_msg("%s: [%.*s] [%.*s] [%.*s] [%.*s]", cases[i].text, SLICE_ARG(a.province), SLICE_ARG(a.city),
				 SLICE_ARG(a.district), SLICE_ARG(a.detail));
	}
	assert_true(slice_equal(address_region(SLICE("广东省")), SLICE("广东")) && slice_equal(address_region(SLICE("深圳市")), SLICE("深圳")));
	assert_true(slice_equal(address_region(SLICE("某地")), SLICE("某地")));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(company_names_fall_into_their_parts),
		cmocka_unit_test(addresses_are_split_by_the_table),
	};

	return cmocka_run_group_tests_name("company", tests, NULL, NULL);
}
