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
		{ "深圳市腾讯计算机系统有限公司", "深圳市", "腾讯", "计算机系统", "有限公司", "" },
		{ "济南兴万供应链管理上海分公司", "济南", "兴万", "供应链管理", "", "上海分公司" }, { "河南省超市管理有限公司", "河南省", "", "超市管理", "有限公司", "" },
		{ "南阳市宛城区丽道商贸行", "南阳市宛城区", "丽道", "", "商贸行", "" }, { "广州番禺星亚服饰有限公司", "广州番禺", "星亚", "服饰", "有限公司", "" },
		{ "大庆开发区竹田复合材料有限公司", "大庆开发区", "竹田", "复合材料", "有限公司", "" }, { "朝阳县大山苗圃", "朝阳县", "大山", "", "苗圃", "" },
		{ "新月能源石家庄公司", "", "新月", "能源", "", "石家庄公司" }, { "建业电缆信阳销售公司", "", "建业", "电缆", "", "信阳销售公司" },
		{ "科丝美诗(中国)化妆品有限公司", "中国", "科丝美诗", "化妆品", "有限公司", "" }, { "黄岛区惠可泽商贸店", "黄岛区", "惠可泽", "商贸", "店", "" },
		
		{ "北京市朝阳区大山商贸有限公司", "北京市朝阳区", "大山", "商贸", "有限公司", "" }, { "朝阳大山商贸有限公司", "朝阳", "大山", "商贸", "有限公司", "" },
		{ "Acme Ltd (Shanghai Branch)", "", "acme", "", "ltd", "shanghai branch" }, { "Acme Trading Co., Ltd. Beijing Branch", "", "acme", "trading", "co ltd", "beijing branch" },
		{ "Acme (Holdings) Ltd", "", "acme", "", "holdings ltd", "" }, { "Branch Ltd", "", "branch", "", "ltd", "" }, { "Acme Branch", "", "acme branch", "", "", "" },
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
		{ "上海市浦东新区世纪大道100号", "上海", "上海", "浦东新区", "世纪大道100号" },
		{ "上海市上海市浦东新区世纪大道100号", "上海", "上海", "浦东新区", "世纪大道100号" },
		{ "深圳南山区", "广东", "深圳", "南山区", "" }, { "中国江苏苏州昆山市人民路2号", "江苏", "苏州", "昆山市", "人民路2号" },
		{ "世纪大道100号", "", "", "", "世纪大道100号" }, { "1 Main St, Springfield", "", "", "", "1 Main St, Springfield" },
		{ "内蒙古自治区呼和浩特市新城区", "内蒙古", "呼和浩特", "新城区", "" }, { "新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路", "新疆", "伊犁", "伊宁市", "解放路" },
		{ "中山路12号", "", "", "", "中山路12号" }, { "上海市北京东路668号", "上海", "上海", "", "北京东路668号" },
		{ "昆山市人民路2号", "江苏", "苏州", "昆山市", "人民路2号" }, { "海淀区中关村大街1号", "北京", "北京", "海淀区", "中关村大街1号" },
		{ "朝阳区建国路88号", "", "", "", "朝阳区建国路88号" }, { "北京市朝阳区建国路88号", "北京", "北京", "朝阳区", "建国路88号" },
		{ "长春市朝阳区", "吉林", "长春", "朝阳区", "" }, { "辽宁朝阳双塔区", "辽宁", "朝阳", "双塔区", "" }, { "吉林市船营区", "吉林", "吉林", "船营区", "" },
		{ "吉林省吉林市", "吉林", "吉林", "", "" }, { "江苏昆山人民路", "江苏", "苏州", "昆山市", "人民路" }, { "518000 广东省深圳市福田区", "广东", "深圳", "福田区", "" },
		{ "邮编：518000，中国 广东省 深圳市 福田区 深南大道", "广东", "深圳", "福田区", "深南大道" }, { "广东省-深圳市-福田区", "广东", "深圳", "福田区", "" },
		{ "海南省文昌市文城镇", "海南", "文昌", "", "文城镇" }, { "海南藏族自治州共和县", "青海", "海南州", "共和县", "" },
		{ "重庆市渝中区解放碑", "重庆", "重庆", "渝中区", "解放碑" }, { "陕西省西安市高新区科技路", "陕西", "西安", "高新区", "科技路" },
		{ "广西壮族自治区南宁市青秀区民族大道１号", "广西", "南宁", "青秀区", "民族大道1号" }, { "香港特别行政区中环", "香港", "", "", "中环" },
		{ "天津市河北区", "天津", "天津", "河北区", "" }, { "苏州街3号", "", "", "", "苏州街3号" }, { "湖南省长沙县星沙镇", "湖南", "长沙", "长沙县", "星沙镇" },
		{ "", "", "", "", "" }, { "广东", "广东", "", "", "" }, { "云南省大理白族自治州大理市", "云南", "大理", "大理市", "" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct address a = address_parse(slice_of(cases[i].text), NULL, &arena);

		if (!slice_equal(a.province, slice_of(cases[i].province)) || !slice_equal(a.city, slice_of(cases[i].city)) ||
		    !slice_equal(a.district, slice_of(cases[i].district)) || !slice_equal(a.detail, slice_of(cases[i].detail)))
			fail_msg("%s: [%.*s] [%.*s] [%.*s] [%.*s]", cases[i].text, SLICE_ARG(a.province), SLICE_ARG(a.city),
				 SLICE_ARG(a.district), SLICE_ARG(a.detail));
	}
	arena_release(&arena);
}

static void what_is_known_tells_which_place_it_is(void **state)
{
	struct region known = { .province = SLICE("江苏"), .city = { "", 0 } };
	struct address address;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	known.city = SLICE("南京");
	address = address_parse(SLICE("鼓楼区中山北路1号"), &known, &arena);
	assert_true(slice_equal(address.city, SLICE("南京")) && slice_equal(address.district, SLICE("鼓楼区")));
	known.city = SLICE("");
	address = address_parse(SLICE("鼓楼区中山北路1号"), &known, &arena); /* 南京 or 徐州 */
	assert_true(slice_equal(address.province, SLICE("江苏")) && address.city.len == 0 && address.district.len == 0);
	arena_release(&arena);
}

static void spellings_of_a_place_are_one_value(void **state)
{
	static const struct { const char *text, *province, *city, *district; } cases[] = {
		{ "广东省", "广东", "广东", "广东" }, { "广东", "广东", "广东", "广东" }, { "深圳市", "深圳市", "深圳", "深圳" }, { "上海市", "上海", "上海", "上海" },
		{ "广西壮族自治区", "广西", "广西", "广西" }, { "广西自治区", "广西", "广西", "广西" }, { "香港特别行政区", "香港", "香港", "香港" },
		{ "吉林市", "吉林市", "吉林", "吉林" }, { "吉林省", "吉林", "吉林", "吉林" }, { "延边朝鲜族自治州", "延边朝鲜族自治州", "延边", "延边" },
		{ "昆山市", "昆山市", "昆山", "昆山市" }, { "昆山", "昆山", "昆山", "昆山市" }, { "南山区", "南山区", "南山区", "南山区" },
		{ "华东", "华东", "华东", "华东" }, { "Guangdong", "Guangdong", "Guangdong", "Guangdong" }, { "广东省深圳市", "广东省深圳市", "广东省深圳市", "广东省深圳市" },
		{ "大兴安岭地区", "大兴安岭地区", "大兴安岭", "大兴安岭" }, { "", "", "", "" }, { "朝阳", "朝阳", "朝阳", "朝阳" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *expected[] = { cases[i].province, cases[i].city, cases[i].district };

		for (int level = 0; level < 3; level++) {
			struct slice got = address_region(slice_of(cases[i].text), (enum region_level)level);

			if (!slice_equal(got, slice_of(expected[level])) || !slice_equal(address_region(got, (enum region_level)level), got))
				fail_msg("%s at level %d: [%.*s]", cases[i].text, level, SLICE_ARG(got));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(company_names_fall_into_their_parts),
		cmocka_unit_test(addresses_are_split_by_the_table),
		cmocka_unit_test(what_is_known_tells_which_place_it_is),
		cmocka_unit_test(spellings_of_a_place_are_one_value),
	};

	return cmocka_run_group_tests_name("company", tests, NULL, NULL);
}
