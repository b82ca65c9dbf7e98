/* A survival view as a file, and in words. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/file.h"
#include "io/json.h"
#include "score/survival.h"

#define NAME(text) { text, sizeof(text) - 1 }

enum { DECIMALS = 7, P_DIGITS = 6 };

/* The shortest text of a number, as in JSON; empty where there is none. */
static void number_cell(struct rows *rows, double value)
{
	cJSON *node = json_number_node(value);

	rows_cell(rows, isfinite(value) ? json_text(node) : SLICE(""));
	cJSON_Delete(node);
}

static void write_points(const struct survival_group *group, struct rows *rows)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct survival_point *point = &group->points[i];

		rows_begin(rows);
		rows_cell(rows, group->name);
		number_cell(rows, point->time);
		rows_i64(rows, (int64_t)point->at_risk);
		rows_i64(rows, (int64_t)point->left);
		rows_i64(rows, (int64_t)point->censored);
		rows_real(rows, point->survival, DECIMALS);
		rows_real(rows, point->lower, DECIMALS);
		rows_real(rows, point->upper, DECIMALS);
		rows_end(rows);
	}
}

static int write_table(const struct survival *survival, const char *path, struct diag *diag)
{
	static const struct column columns[] = {
		{ NAME("group"), COLUMN_TEXT },      { NAME("time"), COLUMN_NUMBER },     { NAME("at_risk"), COLUMN_NUMBER },
		{ NAME("left"), COLUMN_NUMBER },     { NAME("censored"), COLUMN_NUMBER }, { NAME("survival"), COLUMN_NUMBER },
		{ NAME("lower"), COLUMN_NUMBER },    { NAME("upper"), COLUMN_NUMBER },
	};
	struct sink_options options = { .to = FORMAT_CSV };
	struct sink *sink;
	struct rows rows;
	int failed = 0;

	if (sink_open(&sink, path, &options, diag))
		return -1;
	sink_header(sink, columns, sizeof columns / sizeof *columns);
	rows_init(&rows, sink);
	for (size_t g = 0; g < survival->group_count && !failed; g++) {
		write_points(&survival->groups[g], &rows);
		failed = sink_write(sink, &rows, diag);
	}
	rows_release(&rows);
	if (failed) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}

static void add_number(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

static double rounded(double value)
{
	return round(value * 1e7) / 1e7;
}

static cJSON *points_node(const struct survival_group *group)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < group->count; i++) {
		const struct survival_point *point = &group->points[i];
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToArray(list, item);
		add_number(item, "time", point->time);
		add_number(item, "at_risk", (double)point->at_risk);
		add_number(item, "left", (double)point->left);
		add_number(item, "censored", (double)point->censored);
		add_number(item, "survival", rounded(point->survival));
		add_number(item, "lower", rounded(point->lower));
		add_number(item, "upper", rounded(point->upper));
	}
	return list;
}

static cJSON *group_node(const struct survival_group *group, bool points, struct arena *arena)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "group", arena_cstr(arena, group->name));
	add_number(item, "customers", (double)group->customers);
	add_number(item, "left", (double)group->left);
	add_number(item, "median", group->median);
	add_number(item, "median_lower", group->median_lower);
	add_number(item, "median_upper", group->median_upper);
	if (points)
		cJSON_AddItemToObject(item, "points", points_node(group));
	return item;
}

cJSON *survival_report(const struct survival *survival, bool points, struct arena *arena)
{
	cJSON *document = cJSON_CreateObject(), *groups = cJSON_CreateArray(), *test = cJSON_CreateObject();

	cJSON_AddStringToObject(document, "from", survival->from_orders ? "orders, in days" : "columns");
	cJSON_AddStringToObject(document, "limits", "95 %, Greenwood, log-log");
	add_number(document, "left_out", (double)survival->left_out);
	cJSON_AddItemToObject(document, "groups", groups);
	for (size_t g = 0; g < survival->group_count; g++)
		cJSON_AddItemToArray(groups, group_node(&survival->groups[g], points, arena));
	if (survival->degrees == 0) {
		cJSON_Delete(test);
		cJSON_AddNullToObject(document, "log_rank");
		return document;
	}
	cJSON_AddItemToObject(document, "log_rank", test);
	add_number(test, "chi_square", rounded(survival->chi_square));
	add_number(test, "degrees", survival->degrees);
	cJSON_AddItemToObject(test, "p_value", cJSON_CreateRaw(arena_format(arena, "%.*g", P_DIGITS, survival->p_value).ptr));
	return document;
}

int survival_write(const struct survival *survival, const char *path, struct diag *diag)
{
	struct arena arena;
	cJSON *document;
	char *text;
	int failed;

	if (slice_ends_with(slice_of(path), SLICE(".csv")))
		return write_table(survival, path, diag);
	arena_init(&arena);
	document = survival_report(survival, true, &arena);
	text = json_print(document, true);
	failed = file_write(path, slice_of(text), diag);
	free(text);
	json_free(document);
	arena_release(&arena);
	return failed;
}

static struct slice number_text(double value, struct arena *arena)
{
	return isnan(value) ? SLICE("not reached") : arena_format(arena, "%.10g", value);
}

struct slice survival_describe_group(const struct survival *survival, size_t group, struct arena *arena)
{
	const struct survival_group *g = &survival->groups[group];
	struct slice median = number_text(g->median, arena), lower = number_text(g->median_lower, arena),
		     upper = number_text(g->median_upper, arena);

	return arena_format(arena, "survival%s%.*s: %llu customers, %llu left; median %.*s%s, 95 %% %.*s to %.*s",
			    g->name.len ? " of " : "", SLICE_ARG(slice_first(g->name, 60)), (unsigned long long)g->customers,
			    (unsigned long long)g->left, SLICE_ARG(median), survival->from_orders && !isnan(g->median) ? " days" : "",
			    SLICE_ARG(lower), SLICE_ARG(upper));
}

struct slice survival_describe_test(const struct survival *survival, struct arena *arena)
{
	if (survival->degrees == 0)
		return SLICE("");
	return arena_format(arena, "log-rank test of the %zu groups: chi-square %.4f, %u degrees of freedom, p %.3g",
			    survival->group_count, survival->chi_square, survival->degrees, survival->p_value);
}
