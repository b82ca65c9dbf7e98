/*
 * An amount is a sign, a currency, a number and units, in any of the usual orders. The text is first brought to narrow characters without
 * white space (the copy is bounded: no amount is longer), then read once from left to right.
 */
#include "clean/money.h"

#include "base/utf8.h"

enum { LONGEST = 96, DECIMALS = 4 };

struct reader {
	struct slice rest;
	struct money *money;
	bool negative;
	bool own_unit;  /* 万 or 元 stands in the text itself: the header's unit does not count */
};

static bool take(struct slice *rest, struct slice text)
{
	if (!slice_starts_with(*rest, text))
		return false;
	*rest = slice_skip(*rest, text.len);
	return true;
}

static bool take_nocase(struct slice *rest, struct slice text)
{
	if (!slice_equal_nocase(slice_first(*rest, text.len), text))
		return false;
	*rest = slice_skip(*rest, text.len);
	return true;
}

/* Full width to narrow, spaces out. false: longer than any amount. */
static bool narrow(struct slice s, char out[LONGEST], struct slice *text)
{
	size_t length = 0;

	while (s.len) {
		uint32_t c = utf8_next(&s);

		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		if (c == ' ' || c == 0x3000 || c == 0xA0 || c == '\t')
			continue;
		if (length + UTF8_LONGEST > LONGEST)
			return false;
		length += utf8_put(out + length, c);
	}
	*text = (struct slice){ out, length };
	return true;
}

static bool take_currency(struct reader *reader)
{
	static const struct { struct slice text; char code[4]; } signs[] = {
		{ { "人民币元", 12 }, "CNY" }, { { "人民币", 9 }, "CNY" }, { { "RMB", 3 }, "CNY" }, { { "CNY", 3 }, "CNY" }, { { "¥", 2 }, "CNY" },
		{ { "￥", 3 }, "CNY" }, { { "US$", 3 }, "USD" }, { { "HK$", 3 }, "HKD" }, { { "$", 1 }, "USD" },
		{ { "USD", 3 }, "USD" }, { { "美元", 6 }, "USD" }, { { "美金", 6 }, "USD" }, { { "美刀", 6 }, "USD" }, { { "€", 3 }, "EUR" }, { { "EUR", 3 }, "EUR" },
		{ { "欧元", 6 }, "EUR" }, { { "£", 2 }, "GBP" }, { { "￡", 3 }, "GBP" }, { { "￦", 3 }, "KRW" }, { { "GBP", 3 }, "GBP" }, { { "英镑", 6 }, "GBP" },
		{ { "JPY", 3 }, "JPY" }, { { "日元", 6 }, "JPY" }, { { "HKD", 3 }, "HKD" }, { { "港币", 6 }, "HKD" },
		{ { "港元", 6 }, "HKD" }, { { "TWD", 3 }, "TWD" }, { { "NT$", 3 }, "TWD" }, { { "新台币", 9 }, "TWD" },
		{ { "円", 3 }, "JPY" }, { { "₩", 3 }, "KRW" }, { { "KRW", 3 }, "KRW" }, { { "韩元", 6 }, "KRW" },
		{ { "₹", 3 }, "INR" }, { { "INR", 3 }, "INR" }, { { "₽", 3 }, "RUB" }, { { "RUB", 3 }, "RUB" },
		{ { "卢布", 6 }, "RUB" }, { { "A$", 2 }, "AUD" }, { { "AU$", 3 }, "AUD" }, { { "AUD", 3 }, "AUD" }, { { "澳元", 6 }, "AUD" },
		{ { "C$", 2 }, "CAD" }, { { "CA$", 3 }, "CAD" }, { { "CAD", 3 }, "CAD" }, { { "加元", 6 }, "CAD" },
		{ { "S$", 2 }, "SGD" }, { { "SGD", 3 }, "SGD" }, { { "新加坡元", 12 }, "SGD" }, { { "CHF", 3 }, "CHF" },
		{ { "瑞士法郎", 12 }, "CHF" }, { { "MOP", 3 }, "MOP" }, { { "澳门元", 9 }, "MOP" }, { { "฿", 3 }, "THB" },
		{ { "THB", 3 }, "THB" }, { { "泰铢", 6 }, "THB" }, { { "R$", 2 }, "BRL" }, { { "BRL", 3 }, "BRL" },
		{ { "日圆", 6 }, "JPY" }, { { "日币", 6 }, "JPY" }, { { "台币", 6 }, "TWD" }, { { "韩币", 6 }, "KRW" }, { { "英磅", 6 }, "GBP" },
		{ { "澳币", 6 }, "AUD" }, { { "加币", 6 }, "CAD" }, { { "加拿大元", 12 }, "CAD" }, { { "新元", 6 }, "SGD" }, { { "新币", 6 }, "SGD" },
		{ { "澳门币", 9 }, "MOP" }, { { "新西兰元", 12 }, "NZD" }, { { "NZD", 3 }, "NZD" }, { { "纽币", 6 }, "NZD" }, { { "马币", 6 }, "MYR" },
		{ { "林吉特", 9 }, "MYR" }, { { "MYR", 3 }, "MYR" }, { { "越南盾", 9 }, "VND" }, { { "₫", 3 }, "VND" }, { { "VND", 3 }, "VND" },
		{ { "印尼盾", 9 }, "IDR" }, { { "IDR", 3 }, "IDR" }, { { "印度卢比", 12 }, "INR" }, { { "菲律宾比索", 15 }, "PHP" }, { { "迪拉姆", 9 }, "AED" },
		{ { "AED", 3 }, "AED" },
	};

	if (reader->rest.len == 0 || (reader->rest.ptr[0] >= '0' && reader->rest.ptr[0] <= '9')) /* nearly always */
		return false;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (take_nocase(&reader->rest, signs[i].text)) {
			memcpy(reader->money->currency, signs[i].code, 4);
			reader->own_unit |= slice_ends_with(signs[i].text, SLICE("元"));
			return true;
		}
	return false;
}

/* Multiplies by a unit: 千 万 亿 and their English letters. */
static bool apply_unit(struct reader *reader, __int128 *value)
{
	static const struct { struct slice text; int64_t factor; } units[] = {
		{ { "百万", 6 }, 1000000 }, { { "千万", 6 }, 10000000 }, { { "万亿", 6 }, 1000000000000 }, { { "万", 3 }, 10000 },
		{ { "萬", 3 }, 10000 }, { { "亿", 3 }, 100000000 }, { { "億", 3 }, 100000000 }, { { "千", 3 }, 1000 },
		{ { "百", 3 }, 100 }, { { "k", 1 }, 1000 }, { { "w", 1 }, 10000 }, { { "m", 1 }, 1000000 },
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (take_nocase(&reader->rest, units[i].text)) {
			reader->own_unit = true;
			return !__builtin_mul_overflow(*value, (__int128)units[i].factor, value);
		}
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits with thousands separators in their places; false when a separator is out of place. */
static bool take_whole(struct slice *rest, __int128 *value, size_t *digits)
{
	size_t since = 0;
	bool grouped = false;

	*value = 0;
	for (*digits = 0; rest->len; *rest = slice_skip(*rest, 1)) {
		char c = rest->ptr[0];

		if (c == ',' || c == '\'') {
			if (*digits == 0 || (grouped ? since != 3 : *digits > 3))
				return false;
			grouped = true;
			since = 0;
			continue;
		}
		if (!is_digit(c))
			break;
		if (++*digits > 30)
			return false;
		*value = *value * 10 + (c - '0');
		since++;
	}
	return !grouped || since == 3;
}

/* In 1/10000; digits after the fourth round half away from zero. */
static size_t take_fraction(struct slice *rest, int64_t *fraction)
{
	size_t n = 0;

	*fraction = 0;
	for (; rest->len && is_digit(rest->ptr[0]); *rest = slice_skip(*rest, 1), n++) {
		if (n < DECIMALS)
			*fraction = *fraction * 10 + (rest->ptr[0] - '0');
		else if (n == DECIMALS && rest->ptr[0] >= '5')
			++*fraction;
	}
	for (size_t i = n; i < DECIMALS; i++)
		*fraction *= 10;
	return n;
}

static bool apply_exponent(struct slice *rest, __int128 *value)
{
	struct slice saved = *rest;
	bool negative;
	int exponent = 0, digits = 0;

	if (!take_nocase(rest, SLICE("e")))
		return true;
	negative = take(rest, SLICE("-"));
	if (!negative)
		take(rest, SLICE("+"));
	for (; rest->len && is_digit(rest->ptr[0]) && digits < 3; *rest = slice_skip(*rest, 1), digits++)
		exponent = exponent * 10 + (rest->ptr[0] - '0');
	if (digits == 0) { /* 12 EUR */
		*rest = saved;
		return true;
	}
	if (exponent > 30)
		return false;
	for (; exponent > 0 && !negative; exponent--)
		if (__builtin_mul_overflow(*value, (__int128)10, value))
			return false;
	if (exponent > 0) {
		__int128 divisor = 1;

		for (; exponent > 0; exponent--)
			divisor *= 10;
		*value = (*value + divisor / 2) / divisor;
	}
	return true;
}

/* --- Chinese numerals --- */

static int numeral(uint32_t c)
{
	static const uint32_t digits[][10] = {
		{ 0x96F6, 0x58F9, 0x8D30, 0x53C1, 0x8086, 0x4F0D, 0x9646, 0x67D2, 0x634C, 0x7396 }, /* 零壹贰叁肆伍陆柒捌玖 */
		{ 0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D }, /* 〇一二三四五六七八九 */
		{ 0x96F6, 0x58F9, 0x8CB3, 0x53C3, 0x8086, 0x4F0D, 0x9678, 0x67D2, 0x634C, 0x7396 }, /* 零壹貳參肆伍陸柒捌玖 */
	};

	for (size_t i = 0; i < 3; i++)
		for (int d = 0; d < 10; d++)
			if (digits[i][d] == c)
				return d;
	return c == 0x4E24 ? 2 : -1; /* 两 */
}

/* 10, 100, 1000 for 拾 佰 仟; 10^4, 10^8 for 万 亿; 0 for others. */
static int64_t power(uint32_t c)
{
	switch (c) {
	case 0x62FE: case 0x5341: return 10;
	case 0x4F70: case 0x767E: return 100;
	case 0x4EDF: case 0x5343: return 1000;
	case 0x4E07: case 0x842C: return 10000;
	case 0x4EBF: case 0x5104: return 100000000;
	default: return 0;
	}
}

struct numerals {
	int64_t total;     /* closed by 亿 */
	int64_t section;   /* under the next 万 or 亿 */
	int64_t digit;     /* waiting for its power; -1: none */
	int64_t last;      /* power of the last one: 三千五 means 3500 */
	int64_t cents;     /* 1/10000 from 角 and 分 */
	bool any, money;   /* money: 元 has passed */
	bool large;        /* 千 万 or 亿 has */
};

static bool add_power(struct numerals *n, int64_t p)
{
	int64_t digit = n->digit < 0 ? (p == 10 && n->section == 0 ? 1 : 0) : n->digit;

	if (p < 10000) {
		if (digit == 0)
			return false;
		n->section += digit * p;
	} else {
		n->section += n->digit < 0 ? 0 : n->digit;
		if (n->section == 0 && n->total == 0)
			return false;
		if (p == 100000000) {
			if (n->total + n->section > 90000000000)
				return false;
			n->total = (n->total + n->section) * p;
		} else {
			n->total += n->section * p;
		}
		n->section = 0;
	}
	n->digit = -1;
	n->last = p;
	return true;
}

static void close_whole(struct numerals *n)
{
	if (n->digit > 0)
		n->section += n->digit * (n->last > 10 && !n->money ? n->last / 10 : 1);
	n->total += n->section;
	n->section = 0;
	n->digit = -1;
}

static bool add_numeral(struct numerals *n, uint32_t c)
{
	int digit = numeral(c);
	int64_t p = power(c);

	n->any = true;
	if (digit >= 0) {
		if (n->digit > 0)
			return false;
		n->last = digit == 0 ? 1 : n->last;
		n->digit = digit;
		return true;
	}
	n->large |= p >= 1000;
	if (p)
		return !n->money && add_power(n, p);
	if (c == 0x5143 || c == 0x5706 || c == 0x5713) { /* 元 圆 圓 */
		n->last = 1;
		close_whole(n);
		n->money = true;
		return true;
	}
	if ((c == 0x89D2 || c == 0x5206) && n->digit > 0) { /* 角 分 */
		n->cents += n->digit * (c == 0x89D2 ? 1000 : 100);
		n->digit = -1;
		n->money = true;
		return true;
	}
	return c == 0x6574 || c == 0x6B63; /* 整 正 */
}

static enum money_result give(const struct reader *reader, __int128 value, int64_t unit)
{
	if (unit < 0) {
		value = (value - unit / 2) / -unit;
		unit = 1;
	}
	if (__builtin_mul_overflow(value, (__int128)unit, &value) || value > INT64_MAX)
		return MONEY_OVERFLOW;
	reader->money->value = reader->negative ? -(int64_t)value : (int64_t)value;
	return MONEY_OK;
}

static enum money_result read_numerals(struct reader *reader, int64_t unit)
{
	struct numerals n = { .digit = -1, .last = 1 };
	struct slice text = reader->rest;

	while (text.len)
		if (!add_numeral(&n, utf8_next(&text)))
			return MONEY_BAD;
	if (n.money && n.digit > 0)
		return MONEY_BAD;
	close_whole(&n);
	if (!n.any || n.total < 0)
		return MONEY_BAD;
	return give(reader, (__int128)n.total * MONEY_ONE + n.cents, reader->own_unit || n.large || n.money ? 1 : unit);
}

/* --- the whole --- */

static bool begins_with_numeral(struct slice s)
{
	uint32_t c = s.len ? utf8_next(&s) : 0;

	return numeral(c) >= 0 || power(c) == 10;
}

static bool take_sign(struct reader *reader)
{
	if (take(&reader->rest, SLICE("-")) || take(&reader->rest, SLICE("−"))) {
		reader->negative = true;
		return true;
	}
	return take(&reader->rest, SLICE("+"));
}

/* What stands after the number: units, currency, 元整, a minus. */
static bool read_tail(struct reader *reader, __int128 *value)
{
	if (!apply_unit(reader, value))
		return false;
	if (!take_currency(reader) && (take(&reader->rest, SLICE("元")) || take(&reader->rest, SLICE("圆")) || take(&reader->rest, SLICE("块"))))
		reader->own_unit = true;
	take(&reader->rest, SLICE("整"));
	if (!reader->negative && take(&reader->rest, SLICE("-")))
		reader->negative = true;
	return true;
}

static enum money_result read_number(struct reader *reader, int64_t unit)
{
	__int128 value;
	int64_t fraction = 0;
	size_t digits, decimals = 0;

	if (!take_whole(&reader->rest, &value, &digits))
		return MONEY_BAD;
	if (take(&reader->rest, SLICE(".")) && (decimals = take_fraction(&reader->rest, &fraction)) == 0)
		take(&reader->rest, SLICE("-")); /* 1200.- has no cents; it is not below zero */
	if (digits + decimals == 0)
		return MONEY_BAD;
	value = value * MONEY_ONE + fraction;
	if (!apply_exponent(&reader->rest, &value) || !read_tail(reader, &value))
		return MONEY_BAD;
	if (reader->rest.len)
		return MONEY_BAD;
	return give(reader, value, reader->own_unit ? 1 : unit);
}

enum money_result money_parse(struct slice s, int64_t unit, struct money *money)
{
	struct reader reader = { .money = money };
	char copy[LONGEST];

	*money = (struct money){ 0 };
	if (!narrow(s, copy, &reader.rest) || reader.rest.len == 0)
		return MONEY_BAD;
	if (reader.rest.ptr[0] == '(' && reader.rest.ptr[reader.rest.len - 1] == ')') {
		reader.rest = (struct slice){ reader.rest.ptr + 1, reader.rest.len - 2 };
		reader.negative = true;
	}
	if (!reader.negative)
		take_sign(&reader);
	if (take_currency(&reader) && !reader.negative)
		take_sign(&reader);
	if (begins_with_numeral(reader.rest))
		return read_numerals(&reader, unit);
	return read_number(&reader, unit);
}

bool money_currency(struct slice s, char code[4])
{
	struct money money = { 0 };
	struct reader reader = { .money = &money };
	char copy[LONGEST];

	if (!narrow(s, copy, &reader.rest))
		return false;
	if (slice_equal(reader.rest, SLICE("元")) || slice_equal(reader.rest, SLICE("圆"))) {
		memcpy(code, "CNY", 4);
		return true;
	}
	if (!take_currency(&reader))
		return false;
	memcpy(code, money.currency, 4);
	while (reader.rest.len) /* twice, as in USD-美元 and 美元(USD) */
		if (memchr("-/()_:", reader.rest.ptr[0], 6))
			reader.rest = slice_skip(reader.rest, 1);
		else if (!take_currency(&reader) || strcmp(money.currency, code) != 0)
			return false;
	return true;
}

size_t money_print(int64_t value, char out[MONEY_TEXT])
{
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint64_t whole = magnitude / MONEY_ONE, fraction = magnitude % MONEY_ONE;
	char digits[24];
	size_t at = sizeof digits, length = 0;

	do {
		digits[--at] = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole);
	if (value < 0)
		out[length++] = '-';
	memcpy(out + length, digits + at, sizeof digits - at);
	length += sizeof digits - at;
	if (!fraction)
		return length;
	out[length++] = '.';
	for (uint64_t unit = MONEY_ONE / 10; fraction; unit /= 10) {
		out[length++] = (char)('0' + fraction / unit);
		fraction %= unit;
	}
	return length;
}
