/*
 * The risk that a customer buys nothing within a horizon of days: the MBG/NBD model (score/btyd.h) fitted to all customers gives
 * the raw probability; how far such probabilities have been right before is learned from the customers' own history.
 *
 * For each past origin (the last day less the horizon, and half horizons before that, as far as half a horizon of history lies
 * before it) the model is fitted on what was known then, and its raw probabilities p are compared with what followed:
 * logit(risk) = u + v · logit(p) (Platt 1999), with a prior of weight `prior` customers that u = 0 and v = 1. Nothing after an
 * origin is seen by the model of that origin. Too little history leaves the raw probability as it is.
 *
 * Where fewer than 20 customers have bought twice no model can be fitted. Then the rates are those of score/lifecycle.h (a shape
 * over 5 is taken as 5) and customers are assumed to leave as beta(0.8, 2): of ten, about three after each purchase.
 */
#ifndef CRM_SCORE_RISK_H
#define CRM_SCORE_RISK_H

#include "base/arena.h"
#include "score/lifecycle.h"

enum { RISK_ORIGINS = 3 };

/* A customer as he stood at an origin. T of UINT32_MAX: had not bought yet. */
struct risk_case {
	uint32_t x, t, T;
	bool came_back;        /* bought within the horizon after it */
};

struct risk_origin {
	int32_t day;           /* CIVIL_NONE: not used */
	size_t customers, gone;
	double auc, recency_auc, brier;   /* of the raw risk, of days since last, and of the calibrated risk on the latest origin */
};

struct risk {
	uint32_t horizon;      /* days */
	struct rhythm rhythm;
	struct btyd model;
	bool modelled;         /* the model could be fitted; else it is the assumed one */
	bool calibrated;
	double intercept, slope;
	struct risk_origin origins[RISK_ORIGINS];
};

/* Sets the days of the origins that the history allows. */
void risk_origins(struct risk *risk, uint32_t horizon, int32_t first_day, int32_t as_of);
/*
 * now[0..count): the customers at the end; past[k]: at origin k, NULL where its day is CIVIL_NONE.
 */
void risk_fit(struct risk *risk, const struct risk_case *now, const struct risk_case *const *past, size_t count);
/* 0..1 */
double risk_of(const struct risk *risk, uint32_t x, uint32_t t, uint32_t T);

/* The model in a line, and origin k (one that was measured) in another. */
struct slice risk_describe(const struct risk *risk, struct arena *arena);
struct slice risk_describe_origin(const struct risk *risk, size_t k, struct arena *arena);
/* The origins that were measured, for --stats: an array of objects as_of, customers, gone, auc, auc_days_since_last, brier. */
struct cJSON *risk_report(const struct risk *risk);

/* Area under the ROC curve of `scores` for gone[]; NaN when all are the same. Ties count half. Reorders nothing. */
double risk_auc(const double *scores, const bool *gone, size_t count);

#endif
