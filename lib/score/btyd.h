/*
 * Models of customers who buy at their own rate and leave at some time unseen ("buy till you die").
 *
 * A customer is x repeat purchases (days with a purchase, less the first), t: first to last purchase, T: first purchase to the
 * end of observation; time in weeks. While alive he buys by a Poisson process whose rate is gamma(r, α) over customers.
 *   BG/NBD      leaves after a purchase with a probability that is beta(a, b). Fader, Hardie and Lee, Marketing Science 24 (2005).
 *   MBG/NBD     the same, and may leave right after the first purchase. Batislam, Denizel and Filiztekin, IJRM 24 (2007).
 *   Pareto/NBD  lives for a time that is exponential with a rate gamma(s, β). See score/pareto.h.
 * Parameters are fitted by maximum likelihood on their logarithms, over distinct (x, t, T) with counts, from several starts.
 */
#ifndef CRM_SCORE_BTYD_H
#define CRM_SCORE_BTYD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum btyd_model { BTYD_BG, BTYD_MBG, BTYD_PARETO, BTYD_MODELS };

/* Customers who are alike: days, not weeks. */
struct btyd_case {
	uint32_t x, t, T;
	uint32_t count;
};

struct btyd {
	enum btyd_model model;
	double r, alpha, a, b;     /* alpha in weeks; of Pareto/NBD a is s and b is beta (weeks) */
	double log_likelihood;
	double gradient_norm;      /* of the logarithms, at the end */
	int evaluations;
	bool converged;
	bool definite;             /* after btyd_measure: the log-likelihood has a clear maximum here, and covariance is known */
	double covariance[4][4];   /* of the logarithms of r, alpha, a, b */
	double never_leave;        /* log-likelihood if nobody ever left (the NBD) */
	bool degenerate;           /* that is no worse (likelihood ratio, 5 %): the data do not show that anybody leaves */
};

/* "BG/NBD", and its parameters' names in order. */
const char *btyd_name(enum btyd_model model);
const char *const *btyd_parameters(enum btyd_model model);
/* Sorts the cases and puts equal ones together; returns how many are left. */
size_t btyd_condense(struct btyd_case *cases, size_t count);
/* False: nothing to fit, since nobody has bought twice. */
bool btyd_fit(struct btyd *btyd, enum btyd_model model, const struct btyd_case *cases, size_t count);
/* The same in less time, where probabilities are calibrated afterwards: parameters to some three digits. */
bool btyd_fit_roughly(struct btyd *btyd, enum btyd_model model, const struct btyd_case *cases, size_t count);

/* How sure the parameters are: covariance, and definite. The cases are those of the fit. */
void btyd_measure(struct btyd *btyd, const struct btyd_case *cases, size_t count);

/* Of a customer (days). */
double btyd_p_alive(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T);
/* That he buys nothing in the `horizon` days after T. */
double btyd_p_none(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T, double horizon);
/* Purchases expected in the `horizon` days after T. */
double btyd_expected(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T, double horizon);
/*
 * Standard error of the logarithm of btyd_expected that comes from the parameters alone (delta method); NaN unless definite. What a single customer does
 * varies much more.
 */
double btyd_expected_error(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T, double horizon);
/* Repeat purchases expected of a new customer in his first `days`. */
double btyd_expected_new(const struct btyd *btyd, double days);
/* Log-likelihood of the cases under the parameters. */
double btyd_log_likelihood(const struct btyd *btyd, const struct btyd_case *cases, size_t count);

#endif
