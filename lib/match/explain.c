/* Why two records are one customer or two: as a table, as JSON, or drawn for a terminal. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "io/file.h"
#include "io/json.h"
#include "match/fixed.h"
#include "match/report.h"

enum { BAR = 16, CELL = 28 };   /* columns of a terminal: the longest bar on each side, a value */

/* A pair, field by field. */
struct explanation {
	const struct findings *findings;
	uint32_t a, b;
	uint64_t pattern;
	double weight[FIELD_MOST];   /* bits; none with rules alone */
	double prior, sum;
	bool modelled;               /* there is a model */
	uint64_t line;               /* of the rule that they fulfil, or 0 */
};

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

static void explain_pair(const struct findings *findings, struct explanation *explanation)
{
	const struct match *match = findings->match;
	uint32_t a = explanation->a, b = explanation->b;

	explanation->findings = findings;
	explanation->modelled = match->rules == NULL;
	explanation->pattern = compare_rows(&match->fields, a, b);
	explanation->line = match->rules ? fixed_line(match->rules, &match->fields, a, b) : 0;
	explanation->prior = explanation->sum = match->model.prior;
	for (unsigned i = 0; i < match->fields.count && explanation->modelled; i++) {
		explanation->weight[i] = model_field_weight(&match->model, &match->fields, i, explanation->pattern, a, b);
		explanation->sum += explanation->weight[i];
	}
}

static double probability_of(const struct explanation *explanation)
{
	return explanation->modelled ? 1 / (1 + exp2(-explanation->sum)) : explanation->line ? 1 : 0;
}

static struct slice cell_of(const struct explanation *explanation, uint32_t record, unsigned i)
{
	return meanings_cell(explanation->findings->meanings, record, explanation->findings->match->fields.all[i].column);
}

static struct slice header_of(const struct explanation *explanation, unsigned i)
{
	return explanation->findings->records->headers[explanation->findings->match->fields.all[i].column];
}

static struct slice customer_of(const struct explanation *explanation, uint32_t record)
{
	return explanation->findings->customers->ids[explanation->findings->customers->of[record]];
}

/* What settles it, where that is not the sum. */
static const char *settled_by(const struct explanation *explanation)
{
	const struct findings *findings = explanation->findings;

	if (decisions_have(findings->decisions, explanation->a, explanation->b))
		return "decision";
	return explanation->modelled ? "" : "rule";
}

static bool are_one(const struct explanation *explanation)
{
	return explanation->findings->match->cluster[explanation->a] == explanation->findings->match->cluster[explanation->b];
}

static void write_table(const struct explanation *explanation, struct buf *text)
{
	buf_add(text, SLICE("field\ta\tb\tcomparison\tbits\n"));
	for (unsigned i = 0; i < explanation->findings->match->fields.count; i++) {
		unsigned level = pattern_level(explanation->pattern, i);

		buf_format(text, "%.*s\t%.*s\t%.*s\t%s\t", SLICE_ARG(header_of(explanation, i)), SLICE_ARG(cell_of(explanation, explanation->a, i)),
			   SLICE_ARG(cell_of(explanation, explanation->b, i)), level_name(level));
		if (explanation->modelled)
			buf_format(text, level == LEVEL_MISSING ? "0.0" : "%+.1f", explanation->weight[i]);
		buf_add_byte(text, '\n');
	}
	if (explanation->modelled)
		buf_format(text, "any two records\t\t\t\t%+.1f\nsum\t\t\tprobability %.4f\t%+.1f\n", explanation->prior, probability_of(explanation),
			   explanation->sum);
	else
		buf_format(text, explanation->line ? "rule\t\t\tline %" PRIu64 "\t\n" : "rule\t\t\tnone\t\n", explanation->line);
	buf_format(text, "customer\t%.*s\t%.*s\t%s\t%s\n", SLICE_ARG(customer_of(explanation, explanation->a)),
		   SLICE_ARG(customer_of(explanation, explanation->b)), are_one(explanation) ? "one" : "two", settled_by(explanation));
}

static void add_text(cJSON *object, const char *name, struct slice value)
{
	struct buf text;

	buf_init(&text, BUF_UNLIMITED);
	json_write_string(&text, value);
	buf_add_byte(&text, '\0');
	cJSON_AddRawToObject(object, name, text.ptr);
	buf_release(&text);
}

static cJSON *record_node(const struct explanation *explanation, uint32_t record)
{
	cJSON *node = cJSON_CreateObject();
	struct origin origin;

	records_origin(explanation->findings->records, record, &origin);
	add_text(node, "source", origin.source);
	add_text(node, "source_row", origin.row);
	add_text(node, "source_id", origin.id);
	add_text(node, "customer_id", customer_of(explanation, record));
	return node;
}

/* Bits to a tenth of a thousandth. */
static void add_bits(cJSON *object, const char *name, double bits)
{
	cJSON_AddItemToObject(object, name, json_number_node(round(bits * 1e4) / 1e4 + 0.0));
}

static void write_json(const struct explanation *explanation, struct buf *text)
{
	cJSON *document = cJSON_CreateObject(), *fields = cJSON_CreateArray();
	char *printed;

	cJSON_AddItemToObject(document, "a", record_node(explanation, explanation->a));
	cJSON_AddItemToObject(document, "b", record_node(explanation, explanation->b));
	cJSON_AddItemToObject(document, "fields", fields);
	for (unsigned i = 0; i < explanation->findings->match->fields.count; i++) {
		cJSON *field = cJSON_CreateObject();

		cJSON_AddItemToArray(fields, field);
		add_text(field, "field", header_of(explanation, i));
		add_text(field, "a", cell_of(explanation, explanation->a, i));
		add_text(field, "b", cell_of(explanation, explanation->b, i));
		cJSON_AddStringToObject(field, "comparison", level_name(pattern_level(explanation->pattern, i)));
		if (explanation->modelled)
			add_bits(field, "weight", explanation->weight[i]);
	}
	if (explanation->modelled) {
		add_bits(document, "prior", explanation->prior);
		add_bits(document, "weight", explanation->sum);
	} else {
		cJSON_AddNumberToObject(document, "rule_line", (double)explanation->line);
	}
	add_bits(document, "probability", probability_of(explanation));
	cJSON_AddBoolToObject(document, "one_customer", are_one(explanation));
	cJSON_AddStringToObject(document, "settled_by", settled_by(explanation));
	printed = json_print(document, true);
	buf_add(text, slice_of(printed));
	buf_add_byte(text, '\n');
	free(printed);
	json_free(document);
}

static unsigned width_of(uint32_t character)
{
	return character >= 0x1100 && (character < 0x2000 || character >= 0x2E80) ? 2 : 1;
}

/* A text in so many columns: cut with … or filled with spaces. Control characters are shown as spaces. */
static void add_padded(struct buf *text, struct slice s, unsigned columns)
{
	unsigned width = 0, used = 0;

	for (struct slice rest = s; rest.len && width <= columns;)
		width += width_of(utf8_next(&rest));
	for (struct slice rest = s; rest.len;) {
		const char *from = rest.ptr;
		uint32_t c = utf8_next(&rest);

		if (used + width_of(c) + (width > columns) > columns)
			break;
		used += width_of(c);
		if (c < 0x20 || c == 0x7F)
			buf_add_byte(text, ' ');
		else
			buf_add(text, (struct slice){ from, (size_t)(rest.ptr - from) });
	}
	if (width > columns) {
		buf_add(text, SLICE("…"));
		used++;
	}
	for (; used < columns; used++)
		buf_add_byte(text, ' ');
}

/* A bar to the left of the axis or to the right of it. */
static void add_bar(struct buf *text, double bits, double largest)
{
	int cells = (int)lround(fabs(bits) / largest * BAR);

	for (int i = -BAR; i < BAR; i++) {
		bool on = bits < 0 ? i < 0 && i >= -cells : i >= 0 && i < cells;

		if (i == 0)
			buf_add(text, SLICE("│"));
		buf_add(text, on ? SLICE("█") : SLICE(" "));
	}
}

/* Name, bar, bits and a word; without a model there is no bar. */
static void add_line(const struct explanation *explanation, struct buf *text, struct slice name, double bits, double largest, const char *what)
{
	add_padded(text, name, 16);
	if (explanation->modelled) {
		add_bar(text, bits, largest);
		buf_format(text, " %+6.1f  ", bits);
	}
	buf_format(text, what[0] ? "%-10s" : "%s", what);
}

static void write_bars(const struct explanation *explanation, struct buf *text)
{
	double largest = fmax(fabs(explanation->sum), fmax(fabs(explanation->prior), 1));
	unsigned count = explanation->findings->match->fields.count;

	for (unsigned i = 0; i < count; i++)
		largest = fmax(largest, fabs(explanation->weight[i]));
	for (unsigned i = 0; i < count; i++) {
		add_line(explanation, text, header_of(explanation, i), explanation->weight[i], largest, level_name(pattern_level(explanation->pattern, i)));
		add_padded(text, cell_of(explanation, explanation->a, i), CELL);
		buf_add(text, SLICE(" | "));
		add_padded(text, cell_of(explanation, explanation->b, i), CELL);
		while (text->len && text->ptr[text->len - 1] == ' ')
			text->len--;
		buf_add_byte(text, '\n');
	}
	if (explanation->modelled) {
		add_line(explanation, text, SLICE("any two records"), explanation->prior, largest, "");
		text->len -= 2;
		buf_add_byte(text, '\n');
		add_line(explanation, text, SLICE("sum"), explanation->sum, largest, "");
		buf_format(text, "probability %.4f\n", probability_of(explanation));
	} else {
		buf_format(text, explanation->line ? "rule in line %" PRIu64 "\n" : "no rule\n", explanation->line);
	}
	buf_format(text, "%s: %.*s", are_one(explanation) ? "one customer" : "two customers", SLICE_ARG(customer_of(explanation, explanation->a)));
	if (!are_one(explanation))
		buf_format(text, " and %.*s", SLICE_ARG(customer_of(explanation, explanation->b)));
	buf_format(text, "%s%s\n", settled_by(explanation)[0] ? ", by " : "", settled_by(explanation));
}

int report_explain(const struct findings *findings, const char *pair, enum explain_form form, struct diag *diag)
{
	struct explanation explanation = { 0 };
	struct slice rest = slice_of(pair), first = slice_cut(&rest, ',');
	struct buf text;
	int result;

	if (find_record(findings->records, slice_trim(first), &explanation.a, diag) < 0 ||
	    find_record(findings->records, slice_trim(rest), &explanation.b, diag) < 0)
		return -1;
	explain_pair(findings, &explanation);
	buf_init(&text, 1 << 24);
	if (form == EXPLAIN_BAR || (form == EXPLAIN_AUTO && isatty(STDOUT_FILENO)))
		write_bars(&explanation, &text);
	else if (form == EXPLAIN_JSON)
		write_json(&explanation, &text);
	else
		write_table(&explanation, &text);
	result = file_write("-", buf_slice(&text), diag);
	buf_release(&text);
	return result;
}
