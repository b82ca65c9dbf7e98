/* What crm-churn learns from labels, and how long customers stay: options, and the way through lib/score. */
#ifndef CRM_CMD_LEARN_H
#define CRM_CMD_LEARN_H

#include <stdlib.h>

#include "cli/run.h"
#include "score/churn.h"
#include "score/load.h"
#include "score/survival.h"
#include "score/trained.h"

struct learn_options {
	const char *survival, *survival_time, *survival_event, *survival_by, *train, *label_column, *save_model, *model;
	struct texts ignore;
	int class_weights;
};

#define LEARN_OPTIONS(at)                                                                                       \
	{ 0, "survival", "FILE", OPTION_OUTPUT, (at) + offsetof(struct learn_options, survival), NULL, 0, 0,      \
	  "write how many customers stay for how long (Kaplan-Meier) to FILE, as CSV where its name ends in .csv, else as JSON" }, \
	{ 0, "survival-time", "COLUMN", OPTION_TEXT, (at) + offsetof(struct learn_options, survival_time), NULL, 0, 0, \
	  "column of the input with the time that a customer has been one, in any unit; default: from the first order on, in days" }, \
	{ 0, "survival-event", "COLUMN", OPTION_TEXT, (at) + offsetof(struct learn_options, survival_event), NULL, 0, 0, \
	  "column of the input that says whether he left at the end of that time: 1 or 0, yes or no" },           \
	{ 0, "survival-by", "COLUMN", OPTION_TEXT, (at) + offsetof(struct learn_options, survival_by), NULL, 0, 0, \
	  "column of the input whose values make the groups that are compared" },                                \
	{ 0, "train", "FILE", OPTION_FILE, (at) + offsetof(struct learn_options, train), NULL, 0, 0,              \
	  "learn from FILE (customer_id and who has left) which columns of the customers tell who leaves, and score with that" }, \
	{ 0, "label-column", "COLUMN", OPTION_TEXT, (at) + offsetof(struct learn_options, label_column), NULL, 0, 0, \
	  "column of --train that says who has left; default label, churn, churned, left, lost, 流失 or 是否流失" }, \
	{ 0, "ignore", "COLUMN,…", OPTION_LIST, (at) + offsetof(struct learn_options, ignore), NULL, 0, 0,        \
	  "columns of the customers to leave out of the training" },                                             \
	{ 0, "class-weights", "HOW", OPTION_CHOICE, (at) + offsetof(struct learn_options, class_weights), "equal|balanced", 0, 0, \
	  "how much the customers who left and those who stayed weigh in training; default equal" },             \
	{ 0, "save-model", "FILE", OPTION_OUTPUT, (at) + offsetof(struct learn_options, save_model), NULL, 0, 0,  \
	  "write what --train has learned to FILE" },                                                            \
	{ 0, "model", "FILE", OPTION_FILE, (at) + offsetof(struct learn_options, model), NULL, 0, 0,              \
	  "take the risk from a model that --save-model wrote" }

/* What has been learned; lives as long as the output is written. */
struct learn {
	const struct learn_options *options;
	struct trained trained;
	struct roster *roster;
	double *risks;
	struct churn_model model;
};

/* Without orders there is still something to do. */
static inline bool learn_needs_no_orders(const struct learn_options *o)
{
	return o->train || o->model || (o->survival && o->survival_time);
}

static inline int learn_check(const struct learn_options *o, struct diag *diag)
{
	if (o->train && o->model)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--train makes a model and --model takes one: use one of them");
	if (!o->train && (o->label_column || o->save_model || o->ignore.count || o->class_weights))
		return diag_fail(diag, STATUS_USAGE, NULL, NULL,
				 "--label-column, --ignore, --class-weights and --save-model are about training: name the labels with --train FILE");
	if (o->train && strcmp(o->train, "-") == 0)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--train -: the labels come from a file");
	if (!o->survival_time != !o->survival_event)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--survival-time and --survival-event go together");
	if (!o->survival && (o->survival_time || o->survival_by))
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--survival-time, --survival-event and --survival-by need --survival FILE");
	return 0;
}

static inline void learn_init(struct learn *learn, const struct learn_options *options, int32_t as_of)
{
	*learn = (struct learn){ .options = options };
	trained_init(&learn->trained, as_of);
}

static inline void learn_release(struct learn *learn)
{
	trained_release(&learn->trained);
	free(learn->risks);
}

static inline void learn_reasons(const void *context, uint32_t customer, struct buf *list)
{
	const struct learn *learn = context;

	trained_reasons(&learn->trained, learn->roster, customer, list);
}

static inline int learn_train(struct learn *learn, struct run *run, struct load *load, const struct feed *feed)
{
	const struct learn_options *o = learn->options;
	struct intake_options intake = run_side_options(run, KIND_CUSTOMERS);
	struct trained_options options = {
		.features = { .ignore = o->ignore.items, .ignore_count = o->ignore.count }, .balanced = o->class_weights, .threads = feed->threads,
	};
	struct labels labels;
	int failed;

	intake.maps = NULL;
	intake.map_count = 0;
	options.features.own_count = churn_own_columns(&options.features.own);
	labels_init(&labels, &load->roster, load->links.ids.count ? &load->links : NULL);
	failed = labels_read(&labels, o->train, &intake, o->label_column, feed, &run->diag);
	options.features.label = labels.column;
	if (!failed)
		failed = trained_fit(&learn->trained, &load->roster, &labels, &options, &run->diag);
	labels_release(&labels);
	if (failed)
		return -1;
	for (size_t i = 0; i < learn->trained.features.left_out_count; i++) {
		const struct left_out *left_out = &learn->trained.features.left_out[i];

		run_say(run, arena_format(&run->arena, "column %.*s left out of the training: it %.*s",
					  SLICE_ARG(slice_first(left_out->column, 60)), SLICE_ARG(left_out->why)));
	}
	run_stat_node(run, "trained_model", trained_report(&learn->trained, &run->arena));
	return o->save_model ? trained_save(&learn->trained, o->save_model, &run->diag) : 0;
}

/* The risks that take the place of those of the orders; before churn_make. */
static inline int learn_risks(struct learn *learn, struct run *run, struct load *load, const struct feed *feed, struct churn *churn)
{
	const struct learn_options *o = learn->options;

	if (!o->train && !o->model)
		return 0;
	if (o->train && learn_train(learn, run, load, feed))
		return -1;
	if (o->model && (trained_load(&learn->trained, o->model, &run->diag) || trained_bind(&learn->trained, &load->roster, &run->diag)))
		return -1;
	run_say(run, trained_describe(&learn->trained, &run->arena));
	if (trained_score(&learn->trained, &load->roster, feed->threads, &learn->risks, &run->diag))
		return -1;
	learn->roster = &load->roster;
	learn->model = (struct churn_model){ learn->risks, learn_reasons, learn };
	churn->model = &learn->model;
	return 0;
}

/* After churn_make. */
static inline int learn_survival(const struct learn *learn, struct run *run, struct load *load, const struct churn *churn)
{
	const struct learn_options *o = learn->options;
	struct survival_source source = { o->survival_time, o->survival_event, o->survival_by, churn_stay, churn };
	struct survival survival;
	int failed;

	if (!o->survival)
		return 0;
	failed = survival_make(&survival, &load->roster, &source, &run->diag);
	for (size_t g = 0; g < survival.group_count && !failed; g++)
		run_say(run, survival_describe_group(&survival, g, &run->arena));
	if (!failed && survival.degrees)
		run_say(run, survival_describe_test(&survival, &run->arena));
	if (!failed)
		run_stat_node(run, "survival", survival_report(&survival, false, &run->arena));
	failed = failed || survival_write(&survival, o->survival, &run->diag);
	survival_release(&survival);
	return failed ? -1 : 0;
}

#endif
