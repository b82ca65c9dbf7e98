#include "score/risk.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "base/pool.h"
#include "io/json.h"

enum { SAMPLE_MOST = 20000, LEAST_CUSTOMERS = 100, LEAST_OF_A_KIND = 20, STEPS_MOST = 40, FOLDS = 2, LEAST_HIGHEST = 100 };

static const double prior = 50, odds_most = 20, step_most = 2;
static const float long_overdue = 1.386f;   /* log 4 */
/* How much better a kind must be than the simpler one in use: share of its log loss, and AUC. */
static const struct risk_trial needed[RISK_KINDS] = { { .log_loss = 1 }, { .log_loss = 1 }, { .log_loss = .99, .auc = .005 } };
static const double top_share = .05, standard_errors = 2;

static const double all_features[FEATURES] = { [FEATURE_RECENCY] = 1, [FEATURE_MODEL] = 1, [FEATURE_RATIO] = 1 };

static double logit(double p)
{
	double odds = log(p / (1 - p));

	return fmin(fmax(odds, -odds_most), odds_most);
}

static double expit(double odds)
{
	return 1 / (1 + exp(-odds));
}

/* Those that have a weight; the others stay 0. */
static void find_features(const struct origin *origin, const struct standing *s, const double weights[FEATURES], float features[FEATURES])
{
	double idle = s->T - s->t;

	memset(features, 0, FEATURES * sizeof *features);
	features[FEATURE_ONE] = 1;
	if (weights[FEATURE_RECENCY] != 0)
		features[FEATURE_RECENCY] = (float)log1p(idle);
	features[FEATURE_DAYS] = (float)(idle / origin->options->horizon);
	if (weights[FEATURE_MODEL] != 0)
		features[FEATURE_MODEL] = (float)logit(origin_p_none(origin, s));
	if (weights[FEATURE_RATIO] != 0)
		features[FEATURE_RATIO] = (float)log((idle + 1) / (s->typical_gap + 1));
	for (int i = 0; i < REASONS; i++)
		features[FEATURE_REASON + i] = i != REASON_OVERDUE && (s->reasons & 1u << i) ? 1 : 0;
}

void sample_make(struct sample *sample, const struct origin *origin, const struct journal *journal)
{
	size_t buyers = journal_buyers(journal, origin->day), every = buyers / SAMPLE_MOST + 1, seen = 0;
	struct page page = { 0 };

	*sample = (struct sample){
		.day = origin->day, .features = memory_get(buyers / every + 1, sizeof *sample->features),
		.present = memory_zero(buyers / every + 1, sizeof *sample->present),
		.gone = memory_get(buyers / every + 1, sizeof *sample->gone),
	};
	for (size_t i = 0; i < journal->customers; i++) {
		struct standing standing;
		struct view view;

		if (!journal_has_bought(journal, (uint32_t)i, origin->day) || seen++ % every)
			continue;
		view = journal_view(journal, (uint32_t)i, origin->day, &page);
		origin_stand(origin, (uint32_t)i, &view, &standing);
		find_features(origin, &standing, all_features, sample->features[sample->count]);
		for (int f = 0; f < FEATURES; f++)
			sample->present[sample->count] |= (uint32_t)(sample->features[sample->count][f] != 0) << f;
		sample->gone[sample->count] = !journal_buys_within(journal, (uint32_t)i, origin->day, origin->options->horizon);
		sample->gone_count += sample->gone[sample->count++];
	}
	page_release(&page);
}

void sample_release(struct sample *sample)
{
	free(sample->features);
	free(sample->present);
	free(sample->gone);
}

static bool is_enough(const struct sample *sample)
{
	return sample->count >= LEAST_CUSTOMERS && sample->gone_count >= LEAST_OF_A_KIND &&
	       sample->count - sample->gone_count >= LEAST_OF_A_KIND;
}

/* What is learned from: the samples, latest first, without the customers held out. */
struct lesson {
	const struct sample *const *samples;
	size_t count;
	bool by_time;          /* fold 0 is the latest sample; else a fold is every other customer */
	unsigned held_out;     /* fold; FOLDS: none */
};

static bool is_in_fold(const struct lesson *lesson, unsigned fold, size_t sample, size_t i)
{
	return lesson->by_time ? fold == 0 && sample == 0 : i % FOLDS == fold;
}

/* Weights of one regression; those not used stay as they are. */
struct regression {
	double weights[FEATURES], centre[FEATURES];
	bool used[FEATURES];
};

static double odds_of(const double weights[FEATURES], const float features[FEATURES])
{
	double odds = 0;

	for (int f = 0; f < FEATURES; f++)
		odds += weights[f] * (double)features[f];
	return odds;
}

/* Gradient and (minus) second derivatives of the log posterior. */
struct sums {
	double gradient[FEATURES], second[FEATURES][FEATURES];
};

/* `present`: features that are used and not 0, which are few. */
static void add_customer(struct sums *s, const struct regression *r, const float features[FEATURES], uint32_t present, bool gone)
{
	double odds = 0, p, error, weight;

	for (uint32_t rest = present; rest; rest &= rest - 1)
		odds += r->weights[__builtin_ctz(rest)] * (double)features[__builtin_ctz(rest)];
	p = expit(odds);
	error = gone - p;
	weight = p * (1 - p);
	for (uint32_t rest = present; rest; rest &= rest - 1) {
		int f = __builtin_ctz(rest);

		s->gradient[f] += error * (double)features[f];
		for (uint32_t others = present & ((UINT32_C(2) << f) - 1); others; others &= others - 1)
			s->second[f][__builtin_ctz(others)] += weight * (double)features[f] * (double)features[__builtin_ctz(others)];
	}
}

static void add_all(struct sums *s, const struct regression *r, const struct lesson *lesson)
{
	uint32_t used = 0;

	*s = (struct sums){ 0 };
	for (int f = 0; f < FEATURES; f++) {
		used |= (uint32_t)r->used[f] << f;
		s->gradient[f] = (r->centre[f] - r->weights[f]) * prior / 4;
		s->second[f][f] = r->used[f] ? prior / 4 : 1;
	}
	for (size_t k = 0; k < lesson->count; k++)
		for (size_t i = 0; i < lesson->samples[k]->count; i++)
			if (!is_in_fold(lesson, lesson->held_out, k, i))
				add_customer(s, r, lesson->samples[k]->features[i], lesson->samples[k]->present[i] & used,
					     lesson->samples[k]->gone[i]);
}

/* Solves second · step = gradient by Cholesky's decomposition, in place: the step is in `gradient`. */
static void solve(struct sums *s)
{
	double (*l)[FEATURES] = s->second;

	for (int i = 0; i < FEATURES; i++)
		for (int j = 0; j <= i; j++) {
			double sum = l[i][j];

			for (int k = 0; k < j; k++)
				sum -= l[i][k] * l[j][k];
			l[i][j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / l[j][j];
		}
	for (int i = 0; i < FEATURES; i++) {
		for (int k = 0; k < i; k++)
			s->gradient[i] -= l[i][k] * s->gradient[k];
		s->gradient[i] /= l[i][i];
	}
	for (int i = FEATURES; i-- > 0;) {
		for (int k = i + 1; k < FEATURES; k++)
			s->gradient[i] -= l[k][i] * s->gradient[k];
		s->gradient[i] /= l[i][i];
	}
}

static void climb(struct regression *r, const struct lesson *lesson)
{
	for (int step = 0; step < STEPS_MOST; step++) {
		double moved = 0;
		struct sums s;

		add_all(&s, r, lesson);
		for (int f = 0; f < FEATURES; f++)
			s.gradient[f] = r->used[f] ? s.gradient[f] : 0;
		solve(&s);
		for (int f = 0; f < FEATURES; f++) {
			double by = fmin(fmax(s.gradient[f], -step_most), step_most);

			r->weights[f] += by;
			moved += fabs(by);
		}
		if (moved < 1e-9)
			break;
	}
}

static bool has_feature(enum risk_kind kind, int feature)
{
	switch (feature) {
	case FEATURE_ONE: return true;
	case FEATURE_RECENCY: return kind != RISK_MODEL;
	case FEATURE_DAYS: return kind == RISK_RECENCY;
	case FEATURE_MODEL: return kind != RISK_RECENCY;
	default: return kind == RISK_COMBINED;
	}
}

static double share_gone(const struct lesson *lesson)
{
	double count = 0, gone = 0;

	for (size_t k = 0; k < lesson->count; k++) {
		count += (double)lesson->samples[k]->count;
		gone += (double)lesson->samples[k]->gone_count;
	}
	return gone / count;
}

static void regress(struct regression *r, enum risk_kind kind, const struct lesson *lesson)
{
	*r = (struct regression){ 0 };
	for (int f = 0; f < FEATURES; f++)
		r->used[f] = has_feature(kind, f);
	if (kind == RISK_RECENCY)
		r->centre[FEATURE_ONE] = r->weights[FEATURE_ONE] = logit(share_gone(lesson));
	else
		r->centre[FEATURE_MODEL] = r->weights[FEATURE_MODEL] = 1;
	for (;;) {
		int worst = FEATURE_ONE;

		climb(r, lesson);
		for (int f = FEATURE_ONE + 1; f < FEATURES; f++)
			if (r->weights[f] < 0 && (worst == FEATURE_ONE || r->weights[f] < r->weights[worst]))
				worst = f;
		if (worst == FEATURE_ONE)
			return;
		r->used[worst] = false;
		r->weights[worst] = 0;
	}
}

/* Fits to what is not in a fold, and judges by the fold. */
static struct risk_trial try_kind(enum risk_kind kind, struct lesson lesson, size_t customers)
{
	double *odds = memory_get(customers, sizeof *odds);
	bool *gone = memory_get(customers, sizeof *gone);
	struct risk_trial trial = { 0 };
	size_t n = 0;

	for (unsigned fold = 0; fold < (lesson.by_time ? 1 : FOLDS); fold++) {
		struct regression r;

		lesson.held_out = fold;
		regress(&r, kind, &lesson);
		for (size_t k = 0; k < lesson.count; k++)
			for (size_t i = 0; i < lesson.samples[k]->count; i++) {
				if (!is_in_fold(&lesson, fold, k, i) || lesson.samples[k]->features[i][FEATURE_RATIO] > long_overdue)
					continue;
				gone[n] = lesson.samples[k]->gone[i];
				odds[n] = odds_of(r.weights, lesson.samples[k]->features[i]);
				trial.log_loss += log1p(exp(gone[n] ? -odds[n] : odds[n]));
				n++;
			}
	}
	trial.log_loss /= (double)n;
	trial.auc = risk_auc(odds, gone, n);
	trial.highest = (size_t)ceil(top_share * (double)n);
	trial.precision = risk_top(odds, gone, n, trial.highest);
	free(odds);
	free(gone);
	return trial;
}

static bool is_better(const struct risk_trial *trial, const struct risk_trial *than, const struct risk_trial *by)
{
	double count = (double)than->highest, p = (than->precision * count + 1) / (count + 2);
	bool misses = count >= LEAST_HIGHEST && trial->precision < than->precision - standard_errors * sqrt(p * (1 - p) / count);

	return trial->log_loss < than->log_loss * by->log_loss && trial->auc >= than->auc + by->auc && !misses;
}

struct fitting {
	struct risk *risk;
	const struct lesson *lesson;
};

/* Two tasks a kind: its weights, and its trial. */
static int fit_kind(void *context, size_t task, unsigned worker, struct diag *diag)
{
	struct fitting *fitting = context;
	struct risk *risk = fitting->risk;
	enum risk_kind kind = (enum risk_kind)(RISK_KINDS - 1 - task / 2);   /* those that take longest come first */
	struct regression r;

	(void)worker;
	(void)diag;
	if (task % 2) {
		risk->trials[kind] = try_kind(kind, *fitting->lesson, risk->customers);
		return 0;
	}
	regress(&r, kind, fitting->lesson);
	memcpy(risk->weights[kind], r.weights, sizeof r.weights);
	return 0;
}

static void choose(struct risk *risk, const struct lesson *lesson, unsigned threads)
{
	struct fitting fitting = { risk, lesson };
	struct diag diag;

	diag_init(&diag);
	(void)!pool_each(fit_kind, &fitting, 2 * RISK_KINDS, threads, &diag);   /* nothing in it fails */
	diag_release(&diag);
	risk->kind = RISK_RECENCY;
	for (int kind = 0; kind < RISK_KINDS; kind++)
		if (is_better(&risk->trials[kind], &risk->trials[risk->kind], &needed[kind]))
			risk->kind = (enum risk_kind)kind;
}

void risk_fit(struct risk *risk, const struct sample *const *samples, size_t count, unsigned threads)
{
	struct lesson lesson = { .samples = samples, .count = count, .held_out = FOLDS };

	*risk = (struct risk){ .kind = RISK_MODEL, .weights = { [RISK_MODEL] = { [FEATURE_MODEL] = 1 } } };
	for (size_t k = 0; k < count; k++) {
		risk->calibrated |= is_enough(samples[k]);
		lesson.by_time |= k > 0 && is_enough(samples[k]) && is_enough(samples[0]);
		risk->customers += samples[k]->count;
	}
	if (risk->calibrated)
		choose(risk, &lesson, threads);
}

double risk_by(const struct risk *risk, enum risk_kind kind, const struct origin *origin, const struct standing *standing)
{
	float features[FEATURES];

	find_features(origin, standing, risk->weights[kind], features);
	return expit(odds_of(risk->weights[kind], features));
}

static const char *const kind_names[RISK_KINDS] = { "days_since_last", "model", "combined" };

const char *risk_kind_name(const struct risk *risk)
{
	return risk->calibrated ? kind_names[risk->kind] : "uncalibrated";
}

static struct slice describe_weights(const struct risk *risk, const struct slice *reasons, struct arena *arena)
{
	static const char *const names[FEATURE_REASON] = { "1", "log days since last", "horizons since last", "logit model", "log overdue ratio" };
	struct slice text = { 0 };

	for (int f = 0; f < FEATURES; f++) {
		struct slice name = f < FEATURE_REASON ? slice_of(names[f]) : reasons[f - FEATURE_REASON];
		double weight = risk->weights[risk->kind][f];

		if (weight != 0)
			text = arena_format(arena, "%.*s%s%.3f %.*s", SLICE_ARG(text), text.len ? " + " : "", weight, SLICE_ARG(name));
	}
	return text;
}

struct slice risk_describe(const struct risk *risk, const struct origin *origin, const struct slice *reasons, struct arena *arena)
{
	const struct btyd *m = &origin->model;
	struct slice model = arena_format(arena, "MBG/NBD r %.4f alpha %.4f a %.4f b %.4f, log-likelihood %.3f%s", m->r, m->alpha, m->a,
					  m->b, m->log_likelihood,
					  m->degenerate ? " (degenerate: the orders do not show that anybody leaves)" : "");

	if (!origin->modelled)
		model = SLICE("too few have bought twice for a model: the risk comes from the customers' gaps and assumed departures");
	if (!risk->calibrated)
		return arena_format(arena, "%.*s; not calibrated: too little history", SLICE_ARG(model));
	return arena_format(arena, "%.*s; risk by %s: log loss %.4f and AUC %.3f, by days_since_last %.4f and %.3f; logit = %.*s",
			    SLICE_ARG(model), kind_names[risk->kind], risk->trials[risk->kind].log_loss, risk->trials[risk->kind].auc,
			    risk->trials[RISK_RECENCY].log_loss, risk->trials[RISK_RECENCY].auc, SLICE_ARG(describe_weights(risk, reasons, arena)));
}

struct cJSON *risk_report(const struct risk *risk)
{
	cJSON *object = cJSON_CreateObject(), *trials = cJSON_AddObjectToObject(object, "trials");

	cJSON_AddStringToObject(object, "kind", risk_kind_name(risk));
	for (int kind = 0; kind < RISK_KINDS && risk->calibrated; kind++) {
		cJSON *trial = cJSON_AddObjectToObject(trials, kind_names[kind]);

		cJSON_AddItemToObject(trial, "log_loss", json_number_node(risk->trials[kind].log_loss));
		cJSON_AddItemToObject(trial, "auc", json_number_node(risk->trials[kind].auc));
		cJSON_AddItemToObject(trial, "precision_5", json_number_node(risk->trials[kind].precision));
	}
	return object;
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

/* By score, the lowest first; the caller frees them. */
static struct ranked *rank(const double *scores, const bool *gone, size_t count)
{
	struct ranked *ranked = memory_get(count, sizeof *ranked);

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ scores[i], gone[i] };
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	return ranked;
}

double risk_auc(const double *scores, const bool *gone, size_t count)
{
	struct ranked *ranked = rank(scores, gone, count);
	double above = 0, positives = 0, negatives = 0;

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

double risk_top(const double *scores, const bool *gone, size_t count, size_t top)
{
	struct ranked *ranked = rank(scores, gone, count);
	double sum = 0, room = (double)top;

	for (size_t end = count, n; end > 0 && room > 0; end -= n, room -= (double)n) {
		double gone_here = 0;

		for (n = 0; n < end && ranked[end - n - 1].score == ranked[end - 1].score; n++)
			gone_here += ranked[end - n - 1].gone;
		sum += gone_here * fmin(room / (double)n, 1);
	}
	free(ranked);
	return sum / (double)top;
}
