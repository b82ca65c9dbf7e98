#include "cli/progress.h"

#include "base/test.h"

static void the_line_shows_rows_speed_and_what_is_known_of_the_time_left(void **state)
{
	static const struct tool tool = { .name = "crm-tag" };
	static const struct { uint64_t bytes, total; bool unknown; double seconds; const char *line; } cases[] = {
		{ 5000000, 20000000, false, 2, "crm-tag: 1234 rows, 2.5 MB/s, 25 %, 0:06 left" },
		{ 5000000, 905000000, false, 2, "crm-tag: 1234 rows, 2.5 MB/s, 1 %, 6:00 left" },
		{ 5000000, 20000000, true, 2, "crm-tag: 1234 rows, 2.5 MB/s" },
		{ 5000000, 0, false, 2, "crm-tag: 1234 rows, 2.5 MB/s" },
		{ 5000000, 5000000, false, 2, "crm-tag: 1234 rows, 2.5 MB/s" },
		{ 5000000, 20000000, false, 0, "crm-tag: 1234 rows, 0.0 MB/s" },
		{ 1, UINT64_MAX, false, 1e9, "crm-tag: 1234 rows, 0.0 MB/s" },
	};
	char line[160];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run run = { .tool = &tool, .seen_bytes = cases[i].bytes, .seen_records = 1234,
				   .total_bytes = cases[i].total, .total_unknown = cases[i].unknown };

		assert_int_equal(progress_text(&run, cases[i].seconds, line, sizeof line), strlen(cases[i].line));
		assert_string_equal(line, cases[i].line);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_shows_rows_speed_and_what_is_known_of_the_time_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
