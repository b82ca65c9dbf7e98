#include "score/backtest_files.h"

#include <stdlib.h>

#include "io/file.h"
#include "io/json.h"

struct writing {
	const struct churn *churn;
	const struct keys *keys;
	struct sink *sink;
	struct rows rows;
};

#define NAME(text) { text, sizeof(text) - 1 }

static const struct column columns[] = {
	{ NAME("origin"), COLUMN_TEXT },       { NAME("customer_id"), COLUMN_TEXT },  { NAME("days_since_last"), COLUMN_NUMBER },
	{ NAME("churn_risk"), COLUMN_NUMBER }, { NAME("recency_risk"), COLUMN_NUMBER }, { NAME("alarms"), COLUMN_LIST },
	{ NAME("gone"), COLUMN_NUMBER },
};

enum { DECIMALS = 9, FLUSH = 4096 };

static void write_alarms(struct writing *w, unsigned alarms)
{
	char text[ALARMS * 64];
	struct slice list = { text, 0 };
	size_t len = 0;

	for (size_t a = 0; a < ALARMS; a++) {
		struct slice name = backtest_alarm_name(&w->churn->wording, a);

		if (!(alarms & 1u << a) || len + name.len + 1 > sizeof text)
			continue;
		if (len)
			text[len++] = ';';
		memcpy(text + len, name.ptr, name.len);
		len += name.len;
	}
	list.len = len;
	rows_cell(&w->rows, list);
}

static void write_score(struct writing *w, const struct backtest_origin *origin, uint32_t customer, const struct verdict *v)
{
	rows_begin(&w->rows);
	rows_date(&w->rows, origin->day);
	rows_cell(&w->rows, keys_text(w->keys, customer));
	rows_i64(&w->rows, v->idle);
	rows_real(&w->rows, v->risk, DECIMALS);
	rows_real(&w->rows, v->recency_risk, DECIMALS);
	write_alarms(w, v->alarms);
	rows_i64(&w->rows, v->gone);
	rows_end(&w->rows);
}

static int write_origin(void *context, const struct backtest_origin *origin, const struct verdict *verdicts, size_t customers,
			struct diag *diag)
{
	struct writing *w = context;

	for (size_t i = 0; i < customers; i++) {
		if (!verdicts[i].counts)
			continue;
		write_score(w, origin, (uint32_t)i, &verdicts[i]);
		if (w->rows.count >= FLUSH && sink_write(w->sink, &w->rows, diag))
			return -1;
	}
	return sink_write(w->sink, &w->rows, diag);
}

static int run_with_scores(struct backtest *backtest, struct writing *w, const struct backtest_options *options, struct diag *diag)
{
	struct backtest_plan plan = { options->origins, options->k, write_origin, w };
	int failed;

	*backtest = (struct backtest){ 0 };
	if (sink_open(&w->sink, options->scores, &options->scores_sink, diag))
		return -1;
	sink_header(w->sink, columns, sizeof columns / sizeof *columns);
	rows_init(&w->rows, w->sink);
	failed = backtest_make(backtest, w->churn, &plan, diag);
	rows_release(&w->rows);
	if (!failed)
		return sink_close(w->sink, diag);
	sink_abort(w->sink);
	return -1;
}

int backtest_run(struct backtest *backtest, const struct churn *churn, const struct keys *keys, const struct backtest_options *options,
		 struct diag *diag)
{
	struct backtest_plan plan = { .origins = options->origins, .k = options->k };
	struct writing w = { .churn = churn, .keys = keys };
	bool json = options->report && slice_ends_with(slice_of(options->report), SLICE(".json"));

	if (options->scores ? run_with_scores(backtest, &w, options, diag) :
			      backtest_make(backtest, churn, &plan, diag))
		return -1;
	return options->report ? backtest_write(backtest, &churn->wording, options->report, json, diag) : 0;
}

static int write_json(const struct backtest *backtest, const struct wording *wording, const char *path, struct diag *diag)
{
	cJSON *report = backtest_json(backtest, wording);
	char *text = json_print(report, true);
	int failed = file_write(path, slice_of(text), diag);

	free(text);
	json_free(report);
	return failed;
}

int backtest_write(const struct backtest *backtest, const struct wording *wording, const char *path, bool json, struct diag *diag)
{
	struct buf text;
	int failed;

	if (json)
		return write_json(backtest, wording, path, diag);
	buf_init(&text, BUF_UNLIMITED);
	backtest_text(backtest, wording, &text);
	failed = file_write(path, buf_slice(&text), diag);
	buf_release(&text);
	return failed;
}
