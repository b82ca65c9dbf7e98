#include "base/test.h"
#include "base/utf8.h"

static void valid_text_is_accepted_whole(void **state)
{
	static const char *const texts[] = {
		"", "abc", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "上海某某有限公司", "0123456789012345678901234567890123456789é",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_true(utf8_is_valid(slice_of(texts[i])));
	assert_true(utf8_is_valid(SLICE("a\0b")));
}

static void the_first_wrong_byte_is_found(void **state)
{
	static const struct { const char *text; size_t at; } wrong[] = {
		{ "\x80", 0 },              { "a\xff", 1 },         { "\xc0\x80", 0 },         { "\xc1\xbf", 0 },
		{ "\xe0\x9f\xbf", 0 },      { "ab\xed\xa0\x80", 2 }, { "\xf0\x8f\xbf\xbf", 0 }, { "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },  { "\xe4\xb8", 0 },      { "é\xc3", 2 },            { "\xe4\xb8g", 0 },
		{ "0123456789012345678901234567890123456789\x80", 40 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(utf8_valid_length(slice_of(wrong[i].text)), wrong[i].at);
}

static void every_character_goes_there_and_back(void **state)
{
	char text[UTF8_LONGEST];

	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		struct slice s = { text, utf8_put(text, c) };
		bool surrogate = c >= 0xD800 && c <= 0xDFFF;

		assert_true(utf8_is_valid(s));
		assert_int_equal(utf8_next(&s), surrogate ? 0xFFFD : c);
		assert_int_equal(s.len, 0);
	}
	assert_int_equal(utf8_put(text, 0x110000), 3);
}

static void a_walk_over_any_bytes_ends(void **state)
{
	struct slice s = SLICE("a\xe4\xb8\xff");

	(void)state;
	assert_int_equal(utf8_next(&s), 'a');
	assert_int_equal(utf8_next(&s), 0xFFFD);
	assert_int_equal(utf8_next(&s), 0xFFFD);
	assert_int_equal(utf8_next(&s), 0xFFFD);
	assert_int_equal(s.len, 0);
	assert_int_equal(utf8_count(SLICE("上海 ab\xff")), 6);
}

static void ascii_length_is_exact_at_every_offset(void **state)
{
	char text[100];

	(void)state;
	memset(text, 'a', sizeof text);
	for (size_t i = 0; i < sizeof text; i++) {
		text[i] = '\xe4';
		assert_int_equal(utf8_ascii_length((struct slice){ text, sizeof text }), i);
		text[i] = 'a';
	}
	assert_int_equal(utf8_ascii_length((struct slice){ text, sizeof text }), sizeof text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_text_is_accepted_whole),
		cmocka_unit_test(the_first_wrong_byte_is_found),
		cmocka_unit_test(every_character_goes_there_and_back),
		cmocka_unit_test(a_walk_over_any_bytes_ends),
		cmocka_unit_test(ascii_length_is_exact_at_every_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
