#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/test.h"
#include "io/file.h"
#include "score/logistic.h"
#include "score/trained.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

static void labels_are_read_as_people_write_them(void **state)
{
	static const struct { const char *text; bool good; enum label label; } table[] = {
		{ "1", true, LABEL_LEFT },     { "Yes", true, LABEL_LEFT },  { "TRUE", true, LABEL_LEFT }, { "是", true, LABEL_LEFT },
		{ "流失", true, LABEL_LEFT },  { "0", true, LABEL_STAYED },  { "no", true, LABEL_STAYED }, { "否", true, LABEL_STAYED },
		{ "", true, LABEL_NONE },      { "N/A", true, LABEL_NONE },  { "2", false, LABEL_NONE },   { "maybe", false, LABEL_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		enum label label;

		assert_int_equal(label_parse(slice_of(table[i].text), &label), table[i].good);
		if (table[i].good)
			assert_int_equal(label, table[i].label);
	}
}

static void numbers_are_read_as_people_write_them(void **state)
{
	static const struct { const char *text; bool good; double number; } table[] = {
		{ "12.5", true, 12.5 },  { "-3e2", true, -300 }, { "1,234.5", true, 1234.5 }, { "10万", true, 100000 }, { "5%", true, .05 },
		{ "0", true, 0 },        { "0.5", true, .5 },    { "007", false, 0 },         { "1e300", false, 0 },   { "x", false, 0 },
		{ "%", false, 0 },       { "￥%", false, 0 },    { "1e999", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		double number;

		assert_int_equal(feature_number(slice_of(table[i].text), &number), table[i].good);
		if (table[i].good)
			assert_close(number, table[i].number, 1e-9);
	}
}

/* Four points at two places: 3 of 4 and 1 of 4 are yes, so without a penalty the odds are 3 and 1/3. */
static void regression_finds_the_odds(void **state)
{
	struct logistic *logistic = logistic_new(8, 1, 1);
	struct logistic_fit fit = { 1e6, 1, 1, 1e-9 };
	double weights[2] = { 0 };
	uint32_t rows[8], input = 0;

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		double at = i < 4;

		rows[i] = i;
		logistic_set(logistic, i, &input, &at, i < 4, i % 4 == 0 || (i < 4 && i < 3));
	}
	assert_true(logistic_fit(logistic, rows, 8, &fit, weights));
	assert_close(weights[1], log(1. / 3), 1e-3);
	assert_close(weights[0] + weights[1], log(3), 1e-3);
	assert_close(logistic_odds(logistic, 0, weights), log(3), 1e-3);
	assert_close(logistic_odds(logistic, 7, weights), log(1. / 3), 1e-3);
	fit.weight_yes = 3;
	assert_true(logistic_fit(logistic, rows, 8, &fit, weights));
	assert_close(weights[1], 0, 1e-3);
	assert_false(logistic_fit(logistic, rows, 3, &fit, weights));
	logistic_free(logistic);
}

struct bench {
	struct diag diag;
	struct roster roster;
	struct labels labels;
	struct feed feed;
	char path[64];
};

static void bench_open(struct bench *b, const char *path)
{
	struct intake_options options = { .kind = KIND_CUSTOMERS };

	diag_init(&b->diag);
	roster_init(&b->roster);
	b->feed = (struct feed){ .threads = 2, .memory = 1 << 28 };
	assert_int_equal(rejects_open(&b->feed.rejects, NULL, false, &b->diag), 0);
	assert_int_equal(roster_read(&b->roster, path, &options, NULL, &b->feed, &b->diag), 0);
	labels_init(&b->labels, &b->roster, NULL);
	assert_int_equal(labels_read(&b->labels, path, &options, NULL, &b->feed, &b->diag), 0);
}

/* 400 customers: short customers with a red card leave; `reversed`: the rows in the other order. */
static void bench_make(struct bench *b, bool reversed)
{
	struct buf text;
	int file;

	snprintf(b->path, sizeof b->path, "/tmp/trained_test.XXXXXX");
	file = mkstemp(b->path);
	assert_true(file >= 0);
	close(file);
	buf_init(&text, 1 << 20);
	buf_format(&text, "customer_id,months,card,note,number,country,rare,churned\n");
	for (int n = 0; n < 400; n++) {
		int i = reversed ? 399 - n : n, chance = i * 37 % 100;
		bool red = i % 3 == 0, left = chance < (red ? 60 : 15) - i % 24;

		buf_format(&text, "c%d,", i);
		if (i % 50)
			buf_format(&text, "%d", i % 24);
		buf_format(&text, ",%s,text number %d,%d,CN,r%d,%s\n", red ? "red" : i % 10 ? "blue" : "", i, 100000 + i * 7 % 1000, i % 90,
			   left ? "yes" : "no");
	}
	assert_int_equal(file_write(b->path, buf_slice(&text), &b->diag), 0);
	buf_release(&text);
	bench_open(b, b->path);
}

static void bench_close(struct bench *b)
{
	if (b->path[0])
		unlink(b->path);
	rejects_abort(b->feed.rejects);
	labels_release(&b->labels);
	roster_release(&b->roster);
	diag_release(&b->diag);
}

static void columns_that_cannot_help_are_left_out(void **state)
{
	static const char *const expected[][2] = {
		{ "customer_id", "is the customers' key" }, { "note", "says who the customer is" },
		{ "number", "looks like an id: every number is its own" }, { "country", "says the same of everybody" },
		{ "rare", "has too many values, most of them of fewer than ten customers" }, { "churned", "is the label" },
	};
	struct trained_options options = { .features.label = SLICE("churned"), .threads = 2 };
	struct bench b = { 0 };
	struct trained t;

	(void)state;
	bench_make(&b, false);
	trained_init(&t, 20000);
	assert_int_equal(trained_fit(&t, &b.roster, &b.labels, &options, &b.diag), 0);
	assert_int_equal(t.features.left_out_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_slice(t.features.left_out[i].column, expected[i][0]);
		assert_slice(t.features.left_out[i].why, expected[i][1]);
	}
	assert_int_equal(t.features.count, 2);
	assert_true(t.features.items[0].is_number && t.features.items[0].count == 2);
	assert_int_equal(t.features.items[1].count, 3);   /* blue, red, empty */
	assert_close(t.features.inputs[4].mean, 26. / 400, 1e-12);
	assert_true(t.auc > .6 && t.brier < .25);
	trained_release(&t);
	bench_close(&b);
}

static void the_order_of_rows_and_threads_do_not_show(void **state)
{
	struct trained_options options = { .features.label = SLICE("churned"), .threads = 1 };
	struct bench b[2] = { 0 };
	struct trained t[2];

	(void)state;
	for (int k = 0; k < 2; k++) {
		bench_make(&b[k], k);
		options.threads = k ? 4 : 1;
		trained_init(&t[k], 20000);
		assert_int_equal(trained_fit(&t[k], &b[k].roster, &b[k].labels, &options, &b[k].diag), 0);
	}
	assert_true(t[0].intercept == t[1].intercept && t[0].auc == t[1].auc && t[0].log_loss == t[1].log_loss);
	for (size_t i = 0; i < t[0].features.input_count; i++)
		assert_true(t[0].features.inputs[i].weight == t[1].features.inputs[i].weight);
	for (int k = 0; k < 2; k++) {
		trained_release(&t[k]);
		bench_close(&b[k]);
	}
}

static void a_saved_model_scores_as_before(void **state)
{
	struct trained_options options = { .features.label = SLICE("churned"), .threads = 2, .balanced = true };
	struct trained made, loaded;
	struct bench b = { 0 };
	double *risks[2], sum = 0;
	char path[80];

	(void)state;
	bench_make(&b, false);
	snprintf(path, sizeof path, "%s.json", b.path);
	trained_init(&made, 20000);
	trained_init(&loaded, 20000);
	assert_int_equal(trained_fit(&made, &b.roster, &b.labels, &options, &b.diag), 0);
	assert_int_equal(trained_save(&made, path, &b.diag), 0);
	assert_int_equal(trained_load(&loaded, path, &b.diag), 0);
	assert_int_equal(trained_bind(&loaded, &b.roster, &b.diag), 0);
	assert_int_equal(trained_score(&made, &b.roster, 1, &risks[0], &b.diag), 0);
	assert_int_equal(trained_score(&loaded, &b.roster, 3, &risks[1], &b.diag), 0);
	for (size_t i = 0; i < 400; i++) {
		assert_true(risks[0][i] == risks[1][i]);
		sum += risks[0][i];
	}
	/* balanced classes, and still a probability */
	assert_close(sum / 400, (double)b.labels.left / 400, .03);
	free(risks[0]);
	free(risks[1]);
	unlink(path);
	trained_release(&made);
	trained_release(&loaded);
	bench_close(&b);
}

/* Weights change what the fit looks at, not how often customers leave. */
static void balanced_weights_leave_probabilities_in_place(void **state)
{
	struct trained_options options = { .features.label = SLICE("churned"), .threads = 2 };
	struct trained t[2];
	struct bench b = { 0 };

	(void)state;
	bench_make(&b, false);
	for (int k = 0; k < 2; k++) {
		options.balanced = k;
		trained_init(&t[k], 20000);
		assert_int_equal(trained_fit(&t[k], &b.roster, &b.labels, &options, &b.diag), 0);
	}
	assert_true(t[1].weight_left > 1 && t[1].weight_stayed < 1);
	assert_close(t[1].brier, t[0].brier, .005);
	assert_close(t[1].log_likelihood, t[0].log_likelihood, 5);
	trained_release(&t[0]);
	trained_release(&t[1]);
	bench_close(&b);
}

static void the_public_churn_data_are_told_apart(void **state)
{
	struct trained_options options = { .features.label = SLICE("Churn"), .threads = 3 };
	const char *folder = getenv("CRM_SHARED");
	struct bench b = { 0 };
	struct trained t;
	char path[512];

	(void)state;
	snprintf(path, sizeof path, "%s/data/score/telco/Telco-Customer-Churn.csv", folder ? folder : "../shared");
	if (access(path, R_OK)) {
		print_message("# skipped: %s is not there\n", path);
		return;
	}
	bench_open(&b, path);
	trained_init(&t, 20000);
	assert_int_equal(trained_fit(&t, &b.roster, &b.labels, &options, &b.diag), 0);
	assert_true(t.rows == 7043 && t.left == 1869);
	assert_true(t.auc >= .84 && t.brier <= .138);
	assert_int_equal(t.features.left_out_count, 2);   /* customerID, Churn */
	trained_release(&t);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_read_as_people_write_them),
		cmocka_unit_test(numbers_are_read_as_people_write_them),
		cmocka_unit_test(regression_finds_the_odds),
		cmocka_unit_test(columns_that_cannot_help_are_left_out),
		cmocka_unit_test(the_order_of_rows_and_threads_do_not_show),
		cmocka_unit_test(a_saved_model_scores_as_before),
		cmocka_unit_test(balanced_weights_leave_probabilities_in_place),
		cmocka_unit_test(the_public_churn_data_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
