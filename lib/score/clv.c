#include "score/clv.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "base/pool.h"
#include "clean/money.h"
#include "io/json.h"
#include "score/holdout.h"

enum { SHORTEST_HOLDOUT = 28, CHUNK = 4096 };

static const double as_good = 1.01;

/* The point of the standard normal distribution with that much to both sides of 0 (bisection). */
static double normal_point(double inside)
{
	double low = 0, high = 10;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (erf(middle / sqrt(2)) < inside)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void open_tracking(struct clv *clv, int32_t first_day, int64_t history)
{
	clv->first_day = first_day;
	clv->weeks = (size_t)history / 7 + 1;
	clv->births = memory_zero((size_t)history + 1, sizeof *clv->births);
	clv->repeats = memory_zero(clv->weeks, sizeof *clv->repeats);
}

int clv_init(struct clv *clv, const struct clv_options *options, size_t customers, int32_t first_day, struct diag *diag)
{
	int64_t history = first_day == CIVIL_NONE || first_day > options->as_of ? 0 : (int64_t)options->as_of - first_day;

	*clv = (struct clv){ .options = *options, .count = customers, .taken = BTYD_MODELS,
			     .customers = memory_zero(customers, sizeof *clv->customers) };
	for (size_t i = 0; i < customers; i++)
		clv->customers[i].T = clv->customers[i].past_T = UINT32_MAX;
	clv->normal_point = options->interval > 0 ? normal_point(options->interval) : 0;
	if (options->model)
		return 0;
	clv->holdout = history / 3 < options->horizon ? (uint32_t)(history / 3) : options->horizon;
	if (clv->holdout < SHORTEST_HOLDOUT)
		clv->holdout = 0;
	if (options->holdout && options->holdout >= history)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--holdout of %" PRIu32 " days leaves no orders before it: they begin %" PRId64 " days before --as-of",
				 options->holdout, history);
	if (options->holdout)
		clv->holdout = options->holdout;
	if (clv->holdout)
		open_tracking(clv, first_day, history);
	return 0;
}

void clv_release(struct clv *clv)
{
	free(clv->customers);
	free(clv->births);
	free(clv->repeats);
}

/* One purchase day, `worth` what all its orders brought. */
static void note_day(struct clv *clv, struct clv_customer *c, int32_t day, int32_t first, int64_t worth)
{
	int32_t start = clv->options.as_of - (int32_t)clv->holdout;

	/* Several threads note at a time. */
	if (clv->births && first <= start && day == first)
		__atomic_fetch_add(&clv->births[day - clv->first_day], 1, __ATOMIC_RELAXED);
	else if (clv->births && first <= start)
		__atomic_fetch_add(&clv->repeats[(day - clv->first_day) / 7], 1, __ATOMIC_RELAXED);
	if (c->T == UINT32_MAX) {
		c->T = (uint32_t)(clv->options.as_of - day);
	} else {
		c->x++;
		c->t = (uint32_t)(day - first);
		if (worth > 0) {
			c->paid++;
			c->amount += worth;
		}
	}
	if (day > start) {
		c->came++;
		return;
	}
	c->past_x = c->x;
	c->past_t = c->t;
	c->past_T = (uint32_t)(start - first);
	c->before += day > (int64_t)start - clv->holdout;
}

void clv_note(struct clv *clv, uint32_t customer, const struct account *account)
{
	struct clv_customer *c = &clv->customers[customer];
	int32_t first = CIVIL_NONE;

	for (size_t i = 0, n; i < account->count; i += n) {
		int32_t day = account->orders[i].day;
		bool bought = false;
		int64_t worth = 0;

		for (n = 0; i + n < account->count && account->orders[i + n].day == day; n++) {
			bought |= account->orders[i + n].is_purchase;
			worth += account->orders[i + n].is_purchase ? account->orders[i + n].amount : 0;
		}
		if (!bought)
			continue;
		first = first == CIVIL_NONE ? day : first;
		note_day(clv, c, day, first, worth);
	}
}

/* The cases at as_of, or at the holdout's start. The caller frees them. */
static struct btyd_case *cases_of(const struct clv *clv, bool past, size_t *count)
{
	struct btyd_case *cases = memory_get(clv->count, sizeof *cases);
	size_t n = 0;

	for (size_t i = 0; i < clv->count; i++) {
		const struct clv_customer *c = &clv->customers[i];

		if ((past ? c->past_T : c->T) == UINT32_MAX)
			continue;
		cases[n++] = past ? (struct btyd_case){ c->past_x, c->past_t, c->past_T, 1 } :
				    (struct btyd_case){ c->x, c->t, c->T, 1 };
	}
	*count = btyd_condense(cases, n);
	return cases;
}

/* What one trial expects of the customers in the holdout, customer by customer. */
struct trying {
	const struct clv *clv;
	const struct btyd *model;  /* NULL: a guess */
	double mean;               /* of a guess: for everybody, or NaN: as many as in as many days before */
	float *expected;
};

static int expect(void *context, size_t index, unsigned worker, struct diag *diag)
{
	const struct trying *trying = context;
	const struct clv *clv = trying->clv;
	size_t end = (index + 1) * CHUNK < clv->count ? (index + 1) * CHUNK : clv->count;

	(void)worker;
	(void)diag;
	for (size_t i = index * CHUNK; i < end; i++) {
		const struct clv_customer *c = &clv->customers[i];

		if (c->past_T == UINT32_MAX)
			continue;
		trying->expected[i] = (float)(trying->model ? btyd_expected(trying->model, c->past_x, c->past_t, c->past_T, clv->holdout) :
					      isnan(trying->mean) ? c->before : trying->mean);
	}
	return 0;
}

static int try(struct clv *clv, struct clv_trial *trial, const char *name, const struct btyd *model, double mean, struct diag *diag)
{
	double customers = 0, absolute = 0, square = 0;
	struct trying trying = { clv, model, mean, memory_get(clv->count, sizeof *trying.expected) };
	int failed = pool_each(expect, &trying, (clv->count + CHUNK - 1) / CHUNK, clv->options.threads, diag);

	trial->name = name;
	for (size_t i = 0; i < clv->count && !failed; i++) {
		const struct clv_customer *c = &clv->customers[i];
		double error;

		if (c->past_T == UINT32_MAX)
			continue;
		error = (double)trying.expected[i] - c->came;
		customers++;
		trial->expected += (double)trying.expected[i];
		absolute += fabs(error);
		square += error * error;
	}
	trial->mean_error = absolute / customers;
	trial->root_error = sqrt(square / customers);
	trial->rank_correlation = clv->options.ranks && !failed ? holdout_rank_correlation(clv, trying.expected) : NAN;
	free(trying.expected);
	return failed;
}

static enum btyd_model best_of(const struct clv_trial *trials)
{
	double least = INFINITY;
	enum btyd_model best = BTYD_MODELS;

	for (size_t i = 0; i < BTYD_MODELS; i++)
		if (trials[i].name && trials[i].root_error < least)
			least = trials[i].root_error;
	for (enum btyd_model i = 0; i < BTYD_MODELS; i++)
		if (trials[i].name && trials[i].root_error <= as_good * least &&
		    (best == BTYD_MODELS || trials[i].log_likelihood > trials[best].log_likelihood))
			best = i;
	return best;
}

static size_t count_past(struct clv *clv)
{
	size_t customers = 0;

	for (size_t i = 0; i < clv->count; i++)
		if (clv->customers[i].past_T != UINT32_MAX) {
			customers++;
			clv->actual += clv->customers[i].came;
		}
	return customers;
}

/* Fits the models before the holdout; clv->taken is the best of them, or BTYD_MODELS where none could be fitted. */
static int hold_out(struct clv *clv, struct diag *diag)
{
	size_t distinct, customers = count_past(clv);
	struct btyd_case *cases = cases_of(clv, true, &distinct);
	struct btyd fits[BTYD_MODELS];
	int failed = 0;

	for (enum btyd_model model = 0; model < BTYD_MODELS && customers && !failed; model++) {
		struct clv_trial *trial = &clv->trials[model];

		if (!clv->options.models[model] || !btyd_fit(&fits[model], model, cases, distinct))
			continue;
		failed = try(clv, trial, btyd_name(model), &fits[model], 0, diag);
		trial->log_likelihood = fits[model].log_likelihood;
	}
	free(cases);
	if (customers)
		failed = failed || try(clv, &clv->trials[CLV_AS_BEFORE], "as before", NULL, NAN, diag) ||
			 try(clv, &clv->trials[CLV_ALL_ALIKE], "all alike", NULL, clv->trials[CLV_AS_BEFORE].expected / (double)customers, diag);
	clv->taken = best_of(clv->trials);
	if (clv->taken != BTYD_MODELS)
		clv->past = fits[clv->taken];
	return failed;
}

static bool fit_spend(struct clv *clv)
{
	struct spend_case *cases = memory_get(clv->count, sizeof *cases);
	size_t n = 0;
	bool fitted;

	for (size_t i = 0; i < clv->count; i++) {
		const struct clv_customer *c = &clv->customers[i];

		if (c->paid)
			cases[n++] = (struct spend_case){ c->paid, (double)c->amount / MONEY_ONE / c->paid };
	}
	fitted = spend_fit(&clv->spend, cases, n);
	free(cases);
	return fitted;
}

static int predict(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct clv *clv = context;
	size_t end = (index + 1) * CHUNK < clv->count ? (index + 1) * CHUNK : clv->count;

	(void)worker;
	(void)diag;
	for (size_t i = index * CHUNK; i < end; i++) {
		struct clv_customer *c = &clv->customers[i];

		if (c->T == UINT32_MAX)
			continue;
		c->p_alive = (float)btyd_p_alive(&clv->model, c->x, c->t, c->T);
		c->expected = (float)btyd_expected(&clv->model, c->x, c->t, c->T, clv->options.horizon);
	}
	return 0;
}

static void warn(const struct clv *clv, struct diag *diag)
{
	if (!clv->modelled)
		diag_warn(diag, NULL, "no-model", "no customer has bought on two days: expected orders and values stay empty");
	else if (clv->model.degenerate)
		diag_warn(diag, NULL, "degenerate-model",
			  "the orders do not show that anybody leaves (%s): p_alive stays empty, and expected orders suppose that hardly anybody does",
			  btyd_name(clv->model.model));
	else if (!clv->model.converged)
		diag_warn(diag, NULL, "not-converged", "the fit of the %s model has not come to rest (gradient %.2g)",
			  btyd_name(clv->model.model), clv->model.gradient_norm);
}

static int fit_models(struct clv *clv, struct diag *diag)
{
	enum btyd_model model;
	struct btyd_case *cases;
	size_t distinct;

	if (clv->holdout && hold_out(clv, diag))
		return -1;
	model = clv->taken;
	for (enum btyd_model i = 0; i < BTYD_MODELS && model == BTYD_MODELS; i++)
		if (clv->options.models[i])
			model = i;
	if (!clv->holdout && clv->options.models[BTYD_MBG])
		model = BTYD_MBG;
	cases = cases_of(clv, false, &distinct);
	clv->modelled = btyd_fit(&clv->model, model, cases, distinct);
	if (clv->modelled && !clv->model.degenerate)
		btyd_measure(&clv->model, cases, distinct);
	free(cases);
	clv->spends = fit_spend(clv);
	return 0;
}

/* The numbers of `node` with these names, all over zero. */
static bool read_numbers(const cJSON *node, const char *const *names, double *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!json_number(json_member(node, names[i]), values[i]) || !(*values[i] > 0))
			return false;
	return true;
}

/* n rows of n numbers. */
static bool read_matrix(const cJSON *node, int n, double *to)
{
	if (cJSON_GetArraySize(node) != n)
		return false;
	for (int i = 0; i < n; i++) {
		const cJSON *row = cJSON_GetArrayItem(node, i);

		for (int j = 0; j < n; j++)
			if (cJSON_GetArraySize(row) != n || !json_number(cJSON_GetArrayItem(row, j), &to[i * n + j]))
				return false;
	}
	return true;
}

static void add_matrix(cJSON *object, int n, const double *from)
{
	cJSON *rows = cJSON_AddArrayToObject(object, "covariance");

	for (int i = 0; i < n; i++) {
		cJSON *row = cJSON_CreateArray();

		for (int j = 0; j < n; j++)
			cJSON_AddItemToArray(row, json_number_node(from[i * n + j]));
		cJSON_AddItemToArray(rows, row);
	}
}

static bool take_model(struct clv *clv, const cJSON *document)
{
	static const char *const spend_names[] = { "p", "q", "v" };
	struct btyd *m = &clv->model;
	struct slice name = json_text(json_member(document, "model"));

	while (m->model < BTYD_MODELS && !slice_equal(name, slice_of(btyd_name(m->model))))
		m->model++;
	if (m->model == BTYD_MODELS ||
	    !read_numbers(json_member(document, "params"), btyd_parameters(m->model),
			  (double *const[]){ &m->r, &m->alpha, &m->a, &m->b }, 4))
		return false;
	m->converged = true;
	m->degenerate = cJSON_IsTrue(json_member(document, "degenerate"));
	clv->modelled = true;
	clv->spends = read_numbers(json_member(document, "spend"), spend_names,
				   (double *const[]){ &clv->spend.p, &clv->spend.q, &clv->spend.v }, 3);
	if (clv->spend.q > 1)
		clv->spend.population = clv->spend.p * clv->spend.v / (clv->spend.q - 1);
	/* Files without covariances, of older versions or typed in, give no intervals. */
	m->definite = read_matrix(json_member(document, "covariance"), 4, m->covariance[0]);
	clv->spend.definite = read_matrix(json_member(json_member(document, "spend"), "covariance"), 3, clv->spend.covariance[0]);
	return true;
}

static int load_model(struct clv *clv, struct diag *diag)
{
	struct place place = { .file = clv->options.model_file };

	if (take_model(clv, clv->options.model))
		return 0;
	return diag_fail(diag, STATUS_USAGE, &place, "bad-model", "not a purchase model that crm-rfm --save-model wrote");
}

int clv_fit(struct clv *clv, struct diag *diag)
{
	if (clv->options.model ? load_model(clv, diag) : fit_models(clv, diag))
		return -1;
	warn(clv, diag);
	if (!clv->modelled)
		return 0;
	return pool_each(predict, clv, (clv->count + CHUNK - 1) / CHUNK, clv->options.threads, diag);
}

double clv_order_value(const struct clv *clv, uint32_t customer)
{
	const struct clv_customer *c = &clv->customers[customer];

	if (!clv->spends)
		return NAN;
	return spend_expected(&clv->spend, c->paid, c->paid ? (double)c->amount / MONEY_ONE / c->paid : 0);
}

double clv_value(const struct clv *clv, uint32_t customer)
{
	static const double year = 365.25;
	double middle = clv->options.horizon / 2. / year;

	if (!clv->modelled)
		return NAN;
	return clv->options.margin * clv_order_value(clv, customer) * (double)clv->customers[customer].expected *
	       pow(1 + clv->options.discount, -middle);
}

void clv_interval(const struct clv *clv, uint32_t customer, double orders[2], double value[2])
{
	const struct clv_customer *c = &clv->customers[customer];
	double point = clv->normal_point, clv_here = clv_value(clv, customer), order_error, spend_error;

	orders[0] = orders[1] = value[0] = value[1] = NAN;
	if (!clv->modelled || c->T == UINT32_MAX)
		return;
	order_error = btyd_expected_error(&clv->model, c->x, c->t, c->T, clv->options.horizon);
	spend_error = spend_expected_error(&clv->spend, c->paid, c->paid ? (double)c->amount / MONEY_ONE / c->paid : 0);
	orders[0] = (double)c->expected * exp(-point * order_error);
	orders[1] = (double)c->expected * exp(point * order_error);
	value[0] = clv_here * exp(-point * hypot(order_error, spend_error));
	value[1] = clv_here * exp(point * hypot(order_error, spend_error));
}

struct slice clv_describe_model(const struct clv *clv, struct arena *arena)
{
	const struct btyd *m = &clv->model;
	const char *const *names = btyd_parameters(m->model);

	if (!clv->modelled)
		return SLICE("");
	return arena_format(arena, "%s %s %.6g %s %.6g %s %.6g %s %.6g, log-likelihood %.3f, gradient %.2g, curvature %s, %d evaluations%s; "
			    "gamma-gamma p %.6g q %.6g v %.6g, log-likelihood %.3f", btyd_name(m->model), names[0], m->r, names[1],
			    m->alpha, names[2], m->a, names[3], m->b, m->log_likelihood, m->gradient_norm,
			    m->definite ? "definite" : "not definite", m->evaluations,
			    m->degenerate ? " (degenerate)" : "", clv->spend.p, clv->spend.q, clv->spend.v,
			    clv->spend.log_likelihood);
}

struct slice clv_describe_holdout(const struct clv *clv, struct arena *arena)
{
	struct slice line;
	struct buf text;

	if (!clv->holdout || !clv->trials[BTYD_MODELS].name)
		return SLICE("");
	buf_init(&text, 2000);
	buf_format(&text, "holdout of the last %" PRIu32 " days: %" PRIu64 " purchase days came", clv->holdout, clv->actual);
	for (size_t i = 0; i < CLV_TRIALS; i++)
		if (clv->trials[i].name)
			buf_format(&text, "; %s expected %.0f, error a customer %.3f mean %.3f root mean square", clv->trials[i].name,
				   clv->trials[i].expected, clv->trials[i].mean_error, clv->trials[i].root_error);
	line = arena_copy(arena, buf_slice(&text));
	buf_release(&text);
	return line;
}

static void add_number(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

void clv_report(const struct clv *clv, cJSON *document)
{
	const struct btyd *m = &clv->model;
	const char *const *names = btyd_parameters(m->model);
	cJSON *params = cJSON_CreateObject(), *spend = cJSON_CreateObject();
	uint64_t rows = 0;

	for (size_t i = 0; i < clv->count; i++)
		rows += clv->customers[i].T != UINT32_MAX;
	cJSON_AddStringToObject(document, "model", btyd_name(m->model));
	cJSON_AddItemToObject(document, "params", params);
	add_number(params, names[0], m->r);
	add_number(params, names[1], m->alpha);
	add_number(params, names[2], m->a);
	add_number(params, names[3], m->b);
	cJSON_AddBoolToObject(document, "degenerate", m->degenerate);
	add_number(document, "log_likelihood", m->log_likelihood);
	add_number(document, "gradient_norm", m->gradient_norm);
	if (m->definite) /* of the logarithms of the parameters */
		add_matrix(document, 4, m->covariance[0]);
	add_number(document, "rows", (double)rows);
	cJSON_AddItemToObject(document, "spend", spend);
	add_number(spend, "p", clv->spend.p);
	add_number(spend, "q", clv->spend.q);
	add_number(spend, "v", clv->spend.v);
	add_number(spend, "log_likelihood", clv->spend.log_likelihood);
	if (clv->spend.definite)
		add_matrix(spend, 3, clv->spend.covariance[0]);
}
