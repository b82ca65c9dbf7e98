#include "score/warning.h"

#include <math.h>

#include "score/special.h"

enum { LEAST_HAPPENINGS = 4, LAST_PURCHASES = 2, LEAST_EARLIER = 3, LEAST_COMPLAINTS = 2 };

static const double significant = .05, half = .5;

double warning_binomial_tail(uint64_t k, uint64_t n, double p)
{
	double sum = 0, count = (double)n;

	if (k >= n)
		return 1;
	for (uint64_t i = 0; i <= k; i++)
		sum += exp(special_lgamma(count + 1) - special_lgamma((double)i + 1) - special_lgamma(count - (double)i + 1) +
			   (double)i * log(p) + (count - (double)i) * log1p(-p));
	return fmin(sum, 1);
}

double warning_poisson_tail(uint64_t k, double mean)
{
	double below = 0;

	for (uint64_t i = 0; i < k; i++)
		below += exp((double)i * log(mean) - mean - special_lgamma((double)i + 1));
	return fmax(1 - below, 0);
}

bool warning_is_drop(uint64_t recent, uint64_t total, double window, double days)
{
	if (total < LEAST_HAPPENINGS || days < 2 * window || (double)recent >= (double)total * window / days)
		return false;
	return warning_binomial_tail(recent, total, window / days) < significant;
}

bool warning_is_amount_drop(const int64_t *amounts, size_t count)
{
	double last = 0, earlier = 0;

	if (count < LAST_PURCHASES + LEAST_EARLIER)
		return false;
	for (size_t i = 0; i < count; i++)
		*(i + LAST_PURCHASES < count ? &earlier : &last) += (double)amounts[i];
	return last / LAST_PURCHASES < half * earlier / (double)(count - LAST_PURCHASES);
}

bool warning_is_complaints_up(const struct complaints *complaints, double common_rate)
{
	double rate;

	if (complaints->recent < LEAST_COMPLAINTS || !(common_rate > 0))
		return false;
	rate = (1 + complaints->earlier) / (1 / common_rate + complaints->earlier_days);
	return warning_poisson_tail(complaints->recent, rate * COMPLAINT_DAYS) < significant;
}
