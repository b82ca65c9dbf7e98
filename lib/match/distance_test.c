#include "base/test.h"

#include "match/distance.h"

static struct letters letters(const char *text)
{
	struct letters out;

	letters_read(&out, slice_of(text));
	return out;
}

/* Wagner and Fischer's table, with swaps of neighbours where asked. */
static unsigned plain_distance(const struct letters *a, const struct letters *b, bool swaps)
{
	static unsigned d[LETTERS_MOST + 1][LETTERS_MOST + 1];

	for (unsigned i = 0; i <= a->len; i++)
		for (unsigned j = 0; j <= b->len; j++) {
			unsigned best = i + j;

			if (i && d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (j && d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i && j && d[i - 1][j - 1] + (a->at[i - 1] != b->at[j - 1]) < best)
				best = d[i - 1][j - 1] + (a->at[i - 1] != b->at[j - 1]);
			if (swaps && i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] && a->at[i - 2] == b->at[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[a->len][b->len];
}

static void edits_are_as_published(void **state)
{
	static const struct { const char *a, *b; unsigned levenshtein, osa; } cases[] = {
		{ "kitten", "sitting", 3, 3 }, { "saturday", "sunday", 3, 3 }, { "", "abc", 3, 3 }, { "abc", "", 3, 3 },
		{ "flaw", "lawn", 2, 2 }, { "ca", "abc", 3, 3 }, { "ab", "ba", 2, 1 }, { "rosettacode", "raisethysword", 8, 8 },
		{ "teh", "the", 2, 1 }, { "王小明", "王晓明", 1, 1 }, { "same", "same", 0, 0 }, { "a b c", "abc", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct letters a = letters(cases[i].a), b = letters(cases[i].b);

		assert_int_equal(distance_levenshtein(&a, &b), cases[i].levenshtein);
		assert_int_equal(distance_levenshtein(&b, &a), cases[i].levenshtein);
		assert_int_equal(distance_osa(&a, &b), cases[i].osa);
		assert_int_equal(distance_osa(&b, &a), cases[i].osa);
	}
}

static void edits_are_those_of_the_plain_algorithm(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned n = 0; n < 20000; n++) {
		struct letters a, b;

		a.len = (seed = seed * 1664525 + 1013904223) >> 24 & 63;
		b.len = (seed = seed * 1664525 + 1013904223) >> 24 & 63;
		for (unsigned i = 0; i < a.len; i++)
			a.at[i] = (uint16_t)('a' + ((seed = seed * 1664525 + 1013904223) >> 28) % 5);
		for (unsigned i = 0; i < b.len; i++)
			b.at[i] = (uint16_t)('a' + ((seed = seed * 1664525 + 1013904223) >> 28) % 5);
		assert_int_equal(distance_levenshtein(&a, &b), plain_distance(&a, &b, false));
		assert_int_equal(distance_osa(&a, &b), plain_distance(&a, &b, true));
	}
}

static void long_texts_are_measured_by_their_beginning(void **state)
{
	char text[10001];

	(void)state;
	memset(text, 'x', 10000);
	text[10000] = '\0';
	struct letters a = letters(text), b = letters("x");

	assert_int_equal(a.len, LETTERS_MOST);
	assert_int_equal(distance_osa(&a, &a), 0);
	assert_int_equal(distance_osa(&a, &b), LETTERS_MOST - 1);
	assert_true(similarity_jaro_winkler(&a, &a) == 1);
	assert_true(similarity_jaro(&a, &b) > 0.6);
}

/* Winkler 1990 and 1994, as in the papers' tables. */
static void jaro_winkler_is_as_published(void **state)
{
	static const struct { const char *a, *b; double jaro, winkler; } cases[] = {
		{ "shackleford", "shackelford", .970, .982 }, { "dunningham", "cunnigham", .896, .896 },
		{ "nichleson", "nichulson", .926, .956 }, { "jones", "johnson", .790, .832 }, { "massey", "massie", .889, .933 },
		{ "abroms", "abrams", .889, .922 }, { "jeraldine", "geraldine", .926, .926 }, { "marhta", "martha", .944, .961 },
		{ "michelle", "michael", .869, .921 }, { "julies", "julius", .889, .933 }, { "tanya", "tonya", .867, .880 },
		{ "dwayne", "duane", .822, .840 }, { "sean", "susan", .783, .805 }, { "jon", "john", .917, .933 },
		{ "dixon", "dicksonx", .767, .813 }, { "abc", "xyz", 0, 0 }, { "", "", 1, 1 }, { "", "a", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct letters a = letters(cases[i].a), b = letters(cases[i].b);
		double jaro = similarity_jaro(&a, &b), winkler = similarity_jaro_winkler(&a, &b);

		assert_true(jaro > cases[i].jaro - .0006 && jaro < cases[i].jaro + .0006);
		assert_true(winkler > cases[i].winkler - .0006 && winkler < cases[i].winkler + .0006);
	}
}

static void bigrams_count_letter_pairs(void **state)
{
	struct letters night = letters("night"), nacht = letters("nacht"), aaaa = letters("aaaa"), aaa = letters("aaa"), a = letters("a");

	(void)state;
	assert_true(similarity_bigrams(&night, &nacht) == 0.25);
	assert_true(similarity_bigrams(&aaaa, &aaa) == 0.8);
	assert_true(similarity_bigrams(&a, &a) == 1);
	assert_true(similarity_bigrams(&a, &aaa) == 0);
}

/* US National Archives, The Soundex indexing system. */
static void sound_is_american_soundex(void **state)
{
	static const char *const cases[][2] = {
		{ "washington", "w252" }, { "lee", "l" }, { "gutierrez", "g362" }, { "pfister", "p236" }, { "jackson", "j25" },
		{ "tymczak", "t522" }, { "vandeusen", "v532" }, { "ashcraft", "a261" }, { "robert", "r163" }, { "rupert", "r163" },
		{ "rubin", "r15" }, { "honeyman", "h555" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct letters name = letters(cases[i][0]);
		char code[4];

		assert_slice(((struct slice){ code, sound_code(&name, 4, code) }), cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_are_as_published),
		cmocka_unit_test(edits_are_those_of_the_plain_algorithm),
		cmocka_unit_test(long_texts_are_measured_by_their_beginning),
		cmocka_unit_test(jaro_winkler_is_as_published),
		cmocka_unit_test(bigrams_count_letter_pairs),
		cmocka_unit_test(sound_is_american_soundex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
