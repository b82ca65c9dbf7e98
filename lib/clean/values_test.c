#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "clean/date.h"
#include "clean/email.h"
#include "clean/ids.h"
#include "clean/money.h"
#include "clean/phone.h"
#include "clean/text.h"

static void date_reads_the_forms_people_write(void **state)
{
	static const struct { const char *text; enum date_order order; const char *expected; } cases[] = {
		{ "2024-03-05", 0, "2024-03-05" }, { "2024-3-5", 0, "2024-03-05" }, { "2024/3/5", 0, "2024-03-05" },
		{ "20240305", 0, "2024-03-05" }, { "2024.3.5", 0, "2024-03-05" }, { "2024年3月5日", 0, "2024-03-05" },
		{ "2024 年 3 月 5 日", 0, "2024-03-05" }, { "24年3月5日", 0, "2024-03-05" }, { "5-Mar-2024", 0, "2024-03-05" },
		{ "5 March 2024", 0, "2024-03-05" }, { "Mar 5, 2024", 0, "2024-03-05" }, { "March 5 2024", 0, "2024-03-05" },
		{ "25/03/2024", 0, "2024-03-25" }, { "03/25/2024", 0, "2024-03-25" }, { "03/05/2024", 0, "ambiguous" },
		{ "03/05/2024", DATE_ORDER_DMY, "2024-05-03" }, { "03/05/2024", DATE_ORDER_MDY, "2024-03-05" },
		{ "03/03/2024", 0, "2024-03-03" }, { "05.03.2024", 0, "2024-03-05" }, { "25/03/2024", DATE_ORDER_MDY, "bad" },
		{ "3/5/24", DATE_ORDER_MDY, "2024-03-05" }, { "3/5/99", DATE_ORDER_MDY, "1999-03-05" },
		{ "24/3/5", 0, "2024-03-05" }, { "24/3/5", DATE_ORDER_DMY, "bad" }, { "24/03/15", 0, "ambiguous" }, { "15.03.24", 0, "ambiguous" },
		{ "24/03/15", DATE_ORDER_YMD, "2024-03-15" }, { "24-03-15 08:30", DATE_ORDER_YMD, "2024-03-15T08:30:00" }, { "99/12/31", 0, "1999-12-31" },
		{ "24/03/15", DATE_ORDER_DMY, "2015-03-24" }, { "31/12/99", 0, "1999-12-31" }, { "03/15/24", 0, "2024-03-15" }, { "3/3/24", 0, "2024-03-03" },
		{ "03/15/2024", DATE_ORDER_YMD, "2024-03-15" }, { "24.3.5", 0, "2024-03-05" }, { "24/13/05", 0, "bad" }, { "5/3/4", 0, "bad" },
		{ "45356", 0, "2024-03-05" }, { "45356.5", 0, "2024-03-05T12:00:00" }, { "1709596800", 0, "2024-03-05T00:00:00" },
		{ "1709596800000", 0, "2024-03-05T00:00:00" }, { "2024-03-05 14:30", 0, "2024-03-05T14:30:00" },
		{ "2024-03-05T14:30:15.123Z", 0, "2024-03-05T14:30:15" }, { "2024-03-05T14:30:15+08:00", 0, "2024-03-05T06:30:15" },
		{ "2024-03-05 02:30:15.000+0800", 0, "2024-03-04T18:30:15" }, { "2024-03-05T14:30:15-0530", 0, "2024-03-05T20:00:15" }, { "2024-03-05T14:30+99:00", 0, "bad" }, { "2024/3/5 下午 2:30", 0, "2024-03-05T14:30:00" },
		{ "2024年3月5日 14时30分", 0, "2024-03-05T14:30:00" }, { "3/5/2024 2:30 PM", DATE_ORDER_MDY, "2024-03-05T14:30:00" },
		{ "20240305143015", 0, "2024-03-05T14:30:15" }, { "2024030514", 0, "bad" }, { "2024030599", 0, "2034-02-20T06:43:19" },
		{ "2024-02-30", 0, "bad" }, { "2023-02-29", 0, "bad" }, { "2024年3月", 0, "bad" }, { "", 0, "bad" }, { "x", 0, "bad" },
		{ "2024-13-01", 0, "bad" }, { "2024-03-05x", 0, "bad" }, { "2024-03-05 25:00", 0, "bad" }, { "60", 0, "bad" },
		{ "13812345678", 0, "bad" }, { "2024-3", 0, "bad" }, { "5-Mar-24", 0, "2024-03-05" }, { "05/Mar/2024", 0, "2024-03-05" }, { "61", 0, "bad" }, { "99999.9e99", 0, "bad" }, { "45356.", 0, "bad" }, { "45356.99999999", 0, "2024-03-05T23:59:59" }, { "2024年03月05日", 0, "2024-03-05" },
		{ "1.7096e+12", 0, "bad" }, { "2024/02/29", 0, "2024-02-29" }, { "29/02/2023", 0, "bad" }, { "00/05/2024", DATE_ORDER_DMY, "bad" }, { "2024-03-05 24:00:00", 0, "2024-03-05T23:59:59" }, { "99999999999999999999", 0, "bad" }, { "0000-00-00", 0, "bad" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[DATE_TEXT + 1] = "bad";
		struct date date;
		enum date_result result = date_parse(slice_of(cases[i].text), cases[i].order, &date);

		if (result == DATE_OK)
			out[date_print(date, out)] = '\0';
		else if (result == DATE_AMBIGUOUS)
			strcpy(out, "ambiguous");
		if (strcmp(out, cases[i].expected) != 0)
			fail_msg("%s: got %s, not %s", cases[i].text, out, cases[i].expected);
	}
}

static void moments_are_dated_by_the_local_clock(void **state)
{
	static const struct { const char *text, *expected; } cases[] = {
		{ "1709654400", "2024-03-06T00:00:00" }, { "1709654400000", "2024-03-06T00:00:00" },
		{ "2024-03-05T20:00:00Z", "2024-03-06T04:00:00" }, { "2024-03-05T23:59:59+08:00", "2024-03-05T23:59:59" },
		{ "2024-03-05T23:59:59", "2024-03-05T23:59:59" }, { "2024-03-05", "2024-03-05" },
	};

	(void)state;
	setenv("TZ", "CST-8", 1);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[DATE_TEXT + 1] = "bad";
		struct date date;

		if (date_parse(slice_of(cases[i].text), DATE_ORDER_UNKNOWN, &date) == DATE_OK)
			out[date_print(date, out)] = '\0';
		assert_string_equal(out, cases[i].expected);
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void date_order_is_decided_by_values_over_twelve(void **state)
{
	struct date_evidence evidence = { 0 };

	(void)state;
	date_observe(&evidence, SLICE("03/05/2024"));
	assert_int_equal(date_decide(&evidence), DATE_ORDER_UNKNOWN);
	date_observe(&evidence, SLICE("25/05/2024"));
	assert_int_equal(date_decide(&evidence), DATE_ORDER_DMY);
	date_observe(&evidence, SLICE("05/25/2024"));
	assert_int_equal(date_decide(&evidence), DATE_ORDER_UNKNOWN);
}

static void short_years_are_told_by_what_the_column_holds(void **state)
{
	static const struct { const char *values; enum date_order order; } cases[] = {
		{ "24/03/15", DATE_ORDER_UNKNOWN }, { "24/03/15 23/11/28", DATE_ORDER_YMD }, { "15/03/24 28/11/23", DATE_ORDER_DMY },
		{ "24/03/15 24/3/5", DATE_ORDER_YMD }, { "24/03/15 15/03/99", DATE_ORDER_DMY }, { "24/03/15 03/15/24", DATE_ORDER_MDY },
		{ "24/03/15 24/3/5 15/03/99", DATE_ORDER_UNKNOWN }, { "24/03/15 25/12/16", DATE_ORDER_UNKNOWN },
		{ "03/04/24 11/05/24", DATE_ORDER_UNKNOWN }, { "10/03/15 11/04/20", DATE_ORDER_UNKNOWN }, { "24.03.15 23.11.28", DATE_ORDER_YMD },
		{ "24/03/15 25/12/2023", DATE_ORDER_DMY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct date_evidence evidence = { 0 };
		struct slice rest = slice_of(cases[i].values);

		while (rest.len)
			date_observe(&evidence, slice_cut(&rest, ' '));
		if (date_decide(&evidence) != cases[i].order)
			fail_msg("%s: got %d, not %d", cases[i].values, date_decide(&evidence), cases[i].order);
	}
}

static void money_reads_the_forms_people_write(void **state)
{
	static const struct { const char *text; int64_t unit; const char *expected; } cases[] = {
		{ "1234.5", 1, "1234.5" }, { "1,234.50", 1, "1234.5" }, { "￥1，234.50", 1, "1234.5" }, { "¥ 12", 1, "12" },
		{ "$1,000,000", 1, "1000000" }, { "€5", 1, "5" }, { "12.5元", 1, "12.5" }, { "10万", 1, "100000" },
		{ "1.2亿", 1, "120000000" }, { "3千", 1, "3000" }, { "10 万元", 1, "100000" }, { "USD 12", 1, "12" },
		{ "12 RMB", 1, "12" }, { "(1,234)", 1, "-1234" }, { "-12", 1, "-12" }, { "12-", 1, "-12" }, { "－５００", 1, "-500" },
		{ "-¥500", 1, "-500" }, { "¥-500", 1, "-500" }, { "1.5e3", 1, "1500" }, { "12", 10000, "120000" },
		{ "10万", 10000, "100000" }, { "10万元", 10000, "100000" }, { "500000元", 10000, "500000" }, { "5千", 10000, "5000" }, { "5k", 10000, "5000" },
		{ "0.3亿", 10000, "30000000" }, { "￥12", 10000, "120000" }, { "12 RMB", 10000, "120000" }, { "12美元", 10000, "12" },
		{ "壹万元整", 10000, "10000" }, { "十二", 10000, "120000" }, { "三千", 10000, "3000" }, { "(1.5)", 10000, "-15000" }, { "100块", 1, "100" },
		{ "￥１，２３４．５０", 1, "1234.5" }, { "RMB 1,000.00", 1, "1000" }, { "人民币1000元整", 1, "1000" }, { "1,234.50 元", 1, "1234.5" },
		{ "伍拾元", 1, "50" }, { "陆佰柒拾捌元玖角", 1, "678.9" }, { "叁拾万零伍仟", 1, "305000" }, { "壹仟零壹元零壹分", 1, "1001.01" },
		{ "(¥1,234.00)", 1, "-1234" }, { "2.5w", 1, "25000" }, { "1'000.5", 1, "1000.5" }, { "1.5百万", 1, "1500000" }, { "3万亿", 1, "3000000000000" },
		{ "12345", -100, "123.45" }, { "-1", -100, "-0.01" }, { "0.004", -100, "0" }, { "0.005", -100, "0.0001" }, { "5元", -100, "5" },
		{ "922337203685478", 10000, "overflow" }, { "壹贰", 1, "bad" }, { "万", 1, "bad" }, { "￥", 1, "bad" }, { "12元3", 1, "bad" },
		{ "壹佰贰拾叁元肆角伍分", 1, "123.45" }, { "三千五百", 1, "3500" }, { "三千五", 1, "3500" }, { "十二", 1, "12" },
		{ "壹万贰仟元整", 1, "12000" }, { "一百零五", 1, "105" }, { "两万五千", 1, "25000" }, { "壹亿贰仟万元", 1, "120000000" },
		{ "0.00005", 1, "0.0001" }, { "0.00004", 1, "0" }, { "922337203685477.5807", 1, "922337203685477.5807" },
		{ "922337203685477.5808", 1, "overflow" }, { "99999999999999999999999", 1, "overflow" },
		{ "12,3x", 1, "bad" }, { "1,23,4", 1, "bad" }, { "12,34", 1, "bad" }, { "1 234,5", 1, "bad" }, { "50%", 1, "bad" }, { "", 1, "bad" },
		{ "abc", 1, "bad" }, { "--5", 1, "bad" }, { ".", 1, "bad" }, { "1.2.3", 1, "bad" }, { "1e99", 1, "bad" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[MONEY_TEXT + 1] = "bad";
		struct money money;
		enum money_result result = money_parse(slice_of(cases[i].text), cases[i].unit, &money);

		if (result == MONEY_OK)
			out[money_print(money.value, out)] = '\0';
		else if (result == MONEY_OVERFLOW)
			strcpy(out, "overflow");
		if (strcmp(out, cases[i].expected) != 0)
			fail_msg("%s: got %s, not %s", cases[i].text, out, cases[i].expected);
	}
}

static void money_names_its_currency(void **state)
{
	static const struct { const char *text, *currency; } cases[] = {
		{ "12", "" }, { "12元", "" }, { "12万", "" }, { "￥12", "CNY" }, { "¥12", "CNY" }, { "人民币12元", "CNY" }, { "12 rmb", "CNY" },
		{ "USD 12", "USD" }, { "12 EUR", "EUR" }, { "HK$5", "HKD" }, { "US$5", "USD" }, { "$5", "USD" }, { "($5)", "USD" }, { "£-5", "GBP" },
		{ "12美元", "USD" }, { "A$9", "AUD" }, { "100円", "JPY" }, { "5 CHF", "CHF" }, { "￡5", "GBP" }, { "S$1", "SGD" }, { "NT$1", "TWD" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct money money;

		assert_int_equal(money_parse(slice_of(cases[i].text), 1, &money), MONEY_OK);
		if (strcmp(money.currency, cases[i].currency) != 0)
			fail_msg("%s: got %s, not %s", cases[i].text, money.currency, cases[i].currency);
	}
}

static void a_currency_goes_by_code_name_and_sign(void **state)
{
	static const struct { const char *text, *code; } cases[] = {
		{ "USD", "USD" }, { "usd", "USD" }, { "美元", "USD" }, { "美金", "USD" }, { "$", "USD" }, { "US$", "USD" }, { "欧元", "EUR" },
		{ "人民币", "CNY" }, { "人民币元", "CNY" }, { "元", "CNY" }, { "￥", "CNY" }, { "RMB", "CNY" }, { "ＵＳＤ", "USD" }, { "新加坡元", "SGD" },
		{ "CNY-人民币", "CNY" }, { "美元(USD)", "USD" }, { "USD/美元", "USD" }, { "USD/CNY", "" }, { "本地", "" }, { "", "" },
		{ "美元12", "" }, { "澳门币", "MOP" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char code[4] = "";

		if (!money_currency(slice_of(cases[i].text), code))
			code[0] = '\0';
		if (strcmp(code, cases[i].code) != 0)
			fail_msg("%s: got %s, not %s", cases[i].text, code, cases[i].code);
	}
}

static void phone_reads_the_forms_people_write(void **state)
{
	static const struct { const char *text, *expected; } cases[] = {
		{ "13812345678", "m13812345678" }, { "+86 138-1234-5678", "m13812345678" }, { "0086 13812345678", "m13812345678" },
		{ "86-13812345678", "m13812345678" }, { "138 1234 5678", "m13812345678" }, { "１３８１２３４５６７８", "m13812345678" },
		{ "010-62345678", "l010-62345678" }, { "(010)62345678", "l010-62345678" }, { "021 5888 9999", "l021-58889999" },
		{ "010-62345678转801", "l010-62345678-801" }, { "0755-1234567", "f07551234567" }, { "+14155550123", "f+14155550123" }, { "0755-8234567-801", "l0755-8234567-801" },
		{ "+86 10 6234 5678", "l010-62345678" }, { "400-123-4567", "s4001234567" }, { "800 810 8888", "s8008108888" },
		{ "+1 (415) 555-0123", "f+14155550123" }, { "310/246-1501", "f3102461501" }, { "62345678", "l62345678" },
		{ "13812345678/13912345678", "m13812345678 m13912345678" }, { "13812345678;010-62345678", "m13812345678 l010-62345678" },
		{ "13812345678、13912345678", "m13812345678 m13912345678" }, { "13812345678 13912345678", "m13812345678 m13912345678" },
		{ "13812345678，13812345678", "m13812345678" }, { "186******05", "*186******05" }, { "1.38E+10", "!1.38E+10" },
		{ "+8613812345678", "m13812345678" }, { "8613812345678", "m13812345678" }, { "008613812345678", "m13812345678" }, { "+86(0)10 6234 5678", "l010-62345678" },
		{ "0755-82345678分机12", "l0755-82345678x12" }, { "0755-82345678 ext. 8012", "l0755-82345678-8012" }, { "0755-82345678x12", "l0755-82345678x12" },
		{ "555.555.0103 ext 7", "f5555550103x7" }, { "5555550103x7", "f5555550103x7" }, { "+1 415 555 0123 #1234", "f+14155550123x1234" },
		{ "400-810-8888转1", "s4008108888x1" }, { "400-810-8888-801", "s4008108888-801" }, { "4008108888", "s4008108888" }, { "0451-82345678", "l0451-82345678" },
		{ "13812345678；0755-82345678转801", "m13812345678 l0755-82345678-801" }, { "13812345678 / 13912345678", "m13812345678 m13912345678" },
		{ "手机:13812345678", "m13812345678" }, { "13812345678（张三）", "m13812345678" }, { "138-1234-5678,139-1234-5678", "m13812345678 m13912345678" },
		{ "138****5678", "*138****5678" }, { "138XXXX5678", "*138XXXX5678" }, { "12812345678", "f12812345678" }, { "1.38123E+10", "!1.38123E+10" },
		{ "同微信", "" }, { "", "" }, { "123", "" }, { "abc", "" },
		{ "13800000012.0", "m13800000012" }, { "+8613800000018.0", "m13800000018" }, { "13800000013.00;13800000014.0", "m13800000013 m13800000014" },
		{ "02168889999.0", "l021-68889999" }, { "138.0000.0020", "m13800000020" }, { "138.0000.000", "f1380000000" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct phone phones[PHONE_LIST];
		size_t count = phone_parse(slice_of(cases[i].text), phones, &arena);
		char out[256] = "";
		size_t length = 0;

		for (size_t p = 0; p < count; p++)
			length += (size_t)snprintf(out + length, sizeof out - length, "%s%c%.*s", p ? " " : "",
						   "-mlsf*!"[phones[p].type], SLICE_ARG(phones[p].text));
		if (strcmp(out, cases[i].expected) != 0)
			fail_msg("%s: got [%s], not [%s]", cases[i].text, out, cases[i].expected);
	}
	arena_release(&arena);
}

static void email_is_found_and_brought_to_lower_case(void **state)
{
	static const struct { const char *text, *expected; } cases[] = {
		{ "Li.Wei@Example.COM", "li.wei@example.com" }, { " <a@b.cn> ", "a@b.cn" }, { "mailto:a@b.cn", "a@b.cn" },
		{ "张三 zs@163.com;ls@163.com", "zs@163.com" }, { "ａ＠ｂ．ｃｏｍ", "a@b.com" }, { "a@b", "" }, { "a@.com", "" }, { "@b.com", "" },
		{ "a@b..com", "" }, { "x", "" }, { "", "" }, { "a***@qq.com", "a***@qq.com" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct email email = email_parse(slice_of(cases[i].text), &arena);

		if (!slice_equal(email.text, slice_of(cases[i].expected)))
			fail_msg("%s: got [%.*s]", cases[i].text, SLICE_ARG(email.text));
	}
	arena_release(&arena);
}

static void ids_are_checked(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_true(ids_uscc_is_valid(SLICE("914403001922038216")));
	assert_true(ids_uscc_is_valid(SLICE("91330100799655058B")));
	assert_true(ids_uscc_is_valid(SLICE("9144030071526726XG")));
	assert_false(ids_uscc_is_valid(SLICE("914403001922038217")));
	assert_false(ids_uscc_is_valid(SLICE("91440300192203821I")));
	assert_true(ids_resident_is_valid(SLICE("11010519491231002X")));
	assert_true(ids_resident_is_valid(SLICE("11010519491231002x")));
	assert_false(ids_resident_is_valid(SLICE("110105194912310021")));
	assert_true(ids_resident_is_valid(SLICE("110105491231002")));
	assert_false(ids_resident_is_valid(SLICE("110105491331002")));
	assert_true(ids_is_damaged(SLICE("4.4E+17")));
	assert_true(ids_is_damaged(SLICE("1E+17")));
	assert_true(ids_is_damaged(SLICE("4.40301E+17")) && ids_is_damaged(SLICE("1.38e+10")));
	assert_false(ids_is_damaged(SLICE("E+17")));
	assert_false(ids_is_damaged(SLICE("440301199001011234")));
	assert_true(slice_equal(ids_mask(SLICE("11010519491231002X"), &arena), SLICE("110105********002X")));
	arena_release(&arena);
}

static void text_is_cleaned_and_keyed(void **state)
{
	static const struct { const char *text, *clean, *key, *pinyin; } cases[] = {
		{ "plain", "plain", "plain", "plain" }, { "  a  b ", "a b", "a b", "a b" }, { "ＡＢＣ（１）", "ABC(1)", "abc 1", "abc 1" },
		{ "张　三", "张 三", "张 三", "zhang san " }, { "a\xe2\x80\x8b" "b\tc", "ab c", "ab c", "ab c" }, { "Café-Müller", "Café-Müller", "cafe muller", "cafe muller" },
		{ "張偉", "張偉", "张伟", "zhang wei " }, { "阿里巴巴ABC", "阿里巴巴ABC", "阿里巴巴abc", "a li ba ba abc" }, { "Straße", "Straße", "strasse", "strasse" }, { "", "", "", "" },
	};
	static const char *const empties[] = { "", " ", "null", "NULL", "Null", "N/A", "NA", "#N/A", "-", "--", "—", "——", "无", "暂无", "未知", "空", "　", " － ",
					       "n/a", "－－", "\xe2\x80\x8b" };
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice s = slice_of(cases[i].text), clean = text_clean(s, &arena), key = text_key(s, true, &arena);

		if (!slice_equal(clean, slice_of(cases[i].clean)) || !slice_equal(text_clean(clean, &arena), clean))
			fail_msg("%s: clean [%.*s]", cases[i].text, SLICE_ARG(clean));
		if (!slice_equal(key, slice_of(cases[i].key)))
			fail_msg("%s: key [%.*s]", cases[i].text, SLICE_ARG(key));
		if (!slice_equal(text_pinyin(s, &arena), slice_of(cases[i].pinyin)))
			fail_msg("%s: pinyin [%.*s]", cases[i].text, SLICE_ARG(text_pinyin(s, &arena)));
	}
	{
		char many[3 * 40];
		struct slice key;

		for (size_t i = 0; i < 40; i++)
			memcpy(many + 3 * i, "\xEF\xB7\xBA", 3); /* U+FDFA, which NFKC makes 18 characters */
		key = text_key((struct slice){ many, sizeof many }, false, &arena);
		assert_true(key.len == 40 * 15 * 2);
	}
	assert_true(slice_equal(text_clean((struct slice){ "a\0b", 3 }, &arena), SLICE("ab")));
	for (size_t i = 0; i < sizeof empties / sizeof *empties; i++)
		if (!text_is_empty(slice_of(empties[i])))
			fail_msg("'%s' is not empty", empties[i]);
	assert_true(text_is_empty(SLICE(" Ｎ/Ａ ")) && text_is_empty(SLICE("暂无")) && text_is_empty(SLICE("——")) && text_is_empty(SLICE("")));
	assert_false(text_is_empty(SLICE("Na")) || text_is_empty(SLICE("无锡")) || text_is_empty(SLICE("0")) || text_is_empty(SLICE("Nancy")));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(date_reads_the_forms_people_write),
		cmocka_unit_test(moments_are_dated_by_the_local_clock),
		cmocka_unit_test(date_order_is_decided_by_values_over_twelve),
		cmocka_unit_test(short_years_are_told_by_what_the_column_holds),
		cmocka_unit_test(money_reads_the_forms_people_write),
		cmocka_unit_test(money_names_its_currency),
		cmocka_unit_test(a_currency_goes_by_code_name_and_sign),
		cmocka_unit_test(phone_reads_the_forms_people_write),
		cmocka_unit_test(email_is_found_and_brought_to_lower_case),
		cmocka_unit_test(ids_are_checked),
		cmocka_unit_test(text_is_cleaned_and_keyed),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
