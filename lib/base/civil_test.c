#include <time.h>

#include "base/civil.h"
#include "base/test.h"

static void every_day_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int32_t days = civil_to_days(1, 1, 1); days <= civil_to_days(9999, 12, 31); days++) {
		struct civil date = civil_from_days(days);

		assert_int_equal(civil_to_days(date.year, date.month, date.day), days);
		if (days % 97 == 0) {
			time_t seconds = (time_t)days * 86400;
			struct tm tm;

			assert_non_null(gmtime_r(&seconds, &tm));
			assert_int_equal(date.year, tm.tm_year + 1900);
			assert_int_equal(date.month, tm.tm_mon + 1);
			assert_int_equal(date.day, tm.tm_mday);
		}
	}
}

static void days_that_never_were_are_none(void **state)
{
	static const int wrong[][3] = {
		{ 2023, 2, 29 }, { 1900, 2, 29 }, { 2024, 4, 31 }, { 2024, 13, 1 }, { 2024, 0, 1 }, { 2024, 1, 0 },
		{ 0, 1, 1 },     { 10000, 1, 1 }, { -1, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(civil_to_days(wrong[i][0], wrong[i][1], wrong[i][2]), CIVIL_NONE);
	assert_int_equal(civil_to_days(2000, 2, 29), 11016);
	assert_int_equal(civil_to_days(1970, 1, 1), 0);
}

static void only_the_iso_form_is_parsed(void **state)
{
	static const char *const wrong[] = {
		"", "2024-3-5", "2024/03/05", "20240305", "2024-03-05 ", "2024-03-05T00", "2024-02-30", "-024-03-05", "2024-+3-05",
	};
	char text[CIVIL_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(civil_parse(slice_of(wrong[i])), CIVIL_NONE);
	civil_print(civil_parse(SLICE("2024-03-05")), text);
	assert_memory_equal(text, "2024-03-05", CIVIL_TEXT);
	civil_print(civil_to_days(7, 1, 2), text);
	assert_memory_equal(text, "0007-01-02", CIVIL_TEXT);
}

static void months_are_added_up_to_the_last_day(void **state)
{
	static const struct { const char *from; int months; const char *to; } cases[] = {
		{ "2024-01-31", 1, "2024-02-29" }, { "2023-01-31", 1, "2023-02-28" },  { "2024-03-31", -1, "2024-02-29" },
		{ "2024-12-15", 1, "2025-01-15" }, { "2024-01-15", -1, "2023-12-15" }, { "2024-05-31", 12, "2025-05-31" },
		{ "2024-02-29", -12, "2023-02-28" }, { "2024-02-29", 0, "2024-02-29" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(civil_add_months(civil_parse(slice_of(cases[i].from)), cases[i].months),
				 civil_parse(slice_of(cases[i].to)));
	assert_int_equal(civil_add_months(civil_to_days(1, 1, 1), -1), CIVIL_NONE);
	assert_int_equal(civil_add_months(civil_to_days(9999, 12, 1), 1), CIVIL_NONE);
	assert_int_equal(civil_add_months(CIVIL_NONE, 1), CIVIL_NONE);
	assert_int_equal(civil_add_months(0, INT32_MAX), CIVIL_NONE);
	assert_int_equal(civil_add_months(0, INT32_MIN), CIVIL_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_agrees_with_the_c_library),
		cmocka_unit_test(days_that_never_were_are_none),
		cmocka_unit_test(only_the_iso_form_is_parsed),
		cmocka_unit_test(months_are_added_up_to_the_last_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
