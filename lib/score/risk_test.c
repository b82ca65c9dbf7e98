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
#include "score/risk.h"

static void auc_counts_ties_half(void **state)
{
	static const double scores[] = { .9, .5, .5, .1 };
	static const bool gone[] = { true, true, false, false }, all[] = { true, true, true, true };

	(void)state;
	assert_close(risk_auc(scores, gone, 4), .875, 1e-15);
	assert_true(isnan(risk_auc(scores, all, 4)));
}

static void origins_lie_within_the_history(void **state)
{
	struct risk risk;

	(void)state;
	risk_origins(&risk, 100, 0, 1000);
	assert_int_equal(risk.origins[0].day, 900);
	assert_int_equal(risk.origins[1].day, 850);
	assert_int_equal(risk.origins[2].day, 800);
	risk_origins(&risk, 100, 801, 1000);
	assert_int_equal(risk.origins[0].day, 900);
	assert_int_equal(risk.origins[1].day, CIVIL_NONE);
	risk_origins(&risk, 100, CIVIL_NONE, 1000);
	assert_int_equal(risk.origins[0].day, CIVIL_NONE);
}

static void few_customers_get_an_assumed_model(void **state)
{
	static const struct risk_case now[] = { { 0, 0, 10, false }, { 3, 90, 100, false }, { 3, 90, 900, false }, { 0, 0, UINT32_MAX, false } };
	const struct risk_case *past[RISK_ORIGINS] = { NULL };
	struct risk risk;

	(void)state;
	risk_origins(&risk, 90, CIVIL_NONE, 1000);
	risk_fit(&risk, now, past, 4);
	assert_false(risk.modelled);
	assert_false(risk.calibrated);
	assert_true(risk_of(&risk, 3, 90, 900) > .99);
	assert_true(risk_of(&risk, 3, 90, 100) < risk_of(&risk, 3, 90, 150));
	assert_true(risk_of(&risk, 3, 90, 100) < risk_of(&risk, 0, 0, 10));
}

static void risk_grows_with_idleness(void **state)
{
	static struct risk_case now[300];
	const struct risk_case *past[RISK_ORIGINS] = { NULL };
	struct risk risk;

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		now[i] = (struct risk_case){ i % 6, i % 6 ? 40 + i : 0, 400, false };
	risk_origins(&risk, 90, CIVIL_NONE, 1000);
	risk_fit(&risk, now, past, 300);
	assert_true(risk.modelled);
	for (uint32_t T = 101; T < 400; T++)
		assert_true(risk_of(&risk, 4, 100, T) >= risk_of(&risk, 4, 100, T - 1));
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

static struct risk_case stand(const struct buyer *buyer, int32_t origin, int horizon)
{
	struct risk_case c = { .T = UINT32_MAX };

	for (size_t i = 0; i < buyer->count; i++) {
		if (buyer->days[i] > origin) {
			c.came_back = buyer->days[i] <= origin + horizon;
			break;
		}
		c.x = (uint32_t)i;
		c.t = (uint32_t)(buyer->days[i] - buyer->days[0]);
		c.T = (uint32_t)(origin - buyer->days[0]);
	}
	return c;
}

/* AUC for no purchase in the next 180 days, of those with three repeat purchases at least and over 16 weeks of history. */
static void check_auc(struct buyer *buyers, int32_t origin, int32_t first, size_t expected_customers, double least)
{
	static struct risk_case cases[RISK_ORIGINS + 1][BUYERS_MOST];
	static double scores[BUYERS_MOST], recency[BUYERS_MOST];
	static bool gone[BUYERS_MOST];
	const struct risk_case *past[RISK_ORIGINS] = { NULL };
	struct risk risk;
	size_t n = 0;

	risk_origins(&risk, 180, first, origin);
	for (size_t k = 0; k < RISK_ORIGINS; k++)
		for (size_t i = 0; i < BUYERS_MOST && risk.origins[k].day != CIVIL_NONE; i++) {
			past[k] = cases[k];
			cases[k][i] = stand(&buyers[i], risk.origins[k].day, 180);
		}
	for (size_t i = 0; i < BUYERS_MOST; i++)
		cases[RISK_ORIGINS][i] = stand(&buyers[i], origin, 180);
	risk_fit(&risk, cases[RISK_ORIGINS], past, BUYERS_MOST);
	for (size_t i = 0; i < BUYERS_MOST; i++) {
		const struct risk_case *c = &cases[RISK_ORIGINS][i];

		if (c->T == UINT32_MAX || c->x < 3 || c->T <= 112)
			continue;
		scores[n] = risk_of(&risk, c->x, c->t, c->T);
		recency[n] = (double)(c->T - c->t);
		gone[n++] = !c->came_back;
	}
	print_message("# AUC of the risk %.4f, of days since last %.4f, %zu customers\n", risk_auc(scores, gone, n),
		      risk_auc(recency, gone, n), n);
	assert_int_equal(n, expected_customers);
	assert_true(risk.calibrated);
	assert_true(risk_auc(scores, gone, n) >= least);
	assert_true(risk_auc(scores, gone, n) > risk_auc(recency, gone, n));
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
		check_auc(buyers, civil_to_days(1997, 12, 31), civil_to_days(1997, 1, 1), 3922, .689);
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
		check_auc(buyers, civil_to_days(2006, 12, 31), civil_to_days(2006, 1, 1), 591, .873);
	}
	free(buyers);
	if (!file)
		skip();
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
