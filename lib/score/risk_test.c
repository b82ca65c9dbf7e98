#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "base/civil.h"
#include "score/roll.h"

static void auc_counts_ties_half(void **state)
{
	static const double scores[] = { .9, .5, .5, .1 };
	static const bool gone[] = { true, true, false, false }, all[] = { true, true, true, true };

	(void)state;
	assert_close(risk_auc(scores, gone, 4), .875, 1e-15);
	assert_true(isnan(risk_auc(scores, all, 4)));
	assert_close(risk_top(scores, gone, 4, 1), 1, 0);
	assert_close(risk_top(scores, gone, 4, 2), .75, 0);
	assert_close(risk_top(scores, gone, 4, 4), .5, 0);
}

/* One customer's purchase days, in order. */
struct buyer {
	int32_t days[400];
	size_t count;
};

enum { BUYERS_MOST = 24000 };

static FILE *open_shared(const char *name)
{
	const char *folder = getenv("CRM_SHARED");
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/data/score/%s", folder ? folder : "../shared", name);
	file = fopen(path, "r");
	if (!file)
		print_message("# skipped: %s is not there\n", path);
	return file;
}

static void add_purchase(struct buyer *buyers, int id, int year, int month, int day)
{
	struct buyer *buyer = &buyers[id];
	int32_t days = civil_to_days(year, month, day);
	size_t at = buyer->count;

	while (at > 0 && buyer->days[at - 1] > days)
		at--;
	if ((at > 0 && buyer->days[at - 1] == days) || buyer->count == 400)
		return;
	memmove(&buyer->days[at + 1], &buyer->days[at], (buyer->count - at) * sizeof *buyer->days);
	buyer->days[at] = days;
	buyer->count++;
}

/* The buyers as a journal. The caller releases it. */
static void make_journal(struct journal *journal, const struct buyer *buyers, size_t count)
{
	struct order orders[400];
	struct diag diag;

	diag_init(&diag);
	journal_init(journal, count, &(struct journal_options){ 0 });
	for (size_t i = 0; i < count; i++) {
		struct account account = { .orders = orders, .count = buyers[i].count };

		for (size_t k = 0; k < buyers[i].count; k++)
			orders[k] = (struct order){ .day = buyers[i].days[k], .is_purchase = true, .amount = 10000 };
		journal_note(journal, (uint32_t)i, &account, NULL, 0);
	}
	assert_int_equal(journal_seal(journal, 2, &diag), 0);
	diag_release(&diag);
}

static void origins_lie_within_the_history(void **state)
{
	static const struct { int32_t first; size_t past, count; } table[] = {
		{ 0, 0, 6 }, { 0, 4, 13 }, { 0, 100, 28 }, { 850, 0, 3 }, { 951, 0, 1 }, { CIVIL_NONE, 0, 1 },
	};
	static const struct origin_options options = { .horizon = 100, .trend_days = 180 };
	static const struct buyer buyers[1] = { { { 0 }, 1 } };
	struct journal journal;
	struct roll roll;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	make_journal(&journal, buyers, 1);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_int_equal(roll_make(&roll, &journal, &options, 1000, table[i].first, table[i].past, 1, &diag), 0);
		assert_int_equal(roll.count, table[i].count);
		for (size_t k = 0; k < roll.count; k++)
			assert_int_equal(roll.origins[k].day, 1000 - (int32_t)k * 34);
		roll_release(&roll);
	}
	journal_release(&journal);
	diag_release(&diag);
}

static double risk_at(struct risk *risk, const struct origin *origin, uint32_t x, uint32_t t, uint32_t T)
{
	struct standing standing = {
		.bought = true, .x = x, .t = t, .T = T, .typical_gap = rhythm_typical_gap(&origin->rhythm, x, t),
	};

	return risk_of(risk, origin, &standing);
}

static void few_customers_get_an_assumed_model(void **state)
{
	static const struct buyer buyers[] = { { { 990 }, 1 }, { { 900, 930, 960, 990 }, 4 }, { { 100, 130, 160, 190 }, 4 }, { { 0 }, 0 } };
	static const struct origin_options options = { .horizon = 90, .trend_days = 180 };
	struct journal journal;
	struct origin origin;
	struct risk risk;

	(void)state;
	make_journal(&journal, buyers, 4);
	origin_fit(&origin, 1000, &options, &journal, false);
	risk_fit(&risk, NULL, 0, 1);
	assert_false(origin.modelled);
	assert_false(risk.calibrated);
	assert_true(risk_at(&risk, &origin, 3, 90, 900) > .99);
	assert_true(risk_at(&risk, &origin, 3, 90, 100) < risk_at(&risk, &origin, 3, 90, 150));
	assert_true(risk_at(&risk, &origin, 3, 90, 100) < risk_at(&risk, &origin, 0, 0, 10));
	origin_release(&origin);
	journal_release(&journal);
}

/* Two years of 600 customers who buy at every gap of theirs, and of whom two thirds stop at some day. */
static void make_stoppers(struct buyer *buyers)
{
	for (int i = 0; i < 600; i++) {
		int32_t gap = 10 + i % 40, stop = i % 3 ? 100 + i : 1000;

		for (int32_t day = i % 100; day <= stop && day <= 730; day += gap)
			buyers[i].days[buyers[i].count++] = day + i * day % 7;
	}
}

static void risk_grows_with_idleness(void **state)
{
	static const struct origin_options options = { .horizon = 90, .trend_days = 180 };
	static struct buyer buyers[600];
	struct journal journal;
	struct risk risk;
	struct roll roll;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	make_stoppers(buyers);
	make_journal(&journal, buyers, 600);
	assert_int_equal(roll_make(&roll, &journal, &options, 730, 0, 0, 1, &diag), 0);
	roll_risk(&roll, 0, &risk);
	assert_true(risk.calibrated);
	for (uint32_t T = 101; T < 400; T++)
		assert_true(risk_at(&risk, roll.origins, 4, 100, T) >= risk_at(&risk, roll.origins, 4, 100, T - 1));
	roll_release(&roll);
	journal_release(&journal);
	diag_release(&diag);
}

/* AUC for no purchase in the next `horizon` days, of those with three repeat purchases at least and over 16 weeks of journal. */
static void check_auc(struct buyer *buyers, int32_t day, int32_t first, uint32_t horizon, size_t expected_customers, double least)
{
	static double scores[BUYERS_MOST], recency[BUYERS_MOST];
	static bool gone[BUYERS_MOST];
	struct origin_options options = { .horizon = horizon, .trend_days = 180 };
	struct journal journal;
	struct roll roll;
	struct risk risk;
	struct page page = { 0 };
	struct diag diag;
	size_t n = 0;

	diag_init(&diag);
	make_journal(&journal, buyers, BUYERS_MOST);
	assert_int_equal(roll_make(&roll, &journal, &options, day, first, 0, 2, &diag), 0);
	roll_risk(&roll, 0, &risk);
	for (uint32_t i = 0; i < BUYERS_MOST; i++) {
		struct view view = journal_view(&journal, i, day, &page);
		struct standing s;

		origin_stand(roll.origins, i, &view, &s);
		if (!s.bought || s.x < 3 || s.T <= 112)
			continue;
		scores[n] = risk_of(&risk, roll.origins, &s);
		recency[n] = (double)(s.T - s.t);
		gone[n++] = !journal_buys_within(&journal, i, day, horizon);
	}
	print_message("# AUC of the risk %.4f (%s), of days since last %.4f, %zu customers\n", risk_auc(scores, gone, n),
		      risk.kind == RISK_COMBINED ? "combined" : risk.kind == RISK_MODEL ? "model" : "recency",
		      risk_auc(recency, gone, n), n);
	assert_int_equal(n, expected_customers);
	assert_true(risk.calibrated);
	assert_true(risk_auc(scores, gone, n) >= least);
	assert_true(risk_auc(scores, gone, n) > risk_auc(recency, gone, n));
	roll_release(&roll);
	journal_release(&journal);
	page_release(&page);
	diag_release(&diag);
}

static void risk_beats_the_best_single_signal_on_cdnow(void **state)
{
	struct buyer *buyers = calloc(BUYERS_MOST, sizeof *buyers);
	FILE *file = open_shared("cdnow/CDNOW_master.txt");
	char line[256];
	int id, date;

	(void)state;
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "%d %d", &id, &date) == 2 && id < BUYERS_MOST)
			add_purchase(buyers, id, date / 10000, date / 100 % 100, date % 100);
	if (file) {
		fclose(file);
		check_auc(buyers, civil_to_days(1997, 12, 31), civil_to_days(1997, 1, 1), 180, 3922, .70);
	}
	free(buyers);
	if (!file)
		skip();
}

static void risk_beats_the_best_single_signal_on_grocery(void **state)
{
	struct buyer *buyers = calloc(BUYERS_MOST, sizeof *buyers);
	FILE *file = open_shared("grocery/groceryElog.csv");
	char line[256];
	int id, year, month, day;

	(void)state;
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "\"%d\",%d-%d-%d", &id, &year, &month, &day) == 4 && id < BUYERS_MOST)
			add_purchase(buyers, id, year, month, day);
	if (file) {
		fclose(file);
		check_auc(buyers, civil_to_days(2006, 12, 31), civil_to_days(2006, 1, 1), 180, 591, .875);
	}
	free(buyers);
	if (!file)
		skip();
}

/* Sales lines: a customer, a positive quantity and price. The description may hold commas, in quotes. */
static bool read_sale(const char *line, int *id, int *year, int *month, int *day)
{
	const char *rest = strchr(line, ',');
	double quantity, price, customer;

	rest = rest ? strchr(rest + 1, ',') : NULL;
	if (rest && rest[1] == '"')
		for (rest += 2; *rest && (rest[0] != '"' || rest[1] != ','); rest++)
			rest += rest[0] == '"' && rest[1] == '"';
	rest = rest ? strchr(rest + 1, ',') : NULL;
	if (!rest || sscanf(rest, ",%lf,%d-%d-%d %*[0-9:],%lf,%lf", &quantity, year, month, day, &price, &customer) != 6)
		return false;
	*id = (int)customer - 12000;
	return quantity > 0 && price > 0 && *id >= 0 && *id < BUYERS_MOST;
}

static void risk_beats_the_best_single_signal_on_online_retail(void **state)
{
	struct buyer *buyers = calloc(BUYERS_MOST, sizeof *buyers);
	FILE *packed = open_shared("online_retail/online_retail.csv.gz"), *file;
	char line[1024];
	int id, year, month, day;

	(void)state;
	if (!packed) {
		free(buyers);
		skip();
		return;
	}
	fclose(packed);
	snprintf(line, sizeof line, "gzip -dc %s/data/score/online_retail/online_retail.csv.gz",
		 getenv("CRM_SHARED") ? getenv("CRM_SHARED") : "../shared");
	file = popen(line, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file))
		if (read_sale(line, &id, &year, &month, &day))
			add_purchase(buyers, id, year, month, day);
	assert_int_equal(pclose(file), 0);
	check_auc(buyers, civil_to_days(2011, 9, 9), civil_to_days(2010, 12, 1), 90, 836, .70);
	free(buyers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auc_counts_ties_half),
		cmocka_unit_test(origins_lie_within_the_history),
		cmocka_unit_test(few_customers_get_an_assumed_model),
		cmocka_unit_test(risk_grows_with_idleness),
		cmocka_unit_test(risk_beats_the_best_single_signal_on_cdnow),
		cmocka_unit_test(risk_beats_the_best_single_signal_on_grocery),
		cmocka_unit_test(risk_beats_the_best_single_signal_on_online_retail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
