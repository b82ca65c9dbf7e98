#include "score/backtest.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"

const double backtest_shares[BACKTEST_SHARES] = { .01, .05, .1, .2 };

static const double days_in_month = 30.4375;

enum { PORTION = 4096, BUCKETS = 1 << 16 };

/* One origin being judged. */
struct judging {
	const struct churn *churn;
	const struct origin *origin;
	struct risk risk;
	struct verdict *verdicts;
};

static void judge(const struct judging *judging, uint32_t customer, struct page *page, struct verdict *v)
{
	const struct churn_options *options = &judging->churn->options;
	const struct journal *journal = &judging->churn->journal;
	const struct origin *origin = judging->origin;
	struct view view;
	struct standing s;
	enum lifecycle state;

	*v = (struct verdict){ .departed = CIVIL_NONE };
	if (!journal_has_bought(journal, customer, origin->day))
		return;
	view = journal_view(journal, customer, origin->day, page);
	origin_stand(origin, customer, &view, &s);
	v->idle = s.T - s.t;
	state = lifecycle_of(&options->limits, &(struct lifecycle_case){ s.x, s.T, v->idle, s.typical_gap, s.growth,
									 churn_is_warned(s.reasons), LIFECYCLES, false });
	v->lost = state == LIFECYCLE_LOST;
	v->counts = !v->lost;
	if (v->lost)
		v->departed = origin->day - (int32_t)v->idle + (int32_t)lifecycle_lost_after(&options->limits, s.typical_gap) + 1;
	v->risk = risk_of(&judging->risk, origin, &s);
	v->recency_risk = judging->risk.calibrated ? risk_by(&judging->risk, RISK_RECENCY, origin, &s) : NAN;
	v->gone = !journal_buys_within(journal, customer, origin->day, options->origin.horizon);
	v->alarms = s.reasons | (s.reasons ? 1u << ALARM_ANY : 0) | (state == LIFECYCLE_AT_RISK || state == LIFECYCLE_DORMANT ? 1u << ALARM_AT_RISK : 0);
	if (churn_level(options, v->risk, s.reasons) == LEVELS - 1)
		v->alarms |= 1u << ALARM_HIGH;
}

static int judge_portion(void *context, size_t portion, unsigned worker, struct diag *diag)
{
	struct judging *judging = context;
	struct page page = { 0 };

	(void)worker;
	(void)diag;
	for (size_t i = portion * PORTION; i < judging->churn->count && i < (portion + 1) * PORTION; i++)
		judge(judging, (uint32_t)i, &page, &judging->verdicts[i]);
	page_release(&page);
	return 0;
}

/* A customer in a ranking, the highest score first. */
struct ranked {
	double score;
	uint32_t customer;
	bool gone;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

static bool is_ranked(const struct ranked *ranked, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (ranked[i - 1].score < ranked[i].score)
			return false;
	return true;
}

/* Into buckets by the share of the highest score, in which equal ones keep the order of customers; what is not equal is few there, and sorted. */
static void sort_ranked(const struct ranked *from, size_t count, double highest, struct ranked *to)
{
	uint32_t *ends = memory_zero(BUCKETS + 1, sizeof *ends);
	double scale = highest > 0 ? (BUCKETS - 1) / highest : 0;

	for (size_t i = 0; i < count; i++)
		ends[BUCKETS - (size_t)(from[i].score * scale)]++;
	for (size_t b = 0; b < BUCKETS; b++)
		ends[b + 1] += ends[b];
	for (size_t i = 0; i < count; i++)   /* from its start, each end moves to where it belongs */
		to[ends[BUCKETS - 1 - (size_t)(from[i].score * scale)]++] = from[i];
	for (size_t b = 0; b < BUCKETS; b++) {
		size_t start = b ? ends[b - 1] : 0, n = ends[b] - start;

		if (!is_ranked(to + start, n))
			qsort(to + start, n, sizeof *to, compare_ranked);
	}
	free(ends);
}

/* The customers who count, by risk or by days since last. Returns how many. */
static size_t rank(struct ranked *ranked, struct ranked *spare, const struct verdict *verdicts, size_t customers, bool by_recency)
{
	double highest = 0;
	size_t n = 0;

	for (size_t i = 0; i < customers; i++) {
		double score = by_recency ? verdicts[i].idle : verdicts[i].risk;

		if (!verdicts[i].counts)
			continue;
		spare[n++] = (struct ranked){ score, (uint32_t)i, verdicts[i].gone };
		highest = fmax(highest, score);
	}
	sort_ranked(spare, n, highest, ranked);
	return n;
}

static uint64_t top_size(int top, uint64_t k, size_t count)
{
	if (top == BACKTEST_SHARES)
		return k < count ? k : count;
	return (uint64_t)ceil(backtest_shares[top] * (double)count - 1e-9);
}

static void measure_ranking(struct ranking *ranking, const struct ranked *ranked, size_t count, uint64_t gone, uint64_t k)
{
	double pairs = (double)gone * (double)(count - gone), right = 0, stayed_before = 0;

	for (int t = 0; t < BACKTEST_TOPS; t++)
		ranking->tops[t].customers = top_size(t, k, count);
	for (size_t i = 0, n; i < count; i += n) {
		double here = 0;

		for (n = 0; i + n < count && ranked[i + n].score == ranked[i].score; n++)
			here += ranked[i + n].gone;
		right += here * ((double)(count - gone) - stayed_before - ((double)n - here) / 2);
		for (int t = 0; t < BACKTEST_TOPS; t++) {
			double room = (double)ranking->tops[t].customers - (double)i;

			ranking->tops[t].gone += room <= 0 ? 0 : here * fmin(room / (double)n, 1);
		}
		stayed_before += (double)n - here;
	}
	ranking->auc = pairs > 0 ? right / pairs : NAN;
}

static double brier_of(const struct verdict *verdicts, size_t customers, uint64_t count, bool by_recency)
{
	double sum = 0;

	for (size_t i = 0; i < customers; i++) {
		double miss = (by_recency ? verdicts[i].recency_risk : verdicts[i].risk) - verdicts[i].gone;

		sum += verdicts[i].counts ? miss * miss : 0;
	}
	return count ? sum / (double)count : NAN;
}

static void mark_recency(struct verdict *verdicts, size_t customers, const struct ranked *by_recency)
{
	size_t alarms = 0;

	for (size_t i = 0; i < customers; i++)
		alarms += verdicts[i].counts && verdicts[i].alarms & 1u << ALARM_HIGH;
	for (size_t i = 0; i < alarms; i++)
		verdicts[by_recency[i].customer].alarms |= 1u << ALARM_RECENCY;
}

/* What is remembered of a customer from one origin to the next. */
struct memory {
	bool counted;              /* had bought and was not lost */
	uint32_t standing;         /* alarms: bits */
	int32_t since[ALARMS];     /* when an alarm that stands came up */
};

/* What all origins need. */
struct room {
	struct verdict *verdicts;
	struct ranked *ranked, *spare;
	struct memory *memories;
};

static void measure_origin(struct backtest_origin *o, struct verdict *verdicts, size_t customers, const struct room *room, uint64_t k)
{
	for (size_t i = 0; i < customers; i++) {
		o->customers += verdicts[i].counts;
		o->gone += verdicts[i].counts && verdicts[i].gone;
	}
	for (int by_recency = 0; by_recency < 2; by_recency++) {
		measure_ranking(&o->rankings[by_recency], room->ranked, rank(room->ranked, room->spare, verdicts, customers, by_recency), o->gone, k);
		o->rankings[by_recency].brier = brier_of(verdicts, customers, o->customers, by_recency);
	}
	mark_recency(verdicts, customers, room->ranked); /* which are by recency now */
}

/* Means over origins, by customers; of those that have the figure by risk and by recency. */
static double mean_of(const struct backtest *b, int ranking, bool brier)
{
	double sum = 0, count = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct backtest_origin *o = &b->origins[i];
		double value = brier ? o->rankings[ranking].brier : o->rankings[ranking].auc;

		if (isnan(value) || (brier && isnan(o->rankings[1].brier)))
			continue;
		sum += value * (double)o->customers;
		count += (double)o->customers;
	}
	return sum / count;
}

static void add_totals(struct backtest *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct backtest_origin *o = &b->origins[i];

		b->total.customers += o->customers;
		b->total.gone += o->gone;
		for (int r = 0; r < 2; r++)
			for (int t = 0; t < BACKTEST_TOPS; t++) {
				b->total.rankings[r].tops[t].customers += o->rankings[r].tops[t].customers;
				b->total.rankings[r].tops[t].gone += o->rankings[r].tops[t].gone;
			}
		b->months += i ? (double)o->customers * b->step / days_in_month : 0;
	}
	for (int r = 0; r < 2; r++) {
		b->total.rankings[r].auc = mean_of(b, r, false);
		b->total.rankings[r].brier = mean_of(b, r, true);
	}
}

static void fill_bins(struct backtest *b, const struct verdict *verdicts, size_t customers)
{
	for (size_t i = 0; i < customers; i++) {
		size_t bin = (size_t)fmin(verdicts[i].risk * BACKTEST_BINS, BACKTEST_BINS - 1);

		if (!verdicts[i].counts)
			continue;
		b->bins[bin].customers++;
		b->bins[bin].gone += verdicts[i].gone;
		b->bins[bin].risk += verdicts[i].risk;
	}
}

static void add_lead(struct alarm *alarm, int32_t days)
{
	alarm->leads = memory_grow(alarm->leads, &alarm->lead_capacity, alarm->departures + 1, sizeof *alarm->leads);
	alarm->leads[alarm->departures++] = days;
}

static void follow(struct backtest *b, const struct verdict *v, struct memory *m, int32_t day, bool first)
{
	uint32_t standing = v->counts ? v->alarms : 0;

	if (m->counted && v->lost) {
		int32_t earliest = day - (int32_t)b->step + 1, left = v->departed < earliest ? earliest : v->departed;

		b->departures++;
		for (uint32_t rest = m->standing; rest; rest &= rest - 1) {
			int a = __builtin_ctz(rest);

			add_lead(&b->alarms[a], (left < day ? left : day) - m->since[a]);
		}
	}
	for (uint32_t rest = standing; rest; rest &= rest - 1) {
		int a = __builtin_ctz(rest);

		b->alarms[a].standing++;
		b->alarms[a].gone += v->gone;
		if (m->standing & 1u << a)
			continue;
		b->alarms[a].raised += !first;
		m->since[a] = day;
	}
	m->counted = v->counts;
	m->standing = standing;
}

static int compare_days(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int judge_origin(struct backtest *b, const struct churn *churn, size_t at, struct room *room, struct diag *diag)
{
	struct judging judging = { .churn = churn, .origin = &churn->roll.origins[at], .verdicts = room->verdicts };
	struct backtest_origin *o = &b->origins[b->count];

	roll_risk(&churn->roll, at, &judging.risk);
	*o = (struct backtest_origin){ .day = judging.origin->day, .kind = risk_kind_name(&judging.risk) };
	if (pool_each(judge_portion, &judging, (churn->count + PORTION - 1) / PORTION, churn->options.threads, diag))
		return -1;
	measure_origin(o, room->verdicts, churn->count, room, b->k);
	fill_bins(b, room->verdicts, churn->count);
	for (size_t i = 0; i < churn->count; i++)
		follow(b, &room->verdicts[i], &room->memories[i], o->day, b->count == 0);
	b->count++;
	return 0;
}

int backtest_make(struct backtest *b, const struct churn *churn, const struct backtest_plan *plan, struct diag *diag)
{
	const struct roll *roll = &churn->roll;
	size_t end = roll->count < ROLL_HORIZON + plan->origins ? roll->count : ROLL_HORIZON + plan->origins;
	struct room room = {
		memory_get(churn->count, sizeof *room.verdicts), memory_get(churn->count, sizeof *room.ranked),
		memory_get(churn->count, sizeof *room.spare),
		memory_zero(churn->count, sizeof *room.memories),
	};
	int failed = 0;

	*b = (struct backtest){ .horizon = churn->options.origin.horizon, .step = roll->step, .k = plan->k,
				.origins = memory_zero(plan->origins, sizeof *b->origins) };
	for (size_t at = end; at-- > ROLL_HORIZON && !failed;) {
		failed = judge_origin(b, churn, at, &room, diag);
		if (!failed && plan->watch)
			failed = plan->watch(plan->context, &b->origins[b->count - 1], room.verdicts, churn->count, diag);
	}
	add_totals(b);
	for (size_t a = 0; a < ALARMS; a++)
		if (b->alarms[a].departures)
			qsort(b->alarms[a].leads, b->alarms[a].departures, sizeof *b->alarms[a].leads, compare_days);
	free(room.verdicts);
	free(room.ranked);
	free(room.spare);
	free(room.memories);
	return failed;
}

void backtest_release(struct backtest *b)
{
	free(b->origins);
	for (size_t a = 0; a < ALARMS; a++)
		free(b->alarms[a].leads);
}

double backtest_rate(const struct backtest *b, const struct alarm *alarm)
{
	return 1000 * (double)alarm->raised / b->months;
}

double backtest_lead(const struct alarm *alarm, double q)
{
	double at = q * ((double)alarm->departures - 1);
	size_t low = (size_t)fmax(at, 0);

	if (alarm->departures == 0)
		return NAN;
	if (low + 1 >= alarm->departures)
		return alarm->leads[alarm->departures - 1];
	return alarm->leads[low] + (at - (double)low) * (alarm->leads[low + 1] - alarm->leads[low]);
}
