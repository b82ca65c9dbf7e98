#include "score/logistic.h"

#include <linear.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The value of the intercept's input: so large that its weight, and with it the penalty, is next to nothing. */
static const double bias = 10;

struct logistic {
	struct feature_node *nodes;   /* row_most + 2 of each row: the intercept, and LIBLINEAR's end mark */
	bool *yes;
	size_t rows, stride, inputs;
};

static void be_silent(const char *text)
{
	(void)text;
}

struct logistic *logistic_new(size_t rows, size_t row_most, size_t inputs)
{
	struct logistic *logistic = memory_get(1, sizeof *logistic);

	*logistic = (struct logistic){ .rows = rows, .stride = row_most + 2, .inputs = inputs };
	logistic->nodes = memory_get(rows, logistic->stride * sizeof *logistic->nodes);
	logistic->yes = memory_zero(rows, sizeof *logistic->yes);
	set_print_string_function(be_silent); /* else it tells standard output of its steps */
	return logistic;
}

void logistic_free(struct logistic *logistic)
{
	free(logistic->nodes);
	free(logistic->yes);
	free(logistic);
}

void logistic_set(struct logistic *logistic, size_t row, const uint32_t *inputs, const double *values, size_t count, bool yes)
{
	struct feature_node *nodes = &logistic->nodes[row * logistic->stride];

	for (size_t i = 0; i < count; i++)
		nodes[i] = (struct feature_node){ (int)inputs[i] + 1, values[i] };
	nodes[count] = (struct feature_node){ (int)logistic->inputs + 1, bias };
	nodes[count + 1] = (struct feature_node){ -1, 0 };
	logistic->yes[row] = yes;
}

bool logistic_fit(const struct logistic *logistic, const uint32_t *rows, size_t count, const struct logistic_fit *fit, double *weights)
{
	int labels[] = { 1, -1 };
	double class_weights[] = { fit->weight_yes, fit->weight_no };
	struct problem problem = {
		.l = (int)count, .n = (int)logistic->inputs + 1, .bias = bias,
		.y = memory_get(count, sizeof(double)), .x = memory_get(count, sizeof(struct feature_node *)),
	};
	struct parameter parameter = {
		.solver_type = L2R_LR, .eps = fit->tolerance, .C = fit->C, .nr_weight = 2, .weight_label = labels,
		.weight = class_weights, .init_sol = weights,
	};
	struct model *model;
	size_t yes = 0;

	for (size_t i = 0; i < count; i++) {
		problem.x[i] = &logistic->nodes[rows[i] * logistic->stride];
		problem.y[i] = logistic->yes[rows[i]] ? 1 : -1;
		yes += logistic->yes[rows[i]];
	}
	weights[logistic->inputs] /= bias;
	if (yes > 0 && yes < count) {
		model = train(&problem, &parameter);
		for (size_t i = 0; i <= logistic->inputs; i++)
			weights[i] = model->label[0] == 1 ? model->w[i] : -model->w[i];
		free_and_destroy_model(&model);
	}
	weights[logistic->inputs] *= bias;
	free(problem.y);
	free(problem.x);
	return yes > 0 && yes < count;
}

double logistic_odds(const struct logistic *logistic, size_t row, const double *weights)
{
	const struct feature_node *node = &logistic->nodes[row * logistic->stride];
	double odds = weights[logistic->inputs];

	for (; (size_t)node->index <= logistic->inputs; node++)
		odds += weights[node->index - 1] * node->value;
	return odds;
}
