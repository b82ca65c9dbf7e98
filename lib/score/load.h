/* What crm-rfm and crm-churn read before they can say anything: customers, then links, then orders. */
#ifndef CRM_SCORE_LOAD_H
#define CRM_SCORE_LOAD_H

#include "score/ledger.h"

struct load_options {
	const char *customers;         /* "-": standard input; NULL: customers are derived from the orders */
	const char *key;               /* column of the customers' key; NULL: by role */
	const char *const *orders;     /* paths, at least one; one of them may be "-" */
	size_t order_count;
	const char *links;             /* or NULL */
	const char *rates;             /* of currencies, or NULL */
	const char *group;             /* column of the customers' groups (roster_group), or NULL */
	const char *source;            /* only links of this source; NULL: all */
	const char *const *profiles;   /* of the systems that may have written customers and orders; none: all that are known */
	size_t profile_count;
	struct intake_options customers_intake, orders_intake, links_intake, rates_intake;
	struct ledger_options ledger;
};

struct load {
	struct profile_set *profiles;
	struct roster roster;
	struct links links;
	struct rates rates;
	struct ledger ledger;
};

/*
 * The links are opened only after the customers have been read to the end: the tool before this one in a pipeline has put
 * them in place by then. Warnings say what was left out.
 */
int load_all(struct load *load, const struct load_options *options, const struct feed *feed, struct diag *diag) MUST_CHECK;
/* Always, after load_all, whether it failed or not. */
void load_release(struct load *load);

#endif
