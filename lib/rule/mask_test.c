#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "rule/mask.h"

static void values_are_masked_by_role(void **state)
{
	static const struct { enum role role; const char *value, *masked; } cases[] = {
		{ ROLE_PHONE, "13812345678", "138****5678" }, { ROLE_PHONE, "138-1234-5678", "138-****-5678" }, { ROLE_PHONE, "", "" },
		{ ROLE_PHONE, "12345", "*****" }, { ROLE_PHONE, "13812345678; 13987654321", "138****5678; 139****4321" },
		{ ROLE_PHONE, "no phone", "no phone" }, { ROLE_EMAIL, "zhang@example.com", "z***@example.com" }, { ROLE_EMAIL, "@x", "**" },
		{ ROLE_EMAIL, "nobody", "******" }, { ROLE_NAME, "张三丰", "张**" }, { ROLE_NAME, "Z", "*" },
		{ ROLE_ID_NUMBER, "11010519491231002X", "110105********002X" }, { ROLE_ADDRESS, "中山路1号", "*****" },
		{ ROLE_NOTE, "\xff\xfe", "**" }, { ROLE_EMAIL, "a@b.com; 张三 <ccc@d.com>；e@f.cn", "a***@b.com; ** <c***@d.com>;e***@f.cn" },
		{ ROLE_PHONE, "１３８１２３４５６７８", "138****5678" }, { ROLE_EMAIL, "x＠y.cn", "x***@y.cn" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(arena_cstr(&arena, mask_value(cases[i].role, slice_of(cases[i].value), &arena)), cases[i].masked);
	arena_release(&arena);
}

static void further_columns_of_a_role_are_known(void **state)
{
	static const struct { enum role role; const char *header; bool like; } headers[] = {
		{ ROLE_PHONE, "phone_raw", true }, { ROLE_PHONE, "Mobile 2", true }, { ROLE_PHONE, "备用电话", true }, { ROLE_PHONE, "email", false },
		{ ROLE_EMAIL, "备用邮箱", true }, { ROLE_EMAIL, "E-Mail (private)", true }, { ROLE_ID_NUMBER, "身份证号2", true }, { ROLE_NAME, "姓名", true },
		{ ROLE_NAME, "company_name", false }, { ROLE_NOTE, "phone", false },
	};
	static const struct { enum role role; const char *value; bool like; } values[] = {
		{ ROLE_PHONE, "138 1234 5678", true }, { ROLE_PHONE, "5", false }, { ROLE_PHONE, "１３８１２３４５６７８", true }, { ROLE_EMAIL, "3", false },
		{ ROLE_EMAIL, "a@b", true }, { ROLE_EMAIL, "a＠b", true }, { ROLE_ID_NUMBER, "11010519491231002X", true }, { ROLE_ID_NUMBER, "yes", false },
		{ ROLE_NAME, "张三", true }, { ROLE_NAME, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		assert_int_equal(mask_header_is_like(headers[i].role, slice_of(headers[i].header)), headers[i].like);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_int_equal(mask_is_like(values[i].role, slice_of(values[i].value)), values[i].like);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(values_are_masked_by_role), cmocka_unit_test(further_columns_of_a_role_are_known) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
