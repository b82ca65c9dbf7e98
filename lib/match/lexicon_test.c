#include <stdio.h>

#include "base/test.h"

#include "match/lexicon.h"

static struct slice text_of(unsigned i, char out[64])
{
	return (struct slice){ out, (size_t)snprintf(out, 64, "%0*u", (int)(i % 40), i) };
}

static void texts_have_numbers_in_order_of_first_sight(void **state)
{
	enum { COUNT = 200000 };
	struct vast *vast = vast_new(1 << 20, 0, NULL);
	struct lexicon lexicon;
	char text[64];

	(void)state;
	lexicon_init(&lexicon, vast, NULL);
	assert_int_equal(lexicon_add(&lexicon, (struct slice){ NULL, 0 }), 0);
	for (unsigned i = 1; i < COUNT; i++)
		assert_int_equal(lexicon_add(&lexicon, text_of(i, text)), i);
	for (unsigned i = 1; i < COUNT; i += 7) {
		assert_int_equal(lexicon_add(&lexicon, text_of(i, text)), i);
		assert_int_equal(lexicon_find(&lexicon, text_of(i, text)), i);
	}
	assert_int_equal(lexicon_find(&lexicon, SLICE("none of these")), LEXICON_NONE);
	lexicon_close(&lexicon);
	lexicon_settle(&lexicon);
	assert_true(vast_filed(vast) > 0);
	vast_relax(vast);
	for (unsigned i = 1; i < COUNT; i++)
		assert_true(slice_equal(lexicon_text(&lexicon, i), text_of(i, text)));
	assert_int_equal(lexicon_text(&lexicon, 0).len, 0);
	lexicon_release(&lexicon);
	assert_int_equal(vast_held(vast), 0);
	vast_free(vast);
}

static void parts_of_other_texts_are_not_copied(void **state)
{
	static const char words[] = "one two one three";
	struct lexicon lexicon;

	(void)state;
	lexicon_init(&lexicon, NULL, words);
	assert_int_equal(lexicon_add(&lexicon, (struct slice){ words + 4, 3 }), 0);
	assert_int_equal(lexicon_add(&lexicon, (struct slice){ words, 3 }), 1);
	assert_int_equal(lexicon_add(&lexicon, (struct slice){ words + 8, 3 }), 1);
	assert_ptr_equal(lexicon_text(&lexicon, 0).ptr, words + 4);
	assert_ptr_equal(lexicon_text(&lexicon, 1).ptr, words);
	lexicon_release(&lexicon);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_have_numbers_in_order_of_first_sight),
		cmocka_unit_test(parts_of_other_texts_are_not_copied),
	};

	return cmocka_run_group_tests_name("lexicon", tests, NULL, NULL);
}
