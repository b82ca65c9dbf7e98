#include "score/roll.h"

#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "base/pool.h"

struct making {
	struct roll *roll;
	const struct journal *journal;
	const struct origin_options *options;
	int32_t as_of;
};

static int make_origin(void *context, size_t i, unsigned worker, struct diag *diag)
{
	struct making *making = context;
	struct roll *roll = making->roll;
	int32_t day = making->as_of - (int32_t)(i * roll->step);

	(void)worker;
	(void)diag;
	if (i > 0 && i < ROLL_HORIZON) {   /* nothing is judged or learned there */
		roll->origins[i].day = day;
		return 0;
	}
	origin_fit(&roll->origins[i], day, making->options, making->journal, i > 0);
	if (i > 0)
		sample_make(&roll->samples[i], &roll->origins[i], making->journal);
	return 0;
}

int roll_make(struct roll *roll, const struct journal *journal, const struct origin_options *options, int32_t as_of,
	      int32_t first_day, size_t past, unsigned threads, struct diag *diag)
{
	uint32_t step = (options->horizon + ROLL_HORIZON - 1) / ROLL_HORIZON;
	size_t most = ROLL_HORIZON + past + (past ? ROLL_HORIZON : 0) + ROLL_LESSONS;
	int64_t history_days = first_day == CIVIL_NONE ? 0 : (int64_t)as_of - first_day;
	struct making making = { roll, journal, options, as_of };

	*roll = (struct roll){ .step = step, .count = 1, .threads = threads };
	if (history_days >= options->horizon / 2)
		roll->count = (size_t)(history_days - options->horizon / 2) / step + 1;
	roll->count = roll->count < most ? roll->count : most;
	roll->origins = memory_zero(roll->count, sizeof *roll->origins);
	roll->samples = memory_zero(roll->count, sizeof *roll->samples);
	return pool_each(make_origin, &making, roll->count, threads, diag);
}

void roll_release(struct roll *roll)
{
	for (size_t i = 0; i < roll->count; i++) {
		origin_release(&roll->origins[i]);
		sample_release(&roll->samples[i]);
	}
	free(roll->origins);
	free(roll->samples);
}

void roll_risk(const struct roll *roll, size_t at, struct risk *risk)
{
	const struct sample *samples[ROLL_LESSONS];
	size_t count = 0;

	for (size_t i = at + ROLL_HORIZON; i < roll->count && count < ROLL_LESSONS; i++)
		samples[count++] = &roll->samples[i];
	risk_fit(risk, samples, count, roll->threads);
}
