#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "rule/folder.h"

static void names_of_files_are_safe(void **state)
{
	static const struct { const char *value, *name; } cases[] = {
		{ "Ann", "Ann" }, { " Ann ", "Ann" }, { "张经理", "张经理" }, { "", "_empty" }, { "  ", "_empty" }, { "..", "_." },
		{ "../../etc/passwd", "_._.._etc_passwd" }, { "-rf", "_rf" }, { "a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j" },
		{ "new\nline\tand\x01", "new_line_and_" }, { "\xff", "_" }, { ".hidden", "_hidden" }, { "a　b", "a_b" }, { "con$`;&", "con____" },
	};
	struct arena arena;
	char longest[5000];

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(arena_cstr(&arena, folder_name(slice_of(cases[i].value), &arena)), cases[i].name);
	memset(longest, 'x', sizeof longest);
	assert_true(folder_name((struct slice){ longest, sizeof longest }, &arena).len <= 100);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(names_of_files_are_safe) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
