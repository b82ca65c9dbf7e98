#include <math.h>

#include "base/civil.h"
#include "base/test.h"
#include "score/alarms.h"
#include "score/notes.h"
#include "score/warning.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

enum { TODAY = 1000 };

static const struct season no_season = { 0 };
static const struct rhythm rhythm = { .shape = 2, .scale = 60, .fitted = true };
static const struct signal_options options = { .no_contact = 180, .contract = 60 };

static struct signal_scene scene_of(const struct signal_facts *facts)
{
	return (struct signal_scene){
		.window = 90, .has_amounts = true, .complaint_rate = .001, .season = &no_season, .rhythm = &rhythm, .gaps = &rhythm, .options = &options,
		.facts = facts,
	};
}

/* Purchases every ten days for 400 days, then none for 100: 9 of 39 were to be expected. */
static void purchases_that_stop_are_seen(void **state)
{
	struct signal_scene scene = scene_of(NULL);
	struct signal signals[REASONS];
	int32_t days[40];
	int64_t amounts[40];
	struct view view = { .day = TODAY, .days = days, .amounts = amounts, .count = 40 };

	(void)state;
	for (int i = 0; i < 40; i++) {
		days[i] = TODAY - 490 + 10 * i;
		amounts[i] = i < 38 ? 1000000 + i * 100 : 100000;
	}
	signals_find(&scene, &view, signals);
	assert_int_equal(signals[REASON_FREQUENCY_DROP].kind, SIGNAL_TEST);
	assert_close(signals[REASON_FREQUENCY_DROP].baseline, 39 * 90. / 490, 1e-12);
	assert_close(signals[REASON_FREQUENCY_DROP].current, 0, 0);
	assert_close(signals[REASON_FREQUENCY_DROP].p, pow(1 - 90. / 490, 39), 1e-12);
	assert_int_equal(signals[REASON_FREQUENCY_DROP].since, TODAY - 89);
	assert_close(signal_strength(&signals[REASON_FREQUENCY_DROP]), 1, 0);
	assert_close(signals[REASON_OVERDUE].current, 100, 0);
	assert_close(signals[REASON_OVERDUE].baseline, (60 + 390.) / (2 + 39), 1e-12);
	assert_close(signals[REASON_OVERDUE].p, 2 * pow(450. / 550, 41), 1e-12);
	assert_close(signals[REASON_AMOUNT_DROP].p, 2. / (40 * 39), 1e-15);
	assert_close(signals[REASON_AMOUNT_DROP].current, 10, 1e-12);
	assert_int_equal(signals[REASON_COMPLAINTS_UP].kind, SIGNAL_TEST);
	assert_close(signals[REASON_COMPLAINTS_UP].p, 1, 0);
	assert_int_equal(signals[REASON_SERVICE_DOWN].kind, SIGNAL_NONE);
	assert_int_equal(signals[REASON_CATEGORY_NARROWED].kind, SIGNAL_NONE);
}

static void who_buys_as_always_gives_none(void **state)
{
	struct signal_scene scene = scene_of(NULL);
	struct signal signals[REASONS];
	int32_t days[40];
	int64_t amounts[40];
	uint64_t categories[40];
	struct view view = { .day = TODAY, .days = days, .amounts = amounts, .categories = categories, .count = 40 };

	(void)state;
	for (int i = 0; i < 40; i++) {
		days[i] = TODAY - 5 - 10 * (39 - i);
		amounts[i] = 1000000 + i * 7919 % 1000;
		categories[i] = UINT64_C(1) << i % 4;
	}
	signals_find(&scene, &view, signals);
	for (size_t i = 0; i < REASONS; i++)
		assert_false(signal_is_alarm(&signals[i], .05));
	for (int i = 32; i < 40; i++)
		categories[i] = 1;
	signals_find(&scene, &view, signals);
	assert_int_equal(signals[REASON_CATEGORY_NARROWED].current, 2);   /* the ninth but last is still of another one */
	for (int i = 30; i < 40; i++)
		categories[i] = 1;
	signals_find(&scene, &view, signals);
	assert_true(signal_is_alarm(&signals[REASON_CATEGORY_NARROWED], .01));
	assert_int_equal(signals[REASON_CATEGORY_NARROWED].current, 1);
}

static unsigned facts_of(const struct view *view, const struct signal_facts *facts)
{
	struct signal_scene scene = scene_of(facts);
	struct signal signals[REASONS];
	unsigned bits = 0;

	signals_find(&scene, view, signals);
	for (size_t i = 0; i < REASONS; i++)
		bits |= (unsigned)(signals[i].kind == SIGNAL_FACT) << i;
	return bits;
}

static void happenings_are_facts_while_they_last(void **state)
{
	static const int32_t bought[] = { TODAY - 100 };
	static const struct happening table[][4] = {
		{ { TODAY - 364, HAPPENING_CONTACT_LEFT } }, { { TODAY - 365, HAPPENING_CONTACT_LEFT } },
		{ { TODAY - 9, HAPPENING_HESITATION }, { TODAY - 8, HAPPENING_HESITATION }, { TODAY - 7, HAPPENING_HESITATION } },
		{ { TODAY - 9, HAPPENING_HESITATION }, { TODAY - 8, HAPPENING_HESITATION } },
		{ { TODAY - 9, HAPPENING_REFUSAL } }, { { TODAY - 100, HAPPENING_REFUSAL } },
		{ { TODAY - 9, HAPPENING_UNFOLLOWED } },
		{ { TODAY - 400, HAPPENING_SERVICE }, { TODAY - 300, HAPPENING_SERVICE }, { TODAY - 181, HAPPENING_SERVICE } },
		{ { TODAY - 182, HAPPENING_SERVICE }, { TODAY - 90, HAPPENING_SERVICE }, { TODAY - 20, HAPPENING_SERVICE },
		  { TODAY - 10, HAPPENING_SERVICE } },
	};
	static const struct { size_t count; bool buys; unsigned expected; } cases[] = {
		{ 1, true, 1u << REASON_CONTACT_LEFT }, { 1, true, 0 }, { 3, true, 1u << REASON_NEGATIVE_NOTES }, { 2, true, 0 },
		{ 1, true, 1u << REASON_NEGATIVE_NOTES }, { 1, true, 0 }, { 1, true, 1u << REASON_UNFOLLOWED },
		{ 3, false, 1u << REASON_NO_CONTACT }, { 4, false, 1u << REASON_NO_PROGRESS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct view view = { .day = TODAY, .days = bought, .amounts = (const int64_t[]){ 1 }, .count = cases[i].buys,
				     .happenings = table[i], .happening_count = cases[i].count };

		assert_int_equal(facts_of(&view, NULL), cases[i].expected);
	}
}

static void facts_of_today_are_those_of_the_stream(void **state)
{
	static const struct { struct signal_facts facts; unsigned expected; } table[] = {
		{ { TODAY + 60, false, { 0 } }, 1u << REASON_CONTRACT_END }, { { TODAY + 61, false, { 0 } }, 0 },
		{ { TODAY - 30, false, { 0 } }, 1u << REASON_CONTRACT_END }, { { TODAY - 31, false, { 0 } }, 0 },
		{ { CIVIL_NONE, true, { 0 } }, 1u << REASON_UNFOLLOWED }, { { CIVIL_NONE, false, { "x", 1 } }, 1u << REASON_OWN_RULE },
	};
	struct view view = { .day = TODAY };

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(facts_of(&view, &table[i].facts), table[i].expected);
}

/* Complaints: one in 1000 days of a customer; he has had none in 700 days before, then three: nbinom.sf(2, 1, 1700 / 1730). */
static void complaints_are_counted_against_a_prior(void **state)
{
	static const struct happening three[] = { { TODAY - 729, HAPPENING_SERVICE }, { TODAY - 20, HAPPENING_COMPLAINT },
						  { TODAY - 10, HAPPENING_COMPLAINT }, { TODAY, HAPPENING_COMPLAINT } };
	struct signal_scene scene = scene_of(NULL);
	struct view view = { .day = TODAY, .happenings = three, .happening_count = 4 };
	struct signal signals[REASONS];

	(void)state;
	signals_find(&scene, &view, signals);
	assert_close(signals[REASON_COMPLAINTS_UP].p, pow(30. / 1730, 3), 1e-15);
	assert_close(signals[REASON_COMPLAINTS_UP].baseline, 30. / 1700, 1e-15);
	assert_int_equal(signals[REASON_COMPLAINTS_UP].since, TODAY - 20);
}

/* Two thousand who buy in December only: that is when purchases are to be expected. */
static void the_season_is_learned_from_two_years(void **state)
{
	int32_t first = civil_to_days(2020, 1, 1), day = civil_to_days(2023, 12, 31);
	struct journal journal;
	struct season season;
	struct diag diag;
	struct order orders[5];
	struct account account = { .orders = orders, .count = 5 };

	(void)state;
	journal_init(&journal, 2000, &(struct journal_options){ 0 });
	for (uint32_t i = 0; i < 2000; i++) {
		orders[0] = (struct order){ .day = first, .is_purchase = true };
		for (int y = 0; y < 4; y++)
			orders[y + 1] = (struct order){ .day = civil_to_days(2020 + y, 12, 1 + (int)i % 31), .is_purchase = true };
		journal_note(&journal, i, &account, NULL, 0);
	}
	diag_init(&diag);
	assert_int_equal(journal_seal(&journal, 2, &diag), 0);
	diag_release(&diag);
	season_fit(&season, &journal, day);
	assert_true(season.days > 0);
	assert_true(season_weight(&season, day - 31, day) > 10 * season_weight(&season, day - 62, day - 31));
	season_release(&season);
	season_fit(&season, &journal, civil_to_days(2021, 6, 30));
	assert_int_equal(season.days, 0);
	assert_close(season_weight(&season, 10, 30), 20, 0);
	season_release(&season);
	journal_release(&journal);
}

/* Benjamini and Hochberg's own example (1995), by scipy.stats.false_discovery_control: four at .05. */
static void alarms_are_held(void **state)
{
	static const double p[] = { .0298, .3240, .0001, .0459, .7590, .0004, .6528, .0278, .4262, .0019, .0344, .5719, 1, .0095, .0201 };
	static const struct { struct alarms alarms; double share, expected; } table[] = {
		{ { ALARMS_FDR, .05 }, 1, .0095 }, { { ALARMS_TOP, 2 }, 1, .0004 }, { { ALARMS_TOP, 100 }, 1, .0459 }, { { ALARMS_RATE, .01 }, 1, .01 },
		{ { ALARMS_TOP, 6 }, .5, .0019 }, { { ALARMS_FDR, .0001 }, 1, -1 },
	};
	double equal[] = { .01, .01, .01, .2 };

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		double copy[COUNT(p)];

		memcpy(copy, p, sizeof p);
		assert_close(alarms_limit(&table[i].alarms, copy, COUNT(p), table[i].share), table[i].expected, 0);
	}
	assert_true(alarms_limit(&(struct alarms){ ALARMS_TOP, 2 }, equal, 4, 1) < 0);   /* all three or none */
	assert_close(alarms_limit(&(struct alarms){ ALARMS_TOP, 3 }, equal, 4, 1), .01, 0);
}

static void alarms_are_written_in_words(void **state)
{
	static const struct { const char *text; bool good; enum alarms_how how; double value; } table[] = {
		{ "rate", true, ALARMS_RATE, .05 }, { "rate=0.01", true, ALARMS_RATE, .01 }, { "top=7", true, ALARMS_TOP, 7 }, { "fdr", true, ALARMS_FDR, .1 },
		{ "fdr=0.2", true, ALARMS_FDR, .2 }, { "top", false, 0, 0 }, { "top=1.5", false, 0, 0 }, { "rate=0.3", false, 0, 0 }, { "rate=x", false, 0, 0 },
		{ "fdr=0", false, 0, 0 }, { "", false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct alarms alarms;
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(alarms_parse(&alarms, table[i].text, &diag), table[i].good ? 0 : -1);
		assert_true(!table[i].good || (alarms.how == table[i].how && alarms.value == table[i].value));
		diag_release(&diag);
	}
}

static void notes_are_read_in_both_languages(void **state)
{
	static const struct { const char *note; enum note_mood mood; } table[] = {
		{ "客户说再考虑一下", NOTE_HESITATION }, { "报价太贵，要对比别家", NOTE_HESITATION }, { "We will Think It Over", NOTE_HESITATION },
		{ "no budget this year", NOTE_HESITATION }, { "今年不再续约，已换供应商", NOTE_REFUSAL }, { "They cancelled the contract", NOTE_REFUSAL },
		{ "please don't call me again", NOTE_REFUSAL }, { "don't call before nine", NOTE_NEUTRAL }, { "再说明一下用法", NOTE_NEUTRAL },
		{ "不再使用旧地址", NOTE_NEUTRAL }, { "asked for a catalogue", NOTE_NEUTRAL }, { "客户很满意，计划追加订单", NOTE_NEUTRAL }, { "", NOTE_NEUTRAL },
		{ "\xff\xfe", NOTE_NEUTRAL }, { "budget approved, contract renewed", NOTE_NEUTRAL }, { "mañana", NOTE_HESITATION },
	};
	static const char *const own[] = { "mañana" }, *const wrong[] = { "(" };
	struct diag diag;
	struct notes *notes;

	(void)state;
	diag_init(&diag);
	notes = notes_new(own, 1, NULL, 0, 2, &diag);
	assert_non_null(notes);
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(notes_judge(notes, i % 2, slice_of(table[i].note)), table[i].mood);
	notes_free(notes);
	assert_null(notes_new(NULL, 0, wrong, 1, 1, &diag));
	assert_int_equal(diag.status, STATUS_USAGE);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(purchases_that_stop_are_seen),
		cmocka_unit_test(who_buys_as_always_gives_none),
		cmocka_unit_test(happenings_are_facts_while_they_last),
		cmocka_unit_test(facts_of_today_are_those_of_the_stream),
		cmocka_unit_test(complaints_are_counted_against_a_prior),
		cmocka_unit_test(the_season_is_learned_from_two_years),
		cmocka_unit_test(alarms_are_held),
		cmocka_unit_test(alarms_are_written_in_words),
		cmocka_unit_test(notes_are_read_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
