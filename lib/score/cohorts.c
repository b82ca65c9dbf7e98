#include "score/cohorts.h"

#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"

static int month_of(int32_t day)
{
	struct civil date = civil_from_days(day);

	return date.year * 12 + date.month - 1;
}

void cohorts_init(struct cohorts *cohorts, int32_t first_day, int32_t as_of)
{
	int first = first_day == CIVIL_NONE ? 0 : month_of(first_day), last = month_of(as_of);

	*cohorts = (struct cohorts){ 0 };
	if (first_day == CIVIL_NONE || first > last)
		return;
	cohorts->first = last - first < COHORT_MONTHS_MOST ? first : last - COHORT_MONTHS_MOST + 1;
	cohorts->months = (size_t)(last - cohorts->first + 1);
	cohorts->bought = memory_zero(cohorts->months * cohorts->months, sizeof *cohorts->bought);
}

void cohorts_release(struct cohorts *cohorts)
{
	free(cohorts->bought);
}

void cohorts_note(struct cohorts *cohorts, const struct account *account)
{
	int cohort = -1, last = -1;

	for (size_t i = 0; i < account->count; i++) {
		int month = account->orders[i].is_purchase ? month_of(account->orders[i].day) - cohorts->first : -1;

		if (month < 0 && cohort < 0 && account->orders[i].is_purchase)
			return; /* he came before the first cohort */
		if (month < 0 || month == last)
			continue;
		cohort = cohort < 0 ? month : cohort;
		last = month;
		__atomic_fetch_add(&cohorts->bought[(size_t)cohort * cohorts->months + (size_t)(month - cohort)], 1, __ATOMIC_RELAXED);
	}
}
