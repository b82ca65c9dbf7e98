#include "base/test.h"

#include "clean/items.h"

static void assert_text(const struct items *items, const char *expected)
{
	struct slice text = items_text(items);

	if (!slice_equal(text, slice_of(expected)))
		fail_msg("[%.*s], not [%s]", SLICE_ARG(text), expected);
}

static void items_are_distinct_and_in_order(void **state)
{
	struct arena arena;
	struct items items;

	(void)state;
	arena_init(&arena);
	items_init(&items, &arena);
	assert_text(&items, "");
	items_add(&items, SLICE("b"));
	assert_text(&items, "b");
	items_add_list(&items, SLICE("a;b;c;a"));
	assert_text(&items, "b;a;c");
	items_cut(&items, 1);
	items_add(&items, SLICE("c"));
	assert_text(&items, "b;c");
	arena_release(&arena);
}

/* Against a plain loop: many items, with cuts in between. */
static void many_items_are_as_few(void **state)
{
	enum { MANY = 3000 };
	static unsigned plain[MANY];
	size_t count = 0;
	struct arena arena;
	struct items items;

	(void)state;
	arena_init(&arena);
	items_init(&items, &arena);
	for (unsigned i = 0; i < MANY; i++) {
		unsigned value = i * 2654435761u % 1000;
		bool there = false;

		for (size_t k = 0; k < count; k++)
			there |= plain[k] == value;
		if (!there)
			plain[count++] = value;
		items_add(&items, arena_format(&arena, "%u", value));
		if (i % 7 == 6 && count > 3) {
			count -= 3;
			items_cut(&items, count);
		}
		assert_int_equal(items.count, count);
	}
	for (size_t k = 0; k < count; k++)
		assert_true(slice_equal(items.items[k], arena_format(&arena, "%u", plain[k])));
	arena_release(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_distinct_and_in_order),
		cmocka_unit_test(many_items_are_as_few),
	};

	return cmocka_run_group_tests_name("items", tests, NULL, NULL);
}
