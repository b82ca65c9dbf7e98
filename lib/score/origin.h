/*
 * An origin is a day from which customers are looked at: what was known of all of them then (their rhythm, a purchase model, how often
 * they complain), and how each stood, from the view of that day only (score/journal.h).
 */
#ifndef CRM_SCORE_ORIGIN_H
#define CRM_SCORE_ORIGIN_H

#include "score/alarms.h"

/* Groups of customers, whose rhythms differ. */
struct groups {
	const uint32_t *of;        /* by customer: number of his group; NULL: there are none */
	uint32_t count;
};

struct origin_options {
	uint32_t horizon;          /* days */
	uint32_t trend_days;       /* score/lifecycle.h */
	bool has_amounts;
	struct groups groups;
	struct signal_options signals;
	struct alarms alarms;
	const struct signal_facts *facts;   /* of today, by customer; or NULL */
};

struct origin {
	int32_t day;
	const struct origin_options *options;
	struct rhythm rhythm;      /* of all */
	struct rhythm *rhythms;    /* by group; NULL */
	struct btyd model;         /* MBG/NBD */
	bool modelled;             /* it could be fitted; else it is assumed */
	double complaint_rate;
	struct season season;
	bool past;                 /* facts of today are not known yet */
	double limit;              /* of p-values that are alarms */
};

/*
 * Fits what is fitted, to 30,000 of those who had bought, evenly taken, which leaves parameters sure to a few hundredths. The model of a
 * past day only serves to learn how far off such models are: with `past`, 10,000.
 *
 * Where fewer than 20 customers have bought twice no model can be fitted. Then the rates are those of the rhythm (a shape
 * over 5 is taken as 5) and customers are assumed to leave as beta(0.8, 2): of ten, about three after each purchase.
 */
void origin_fit(struct origin *origin, int32_t day, const struct origin_options *options, const struct journal *journal, bool past);
void origin_release(struct origin *origin);

/* How a customer stood. */
struct standing {
	bool bought;               /* else nothing but the reasons is set */
	uint32_t x, t, T;          /* repeat purchase days; days from first to last purchase, and from the first to the origin */
	double typical_gap, growth;
	unsigned reasons;          /* alarms: bits of enum reason */
	unsigned lingering;        /* what would do for an alarm that stood before: a p-value twice as high */
};
/* `view`: of the customer, on the day of the origin. */
void origin_stand(const struct origin *origin, uint32_t customer, const struct view *view, struct standing *standing);
void origin_signals(const struct origin *origin, uint32_t customer, const struct view *view, struct signal signals[REASONS]);
/* Since when he is overdue by the limit of alarms, or, where that is not reached, by p of 0.1. */
void origin_date_overdue(const struct origin *origin, uint32_t customer, const struct view *view, struct signal *overdue);
/* That he buys nothing within the horizon, by the model alone. */
double origin_p_none(const struct origin *origin, const struct standing *standing);

#endif
