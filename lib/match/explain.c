#include "match/report.h"

#include <math.h>

#include "io/file.h"

/* Whether a record is the one that `name` says: a row, an id, or SOURCE:ROW or SOURCE:ID. */
static bool is_named(const struct origin *origin, struct slice name)
{
	if (slice_starts_with(name, origin->source) && name.len > origin->source.len && name.ptr[origin->source.len] == ':')
		name = slice_skip(name, origin->source.len + 1);
	return slice_equal(name, origin->row) || (origin->id.len && slice_equal(name, origin->id));
}

static int find_record(const struct records *records, struct slice name, uint32_t *record, struct diag *diag)
{
	char quoted[DIAG_QUOTE_SIZE];
	size_t found = 0;
	struct origin origin;

	for (size_t i = 0; i < records->count && found < 2; i++) {
		records_origin(records, i, &origin);
		if (is_named(&origin, name) && found++ == 0)
			*record = (uint32_t)i;
	}
	if (found == 1)
		return 0;
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--explain: %s records are %s; name one by its row or id, or as SOURCE:ROW",
			 found ? "several" : "no", diag_quote(name, quoted));
}

static void explain_field(const struct findings *findings, unsigned i, uint64_t pattern, uint32_t a, uint32_t b, struct buf *text)
{
	const struct match *match = findings->match;
	size_t column = match->fields.all[i].column;
	unsigned level = pattern_level(pattern, i);

	buf_format(text, "%.*s\t%.*s\t%.*s\t%s\t", SLICE_ARG(findings->records->headers[column]),
		   SLICE_ARG(records_cell(findings->records, a, column)), SLICE_ARG(records_cell(findings->records, b, column)),
		   level_name(level));
	if (level == LEVEL_MISSING)
		buf_add(text, SLICE("0.0\n"));
	else
		buf_format(text, "%+.1f\n", model_field_weight(&match->model, &match->fields, i, pattern, a, b));
}

int report_explain(const struct findings *findings, const char *pair, struct diag *diag)
{
	const struct match *match = findings->match;
	struct slice rest = slice_of(pair), first = slice_cut(&rest, ',');
	struct buf text;
	uint32_t a = 0, b = 0;
	uint64_t pattern;
	double bits;
	int result;

	if (find_record(findings->records, slice_trim(first), &a, diag) < 0 || find_record(findings->records, slice_trim(rest), &b, diag) < 0)
		return -1;
	buf_init(&text, 1 << 20);
	pattern = compare_rows(&match->fields, a, b);
	bits = model_score_pattern(&match->model, &match->fields, pattern, a, b);
	buf_add(&text, SLICE("field\ta\tb\tcomparison\tbits\n"));
	for (unsigned i = 0; i < match->fields.count; i++)
		explain_field(findings, i, pattern, a, b, &text);
	buf_format(&text, "any two records\t\t\t\t%+.1f\n", match->model.prior);
	buf_format(&text, "sum\t\t\tprobability %.4f\t%+.1f\n", 1 / (1 + exp2(-bits)), bits);
	buf_format(&text, "customer\t%.*s\t%.*s\t%s\t\n", SLICE_ARG(findings->customers->ids[findings->customers->of[a]]),
		   SLICE_ARG(findings->customers->ids[findings->customers->of[b]]), match->cluster[a] == match->cluster[b] ? "one" : "two");
	result = file_write("-", buf_slice(&text), diag);
	buf_release(&text);
	return result;
}
