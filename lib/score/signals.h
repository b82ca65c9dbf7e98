/*
 * Signals that a customer may leave, each against his own past, from what was known of him on a day.
 *
 * Tests, which have a p-value (score/warning.h); raised where it is at or under the limit of alarms (score/alarms.h):
 *   frequency_drop     the repeat purchases of the last `window` days are too few, given all of his, and the season where two years show one; and
 *                      fewer by a fifth at least
 *   overdue            no purchase for longer than his own gaps, drawn towards those of all, make likely; by the rates of the purchase
 *                      model, which also knows the gaps that have not ended, where there is one and customers have no groups
 *   amount_drop        his last two purchases are among his smallest, and under half the mean of those before
 *   category_narrowed  the purchases of the last `window` days, three at least, are of fewer categories (products where orders have
 *                      none) than as many random ones of his
 *   complaints_up      complaints of the last 30 days, two at least, are more than his own earlier rate explains, or that of all where
 *                      little is known of him: gamma with the weight of one complaint
 *   service_down       as frequency_drop, of events that are no complaints, and without season
 * Facts:
 *   contact_left       a contact of his has left, or has got another title, within a year
 *   no_contact         had three events at least, and neither event nor purchase for `no_contact` days, and for half as long again
 *                      as ever before
 *   negative_notes     since his last purchase, and within half a year: three notes that put off, or one that refuses
 *   no_progress        three events at least within half a year, known for as long, and no purchase in that time
 *   unfollowed         has unfollowed, left the group, or is no friend any more: a state of today, or an event within a year
 *   contract_end       his contract ends within `contract` days, or has ended within the last 30
 *   own_rule           has a tag of the user's own rules
 */
#ifndef CRM_SCORE_SIGNALS_H
#define CRM_SCORE_SIGNALS_H

#include "score/journal.h"
#include "score/lifecycle.h"

enum reason {
	REASON_CONTACT_LEFT, REASON_COMPLAINTS_UP, REASON_FREQUENCY_DROP, REASON_AMOUNT_DROP, REASON_OVERDUE, REASON_SERVICE_DOWN,
	REASON_CATEGORY_NARROWED, REASON_NO_CONTACT, REASON_NEGATIVE_NOTES, REASON_NO_PROGRESS, REASON_UNFOLLOWED, REASON_CONTRACT_END,
	REASON_OWN_RULE,
	REASONS
};

enum signal_kind {
	SIGNAL_NONE,   /* not there, or there is too little to test */
	SIGNAL_TEST,
	SIGNAL_FACT,
};

struct signal {
	enum signal_kind kind;
	double p;                  /* SIGNAL_TEST */
	double baseline, current;  /* what would be usual, and what is; NaN: there is no number */
	int32_t since;             /* CIVIL_NONE: not known */
};

/* When customers buy: how much more on some days of the year than on others. */
struct season {
	int32_t first;             /* day */
	size_t days;               /* 0: no season is known */
	double *until;             /* [n]: weight of the n days from `first` on */
};
/* From two years of purchases up to `day`; fewer show no season. */
void season_fit(struct season *season, const struct journal *journal, int32_t day);
void season_release(struct season *season);
/* Weight of the days after `from`, up to `to`. */
double season_weight(const struct season *season, int32_t from, int32_t to);

/* What is known today, and not of any day before, of a customer. */
struct signal_facts {
	int32_t contract_end;      /* CIVIL_NONE: none */
	bool unfollowed;
	struct slice tags;         /* that are signals, joined by ';' */
};

struct signal_options {
	uint32_t no_contact, contract;   /* days */
};

struct signal_scene {
	uint32_t window;                 /* days */
	bool has_amounts;
	double complaint_rate;           /* of all, a customer and day */
	const struct season *season;
	const struct rhythm *rhythm;     /* of his group: what is typical */
	const struct rhythm *gaps;       /* by which a gap is long */
	const struct signal_facts *facts;   /* of the customer, or NULL: a day in the past */
	const struct signal_options *options;
};

void signals_find(const struct signal_scene *scene, const struct view *view, struct signal signals[REASONS]);
/* How far off: from 0, as usual, to 1. */
double signal_strength(const struct signal *signal);

#endif
