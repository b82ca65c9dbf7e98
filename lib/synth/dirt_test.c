#include "synth/dirt.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/utf8.h"

static char memory[4096];

static struct pen new_pen(void)
{
	return (struct pen){ memory, memory + sizeof memory };
}

/* Least edits, counting a swap of neighbours as one. */
static size_t distance(struct slice a, struct slice b)
{
	size_t d[32][32];

	for (size_t i = 0; i <= a.len; i++) {
		for (size_t j = 0; j <= b.len; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = d[i - 1][j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
			if (d[i - 1][j] + 1 < d[i][j])
				d[i][j] = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < d[i][j])
				d[i][j] = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[a.len][b.len];
}

static void typo_is_one_edit_and_spares_the_first_letter(void **state)
{
	static const char *const words[] = { "Johnson", "zhangwei", "Acme Point Systems Inc.", "A-B c'd" };
	struct rng rng;
	size_t changed = 0;

	(void)state;
	rng_init(&rng, 1, 1, 1);
	for (int i = 0; i < 4000; i++) {
		struct slice word = slice_of(words[i % 4]);
		struct pen pen = new_pen();
		struct slice wrong = dirt_typo(word, &pen, &rng);

		assert_true(distance(word, wrong) <= 1);
		assert_int_equal(wrong.ptr[0], word.ptr[0]);
		changed += !slice_equal(word, wrong);
	}
	assert_true(changed > 3800); /* a double letter swapped is the same */
}

static void typo_leaves_what_has_too_few_letters(void **state)
{
	struct pen pen = new_pen();
	struct rng rng;

	(void)state;
	rng_init(&rng, 1, 1, 1);
	assert_true(slice_equal(dirt_typo(SLICE("李强"), &pen, &rng), SLICE("李强")));
	assert_true(slice_equal(dirt_typo(SLICE("Wu"), &pen, &rng), SLICE("Wu")));
}

static void confusion_changes_one_character_to_one_of_its_group(void **state)
{
	struct words words;
	struct rng rng;

	(void)state;
	words_load(&words);
	rng_init(&rng, 1, 1, 1);
	for (int i = 0; i < 500; i++) {
		struct pen pen = new_pen();
		struct slice wrong = dirt_confuse(&words, CONFUSE_HOMOPHONE, SLICE("张"), &pen, &rng);

		assert_true(slice_equal(wrong, SLICE("章")) || slice_equal(wrong, SLICE("彰")));
		wrong = dirt_confuse(&words, CONFUSE_LOOK_ALIKE, SLICE("已"), &pen, &rng);
		assert_true(slice_equal(wrong, SLICE("己")) || slice_equal(wrong, SLICE("巳")));
	}
	words_release(&words);
}

static void confusion_leaves_characters_without_a_group(void **state)
{
	struct pen pen = new_pen();
	struct words words;
	struct rng rng;

	(void)state;
	words_load(&words);
	rng_init(&rng, 1, 1, 1);
	assert_true(slice_equal(dirt_confuse(&words, CONFUSE_HOMOPHONE, SLICE("abc"), &pen, &rng), SLICE("abc")));
	assert_true(slice_equal(dirt_confuse(&words, CONFUSE_HOMOPHONE, SLICE(""), &pen, &rng), SLICE("")));
	words_release(&words);
}

static void texts_change_form(void **state)
{
	struct pen pen = new_pen();
	struct words words;

	(void)state;
	words_load(&words);
	assert_true(slice_equal(dirt_traditional(&words, SLICE("张伟 ABC 东风"), &pen), SLICE("張偉 ABC 東風")));
	assert_true(slice_equal(dirt_full_width(SLICE("12a 号"), &pen), SLICE("１２ａ\u3000号")));
	assert_true(slice_equal(dirt_letter_case(SLICE("O'Brien 张"), true, &pen), SLICE("O'BRIEN 张")));
	assert_true(slice_equal(dirt_letter_case(SLICE("O'Brien"), false, &pen), SLICE("o'brien")));
	words_release(&words);
}

static void a_full_pen_cuts_and_never_writes_past_its_end(void **state)
{
	char text[6] = "......";
	struct pen pen = { text, text + 4 };

	(void)state;
	pen_text(&pen, "abcdef");
	pen_byte(&pen, 'x');
	pen_number(&pen, 12345, 8);
	assert_memory_equal(text, "abcd..", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typo_is_one_edit_and_spares_the_first_letter),
		cmocka_unit_test(typo_leaves_what_has_too_few_letters),
		cmocka_unit_test(confusion_changes_one_character_to_one_of_its_group),
		cmocka_unit_test(confusion_leaves_characters_without_a_group),
		cmocka_unit_test(texts_change_form),
		cmocka_unit_test(a_full_pen_cuts_and_never_writes_past_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
