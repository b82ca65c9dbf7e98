#include "score/holdout.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "io/file.h"
#include "io/json.h"

enum { LONGEST = 36600 };
enum { PURCHASES_MOST = 7 };   /* customers with so many repeat purchases or more are one group */

int holdout_parse(const char *text, uint32_t *days, struct diag *diag)
{
	struct slice rest = slice_trim(slice_of(text));
	uint64_t number, each = 1;

	if (rest.len && (rest.ptr[rest.len - 1] == 'd' || rest.ptr[rest.len - 1] == 'w')) {
		each = rest.ptr[rest.len - 1] == 'w' ? 7 : 1;
		rest = slice_first(rest, rest.len - 1);
	}
	if (!slice_to_u64(rest, &number) || number == 0 || number > LONGEST || number * each > LONGEST)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--holdout: '%.40s' is no number of days from 1 to %d; write 180, 180d or 26w", text, LONGEST);
	*days = (uint32_t)(number * each);
	return 0;
}

/* --- rank correlation --- */

struct ranked {
	float figure;
	uint32_t customer;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *x = left, *y = right;

	return (x->figure > y->figure) - (x->figure < y->figure);
}

/* Replaces the figures by ranks; equal ones have their mean. `by_customer` has room for all customers. */
static void rank(struct ranked *ranked, size_t count, double *by_customer)
{
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && ranked[end].figure <= ranked[i].figure;)
			end++;
		for (size_t j = i; j < end; j++)
			by_customer[ranked[j].customer] = (double)(i + end - 1) / 2;
	}
}

double holdout_rank_correlation(const struct clv *clv, const float *expected)
{
	struct ranked *ranked = memory_get(clv->count, sizeof *ranked);
	double *x = memory_get(clv->count, sizeof *x), *y = memory_get(clv->count, sizeof *y), mean, xx = 0, xy = 0, yy = 0;
	size_t n = 0;

	for (uint32_t i = 0; i < clv->count; i++)
		if (clv->customers[i].past_T != UINT32_MAX)
			ranked[n++] = (struct ranked){ expected[i], i };
	rank(ranked, n, x);
	for (size_t i = 0; i < n; i++)
		ranked[i].figure = (float)clv->customers[ranked[i].customer].came;
	rank(ranked, n, y);
	mean = ((double)n - 1) / 2;
	for (size_t i = 0; i < n; i++) {
		double dx = x[ranked[i].customer] - mean, dy = y[ranked[i].customer] - mean;

		xx += dx * dx;
		xy += dx * dy;
		yy += dy * dy;
	}
	free(ranked);
	free(x);
	free(y);
	return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

/* --- calibration --- */

/* Customers by their repeat purchases before the holdout. */
struct group {
	uint64_t customers;
	double actual, expected, before;   /* purchase days in the holdout, as they came, by the model, and in as many days before */
};

static void sum_groups(const struct clv *clv, struct group groups[PURCHASES_MOST + 1])
{
	memset(groups, 0, (PURCHASES_MOST + 1) * sizeof *groups);
	for (size_t i = 0; i < clv->count; i++) {
		const struct clv_customer *c = &clv->customers[i];
		struct group *group = &groups[c->past_x < PURCHASES_MOST ? c->past_x : PURCHASES_MOST];

		if (c->past_T == UINT32_MAX)
			continue;
		group->customers++;
		group->actual += c->came;
		group->before += c->before;
		group->expected += btyd_expected(&clv->past, c->past_x, c->past_t, c->past_T, clv->holdout);
	}
}

/* --- tracking --- */

/* Repeat purchase days expected up to the end of each week. The caller frees them. */
static double *track(const struct clv *clv)
{
	size_t days = (size_t)(clv->options.as_of - clv->first_day) + 1;
	size_t births = days - clv->holdout;
	double *expected = memory_zero(clv->weeks, sizeof *expected), *of_new = memory_get(days + 8, sizeof *of_new);

	for (size_t day = 0; day < days + 8; day++)
		of_new[day] = btyd_expected_new(&clv->past, (double)day);
	for (size_t week = 0; week < clv->weeks; week++) {
		size_t end = (week + 1) * 7 < days ? (week + 1) * 7 : days;   /* days that have passed */

		for (size_t day = 0; day < births && day < end; day++)
			expected[week] += clv->births[day] * of_new[end - 1 - day];
	}
	free(of_new);
	return expected;
}

/* --- text --- */

static struct slice date_text(int32_t day, char out[CIVIL_TEXT])
{
	civil_print(day, out);
	return (struct slice){ out, CIVIL_TEXT };
}

static void write_trials(const struct clv *clv, struct buf *text)
{
	buf_format(text, "%-12s %14s %12s %12s %12s\n", "", "purchase days", "mean error", "root error", "rank corr.");
	buf_format(text, "%-12s %14" PRIu64 "\n", "actual", clv->actual);
	for (size_t i = 0; i < CLV_TRIALS; i++) {
		const struct clv_trial *trial = &clv->trials[i];

		if (!trial->name)
			continue;
		buf_format(text, "%-12s %14.1f %12.4f %12.4f ", trial->name, trial->expected, trial->mean_error, trial->root_error);
		if (isnan(trial->rank_correlation))
			buf_format(text, "%12s", "-");
		else
			buf_format(text, "%12.4f", trial->rank_correlation);
		buf_format(text, "%s\n", i == clv->taken ? "  taken" : "");
	}
}

static void write_groups(const struct clv *clv, struct buf *text)
{
	struct group groups[PURCHASES_MOST + 1];

	sum_groups(clv, groups);
	buf_format(text, "\n%-14s %10s %12s %12s %12s\n", "repeats before", "customers", "actual", clv->trials[clv->taken].name, "as before");
	for (unsigned x = 0; x <= PURCHASES_MOST; x++) {
		double n = (double)groups[x].customers;

		if (groups[x].customers)
			buf_format(text, "%u%-13s %10" PRIu64 " %12.4f %12.4f %12.4f\n", x, x == PURCHASES_MOST ? "+" : "", groups[x].customers,
				   groups[x].actual / n, groups[x].expected / n, groups[x].before / n);
	}
}

static void write_weeks(const struct clv *clv, struct buf *text)
{
	double *expected = track(clv), before = 0;
	uint64_t actual = 0;
	char day[CIVIL_TEXT];

	buf_format(text, "\n%-12s %10s %12s %12s %12s\n", "week from", "actual", "expected", "actual sum", "expected sum");
	for (size_t week = 0; week < clv->weeks; week++) {
		int32_t from = clv->first_day + (int32_t)week * 7;

		actual += clv->repeats[week];
		buf_format(text, "%-12.*s %10" PRIu32 " %12.1f %12" PRIu64 " %12.1f%s\n", SLICE_ARG(date_text(from, day)), clv->repeats[week],
			   expected[week] - before, actual, expected[week],
			   from > clv->options.as_of - (int32_t)clv->holdout ? "  held out" : "");
		before = expected[week];
	}
	free(expected);
}

static void write_text(const struct clv *clv, struct buf *text)
{
	char from[CIVIL_TEXT], to[CIVIL_TEXT];

	buf_format(text, "holdout of %" PRIu32 " days, %.*s to %.*s\n\n", clv->holdout,
		   SLICE_ARG(date_text(clv->options.as_of - (int32_t)clv->holdout + 1, from)), SLICE_ARG(date_text(clv->options.as_of, to)));
	write_trials(clv, text);
	write_groups(clv, text);
	write_weeks(clv, text);
}

struct slice holdout_text(const struct clv *clv, struct arena *arena)
{
	struct slice copy;
	struct buf text;

	buf_init(&text, BUF_UNLIMITED);
	write_text(clv, &text);
	copy = arena_copy(arena, buf_slice(&text));
	buf_release(&text);
	return copy;
}

/* --- JSON --- */

static void add_number(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

static void add_day(cJSON *object, const char *name, int32_t day)
{
	char text[CIVIL_TEXT + 1] = "";

	civil_print(day, text);
	cJSON_AddStringToObject(object, name, text);
}

static cJSON *trials_json(const struct clv *clv)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < CLV_TRIALS; i++) {
		const struct clv_trial *trial = &clv->trials[i];
		cJSON *item;

		if (!trial->name)
			continue;
		item = cJSON_CreateObject();
		cJSON_AddStringToObject(item, "name", trial->name);
		add_number(item, "expected", trial->expected);
		add_number(item, "mean_absolute_error", trial->mean_error);
		add_number(item, "root_mean_square_error", trial->root_error);
		add_number(item, "rank_correlation", trial->rank_correlation);
		cJSON_AddBoolToObject(item, "taken", i == clv->taken);
		cJSON_AddItemToArray(list, item);
	}
	return list;
}

static cJSON *groups_json(const struct clv *clv)
{
	struct group groups[PURCHASES_MOST + 1];
	cJSON *list = cJSON_CreateArray();

	sum_groups(clv, groups);
	for (unsigned x = 0; x <= PURCHASES_MOST; x++) {
		double n = (double)groups[x].customers;
		cJSON *item;

		if (!groups[x].customers)
			continue;
		item = cJSON_CreateObject();
		add_number(item, "repeats_from", x);
		add_number(item, "customers", n);
		add_number(item, "actual", groups[x].actual / n);
		add_number(item, "expected", groups[x].expected / n);
		add_number(item, "as_before", groups[x].before / n);
		cJSON_AddItemToArray(list, item);
	}
	return list;
}

static cJSON *weeks_json(const struct clv *clv)
{
	double *expected = track(clv), before = 0;
	uint64_t actual = 0;
	cJSON *list = cJSON_CreateArray();

	for (size_t week = 0; week < clv->weeks; week++) {
		cJSON *item = cJSON_CreateObject();

		actual += clv->repeats[week];
		add_day(item, "from", clv->first_day + (int32_t)week * 7);
		add_number(item, "actual", clv->repeats[week]);
		add_number(item, "expected", expected[week] - before);
		add_number(item, "actual_sum", (double)actual);
		add_number(item, "expected_sum", expected[week]);
		before = expected[week];
		cJSON_AddItemToArray(list, item);
	}
	free(expected);
	return list;
}

cJSON *holdout_json(const struct clv *clv)
{
	cJSON *report = cJSON_CreateObject();

	add_number(report, "days", clv->holdout);
	add_day(report, "from", clv->options.as_of - (int32_t)clv->holdout + 1);
	add_day(report, "to", clv->options.as_of);
	add_number(report, "actual", (double)clv->actual);
	cJSON_AddItemToObject(report, "trials", trials_json(clv));
	cJSON_AddItemToObject(report, "calibration", groups_json(clv));
	cJSON_AddItemToObject(report, "weeks", weeks_json(clv));
	return report;
}

int holdout_write(const struct clv *clv, const char *path, struct diag *diag)
{
	struct buf text;
	int failed;

	if (!clv_has_holdout(clv))
		return diag_fail(diag, STATUS_INPUT, NULL, "no-holdout", "there are too few orders to hold some out: no report can be written");
	buf_init(&text, BUF_UNLIMITED);
	if (slice_ends_with(slice_of(path), SLICE(".json"))) {
		cJSON *report = holdout_json(clv);
		char *printed = json_print(report, true);

		buf_add(&text, slice_of(printed));
		free(printed);
		json_free(report);
	} else {
		write_text(clv, &text);
	}
	failed = file_write(path, buf_slice(&text), diag);
	buf_release(&text);
	return failed;
}
