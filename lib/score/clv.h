/*
 * Customer lifetime value: a purchase model (score/btyd.h) for how often a customer will buy, gamma-gamma (score/spend.h) for how
 * much, on purchase days.
 *
 *     clv = margin · expected_order_value · expected_orders · (1 + discount)^-(horizon / 2 years)
 *
 * over the horizon, the orders being taken to come in its middle.
 *
 * Where the history is long enough (a holdout of a third of it, at most the horizon, or as long as the user says), every model that was
 * asked for is fitted to what was before the holdout, and what it expects is compared with what came, beside two
 * plain guesses: that each customer buys as often as in as many days before, and that all buy alike. `auto` takes the model
 * with the least root mean square error; of those within one percent of it, the one with the greatest likelihood. A model by which nobody ever leaves says nothing about who is alive: p_alive then
 * stays empty, and the run says so.
 */
#ifndef CRM_SCORE_CLV_H
#define CRM_SCORE_CLV_H

#include "base/arena.h"
#include "base/diag.h"
#include "score/account.h"
#include "score/btyd.h"
#include "score/spend.h"

struct cJSON;

struct clv_options {
	int32_t as_of;
	bool models[BTYD_MODELS];  /* which to try; several: auto */
	const struct cJSON *model; /* a model file that clv_report has filled: its model in place of a fit; or NULL */
	const char *model_file;    /* its name */
	uint32_t horizon;          /* days */
	uint32_t holdout;          /* days; 0: see above */
	bool ranks;                /* rank correlations are wanted, which cost a sort of the customers for each trial */
	double interval;           /* chance that the expected value lies in the interval, such as 0.9; 0: no intervals */
	double discount;           /* a year: 0.1 */
	double margin;             /* share of the amount that is earned */
	unsigned threads;
};

/* What one model, or guess, said of the holdout. */
struct clv_trial {
	const char *name;          /* NULL: not tried */
	double expected;           /* purchase days of all customers */
	double mean_error;         /* mean absolute error a customer */
	double root_error;         /* root mean square error a customer */
	double rank_correlation;   /* Spearman's, of what was expected with what came, over customers; NaN: one of them is the same for all */
	double log_likelihood;     /* of the model before the holdout */
};

struct clv_customer {
	uint32_t x, t, T;          /* at as_of; T UINT32_MAX: never bought */
	uint32_t past_x, past_t, past_T, came, before;  /* at the holdout's start; purchase days in it, and in as many days before */
	uint32_t paid;             /* repeat purchase days that brought something */
	int64_t amount;            /* what they brought, 1/10000 */
	float p_alive, expected;   /* after clv_fit */
};

struct clv {
	struct clv_options options;
	struct clv_customer *customers;
	size_t count;
	struct btyd model;
	struct spend spend;
	bool modelled, spends;     /* the models could be fitted */
	double normal_point;       /* private: half the width of the interval, in standard errors */
	uint32_t holdout;          /* days, 0: too little history */
	uint64_t actual;           /* purchase days in the holdout */
	struct clv_trial trials[BTYD_MODELS + 2];  /* CLV_TRIALS */
	/* Of the holdout, for score/holdout.h; holdout 0: none */
	enum btyd_model taken;     /* the trial whose model was taken */
	struct btyd past;          /* that model, fitted to what was before the holdout */
	int32_t first_day;
	uint32_t *births;          /* per day from first_day to the holdout: customers who bought first */
	uint32_t *repeats;         /* per week from first_day to as_of: purchase days of these customers but the first */
	size_t weeks;
};
enum { CLV_AS_BEFORE = BTYD_MODELS, CLV_ALL_ALIKE, CLV_TRIALS };

/* `first_day`: of all orders, or CIVIL_NONE. STATUS_USAGE: the holdout that the user wants leaves nothing before it. */
int clv_init(struct clv *clv, const struct clv_options *options, size_t customers, int32_t first_day, struct diag *diag) MUST_CHECK;
void clv_release(struct clv *clv);
/* Notes the purchases of a customer. Any thread. */
void clv_note(struct clv *clv, uint32_t customer, const struct account *account);
/* A model file that cannot be used is STATUS_USAGE. */
int clv_fit(struct clv *clv, struct diag *diag) MUST_CHECK;

/* A model was fitted to what was before a holdout. */
static inline bool clv_has_holdout(const struct clv *clv)
{
	return clv->holdout && clv->taken != BTYD_MODELS;
}

/* Expected amount of his next order, and his lifetime value, in units of money. NaN where unknown. */
double clv_order_value(const struct clv *clv, uint32_t customer);
double clv_value(const struct clv *clv, uint32_t customer);

/* The limits of the interval of options.interval, for the orders expected and for clv. NaN where unknown. Only the parameters' uncertainty is in it. */
void clv_interval(const struct clv *clv, uint32_t customer, double orders[2], double value[2]);

/* The model and the holdout in words, one line each; lines there are none of are empty. */
struct slice clv_describe_model(const struct clv *clv, struct arena *arena);
struct slice clv_describe_holdout(const struct clv *clv, struct arena *arena);
/* Adds "model", "params", "degenerate", "log_likelihood", "rows" and "spend" to the document of a model file. */
void clv_report(const struct clv *clv, struct cJSON *document);

#endif
