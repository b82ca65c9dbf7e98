/*
 * What a customer is worth, in the figures that sales teams use: the last twelve months (the days after as_of less twelve
 * months, up to as_of) and their growth against the twelve months before, repeat purchase, breadth, share of revenue, tier, and
 * whether it was one large deal.
 *
 * Tiers A, B and C by one of
 *   share      of revenue (Pareto): customers by monetary value, largest first; A as long as those before one hold less than a percent
 *              of the revenue, B less than b percent. What customers brought less than nothing is left out of it.
 *   quantile   the first a percent of the customers are A, the first b percent A or B.
 *   amounts    who brought a or more is A, b or more B.
 * Equal values share a tier; who brought nothing is C.
 *
 * A one-off is a customer whose largest day of purchases holds at least `share` percent of all that he brought, and is over the
 * percentile `over` (type 7) of the largest days of all customers: a deal in several orders of one day is one. Who brought nothing after returns is none.
 */
#ifndef CRM_SCORE_VALUE_H
#define CRM_SCORE_VALUE_H

#include "score/account.h"

enum tier_kind { TIERS_BY_SHARE, TIERS_BY_QUANTILE, TIERS_BY_AMOUNT };

struct value_options {
	enum tier_kind tiers;
	int64_t a, b;                    /* percent, a <= b; by amount in 1/10000, a >= b */
	unsigned one_off_share, one_off_over;   /* percent */
};

/*
 * Reads `tiers`: "share" (or NULL), "quantile" or two amounts "10000,2000". a and b are percent, 0: 80 and 95 by share, 20 and 50 by
 * quantile. Mistakes are STATUS_USAGE.
 */
int value_read_tiers(struct value_options *options, const char *tiers, uint64_t a, uint64_t b, struct diag *diag) MUST_CHECK;

struct value {
	int64_t amount_12m, profit_12m;  /* 1/10000 */
	int64_t amount_before;           /* in the twelve months before those */
	int64_t largest;                 /* day of purchases, 1/10000; INT64_MIN: none */
	double cumulative;               /* what customers who brought as much or more have brought; after value_tiers */
	uint32_t orders_12m;
	uint32_t categories;             /* different ones ever bought */
	uint16_t top_category;           /* by amount, then rows, then first bought; 0: none */
	uint8_t top_channel;             /* 0: none */
	char tier;                       /* 'A' 'B' 'C', 0: none */
	bool one_off;                    /* after value_mark */
};

/* All but what value_rank and value_mark add. `since` is the last day before the twelve months, `before` that of those before. */
int value_make(struct value *value, const struct account *account, const struct line *lines, size_t count, int32_t since,
	       int32_t before, struct diag *diag) MUST_CHECK;

struct value_rank {
	int64_t monetary;
	uint32_t customer;
};
/* Sets tiers and cumulative amounts of the ranked customers, which are reordered. */
void value_tiers(struct value *values, struct value_rank *ranks, size_t count, const struct value_options *options);
/* Marks the one-offs among the ranked customers. */
void value_mark(struct value *values, const struct value_rank *ranks, size_t count, const struct value_options *options);

#endif
