#include "match/model_file.h"

#include <stdlib.h>

#include "base/version.h"
#include "io/file.h"
#include "io/json.h"

/* What a parameter is called: "m phone exact", "given address name weak". */
static const char *param_name(struct arena *arena, const char *kind, struct slice first, struct slice second, unsigned level)
{
	struct slice name = arena_format(arena, "%s %.*s%s%.*s%s%s%c", kind, SLICE_ARG(first), second.len ? " " : "", SLICE_ARG(second),
					 level ? " " : "", level ? level_name(level) : "", 0);

	return name.ptr;
}

static struct slice header_of(const struct fields *fields, const struct slice *headers, unsigned i)
{
	return headers[fields->all[i].column];
}

static void add_param(cJSON *params, const char *name, double value)
{
	cJSON_AddItemToObject(params, name, json_number_node(value));
}

static void save_field(cJSON *params, const struct model *model, const struct fields *fields, const struct slice *headers, unsigned i,
		       struct arena *arena)
{
	const struct slice none = { "", 0 }, name = header_of(fields, headers, i);

	for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++) {
		add_param(params, param_name(arena, "m", name, none, l), model->m[i][l]);
		add_param(params, param_name(arena, "u", name, none, l), model->u[i][l]);
	}
	for (unsigned j = 0; j < model->count; j++) {
		struct slice other = header_of(fields, headers, j);

		if (model->excused[i][j] > 0)
			add_param(params, param_name(arena, "excused", name, other, 0), (double)model->excused[i][j]);
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			if (model->given[i][j][l] > 0)
				add_param(params, param_name(arena, "given", name, other, l), (double)model->given[i][j][l]);
	}
}

int model_save(const struct model *model, const struct fields *fields, const struct slice *headers, const char *path, struct diag *diag)
{
	cJSON *document = cJSON_CreateObject(), *params;
	struct arena arena;
	char *text;
	int result;

	arena_init(&arena);
	cJSON_AddStringToObject(document, "tool", "crm-dedupe");
	cJSON_AddStringToObject(document, "version", CRM_VERSION);
	cJSON_AddStringToObject(document, "model", "fellegi-sunter");
	cJSON_AddItemToObject(document, "params", params = cJSON_CreateObject());
	add_param(params, "lambda", model->lambda);
	add_param(params, "together", model->together);
	for (unsigned i = 0; i < model->count; i++)
		save_field(params, model, fields, headers, i, &arena);
	cJSON_AddItemToObject(document, "log_likelihood", json_number_node(model->log_likelihood));
	cJSON_AddItemToObject(document, "rows", json_number_node((double)model->rows));
	text = json_print(document, true);
	result = file_write(path, slice_of(text), diag);
	free(text);
	json_free(document);
	arena_release(&arena);
	return result;
}

static double param(const cJSON *params, const char *name, double otherwise)
{
	const cJSON *node = json_member(params, name);
	double value;

	return node && json_number(node, &value) ? value : otherwise;
}

/* Returns whether the model knows the field. */
static bool load_field(struct model *model, const cJSON *params, const struct fields *fields, const struct slice *headers, unsigned i,
		       struct arena *arena)
{
	const struct slice none = { "", 0 }, name = header_of(fields, headers, i);
	bool known = json_member(params, param_name(arena, "m", name, none, LEVEL_EXACT)) != NULL;

	for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++) {
		double m = param(params, param_name(arena, "m", name, none, l), 0), u = param(params, param_name(arena, "u", name, none, l), 0);
		bool usable = m > 0 && m <= 1 && u > 0 && u <= 1;

		model->m[i][l] = usable ? m : 1. / 7;
		model->u[i][l] = usable ? u : 1. / 7;
	}
	for (unsigned j = 0; j < fields->count; j++) {
		struct slice other = header_of(fields, headers, j);

		model->excused[i][j] = (float)param(params, param_name(arena, "excused", name, other, 0), 0);
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			model->given[i][j][l] = (float)param(params, param_name(arena, "given", name, other, l), 0);
	}
	return known;
}

int model_load(struct model *model, const struct fields *fields, const struct slice *headers, const char *path, struct diag *diag)
{
	const struct place place = { .file = path };
	cJSON *document = json_load(path, JSON_STRICT, diag);
	const cJSON *params = document ? json_member(document, "params") : NULL;
	struct arena arena;
	unsigned known = 0;

	*model = (struct model){ 0 };
	if (!document)
		return -1;
	arena_init(&arena);
	model->lambda = param(params, "lambda", 0);
	model->together = param(params, "together", 0);
	for (unsigned i = 0; i < fields->count; i++)
		known += load_field(model, params, fields, headers, i, &arena);
	arena_release(&arena);
	json_free(document);
	if (!(model->lambda > 0 && model->lambda < 1 && model->together >= 0))
		return diag_fail(diag, STATUS_INPUT, &place, "bad-model", "this is no model of crm-dedupe; use a file that --save-model wrote");
	if (known == 0 && fields->count)
		return diag_fail(diag, STATUS_INPUT, &place, "bad-model", "the model knows none of the columns of the input");
	model_prepare(model, fields);
	return 0;
}
