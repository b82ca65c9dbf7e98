#include "score/risk.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "io/json.h"

enum { LEAST_CUSTOMERS = 100, LEAST_OF_A_KIND = 20, LEAST_REPEATERS = 20, STEPS_MOST = 50, PAST_CASES = 30000 };

static const double prior = 50, odds_most = 20, days_in_week = 7;
static const double assumed_shape_most = 5, assumed_a = .8, assumed_b = 2;

void risk_origins(struct risk *risk, uint32_t horizon, int32_t first_day, int32_t as_of)
{
	*risk = (struct risk){ .horizon = horizon, .slope = 1 };
	for (int k = 0; k < RISK_ORIGINS; k++) {
		int64_t day = (int64_t)as_of - horizon - (int64_t)(horizon / 2) * k;
		bool used = first_day != CIVIL_NONE && day - first_day >= horizon / 2;

		risk->origins[k].day = used ? (int32_t)day : CIVIL_NONE;
	}
}

/* Cases of those who had bought; the caller frees them. */
static struct btyd_case *cases_of(const struct risk_case *customers, size_t count, size_t *distinct)
{
	struct btyd_case *cases = memory_get(count, sizeof *cases);
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (customers[i].T != UINT32_MAX)
			cases[n++] = (struct btyd_case){ customers[i].x, customers[i].t, customers[i].T, 1 };
	*distinct = btyd_condense(cases, n);
	return cases;
}

static bool fit_model(struct btyd *model, const struct btyd_case *cases, size_t count)
{
	uint64_t repeaters = 0;

	for (size_t i = 0; i < count; i++)
		repeaters += cases[i].x ? cases[i].count : 0;
	return repeaters >= LEAST_REPEATERS && btyd_fit(model, BTYD_MBG, cases, count);
}

/* A model of the past only serves to learn how far off such models are: some cases, evenly taken, are enough. */
static size_t thin(struct btyd_case *cases, size_t count)
{
	size_t every = count / PAST_CASES + 1, kept = 0;

	for (size_t i = 0; i < count; i += every)
		cases[kept++] = cases[i];
	return kept;
}

static double logit(double p)
{
	double odds = log(p / (1 - p));

	return fmin(fmax(odds, -odds_most), odds_most);
}

static double expit(double odds)
{
	return 1 / (1 + exp(-odds));
}

/* One origin's customers who had bought: raw log odds, days since last, what followed. */
struct sample {
	double *odds, *recency;
	bool *gone;
	size_t count, gone_count;
};

static void sample_release(struct sample *sample)
{
	free(sample->odds);
	free(sample->recency);
	free(sample->gone);
}

/* False: too few customers, or nothing to learn. */
static bool sample_make(struct sample *sample, const struct risk_case *past, size_t count, double horizon)
{
	struct btyd model;
	size_t distinct;
	struct btyd_case *cases = cases_of(past, count, &distinct);
	bool fitted = fit_model(&model, cases, thin(cases, distinct));

	free(cases);
	*sample = (struct sample){
		.odds = memory_get(count, sizeof(double)), .recency = memory_get(count, sizeof(double)),
		.gone = memory_get(count, sizeof(bool)),
	};
	for (size_t i = 0; fitted && i < count; i++) {
		const struct risk_case *c = &past[i];

		if (c->T == UINT32_MAX)
			continue;
		sample->odds[sample->count] = logit(btyd_p_none(&model, c->x, c->t, c->T, horizon));
		sample->recency[sample->count] = (double)(c->T - c->t);
		sample->gone[sample->count++] = !c->came_back;
		sample->gone_count += !c->came_back;
	}
	return fitted && sample->count >= LEAST_CUSTOMERS && sample->gone_count >= LEAST_OF_A_KIND &&
	       sample->count - sample->gone_count >= LEAST_OF_A_KIND;
}

/* Sums over the sample for one Newton step of the logistic regression on (1, odds). */
struct sums {
	double u, v, uu, uv, vv;
};

static void add_sample(struct sums *s, const struct sample *sample, double intercept, double slope, double weight)
{
	for (size_t i = 0; i < sample->count; i++) {
		double z = sample->odds[i], p = expit(intercept + slope * z);
		double error = weight * (sample->gone[i] - p), w = weight * p * (1 - p);

		s->u += error;
		s->v += error * z;
		s->uu += w;
		s->uv += w * z;
		s->vv += w * z * z;
	}
}

static void calibrate(struct risk *risk, const struct sample *samples, const bool *used)
{
	double u = 0, v = 1;

	for (int step = 0; step < STEPS_MOST; step++) {
		/* the prior is that of `prior` customers at even odds */
		struct sums s = { -u * prior / 4, (1 - v) * prior / 4, prior / 4, 0, prior / 4 };
		double determinant, by_u, by_v;

		for (size_t k = 0; k < RISK_ORIGINS; k++)
			if (used[k])
				add_sample(&s, &samples[k], u, v, 1);
		determinant = s.uu * s.vv - s.uv * s.uv;
		by_u = (s.vv * s.u - s.uv * s.v) / determinant;
		by_v = (s.uu * s.v - s.uv * s.u) / determinant;
		u += fmin(fmax(by_u, -1), 1);
		v += fmin(fmax(by_v, -.5), .5);
		if (fabs(by_u) + fabs(by_v) < 1e-10)
			break;
	}
	if (!(v > 0))
		return; /* history says the opposite of the model: believe neither */
	risk->intercept = u;
	risk->slope = v;
	risk->calibrated = true;
}

static void measure(const struct risk *risk, struct risk_origin *origin, const struct sample *sample)
{
	double sum = 0;

	for (size_t i = 0; i < sample->count; i++) {
		double miss = expit(risk->intercept + risk->slope * sample->odds[i]) - sample->gone[i];

		sum += miss * miss;
	}
	origin->customers = sample->count;
	origin->gone = sample->gone_count;
	origin->auc = risk_auc(sample->odds, sample->gone, sample->count);
	origin->recency_auc = risk_auc(sample->recency, sample->gone, sample->count);
	origin->brier = sum / (double)sample->count;
}

static void learn_from_past(struct risk *risk, const struct risk_case *const *past, size_t count)
{
	struct sample samples[RISK_ORIGINS] = { { 0 } };
	bool used[RISK_ORIGINS] = { false }, any = false;

	for (size_t k = 0; k < RISK_ORIGINS; k++) {
		if (risk->origins[k].day == CIVIL_NONE)
			continue;
		used[k] = sample_make(&samples[k], past[k], count, risk->horizon);
		any |= used[k];
	}
	if (any)
		calibrate(risk, samples, used);
	for (size_t k = 0; k < RISK_ORIGINS; k++) {
		if (used[k])
			measure(risk, &risk->origins[k], &samples[k]);
		sample_release(&samples[k]);
	}
}

static void assume_model(struct risk *risk)
{
	double shape = risk->rhythm.shape, scale = risk->rhythm.scale;

	risk->model = (struct btyd){ .model = BTYD_MBG, .r = fmin(shape, assumed_shape_most), .a = assumed_a, .b = assumed_b };
	risk->model.alpha = scale / days_in_week * risk->model.r / shape;
}

void risk_fit(struct risk *risk, const struct risk_case *now, const struct risk_case *const *past, size_t count)
{
	size_t distinct;
	struct btyd_case *cases = cases_of(now, count, &distinct);

	rhythm_fit(&risk->rhythm, cases, distinct);
	risk->modelled = fit_model(&risk->model, cases, distinct);
	free(cases);
	if (risk->modelled)
		learn_from_past(risk, past, count);
	else
		assume_model(risk);
}

double risk_of(const struct risk *risk, uint32_t x, uint32_t t, uint32_t T)
{
	return expit(risk->intercept + risk->slope * logit(btyd_p_none(&risk->model, x, t, T, risk->horizon)));
}

struct ranked {
	double score;
	bool gone;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

double risk_auc(const double *scores, const bool *gone, size_t count)
{
	struct ranked *ranked = memory_get(count, sizeof *ranked);
	double above = 0, positives = 0, negatives = 0;

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ scores[i], gone[i] };
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	for (size_t i = 0, n; i < count; i += n) {
		double ties_gone = 0, ties_here = 0;

		for (n = 0; i + n < count && ranked[i + n].score == ranked[i].score; n++)
			ranked[i + n].gone ? ties_gone++ : ties_here++;
		above += ties_gone * (negatives + ties_here / 2);
		positives += ties_gone;
		negatives += ties_here;
	}
	free(ranked);
	return above / (positives * negatives);
}

struct cJSON *risk_report(const struct risk *risk)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t k = 0; k < RISK_ORIGINS; k++) {
		const struct risk_origin *o = &risk->origins[k];
		char day[CIVIL_TEXT + 1] = "";
		cJSON *origin;

		if (o->customers == 0)
			continue;
		civil_print(o->day, day);
		cJSON_AddItemToArray(list, origin = cJSON_CreateObject());
		cJSON_AddStringToObject(origin, "as_of", day);
		cJSON_AddItemToObject(origin, "customers", json_number_node((double)o->customers));
		cJSON_AddItemToObject(origin, "gone", json_number_node((double)o->gone));
		cJSON_AddItemToObject(origin, "auc", json_number_node(o->auc));
		cJSON_AddItemToObject(origin, "auc_days_since_last", json_number_node(o->recency_auc));
		cJSON_AddItemToObject(origin, "brier", json_number_node(o->brier));
	}
	return list;
}

struct slice risk_describe(const struct risk *risk, struct arena *arena)
{
	const struct btyd *m = &risk->model;

	if (!risk->modelled)
		return SLICE("too few have bought twice for a model: the risk comes from the customers' gaps and assumed departures");
	return arena_format(arena, "MBG/NBD r %.4f alpha %.4f a %.4f b %.4f, log-likelihood %.3f%s; calibrated: %.3f + %.3f logit",
			    m->r, m->alpha, m->a, m->b, m->log_likelihood,
			    m->degenerate ? " (degenerate: the orders do not show that anybody leaves)" : "", risk->intercept, risk->slope);
}

struct slice risk_describe_origin(const struct risk *risk, size_t k, struct arena *arena)
{
	const struct risk_origin *o = &risk->origins[k];
	char day[CIVIL_TEXT + 1] = "";

	civil_print(o->day, day);
	return arena_format(arena, "backtest at %s: %zu customers, %zu bought nothing within %u days; AUC of the risk %.3f, "
			    "of days since last %.3f; Brier score %.4f", day, o->customers, o->gone, risk->horizon, o->auc,
			    o->recency_auc, o->brier);
}
