/*
 * What a customer is worth, in the figures that sales teams use: the last twelve months (the days after as_of less twelve
 * months, up to as_of), repeat purchase, breadth, share of revenue and tier.
 *
 * Tiers by Pareto share: customers by monetary value, largest first; A as long as those before one hold less than tier_a
 * percent of the revenue, B less than tier_b, the others C. Equal values share a tier; who brought nothing is C.
 */
#ifndef CRM_SCORE_VALUE_H
#define CRM_SCORE_VALUE_H

#include "score/account.h"

struct value {
	int64_t amount_12m, profit_12m;  /* 1/10000 */
	uint32_t orders_12m;
	uint32_t categories;             /* different ones ever bought */
	uint16_t top_category;           /* by amount, then rows, then first bought; 0: none */
	uint8_t top_channel;             /* 0: none */
	char tier;                       /* 'A' 'B' 'C', 0: none */
};

/* All but the tier. `since` is the last day before the twelve months. */
int value_make(struct value *value, const struct account *account, const struct line *lines, size_t count, int32_t since,
	       struct diag *diag) MUST_CHECK;

struct value_rank {
	int64_t monetary;
	uint32_t customer;
};
/* Sets the tiers of the ranked customers, which are reordered. */
void value_tiers(struct value *values, struct value_rank *ranks, size_t count, unsigned tier_a, unsigned tier_b);

#endif
