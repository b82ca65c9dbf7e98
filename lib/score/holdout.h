/*
 * How well the purchase model foretold the holdout (score/clv.h), beside two plain guesses: purchase days of all customers, errors a customer, rank
 * correlation; what came of customers by their purchases before (calibration); and week by week, from the first order to the last day,
 * what those who bought before the holdout were expected to buy and did (tracking: the model without their histories, as Fader and Hardie plot it).
 */
#ifndef CRM_SCORE_HOLDOUT_H
#define CRM_SCORE_HOLDOUT_H

#include "score/clv.h"

/* 180, 180d or 26w: days. STATUS_USAGE: it is no such period of 1 to 36,600 days. */
int holdout_parse(const char *text, uint32_t *days, struct diag *diag) MUST_CHECK;
/* Spearman's rank correlation of what was expected of the customers with what came; equal ones share their rank. NaN: all are equal. */
double holdout_rank_correlation(const struct clv *clv, const float *expected);
/* The report as text in the arena, or as JSON (to be freed by json_free). Only where clv_has_holdout. */
struct slice holdout_text(const struct clv *clv, struct arena *arena);
struct cJSON *holdout_json(const struct clv *clv);
/* To a file: JSON where its name ends in .json, else text. */
int holdout_write(const struct clv *clv, const char *path, struct diag *diag) MUST_CHECK;

#endif
