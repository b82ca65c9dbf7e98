/*
 * The tests behind the signals that a customer may leave (score/signals.h), each of whether what is seen now could as well be what has
 * always been. All give a p-value: the chance of something as far out, or farther, if nothing has changed.
 */
#ifndef CRM_SCORE_WARNING_H
#define CRM_SCORE_WARNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* P(X <= k) of X binomial(n, p). With p the part of the time that is recent: the exact conditional test of two Poisson rates. */
double warning_binomial_tail(uint64_t k, uint64_t n, double p);
/* P(X >= k) of X Poisson(mean). */
double warning_poisson_tail(uint64_t k, double mean);
/*
 * P(X >= k) of X Poisson with a mean of `days` times a rate that is gamma(shape, scale) by what was seen before: a
 * negative binomial.
 */
double warning_count_tail(uint64_t k, double shape, double scale, double days);

/*
 * That a gap between purchases is of `idle` days or more. By the population, shrunk: gaps are exponential with a rate that is gamma(shape,
 * scale) given his own gaps (score/lifecycle.h), so the next one is Lomax. By himself: if gaps may be exchanged, the next one is the
 * longest of n + 1 with chance 1 / (n + 1), and so on. Twice the smaller one, for the choice.
 */
double warning_gap_tail(double shape, double scale, const int32_t *days, size_t count, double idle);
/* The least whole number of days at which warning_gap_tail is p or less. */
double warning_gap_limit(double shape, double scale, const int32_t *days, size_t count, double p);

/*
 * That the last two of some values would rank as low if the order said nothing: the exact rank sum test (Wilcoxon), ties by their mean rank.
 * Of more than WARNING_VALUES_MOST values the last ones. 1 for fewer than three.
 */
enum { WARNING_VALUES_MOST = 64 };
double warning_low_pair_tail(const int64_t *values, size_t count);

/*
 * That a random `recent` of `count` purchases would be of as few kinds as `kinds`, where kind i stands in counts[i] of them. Each kind is
 * missed with its hypergeometric chance; the chances are put together as if they were independent, which is on the safe side, since
 * one kind missed makes room for the others. *expected: the mean number of kinds.
 */
double warning_few_kinds_tail(const uint32_t *counts, size_t kind_count, uint32_t count, uint32_t recent, uint32_t kinds, double *expected);

#endif
