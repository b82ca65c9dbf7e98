/*
 * A trained model of who leaves: logistic regression (score/logistic.h) of labels on the columns of the customer stream
 * (score/features.h).
 *
 *     logit(risk) = intercept + Σ over features weight · value of the input that speaks for the customer
 *
 * A feature's contribution is what it adds to the log odds beside what it adds for the average customer who was trained on.
 *
 * C, which weighs the data against the penalty, is the one of TRAINED_TRIES from 0.0001 to 100 with the least log loss in
 * cross-validation over TRAINED_FOLDS folds; AUC and Brier score are those of the probabilities that each customer got from the folds he was not in. Folds are
 * dealt within each label by a hash of the customer's key, and customers are taken in that order, so that neither the order of rows nor
 * the number of threads shows. More than TRAINED_MOST labelled customers are thinned to that many, evenly by the same hash.
 *
 * Weights of the two labels are equal, or `balanced`: each n / (2 n of its label). Then the intercept is put back by the logarithm of their
 * ratio, so that the risk stays a probability.
 *
 * The file is JSON: {"tool": "crm-churn", "version", "model": "logistic", "params": {"intercept", "COLUMN", "COLUMN=LEVEL", "COLUMN=" (empty), "COLUMN=…" (any
 * other value)}, "log_likelihood", "rows", "left", "label", "C", "class_weights", "cross_validation", "columns", "left_out"}.
 */
#ifndef CRM_SCORE_TRAINED_H
#define CRM_SCORE_TRAINED_H

#include "score/features.h"
#include "score/label.h"

enum { TRAINED_FOLDS = 10, TRAINED_TRIES = 13, TRAINED_MOST = 200000, TRAINED_LEAST = 20 };

struct trained_try {
	double C, log_loss;
};

struct trained {
	struct features features;
	double intercept;
	/* how it was trained; not known of a model that was loaded */
	struct slice label;
	uint64_t rows, left, labelled;
	double C, log_likelihood, weight_left, weight_stayed;
	double auc, brier, log_loss, lift;   /* cross-validated; lift: who left among the tenth with the highest risk, over the share of all */
	struct trained_try tries[TRAINED_TRIES];
};

/* `as_of`: the day that dates are counted to, in training and in scoring. */
void trained_init(struct trained *trained, int32_t as_of);
void trained_release(struct trained *trained);

struct trained_options {
	struct features_options features;
	bool balanced;
	unsigned threads;
};
/* STATUS_INPUT: fewer than TRAINED_LEAST customers of a label, or no column that can be used. */
int trained_fit(struct trained *trained, struct roster *roster, const struct labels *labels, const struct trained_options *options,
		struct diag *diag) MUST_CHECK;

/* -1: STATUS_SYSTEM. */
int trained_save(const struct trained *trained, const char *path, struct diag *diag) MUST_CHECK;
/* STATUS_INPUT: it is not such a file, or lacks something. */
int trained_load(struct trained *trained, const char *path, struct diag *diag) MUST_CHECK;
/* Finds the columns in a stream. STATUS_INPUT: one is not there; the nearest is named. */
int trained_bind(struct trained *trained, const struct roster *roster, struct diag *diag) MUST_CHECK;

/* The risk of every customer who has a row, else NaN; the caller frees it. Warns of values that training has not seen. */
int trained_score(const struct trained *trained, struct roster *roster, unsigned threads, double **risks, struct diag *diag) MUST_CHECK;

/* Why a customer may leave: the three features that add most, as "COLUMN=VALUE +0.62", joined by ';'. Any thread. */
void trained_reasons(const struct trained *trained, struct roster *roster, uint32_t customer, struct buf *reasons);

/* The text of the file, as a node. */
struct cJSON *trained_report(const struct trained *trained, struct arena *arena);
/* The model in a line. */
struct slice trained_describe(const struct trained *trained, struct arena *arena);

#endif
