#include "base/test.h"

#include "clean/roles.h"
#include "io/json.h"

static void every_header_of_the_dictionary_has_a_role_of_its_kind(void **state)
{
	static const char *const kinds[] = { "customers", "orders", "contacts", "events" };
	static const char *const hints[] = { "company?", "name?", "company or given name?", "name or given name?", "order or customer?", "mark of a person", "mark of a company",
					     "an amount", "a date" };
	struct diag diag;
	cJSON *lists;
	const cJSON *list, *kind;
	size_t headers = 0;

	(void)state;
	diag_init(&diag);
	lists = json_load("lib/clean/headers.json", JSON_STRICT, &diag);
	assert_non_null(lists);
	cJSON_ArrayForEach(list, lists) {
		struct slice name = json_text(json_member(list, "role"));
		bool known = false;

		headers += (size_t)cJSON_GetArraySize(json_member(list, "headers"));
		for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
			known |= slice_equal(name, slice_of(hints[i]));
		cJSON_ArrayForEach(kind, json_member(list, "kinds")) {
			size_t k = 0;

			while (k < 4 && !slice_equal(json_text(kind), slice_of(kinds[k])))
				k++;
			assert_true(k < 4);
			if (!known && !role_belongs(role_by_name(name), (enum kind)k))
				fail_msg("%.*s is no role of %s", SLICE_ARG(name), kinds[k]);
		}
	}
	assert_true(headers > 1000);
	json_free(lists);
	diag_release(&diag);
}

static void names_and_roles_are_each_others(void **state)
{
	(void)state;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		assert_int_equal(role_by_name(slice_of(role_name((enum role)role))), role);
	assert_int_equal(role_by_name(SLICE("phones")), ROLE_NONE);
}

static const struct {
	enum kind kind;
	const char *header;
	enum role role;
	int64_t unit;
} meanings[] = {
	{ KIND_CUSTOMERS, "手机", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, " *手机号码 ", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "＊手机", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "手机(必填)", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "姓名【必填】", ROLE_NAME, 1 },
	{ KIND_CUSTOMERS, "电话2", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "phone 2", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "Phone (2)", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "地址2", ROLE_NONE, 1 },
	{ KIND_CUSTOMERS, "MobilePhone", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "mobile_phone", ROLE_PHONE, 1 },
	{ KIND_CUSTOMERS, "E-MAIL", ROLE_EMAIL, 1 },
	{ KIND_CUSTOMERS, "Ｅｍａｉｌ", ROLE_EMAIL, 1 },
	{ KIND_CUSTOMERS, "統一社會信用代碼", ROLE_USCC, 1 },
	{ KIND_CUSTOMERS, "國家/地區", ROLE_COUNTRY, 1 },
	{ KIND_CUSTOMERS, "国家（地区）", ROLE_COUNTRY, 1 },
	{ KIND_CUSTOMERS, "BillingPostalCode", ROLE_POSTCODE, 1 },
	{ KIND_CUSTOMERS, "Account_Name", ROLE_COMPANY, 1 },
	{ KIND_CUSTOMERS, "成为客户时间", ROLE_CREATED_AT, 1 },
	{ KIND_CUSTOMERS, "cCusName", ROLE_COMPANY, 1 },
	{ KIND_CUSTOMERS, "external_contact.corp_name", ROLE_COMPANY, 1 },
	{ KIND_CUSTOMERS, "customer_id", ROLE_CUSTOMER_ID, 1 },
	{ KIND_CUSTOMERS, "Customer ID", ROLE_SOURCE_ID, 1 },
	{ KIND_CUSTOMERS, "成交额(万元)", ROLE_NONE, 10000 },
	{ KIND_CUSTOMERS, "order_date", ROLE_NONE, 1 },
	{ KIND_CUSTOMERS, "", ROLE_NONE, 1 },
	{ KIND_CUSTOMERS, "2", ROLE_NONE, 1 },
	{ KIND_CUSTOMERS, "()", ROLE_NONE, 1 },
	{ KIND_CUSTOMERS, "年产值(亿元)", ROLE_NONE, 100000000 },
	{ KIND_CUSTOMERS, "年产值", ROLE_NONE, 1 },
	{ KIND_CUSTOMERS, "金额(美元)", ROLE_NONE, 1 },
	{ KIND_ORDERS, "成交额(万元)", ROLE_AMOUNT, 10000 },
	{ KIND_ORDERS, "成交额（万元）", ROLE_AMOUNT, 10000 },
	{ KIND_ORDERS, "金额（单位：千元）", ROLE_AMOUNT, 1000 },
	{ KIND_ORDERS, "合同金额/亿", ROLE_AMOUNT, 100000000 },
	{ KIND_ORDERS, "订单金额(元)", ROLE_AMOUNT, 1 },
	{ KIND_ORDERS, "数量(万)", ROLE_QUANTITY, 1 },
	{ KIND_ORDERS, "订单实付金额", ROLE_AMOUNT, 1 },
	{ KIND_ORDERS, "Lineitem quantity", ROLE_QUANTITY, 1 },
	{ KIND_ORDERS, "InvoiceNo", ROLE_ORDER_ID, 1 },
	{ KIND_CONTACTS, "AccountId", ROLE_CUSTOMER_ID, 1 },
	{ KIND_CONTACTS, "职务", ROLE_TITLE, 1 },
	{ KIND_CONTACTS, "离职日期", ROLE_LEFT_AT, 1 },
	{ KIND_EVENTS, "ActivityDate", ROLE_EVENT_DATE, 1 },
	{ KIND_EVENTS, "跟进方式", ROLE_EVENT_TYPE, 1 },
};

static void headers_mean_roles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		struct column_role got = role_of_header(meanings[i].kind, slice_of(meanings[i].header));

		if (got.role != meanings[i].role || got.unit != meanings[i].unit)
			fail_msg("'%s' is %s × %lld", meanings[i].header, role_name(got.role), (long long)got.unit);
	}
}

static void amounts_are_named_without_their_unit(void **state)
{
	static const char *const cases[][2] = {
		{ "成交额(万元)", "成交额" },   { "成交额 (单位:万元)", "成交额" }, { "成交额/万元", "成交额" }, { "成交额[元]", "成交额" },
		{ "Total Spent (USD)", "Total Spent (USD)" }, { "Amount(人民币万元)", "Amount" }, { "金额(美元)", "金额(美元)" }, { "成交额", "成交额" }, { "(万元)", "(万元)" },
		{ "万元", "万元" }, { "余额(含税)", "余额(含税)" }, { ")", ")" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_slice(role_without_unit(slice_of(cases[i][0])), cases[i][1]);
}

static void titles_tell_the_unit_of_the_amounts_below(void **state)
{
	static const struct { const char *title; int64_t unit; } cases[] = {
		{ "单位：万元", 10000 }, { "2024年销售表（单位：万元）", 10000 }, { "金额单位:人民币千元", 1000 }, { "单位: 元", 1 }, { "单位　亿元 制表：张三", 100000000 },
		{ "单位：万元科技有限公司", 1 }, { "单位：上海云帆科技有限公司", 1 }, { "销售表", 1 }, { "单位", 1 }, { "", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (role_unit_of_title(slice_of(cases[i].title)) != cases[i].unit)
			fail_msg("%s: %lld", cases[i].title, (long long)role_unit_of_title(slice_of(cases[i].title)));
	assert_int_equal(role_of_header(KIND_ORDERS, SLICE("订单金额(分)")).unit, -100);
	assert_int_equal(role_of_header(KIND_ORDERS, SLICE("订单金额(分)")).role, ROLE_AMOUNT);
	assert_int_equal(role_of_header(KIND_ORDERS, SLICE("满意度(分)")).unit, 1);
	assert_int_equal(role_of_header(KIND_CUSTOMERS, SLICE("积分")).unit, 1);
}

static void columns_without_a_role_may_be_dates_or_amounts(void **state)
{
	const struct slice headers[] = { SLICE("姓名"), SLICE("信用额度(万元)"), SLICE("录入时间"), SLICE("创建时间"), SLICE("下次联系时间"), SLICE("x") };
	static const enum measure expected[] = { MEASURE_NONE, MEASURE_AMOUNT, MEASURE_DATE, MEASURE_DATE, MEASURE_DATE, MEASURE_NONE };
	struct column_role roles[6];
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(roles_bind(KIND_CUSTOMERS, NULL, headers, 6, NULL, 0, "t.csv", roles, &diag), 0);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(roles[i].measure, expected[i]);
	assert_int_equal(roles[1].role, ROLE_NONE);
	assert_int_equal(roles[1].unit, 10000);
	assert_int_equal(roles[2].role, ROLE_NONE);
	assert_int_equal(roles[3].role, ROLE_CREATED_AT);
	diag_release(&diag);
}

enum { COLUMNS_MOST = 12 };

/* Binds a header line cut at commas and compares the roles' names, likewise. */
static void check_file(enum kind kind, const char *headers, const char *expected)
{
	struct slice names[COLUMNS_MOST], rest = slice_of(headers), want = slice_of(expected);
	struct column_role roles[COLUMNS_MOST];
	struct diag diag;
	size_t count = 0;

	while (rest.len)
		names[count++] = slice_cut(&rest, ',');
	diag_init(&diag);
	assert_int_equal(roles_bind(kind, NULL, names, count, NULL, 0, "t.csv", roles, &diag), 0);
	for (size_t i = 0; i < count; i++) {
		struct slice name = slice_cut(&want, ',');

		if (!slice_equal(name, slice_of(role_name(roles[i].role))))
			fail_msg("%s: %.*s is '%s'", headers, SLICE_ARG(names[i]), role_name(roles[i].role));
	}
	diag_release(&diag);
}

static void neighbours_tell_names_of_people_and_companies(void **state)
{
	(void)state;
	check_file(KIND_CUSTOMERS, "客户名称,电话", "company,phone");
	check_file(KIND_CUSTOMERS, "客户名称,联系人,电话", "company,name,phone");
	check_file(KIND_CUSTOMERS, "客户名称,公司名称,电话", "name,company,phone");
	check_file(KIND_CUSTOMERS, "客户名称,公司名称,联系人", ",company,name");
	check_file(KIND_CUSTOMERS, "客户名称,QQ,标签,手机号,性别", "name,,tags,phone,");
	check_file(KIND_CUSTOMERS, "*客户名称,客户级别,客户行业", "company,level,industry");
	check_file(KIND_CUSTOMERS, "Id,Name,Industry,NumberOfEmployees", "source_id,company,industry,size");
	check_file(KIND_CUSTOMERS, "Id,Name,Title,Email", "source_id,name,,email");
	check_file(KIND_CUSTOMERS, "Name,Email", "name,email");
	check_file(KIND_CUSTOMERS, "Name,First Name,Last Name", "name,,");
	check_file(KIND_CUSTOMERS, "客户名称,姓,名", "company,family_name,given_name");
	check_file(KIND_CUSTOMERS, "FNumber,FName,FTEL", "source_id,company,phone");
	check_file(KIND_CUSTOMERS, "fname,lname,dob", "given_name,family_name,birthday");
	check_file(KIND_CUSTOMERS, "Vorname,Name,Straße,PLZ,Ort", "given_name,family_name,address,postcode,city");
	check_file(KIND_CUSTOMERS, "Cognome,Nome,CAP,Città", "family_name,given_name,postcode,city");
	check_file(KIND_CUSTOMERS, "Nombre,Teléfono,Dirección", "name,phone,address");
	check_file(KIND_CUSTOMERS, "name,industry,size", "name,industry,size");
	check_file(KIND_ORDERS, "Name,Email,Total,Created at,Paid at", "order_id,customer_id,amount,order_date,");
	check_file(KIND_ORDERS, "Name,Date,Amount", "customer_id,order_date,amount");
	check_file(KIND_ORDERS, "customer,date,price", "customer_id,order_date,amount");
	check_file(KIND_ORDERS, "customer,date,price,quantity", "customer_id,order_date,,quantity");
	check_file(KIND_ORDERS, "下单时间,订单金额,下单帐号,客户姓名,联系电话", "order_date,amount,customer_id,,"); /* JD */
	check_file(KIND_ORDERS, "商品总价(元),用户实付金额(元),商家实收金额(元),支付时间", ",,amount,order_date"); /* Pinduoduo */
	check_file(KIND_ORDERS, "日期,单据编号,往来单位,金额,价税合计", "order_date,order_id,customer_id,,amount");
	check_file(KIND_ORDERS, "合同编号,客户名称,签订日期,合同金额", "order_id,customer_id,order_date,amount");
}

static void one_column_has_a_role_but_lists_have_many(void **state)
{
	(void)state;
	check_file(KIND_CUSTOMERS, "手机,电话,电话2", "phone,phone,phone");
	check_file(KIND_CUSTOMERS, "录入时间,创建时间", ",created_at");
	check_file(KIND_CUSTOMERS, "备注,备注", "note,");
	check_file(KIND_CUSTOMERS, "姓名,姓,名", "name,,");
	check_file(KIND_CUSTOMERS, "Full Name,First Name,Last Name", "name,,");
	check_file(KIND_ORDERS, "商品金额合计,应收订单金额,订单实付金额", ",,amount");
	check_file(KIND_CUSTOMERS, "source,source_row,name", "source,source_row,name");
	check_file(KIND_CUSTOMERS, "source,name", ",name");
	check_file(KIND_CUSTOMERS, "城市,city", ",city");
}

static void a_second_person_keeps_his_phone(void **state)
{
	(void)state;
	check_file(KIND_CUSTOMERS, "姓名,手机,c3,姓名_2,手机_2", "name,phone,,,");
	check_file(KIND_CUSTOMERS, "公司名称,手机,邮箱,联系人,手机_2,联系人_2,邮箱_2", "company,phone,email,name,,,");
	check_file(KIND_CUSTOMERS, "姓名,手机,手机_2", "name,phone,phone");
	check_file(KIND_CUSTOMERS, "姓名,手机_2,姓名_2", "name,phone,");
}

static void a_map_overrides_and_an_unknown_column_names_near_ones(void **state)
{
	const struct slice headers[] = { SLICE("手机"), SLICE("紧急电话"), SLICE("客服") };
	struct role_map maps[] = { { ROLE_PHONE, SLICE("客服") }, { ROLE_PHONE, SLICE("紧急电话") } };
	struct column_role roles[3];
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(roles_bind(KIND_CUSTOMERS, NULL, headers, 3, maps, 2, "t.csv", roles, &diag), 0);
	assert_int_equal(roles[0].role, ROLE_NONE);
	assert_int_equal(roles[1].role, ROLE_PHONE);
	assert_int_equal(roles[2].role, ROLE_PHONE);
	maps[0].column = SLICE("客复");
	assert_int_equal(roles_bind(KIND_CUSTOMERS, NULL, headers, 3, maps, 2, "t.csv", roles, &diag), -1);
	assert_int_equal(diag.status, STATUS_USAGE);
	assert_string_equal(diag.error, "t.csv: unknown-column: no column '客复' for role phone; nearest: '客服', '手机', '紧急电话'");
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_header_of_the_dictionary_has_a_role_of_its_kind),
		cmocka_unit_test(names_and_roles_are_each_others),
		cmocka_unit_test(headers_mean_roles),
		cmocka_unit_test(amounts_are_named_without_their_unit),
		cmocka_unit_test(titles_tell_the_unit_of_the_amounts_below),
		cmocka_unit_test(columns_without_a_role_may_be_dates_or_amounts),
		cmocka_unit_test(neighbours_tell_names_of_people_and_companies),
		cmocka_unit_test(one_column_has_a_role_but_lists_have_many),
		cmocka_unit_test(a_second_person_keeps_his_phone),
		cmocka_unit_test(a_map_overrides_and_an_unknown_column_names_near_ones),
	};

	return cmocka_run_group_tests_name("roles", tests, NULL, NULL);
}
