/* The report of completeness: one set of figures for each group, as nested JSON or as a table. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/completeness_private.h"
#include "io/file.h"
#include "io/json.h"

enum { FOUR_DECIMALS = 10000 };

/* Of nothing, no share: written as empty, or null. */
static double share(uint64_t part, uint64_t whole)
{
	return whole ? round((double)part / (double)whole * FOUR_DECIMALS) / FOUR_DECIMALS : NAN;
}

/* Mean score of its rows, 0 to 100. */
static double score_of(const struct completeness *c, const struct group *group)
{
	double most = (double)group->rows * (double)c->most;

	return most > 0 ? round(1000 * (double)group->points / most) / 10 : 0;
}

/* --- the order of owners --- */

struct ranked {
	const struct completeness *c;
	size_t number;
};

static const struct group *group_at(const struct ranked *one)
{
	return &one->c->owners.items[one->number];
}

/* The better score first, as it is printed; of equals who has more rows. Rows of nobody come last. */
static int by_score(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	struct slice name_x = x->c->owners.names.keys[x->number], name_y = y->c->owners.names.keys[y->number];
	double score_x = score_of(x->c, group_at(x)), score_y = score_of(y->c, group_at(y));

	if ((name_x.len == 0) != (name_y.len == 0))
		return name_x.len == 0 ? 1 : -1;
	if (score_x != score_y)
		return score_x > score_y ? -1 : 1;
	if (group_at(x)->rows != group_at(y)->rows)
		return group_at(x)->rows > group_at(y)->rows ? -1 : 1;
	return slice_compare(name_x, name_y);
}

static struct ranked *rank_owners(const struct completeness *c)
{
	struct ranked *ranked = memory_get(c->owners.names.count + 1, sizeof *ranked);

	for (size_t i = 0; i < c->owners.names.count; i++)
		ranked[i] = (struct ranked){ c, i };
	if (c->owners.names.count)
		qsort(ranked, c->owners.names.count, sizeof *ranked, by_score);
	return ranked;
}

/* Called for each group in the order of the report; rank 0: none. */
struct visitor {
	int (*group)(void *context, const char *by, struct slice name, size_t rank, const struct group *group,
		     struct diag *diag);
	void *context;
};

static int visit_owners(const struct completeness *c, const struct visitor *visitor, struct diag *diag)
{
	struct ranked *ranked = rank_owners(c);
	size_t rank = 0;
	int result = 0;

	for (size_t i = 0; i < c->owners.names.count && c->owner != NO_COLUMN && result == 0; i++) {
		const struct group *group = group_at(&ranked[i]);
		struct slice name = c->owners.names.keys[ranked[i].number];

		if (i == 0 || score_of(c, group) != score_of(c, group_at(&ranked[i - 1])))
			rank = i + 1; /* equal scores share a rank */
		result = visitor->group(visitor->context, "owner", name, name.len ? rank : 0, group, diag);
	}
	free(ranked);
	return result;
}

static int visit(const struct completeness *c, const struct visitor *visitor, struct diag *diag)
{
	static const struct measure_counts no_counts;
	struct group none = { 0 };
	struct measure_counts *counts = memory_zero(c->count + 1, sizeof no_counts);
	int result;

	none.counts = counts;
	result = visitor->group(visitor->context, "all", SLICE(""), 0, c->all.names.count ? &c->all.items[0] : &none, diag);
	for (size_t i = 0; i < c->sources.names.count && result == 0; i++)
		result = visitor->group(visitor->context, "source", c->sources.names.keys[i], 0, &c->sources.items[i], diag);
	free(counts);
	return result ? result : visit_owners(c, visitor, diag);
}

/* --- as JSON --- */

static void add_number(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

static void add_text(cJSON *object, const char *name, struct slice text)
{
	struct arena arena;

	arena_init(&arena);
	cJSON_AddStringToObject(object, name, arena_cstr(&arena, text));
	arena_release(&arena);
}

static cJSON *column_node(const struct completeness *c, const struct group *group, size_t i)
{
	const struct measure_counts *counts = &group->counts[i];
	cJSON *node = cJSON_CreateObject();

	add_text(node, "column", c->measured[i].name);
	add_number(node, "weight", (double)c->measured[i].weight / 1000);
	add_number(node, "filled", (double)counts->filled);
	add_number(node, "filled_share", share(counts->filled, group->rows));
	add_number(node, "valid", (double)counts->valid);
	add_number(node, "valid_share", share(counts->valid, counts->filled));
	add_number(node, "standardised", (double)counts->changed);
	if (!c->measured[i].tells_apart)
		return node;
	add_number(node, "duplicated", (double)counts->repeated);
	if (c->repeats[i].level)
		add_number(node, "sampled", (double)(UINT64_C(1) << c->repeats[i].level));
	return node;
}

struct document {
	const struct completeness *c;
	cJSON *top;
};

static int add_group(void *context, const char *by, struct slice name, size_t rank, const struct group *group,
		     struct diag *diag)
{
	const struct document *document = context;
	const struct completeness *c = document->c;
	bool all = strcmp(by, "all") == 0;
	cJSON *node = all ? document->top : cJSON_CreateObject(), *columns;
	const char *list = strcmp(by, "source") == 0 ? "sources" : "owners";

	(void)diag;
	if (!all) {
		add_text(node, by, name);
		if (!cJSON_GetObjectItemCaseSensitive(document->top, list))
			cJSON_AddArrayToObject(document->top, list);
		cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(document->top, list), node);
	}
	if (rank)
		add_number(node, "rank", (double)rank);
	add_number(node, "rows", (double)group->rows);
	add_number(node, "score", score_of(c, group));
	columns = cJSON_AddArrayToObject(node, "columns");
	for (size_t i = 0; i < c->count; i++)
		cJSON_AddItemToArray(columns, column_node(c, group, i));
	return 0;
}

static int write_json(const struct completeness *c, const char *path, struct diag *diag)
{
	struct document document = { c, cJSON_CreateObject() };
	const struct visitor visitor = { add_group, &document };
	struct buf out;
	char *text;
	int result;

	(void)!visit(c, &visitor, diag);
	text = json_print(document.top, true);
	buf_init(&out, BUF_UNLIMITED);
	buf_add(&out, slice_of(text));
	buf_add_byte(&out, '\n');
	result = file_write(path, buf_slice(&out), diag);
	buf_release(&out);
	free(text);
	json_free(document.top);
	return result;
}

/* --- as a table --- */

struct table_writer {
	const struct completeness *c;
	struct sink *sink;
	struct rows rows;
};

static void write_begin(struct rows *rows, const char *by, struct slice name, size_t rank, uint64_t count)
{
	rows_begin(rows);
	rows_cell(rows, slice_of(by));
	rows_cell(rows, name);
	if (rank)
		rows_i64(rows, (int64_t)rank);
	else
		rows_empty(rows);
	rows_i64(rows, (int64_t)count);
}

static void write_column(const struct completeness *c, struct rows *rows, const struct group *group, size_t i)
{
	const struct measure_counts *counts = &group->counts[i];

	rows_empty(rows); /* score: of a row as a whole */
	rows_cell(rows, c->measured[i].name);
	rows_real(rows, (double)c->measured[i].weight / 1000, c->measured[i].weight % 1000 ? 3 : 0);
	rows_i64(rows, (int64_t)counts->filled);
	rows_real(rows, share(counts->filled, group->rows), 4);
	rows_i64(rows, (int64_t)counts->valid);
	rows_real(rows, share(counts->valid, counts->filled), 4);
	rows_i64(rows, (int64_t)counts->changed);
	if (c->measured[i].tells_apart) {
		rows_i64(rows, (int64_t)counts->repeated);
		rows_i64(rows, (int64_t)(UINT64_C(1) << c->repeats[i].level));
	} else {
		rows_empty(rows);
		rows_empty(rows);
	}
}

enum { FIGURES_OF_COLUMN = 9 };

static int write_group(void *context, const char *by, struct slice name, size_t rank, const struct group *group,
		       struct diag *diag)
{
	struct table_writer *writer = context;
	struct rows *rows = &writer->rows;

	write_begin(rows, by, name, rank, group->rows);
	rows_real(rows, score_of(writer->c, group), 1);
	for (int i = 0; i < FIGURES_OF_COLUMN; i++)
		rows_empty(rows);
	rows_end(rows);
	for (size_t i = 0; i < writer->c->count; i++) {
		write_begin(rows, by, name, rank, group->rows);
		write_column(writer->c, rows, group, i);
		rows_end(rows);
	}
	return sink_write(writer->sink, rows, diag);
}

static int write_table(const struct completeness *c, const char *path, const struct sink_options *options,
		       struct diag *diag)
{
	static const struct column columns[] = {
		{ { "by", 2 }, COLUMN_TEXT },            { { "name", 4 }, COLUMN_TEXT },
		{ { "rank", 4 }, COLUMN_NUMBER },        { { "rows", 4 }, COLUMN_NUMBER },
		{ { "score", 5 }, COLUMN_NUMBER },       { { "column", 6 }, COLUMN_TEXT },
		{ { "weight", 6 }, COLUMN_NUMBER },      { { "filled", 6 }, COLUMN_NUMBER },
		{ { "filled_share", 12 }, COLUMN_NUMBER }, { { "valid", 5 }, COLUMN_NUMBER },
		{ { "valid_share", 11 }, COLUMN_NUMBER }, { { "standardised", 12 }, COLUMN_NUMBER },
		{ { "duplicated", 10 }, COLUMN_NUMBER }, { { "sampled", 7 }, COLUMN_NUMBER },
	};
	struct table_writer writer = { .c = c };
	const struct visitor visitor = { write_group, &writer };
	int failed;

	if (sink_open(&writer.sink, path, options, diag) < 0)
		return -1;
	sink_header(writer.sink, columns, sizeof columns / sizeof *columns);
	rows_init(&writer.rows, writer.sink);
	failed = visit(c, &visitor, diag);
	rows_release(&writer.rows);
	if (!failed)
		return sink_close(writer.sink, diag);
	sink_abort(writer.sink);
	return -1;
}

int completeness_write(const struct completeness *c, const char *path, const struct sink_options *options,
		       struct diag *diag)
{
	struct sink_options own = *options;

	own.to = format_of_path(path);
	return own.to == FORMAT_JSON ? write_json(c, path, diag) : write_table(c, path, &own, diag);
}
