#include "base/test.h"

#include <time.h>

#include "clean/pattern.h"

static void patterns_are_checked(void **state)
{
	static const char *const good[] = { "yyyy-MM-dd", "MM/dd/yyyy HH:mm:ss", "yyyy年M月d日", "yyyy-MM-ddTHH:mm:ss.SSSZ", "yyyyMMdd",
					    "yyyy-MM-dd H:mm +0000", "epoch s", "epoch ms", "d.M.yyyy" };
	static const char *const bad[] = { "", "yy-MM-dd", "yyyy-MMM-dd", "YYYY-MM-DD", "date", "epoch", "yyyyZMM", "hh:mm", "m", "yyyy-MM-dd'T'",
					   "yyyy-MM-dd, a long text that goes on and on and on and on and on and on" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!pattern_is_valid(slice_of(good[i])))
			fail_msg("%s is good", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (pattern_is_valid(slice_of(bad[i])))
			fail_msg("%s is bad", bad[i]);
}

static void dates_are_written_by_patterns(void **state)
{
	static const struct { const char *date, *time, *value, *text; } cases[] = {
		{ "MM/dd/yyyy", "x", "2024-03-05", "03/05/2024" },
		{ "M/d/yyyy", "x", "2024-03-05", "3/5/2024" },
		{ "yyyy年M月d日", "x", "2024-12-31", "2024年12月31日" },
		{ "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "2024-03-05T06:07:08", "2024-03-05 06:07:08" },
		{ "yyyy-MM-dd", "d.M.yyyy H:mm", "2024-03-05T06:07:08", "5.3.2024 6:07" },
		{ "yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss.SSSZ", "2024-03-05T06:07:08", "2024-03-04T22:07:08.000Z" },
		{ "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss +0000", "2024-03-05T06:07:08", "2024-03-04 22:07:08 +0000" },
		{ "epoch s", "epoch s", "2024-03-05T16:00:00", "1709625600" },
		{ "epoch ms", "epoch ms", "2024-03-06", "1709654400000" },
		{ "epoch ms", "epoch ms", "1969-12-31", "-115200000" },
		{ "M/d/yyyy", "M/d/yyyy", "2024-02-30", "2024-02-30" },
		{ "M/d/yyyy", "M/d/yyyy", "2024-03-05 06:07:08", "2024-03-05 06:07:08" },
		{ "M/d/yyyy", "M/d/yyyy", "2024-03-05T06:07", "2024-03-05T06:07" },
		{ "M/d/yyyy", "M/d/yyyy", "2024-03-05T26:07:08", "2024-03-05T26:07:08" },
		{ "M/d/yyyy", "M/d/yyyy", "soon", "soon" },
	};
	struct arena arena;

	(void)state;
	setenv("TZ", "CST-8", 1);
	tzset();
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_slice(pattern_write(slice_of(cases[i].date), slice_of(cases[i].time), slice_of(cases[i].value), &arena),
			     cases[i].text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_are_checked),
		cmocka_unit_test(dates_are_written_by_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
