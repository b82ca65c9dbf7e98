/*
 * What a customer spends on an order: the gamma-gamma model of spend per transaction (Fader and Hardie, The Gamma-Gamma Model
 * of Monetary Value, 2013). Amounts of his orders are gamma(p, ν) about his own mean, and ν is gamma(q, v) over customers. Spend is
 * taken to be independent of how often he buys. Fitted by maximum likelihood to those who bought again: x repeat purchases of
 * mean z, the first purchase left out.
 */
#ifndef CRM_SCORE_SPEND_H
#define CRM_SCORE_SPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spend_case {
	uint32_t x;     /* repeat purchases that are worth something */
	double z;       /* their mean amount, over 0 */
};

struct spend {
	double p, q, v;
	double log_likelihood;
	bool converged;
	bool definite;       /* the log-likelihood has a clear maximum here, and covariance is known */
	double covariance[3][3];   /* of the logarithms of p, q, v */
	double population;   /* mean amount of a new customer: p v / (q - 1), or the mean of the cases where q is not over 1 */
};

/* False: fewer than two cases, or they have no spread to fit. */
bool spend_fit(struct spend *spend, const struct spend_case *cases, size_t count);
/* Expected amount of the next order of a customer; x 0: of the population. */
double spend_expected(const struct spend *spend, uint32_t x, double z);
/* Standard error of its logarithm that comes from the parameters alone (delta method); NaN unless definite. */
double spend_expected_error(const struct spend *spend, uint32_t x, double z);

#endif
