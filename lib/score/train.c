/* Training: which customers, which C, the weights, and how good they are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "score/logistic.h"
#include "score/risk.h"
#include "score/trained.h"

static const double first_C = 1e-4, coarse = 1e-3, fine = 1e-7, suspicious_auc = .99, tenth = .1;

enum { DIGITS = 9 };

/* A labelled customer, and where the hash puts him. */
struct example {
	uint64_t hash;
	uint32_t customer;
	bool left;
	uint8_t fold;
};

struct training {
	struct trained *trained;
	struct roster *roster;
	struct example *examples;
	size_t count, left;
	struct logistic *logistic;
	double *odds[TRAINED_TRIES];   /* by example, from the folds he is not in */
	double weight_left, weight_stayed;
};

/* By label, then hash; the key's number only decides between keys of one hash. */
static int compare_examples(const void *a, const void *b)
{
	const struct example *x = a, *y = b;

	if (x->left != y->left)
		return x->left - y->left;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

static void take_examples(struct training *t, const struct labels *labels)
{
	size_t all = labels->left + labels->stayed, kept = 0;

	t->examples = memory_get(all, sizeof *t->examples);
	for (size_t i = 0; i < labels->count; i++)
		if (labels->of[i] != LABEL_NONE && roster_has_row(t->roster, (uint32_t)i))
			t->examples[t->count++] = (struct example){
				.hash = hash_stable(keys_text(&t->roster->keys, (uint32_t)i)), .customer = (uint32_t)i, .left = labels->of[i] == LABEL_LEFT,
			};
	t->trained->labelled = t->count;
	if (t->count)
		qsort(t->examples, t->count, sizeof *t->examples, compare_examples);
	for (size_t i = 0; i < t->count; i++)
		if (t->count <= TRAINED_MOST || i * TRAINED_MOST / t->count != (i + 1) * TRAINED_MOST / t->count)
			t->examples[kept++] = t->examples[i];
	t->count = kept;
	for (size_t i = 0; i < t->count; i++) {
		t->examples[i].fold = (uint8_t)(i % TRAINED_FOLDS);
		t->left += t->examples[i].left;
	}
}

static int find_features(struct training *t, const struct features_options *options, struct diag *diag)
{
	struct features *features = &t->trained->features;
	uint32_t *customers = memory_get(t->count, sizeof *customers);
	int failed;

	for (size_t i = 0; i < t->count; i++)
		customers[i] = t->examples[i].customer;
	failed = features_find(features, t->roster, customers, t->count, options, diag);
	free(customers);
	if (!failed && features->count == 0)
		return diag_fail(diag, STATUS_INPUT, NULL, "no-features", "no column of the customers can tell who leaves: all are ids, the same for "
				 "everybody, or free text");
	return failed;
}

static void fill(struct training *t)
{
	const struct features *features = &t->trained->features;
	uint32_t *inputs = memory_get(features->count, sizeof *inputs);
	double *values = memory_get(features->count, sizeof *values);
	struct arena scratch;

	arena_init(&scratch);
	t->logistic = logistic_new(t->count, features->count, features->input_count);
	for (size_t i = 0; i < t->count; i++) {
		size_t n = 0;

		for (size_t f = 0; f < features->count; f++) {
			struct slice cell = roster_cell(t->roster, t->examples[i].customer, features->items[f].at);
			struct reading_of_cell reading = feature_read(features, &features->items[f], cell, &scratch);

			inputs[n] = reading.input;
			values[n] = reading.value;
			n += reading.input != FEATURE_NOTHING;
		}
		logistic_set(t->logistic, i, inputs, values, n, t->examples[i].left);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
	free(inputs);
	free(values);
}

static double C_of(size_t i)
{
	return first_C * pow(10, (double)i / 2);
}

/* One fold: each C from small to large, every one from where the last one ended. */
static int run_fold(void *context, size_t fold, unsigned worker, struct diag *diag)
{
	struct training *t = context;
	uint32_t *rows = memory_get(t->count, sizeof *rows);
	double *weights = memory_zero(t->trained->features.input_count + 1, sizeof *weights);
	size_t n = 0;

	(void)worker;
	(void)diag;
	for (size_t i = 0; i < t->count; i++)
		if (t->examples[i].fold != fold)
			rows[n++] = (uint32_t)i;
	for (size_t k = 0; k < TRAINED_TRIES; k++) {
		struct logistic_fit fit = { C_of(k), t->weight_left, t->weight_stayed, coarse };

		logistic_fit(t->logistic, rows, n, &fit, weights);
		for (size_t i = 0; i < t->count; i++)
			if (t->examples[i].fold == fold)
				t->odds[k][i] = logistic_odds(t->logistic, i, weights) - log(t->weight_left / t->weight_stayed);
	}
	free(rows);
	free(weights);
	return 0;
}

/* -log of the probability given to what happened. */
static double loss_of(double odds, bool left)
{
	double against = left ? -odds : odds;

	return against > 0 ? against + log1p(exp(-against)) : log1p(exp(against));
}

static double mean_loss(const struct training *t, const double *odds)
{
	double sum = 0;

	for (size_t i = 0; i < t->count; i++)
		sum += loss_of(odds[i], t->examples[i].left);
	return sum / (double)t->count;
}

static int compare_down(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* Ties at the end of the tenth count in part. */
static double lift_of(const struct training *t, const double *odds)
{
	double *sorted = memory_get(t->count, sizeof *sorted), wanted = ceil((double)t->count * tenth), limit;
	double above = 0, left_above = 0, at = 0, left_at = 0;

	memcpy(sorted, odds, t->count * sizeof *sorted);
	qsort(sorted, t->count, sizeof *sorted, compare_down);
	limit = sorted[(size_t)wanted - 1];
	free(sorted);
	for (size_t i = 0; i < t->count; i++) {
		above += odds[i] > limit;
		at += odds[i] == limit;
		left_above += odds[i] > limit && t->examples[i].left;
		left_at += odds[i] == limit && t->examples[i].left;
	}
	return (left_above + left_at * (wanted - above) / at) / wanted / ((double)t->left / (double)t->count);
}

static void measure(struct training *t, const double *odds)
{
	struct trained *trained = t->trained;
	bool *left = memory_get(t->count, sizeof *left);
	double squares = 0;

	for (size_t i = 0; i < t->count; i++) {
		double miss = 1 / (1 + exp(-odds[i])) - t->examples[i].left;

		left[i] = t->examples[i].left;
		squares += miss * miss;
	}
	trained->auc = risk_auc(odds, left, t->count);
	trained->brier = squares / (double)t->count;
	trained->lift = lift_of(t, odds);
	free(left);
}

static int choose_C(struct training *t, unsigned threads, struct diag *diag)
{
	struct trained *trained = t->trained;
	size_t best = 0;

	for (size_t k = 0; k < TRAINED_TRIES; k++)
		t->odds[k] = memory_zero(t->count, sizeof *t->odds[k]);
	if (pool_each(run_fold, t, TRAINED_FOLDS, threads, diag))
		return -1;
	for (size_t k = 0; k < TRAINED_TRIES; k++) {
		trained->tries[k] = (struct trained_try){ C_of(k), mean_loss(t, t->odds[k]) };
		if (trained->tries[k].log_loss < trained->tries[best].log_loss)
			best = k;
	}
	trained->C = trained->tries[best].C;
	trained->log_loss = trained->tries[best].log_loss;
	measure(t, t->odds[best]);
	return 0;
}

/* To nine digits, so that the last bits of somebody's arithmetic library do not show. */
static double rounded(double value)
{
	char text[40];
	double back = value;

	snprintf(text, sizeof text, "%.*g", DIGITS, value);
	return slice_to_double(slice_of(text), &back) ? back : value;
}

static void fit_all(struct training *t)
{
	struct trained *trained = t->trained;
	struct features *features = &trained->features;
	struct logistic_fit fit = { trained->C, t->weight_left, t->weight_stayed, fine };
	double *weights = memory_zero(features->input_count + 1, sizeof *weights), shift = log(t->weight_left / t->weight_stayed);
	uint32_t *rows = memory_get(t->count, sizeof *rows);

	for (size_t i = 0; i < t->count; i++)
		rows[i] = (uint32_t)i;
	logistic_fit(t->logistic, rows, t->count, &fit, weights);
	for (size_t i = 0; i < t->count; i++)
		trained->log_likelihood -= loss_of(logistic_odds(t->logistic, i, weights) - shift, t->examples[i].left);
	trained->intercept = rounded(weights[features->input_count] - shift);
	for (size_t i = 0; i < features->input_count; i++)
		features->inputs[i].weight = rounded(weights[i]);
	free(rows);
	free(weights);
}

/* No better than the share of those who left is on its own. */
static void warn_of_chance(const struct training *t, struct diag *diag)
{
	double share = (double)t->left / (double)t->count, chance = -share * log(share) - (1 - share) * log(1 - share);

	if (t->trained->log_loss >= chance)
		diag_warn(diag, NULL, "no-skill",
			  "the columns do not tell who leaves: log loss %.4f in cross-validation, and %.4f without them", t->trained->log_loss, chance);
}

static void warn_of_leaks(const struct trained *trained, struct diag *diag)
{
	const struct features *features = &trained->features;
	struct slice strongest = SLICE("");
	double most = 0;

	if (trained->auc < suspicious_auc)
		return;
	for (size_t f = 0; f < features->count; f++)
		for (uint32_t i = 0; i < features->items[f].count; i++)
			if (fabs(features->inputs[features->items[f].first + i].weight) > most) {
				most = fabs(features->inputs[features->items[f].first + i].weight);
				strongest = features->items[f].column;
			}
	diag_warn(diag, NULL, "too-good", "the model is all but never wrong (AUC %.4f): does the column %.*s know what came after? --ignore leaves one out",
		  trained->auc, SLICE_ARG(slice_first(strongest, 60)));
}

static int train_on(struct training *t, const struct trained_options *options, struct diag *diag)
{
	struct trained *trained = t->trained;

	if (t->left < TRAINED_LEAST || t->count - t->left < TRAINED_LEAST)
		return diag_fail(diag, STATUS_INPUT, NULL, "too-few-labels",
				 "labels of customers in the input: %zu left, %zu stayed; training needs %d of each at least", t->left,
				 t->count - t->left, TRAINED_LEAST);
	if (find_features(t, &options->features, diag))
		return -1;
	fill(t);
	t->weight_left = options->balanced ? (double)t->count / (2 * (double)t->left) : 1;
	t->weight_stayed = options->balanced ? (double)t->count / (2 * (double)(t->count - t->left)) : 1;
	trained->weight_left = t->weight_left;
	trained->weight_stayed = t->weight_stayed;
	trained->rows = t->count;
	trained->left = t->left;
	if (choose_C(t, options->threads, diag))
		return -1;
	fit_all(t);
	warn_of_leaks(trained, diag);
	warn_of_chance(t, diag);
	return 0;
}

int trained_fit(struct trained *trained, struct roster *roster, const struct labels *labels, const struct trained_options *options,
		struct diag *diag)
{
	struct training t = { .trained = trained, .roster = roster };
	int failed;

	trained->label = arena_copy(&trained->features.arena, labels->column);
	take_examples(&t, labels);
	failed = train_on(&t, options, diag);
	for (size_t k = 0; k < TRAINED_TRIES; k++)
		free(t.odds[k]);
	if (t.logistic)
		logistic_free(t.logistic);
	free(t.examples);
	return failed;
}
