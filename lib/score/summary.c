#include "score/summary.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/money.h"
#include "io/file.h"
#include "io/json.h"
#include "score/rfm.h"

enum { DECILES = 10 };

static int month_of(int32_t day)
{
	struct civil date = civil_from_days(day);

	return date.year * 12 + date.month - 1;
}

void cohorts_init(struct cohorts *cohorts, int32_t first_day, int32_t as_of)
{
	int first = first_day == CIVIL_NONE ? 0 : month_of(first_day), last = month_of(as_of);

	*cohorts = (struct cohorts){ 0 };
	if (first_day == CIVIL_NONE || first > last)
		return;
	cohorts->first = last - first < COHORT_MONTHS_MOST ? first : last - COHORT_MONTHS_MOST + 1;
	cohorts->months = (size_t)(last - cohorts->first + 1);
	cohorts->bought = memory_zero(cohorts->months * cohorts->months, sizeof *cohorts->bought);
}

void cohorts_release(struct cohorts *cohorts)
{
	free(cohorts->bought);
}

void cohorts_note(struct cohorts *cohorts, const struct account *account)
{
	int cohort = -1, last = -1;

	for (size_t i = 0; i < account->count; i++) {
		int month = account->orders[i].is_purchase ? month_of(account->orders[i].day) - cohorts->first : -1;

		if (month < 0 && cohort < 0 && account->orders[i].is_purchase)
			return; /* he came before the first cohort */
		if (month < 0 || month == last)
			continue;
		cohort = cohort < 0 ? month : cohort;
		last = month;
		__atomic_fetch_add(&cohorts->bought[(size_t)cohort * cohorts->months + (size_t)(month - cohort)], 1, __ATOMIC_RELAXED);
	}
}

/* Sums over some customers. */
struct totals {
	uint64_t customers, orders, recency, again;
	int64_t revenue;
};

static void add_customer(struct totals *totals, const struct rfm *rfm, const struct rfm_customer *c)
{
	totals->customers++;
	totals->orders += c->frequency;
	totals->recency += (uint64_t)(rfm->options.as_of - c->last);
	totals->again += c->frequency > 1;
	totals->revenue += c->monetary; /* part of a sum that has been checked */
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

/* By segment; the last one is of the customers who have none. */
static struct totals *by_segment(const struct rfm *rfm)
{
	struct totals *totals = memory_zero(rfm->segments.count + 1, sizeof *totals);

	for (size_t i = 0; i < rfm->count; i++) {
		const struct rfm_customer *c = &rfm->customers[i];
		size_t segment = c->segment == SEGMENT_NONE ? rfm->segments.count : c->segment;

		if (c->frequency)
			add_customer(&totals[segment], rfm, c);
	}
	return totals;
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

static cJSON *segments_node(const struct rfm *rfm)
{
	struct totals *totals = by_segment(rfm);
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i <= rfm->segments.count; i++) {
		const struct totals *t = &totals[i];
		double customers = (double)t->customers;
		cJSON *item;

		if (i == rfm->segments.count && t->customers == 0)
			continue;
		cJSON_AddItemToArray(list, item = cJSON_CreateObject());
		add_text(item, "segment", i < rfm->segments.count ? rfm->segments.items[i].name[rfm->options.language] : SLICE(""));
		add_number(item, "customers", customers);
		add_number(item, "orders", (double)t->orders);
		add_number(item, "revenue", (double)t->revenue / MONEY_ONE);
		add_number(item, "share", round_to(ratio((double)t->revenue, (double)rfm->revenue), 1e6));
		add_number(item, "recency_days", round_to(ratio((double)t->recency, customers), 10));
		add_number(item, "repurchase_rate", round_to(ratio((double)t->again, customers), 1e4));
	}
	free(totals);
	return list;
}

static cJSON *matrix_node(const struct rfm *rfm)
{
	struct totals cells[CUTS_BINS_MOST][CUTS_BINS_MOST] = { 0 };
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < rfm->count; i++) {
		const struct rfm_customer *c = &rfm->customers[i];

		if (c->frequency)
			add_customer(&cells[c->scores[0] - 1][c->scores[1] - 1], rfm, c);
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

static cJSON *cohorts_node(const struct cohorts *cohorts)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < cohorts->months; i++) {
		const uint32_t *bought = &cohorts->bought[i * cohorts->months];
		int month = cohorts->first + (int)i;
		cJSON *item = cJSON_CreateObject(), *counts = cJSON_CreateArray();
		char name[16];

		snprintf(name, sizeof name, "%04d-%02d", month / 12, month % 12 + 1);
		cJSON_AddItemToArray(list, item);
		cJSON_AddStringToObject(item, "month", name);
		add_number(item, "customers", bought[0]);
		for (size_t since = 0; since + i < cohorts->months; since++)
			cJSON_AddItemToArray(counts, json_number_node(bought[since]));
		cJSON_AddItemToObject(item, "bought", counts);
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
	cJSON_AddItemToObject(document, "segments", segments_node(rfm));
	cJSON_AddItemToObject(document, "matrix", matrix_node(rfm));
	cJSON_AddItemToObject(document, "concentration", concentration_node(rfm));
	cJSON_AddItemToObject(document, "cohorts", cohorts_node(&rfm->cohorts));
	return document;
}

#define NAME(text) { text, sizeof(text) - 1 }

static int write_table(const cJSON *segments, const char *path, struct diag *diag)
{
	static const struct column columns[] = {
		{ NAME("segment"), COLUMN_TEXT },   { NAME("customers"), COLUMN_NUMBER }, { NAME("orders"), COLUMN_NUMBER },
		{ NAME("revenue"), COLUMN_NUMBER }, { NAME("share"), COLUMN_NUMBER },     { NAME("recency_days"), COLUMN_NUMBER },
		{ NAME("repurchase_rate"), COLUMN_NUMBER },
	};
	struct sink_options options = { .to = FORMAT_CSV };
	const cJSON *segment, *cell;
	struct sink *sink;
	struct rows rows;
	int failed;

	if (sink_open(&sink, path, &options, diag))
		return -1;
	sink_header(sink, columns, sizeof columns / sizeof *columns);
	rows_init(&rows, sink);
	cJSON_ArrayForEach(segment, segments) {
		rows_begin(&rows);
		cJSON_ArrayForEach(cell, segment)
			rows_cell(&rows, json_text(cell));
		rows_end(&rows);
	}
	failed = sink_write(sink, &rows, diag);
	rows_release(&rows);
	if (failed) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}

int summary_write(const struct rfm *rfm, const char *path, struct diag *diag)
{
	cJSON *document = document_of(rfm);
	char *text;
	int failed;

	if (slice_ends_with(slice_of(path), SLICE(".csv"))) {
		failed = write_table(json_member(document, "segments"), path, diag);
	} else {
		text = json_print(document, true);
		failed = file_write(path, slice_of(text), diag);
		free(text);
	}
	json_free(document);
	return failed;
}
