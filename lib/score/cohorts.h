/* Cohorts: customers by the month of their first purchase, and in which of the months after it they bought again. */
#ifndef CRM_SCORE_COHORTS_H
#define CRM_SCORE_COHORTS_H

#include "score/account.h"

enum { COHORT_MONTHS_MOST = 600 };

/* Counted while the ledger is visited. */
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

#endif
