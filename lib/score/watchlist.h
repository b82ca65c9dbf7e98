/*
 * The watchlist: whom to call first. Customers whose level is not low, by value at risk (risk times worth, largest first), so many of
 * each owner; owners in the order of their names, those of none last. Worth is a column of the stream, such as the clv of
 * crm-rfm, or the amount of the last twelve months. Who is worth nothing, or whose worth is not known, is not on it.
 */
#ifndef CRM_SCORE_WATCHLIST_H
#define CRM_SCORE_WATCHLIST_H

#include "score/churn.h"

struct watchlist_options {
	const char *path;
	size_t top;                 /* of each owner */
	const char *worth;          /* column; NULL: clv where the stream has it, else the amount */
	struct sink_options sink;
};

/* STATUS_USAGE: there is no such column; STATUS_INPUT: a cell of it that is no number. */
int watchlist_write(struct churn *churn, struct roster *roster, const struct watchlist_options *options,
		    struct diag *diag) MUST_CHECK;

#endif
