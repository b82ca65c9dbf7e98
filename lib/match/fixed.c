/*
 * Pairs that fulfil a rule. The exact comparisons of a way are its key: rows with an equal key are a block. In a block only the values of the
 * other comparisons matter, so rows that have the same of them are joined in a chain, and one of each is compared with the others. So a block of one
 * phone that a hundred thousand have costs no more than its different names; of more than DIFFERENT_MOST only near neighbours meet.
 */
#include "match/fixed.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "match/distance.h"

enum { DIFFERENT_MOST = 400, WINDOW = 20, KEYS_MOST = 64 };

int fixed_build_fields(const struct fixed_rules *rules, const struct match_input *input, const struct profile *profiles, struct fields *fields,
		       unsigned threads, struct diag *diag)
{
	*fields = (struct fields){ .all = memory_zero(rules->column_count, sizeof *fields->all), .count = rules->column_count };
	for (unsigned i = 0; i < fields->count; i++) {
		struct profile profile = profiles[rules->columns[i]];

		/* A rule means the column as it is. */
		profile.parts = 0;
		profile.whole = false;
		profile.role = input->roles[rules->columns[i]];
		if (profile.kind == FIELD_NONE)
			profile.kind = FIELD_TEXT;
		field_init(&fields->all[i], rules->columns[i], &profile);
	}
	return fields_build(fields, input, threads, diag);
}

static bool is_list(const struct field *field)
{
	return field->profile.kind == FIELD_CODE;
}

static bool lists_meet(const struct field *field, uint32_t a, uint32_t b)
{
	uint32_t in_a[TOKENS_MOST], in_b[TOKENS_MOST];
	unsigned i = 0, j = 0, end_a = field_tokens(field, a, in_a), end_b = field_tokens(field, b, in_b);

	while (i < end_a && j < end_b) {
		if (in_a[i] == in_b[j])
			return true;
		if (in_a[i] < in_b[j])
			i++;
		else
			j++;
	}
	return false;
}

static double likeness_of(struct slice a, struct slice b)
{
	struct letters x, y;

	letters_read(&x, a);
	letters_read(&y, b);
	return similarity_jaro_winkler(&x, &y);
}

/* Of lists the best pair of their items. */
static double likeness(const struct field *field, uint32_t a, uint32_t b)
{
	uint32_t in_a[TOKENS_MOST], in_b[TOKENS_MOST];
	double best = 0;

	if (a == b)
		return 1;
	if (!is_list(field))
		return likeness_of(field_text(field, a), field_text(field, b));
	unsigned count_a = field_tokens(field, a, in_a), count_b = field_tokens(field, b, in_b);

	for (unsigned i = 0; i < count_a; i++)
		for (unsigned j = 0; j < count_b; j++) {
			double one = likeness_of(field_token(field, in_a[i]), field_token(field, in_b[j]));

			best = one > best ? one : best;
		}
	return best;
}

static bool test_holds(const struct fixed_test *test, const struct field *field, struct datum x, struct datum y)
{
	uint32_t a = x.value, b = y.value;

	if (a == VALUE_MISSING || b == VALUE_MISSING)
		return false;
	if (test->kind == TEST_EXACT)
		return a == b || (is_list(field) && lists_meet(field, a, b));
	return test->kind == TEST_LIKE ? likeness(field, a, b) >= test->least : compare_values(field, x, y) >= test->level;
}

bool fixed_way_holds(const struct fixed_way *way, const struct fields *fields, size_t a, size_t b)
{
	for (unsigned t = 0; t < way->count; t++) {
		unsigned f = way->tests[t].field;

		if (!test_holds(&way->tests[t], &fields->all[f], fields_datum(fields, a, f), fields_datum(fields, b, f)))
			return false;
	}
	return true;
}

uint64_t fixed_line(const struct fixed_rules *rules, const struct fields *fields, size_t a, size_t b)
{
	for (size_t way = 0; way < rules->count; way++)
		if (fixed_way_holds(&rules->ways[way], fields, a, b))
			return rules->ways[way].line;
	return 0;
}

/* A row under a key. `rest` tells rows of a block apart by what else the way compares. */
struct entry {
	uint64_t key, rest;
	uint32_t row;
};

struct finding {
	const struct fixed_rules *rules;
	const struct fields *fields;
	const uint32_t *sources;
	size_t rows;
	struct entry *entries;
	size_t count, capacity;
	uint32_t *different;      /* room for the rows of a block that differ */
	struct fixed_links *links;
	size_t link_capacity;
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *x = left, *y = right;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->rest != y->rest)
		return x->rest < y->rest ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* Adds the row under its keys: one for each combination of the items of its lists, up to KEYS_MOST. */
static void add_keys(struct finding *finding, const struct fixed_way *way, uint32_t row)
{
	const uint32_t *values = fields_row(finding->fields, row);
	uint64_t keys[KEYS_MOST] = { 7 }, rest = 0;
	size_t count = 1;

	for (unsigned t = 0; t < way->count; t++) {
		const struct field *field = &finding->fields->all[way->tests[t].field];
		uint32_t v = values[way->tests[t].field];
		size_t before = count;

		if (v == VALUE_MISSING)
			return;
		if (way->tests[t].kind != TEST_EXACT) {
			rest = hash_mix(rest + t, v);
		} else if (!is_list(field)) {
			for (size_t i = 0; i < count; i++)
				keys[i] = hash_mix(keys[i] + t, v);
		} else {
			uint64_t old[KEYS_MOST];
			uint32_t items[TOKENS_MOST];
			unsigned item_count = field_tokens(field, v, items);

			memcpy(old, keys, before * sizeof *old);
			count = 0;
			for (unsigned i = 0; i < item_count; i++)
				for (size_t k = 0; k < before && count < KEYS_MOST; k++)
					keys[count++] = hash_mix(old[k] + t, items[i]);
		}
	}
	finding->entries = memory_grow(finding->entries, &finding->capacity, finding->count + count, sizeof *finding->entries);
	for (size_t k = 0; k < count; k++)
		finding->entries[finding->count++] = (struct entry){ keys[k], rest, row };
}

static bool try_pair(struct finding *finding, size_t way, uint32_t a, uint32_t b)
{
	struct fixed_links *links = finding->links;

	if (a == b || (finding->sources && finding->sources[a] == finding->sources[b]) ||
	    !fixed_way_holds(&finding->rules->ways[way], finding->fields, a, b))
		return false;
	links->all = memory_grow(links->all, &finding->link_capacity, links->count + 1, sizeof *links->all);
	links->all[links->count++] = (struct link){ a < b ? a : b, a < b ? b : a, (float)way };
	return true;
}

/* Joins rows that agree on all that the way compares; of two sources each with one of the other. Those that differ go to finding->different. */
static size_t join_equals(struct finding *finding, size_t way, const struct entry *block, size_t count)
{
	size_t different = 0;

	for (size_t i = 0, end; i < count; i = end) {
		size_t other = i;   /* the first row of another source than the first */

		finding->different[different++] = block[i].row;
		for (end = i + 1; end < count && block[end].rest == block[i].rest; end++)
			if (other == i && finding->sources && finding->sources[block[end].row] != finding->sources[block[i].row])
				other = end;
		if (other != i)
			finding->different[different++] = block[other].row;
		for (size_t j = i + 1; j < end; j++) {
			bool own = finding->sources && finding->sources[block[j].row] == finding->sources[block[i].row];

			(void)try_pair(finding, way, block[own ? other : i].row, block[j].row);
		}
	}
	return different;
}

static struct slice text_of_row(const struct finding *finding, unsigned field, uint32_t row)
{
	return field_text(&finding->fields->all[field], fields_row(finding->fields, row)[field]);
}

/* Rows in the order of the text of the way's first comparison that is not exact. */
static void sort_by_text(const struct finding *finding, const struct fixed_way *way, uint32_t *rows, size_t count)
{
	unsigned t = 0;

	while (t + 1 < way->count && way->tests[t].kind == TEST_EXACT)
		t++;
	unsigned field = way->tests[t].field;

	/* A heap: no comparison function of the library takes a context everywhere. */
	for (size_t end = count, start = count / 2; end > 1;) {
		size_t root, child;
		uint32_t row;

		if (start > 0) {
			row = rows[--start];
		} else {
			row = rows[--end];
			rows[end] = rows[0];
		}
		for (root = start; (child = 2 * root + 1) < end; root = child) {
			child += child + 1 < end && slice_compare(text_of_row(finding, field, rows[child]), text_of_row(finding, field, rows[child + 1])) < 0;
			if (slice_compare(text_of_row(finding, field, row), text_of_row(finding, field, rows[child])) >= 0)
				break;
			rows[root] = rows[child];
		}
		rows[root] = row;
	}
}

static void compare_block(struct finding *finding, size_t way, const struct entry *block, size_t count)
{
	size_t different = join_equals(finding, way, block, count), reach = different;
	const uint32_t *rows = finding->different;

	if (different > DIFFERENT_MOST) {
		finding->links->hot_blocks++;
		sort_by_text(finding, &finding->rules->ways[way], finding->different, different);
		reach = WINDOW;
	}
	for (size_t i = 0; i < different; i++)
		for (size_t j = i + 1; j < different && j - i <= reach; j++)
			(void)try_pair(finding, way, rows[i], rows[j]);
}

static int compare_pairs(const void *left, const void *right)
{
	const struct link *x = left, *y = right;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return (x->bits > y->bits) - (x->bits < y->bits);
}

/* Each pair once, by the first way that found it. */
static void drop_repeats(struct fixed_links *links)
{
	size_t kept = 0;

	if (links->count)
		qsort(links->all, links->count, sizeof *links->all, compare_pairs);
	for (size_t i = 0; i < links->count; i++)
		if (kept == 0 || links->all[kept - 1].a != links->all[i].a || links->all[kept - 1].b != links->all[i].b)
			links->all[kept++] = links->all[i];
	links->count = kept;
}

void fixed_find_links(const struct fixed_rules *rules, const struct fields *fields, size_t rows, const uint32_t *sources, struct fixed_links *links)
{
	struct finding finding = { .rules = rules, .fields = fields, .sources = sources, .rows = rows, .links = links };

	*links = (struct fixed_links){ 0 };
	finding.different = memory_get(2 * rows + 2, sizeof *finding.different);
	for (size_t way = 0; way < rules->count; way++) {
		finding.count = 0;
		for (uint32_t row = 0; row < rows; row++)
			add_keys(&finding, &rules->ways[way], row);
		if (finding.count)
			qsort(finding.entries, finding.count, sizeof *finding.entries, compare_entries);
		for (size_t i = 0, end; i < finding.count; i = end) {
			for (end = i + 1; end < finding.count && finding.entries[end].key == finding.entries[i].key;)
				end++;
			if (end - i > 1)
				compare_block(&finding, way, finding.entries + i, end - i);
		}
	}
	drop_repeats(links);
	free(finding.different);
	free(finding.entries);
}
