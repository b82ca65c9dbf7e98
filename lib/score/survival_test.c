#include <math.h>
#include <stdio.h>

#include "base/test.h"
#include "score/special.h"
#include "score/survival.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

/* scipy.special.gammaincc */
static void gamma_tail_is_that_of_scipy(void **state)
{
	static const struct { double a, x, expected; } table[] = {
		{ .5, .1, .6547208460185768 },      { .5, 3.841458820694124, .0055745966807844195 }, { 1, 2, .1353352832366127 },
		{ 2.5, 1, .8491450360846096 },      { 2.5, 9, .0029464045878802923 },                { 15, 8, .9827430096020336 },
		{ 100, 130, .002750408367306518 },  { 15.5, 60, 2.0794905460365754e-12 },
		{ .5, 400, 5.395865611607819e-176 }, { 3, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_close(special_gamma_q(table[i].a, table[i].x) / table[i].expected, 1, 1e-11);
}

/* By hand: 5 customers; left at 2 and 4, still there at 3, 4 and 5. 4/5, then 2/3 of it. */
static void five_customers_by_hand(void **state)
{
	struct survival_case cases[] = { { 5, 0, false }, { 2, 0, true }, { 4, 0, false }, { 3, 0, false }, { 4, 0, true } };
	struct slice name = SLICE("");
	struct survival s;
	const struct survival_point *p;

	(void)state;
	survival_fit(&s, cases, COUNT(cases), &name, 1);
	assert_int_equal(s.groups[0].count, 4);
	p = s.groups[0].points;
	assert_true(p[0].time == 2 && p[0].at_risk == 5 && p[0].left == 1 && p[0].censored == 0);
	assert_true(p[1].time == 3 && p[1].at_risk == 4 && p[1].left == 0 && p[1].censored == 1);
	assert_true(p[2].time == 4 && p[2].at_risk == 3 && p[2].left == 1 && p[2].censored == 1);
	assert_close(p[0].survival, .8, 1e-15);
	assert_close(p[1].survival, .8, 1e-15);
	assert_close(p[2].survival, 8. / 15, 1e-15);
	/* v = 1/20 + 1/6; the width is 1.96 √v / log S */
	assert_close(p[2].lower, pow(8. / 15, exp(1.959963984540054 * sqrt(13. / 60) / -log(8. / 15))), 1e-12);
	assert_true(isnan(s.groups[0].median) && s.degrees == 0);
	survival_release(&s);
}

/* Freireich's remission times (weeks); figures of lifelines 0.30.3. */
static const double treated[] = { 6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35 };
static const bool relapsed[] = { 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0 };
static const double control[] = { 1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23 };

static size_t remissions(struct survival_case *cases)
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT(treated); i++)
		cases[n++] = (struct survival_case){ treated[i], 0, relapsed[i] };
	for (size_t i = 0; i < COUNT(control); i++)
		cases[n++] = (struct survival_case){ control[i], 1, true };
	return n;
}

static void remissions_agree_with_another_implementation(void **state)
{
	static const struct slice names[] = { { "6-MP", 4 }, { "placebo", 7 }, { "nobody", 6 } };
	struct survival_case cases[COUNT(treated) + COUNT(control)];
	const struct survival_point *p;
	struct survival s;

	(void)state;
	survival_fit(&s, cases, remissions(cases), names, 3);
	p = s.groups[0].points;
	assert_true(s.groups[0].count == 16 && p[14].time == 34 && p[4].time == 11);
	assert_close(p[0].survival, .857143, 5e-7);
	assert_close(p[0].lower, .619718, 5e-7);
	assert_close(p[0].upper, .951552, 5e-7);
	assert_close(p[14].survival, .448179, 5e-7);
	assert_close(p[14].lower, .188052, 5e-7);
	assert_close(p[14].upper, .680143, 5e-7);
	assert_true(s.groups[0].median == 23 && s.groups[0].median_lower == 13 && isnan(s.groups[0].median_upper));
	assert_true(s.groups[1].median == 8 && s.groups[1].median_lower == 4 && s.groups[1].median_upper == 11);
	assert_true(isnan(s.groups[1].points[s.groups[1].count - 1].lower));
	assert_int_equal(s.degrees, 1);  /* a group of nobody counts for nothing */
	assert_close(s.chi_square, 16.792940989216547, 1e-9);
	assert_close(s.p_value, 4.168809109334511e-05, 1e-14);
	survival_release(&s);
}

static void nobody_gives_no_curve(void **state)
{
	struct survival s;

	(void)state;
	survival_fit(&s, NULL, 0, NULL, 0);
	assert_true(s.group_count == 0 && s.degrees == 0);
	survival_release(&s);
}

/* The public churn data, where it is: figures of lifelines 0.30.3. */
struct telco {
	struct diag diag;
	struct roster roster;
	struct feed feed;
};

static bool open_telco(struct telco *t)
{
	const char *folder = getenv("CRM_SHARED");
	struct intake_options options = { .kind = KIND_CUSTOMERS };
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/data/score/telco/Telco-Customer-Churn.csv", folder ? folder : "../shared");
	file = fopen(path, "r");
	if (!file) {
		print_message("# skipped: %s is not there\n", path);
		return false;
	}
	fclose(file);
	diag_init(&t->diag);
	roster_init(&t->roster);
	t->feed = (struct feed){ .threads = 2, .memory = 1 << 28 };
	assert_int_equal(rejects_open(&t->feed.rejects, NULL, false, &t->diag), 0);
	assert_int_equal(roster_read(&t->roster, path, &options, NULL, &t->feed, &t->diag), 0);
	return true;
}

static void close_telco(struct telco *t)
{
	rejects_abort(t->feed.rejects);
	roster_release(&t->roster);
	diag_release(&t->diag);
}

static double survival_at(const struct survival_group *group, double time)
{
	double survival = 1;

	for (size_t i = 0; i < group->count && group->points[i].time <= time; i++)
		survival = group->points[i].survival;
	return survival;
}

static void telco_has_its_published_curve(void **state)
{
	struct survival_source source = { .time = "tenure", .event = "Churn" };
	struct survival s;
	struct telco t;

	(void)state;
	if (!open_telco(&t))
		return;
	assert_int_equal(survival_make(&s, &t.roster, &source, &t.diag), 0);
	assert_close(survival_at(&s.groups[0], 12), .8431996, 5e-8);
	assert_close(survival_at(&s.groups[0], 24), .7887364, 5e-8);
	assert_close(survival_at(&s.groups[0], 60), .6644039, 5e-8);
	survival_release(&s);
	source.group = "PaymentMethod";
	assert_int_equal(survival_make(&s, &t.roster, &source, &t.diag), 0);
	assert_int_equal(s.degrees, 3);
	assert_close(s.chi_square, 865.2394631323982, 1e-8);
	assert_slice(s.groups[2].name, "Electronic check");
	assert_true(s.groups[2].median == 47 && s.groups[2].median_lower == 42 && s.groups[2].median_upper == 51);
	survival_release(&s);
	source.group = "gender";
	assert_int_equal(survival_make(&s, &t.roster, &source, &t.diag), 0);
	assert_close(s.p_value, .4684173507569731, 1e-9);
	survival_release(&s);
	close_telco(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gamma_tail_is_that_of_scipy),
		cmocka_unit_test(five_customers_by_hand),
		cmocka_unit_test(remissions_agree_with_another_implementation),
		cmocka_unit_test(nobody_gives_no_curve),
		cmocka_unit_test(telco_has_its_published_curve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
