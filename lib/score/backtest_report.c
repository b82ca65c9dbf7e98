/* The backtest for people, as text, and for programs, as JSON. */
#include <inttypes.h>
#include <math.h>

#include "io/json.h"
#include "score/backtest.h"

static const char *const ranking_names[2] = { "risk", "days_since_last" };

struct slice backtest_alarm_name(const struct wording *wording, size_t alarm)
{
	switch (alarm) {
	case ALARM_ANY: return SLICE("any_reason");
	case ALARM_AT_RISK: return SLICE("at_risk");
	case ALARM_HIGH: return SLICE("level_high");
	case ALARM_RECENCY: return SLICE("days_since_last");
	default: return wording->codes[WORD_REASON + alarm];
	}
}

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

/* A number, or null where there is none. */
static void add(cJSON *object, const char *name, double value)
{
	cJSON_AddItemToObject(object, name, json_number_node(value));
}

static void add_tops(cJSON *object, const struct backtest_origin *o, const struct ranking *ranking, uint64_t k)
{
	cJSON *list = cJSON_AddArrayToObject(object, "top");
	double base = share((double)o->gone, (double)o->customers);

	for (int t = 0; t < BACKTEST_TOPS; t++) {
		const struct top *top = &ranking->tops[t];
		cJSON *item = cJSON_CreateObject();
		double precision = share(top->gone, (double)top->customers);

		cJSON_AddItemToArray(list, item);
		if (t < BACKTEST_SHARES)
			add(item, "share", backtest_shares[t]);
		else
			add(item, "k", (double)k);
		add(item, "customers", (double)top->customers);
		add(item, "precision", precision);
		add(item, "recall", share(top->gone, (double)o->gone));
		add(item, "lift", precision / base);
	}
}

static cJSON *origin_node(const struct backtest_origin *o, bool is_total, uint64_t k)
{
	cJSON *node = cJSON_CreateObject();
	char day[CIVIL_TEXT + 1] = "";

	if (!is_total) {
		civil_print(o->day, day);
		cJSON_AddStringToObject(node, "as_of", day);
		cJSON_AddStringToObject(node, "risk_by", o->kind);
	}
	add(node, "customers", (double)o->customers);
	add(node, "gone", (double)o->gone);
	for (int r = 0; r < 2; r++) {
		cJSON *ranking = cJSON_AddObjectToObject(node, ranking_names[r]);

		add(ranking, "auc", o->rankings[r].auc);
		add(ranking, "brier", o->rankings[r].brier);
		add_tops(ranking, o, &o->rankings[r], k);
	}
	return node;
}

static cJSON *calibration_node(const struct backtest *b)
{
	cJSON *list = cJSON_CreateArray();

	for (int i = 0; i < BACKTEST_BINS; i++) {
		cJSON *item = cJSON_CreateObject();
		double customers = (double)b->bins[i].customers;

		cJSON_AddItemToArray(list, item);
		add(item, "from", (double)i / BACKTEST_BINS);
		add(item, "to", (double)(i + 1) / BACKTEST_BINS);
		add(item, "customers", customers);
		add(item, "risk", share(b->bins[i].risk, customers));
		add(item, "gone", share((double)b->bins[i].gone, customers));
	}
	return list;
}

static cJSON *alarms_node(const struct backtest *b, const struct wording *wording)
{
	static const struct { const char *name; double q; } leads[] = {
		{ "lead_days_q1", .25 }, { "lead_days_median", .5 }, { "lead_days_q3", .75 }
	};
	cJSON *object = cJSON_CreateObject();

	for (size_t a = 0; a < ALARMS; a++) {
		const struct alarm *alarm = &b->alarms[a];
		struct slice name = backtest_alarm_name(wording, a);
		char text[64] = "";
		cJSON *item;
		double precision = share((double)alarm->gone, (double)alarm->standing);

		memcpy(text, name.ptr, name.len < sizeof text ? name.len : sizeof text - 1);
		item = cJSON_AddObjectToObject(object, text);
		add(item, "standing", (double)alarm->standing);
		add(item, "raised", (double)alarm->raised);
		add(item, "raised_per_1000_customer_months", backtest_rate(b, alarm));
		add(item, "precision", precision);
		add(item, "recall", share((double)alarm->gone, (double)b->total.gone));
		add(item, "lift", precision / share((double)b->total.gone, (double)b->total.customers));
		add(item, "departures_warned", (double)alarm->departures);
		for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
			add(item, leads[i].name, backtest_lead(alarm, leads[i].q));
	}
	return object;
}

cJSON *backtest_json(const struct backtest *b, const struct wording *wording)
{
	cJSON *report = cJSON_CreateObject(), *list;

	add(report, "horizon", b->horizon);
	add(report, "step", b->step);
	list = cJSON_AddArrayToObject(report, "origins");
	for (size_t i = 0; i < b->count; i++)
		cJSON_AddItemToArray(list, origin_node(&b->origins[i], false, b->k));
	cJSON_AddItemToObject(report, "total", origin_node(&b->total, true, b->k));
	cJSON_AddItemToObject(report, "calibration", calibration_node(b));
	add(report, "departures", (double)b->departures);
	cJSON_AddItemToObject(report, "alarms", alarms_node(b, wording));
	return report;
}

/* A figure of fixed width, or a dash. */
static void put(struct buf *out, int width, int decimals, double value)
{
	if (isfinite(value))
		buf_format(out, " %*.*f", width, decimals, value);
	else
		buf_format(out, " %*s", width, "-");
}

static void put_origin(struct buf *out, const struct backtest_origin *o, const char *name)
{
	buf_format(out, "%-10s", name);
	put(out, 10, 0, (double)o->customers);
	put(out, 10, 0, (double)o->gone);
	for (int r = 0; r < 2; r++)
		put(out, r ? 10 : 8, 3, o->rankings[r].auc);
	for (int r = 0; r < 2; r++)
		put(out, r ? 10 : 8, 4, o->rankings[r].brier);
	buf_format(out, "  %s\n", o->kind ? o->kind : "");
}

static void put_origins(struct buf *out, const struct backtest *b)
{
	buf_format(out, "%-10s %10s %10s %8s %10s %8s %10s  %s\n", "as of", "customers", "gone", "AUC", "by recency", "Brier", "by recency",
		   "risk by");
	for (size_t i = 0; i < b->count; i++) {
		char day[CIVIL_TEXT + 1] = "";

		civil_print(b->origins[i].day, day);
		put_origin(out, &b->origins[i], day);
	}
	put_origin(out, &b->total, "all");
}

static void put_tops(struct buf *out, const struct backtest *b)
{
	double base = share((double)b->total.gone, (double)b->total.customers);

	buf_format(out, "\n%-10s %10s %10s %8s %10s %8s %10s\n", "highest", "precision", "by recency", "recall", "by recency", "lift",
		   "by recency");
	for (int t = 0; t < BACKTEST_TOPS; t++) {
		double precision[2], recall[2];

		for (int r = 0; r < 2; r++) {
			const struct top *top = &b->total.rankings[r].tops[t];

			precision[r] = share(top->gone, (double)top->customers);
			recall[r] = share(top->gone, (double)b->total.gone);
		}
		if (t < BACKTEST_SHARES)
			buf_format(out, "%8.0f %%", backtest_shares[t] * 100);
		else
			buf_format(out, "%10" PRIu64, b->k);
		put(out, 10, 3, precision[0]);
		put(out, 10, 3, precision[1]);
		put(out, 8, 3, recall[0]);
		put(out, 10, 3, recall[1]);
		put(out, 8, 2, precision[0] / base);
		put(out, 10, 2, precision[1] / base);
		buf_add_byte(out, '\n');
	}
}

static void put_calibration(struct buf *out, const struct backtest *b)
{
	buf_format(out, "\n%-10s %10s %10s %8s\n", "risk", "customers", "mean risk", "gone");
	for (int i = 0; i < BACKTEST_BINS; i++) {
		double customers = (double)b->bins[i].customers;

		buf_format(out, "%.1f to %.1f", (double)i / BACKTEST_BINS, (double)(i + 1) / BACKTEST_BINS);
		put(out, 10, 0, customers);
		put(out, 10, 3, share(b->bins[i].risk, customers));
		put(out, 8, 3, share((double)b->bins[i].gone, customers));
		buf_add_byte(out, '\n');
	}
}

static void put_alarms(struct buf *out, const struct backtest *b, const struct wording *wording)
{
	buf_format(out, "\n%-16s %9s %9s %9s %9s %7s %6s  %s\n", "alarm", "standing", "per 1000", "precision", "recall", "lift", "warned",
		   "lead days: quartile, median, quartile");
	for (size_t a = 0; a < ALARMS; a++) {
		const struct alarm *alarm = &b->alarms[a];
		struct slice name = backtest_alarm_name(wording, a);
		double precision = share((double)alarm->gone, (double)alarm->standing);

		buf_format(out, "%-16.*s", SLICE_ARG(name));
		put(out, 9, 0, (double)alarm->standing);
		put(out, 9, 1, backtest_rate(b, alarm));
		put(out, 9, 3, precision);
		put(out, 9, 3, share((double)alarm->gone, (double)b->total.gone));
		put(out, 7, 2, precision / share((double)b->total.gone, (double)b->total.customers));
		put(out, 6, 2, share((double)alarm->departures, (double)b->departures));
		for (int q = 1; q <= 3; q++)
			put(out, q == 1 ? 6 : 5, 0, backtest_lead(alarm, q / 4.));
		buf_add_byte(out, '\n');
	}
}

void backtest_text(const struct backtest *b, const struct wording *wording, struct buf *out)
{
	if (b->count == 0) {
		buf_format(out, "no backtest: there is less history than one and a half times the horizon of %" PRIu32 " days\n", b->horizon);
		return;
	}
	buf_format(out, "Customers who were not lost, and who of them bought nothing within %" PRIu32 " days (gone);\n"
		   "by the risk as it would have been given then, and by days since the last purchase (recency).\n\n", b->horizon);
	put_origins(out, b);
	put_tops(out, b);
	put_calibration(out, b);
	put_alarms(out, b, wording);
	buf_format(out, "\nper 1000: alarms that came up in a month of 1000 customers. warned: share of the %" PRIu64 " customers who came to be\n"
		   "lost at whom the alarm stood. lead days: from when it came up to the day on which he was lost.\n", b->departures);
}
