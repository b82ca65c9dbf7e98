/*
 * The pairs that a person should decide, best information first. Decisions about pairs at the line between one and two customers teach most
 * (labels.h), so the most doubtful come first, as they stand: what is picked out by kind would say less of where the line is for all. Of
 * equally doubtful pairs that comes first on which most records depend.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "match/report.h"
#include "match/side.h"

static const float DOUBT_MOST = 3;   /* bits: probabilities from .11 to .89 */

struct doubtful {
	const struct link *link;
	size_t records;       /* of the customers that it would join, or that it joins */
};

static int by_information(const void *left, const void *right)
{
	const struct doubtful *x = left, *y = right;
	float dx = fabsf(x->link->bits), dy = fabsf(y->link->bits);

	if (dx != dy)
		return dx < dy ? -1 : 1;
	if (x->records != y->records)
		return x->records > y->records ? -1 : 1;
	if (x->link->a != y->link->a)
		return x->link->a < y->link->a ? -1 : 1;
	return (x->link->b > y->link->b) - (x->link->b < y->link->b);
}

/* The pairs about which the model is not sure and nobody has decided; to be freed. */
static struct doubtful *doubtful_pairs(const struct findings *findings, size_t *count)
{
	const struct match *match = findings->match;
	const struct customers *customers = findings->customers;
	struct doubtful *all = memory_get(match->link_count + 1, sizeof *all);

	*count = 0;
	for (size_t i = 0; i < match->link_count; i++) {
		const struct link *link = &match->links[i];
		uint32_t a = customers->of[link->a], b = customers->of[link->b];

		if (fabsf(link->bits) <= DOUBT_MOST && !decisions_have(findings->decisions, link->a, link->b))
			all[(*count)++] = (struct doubtful){ link, customers_size(customers, a) + (a == b ? 0 : customers_size(customers, b)) };
	}
	qsort(all, *count, sizeof *all, by_information);
	return all;
}

static int open_review(struct side *side, const char *path, const struct findings *findings, struct arena *arena, struct diag *diag)
{
	static const char *const first[] = { "source_a", "source_row_a", "source_id_a", "source_b", "source_row_b", "source_id_b", "probability",
					     "decision" };
	const struct sink_options marked = { .bom = findings->sink->bom }; /* --decisions reads the ids again, which are to stay as they are */
	struct column *columns = arena_get(arena, 8 + 2 * findings->match->fields.count, sizeof *columns);
	size_t count = 0;

	for (; count < 8; count++)
		columns[count] = (struct column){ slice_of(first[count]), count == 6 ? COLUMN_NUMBER : COLUMN_TEXT };
	for (unsigned i = 0; i < findings->match->fields.count; i++) {
		struct slice name = findings->records->headers[findings->match->fields.all[i].column];

		columns[count++] = (struct column){ arena_format(arena, "%.*s_a", SLICE_ARG(name)), COLUMN_TEXT };
		columns[count++] = (struct column){ arena_format(arena, "%.*s_b", SLICE_ARG(name)), COLUMN_TEXT };
	}
	return side_open_for_people(side, path, &marked, columns, count, diag);
}

static int write_pair(const struct findings *findings, struct side *side, const struct link *link, struct diag *diag)
{
	const struct fields *fields = &findings->match->fields;

	rows_begin(&side->rows);
	side_origin(side, findings->records, link->a);
	side_origin(side, findings->records, link->b);
	rows_real(&side->rows, 1 / (1 + exp2(-(double)link->bits)), 4);
	rows_empty(&side->rows);
	for (unsigned f = 0; f < fields->count; f++) {
		rows_cell(&side->rows, meanings_cell(findings->meanings, link->a, fields->all[f].column));
		rows_cell(&side->rows, meanings_cell(findings->meanings, link->b, fields->all[f].column));
	}
	return side_row_end(side, diag);
}

int report_review(const struct findings *findings, const char *path, struct diag *diag)
{
	struct side side;
	struct arena arena;
	struct doubtful *pairs;
	size_t count;
	int failed = 0;

	arena_init(&arena);
	if (open_review(&side, path, findings, &arena, diag) < 0) {
		arena_release(&arena);
		return -1;
	}
	pairs = doubtful_pairs(findings, &count);
	for (size_t i = 0; i < count && !failed; i++)
		failed = write_pair(findings, &side, pairs[i].link, diag);
	free(pairs);
	failed = side_close(&side, failed, diag);
	arena_release(&arena);
	return failed;
}
