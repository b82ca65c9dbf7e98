/*
 * The risk that a customer buys nothing within the horizon, as a probability that has been right on the customers' own past.
 *
 * Samples are taken at past origins whose horizon has passed: how customers stood then (score/origin.h), and whether they bought
 * within it. Logistic regressions (Newton steps) are fitted to them, each with a prior of 50 customers' weight that the risk is the
 * model's probability, or, without the model, the share of those who left:
 *
 *   recency    days since last, and their logarithm
 *   model      log odds of the purchase model's probability of no purchase (its P(alive) and rate): Platt's calibration (1999)
 *   combined   both, the log overdue ratio, and every warning but overdue (score/warning.h)
 *
 * A weight that came out under zero is left out, so that the risk never falls as a customer stays away or a warning comes up. Of the three
 * one is used by its log loss and AUC on what it was not fitted to: the latest sample after the earlier ones or, where that is the only
 * one, every other customer; of customers who are not long overdue (four typical gaps), since of the others all say the same. The model has to
 * be better than recency in the one and no worse in the other; the combination better than that by one in a hundred and by .005;
 * and of the 5 % of highest risk, if they are a hundred at least, not fewer may have left, by two standard errors.
 * Too little history to learn from leaves the model's probability as it is.
 */
#ifndef CRM_SCORE_RISK_H
#define CRM_SCORE_RISK_H

#include "base/arena.h"
#include "score/origin.h"

enum risk_kind { RISK_RECENCY, RISK_MODEL, RISK_COMBINED, RISK_KINDS };

enum { FEATURE_ONE, FEATURE_RECENCY, FEATURE_DAYS, FEATURE_MODEL, FEATURE_RATIO, FEATURE_REASON, FEATURES = FEATURE_REASON + REASONS };

_Static_assert(FEATURES <= 32, "features are kept in 32 bits");

/* Some customers who had bought at an origin whose horizon has passed: 20,000 at most, evenly taken. */
struct sample {
	int32_t day;
	size_t count, gone_count;
	float (*features)[FEATURES];
	uint32_t *present;         /* which of them are not 0: bits */
	bool *gone;                /* bought nothing within the horizon */
};

void sample_make(struct sample *sample, const struct origin *origin, const struct journal *journal);
void sample_release(struct sample *sample);

/* How good a kind was on customers that it was not fitted to. */
struct risk_trial {
	double log_loss, auc;
	double precision;          /* share of those gone among the 5 % whose risk is highest */
	size_t highest;            /* how many these are */
};

struct risk {
	enum risk_kind kind;
	bool calibrated;           /* false: the model's probability as it is */
	double weights[RISK_KINDS][FEATURES];
	struct risk_trial trials[RISK_KINDS];
	size_t customers;          /* in the samples */
};

/* Samples, latest first, of which at least one has 100 customers, 20 of whom left and 20 stayed, are learned from. */
void risk_fit(struct risk *risk, const struct sample *const *samples, size_t count, unsigned threads);
/* 0..1, of a customer who has bought; by a kind, where calibrated. */
double risk_by(const struct risk *risk, enum risk_kind kind, const struct origin *origin, const struct standing *standing);
static inline double risk_of(const struct risk *risk, const struct origin *origin, const struct standing *standing)
{
	return risk_by(risk, risk->kind, origin, standing);
}
/* days_since_last, model, combined; uncalibrated. */
const char *risk_kind_name(const struct risk *risk);

/* What the risk is made of, in a line (`reasons`: their names); and for --stats: an object. */
struct slice risk_describe(const struct risk *risk, const struct origin *origin, const struct slice *reasons, struct arena *arena);
struct cJSON *risk_report(const struct risk *risk);

/* Area under the ROC curve of `scores` for gone[]; NaN when all are the same. Ties count half. Reorders nothing. */
double risk_auc(const double *scores, const bool *gone, size_t count);
/* Share of those gone among the `top` highest scores; ties at the end count in part. */
double risk_top(const double *scores, const bool *gone, size_t count, size_t top);

#endif
