#include "synth/entity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/civil.h"
#include "synth/record.h"

enum { CUSTOMERS = 40000 };

static struct world world;

static int load(void **state)
{
	(void)state;
	world = (struct world){ .seed = 7, .customers = CUSTOMERS, .as_of = civil_to_days(2026, 6, 30), .buyers = .8 };
	world.start = world.as_of - 1091;
	rates_defaults(world.rates, 1);
	words_load(&world.words);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	words_release(&world.words);
	return 0;
}

static void the_same_number_is_the_same_customer(void **state)
{
	struct entity a, b;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		memset(&a, 1, sizeof a);
		memset(&b, 2, sizeof b);
		entity_draw(&world, i, &a);
		entity_draw(&world, i, &b);
		assert_int_equal(a.mobile, b.mobile);
		assert_int_equal(a.contact.family, b.contact.family);
		assert_int_equal(a.joined, b.joined);
		assert_int_equal(a.home.number, b.home.number);
	}
}

static void kinds_have_their_shares(void **state)
{
	static const double shares[ENTITY_KINDS] = { .42, .26, .18, .14 };
	size_t seen[ENTITY_KINDS] = { 0 };
	struct entity e;

	(void)state;
	for (uint32_t i = 0; i < CUSTOMERS; i++) {
		entity_draw(&world, i, &e);
		seen[e.kind]++;
	}
	for (int k = 0; k < ENTITY_KINDS; k++)
		assert_true(fabs((double)seen[k] / CUSTOMERS - shares[k]) < .015);
}

/* Both checks of GB 32100-2015, computed anew. */
static bool is_uscc(const char code[18])
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static const int w[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 },
			 v[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, inner = 0;

	for (int i = 0; i < 17; i++)
		sum += w[i] * (int)(strchr(letters, code[i]) - letters);
	for (int i = 0; i < 8; i++)
		inner += v[i] * (code[8 + i] <= '9' ? code[8 + i] - '0' : code[8 + i] - 'A' + 10);
	inner = (11 - inner % 11) % 11;
	return code[17] == letters[(31 - sum % 31) % 31] && code[16] == (inner == 10 ? 'X' : '0' + inner);
}

static void code_check_accepts_real_ones(void **state)
{
	(void)state;
	assert_true(is_uscc("914403001922038216"));
	assert_true(is_uscc("91330100799655058B"));
	assert_true(is_uscc("9144030071526726XG"));
	assert_false(is_uscc("914403001922038226"));
}

static void codes_and_identity_numbers_check(void **state)
{
	static const int w[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1 };
	struct entity e;
	char id[18];

	(void)state;
	for (uint32_t i = 0; i < 3000; i++) {
		int sum = 0;

		entity_draw(&world, i, &e);
		if (e.kind == CHINESE_FIRM)
			assert_true(is_uscc(e.uscc));
		if (e.kind != CHINESE_PERSON)
			continue;
		entity_id_number(&world, &e, id);
		for (int k = 0; k < 18; k++)
			sum += w[k] * (id[k] == 'X' ? 10 : id[k] - '0');
		assert_int_equal(sum % 11, 1);
	}
}

static void relatives_appear_at_their_rates(void **state)
{
	size_t persons = 0, households = 0, firms = 0, branches = 0, desks = 0, companies = 0;
	struct entity e, before;

	(void)state;
	for (uint32_t i = 1; i < CUSTOMERS; i += 2) {
		entity_draw(&world, i, &e);
		entity_draw(&world, i - 1, &before);
		companies += entity_is_firm(e.kind);
		desks += e.desk;
		if (!entity_is_firm(e.kind) && e.kind == before.kind) {
			persons++;
			households += e.home.room == before.home.room && e.contact.family == before.contact.family &&
				      e.home.number == before.home.number;
		}
		if (e.kind == CHINESE_FIRM && e.kind == before.kind && e.home.city != before.home.city) {
			firms++;
			branches += e.firm.is_branch;
		}
	}
	assert_true(fabs((double)households / (double)persons - world.rates[ERROR_HOUSEHOLD]) < .02);
	assert_true(fabs((double)branches / (double)firms - world.rates[ERROR_BRANCH]) < .02);
	assert_true((double)desks / (double)companies > .01 && (double)desks / (double)companies < world.rates[ERROR_SHARED_PHONE]);
}

static const struct place_in_file anywhere = { .source = SOURCE_ERP, .created = 20000 };

static void errors_appear_at_their_rates(void **state)
{
	static const enum error_kind of_every_record[] = { ERROR_SWAPPED, ERROR_OLD_ADDRESS, ERROR_OTHER_EMAIL,
							   ERROR_BARE,	  ERROR_TITLE,	     ERROR_PHONE_FORMAT };
	uint64_t counts[ERROR_COUNT] = { 0 };
	struct entity e;
	struct card card;

	(void)state;
	for (uint32_t i = 0; i < CUSTOMERS; i++) {
		entity_draw(&world, i, &e);
		record_draw(&world, &e, &anywhere, counts, &card);
	}
	for (size_t k = 0; k < sizeof of_every_record / sizeof of_every_record[0]; k++) {
		double rate = world.rates[of_every_record[k]];

		assert_true(fabs((double)counts[of_every_record[k]] / CUSTOMERS - rate) < 4 * sqrt(rate / CUSTOMERS));
	}
	assert_int_equal(counts[ERROR_PINYIN], 0); /* of salesforce.csv alone */
}

/* With all rates 0 a customer is told the same in every record. */
static void clean_records_agree(void **state)
{
	struct world clean = world;
	uint64_t counts[ERROR_COUNT] = { 0 };
	struct place_in_file other = { .source = SOURCE_ERP, .created = 20000, .nth = 1 };
	struct entity e;
	struct card a, b;

	(void)state;
	memset(clean.rates, 0, sizeof clean.rates);
	for (uint32_t i = 0; i < 1000; i++) {
		entity_draw(&clean, i, &e);
		record_draw(&clean, &e, &anywhere, counts, &a);
		record_draw(&clean, &e, &other, counts, &b);
		assert_true(slice_equal(a.cell[FIELD_COMPANY], b.cell[FIELD_COMPANY]));
		assert_true(slice_equal(a.cell[FIELD_EMAIL], b.cell[FIELD_EMAIL]) && a.cell[FIELD_EMAIL].len > 0);
		assert_true(slice_equal(a.cell[FIELD_CITY], b.cell[FIELD_CITY]));
	}
	for (int k = 0; k < ERROR_COUNT; k++)
		assert_int_equal(counts[k], 0);
}

static bool is_unmasked(struct slice phone)
{
	return phone.len >= 7 && slice_find_byte(phone, '*') == phone.len;
}

/* All but the bare ones keep a phone, a mail address or an address. */
static void records_keep_something_to_go_by(void **state)
{
	static const double bare_rates[] = { 0, 1 };
	uint64_t counts[ERROR_COUNT] = { 0 };
	struct world other = world;
	size_t without[2] = { 0 };
	struct entity e;
	struct card card;

	(void)state;
	for (uint32_t i = 0; i < CUSTOMERS; i++) {
		int k = i % 2;

		other.rates[ERROR_BARE] = bare_rates[k];
		entity_draw(&other, i, &e);
		record_draw(&other, &e, &anywhere, counts, &card);
		assert_true(card.cell[FIELD_NAME].len || card.cell[FIELD_COMPANY].len);
		without[k] += !is_unmasked(card.cell[FIELD_PHONE]) && card.cell[FIELD_EMAIL].len < 7 &&
			      card.cell[FIELD_ADDRESS].len < 7;
	}
	assert_int_equal(without[0], 0);
	assert_true(without[1] > CUSTOMERS / 2 / 10);
}

static void rates_are_parsed_strictly(void **state)
{
	static const char *const bad[] = { "typo", "typo=", "typo=1.1", "typo=-1", "typo=x", "typos=.1", "=.1", "" };
	double rates[ERROR_COUNT] = { 0 };
	struct diag diag;

	(void)state;
	diag_init(&diag);
	assert_int_equal(rates_set(rates, "look-alike=0.25", &diag), 0);
	assert_true(rates[ERROR_LOOK_ALIKE] == .25);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		diag.status = STATUS_OK;
		assert_int_equal(rates_set(rates, bad[i], &diag), -1);
		assert_int_equal(diag.status, STATUS_USAGE);
	}
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_number_is_the_same_customer),
		cmocka_unit_test(kinds_have_their_shares),
		cmocka_unit_test(code_check_accepts_real_ones),
		cmocka_unit_test(codes_and_identity_numbers_check),
		cmocka_unit_test(relatives_appear_at_their_rates),
		cmocka_unit_test(errors_appear_at_their_rates),
		cmocka_unit_test(clean_records_agree),
		cmocka_unit_test(records_keep_something_to_go_by),
		cmocka_unit_test(rates_are_parsed_strictly),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
