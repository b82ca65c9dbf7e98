/* What --evaluate prints: the figures, the sizes of customers, the curve over thresholds, and the worst errors, which show no personal data. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/file.h"
#include "io/json.h"
#include "match/report.h"

enum { SIZES_MOST = 30, ERRORS_MOST = 10 };
static const double thresholds[] = { .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, .999 };
enum { THRESHOLDS = sizeof thresholds / sizeof thresholds[0] };

struct judging {
	const struct findings *findings;
	const uint32_t *entity;
	const uint32_t *sources;   /* link_only: pairs between sources only; else NULL */
	struct evaluation evaluation;
	struct buf text;
};

static void write_number(struct buf *text, double value)
{
	cJSON *node = json_number_node(round(value * 1e6) / 1e6 + 0.0);

	buf_add(text, json_text(node));
	json_free(node);
}

static void write_figures(struct judging *judging)
{
	const struct evaluation *e = &judging->evaluation;
	const struct { const char *name; double value; } figures[] = {
		{ "precision", e->precision }, { "recall", e->recall }, { "f1", e->f1 }, { "b3_precision", e->b3_precision },
		{ "b3_recall", e->b3_recall }, { "b3_f1", e->b3_f1 }, { "true_pairs", e->true_pairs }, { "found_pairs", e->found_pairs },
		{ "right_pairs", e->right_pairs }, { "records", (double)e->records }, { "customers", (double)e->customers },
		{ "entities", (double)e->entities },
	};

	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
		buf_format(&judging->text, "%s\t\"%s\": ", i ? ",\n" : "{\n", figures[i].name);
		write_number(&judging->text, figures[i].value);
	}
}

/* How many groups have 1, 2 … records; those of SIZES_MOST and more together. */
static void count_sizes(const uint32_t *group, size_t count, size_t sizes[SIZES_MOST + 1])
{
	uint32_t *size = memory_zero(2 * count + 1, sizeof *size), alone = (uint32_t)count;

	for (size_t i = 0; i < count; i++)
		size[group[i] == ENTITY_NONE ? alone++ : group[i]]++;
	for (size_t g = 0; g < 2 * count; g++)
		if (size[g])
			sizes[size[g] < SIZES_MOST ? size[g] : SIZES_MOST]++;
	free(size);
}

static void write_sizes(struct judging *judging)
{
	size_t found[SIZES_MOST + 1] = { 0 }, right[SIZES_MOST + 1] = { 0 }, count = judging->findings->records->count;
	bool first = true;

	count_sizes(judging->findings->match->cluster, count, found);
	count_sizes(judging->entity, count, right);
	buf_add(&judging->text, SLICE(",\n\t\"cluster_sizes\": ["));
	for (unsigned size = 1; size <= SIZES_MOST; size++) {
		if (found[size] == 0 && right[size] == 0)
			continue;
		buf_format(&judging->text, "%s\n\t\t{ \"size\": %u%s, \"customers\": %zu, \"entities\": %zu }", first ? "" : ",", size,
			   size == SIZES_MOST ? ", \"and_more\": true" : "", found[size], right[size]);
		first = false;
	}
	buf_add(&judging->text, first ? SLICE("]") : SLICE("\n\t]"));
}

static bool is_right(const struct judging *judging, uint32_t a, uint32_t b)
{
	return judging->entity[a] != ENTITY_NONE && judging->entity[a] == judging->entity[b];
}

/* The pairs as they are scored, before they become customers. */
static void write_curve(struct judging *judging)
{
	const struct match *match = judging->findings->match;
	double found[THRESHOLDS] = { 0 }, right[THRESHOLDS] = { 0 };

	for (size_t i = 0; i < match->link_count; i++) {
		double p = 1 / (1 + exp2(-(double)match->links[i].bits));

		for (unsigned t = 0; t < THRESHOLDS && thresholds[t] <= p; t++) {
			found[t]++;
			right[t] += is_right(judging, match->links[i].a, match->links[i].b);
		}
	}
	buf_add(&judging->text, SLICE(",\n\t\"thresholds\": ["));
	for (unsigned t = 0; t < THRESHOLDS; t++) {
		struct pair_figures figures = evaluate_pairs(judging->evaluation.true_pairs, found[t], right[t]);

		buf_format(&judging->text, "%s\n\t\t{ \"threshold\": ", t ? "," : "");
		write_number(&judging->text, thresholds[t]);
		buf_add(&judging->text, SLICE(", \"pair_precision\": "));
		write_number(&judging->text, figures.precision);
		buf_add(&judging->text, SLICE(", \"pair_recall\": "));
		write_number(&judging->text, figures.recall);
		buf_add(&judging->text, SLICE(", \"pair_f1\": "));
		write_number(&judging->text, figures.f1);
		buf_add(&judging->text, SLICE(" }"));
	}
	buf_add(&judging->text, SLICE("\n\t]"));
}

/* The worst of one kind of error, the worst first. */
struct errors {
	struct link worst[ERRORS_MOST];
	size_t count;
	double sign;   /* 1: many bits are bad, -1: few are */
};

static void add_error(struct errors *errors, const struct judging *judging, uint32_t a, uint32_t b, float bits)
{
	size_t at = errors->count;

	if (judging->sources && judging->sources[a] == judging->sources[b])
		return;
	while (at > 0 && errors->sign * (double)errors->worst[at - 1].bits < errors->sign * (double)bits)
		at--;
	if (at == ERRORS_MOST)
		return;
	errors->count += errors->count < ERRORS_MOST;
	memmove(errors->worst + at + 1, errors->worst + at, (errors->count - at - 1) * sizeof *errors->worst);
	errors->worst[at] = (struct link){ a, b, bits };
}

struct of_entity {
	uint32_t entity, cluster, record;
};

static int compare_of_entity(const void *left, const void *right)
{
	const struct of_entity *x = left, *y = right;

	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* Of each entity that is several customers, the first records of one and the next. */
static void find_missed(const struct judging *judging, struct errors *missed)
{
	const struct match *match = judging->findings->match;
	size_t count = 0;
	struct of_entity *all = memory_get(judging->findings->records->count + 1, sizeof *all);

	for (uint32_t i = 0; i < judging->findings->records->count; i++)
		if (judging->entity[i] != ENTITY_NONE)
			all[count++] = (struct of_entity){ judging->entity[i], match->cluster[i], i };
	qsort(all, count, sizeof *all, compare_of_entity);
	for (size_t i = 1, begin = 0; i < count; i++) {
		if (all[i].entity != all[begin].entity || all[i].cluster == all[i - 1].cluster) {
			begin = all[i].entity != all[begin].entity ? i : begin;
			continue;
		}
		add_error(missed, judging, all[begin].record, all[i].record,
			  match->rules ? 0 : (float)model_score(&match->model, &match->fields, all[begin].record, all[i].record));
		begin = i;
	}
	free(all);
}

/* The first character of each word, and stars for the others. */
static struct slice mask(struct slice value, struct arena *arena)
{
	char *out = arena_bytes(arena, value.len + 1);
	size_t len = 0;
	bool inside = false;

	while (value.len) {
		const char *from = value.ptr;
		uint32_t c = utf8_next(&value);
		bool word = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (word && inside) {
			out[len++] = '*';
		} else {
			memcpy(out + len, from, (size_t)(value.ptr - from));
			len += (size_t)(value.ptr - from);
		}
		inside = word;
	}
	return (struct slice){ out, len };
}

static void write_record(struct judging *judging, const char *name, uint32_t record)
{
	struct origin origin;

	records_origin(judging->findings->records, record, &origin);
	buf_format(&judging->text, ", \"%s\": { \"source\": ", name);
	json_write_string(&judging->text, origin.source);
	buf_add(&judging->text, SLICE(", \"source_row\": "));
	json_write_string(&judging->text, origin.row);
	buf_add(&judging->text, SLICE(" }"));
}

static void write_error(struct judging *judging, const char *kind, const struct link *pair, bool first, struct arena *arena)
{
	const struct match *match = judging->findings->match;
	uint64_t pattern = compare_rows(&match->fields, pair->a, pair->b);
	struct buf *text = &judging->text;

	buf_format(text, "%s\n\t\t{ \"error\": \"%s\"", first ? "" : ",", kind);
	if (!match->rules) {
		buf_add(text, SLICE(", \"weight\": "));
		write_number(text, round((double)pair->bits * 100) / 100);
	}
	write_record(judging, "a", pair->a);
	write_record(judging, "b", pair->b);
	buf_add(text, SLICE(", \"fields\": {"));
	for (unsigned i = 0, shown = 0; i < match->fields.count; i++) {
		size_t column = match->fields.all[i].column;

		if (pattern_level(pattern, i) == LEVEL_MISSING)
			continue;
		buf_add(text, shown++ ? SLICE(", ") : SLICE(" "));
		json_write_string(text, judging->findings->records->headers[column]);
		buf_format(text, ": [\"%s\", ", level_name(pattern_level(pattern, i)));
		json_write_string(text, mask(meanings_cell(judging->findings->meanings, pair->a, column), arena));
		buf_add(text, SLICE(", "));
		json_write_string(text, mask(meanings_cell(judging->findings->meanings, pair->b, column), arena));
		buf_add_byte(text, ']');
	}
	buf_add(text, SLICE(" } }"));
	arena_reset(arena);
}

static void write_errors(struct judging *judging)
{
	const struct match *match = judging->findings->match;
	struct errors wrong = { .sign = 1 }, missed = { .sign = -1 };
	struct arena arena;

	for (size_t i = 0; i < match->link_count; i++) {
		const struct link *link = &match->links[i];

		if (match->cluster[link->a] == match->cluster[link->b] && !is_right(judging, link->a, link->b))
			add_error(&wrong, judging, link->a, link->b, link->bits);
	}
	find_missed(judging, &missed);
	arena_init(&arena);
	buf_add(&judging->text, SLICE(",\n\t\"worst_errors\": ["));
	for (size_t i = 0; i < wrong.count; i++)
		write_error(judging, "merged wrongly", &wrong.worst[i], i == 0, &arena);
	for (size_t i = 0; i < missed.count; i++)
		write_error(judging, "missed", &missed.worst[i], i + wrong.count == 0, &arena);
	buf_add(&judging->text, wrong.count + missed.count ? SLICE("\n\t]") : SLICE("]"));
	arena_release(&arena);
}

int report_evaluation(const struct findings *findings, bool link_only, const uint32_t *entity, struct diag *diag)
{
	struct judging judging = { .findings = findings, .entity = entity, .sources = link_only ? findings->records->sources : NULL };
	int result;

	evaluate(&judging.evaluation, findings->records->count, findings->match->cluster, entity, judging.sources);
	buf_init(&judging.text, 1 << 24);
	write_figures(&judging);
	write_sizes(&judging);
	if (!findings->match->rules)
		write_curve(&judging);
	write_errors(&judging);
	buf_add(&judging.text, SLICE("\n}\n"));
	result = file_write("-", buf_slice(&judging.text), diag);
	buf_release(&judging.text);
	return result;
}
