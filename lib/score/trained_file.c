/* A trained model as a file. */
#include <math.h>
#include <stdlib.h>

#include "base/version.h"
#include "io/file.h"
#include "io/json.h"
#include "score/trained.h"

#define TOOL "crm-churn"
#define MODEL "logistic"
#define DAYS_BACK "days before as-of"

static void add_number(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

static void add_text(cJSON *object, const char *name, struct slice text, struct arena *arena)
{
	cJSON_AddStringToObject(object, name, arena_cstr(arena, text));
}

/* "COLUMN", "COLUMN=LEVEL", "COLUMN=…" for any other value, "COLUMN=" for an empty cell. */
static char *parameter_name(const struct feature *feature, const struct input *input, struct arena *arena)
{
	struct slice level = input->kind == INPUT_LEVEL ? input->level : input->kind == INPUT_OTHER ? SLICE("…") : SLICE("");

	if (input->kind == INPUT_NUMBER)
		return arena_cstr(arena, feature->column);
	return arena_cstr(arena, arena_format(arena, "%.*s=%.*s", SLICE_ARG(feature->column), SLICE_ARG(level)));
}

static cJSON *parameters_node(const struct trained *trained, struct arena *arena)
{
	cJSON *params = cJSON_CreateObject();

	add_number(params, "intercept", trained->intercept);
	for (size_t f = 0; f < trained->features.count; f++) {
		const struct feature *feature = &trained->features.items[f];

		for (uint32_t i = feature->first; i < feature->first + feature->count; i++)
			add_number(params, parameter_name(feature, &trained->features.inputs[i], arena), trained->features.inputs[i].weight);
	}
	return params;
}

static const char *const input_names[] = { [INPUT_NUMBER] = "number", [INPUT_LEVEL] = "level", [INPUT_OTHER] = "other", [INPUT_MISSING] = "empty" };

static cJSON *column_node(const struct features *features, const struct feature *feature, struct arena *arena)
{
	cJSON *node = cJSON_CreateObject(), *inputs = cJSON_CreateArray();

	add_text(node, "column", feature->column, arena);
	if (feature->is_number) {
		add_number(node, "mean", feature->mean);
		add_number(node, "deviation", feature->deviation);
		if (feature->is_date)
			cJSON_AddStringToObject(node, "unit", DAYS_BACK);
	}
	cJSON_AddItemToObject(node, "inputs", inputs);
	for (uint32_t i = feature->first; i < feature->first + feature->count; i++) {
		const struct input *input = &features->inputs[i];
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToArray(inputs, item);
		if (input->kind == INPUT_LEVEL)
			add_text(item, "level", input->level, arena);
		else
			cJSON_AddStringToObject(item, "for", input_names[input->kind]);
		if (input->kind != INPUT_NUMBER)
			add_number(item, "share", input->mean);
	}
	return node;
}

static cJSON *validation_node(const struct trained *trained)
{
	cJSON *node = cJSON_CreateObject(), *tries = cJSON_CreateArray();

	add_number(node, "folds", TRAINED_FOLDS);
	add_number(node, "auc", trained->auc);
	add_number(node, "brier", trained->brier);
	add_number(node, "log_loss", trained->log_loss);
	add_number(node, "top_tenth_lift", trained->lift);
	cJSON_AddItemToObject(node, "tries", tries);
	for (size_t k = 0; k < TRAINED_TRIES; k++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToArray(tries, item);
		add_number(item, "C", trained->tries[k].C);
		add_number(item, "log_loss", trained->tries[k].log_loss);
	}
	return node;
}

static cJSON *left_out_node(const struct features *features, struct arena *arena)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < features->left_out_count; i++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToArray(list, item);
		add_text(item, "column", features->left_out[i].column, arena);
		add_text(item, "why", features->left_out[i].why, arena);
	}
	return list;
}

cJSON *trained_report(const struct trained *trained, struct arena *arena)
{
	cJSON *document = cJSON_CreateObject(), *weights = cJSON_CreateObject(), *columns = cJSON_CreateArray();

	cJSON_AddStringToObject(document, "tool", TOOL);
	cJSON_AddStringToObject(document, "version", CRM_VERSION);
	cJSON_AddStringToObject(document, "model", MODEL);
	cJSON_AddItemToObject(document, "params", parameters_node(trained, arena));
	add_number(document, "log_likelihood", trained->log_likelihood);
	add_number(document, "rows", (double)trained->rows);
	add_number(document, "left", (double)trained->left);
	add_text(document, "label", trained->label, arena);
	add_number(document, "C", trained->C);
	cJSON_AddItemToObject(document, "class_weights", weights);
	add_number(weights, "left", trained->weight_left);
	add_number(weights, "stayed", trained->weight_stayed);
	cJSON_AddItemToObject(document, "cross_validation", validation_node(trained));
	cJSON_AddItemToObject(document, "columns", columns);
	for (size_t f = 0; f < trained->features.count; f++)
		cJSON_AddItemToArray(columns, column_node(&trained->features, &trained->features.items[f], arena));
	cJSON_AddItemToObject(document, "left_out", left_out_node(&trained->features, arena));
	return document;
}

int trained_save(const struct trained *trained, const char *path, struct diag *diag)
{
	struct arena arena;
	cJSON *document;
	char *text;
	int failed;

	arena_init(&arena);
	document = trained_report(trained, &arena);
	text = json_print(document, true);
	failed = file_write(path, slice_of(text), diag);
	free(text);
	json_free(document);
	arena_release(&arena);
	return failed;
}

/* A file on its way in: `parameter` is the next of the params, which stand in the order of the columns. */
struct loading {
	struct trained *trained;
	const cJSON *parameter;
	const char *path;
	struct diag *diag;
};

static int fail(const struct loading *loading, const char *what)
{
	struct place place = { .file = loading->path };

	return diag_fail(loading->diag, STATUS_INPUT, &place, "bad-model", "no model that crm-churn --save-model wrote: %s", what);
}

static int take_parameter(struct loading *loading, const char *name, double *weight)
{
	const cJSON *parameter = loading->parameter;

	if (!parameter || !slice_equal(slice_of(parameter->string), slice_of(name)))
		return fail(loading, "the params do not go with the columns");
	if (!json_number(parameter, weight) || !isfinite(*weight))
		return fail(loading, "a param is no number");
	loading->parameter = parameter->next;
	return 0;
}

/* The next input of a feature, or NULL: none of that kind may come here. */
static struct input *add_input(struct features *features, const struct feature *feature, struct slice level, struct slice kind)
{
	if (feature->is_number && feature->count == 0)
		return slice_equal(kind, SLICE("number")) ? features_add_input(features, INPUT_NUMBER, SLICE("")) : NULL;
	if (level.len)
		return feature->levels.count == feature->count ? features_add_input(features, INPUT_LEVEL, level) : NULL;
	if (slice_equal(kind, SLICE("other")) && !feature->is_number)
		return features_add_input(features, INPUT_OTHER, SLICE(""));
	return slice_equal(kind, SLICE("empty")) ? features_add_input(features, INPUT_MISSING, SLICE("")) : NULL;
}

static int take_input(struct loading *loading, const struct feature *feature, const cJSON *node, struct arena *scratch)
{
	struct features *features = &loading->trained->features;
	struct slice level = json_text(json_member(node, "level"));
	struct input *input = add_input(features, feature, level, json_text(json_member(node, "for")));

	if (!input || (level.len && feature->levels.count != feature->count))
		return fail(loading, "the inputs of a column are in disorder");
	if (input->kind != INPUT_NUMBER && (!json_number(json_member(node, "share"), &input->mean) || !(input->mean >= 0 && input->mean <= 1)))
		return fail(loading, "an input has no share");
	return take_parameter(loading, parameter_name(feature, input, scratch), &input->weight);
}

static int take_column(struct loading *loading, const cJSON *node, struct arena *scratch)
{
	struct slice name = json_text(json_member(node, "column"));
	const cJSON *inputs = json_member(node, "inputs"), *item, *mean = json_member(node, "mean");
	struct feature *feature;

	if (!name.ptr || loading->trained->features.count == FEATURES_MOST || !cJSON_IsArray(inputs) ||
	    cJSON_GetArraySize(inputs) > FEATURE_LEVELS_MOST + 2 || cJSON_GetArraySize(inputs) == 0)
		return fail(loading, "a column lacks its name or its inputs");
	feature = features_add(&loading->trained->features, name, mean != NULL);
	if (mean && !(json_number(mean, &feature->mean) && isfinite(feature->mean) &&
		      json_number(json_member(node, "deviation"), &feature->deviation) && isfinite(feature->deviation) && feature->deviation > 0))
		return fail(loading, "a column of numbers has no mean or no deviation");
	feature->is_date = slice_equal(json_text(json_member(node, "unit")), SLICE(DAYS_BACK));
	cJSON_ArrayForEach(item, inputs)
		if (take_input(loading, feature, item, scratch))
			return -1;
	return 0;
}

static int take_document(struct loading *loading, const cJSON *document, struct arena *scratch)
{
	const cJSON *params = json_member(document, "params"), *columns = json_member(document, "columns"), *item;

	if (!slice_equal(json_text(json_member(document, "tool")), SLICE(TOOL)))
		return fail(loading, "it is not by crm-churn");
	if (!slice_equal(json_text(json_member(document, "model")), SLICE(MODEL)))
		return fail(loading, "its model is not " MODEL);
	if (!cJSON_IsObject(params) || !cJSON_IsArray(columns))
		return fail(loading, "it has no params or no columns");
	loading->parameter = params->child;
	if (take_parameter(loading, "intercept", &loading->trained->intercept))
		return -1;
	cJSON_ArrayForEach(item, columns)
		if (take_column(loading, item, scratch))
			return -1;
	return loading->parameter ? fail(loading, "it has more params than its columns need") : 0;
}

int trained_load(struct trained *trained, const char *path, struct diag *diag)
{
	struct loading loading = { trained, NULL, path, diag };
	struct arena scratch;
	cJSON *document = json_load(path, JSON_STRICT, diag);
	int failed;

	if (!document)
		return -1;
	arena_init(&scratch);
	failed = take_document(&loading, document, &scratch);
	arena_release(&scratch);
	json_free(document);
	return failed;
}
