/* The figures that R's package rfm 0.3.0 gives for its own orders. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "score/load.h"
#include "score/rfm.h"

struct fixture {
	struct diag diag;
	struct feed feed;
	struct load load;
	struct rfm rfm;
};

static const char *shared(const char *name, char path[512])
{
	const char *folder = getenv("CRM_SHARED");

	snprintf(path, 512, "%s/data/score/%s", folder ? folder : "../shared", name);
	if (access(path, R_OK) == 0)
		return path;
	print_message("# skipped: %s is not there\n", path);
	return NULL;
}

/* Scores the customers that the orders name; merge_days: orders of one day are one. */
static void setup_days(struct fixture *f, const char *orders, const struct rfm_options *options, unsigned threads, bool merge_days)
{
	struct load_options inputs = {
		.orders = &orders, .order_count = 1, .orders_intake = { .kind = KIND_ORDERS, .decide_dates = true },
		.ledger = { .as_of = options->as_of, .today = options->as_of, .account = { .merge_days = merge_days } },
	};

	diag_init(&f->diag);
	f->feed = (struct feed){ .threads = threads, .memory = SIZE_MAX };
	assert_int_equal(rejects_open(&f->feed.rejects, NULL, false, &f->diag), 0);
	assert_int_equal(rfm_init(&f->rfm, options, &f->diag), 0);
	assert_int_equal(load_all(&f->load, &inputs, &f->feed, &f->diag), 0);
	assert_int_equal(rfm_make(&f->rfm, &f->load.ledger, &f->diag), 0);
}

static void setup(struct fixture *f, const char *orders, const struct rfm_options *options, unsigned threads)
{
	setup_days(f, orders, options, threads, false);
}

static void teardown(struct fixture *f)
{
	rfm_release(&f->rfm);
	load_release(&f->load);
	assert_int_equal(rejects_close(f->feed.rejects, &f->diag), 0);
	diag_release(&f->diag);
}

static void cuts_are_those_of_r(void **state)
{
	static const double expected[3][4] = { { 115, 181, 297.4, 482 }, { 4, 5, 6, 8 }, { 255.8, 382, 506.4, 666 } };
	const struct rfm_options options = { .as_of = civil_to_days(2006, 12, 31), .scale = { .bins = 5 }, .segments = "11" };
	char path[512];
	struct fixture f;

	(void)state;
	if (!shared("rfm_orders/rfm_data_orders.csv", path))
		skip();
	setup(&f, path, &options, 3);
	assert_int_equal(f.rfm.buyers, 995);
	for (unsigned figure = 0; figure < 3; figure++)
		for (unsigned i = 0; i < 4; i++)
			assert_close(f.rfm.scales.all.cuts[figure].shown[i], expected[figure][i], 1e-9);
	teardown(&f);
}

static void segments_are_those_of_r(void **state)
{
	/* rfm_segment_summary() of its documents: customers, orders and revenue of each segment */
	static const struct { const char *name; size_t customers, orders; int64_t revenue; } expected[] = {
		{ "Champions", 158, 1234, 120178 }, { "Loyal Customers", 278, 1708, 166712 }, { "Potential Loyalist", 229, 801, 65873 },
		{ "Need Attention", 35, 144, 13287 }, { "About To Sleep", 50, 127, 10914 }, { "At Risk", 86, 438, 44178 },
		{ "Lost", 111, 244, 20955 }, { "Others", 48, 210, 22061 },
	};
	struct rfm_options options = { .as_of = civil_to_days(2006, 12, 31), .scale = { .bins = 5 }, .segments = "r" };
	char path[512];
	struct fixture f;

	(void)state;
	if (!shared("rfm_orders/rfm_data_orders.csv", path))
		skip();
	setup(&f, path, &options, 1);
	assert_int_equal(f.rfm.segments.count, sizeof expected / sizeof *expected);
	for (size_t s = 0; s < f.rfm.segments.count; s++) {
		size_t customers = 0, orders = 0;
		int64_t revenue = 0;

		for (size_t i = 0; i < f.rfm.count; i++) {
			if (f.rfm.customers[i].segment != s)
				continue;
			customers++;
			orders += f.rfm.customers[i].frequency;
			revenue += f.rfm.customers[i].monetary;
		}
		assert_true(slice_equal(f.rfm.segments.items[s].name[0], slice_of(expected[s].name)));
		assert_int_equal(customers, expected[s].customers);
		assert_int_equal(orders, expected[s].orders);
		assert_int_equal(revenue, expected[s].revenue * 10000);
	}
	teardown(&f);
}

/* The orders of CDNOW, "00001 19970101  1   11.77" a line, as CSV in a file of `path`, a template of mkstemp. */
static bool copy_cdnow(char path[])
{
	char from[512], id[16], day[16], amount[16];
	FILE *in = shared("cdnow/CDNOW_master.txt", from) ? fopen(from, "r") : NULL;
	FILE *out = in ? fdopen(mkstemp(path), "w") : NULL;

	if (!in || !out)
		return false;
	fprintf(out, "customer_id,order_date,amount\n");
	assert_int_equal(fscanf(in, "%*[^\n]"), 0);
	while (fscanf(in, "%15s %15s %*s %15s", id, day, amount) == 3)
		fprintf(out, "%s,%s,%s\n", id, day, amount);
	fclose(in);
	return fclose(out) == 0;
}

/* Of CDNOW's customers 51.1 percent have bought on one day only: such a tie is one score, or is parted into three. */
static void ties_of_cdnow_share_a_score_or_are_parted(void **state)
{
	struct rfm_options options = { .as_of = civil_to_days(1998, 6, 30) };
	char path[] = "/tmp/rfm_test.XXXXXX";

	(void)state;
	if (!copy_cdnow(path))
		skip();
	for (int parted = 0; parted < 2; parted++) {
		size_t scored[6] = { 0 }, once = 0;
		struct fixture f;

		options.scale.scoring = parted ? SCORING_NTILE : SCORING_QUANTILE;
		setup_days(&f, path, &options, 2, true);
		assert_int_equal(f.rfm.buyers, 23570);
		for (size_t i = 0; i < f.rfm.count; i++) {
			scored[f.rfm.customers[i].scores[FREQUENCY]]++;
			once += f.rfm.customers[i].frequency == 1;
		}
		assert_close((double)once / 23570, .511, .0005);
		assert_int_equal(scored[1], parted ? 4714 : once);
		assert_int_equal(scored[2], parted ? 4714 : 0);
		assert_int_equal(scored[5], parted ? 4714 : scored[5]);
		teardown(&f);
	}
	unlink(path);
}

static const double high[3];

static void every_cell_of_a_built_in_map_has_a_name(void **state)
{
	static const struct { const char *map; size_t count; } table[] = { { "11", 11 }, { "r", 8 }, { "shopify", 10 } };
	struct segments segments;
	struct arena arena;
	struct diag diag;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t cells = 0;

		assert_int_equal(segments_load(&segments, table[i].map, 5, &arena, &diag), 0);
		assert_int_equal(segments.count, table[i].count);
		for (uint8_t r = 1; r <= 5; r++)
			for (uint8_t f = 1; f <= 5; f++)
				for (uint8_t m = 1; m <= 5; m++)
					cells += segments_find(&segments, (uint8_t[]){ r, f, m }, high) < segments.count;
		assert_int_equal(cells, 125);
	}
	arena_release(&arena);
	diag_release(&diag);
}

static void cells_are_in_their_segments(void **state)
{
	static const struct { const char *map; uint8_t scores[3]; const char *name; } table[] = {
		{ "11", { 4, 4, 5 }, "Champions" }, { "11", { 1, 1, 3 }, "Cannot Lose" }, { "11", { 3, 3, 1 }, "About To Sleep" },
		{ "shopify", { 5, 5, 2 }, "Champions" }, { "shopify", { 5, 5, 1 }, "Active" }, { "shopify", { 5, 1, 1 }, "New" },
		{ "shopify", { 4, 1, 1 }, "Promising" }, { "shopify", { 4, 1, 2 }, "Active" }, { "shopify", { 4, 2, 5 }, "Loyal" },
		{ "shopify", { 3, 3, 3 }, "Needs Attention" }, { "shopify", { 3, 2, 3 }, "Needs Attention" },
		{ "shopify", { 3, 2, 2 }, "Almost Lost" }, { "shopify", { 2, 4, 5 }, "Previously Loyal" },
		{ "shopify", { 1, 4, 4 }, "At Risk" }, { "shopify", { 1, 2, 3 }, "At Risk" }, { "shopify", { 2, 2, 2 }, "Dormant" },
	};
	struct segments segments;
	struct arena arena;
	struct diag diag;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_int_equal(segments_load(&segments, table[i].map, 5, &arena, &diag), 0);
		assert_string_equal(arena_cstr(&arena, segments.items[segments_find(&segments, table[i].scores, high)].name[0]),
				    table[i].name);
	}
	arena_release(&arena);
	diag_release(&diag);
}

static void the_eight_segments_are_over_and_under_the_mean_scores(void **state)
{
	static const struct { uint8_t scores[3]; const char *name; } table[] = {
		{ { 4, 3, 3 }, "重要价值" }, { { 4, 2, 3 }, "重要发展" }, { { 3, 3, 3 }, "重要保持" }, { { 3, 2, 3 }, "重要挽留" },
		{ { 4, 3, 2 }, "一般价值" }, { { 4, 2, 2 }, "一般发展" }, { { 3, 3, 2 }, "一般保持" }, { { 3, 2, 2 }, "一般挽留" },
	};
	static const double cut[3] = { 3.5, 2.5, 3 };   /* at it is high */
	struct segments segments;
	struct arena arena;
	struct diag diag;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	assert_int_equal(segments_load(&segments, "8", 5, &arena, &diag), 0);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		unsigned number = segments_find(&segments, table[i].scores, cut);

		assert_string_equal(arena_cstr(&arena, segments.items[number].name[1]), table[i].name);
	}
	arena_release(&arena);
	diag_release(&diag);
}

static void tiers_go_by_share_quantile_or_amount(void **state)
{
	static const struct { struct value_options options; const char *tiers; } table[] = {
		{ { .tiers = TIERS_BY_SHARE, .a = 80, .b = 95 }, "BABBCC" },   /* equal ones share a tier */
		{ { .tiers = TIERS_BY_QUANTILE, .a = 16, .b = 33 }, "CACBCC" },
		{ { .tiers = TIERS_BY_QUANTILE, .a = 20, .b = 50 }, "BABACC" },
		{ { .tiers = TIERS_BY_AMOUNT, .a = 10, .b = 5 }, "BABACC" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct value_rank ranks[] = { { 5, 0 }, { 80, 1 }, { 5, 2 }, { 10, 3 }, { 0, 4 }, { -3, 5 } };
		struct value values[6] = { { 0 } };

		value_tiers(values, ranks, 6, &table[i].options);
		for (size_t j = 0; j < 6; j++)
			assert_int_equal(values[j].tier, table[i].tiers[j]);
		assert_close(values[1].cumulative, 80, 0);
		assert_close(values[0].cumulative, 100, 0);
		assert_close(values[2].cumulative, 100, 0);
		assert_close(values[5].cumulative, 97, 0);
	}
}

static void the_top_category_has_the_greatest_amount_then_most_lines_then_is_first(void **state)
{
	static const struct { struct line lines[5]; unsigned categories, top; } table[] = {
		{ { { .category = 2, .amount = 5 }, { .category = 1, .amount = 9 }, { .category = 2, .amount = 5 } }, 2, 2 },
		{ { { .category = 3, .amount = 5 }, { .category = 1, .amount = 10 }, { .category = 3, .amount = 5 } }, 2, 3 },
		{ { { .category = 7, .amount = 5 }, { .category = 4, .amount = 5 }, { .category = 9, .amount = 5 } }, 3, 7 },
		{ { { .category = 2, .amount = 9, .flags = LINE_VOID }, { .category = 1, .amount = 0 }, { 0 } }, 1, 1 },
		{ { { .category = 2, .amount = -9, .flags = LINE_RETURN }, { .category = 1, .amount = 3 }, { .category = 1, .amount = -4, .flags = LINE_RETURN } }, 1, 1 },
		{ { { .category = 2, .amount = -9, .flags = LINE_RETURN } }, 0, 0 },
		{ { { .amount = 5 } }, 0, 0 },
	};
	enum { MANY = 100000 };
	struct line *many = calloc(MANY, sizeof *many);
	struct account account;
	struct value value;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	account_init(&account);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_int_equal(value_make(&value, &account, table[i].lines, 5, 0, 0, &diag), 0);
		assert_int_equal(value.categories, table[i].categories);
		assert_int_equal(value.top_category, table[i].top);
	}
	for (size_t i = 0; i < MANY; i++)
		many[i] = (struct line){ .category = (uint16_t)(1 + i * 7919 % 50000), .channel = (uint8_t)(1 + i % 200), .amount = i == 5 };
	assert_int_equal(value_make(&value, &account, many, MANY, 0, 0, &diag), 0);
	assert_int_equal(value.categories, 50000);
	assert_int_equal(value.top_category, 1 + 5 * 7919 % 50000);
	assert_int_equal(value.top_channel, 6);
	free(many);
	account_release(&account);
	diag_release(&diag);
}

static void the_largest_day_is_of_all_its_purchases(void **state)
{
	struct order orders[] = {
		{ 10, true, 5, 0 }, { 10, true, 6, 0 }, { 10, false, -4, 0 }, { 12, true, 9, 0 }, { 13, false, 50, 0 }, { 14, true, 3, 0 },
		{ 400, true, 7, 2 },
	};
	struct keys keys;
	const struct account account = { .orders = orders, .count = sizeof orders / sizeof *orders, .keys = &keys };
	struct value value;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	keys_init(&keys);
	assert_int_equal(keys_add(&keys, SLICE("K1"), 0), 0);
	assert_int_equal(value_make(&value, &account, NULL, 0, 13, 10, &diag), 0);
	assert_int_equal(value.largest, 11);
	assert_int_equal(value.amount_before, 59);   /* of days 11 to 13 */
	assert_int_equal(value.amount_12m, 10);
	assert_int_equal(value.orders_12m, 2);
	assert_int_equal(value.profit_12m, 2);
	orders[1].amount = INT64_MAX;
	assert_int_equal(value_make(&value, &account, NULL, 0, 13, 10, &diag), -1);
	keys_release(&keys);
	diag_release(&diag);
}

static void a_one_off_is_one_order_that_is_most_and_large(void **state)
{
	static const struct value_options options = { .one_off_share = 80, .one_off_over = 70 };
	/* the largest days 1 10 50 60 90: their percentile 70 is 58 */
	struct value values[] = { { .largest = 50 }, { .largest = 60 }, { .largest = 90 }, { .largest = 10 }, { .largest = 1 } };
	struct value_rank ranks[] = { { 50, 0 }, { 75, 1 }, { 200, 2 }, { 10, 3 }, { 1, 4 } };

	(void)state;
	value_mark(values, ranks, 5, &options);
	assert_false(values[0].one_off);
	assert_true(values[1].one_off);    /* 60 of 75 are 80 percent */
	assert_false(values[2].one_off);   /* many orders */
	assert_false(values[3].one_off);   /* small */
	ranks[1].monetary = 76;
	value_mark(values, ranks, 5, &options);
	assert_false(values[1].one_off);
	ranks[2].monetary = -5;            /* and all of it came back */
	value_mark(values, ranks, 5, &options);
	assert_false(values[2].one_off);
	value_mark(values, NULL, 0, &options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_are_those_of_r),
		cmocka_unit_test(segments_are_those_of_r),
		cmocka_unit_test(ties_of_cdnow_share_a_score_or_are_parted),
		cmocka_unit_test(every_cell_of_a_built_in_map_has_a_name),
		cmocka_unit_test(cells_are_in_their_segments),
		cmocka_unit_test(the_eight_segments_are_over_and_under_the_mean_scores),
		cmocka_unit_test(tiers_go_by_share_quantile_or_amount),
		cmocka_unit_test(the_top_category_has_the_greatest_amount_then_most_lines_then_is_first),
		cmocka_unit_test(the_largest_day_is_of_all_its_purchases),
		cmocka_unit_test(a_one_off_is_one_order_that_is_most_and_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
