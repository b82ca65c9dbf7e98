#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "base/civil.h"
#include "score/spend.h"

enum { CASES_MOST = 30000 };

static void expectation_lies_between_own_mean_and_that_of_all(void **state)
{
	static const struct spend spend = { .p = 6.25, .q = 3.74, .v = 15.44, .population = 35.2 };

	(void)state;
	assert_close(spend_expected(&spend, 0, 0), 35.2, 1e-12);
	/* (q-1)/(px+q-1) of the population mean and px/(px+q-1) of his own: Fader and Hardie, equation (5) */
	assert_close(spend_expected(&spend, 2, 50), 2.74 / 15.24 * (6.25 * 15.44 / 2.74) + 12.5 / 15.24 * 50, 1e-9);
	assert_true(spend_expected(&spend, 100, 50) > 49.8);
}

static void nothing_to_fit_with_one_customer(void **state)
{
	static const struct spend_case cases[] = { { 3, 20 } };
	struct spend spend;

	(void)state;
	assert_false(spend_fit(&spend, cases, 1));
	assert_close(spend_expected(&spend, 0, 0), 20, 1e-12);
	assert_close(spend_expected(&spend, 2, 7), 7, 1e-12);
}

/* Repeat purchase days of each customer up to the end of September 1997, and their mean amount. */
static size_t read_cdnow(FILE *file, int ids, struct spend_case *cases)
{
	int customer, known = -1, date, last = 0;
	double amount, sum = 0;
	size_t count = 0;
	uint32_t x = 0;
	char line[256];
	bool more;

	do {
		more = fgets(line, sizeof line, file);
		if (more && (sscanf(line, ids == 2 ? "%d %*d %d %*d %lf" : "%d %d %*d %lf", &customer, &date, &amount) != 3 ||
			     date > 19970930))
			continue;
		if (!more || customer != known) {
			if (x && sum > 0)
				cases[count++] = (struct spend_case){ x, sum / x };
			known = customer;
			x = 0;
			sum = 0;
		} else if (date != last) {
			x++;
			sum += amount;
		} else if (x) {
			sum += amount;
		}
		last = date;
	} while (more);
	return count;
}

static void check_fit(const char *name, int ids, size_t customers, double p, double q, double v, double log_likelihood)
{
	static struct spend_case cases[CASES_MOST];
	const char *folder = getenv("CRM_SHARED");
	struct spend spend;
	char path[512];
	FILE *file;
	size_t count;

	snprintf(path, sizeof path, "%s/data/score/%s", folder ? folder : "../shared", name);
	file = fopen(path, "r");
	if (!file) {
		print_message("# skipped: %s is not there\n", path);
		skip();
	}
	count = read_cdnow(file, ids, cases);
	fclose(file);
	assert_true(spend_fit(&spend, cases, count));
	print_message("# %zu repeaters: %.6f %.6f %.6f LL %.4f\n", count, spend.p, spend.q, spend.v, spend.log_likelihood);
	assert_int_equal(count, customers);
	assert_close(spend.log_likelihood, log_likelihood, .01);
	assert_close(spend.p / p, 1, 1e-3);
	assert_close(spend.q / q, 1, 1e-3);
	assert_close(spend.v / v, 1, 1e-3);
}

static void fits_of_cdnow_are_the_published_ones(void **state)
{
	(void)state;
	check_fit("cdnow/CDNOW_sample.txt", 2, 946, 6.24957, 3.74422, 15.44352, -4055.918);
	check_fit("cdnow/CDNOW_master.txt", 1, 9450, 6.27536, 3.62445, 14.98368, -40763.476);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expectation_lies_between_own_mean_and_that_of_all),
		cmocka_unit_test(nothing_to_fit_with_one_customer),
		cmocka_unit_test(fits_of_cdnow_are_the_published_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
