/*
 * Rates of currencies: a file with the columns currency, rate (汇率; what one unit is worth in the currency of the figures) and, if
 * rates change, date (the rate holds from that day on, and the first one before it, too). The currency of the figures has rate 1.
 */
#ifndef CRM_SCORE_RATES_H
#define CRM_SCORE_RATES_H

#include "score/feed.h"

struct rate {
	uint32_t currency;   /* three letters packed, as in score/order_row.h */
	int32_t from;        /* day; CIVIL_NONE: always */
	int64_t rate;        /* in units of 1/RATE_ONE, over 0 */
};

#define RATE_ONE INT64_C(10000000000)   /* ten decimals */

struct rates {
	struct rate *items;  /* by currency, then day */
	size_t count;
	/* private */
	size_t capacity, currency_column, rate_column, date_column;
};

void rates_init(struct rates *rates);
void rates_release(struct rates *rates);
int rates_read(struct rates *rates, const char *path, const struct intake_options *options, const struct feed *feed,
	       struct diag *diag) MUST_CHECK;
/* In units of 1/RATE_ONE; 0 where there is none. */
int64_t rates_find(const struct rates *rates, uint32_t currency, int32_t day);
/* amount times rate, to the nearest 1/10000, half away from zero; false when it does not fit. */
bool rates_apply(int64_t rate, int64_t *amount);

#endif
