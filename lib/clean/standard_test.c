#include "base/test.h"

#include "base/arena.h"
#include "clean/standard.h"

static const enum rule all_rules[] = { RULE_TEXT, RULE_KEEP, RULE_ID, RULE_DATE, RULE_DATE_LIKE, RULE_AMOUNT, RULE_NUMBER, RULE_PHONE, RULE_EMAIL,
				       RULE_TAGS, RULE_USCC, RULE_ID_NUMBER };

static const struct {
	enum rule rule;
	const char *cell, *value;
	enum outcome outcome;
} values[] = {
	{ RULE_TEXT, "", "", OUTCOME_FINE },
	{ RULE_TEXT, "  某某（上海）  公司 ", "某某(上海) 公司", OUTCOME_FINE },
	{ RULE_TEXT, " Ｎ／Ａ ", "", OUTCOME_EMPTY },
	{ RULE_TEXT, "——", "", OUTCOME_EMPTY },
	{ RULE_TEXT, "\xE3\x80\x80", "", OUTCOME_EMPTY },
	{ RULE_TEXT, "无锡", "无锡", OUTCOME_FINE },
	{ RULE_KEEP, " two\n lines ", " two\n lines ", OUTCOME_FINE },
	{ RULE_KEEP, "暂无", "", OUTCOME_EMPTY },
	{ RULE_ID, "００7", "007", OUTCOME_FINE },
	{ RULE_ID, "4.4E+17", "4.4E+17", OUTCOME_DAMAGED },
	{ RULE_DATE, "2024年3月5日", "2024-03-05", OUTCOME_FINE },
	{ RULE_DATE, "0000-00-00 00:00:00", "", OUTCOME_ZERO_DATE },
	{ RULE_DATE, "0000-00-00x", "0000-00-00x", OUTCOME_BAD },
	{ RULE_NUMBER, "HK$1,200.50", "1200.5 HKD", OUTCOME_FINE },
	{ RULE_NUMBER, "￥1200", "1200", OUTCOME_FINE },
	{ RULE_DATE, "03/05/2024", "03/05/2024", OUTCOME_BAD },
	{ RULE_DATE, "soon", "soon", OUTCOME_BAD },
	{ RULE_DATE_LIKE, "soon", "soon", OUTCOME_UNKNOWN },
	{ RULE_DATE_LIKE, "2024.3.5", "2024-03-05", OUTCOME_FINE },
	{ RULE_AMOUNT, "￥1，234.50", "1234.5", OUTCOME_FINE },
	{ RULE_AMOUNT, "10万", "100000", OUTCOME_FINE },
	{ RULE_AMOUNT, "12,3x", "12,3x", OUTCOME_BAD },
	{ RULE_NUMBER, "４．５", "4.5", OUTCOME_FINE },
	{ RULE_NUMBER, "好", "好", OUTCOME_UNKNOWN },
	{ RULE_PHONE, "138 1234 5678；010-62345678", "13812345678;010-62345678", OUTCOME_FINE },
	{ RULE_PHONE, "13812345678,13812345678", "13812345678", OUTCOME_FINE },
	{ RULE_PHONE, "+86 139 1234 5678/13712345678", "13912345678;13712345678", OUTCOME_FINE },
	{ RULE_PHONE, "138 1234 5678 139 1234 5678", "13812345678;13912345678", OUTCOME_FINE },
	{ RULE_PHONE, "+1 415 555 0142 +44 20 7946 0958", "+14155550142;+442079460958", OUTCOME_FINE },
	{ RULE_PHONE, "010 6234 5678 13812345678", "010-62345678;13812345678", OUTCOME_FINE },
	{ RULE_PHONE, "见备注", "见备注", OUTCOME_UNKNOWN },
	{ RULE_PHONE, "13812345678，见备注", "13812345678;见备注", OUTCOME_UNKNOWN },
	{ RULE_PHONE, "见备注，谢谢；138 1234 5678", "见备注,谢谢;13812345678", OUTCOME_UNKNOWN },
	{ RULE_PHONE, ";", "", OUTCOME_FINE },
	{ RULE_EMAIL, "Ann <A@b.com>, bob", "a@b.com;bob", OUTCOME_UNKNOWN },
	{ RULE_PHONE, "1.38E+10", "1.38E+10", OUTCOME_DAMAGED },
	{ RULE_EMAIL, "A@B.com，c@d.org a@b.com", "a@b.com;c@d.org", OUTCOME_FINE },
	{ RULE_EMAIL, "no mail", "no mail", OUTCOME_UNKNOWN },
	{ RULE_TAGS, "VIP、老客户|VIP; a", "VIP;老客户;a", OUTCOME_FINE },
	{ RULE_TAGS, ";;", "", OUTCOME_FINE },
	{ RULE_USCC, "91330100 79965505 8c", "91330100 79965505 8c", OUTCOME_UNKNOWN },
	{ RULE_USCC, "91330100 799655058b", "91330100799655058B", OUTCOME_FINE },
	{ RULE_ID_NUMBER, "11010519491231002x", "11010519491231002X", OUTCOME_FINE },
	{ RULE_ID_NUMBER, "110105194912310021", "110105194912310021", OUTCOME_UNKNOWN },
	{ RULE_ID_NUMBER, "1.10105E+17", "1.10105E+17", OUTCOME_DAMAGED },
};

static void cells_become_standard(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct standard got = standard_value(values[i].rule, slice_of(values[i].cell), 1, DATE_ORDER_UNKNOWN, &arena);

		if (!slice_equal(got.value, slice_of(values[i].value)) || got.outcome != values[i].outcome)
			fail_msg("%s of '%s' is '%.*s' (%d)", rule_name(values[i].rule), values[i].cell, SLICE_ARG(got.value),
				 got.outcome);
		assert_true((got.outcome == OUTCOME_BAD) == (got.code != NULL));
	}
	arena_release(&arena);
}

static void the_unit_of_the_header_multiplies(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_slice(standard_value(RULE_AMOUNT, SLICE("1.5"), 10000, DATE_ORDER_UNKNOWN, &arena).value, "15000");
	assert_slice(standard_value(RULE_AMOUNT, SLICE("10万"), 10000, DATE_ORDER_UNKNOWN, &arena).value, "100000");
	assert_slice(standard_value(RULE_AMOUNT, SLICE("500元"), 10000, DATE_ORDER_UNKNOWN, &arena).value, "500");
	arena_release(&arena);
}

static void dates_are_read_in_the_order_of_their_column(void **state)
{
	struct standard bad;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_slice(standard_value(RULE_DATE, SLICE("03/05/2024"), 1, DATE_ORDER_DMY, &arena).value, "2024-05-03");
	assert_slice(standard_value(RULE_DATE, SLICE("03/05/2024"), 1, DATE_ORDER_MDY, &arena).value, "2024-03-05");
	bad = standard_value(RULE_DATE, SLICE("25/12/2024"), 1, DATE_ORDER_MDY, &arena);
	assert_string_equal(bad.code, "bad-date");
	assert_slice(bad.reason, "'25/12/2024' is not a date (read month first)");
	bad = standard_value(RULE_DATE, SLICE("03/05/2024"), 1, DATE_ORDER_UNKNOWN, &arena);
	assert_string_equal(bad.code, "ambiguous-date");
	arena_release(&arena);
}

/* Every rule over every cell, twice: the second time nothing changes. */
static void standardising_twice_changes_nothing(void **state)
{
	static const char *const cells[] = {
		"", " ", "-", "N/A", "无", "2024-03-05", "2024/3/5 10:20", "5-Mar-2024", "20240305", "45356", "1709600000", "1709600000123",
		"2024-03-05T10:20:30+08:00", "12/25/2024", "下午", "1,234.50", "(1,234)", "-12", "1.2亿", "壹佰贰拾叁元整", "1e5", "99999999999",
		"13812345678", "+86 138-1234-5678", "0086 13812345678", "021-62345678转801", "(021) 6234 5678", "400-123-4567", "+44 20 7946 0958",
		"138****5678", "13812345678/13912345678", "13812345678;13912345678", "62345678", "tel: 13812345678", "1.38E+10", "12345",
		"a@b.com", "A@B.COM; c@d.org", "<a@b.com>", "mailto:a@b.com", "a***@b.com", "a@b", "VIP,old;x", "；；a", "91330100799655058B",
		"91330100799655058b ", "11010519491231002x", "110105491231002", "４．４Ｅ＋１７", "ＡＢＣ　（Ｄ）", "\xEF\xBB\xBFx", "\xff\xfe", "a\tb\nc",
		"\"quoted\"", "=1+1", "null", "NULL", "#N/A", "Smith, John", "王 小明", "100%",
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		for (size_t r = 0; r < sizeof all_rules / sizeof *all_rules; r++) {
			struct standard once = standard_value(all_rules[r], slice_of(cells[i]), 1, DATE_ORDER_MDY, &arena), twice;

			if (once.outcome == OUTCOME_BAD)
				continue;
			twice = standard_value(all_rules[r], once.value, 1, DATE_ORDER_MDY, &arena);
			if (!slice_equal(once.value, twice.value))
				fail_msg("%s of '%s' is '%.*s', then '%.*s'", rule_name(all_rules[r]), cells[i], SLICE_ARG(once.value),
					 SLICE_ARG(twice.value));
		}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_become_standard),
		cmocka_unit_test(the_unit_of_the_header_multiplies),
		cmocka_unit_test(dates_are_read_in_the_order_of_their_column),
		cmocka_unit_test(standardising_twice_changes_nothing),
	};

	return cmocka_run_group_tests_name("standard", tests, NULL, NULL);
}
