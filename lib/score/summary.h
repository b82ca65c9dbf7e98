/*
 * What crm-rfm found, for a manager: segments, the matrix of recency and frequency scores, how concentrated the revenue is, and how many of
 * the customers of a month come again in the months after.
 *
 * As JSON: {"as_of", "customers", "buyers", "orders", "revenue", "segments": [{"segment", "customers", "orders", "revenue",
 * "share", "recency_days", "repurchase_rate"}], "matrix": [{"r", "f", "customers", "mean_monetary"}], "concentration": {"gini",
 * "deciles": [share of the top tenth, of the top two tenths, …]}, "cohorts": [{"month", "customers", "bought": [how many in
 * that month, in the next, …]}]}. As CSV (a name that ends in .csv): the segments. Shares are of the revenue, averages over customers.
 */
#ifndef CRM_SCORE_SUMMARY_H
#define CRM_SCORE_SUMMARY_H

#include "base/civil.h"
#include "base/diag.h"
#include "score/account.h"

enum { COHORT_MONTHS_MOST = 600 };

/* Customers by month of their first purchase and months since; counted while the ledger is visited. */
struct cohorts {
	uint32_t *bought;      /* [cohort * months + months since] */
	size_t months;         /* 0: no orders */
	int first;             /* year * 12 + month - 1 of the first cohort */
};

/* Of the last COHORT_MONTHS_MOST months at most. */
void cohorts_init(struct cohorts *cohorts, int32_t first_day, int32_t as_of);
void cohorts_release(struct cohorts *cohorts);
/* Any thread. */
void cohorts_note(struct cohorts *cohorts, const struct account *account);

struct rfm;
int summary_write(const struct rfm *rfm, const char *path, struct diag *diag) MUST_CHECK;

#endif
