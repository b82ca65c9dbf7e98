/*
 * The rolling origins: the present, and days before it in steps of a third of the horizon, as far back as half a horizon of
 * history lies before them. Each is fitted on its own, from what was known then; of those whose horizon has passed by now there is
 * a sample of how customers stood and what they did (score/risk.h). The risk at an origin is learned from the three latest samples
 * whose horizon had passed by then, so that an origin in the past is judged exactly as it would have been on that day.
 */
#ifndef CRM_SCORE_ROLL_H
#define CRM_SCORE_ROLL_H

#include "base/diag.h"
#include "score/risk.h"

enum { ROLL_HORIZON = 3, ROLL_LESSONS = 3 };   /* steps in a horizon; samples a risk is learned from */

struct roll {
	uint32_t step;             /* days */
	size_t count;
	struct origin *origins;    /* [0] is the present, [i] lies i steps before it; those between, up to ROLL_HORIZON, are days only */
	struct sample *samples;    /* of [i] from ROLL_HORIZON on; empty before that */
	unsigned threads;
};

/* `past`: how many origins whose horizon has passed are wanted, besides those that their risk is learned from. */
int roll_make(struct roll *roll, const struct journal *journal, const struct origin_options *options, int32_t as_of,
	      int32_t first_day, size_t past, unsigned threads, struct diag *diag) MUST_CHECK;
void roll_release(struct roll *roll);
/* The risk as at origins[at]. */
void roll_risk(const struct roll *roll, size_t at, struct risk *risk);

#endif
