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
		{ ROLE_NOTE, "\xff\xfe", "**" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(arena_cstr(&arena, mask_value(cases[i].role, slice_of(cases[i].value), &arena)), cases[i].masked);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(values_are_masked_by_role) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
