#include "score/summary.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/money.h"
#include "io/file.h"
#include "io/json.h"
#include "score/rfm.h"

enum { DECILES = 10 };

/* Sums over some customers. */
struct totals {
	uint64_t customers, orders, recency, again, one_off;
	int64_t revenue;
};

static void add_customer(struct totals *totals, const struct rfm *rfm, size_t i)
{
	const struct rfm_customer *c = &rfm->customers[i];

	totals->customers++;
	totals->orders += c->frequency;
	totals->recency += (uint64_t)(rfm->options.as_of - c->last);
	totals->again += c->frequency > 1;
	totals->one_off += rfm->values && rfm->values[i].one_off;
	totals->revenue += c->monetary; /* part of a sum that has been checked */
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static void add_number(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

static void add_text(cJSON *object, const char *name, struct slice text)
{
	char *copy = memory_zero(text.len + 1, 1);

	memcpy(copy, text.ptr, text.len);
	cJSON_AddStringToObject(object, name, copy);
	free(copy);
}

/* To a part of one: 100 gives two decimals. */
static double round_to(double value, double parts)
{
	return round(value * parts) / parts;
}

static void add_totals(cJSON *item, const struct rfm *rfm, const struct totals *t)
{
	double customers = (double)t->customers;

	add_number(item, "customers", customers);
	add_number(item, "orders", (double)t->orders);
	add_number(item, "revenue", (double)t->revenue / MONEY_ONE);
	add_number(item, "share", round_to(ratio((double)t->revenue, (double)rfm->revenue), 1e6));
	add_number(item, "recency_days", round_to(ratio((double)t->recency, customers), 10));
	add_number(item, "repurchase_rate", round_to(ratio((double)t->again, customers), 1e4));
	if (rfm->values)
		add_number(item, "one_off", (double)t->one_off);
}

/* The segments of some customers; `totals` by segment, the last one of those who have none. */
static void add_segments(cJSON *list, const struct rfm *rfm, const struct totals *totals, struct slice group)
{
	for (size_t i = 0; i <= rfm->segments.count; i++) {
		cJSON *item;

		if (totals[i].customers == 0 && (i == rfm->segments.count || group.len))
			continue;
		cJSON_AddItemToArray(list, item = cJSON_CreateObject());
		if (rfm->scales.by)
			add_text(item, "group", group);
		add_text(item, "segment", i < rfm->segments.count ? rfm->segments.items[i].name[rfm->options.language] : SLICE(""));
		add_totals(item, rfm, &totals[i]);
	}
}

/* By group, from 1 on, and segment; group 0 is all customers. */
static struct totals *by_segment(const struct rfm *rfm)
{
	size_t segments = rfm->segments.count + 1;
	struct totals *totals = memory_zero((rfm->scales.count + 1) * segments, sizeof *totals);

	for (size_t i = 0; i < rfm->count; i++) {
		const struct rfm_customer *c = &rfm->customers[i];
		size_t segment = c->segment == SEGMENT_NONE ? rfm->segments.count : c->segment;

		if (!c->frequency)
			continue;
		add_customer(&totals[segment], rfm, i);
		if (c->group)
			add_customer(&totals[c->group * segments + segment], rfm, i);
	}
	return totals;
}

/* All rows in one list, those of the groups after those of all. */
static cJSON *segments_node(const struct rfm *rfm, bool groups)
{
	struct totals *totals = by_segment(rfm);
	cJSON *list = cJSON_CreateArray();

	add_segments(list, rfm, totals, SLICE(""));
	for (size_t g = 0; g < rfm->scales.count && groups; g++)
		add_segments(list, rfm, totals + (g + 1) * (rfm->segments.count + 1), rfm->scales.groups[g].group);
	free(totals);
	return list;
}

static cJSON *groups_node(const struct rfm *rfm)
{
	struct totals *totals = by_segment(rfm);
	cJSON *list = scales_report_groups(&rfm->scales, false), *item;
	size_t g = 0;

	cJSON_ArrayForEach(item, list) {
		cJSON *segments = cJSON_AddArrayToObject(item, "segments");

		add_segments(segments, rfm, totals + (g + 1) * (rfm->segments.count + 1), rfm->scales.groups[g].group);
		g++;
	}
	free(totals);
	return list;
}

static cJSON *tiers_node(const struct rfm *rfm)
{
	struct totals totals[3] = { { 0 } };
	cJSON *list = cJSON_CreateArray(), *item;

	for (size_t i = 0; i < rfm->count; i++)
		if (rfm->values[i].tier)
			add_customer(&totals[rfm->values[i].tier - 'A'], rfm, i);
	for (char tier = 'A'; tier <= 'C'; tier++) {
		cJSON_AddItemToArray(list, item = cJSON_CreateObject());
		add_text(item, "tier", (struct slice){ &tier, 1 });
		add_totals(item, rfm, &totals[tier - 'A']);
	}
	return list;
}

static cJSON *matrix_node(const struct rfm *rfm)
{
	struct totals cells[CUTS_BINS_MOST][CUTS_BINS_MOST] = { 0 };
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < rfm->count; i++) {
		const struct rfm_customer *c = &rfm->customers[i];

		if (c->frequency)
			add_customer(&cells[c->scores[0] - 1][c->scores[1] - 1], rfm, i);
	}
	for (unsigned r = rfm->scales.bins; r > 0; r--)
		for (unsigned f = rfm->scales.bins; f > 0; f--) {
			const struct totals *t = &cells[r - 1][f - 1];
			cJSON *item = cJSON_CreateObject();

			cJSON_AddItemToArray(list, item);
			add_number(item, "r", r);
			add_number(item, "f", f);
			add_number(item, "customers", (double)t->customers);
			add_number(item, "mean_monetary",
				   round_to(ratio((double)t->revenue / MONEY_ONE, (double)t->customers), 100));
		}
	return list;
}

static int compare_down(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

/* Gini's coefficient of what the buyers brought, those who brought less than nothing taken as nothing; shares of the top tenths. */
static cJSON *concentration_node(const struct rfm *rfm)
{
	int64_t *amounts = memory_get(rfm->buyers, sizeof *amounts);
	cJSON *node = cJSON_CreateObject(), *deciles = cJSON_CreateArray();
	double total = 0, weighted = 0, running = 0;
	size_t n = 0, tenth = 1;

	for (size_t i = 0; i < rfm->count; i++)
		if (rfm->customers[i].frequency)
			amounts[n++] = rfm->customers[i].monetary > 0 ? rfm->customers[i].monetary : 0;
	qsort(amounts, n, sizeof *amounts, compare_down);
	for (size_t i = 0; i < n; i++) {
		total += (double)amounts[i];
		weighted += (double)(n - i) * (double)amounts[i];
	}
	add_number(node, "gini", round_to(n && total > 0 ? 2 * weighted / ((double)n * total) - ((double)n + 1) / (double)n : 0, 1e6));
	for (size_t i = 0; i < n; i++) {
		running += (double)amounts[i];
		for (; tenth <= DECILES && i + 1 >= (n * tenth + DECILES - 1) / DECILES; tenth++)
			cJSON_AddItemToArray(deciles, json_number_node(round_to(ratio(running, total), 1e6)));
	}
	cJSON_AddItemToObject(node, "deciles", deciles);
	free(amounts);
	return node;
}

/* The deciles and Gini's coefficient as rows of a table. */
static cJSON *concentration_rows(const struct rfm *rfm)
{
	cJSON *node = concentration_node(rfm), *list = cJSON_CreateArray(), *row;
	const cJSON *share;
	int tenth = 0;
	double gini = 0, value = 0;

	cJSON_ArrayForEach(share, json_member(node, "deciles")) {
		char name[32];

		snprintf(name, sizeof name, "top %d%%", 10 * ++tenth);
		cJSON_AddItemToArray(list, row = cJSON_CreateObject());
		cJSON_AddStringToObject(row, "measure", name);
		add_number(row, "share", json_number(share, &value) ? value : 0);
	}
	cJSON_AddItemToArray(list, row = cJSON_CreateObject());
	cJSON_AddStringToObject(row, "measure", "gini");
	add_number(row, "share", json_number(json_member(node, "gini"), &gini) ? gini : 0);
	json_free(node);
	return list;
}

static void name_month(const struct cohorts *cohorts, size_t cohort, char name[16])
{
	int month = cohorts->first + (int)cohort;

	snprintf(name, 16, "%04d-%02d", month / 12, month % 12 + 1);
}

static double retention(const uint32_t *bought, size_t since)
{
	return round_to(ratio(bought[since], bought[0]), 1e4);
}

static cJSON *cohorts_node(const struct cohorts *cohorts)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < cohorts->months; i++) {
		const uint32_t *bought = &cohorts->bought[i * cohorts->months];
		cJSON *item = cJSON_CreateObject(), *counts = cJSON_CreateArray(), *shares = cJSON_CreateArray();
		char name[16];

		name_month(cohorts, i, name);
		cJSON_AddItemToArray(list, item);
		cJSON_AddStringToObject(item, "month", name);
		add_number(item, "customers", bought[0]);
		for (size_t since = 0; since + i < cohorts->months; since++) {
			cJSON_AddItemToArray(counts, json_number_node(bought[since]));
			cJSON_AddItemToArray(shares, json_number_node(retention(bought, since)));
		}
		cJSON_AddItemToObject(item, "bought", counts);
		cJSON_AddItemToObject(item, "retention", shares);
	}
	return list;
}

/* A row for each month of each cohort that has customers. */
static cJSON *cohort_rows(const struct cohorts *cohorts)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < cohorts->months; i++) {
		const uint32_t *bought = &cohorts->bought[i * cohorts->months];

		for (size_t since = 0; since + i < cohorts->months && bought[0]; since++) {
			cJSON *row = cJSON_CreateObject();
			char name[16];

			name_month(cohorts, i, name);
			cJSON_AddItemToArray(list, row);
			cJSON_AddStringToObject(row, "cohort", name);
			add_number(row, "months_since", (double)since);
			add_number(row, "customers", bought[0]);
			add_number(row, "bought", bought[since]);
			add_number(row, "retention", retention(bought, since));
		}
	}
	return list;
}

static cJSON *document_of(const struct rfm *rfm)
{
	cJSON *document = cJSON_CreateObject();
	char day[CIVIL_TEXT + 1] = "";
	uint64_t orders = 0;

	for (size_t i = 0; i < rfm->count; i++)
		orders += rfm->customers[i].frequency;
	civil_print(rfm->options.as_of, day);
	cJSON_AddStringToObject(document, "as_of", day);
	add_number(document, "customers", (double)rfm->count);
	add_number(document, "buyers", (double)rfm->buyers);
	add_number(document, "orders", (double)orders);
	add_number(document, "revenue", (double)rfm->revenue / MONEY_ONE);
	cJSON_AddItemToObject(document, "segments", segments_node(rfm, false));
	if (rfm->values)
		cJSON_AddItemToObject(document, "tiers", tiers_node(rfm));
	if (rfm->scales.by)
		cJSON_AddItemToObject(document, "groups", groups_node(rfm));
	cJSON_AddItemToObject(document, "matrix", matrix_node(rfm));
	cJSON_AddItemToObject(document, "concentration", concentration_node(rfm));
	cJSON_AddItemToObject(document, "cohorts", cohorts_node(&rfm->cohorts));
	return document;
}

#define NAME(text) { text, sizeof(text) - 1 }

enum { COLUMNS_MOST = 10 };

/* The columns of a table, whether or not it has rows. */
static size_t columns_of(const struct rfm *rfm, enum summary_table table, struct column *columns)
{
	static const struct column segments[] = {
		{ NAME("group"), COLUMN_TEXT },     { NAME("segment"), COLUMN_TEXT },  { NAME("customers"), COLUMN_NUMBER },
		{ NAME("orders"), COLUMN_NUMBER },  { NAME("revenue"), COLUMN_NUMBER }, { NAME("share"), COLUMN_NUMBER },
		{ NAME("recency_days"), COLUMN_NUMBER }, { NAME("repurchase_rate"), COLUMN_NUMBER }, { NAME("one_off"), COLUMN_NUMBER },
	};
	static const struct column matrix[] = {
		{ NAME("r"), COLUMN_NUMBER }, { NAME("f"), COLUMN_NUMBER }, { NAME("customers"), COLUMN_NUMBER },
		{ NAME("mean_monetary"), COLUMN_NUMBER },
	};
	static const struct column concentration[] = { { NAME("measure"), COLUMN_TEXT }, { NAME("share"), COLUMN_NUMBER } };
	static const struct column cohorts[] = {
		{ NAME("cohort"), COLUMN_TEXT }, { NAME("months_since"), COLUMN_NUMBER }, { NAME("customers"), COLUMN_NUMBER },
		{ NAME("bought"), COLUMN_NUMBER }, { NAME("retention"), COLUMN_NUMBER },
	};
	static const struct { const struct column *columns; size_t count; } tables[] = {
		[SUMMARY_SEGMENTS] = { segments, sizeof segments / sizeof *segments },
		[SUMMARY_MATRIX] = { matrix, sizeof matrix / sizeof *matrix },
		[SUMMARY_CONCENTRATION] = { concentration, sizeof concentration / sizeof *concentration },
		[SUMMARY_COHORTS] = { cohorts, sizeof cohorts / sizeof *cohorts },
	};
	size_t first = table == SUMMARY_SEGMENTS && !rfm->scales.by, count = tables[table].count - first;

	memcpy(columns, tables[table].columns + first, count * sizeof *columns);
	return table == SUMMARY_SEGMENTS && !rfm->values ? count - 1 : count;
}

static cJSON *rows_of(const struct rfm *rfm, enum summary_table table)
{
	switch (table) {
	case SUMMARY_SEGMENTS: return segments_node(rfm, true);
	case SUMMARY_MATRIX: return matrix_node(rfm);
	case SUMMARY_CONCENTRATION: return concentration_rows(rfm);
	default: return cohort_rows(&rfm->cohorts);
	}
}

static int write_table(const struct rfm *rfm, enum summary_table table, const char *path, const struct sink_options *options,
		       struct diag *diag)
{
	struct column columns[COLUMNS_MOST];
	cJSON *list;
	const cJSON *row, *cell;
	struct sink *sink;
	struct rows rows;
	int failed;

	if (sink_open(&sink, path, options, diag))
		return -1;
	list = rows_of(rfm, table);
	sink_header(sink, columns, columns_of(rfm, table, columns));
	rows_init(&rows, sink);
	cJSON_ArrayForEach(row, list) {
		rows_begin(&rows);
		cJSON_ArrayForEach(cell, row)
			rows_cell(&rows, json_text(cell));
		rows_end(&rows);
	}
	json_free(list);
	failed = sink_write(sink, &rows, diag);
	rows_release(&rows);
	if (failed) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}

int summary_write(const struct rfm *rfm, enum summary_table table, const char *path, const struct sink_options *options,
		  struct diag *diag)
{
	struct sink_options own = { .to = format_of_path(path), .bom = options->bom, .excel_safe = options->excel_safe };
	cJSON *document;
	char *text;
	int failed;

	if (table != SUMMARY_SEGMENTS || (own.to != FORMAT_AUTO && own.to != FORMAT_JSON))
		return write_table(rfm, table, path, &own, diag);
	document = document_of(rfm);
	text = json_print(document, true);
	failed = file_write(path, slice_of(text), diag);
	free(text);
	json_free(document);
	return failed;
}
