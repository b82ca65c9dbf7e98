/*
 * Signs that a customer may leave, each against his own past.
 *
 *   frequency_drop  the purchase days of the last `window` days are too few, given all of his: the number is binomial(n, window / T)
 *                   under no change (the exact conditional test of two Poisson rates); n of four at least, one-sided p under .05
 *   amount_drop     the mean of his last two purchases is under half the mean of those before, of which there are three at least
 *   overdue         days since the last purchase over twice the typical gap (score/lifecycle.h)
 *   complaints_up   two complaints at least in the last 30 days, and more than his own earlier rate explains: Poisson upper tail with
 *                   p under .05, the rate shrunk to that of all customers by one complaint's worth
 *   service_down    as frequency_drop, of events that are no complaints
 *   contact_left    a contact of his has left within the last year
 */
#ifndef CRM_SCORE_WARNING_H
#define CRM_SCORE_WARNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reason {
	REASON_CONTACT_LEFT, REASON_COMPLAINTS_UP, REASON_FREQUENCY_DROP, REASON_AMOUNT_DROP, REASON_OVERDUE, REASON_SERVICE_DOWN,
	REASONS
};

/* P(X <= k) of X binomial(n, p), and P(X >= k) of X Poisson(mean). */
double warning_binomial_tail(uint64_t k, uint64_t n, double p);
double warning_poisson_tail(uint64_t k, double mean);

/* Whether `recent` of `total` happenings in the last `window` of `days` days are too few. */
bool warning_is_drop(uint64_t recent, uint64_t total, double window, double days);
/* Of purchases in order of day. */
bool warning_is_amount_drop(const int64_t *amounts, size_t count);

/* Complaints of a customer, and of all, whose rate is per customer and day. */
struct complaints {
	uint32_t recent, earlier;
	double earlier_days;     /* how long he has been watched before */
};
enum { COMPLAINT_DAYS = 30, CONTACT_DAYS = 365 };
bool warning_is_complaints_up(const struct complaints *complaints, double common_rate);

#endif
