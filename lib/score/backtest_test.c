#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "base/memory.h"
#include "score/backtest.h"

enum { CUSTOMERS = 500, ORDERS_MOST = 400, AS_OF = 1000 };

/* Purchase days and amounts of a customer, rising. */
struct buyer {
	struct order orders[ORDERS_MOST];
	size_t count;
};

static uint32_t roll_dice(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Three years of customers who buy at gaps of their own, most of whom stop at some day; some complain before. */
static struct buyer *draw_buyers(void)
{
	struct buyer *buyers = memory_zero(CUSTOMERS, sizeof *buyers);
	uint32_t dice = 1;

	for (int i = 0; i < CUSTOMERS; i++) {
		int32_t gap = 8 + (int32_t)(roll_dice(&dice) % 50), stop = (int32_t)(roll_dice(&dice) % 1500), day = (int32_t)(roll_dice(&dice) % 300);

		for (; day <= stop && day <= AS_OF && buyers[i].count < ORDERS_MOST; day += 1 + (int32_t)(roll_dice(&dice) % (2 * (uint32_t)gap)))
			buyers[i].orders[buyers[i].count++] =
				(struct order){ .day = day, .is_purchase = true, .amount = 10000 * (1 + (int32_t)(roll_dice(&dice) % 90)) };
	}
	return buyers;
}

struct backtest_case {
	struct churn churn;
	struct backtest backtest;
};

/* The churn that crm-churn would make of these buyers, and its backtest. Customer i complains on day 40 i, modulo as_of. */
static void begin(struct backtest_case *c, const struct buyer *buyers, int32_t complaints_until)
{
	static const struct churn_options options = {
		.as_of = AS_OF, .origin = { .horizon = 90, .trend_days = 180, .has_amounts = true, .alarms = { ALARMS_RATE, .05 } }, .medium = .4, .high = .7,
		.limits = { .at_risk_ratio = 1.5, .dormant_ratio = 2, .lost_ratio = 4, .growth = .25, .margin = .1 }, .threads = 2,
	};
	struct diag diag;

	diag_init(&diag);
	assert_int_equal(churn_init(&c->churn, &options, &diag), 0);
	c->churn.count = CUSTOMERS;
	journal_init(&c->churn.journal, CUSTOMERS, &(struct journal_options){ .has_amounts = true });
	for (uint32_t i = 0; i < CUSTOMERS; i++) {
		struct account account = { .orders = memory_get(ORDERS_MOST, sizeof *account.orders), .count = buyers[i].count };
		int32_t day = (int32_t)(40 * i) % AS_OF;

		memcpy(account.orders, buyers[i].orders, sizeof buyers[i].orders);
		journal_note(&c->churn.journal, i, &account, NULL, 0);
		free(account.orders);
		if (day <= complaints_until) {
			journal_add(&c->churn.journal, i, day, HAPPENING_COMPLAINT);
			journal_add(&c->churn.journal, i, day, HAPPENING_COMPLAINT);
		}
	}
	assert_int_equal(journal_seal(&c->churn.journal, 2, &diag), 0);
	assert_int_equal(roll_make(&c->churn.roll, &c->churn.journal, &c->churn.options.origin, AS_OF, 0, 12, 2, &diag), 0);
	diag_release(&diag);
}

static void end(struct backtest_case *c)
{
	backtest_release(&c->backtest);
	churn_release(&c->churn);
}

/* All verdicts, origin by origin. */
struct verdicts {
	struct verdict *items;
	int32_t days[16];
	size_t count;
};

static int keep(void *context, const struct backtest_origin *origin, const struct verdict *verdicts, size_t customers, struct diag *diag)
{
	struct verdicts *record = context;

	(void)diag;
	record->days[record->count] = origin->day;
	record->items = realloc(record->items, (record->count + 1) * customers * sizeof *verdicts);
	memcpy(record->items + record->count++ * customers, verdicts, customers * sizeof *verdicts);
	return 0;
}

static struct verdicts record_of(struct backtest_case *c, const struct buyer *buyers, int32_t complaints_until)
{
	struct verdicts record = { 0 };
	const struct backtest_plan plan = { 12, 50, keep, &record };
	struct diag diag;

	diag_init(&diag);
	begin(c, buyers, complaints_until);
	assert_int_equal(backtest_make(&c->backtest, &c->churn, &plan, &diag), 0);
	diag_release(&diag);
	return record;
}

/* What every customer buys after `day` is exchanged for what another one buys then, with other amounts. */
static void shuffle_future(struct buyer *buyers, int32_t day)
{
	struct buyer *old = memory_get(CUSTOMERS, sizeof *old);

	memcpy(old, buyers, CUSTOMERS * sizeof *old);
	for (size_t i = 0; i < CUSTOMERS; i++) {
		const struct buyer *other = &old[(i * 7 + 3) % CUSTOMERS];
		struct buyer *b = &buyers[i];

		while (b->count && b->orders[b->count - 1].day > day)
			b->count--;
		for (size_t k = 0; k < other->count && b->count < ORDERS_MOST; k++)
			if (other->orders[k].day > day) {
				b->orders[b->count] = other->orders[k];
				b->orders[b->count++].amount *= 5;
			}
	}
	free(old);
}

/* Whatever happens after an origin, nothing that was said at it changes, only the outcome. */
static void the_future_changes_no_score(void **state)
{
	struct buyer *buyers = draw_buyers();
	struct backtest_case before, after;
	struct verdicts then = record_of(&before, buyers, AS_OF), now;
	int32_t day = then.days[6];
	size_t compared = 0, changed = 0;

	(void)state;
	shuffle_future(buyers, day);
	now = record_of(&after, buyers, day);
	assert_int_equal(then.count, 12);
	assert_int_equal(now.count, 12);
	for (size_t k = 0; k < then.count; k++)
		for (size_t i = k * CUSTOMERS; i < (k + 1) * CUSTOMERS; i++) {
			const struct verdict *a = &then.items[i], *b = &now.items[i];

			if (then.days[k] > day) {
				changed += a->risk != b->risk;
				continue;
			}
			assert_true(a->risk == b->risk && a->idle == b->idle && a->alarms == b->alarms);
			assert_true(a->counts == b->counts && a->lost == b->lost && a->departed == b->departed);
			assert_true(a->recency_risk == b->recency_risk || (isnan(a->recency_risk) && isnan(b->recency_risk)));
			compared += a->counts;
			changed += a->gone != b->gone;
		}
	assert_true(compared > 1000);
	assert_true(changed > 1000);
	free(then.items);
	free(now.items);
	end(&before);
	end(&after);
	free(buyers);
}

/* The figures of an origin, counted anew from its verdicts. */
static void figures_are_those_of_the_verdicts(void **state)
{
	struct buyer *buyers = draw_buyers();
	struct backtest_case c;
	struct verdicts record = record_of(&c, buyers, AS_OF);
	const struct backtest_origin *o = &c.backtest.origins[11];
	const struct verdict *v = record.items + 11 * CUSTOMERS;
	double right = 0, pairs = 0, brier = 0, customers = 0;

	(void)state;
	for (size_t i = 0; i < CUSTOMERS; i++)
		for (size_t k = 0; k < CUSTOMERS && v[i].counts && v[i].gone; k++) {
			if (!v[k].counts || v[k].gone)
				continue;
			pairs++;
			right += v[i].risk > v[k].risk ? 1 : v[i].risk == v[k].risk ? .5 : 0;
		}
	for (size_t i = 0; i < CUSTOMERS; i++) {
		customers += v[i].counts;
		brier += v[i].counts ? pow(v[i].risk - v[i].gone, 2) : 0;
	}
	assert_string_equal(o->kind, "days_since_last"); /* gaps are even, not exponential, so that the model is no better */
	assert_close(o->rankings[0].auc, right / pairs, 1e-12);
	assert_int_equal(o->rankings[0].tops[BACKTEST_SHARES].customers, 50);
	assert_int_equal(o->rankings[0].tops[1].customers, ceil(customers * .05));
	assert_close(o->rankings[0].brier, brier / customers, 1e-12);
	assert_close(o->rankings[0].auc, o->rankings[1].auc, 1e-12);
	assert_close(o->rankings[0].brier, o->rankings[1].brier, 1e-12);
	assert_true(c.backtest.total.rankings[0].auc > .7);
	free(record.items);
	end(&c);
	free(buyers);
}

/* Everybody buys on every tenth day up to day 700; then nobody does. */
static void lead_times_reach_from_the_alarm_to_the_loss(void **state)
{
	struct buyer *buyers = memory_zero(CUSTOMERS, sizeof *buyers);
	struct backtest_case c;
	struct verdicts record;
	const struct alarm *overdue;

	(void)state;
	for (size_t i = 0; i < CUSTOMERS; i++)
		for (int32_t day = (int32_t)(i % 2) * 300; day <= 700; day += 10)
			buyers[i].orders[buyers[i].count++] = (struct order){ .day = day, .is_purchase = true, .amount = 10000 };
	record = record_of(&c, buyers, -1);
	overdue = &c.backtest.alarms[REASON_OVERDUE];
	/* origins every 30 days from 580: at 730 all are overdue by three gaps, and past four gaps, on day 741, they are lost */
	assert_int_equal(record.days[0], 580);
	assert_int_equal(c.backtest.departures, CUSTOMERS);
	assert_int_equal(overdue->standing, CUSTOMERS);
	assert_int_equal(overdue->raised, CUSTOMERS);
	assert_int_equal(overdue->departures, CUSTOMERS);
	assert_close(backtest_lead(overdue, .5), 10.5, .5); /* the gap is ten days but for the fit */
	assert_close(backtest_rate(&c.backtest, overdue), 1000 * 30.4375 / (5 * 30), 1e-9);
	assert_true(isnan(backtest_lead(&c.backtest.alarms[REASON_COMPLAINTS_UP], .5)));
	free(record.items);
	end(&c);
	free(buyers);
}

static void lead_quantiles_are_those_of_type_seven(void **state)
{
	int32_t leads[] = { 1, 2, 4, 8 };
	const struct alarm alarm = { .leads = leads, .departures = 4 }, one = { .leads = leads, .departures = 1 };

	(void)state;
	assert_close(backtest_lead(&alarm, .25), 1.75, 1e-12);
	assert_close(backtest_lead(&alarm, .5), 3, 1e-12);
	assert_close(backtest_lead(&alarm, .75), 5, 1e-12);
	assert_close(backtest_lead(&one, .75), 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_future_changes_no_score),
		cmocka_unit_test(figures_are_those_of_the_verdicts),
		cmocka_unit_test(lead_times_reach_from_the_alarm_to_the_loss),
		cmocka_unit_test(lead_quantiles_are_those_of_type_seven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
