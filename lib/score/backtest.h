/*
 * The backtest: what crm-churn would have said on days in the past (score/roll.h), against what then happened. At each origin all
 * customers count who had bought and were not lost, and the outcome is whether they bought within the horizon.
 *
 * Beside the risk stand days since the last purchase: as a ranking, and as the probability that a regression on them alone gives. Ties
 * in a ranking share their place. Figures over all origins are sums of customers; AUC and Brier score are means over origins, by
 * customers (the Brier score of those that have it for both).
 *
 * Alarms are the reasons, the states at_risk and dormant, the level high, and, to compare with, as many customers as have the level high by days
 * since the last purchase. An alarm is raised at an origin when it did not stand at the one before; the rate of raised alarms is by
 * customers and months from the second origin on. A departure is a customer who was not lost at one origin and is at the next; its day
 * is the one on which he came to be lost. The lead time of an alarm is from the origin at which it came up, to stand until then, to that
 * day; it is counted in whole steps, and is cut short by the first origin.
 */
#ifndef CRM_SCORE_BACKTEST_H
#define CRM_SCORE_BACKTEST_H

#include "score/churn.h"

/* Who is highest: four shares of the customers, and k of them. */
enum { BACKTEST_SHARES = 4, BACKTEST_TOPS, BACKTEST_BINS = 10 };
extern const double backtest_shares[BACKTEST_SHARES];

enum { ALARM_ANY = REASONS, ALARM_AT_RISK, ALARM_HIGH, ALARM_RECENCY, ALARMS };

_Static_assert(ALARMS <= 32, "alarms are kept in 32 bits");

/* The customers of highest rank. */
struct top {
	uint64_t customers;
	double gone;               /* ties at the end count in part */
};

/* By the risk ([0]) and by days since last ([1]). */
struct ranking {
	double auc, brier;         /* NaN: nobody left or nobody stayed; no probability */
	struct top tops[BACKTEST_TOPS];
};

struct backtest_origin {
	int32_t day;
	uint64_t customers, gone;
	const char *kind;          /* of the risk (score/risk.h) */
	struct ranking rankings[2];
};

struct alarm {
	uint64_t standing, raised, gone;   /* customers at origins; those of `standing` who left */
	uint64_t departures;       /* at which it stood */
	int32_t *leads;            /* days, rising; `departures` of them */
	size_t lead_capacity;
};

struct backtest {
	uint32_t horizon, step;    /* days */
	uint64_t k;
	struct backtest_origin *origins;   /* oldest first */
	size_t count;
	struct backtest_origin total;
	struct {
		uint64_t customers, gone;
		double risk;       /* sum */
	} bins[BACKTEST_BINS];     /* of the risk, in tenths */
	struct alarm alarms[ALARMS];
	uint64_t departures;
	double months;             /* of customers, for the rate of raised alarms */
};

/* What was said of a customer at an origin. */
struct verdict {
	double risk, recency_risk;  /* NaN: it is not calibrated, so there is no recency to compare with */
	uint32_t idle;
	uint32_t alarms;           /* bits */
	bool counts, gone, lost;   /* had bought and was not lost; bought nothing within the horizon; was lost */
	int32_t departed;          /* day on which he came to be lost */
};

/* Called for each origin, oldest first, with the verdicts of all customers. 0 or -1. */
typedef int backtest_watch(void *context, const struct backtest_origin *origin, const struct verdict *verdicts, size_t customers,
			   struct diag *diag);

struct backtest_plan {
	size_t origins;            /* at most: those that the history allows, which may be none */
	uint64_t k;
	backtest_watch *watch;     /* or NULL */
	void *context;             /* of watch */
};

/* Of a churn that was made for so many origins. */
int backtest_make(struct backtest *backtest, const struct churn *churn, const struct backtest_plan *plan, struct diag *diag) MUST_CHECK;
void backtest_release(struct backtest *backtest);

/* Alarms raised in a month of a thousand customers. */
double backtest_rate(const struct backtest *backtest, const struct alarm *alarm);
/* The q-quantile of its lead times (type 7); NaN without any. */
double backtest_lead(const struct alarm *alarm, double q);
/* The name of an alarm: a reason's code, any_reason, at_risk, level_high, days_since_last. */
struct slice backtest_alarm_name(const struct wording *wording, size_t alarm);

struct cJSON *backtest_json(const struct backtest *backtest, const struct wording *wording);
void backtest_text(const struct backtest *backtest, const struct wording *wording, struct buf *out);

#endif
