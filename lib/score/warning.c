#include "score/warning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score/special.h"

double warning_binomial_tail(uint64_t k, uint64_t n, double p)
{
	return k >= n ? 1 : special_beta_i(1 - p, (double)(n - k), (double)k + 1);
}

double warning_poisson_tail(uint64_t k, double mean)
{
	return k == 0 ? 1 : special_gamma_p((double)k, mean);
}

double warning_count_tail(uint64_t k, double shape, double scale, double days)
{
	return k == 0 ? 1 : special_beta_i(days / (scale + days), (double)k, shape);
}

/* How many of his gaps are of `idle` days or more. */
static size_t gaps_from(const int32_t *days, size_t count, double idle)
{
	size_t n = 0;

	for (size_t i = 1; i < count; i++)
		n += (double)days[i] - days[i - 1] >= idle;
	return n;
}

double warning_gap_tail(double shape, double scale, const int32_t *days, size_t count, double idle)
{
	double gaps = count ? (double)count - 1 : 0, total = count ? (double)days[count - 1] - days[0] : 0;
	double shrunk = pow((scale + total) / (scale + total + idle), shape + gaps);
	double own = (1 + (double)gaps_from(days, count, idle)) / (gaps + 1);

	return fmin(1, 2 * fmin(shrunk, own));
}

double warning_gap_limit(double shape, double scale, const int32_t *days, size_t count, double p)
{
	double low = 0, high = 1;

	while (warning_gap_tail(shape, scale, days, count, high) > p && high < 1e6)
		high *= 2;
	while (high - low > 1) {
		double middle = floor((low + high) / 2);

		if (warning_gap_tail(shape, scale, days, count, middle) > p)
			low = middle;
		else
			high = middle;
	}
	return high;
}

struct ranked {
	int64_t value;
	bool last;         /* one of the last two */
	double rank;
};

/* Insertion: they are few, and mostly fewer than a call of qsort is worth. */
static void sort_ranked(struct ranked *ranked, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct ranked one = ranked[i];
		size_t j = i;

		for (; j > 0 && ranked[j - 1].value > one.value; j--)
			ranked[j] = ranked[j - 1];
		ranked[j] = one;
	}
}

double warning_low_pair_tail(const int64_t *values, size_t count)
{
	struct ranked ranked[WARNING_VALUES_MOST];
	size_t n = count < WARNING_VALUES_MOST ? count : WARNING_VALUES_MOST, high = n, pairs = 0;
	double sum = 0;

	if (n < 3)
		return 1;
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){ values[count - n + i], i + 2 >= n, 0 };
	sort_ranked(ranked, n);
	for (size_t i = 0, ties; i < n; i += ties) {
		for (ties = 1; i + ties < n && ranked[i + ties].value == ranked[i].value; ties++)
			;
		for (size_t j = i; j < i + ties; j++)
			ranked[j].rank = (double)i + ((double)ties + 1) / 2;
	}
	for (size_t i = 0; i < n; i++)
		sum += ranked[i].last ? ranked[i].rank : 0;
	for (size_t i = 0; i < n; i++) {
		while (high > 0 && ranked[i].rank + ranked[high - 1].rank > sum)
			high--;
		pairs += high > i + 1 ? high - i - 1 : 0;
	}
	return (double)pairs / ((double)n * ((double)n - 1) / 2);
}

double warning_few_kinds_tail(const uint32_t *counts, size_t kind_count, uint32_t count, uint32_t recent, uint32_t kinds, double *expected)
{
	double chances[WARNING_VALUES_MOST + 1] = { 1 }, sum = 0;
	double all = special_lgamma(count + 1.), chosen = special_lgamma((double)count - recent + 1);

	*expected = 0;
	for (size_t i = 0; i < kind_count && i < WARNING_VALUES_MOST; i++) {
		double others = (double)count - counts[i], missed = 0;

		if (others >= recent)
			missed = exp(special_lgamma(others + 1) + chosen - special_lgamma(others - recent + 1) - all);
		*expected += 1 - missed;
		for (size_t j = i + 1; j > 0; j--)
			chances[j] = chances[j] * missed + chances[j - 1] * (1 - missed);
		chances[0] *= missed;
	}
	for (size_t j = 0; j <= kinds && j <= kind_count && j <= WARNING_VALUES_MOST; j++)
		sum += chances[j];
	return fmin(sum, 1);
}
