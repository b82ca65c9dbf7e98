/*
 * Scores 1 (worst) to `bins` (best) of one figure over all customers, by quantiles or by rank. Figures are 64-bit
 * integers in units of the caller's (days, orders, 1/10000 of money), and the arithmetic is exact, so that the same
 * figures give the same scores whatever their order.
 */
#ifndef CRM_SCORE_CUTS_H
#define CRM_SCORE_CUTS_H

#include <stddef.h>
#include <stdint.h>

enum { CUTS_BINS_MOST = 9 };

/*
 * Cut points between bins, lowest first, as R's package rfm 0.3.0 has them: the type-7 quantiles (Hyndman and Fan 1996) plus
 * one unit. A figure lies in bin i (from 0) when cut i-1 <= figure < cut i: equal figures share a bin, and bins may be empty.
 */
struct cuts {
	unsigned bins;
	__int128 at[CUTS_BINS_MOST - 1];  /* private: the cut times bins, so that it is a whole number */
};

/* Reorders `figures`. count 0: all cuts are 0. `one` is what "plus 1" is in the unit of the figures (1; MONEY_ONE). */
void cuts_find(struct cuts *cuts, int64_t *figures, size_t count, unsigned bins, int64_t one);
/* Cuts that the user names, rising: count of them makes count + 1 bins. */
void cuts_set(struct cuts *cuts, const int64_t *at, unsigned count);
/* 1..bins, 1 for the lowest figures. */
unsigned cuts_score(const struct cuts *cuts, int64_t figure);
/* Cut i (0 .. bins-2) in units of `one`. */
double cuts_value(const struct cuts *cuts, unsigned i, int64_t one);

/*
 * SQL's NTILE: by rank, bins as equal in size as can be, the first ones one larger; equal figures may be parted, in the
 * order in which they stand. scores[i] is 1..bins, 1 for the lowest.
 */
void cuts_ntile(const int64_t *figures, size_t count, unsigned bins, uint8_t *scores);

#endif
