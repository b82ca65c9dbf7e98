/*
 * Scores 1 (worst) to `bins` (best) of one figure over some customers, by quantiles, by rank, by the mean or by limits of the
 * user's. Figures are 64-bit integers in units of the caller's (days, orders, 1/10000 of money), and the arithmetic is exact, so that
 * the same figures give the same scores whatever their order.
 */
#ifndef CRM_SCORE_CUTS_H
#define CRM_SCORE_CUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CUTS_BINS_MOST = 9 };

/* A figure lies in bin i (from 0) when cut i-1 <= figure < cut i: equal figures share a bin, and bins may be empty. */
struct cuts {
	unsigned bins;                       /* 0: there are none */
	double shown[CUTS_BINS_MOST - 1];    /* the cuts, lowest first, for people: in units of `one` */
	__int128 from[CUTS_BINS_MOST - 1];   /* private: the least figure at or over each of them */
};

/*
 * As R's package rfm 0.3.0 has them: the type-7 quantiles (Hyndman and Fan 1996) plus one unit. Reorders `figures`. count 0:
 * all cuts are 0. `one` is what "plus 1" is in the unit of the figures (1; MONEY_ONE).
 */
void cuts_find(struct cuts *cuts, int64_t *figures, size_t count, unsigned bins, int64_t one);
/*
 * Between the bins of SQL's NTILE (see cuts_ntile), equal figures all in the worst of the bins over which NTILE parts them. Sorts
 * `figures`. `down`: the least figures are the best.
 */
void cuts_rank(struct cuts *cuts, int64_t *figures, size_t count, unsigned bins, int64_t one, bool down);
/* Two bins, parted at the mean: who is at it is with the better ones, which are the lower ones where `down`. */
void cuts_mean(struct cuts *cuts, const int64_t *figures, size_t count, int64_t one, bool down);
/* Cuts that the user names, rising: count of them makes count + 1 bins. */
void cuts_set(struct cuts *cuts, const int64_t *at, unsigned count, int64_t one);

/*
 * A cut as a number that stands for it in a file, in units of `one`, and the cuts of such numbers; false where these do not rise or are
 * no numbers. What is read scores as what was written, for figures under 10^15.
 */
double cuts_number(const struct cuts *cuts, unsigned i, int64_t one);
bool cuts_read(struct cuts *cuts, const double *numbers, unsigned count, int64_t one);

/* 1..bins, 1 for the lowest figures. */
unsigned cuts_score(const struct cuts *cuts, int64_t figure);

/*
 * SQL's NTILE: by rank, bins as equal in size as can be, the first ones one larger; equal figures may be parted, in the
 * order in which they stand. scores[i] is 1..bins, 1 for the lowest.
 */
void cuts_ntile(const int64_t *figures, size_t count, unsigned bins, uint8_t *scores);

#endif
