/* What two records of different customers have in common by chance. */
#ifndef CRM_MATCH_BACKGROUND_H
#define CRM_MATCH_BACKGROUND_H

#include "match/compare.h"

/* How levels are spread over all pairs of records: shares that sum to one over LEVEL_DIFFERENT … LEVEL_EXACT. */
struct background {
	double share[FIELD_MOST][LEVELS];
	double sampled;          /* pairs looked at */
	double total;            /* pairs that there are */
	bool alone;              /* share is what chance brings, not what all pairs show (alone.h) */
	uint64_t *agreeing[FIELD_MOST];      /* patterns of random pairs that agree on the field */
	size_t agreeing_count[FIELD_MOST];
};

void background_measure(const struct fields *fields, size_t rows, const uint32_t *sources, bool link_only, unsigned threads,
			struct background *background);
void background_release(struct background *background);

#endif
