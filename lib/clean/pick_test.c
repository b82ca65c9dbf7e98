#include "base/test.h"

#include "clean/pick.h"

static void values_are_found_by_their_path(void **state)
{
	static const char text[] = "[{\"a\":1,\"b\":{\"c\":\"x;y\"},\"list\":[\"p\",null,\"\",\"\\u0041\"],\"t\":[{\"n\":true,\"a\":9},{\"n\":2.50}]},"
				   "[{\"a\":\"deep\"}],{\"b\":{\"a\":3},\"a\":\"z\\u0000\"},\"plain\",{\"a\":4}]";
	static const struct { const char *path, *all, *first; } cases[] = {
		{ "a", "1;deep;4", "1" }, { "b.c", "x;y", "x;y" }, { "list", "p;A", "p" }, { "t[].n", "true;2.50", "true" },
		{ "t.n", "true;2.50", "true" }, { "t[].a", "9", "9" }, { "b", "", "" }, { "c", "", "" }, { "a.a", "", "" },
		{ "", "plain", "plain" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_slice(pick_values(SLICE(text), slice_of(cases[i].path), true, &arena), cases[i].all);
		assert_slice(pick_values(SLICE(text), slice_of(cases[i].path), false, &arena), cases[i].first);
	}
	arena_release(&arena);
}

static void what_is_no_json_has_no_values(void **state)
{
	static const char *const texts[] = { "", "x", "{\"a\":", "[[[[[[[[[[[[[[[[{\"a\":1}]]]]]]]]]]]]]]]]", "{\"a\":{}}" };
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_slice(pick_values(slice_of(texts[i]), SLICE("a"), true, &arena), "");
	arena_release(&arena);
}

static void a_header_is_cut_at_its_first_brackets(void **state)
{
	struct slice column, path;

	(void)state;
	assert_true(pick_cut(SLICE("follow_info[].tags[].tag_name"), &column, &path));
	assert_slice(column, "follow_info");
	assert_slice(path, "tags[].tag_name");
	assert_false(pick_cut(SLICE("follow_info.userid"), &column, &path));
	assert_false(pick_cut(SLICE("[].a"), &column, &path));
	assert_false(pick_cut(SLICE("a[]."), &column, &path));
	assert_false(pick_cut(SLICE("a[]"), &column, &path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_by_their_path),
		cmocka_unit_test(what_is_no_json_has_no_values),
		cmocka_unit_test(a_header_is_cut_at_its_first_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
