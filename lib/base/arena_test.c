#include "base/arena.h"
#include "base/memory.h"
#include "base/test.h"

static void objects_are_aligned_and_do_not_overlap(void **state)
{
	struct arena arena;
	uint64_t *numbers[500];

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < 500; i++) {
		memset(arena_bytes(&arena, i % 7), 0xee, i % 7);
		numbers[i] = arena_get(&arena, i + 1, sizeof **numbers);
		assert_int_equal((uintptr_t)numbers[i] % _Alignof(max_align_t), 0);
		for (size_t j = 0; j <= i; j++)
			numbers[i][j] = i;
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(numbers[i][j], i);
	arena_release(&arena);
}

static void a_reset_arena_stops_growing(void **state)
{
	struct arena arena;
	size_t held = 0;

	(void)state;
	arena_init(&arena);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 1000; i++)
			assert_non_null(arena_bytes(&arena, 1000));
		if (round == 3)
			held = arena.total;
		arena_reset(&arena);
	}
	assert_true(arena.total <= held);
	arena_release(&arena);
	assert_int_equal(arena.total, 0);
}

static void an_empty_arena_gives_out_nothing_safely(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	arena_reset(&arena);
	assert_non_null(arena_get(&arena, 0, 8));
	assert_non_null(arena_bytes(&arena, 0));
	assert_null(arena_copy(&arena, (struct slice){ NULL, 0 }).ptr);
	assert_non_null(arena_copy(&arena, SLICE("")).ptr);
	assert_int_equal(((char *)arena_zero(&arena, 100, 1))[99], 0);
	arena_release(&arena);
}

static void copies_and_formats_own_their_text(void **state)
{
	struct arena arena;
	char text[] = "abc";
	struct slice copy;
	char *terminated;

	(void)state;
	arena_init(&arena);
	copy = arena_copy(&arena, (struct slice){ text, 3 });
	terminated = arena_cstr(&arena, (struct slice){ text, 2 });
	text[0] = 'x';
	assert_slice(copy, "abc");
	assert_string_equal(terminated, "ab");
	assert_slice(arena_format(&arena, "%d %s", 12, "men"), "12 men");
	assert_slice(arena_join(&arena, copy, SLICE(";"), SLICE("d")), "abc;d");
	assert_slice(arena_join(&arena, (struct slice){ NULL, 0 }, SLICE(""), copy), "abc");
	arena_release(&arena);
}

static void a_large_piece_gets_a_block_of_its_own(void **state)
{
	struct arena arena;
	char *large;

	(void)state;
	arena_init(&arena);
	arena_bytes(&arena, 10);
	large = arena_bytes(&arena, 5 << 20);
	memset(large, 1, 5 << 20);
	assert_true(arena.total >= 5 << 20);
	arena_release(&arena);
}

static void growth_doubles_and_keeps_what_is_there(void **state)
{
	size_t capacity = 0;
	int *numbers = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		numbers = memory_grow(numbers, &capacity, (size_t)i + 1, sizeof *numbers);
		numbers[i] = i;
	}
	assert_true(capacity >= 1000 && capacity <= 2048);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_aligned_and_do_not_overlap),
		cmocka_unit_test(a_reset_arena_stops_growing),
		cmocka_unit_test(an_empty_arena_gives_out_nothing_safely),
		cmocka_unit_test(copies_and_formats_own_their_text),
		cmocka_unit_test(a_large_piece_gets_a_block_of_its_own),
		cmocka_unit_test(growth_doubles_and_keeps_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
