/*
 * Who is leaving, and why: lifecycle, rhythm, risk, level, reasons and action of every customer.
 *
 * The level is the band of the risk (under `medium`: low; under `high`: medium), one band higher where a strong alarm stands
 * (score/signals.h): complaints rose, a contact left, notes are negative, he has unfollowed, or a rule of the user's own says so. These, and a
 * drop of frequency, are the warnings that make a customer at_risk; once he is, he stays so for
 * `hold` days unless he buys; as long he stays active, growing or stable as far as his trend goes. Purchases of one day are one.
 */
#ifndef CRM_SCORE_CHURN_H
#define CRM_SCORE_CHURN_H

#include "io/sink.h"
#include "score/ledger.h"
#include "score/previous.h"
#include "score/roll.h"

struct churn_options {
	int32_t as_of;
	struct origin_options origin;
	double medium, high;       /* lower ends of the bands of risk */
	struct lifecycle_limits limits;
	uint32_t hold, cool_down;  /* days */
	bool grouped;              /* by roster_group */
	bool no_orders;            /* none were named: lifecycles are not known */
	const char *const *labels, *const *actions;  /* of score/wording.h */
	size_t label_count, action_count;
	int language;              /* 0 English, 1 Chinese */
	unsigned threads;
};

_Static_assert(REASONS <= 16, "reasons are kept in 16 bits");

struct churn_customer {
	int32_t first, last;       /* purchase days; CIVIL_NONE: none */
	int32_t since;             /* in his state; CIVIL_NONE: not known */
	int32_t alarmed;           /* day of his last new alarm; CIVIL_NONE: none */
	int64_t amount_12m;        /* 1/10000 */
	double typical_gap, risk;
	uint16_t reasons, stood;   /* alarms that stand, and that stood yesterday: bits of enum reason */
	uint8_t lifecycle, before; /* the state before this one; LIFECYCLES: not known */
	uint8_t level;             /* 0 low, 1 medium, 2 high */
	bool modelled;             /* the risk is that of the churn_model */
};

/* A model that somebody trained, whose risk takes the place of that of the orders. */
struct churn_model {
	const double *risks;       /* by customer; NaN: not known */
	/* Why, as items of a list joined by ';', after those that are there. Any thread. */
	void (*reasons)(const void *context, uint32_t customer, struct buf *list);
	const void *context;
};

struct churn {
	struct churn_options options;
	struct churn_customer *customers;   /* by number of the key */
	size_t count;
	size_t by_lifecycle[LIFECYCLES], by_level[LEVELS];
	struct journal journal;
	struct roll roll;
	struct risk risk;
	struct wording wording;
	/* private */
	const struct previous *previous;    /* or NULL */
	const struct churn_model *model;    /* or NULL */
	struct map groups;
	uint32_t *group_of;
	int32_t year_ago;
	struct arena arena;
};

/* STATUS_USAGE: a label or an action is wrong. */
int churn_init(struct churn *churn, const struct churn_options *options, struct diag *diag) MUST_CHECK;
void churn_release(struct churn *churn);
/* Makes room for the customers, who are all known from here on; then their happenings are read into the journal (score/events.h). */
void churn_begin(struct churn *churn, const struct ledger *ledger, struct roster *roster);
/* The model is set in `churn` before, where there is one. `previous` may be NULL. `past`: origins of a backtest, or 0 (score/roll.h). */
int churn_make(struct churn *churn, struct ledger *ledger, const struct previous *previous, size_t past,
	       struct diag *diag) MUST_CHECK;

/* The reasons that are told of a customer: bits of enum reason. */
unsigned churn_reasons_of(const struct churn_customer *c);
/* The level of a customer; the warnings that make him at_risk. */
unsigned churn_level(const struct churn_options *options, double risk, unsigned reasons);
bool churn_is_warned(unsigned reasons);

size_t churn_columns(struct churn *churn, const struct column **columns);
/* All that it may write, with --previous or without. */
size_t churn_own_columns(const struct column **columns);
/* How long a customer stayed: days from his first purchase to when he was lost, or to now. For score/survival.h. */
bool churn_stay(const void *churn, uint32_t customer, double *days, bool *left);
/* For score/roster.h; context is the struct churn. */
void churn_cell(const void *churn, struct rows *rows, uint32_t customer, size_t column);

#endif
