/*
 * Where a customer stands, by his own rhythm.
 *
 * The rhythm: gaps between his purchase days are taken as exponential with a rate that is gamma(shape, scale) over customers; the two
 * are fitted by maximum likelihood to all who bought again (x gaps of t days in total: the sum of exponentials, mixed). His
 * typical gap is one over the mean of his rate given his own gaps,
 *
 *     typical = (scale + t) / (shape + x)   days,
 *
 * which is the population's for who bought once, and his own mean gap for who bought often. The overdue ratio is the days since his
 * last purchase over his typical gap.
 */
#ifndef CRM_SCORE_LIFECYCLE_H
#define CRM_SCORE_LIFECYCLE_H

#include "score/btyd.h"

struct rhythm {
	double shape, scale;   /* scale in days */
	bool fitted;           /* false: nobody has bought twice; shape 1, scale 90 days are assumed */
};

void rhythm_fit(struct rhythm *rhythm, const struct btyd_case *cases, size_t count);
double rhythm_typical_gap(const struct rhythm *rhythm, uint32_t x, uint32_t t);

enum lifecycle {
	LIFECYCLE_PROSPECT,  /* never bought */
	LIFECYCLE_NEW,       /* bought once, and is not overdue */
	LIFECYCLE_ACTIVE,    /* bought again, and is not overdue */
	LIFECYCLE_DORMANT,   /* overdue */
	LIFECYCLE_LOST,      /* long overdue */
	LIFECYCLES
};

struct lifecycle_limits {
	double dormant_ratio, lost_ratio;   /* of days since the last purchase to the typical gap, which counts as a week at least */
	uint32_t dormant_days, lost_days;   /* where not 0: fixed days instead */
};

enum lifecycle lifecycle_of(const struct lifecycle_limits *limits, uint32_t x, uint32_t days_since_last, double typical_gap);

#endif
