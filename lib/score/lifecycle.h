/*
 * Where a customer stands, by his own rhythm.
 *
 * The rhythm: gaps between purchase days are taken as exponential with a rate that is gamma(shape, scale) over customers; the two
 * are fitted by maximum likelihood to all who bought again (x gaps of t days in total: the sum of exponentials, mixed). A
 * customer's typical gap is one over the mean of his rate given his own gaps,
 *
 *     typical = (scale + t) / (shape + x)   days,
 *
 * which is the population's for who bought once, and his own mean gap for who bought often. Where customers have groups, shape and
 * scale are those of his group, fitted together with PRIOR_CUSTOMERS customers' worth of all others, so that a small group stays
 * near them. The overdue ratio is the days since the last purchase over the typical gap.
 *
 * Growth: what he bought in the last `trend_days`, or in the later half of his time where that is shorter, over what he bought in
 * as many days before; his first purchase, where it begins these, counts half, and two of his average repeat purchases are added to
 * both. NaN with fewer than three repeat purchases.
 */
#ifndef CRM_SCORE_LIFECYCLE_H
#define CRM_SCORE_LIFECYCLE_H

#include "score/btyd.h"

struct rhythm {
	double shape, scale;   /* scale in days */
	bool fitted;           /* false: nobody has bought twice; shape 1, scale 90 days are assumed */
};

void rhythm_fit(struct rhythm *rhythm, const struct btyd_case *cases, size_t count);
/* As above, of a group, drawn towards `all` (`prior`: cases of all customers, whose counts are weighted down). */
void rhythm_fit_group(struct rhythm *rhythm, const struct rhythm *all, const struct btyd_case *cases, size_t count,
		      const struct btyd_case *prior, size_t prior_count);
double rhythm_typical_gap(const struct rhythm *rhythm, uint32_t x, uint32_t t);

/* From the third on in the order in which they get worse. */
enum lifecycle {
	LIFECYCLE_PROSPECT,  /* never bought */
	LIFECYCLE_NEW,       /* bought once, or within new_days for the first time */
	LIFECYCLE_ACTIVE,    /* bought again; his history is too short for a trend, or buys less than before */
	LIFECYCLE_GROWING,   /* buys more than before */
	LIFECYCLE_STABLE,    /* buys about as much as before */
	LIFECYCLE_AT_RISK,   /* somewhat overdue, or a warning speaks for it */
	LIFECYCLE_DORMANT,   /* overdue */
	LIFECYCLE_LOST,      /* long overdue */
	LIFECYCLES
};

struct lifecycle_limits {
	double at_risk_ratio, dormant_ratio, lost_ratio; /* of days since the last purchase to the typical gap, which counts as a week at least */
	uint32_t new_days, at_risk_days, dormant_days, lost_days;   /* where not 0: fixed days instead */
	double growth;         /* 0.25: growing is a growth of 1.25 and more, stable from 1 / 1.25 to that */
	double margin;         /* 0.1: a customer stays in his state until he is a tenth past the limit by which he came into it */
};

/* A customer who has bought. */
struct lifecycle_case {
	uint32_t x, T, days_since_last;
	double typical_gap, growth;
	bool warned;
	enum lifecycle before;   /* yesterday; LIFECYCLES: not known */
	bool held;               /* has been so for a short time only: among active, growing and stable he stays what he was */
};

enum lifecycle lifecycle_of(const struct lifecycle_limits *limits, const struct lifecycle_case *c);
/* Days since the last purchase from which on he is lost. */
double lifecycle_lost_after(const struct lifecycle_limits *limits, double typical_gap);
/* Of purchases in order of day, the first one included, up to `day`. `amounts` NULL: their number is what grows. */
double lifecycle_growth(const int32_t *days, const int64_t *amounts, size_t count, int32_t day, uint32_t trend_days);

#endif
