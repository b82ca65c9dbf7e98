#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "score/wording.h"

static void words_are_there_in_both_languages(void **state)
{
	struct wording wording;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	wording_load(&wording, &arena);
	for (size_t i = 0; i < WORDS; i++)
		for (int language = 0; language < LANGUAGES; language++) {
			assert_true(wording.names[i][language].len > 0);
			assert_true(i >= LIFECYCLES || wording.actions[i][language].len > 0);
			if (i < LIFECYCLES)
				assert_int_equal(wording_find_state(&wording, wording.names[i][language]), i);
		}
	assert_true(wording.complaints.count > 3 && wording.unfollowed.count > 3 && wording.left.count > 2);
	arena_release(&arena);
}

static void names_and_actions_can_be_replaced(void **state)
{
	struct wording wording;
	struct arena arena;
	struct diag diag;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	wording_load(&wording, &arena);
	assert_int_equal(wording_set_name(&wording, "lost=gone", &diag), 0);
	assert_int_equal(wording_set_action(&wording, "at_risk=call = now", &diag), 0);
	assert_int_equal(wording_set_action(&wording, "complaints_up=", &diag), 0);
	assert_true(slice_equal(wording.names[LIFECYCLE_LOST][1], SLICE("gone")));
	assert_true(slice_equal(wording.actions[LIFECYCLE_AT_RISK][0], SLICE("call = now")));
	assert_int_equal(wording.actions[WORD_REASON + REASON_COMPLAINTS_UP][0].len, 0);
	/* what was written under either name is known again */
	assert_int_equal(wording_find_state(&wording, SLICE("gone")), LIFECYCLE_LOST);
	assert_int_equal(wording_find_state(&wording, SLICE("lost")), LIFECYCLE_LOST);
	assert_int_equal(wording_find_state(&wording, SLICE("")), LIFECYCLES);
	diag_release(&diag);
	arena_release(&arena);
}

static void wrong_names_and_actions_are_refused(void **state)
{
	static const char *const names[] = { "lost", "lots=x", "=x", "lost=", "lost=a;b", "lost=active", "lost=活跃", "" };
	struct wording wording;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	wording_load(&wording, &arena);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(wording_set_name(&wording, names[i], &diag), -1);
		assert_int_equal(diag.status, STATUS_USAGE);
		if (wording_set_action(&wording, i < 2 ? names[i] : "high=x", &diag) == 0)
			fail();
		diag_release(&diag);
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_there_in_both_languages),
		cmocka_unit_test(names_and_actions_can_be_replaced),
		cmocka_unit_test(wrong_names_and_actions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
