#include "score/clv.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "base/pool.h"
#include "clean/money.h"
#include "io/json.h"

enum { SHORTEST_HOLDOUT = 28, CHUNK = 4096 };

static const double as_good = 1.01;

void clv_init(struct clv *clv, const struct clv_options *options, size_t customers, int32_t first_day)
{
	int64_t history = first_day == CIVIL_NONE ? 0 : (int64_t)options->as_of - first_day;

	*clv = (struct clv){ .options = *options, .count = customers,
			     .customers = memory_zero(customers, sizeof *clv->customers) };
	clv->holdout = history / 3 < options->horizon ? (uint32_t)(history > 0 ? history / 3 : 0) : options->horizon;
	if (clv->holdout < SHORTEST_HOLDOUT)
		clv->holdout = 0;
	for (size_t i = 0; i < customers; i++)
		clv->customers[i].T = clv->customers[i].past_T = UINT32_MAX;
}

void clv_release(struct clv *clv)
{
	free(clv->customers);
}

/* One purchase day, `worth` what all its orders brought. */
static void note_day(struct clv *clv, struct clv_customer *c, int32_t day, int32_t first, int64_t worth)
{
	int32_t start = clv->options.as_of - (int32_t)clv->holdout;

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

/* What one model, or with model NULL one guess, expects of a customer in the holdout. */
static double expect(const struct clv *clv, const struct btyd *model, const struct clv_customer *c, double mean)
{
	if (model)
		return btyd_expected(model, c->past_x, c->past_t, c->past_T, clv->holdout);
	return isnan(mean) ? c->before : mean;
}

static void try(struct clv *clv, struct clv_trial *trial, const char *name, const struct btyd *model, double mean)
{
	double customers = 0, absolute = 0, square = 0;

	trial->name = name;
	for (size_t i = 0; i < clv->count; i++) {
		const struct clv_customer *c = &clv->customers[i];
		double expected, error;

		if (c->past_T == UINT32_MAX)
			continue;
		expected = expect(clv, model, c, mean);
		error = expected - c->came;
		customers++;
		trial->expected += expected;
		absolute += fabs(error);
		square += error * error;
	}
	trial->mean_error = absolute / customers;
	trial->root_error = sqrt(square / customers);
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

/* Fits the models before the holdout. Returns the best of them, or BTYD_MODELS where none could be fitted. */
static enum btyd_model hold_out(struct clv *clv)
{
	size_t distinct, customers = 0;
	struct btyd_case *cases = cases_of(clv, true, &distinct);

	for (size_t i = 0; i < clv->count; i++)
		if (clv->customers[i].past_T != UINT32_MAX) {
			customers++;
			clv->actual += clv->customers[i].came;
		}
	for (enum btyd_model model = 0; model < BTYD_MODELS && customers; model++) {
		struct clv_trial *trial = &clv->trials[model];
		struct btyd fit;

		if (!clv->options.models[model] || !btyd_fit(&fit, model, cases, distinct))
			continue;
		try(clv, trial, btyd_name(model), &fit, 0);
		trial->log_likelihood = fit.log_likelihood;
	}
	free(cases);
	if (customers) {
		try(clv, &clv->trials[BTYD_MODELS], "as before", NULL, NAN);
		try(clv, &clv->trials[BTYD_MODELS + 1], "all alike", NULL,
		    clv->trials[BTYD_MODELS].expected / (double)customers);
	}
	return best_of(clv->trials);
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
			  "the orders do not show that anybody leaves (%s): p_alive stays empty, expected orders go by the rates alone",
			  btyd_name(clv->model.model));
	else if (!clv->model.converged)
		diag_warn(diag, NULL, "not-converged", "the fit of the %s model has not come to rest (gradient %.2g)",
			  btyd_name(clv->model.model), clv->model.gradient_norm);
}

static void fit_models(struct clv *clv)
{
	enum btyd_model model = clv->holdout ? hold_out(clv) : BTYD_MODELS;
	struct btyd_case *cases;
	size_t distinct;

	for (enum btyd_model i = 0; i < BTYD_MODELS && model == BTYD_MODELS; i++)
		if (clv->options.models[i])
			model = i;
	if (!clv->holdout && clv->options.models[BTYD_MBG])
		model = BTYD_MBG;
	cases = cases_of(clv, false, &distinct);
	clv->modelled = btyd_fit(&clv->model, model, cases, distinct);
	free(cases);
	clv->spends = fit_spend(clv);
}

/* The numbers of `node` with these names, all over zero. */
static bool read_numbers(const cJSON *node, const char *const *names, double *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!json_number(json_member(node, names[i]), values[i]) || !(*values[i] > 0))
			return false;
	return true;
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
	if (!clv->options.model)
		fit_models(clv);
	else if (load_model(clv, diag))
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

struct slice clv_describe_model(const struct clv *clv, struct arena *arena)
{
	const struct btyd *m = &clv->model;
	const char *const *names = btyd_parameters(m->model);

	if (!clv->modelled)
		return SLICE("");
	return arena_format(arena, "%s %s %.6g %s %.6g %s %.6g %s %.6g, log-likelihood %.3f, gradient %.2g, %d evaluations%s; "
			    "gamma-gamma p %.6g q %.6g v %.6g, log-likelihood %.3f", btyd_name(m->model), names[0], m->r, names[1],
			    m->alpha, names[2], m->a, names[3], m->b, m->log_likelihood, m->gradient_norm, m->evaluations,
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
	for (size_t i = 0; i < BTYD_MODELS + 2; i++)
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
	add_number(document, "rows", (double)rows);
	cJSON_AddItemToObject(document, "spend", spend);
	add_number(spend, "p", clv->spend.p);
	add_number(spend, "q", clv->spend.q);
	add_number(spend, "v", clv->spend.v);
	add_number(spend, "log_likelihood", clv->spend.log_likelihood);
}
