/* Inside of score: what scales.c and scales_file.c share. */
#ifndef CRM_SCORE_SCALES_PRIVATE_H
#define CRM_SCORE_SCALES_PRIVATE_H

#include "score/scales.h"

extern const char *const figure_names[FIGURES];
/* What one is in the units of the figure: a day, an order, MONEY_ONE. */
int64_t figure_one(enum figure figure);

/* The scale of the group of that name, which is added where it is new. */
struct scale *scales_add(struct scales *scales, struct slice name);
/* Fills the scales from what scales_report has written. */
int scales_take(struct scales *scales, const struct cJSON *model, const char *model_file, struct arena *arena,
		struct diag *diag) MUST_CHECK;

#endif
