#include "io/sheet_value.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void formats_are_dates_by_their_letters_outside_quotes_and_brackets(void **state)
{
	static const struct { const char *code; enum number_style style; } cases[] = {
		{ "General", STYLE_NUMBER }, { "0.00", STYLE_NUMBER }, { "#,##0 \"days\"", STYLE_NUMBER },
		{ "[Red]0;[Blue]-0", STYLE_NUMBER }, { "0.00E+00", STYLE_NUMBER }, { "@", STYLE_NUMBER },
		{ "_-* #,##0.00_-;-d", STYLE_NUMBER }, { "[$-804]0", STYLE_NUMBER }, { "\\d0", STYLE_NUMBER },
		{ "0_d", STYLE_NUMBER }, { "", STYLE_NUMBER }, { "\"d", STYLE_NUMBER }, { "[d", STYLE_NUMBER },
		{ "yyyy-mm-dd", STYLE_DATE }, { "yyyy\"年\"m\"月\"d\"日\"", STYLE_DATE }, { "[$-804]aaaa;@", STYLE_DATE },
		{ "m/d", STYLE_DATE }, { "MMM", STYLE_DATE }, { "yyyy/m/d h:mm", STYLE_DATE }, { "D/M/Y", STYLE_DATE },
		{ "hh:mm:ss", STYLE_TIME }, { "h:mm AM/PM", STYLE_TIME }, { "mm:ss.0", STYLE_TIME },
		{ "[h]:mm:ss", STYLE_ELAPSED }, { "[mm]:ss", STYLE_ELAPSED },
		{ "000000", STYLE_DIGITS + 6 }, { "00;-00", STYLE_DIGITS + 2 }, { "0", STYLE_NUMBER }, { "00.0", STYLE_NUMBER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (number_style_of_code(slice_of(cases[i].code)) != cases[i].style)
			fail_msg("%s: %d", cases[i].code, number_style_of_code(slice_of(cases[i].code)));
	for (uint64_t id = 0; id < 200; id++) {
		bool expected = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

		assert_int_equal(number_style_builtin(id) != STYLE_NUMBER, expected);
	}
}

static void assert_text(struct buf *out, const char *expected)
{
	buf_add_byte(out, '\0');
	assert_string_equal(out->ptr, expected);
	buf_release(out);
}

static void numbers_come_without_noise_and_long_integers_are_marked(void **state)
{
	static const struct { const char *text, *expected; } cases[] = {
		{ "0", "0" }, { "-0", "0" }, { "1", "1" }, { "1.0", "1" }, { "-12.50", "-12.5" }, { "0.5", "0.5" },
		{ "0.30000000000000004", "0.3" }, { "1.1000000000000001", "1.1" }, { "9.9499999999999993", "9.95" },
		{ "1.3812345678E10", "13812345678" }, { "1.3812345678E+10", "13812345678" }, { "1E-5", "0.00001" },
		{ "123456789012345", "123456789012345" }, { "999999999999999", "999999999999999" },
		{ "1E+15", "1E+15" }, { "1000000000000000", "1E+15" }, { "6222021234567890", "6.22202123456789E+15" },
		{ "4.4098119850101101E+17", "4.40981198501011E+17" }, { "440981198501011000", "4.40981198501011E+17" },
		{ "999999999999999.9", "1E+15" }, { "99999.99999999999", "100000" }, { "1E-20", "1E-20" },
		{ "007", "7" }, { "#N/A", "#N/A" }, { "1e999", "1e999" }, { "", "" }, { "-", "-" }, { ".5", "0.5" },
		{ "1234567890123456", "1234567890123456" }, { "310101199001011234", "310101199001011234" },
		{ "310101199001011008", "3.10101199001011E+17" }, /* what a program prints of a number that lost its last digits */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, BUF_UNLIMITED);
		sheet_number_text(&out, slice_of(cases[i].text), STYLE_NUMBER);
		assert_text(&out, cases[i].expected);
	}
}

static void zeros_that_the_format_shows_are_kept(void **state)
{
	static const struct { const char *text; int digits; const char *expected; } cases[] = {
		{ "42", 6, "000042" }, { "0", 3, "000" }, { "1234567", 6, "1234567" }, { "4.5", 6, "4.5" }, { "42.0", 6, "000042" }, { "-42", 6, "-42" }, { "", 6, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, BUF_UNLIMITED);
		sheet_number_text(&out, slice_of(cases[i].text), (enum number_style)(STYLE_DIGITS + cases[i].digits));
		assert_text(&out, cases[i].expected);
	}
}

static void serials_are_dates_in_both_systems(void **state)
{
	static const struct { double serial; enum number_style style; bool date1904; const char *expected; } cases[] = {
		{ 45356, STYLE_DATE, false, "2024-03-05" }, { 45356 - 1462, STYLE_DATE, true, "2024-03-05" },
		{ 1, STYLE_DATE, false, "1900-01-01" }, { 59, STYLE_DATE, false, "1900-02-28" },
		{ 60, STYLE_DATE, false, "1900-02-29" }, { 61, STYLE_DATE, false, "1900-03-01" },
		{ 60.5, STYLE_DATE, false, "1900-02-29T12:00:00" },
		{ 0, STYLE_DATE, true, "1904-01-01" }, { 0, STYLE_DATE, false, "0" }, { 0.25, STYLE_DATE, false, "0.25" },
		{ 45356.55695601852, STYLE_DATE, false, "2024-03-05T13:22:01" },
		{ 45356.999999, STYLE_DATE, false, "2024-03-06" },
		{ 2958465, STYLE_DATE, false, "9999-12-31" }, { 2958466, STYLE_DATE, false, "2958466" },
		{ 2958465.9999999, STYLE_DATE, false, "2958465.9999999" }, { -1, STYLE_DATE, false, "-1" },
		{ 2957003, STYLE_DATE, true, "9999-12-31" }, { 2957004, STYLE_DATE, true, "2957004" },
		{ 0.3958333333333333, STYLE_TIME, false, "09:30:00" }, { 0, STYLE_TIME, false, "00:00:00" },
		{ 45356.5, STYLE_TIME, false, "2024-03-05T12:00:00" }, { 1.503472222222222, STYLE_ELAPSED, false, "36:05:00" },
		{ 45356, STYLE_NUMBER, false, "45356" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, BUF_UNLIMITED);
		sheet_serial(&out, cases[i].serial, cases[i].style, cases[i].date1904);
		assert_text(&out, cases[i].expected);
	}
}

static void currencies_stand_beside_numbers(void **state)
{
	static const struct { const char *code, *currency; } cases[] = {
		{ "[$€-407] #,##0.00", "€" },          { "#,##0.00 [$€-1]", "€" },      { "\"US$\"#,##0", "$" },         { "[$$-409]#,##0.00;[Red]-[$$-409]#,##0.00", "$" },
		{ "_-[$£-809]* #,##0.00_-", "£" },     { "[$HK$-C04]#,##0.00", "HK$" }, { "[$JPY] #,##0", "JPY" },       { "[$¥-411]#,##0", "JPY" },
		{ "[$-409]$#,##0", "$" },              { "\\$#,##0", "$" },             { "[$¥-804]#,##0.00", NULL },    { "\"¥\"#,##0.00", NULL },
		{ "#,##0\"元\"", NULL },               { "[$-409]#,##0", NULL },        { "#,##0.00", NULL },            { "0\"件\"", NULL },
		{ "#,##0;[$€-407]#,##0", NULL },       { "[$", NULL },                  { "[$]", NULL },                 { "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *currency = number_currency_of_code(slice_of(cases[i].code));

		if (cases[i].currency ? !currency || strcmp(currency, cases[i].currency) != 0 : currency != NULL)
			fail_msg("%s: %s", cases[i].code, currency ? currency : "none");
	}
	assert_string_equal(number_currency_of_name(SLICE("EUR")), "EUR");
	assert_null(number_currency_of_name(SLICE("CNY")));
	assert_null(number_currency_of_name(SLICE("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(currencies_stand_beside_numbers),
		cmocka_unit_test(formats_are_dates_by_their_letters_outside_quotes_and_brackets),
		cmocka_unit_test(numbers_come_without_noise_and_long_integers_are_marked),
		cmocka_unit_test(zeros_that_the_format_shows_are_kept),
		cmocka_unit_test(serials_are_dates_in_both_systems),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sheet_value", tests, NULL, NULL);
}
