#include "rule/convert.h"

#include <math.h>
#include <stdio.h>
#include <unicode/uchar.h>

#include "base/utf8.h"
#include "clean/money.h"
#include "clean/text.h"

bool convert_is_empty(struct slice s)
{
	static const char *const beginnings[] = { "无", "暂", "未", "空" };
	unsigned char c = s.len ? (unsigned char)s.ptr[0] : ' ';
	bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
	bool han = c >= 0xE4 && c <= 0xE9;

	if (letter && (c | 0x20) != 'n')
		return false;
	for (size_t i = 0; han && i < sizeof beginnings / sizeof *beginnings; i++)
		han = !slice_starts_with(s, (struct slice){ beginnings[i], 3 });
	return !han && text_is_empty(s);
}

static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };

/* -123.45 of at most 15 digits, the usual cell: both parts of the quotient are exact, so it is rounded once. */
static bool plain_number(struct slice s, double *number)
{
	bool negative = s.len > 0 && s.ptr[0] == '-';
	size_t digits = 0, point = 0, i = negative;
	uint64_t value = 0;

	for (; i < s.len; i++) {
		unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';

		if (digit < 10) {
			value = value * 10 + digit;
			digits++;
			if (digits > 15)
				return false;
		} else if (s.ptr[i] == '.' && !point && digits && i + 1 < s.len) {
			point = i + 1;
		} else {
			return false;
		}
	}
	if (digits == 0)
		return false;
	*number = (double)value / powers[point ? s.len - point : 0];
	if (negative)
		*number = -*number;
	return true;
}

/* By the unit of a header, as of money_parse. */
static double scale(double number, int64_t unit)
{
	return unit < 0 ? number / (double)-unit : number * (double)unit;
}

/* The number and the sign % behind it, either width; else false. */
static bool is_percent(struct slice s, struct slice *number)
{
	size_t sign = slice_ends_with(s, SLICE("%")) ? 1 : slice_ends_with(s, SLICE("％")) ? strlen("％") : 0;

	*number = slice_trim(slice_first(s, s.len - sign));
	return sign > 0;
}

enum convert_result convert_number(struct slice s, int64_t unit, double *number)
{
	struct slice part;
	struct money money;

	if (plain_number(s, number)) {
		*number = scale(*number, unit);
		return CONVERT_OK;
	}
	if (convert_is_empty(s))
		return CONVERT_EMPTY;
	s = slice_trim(s);
	if (is_percent(s, &part)) {
		if (!slice_to_double(part, number))
			return CONVERT_BAD;
		*number /= 100;
		return CONVERT_OK;
	}
	if (slice_to_double(s, number)) {
		*number = scale(*number, unit);
		return isfinite(*number) ? CONVERT_OK : CONVERT_BAD;
	}
	if (money_parse(s, unit, &money) != MONEY_OK)
		return CONVERT_BAD;
	*number = (double)money.value / MONEY_ONE;
	return CONVERT_OK;
}

enum convert_result convert_date(struct slice s, enum date_order order, int32_t *days)
{
	struct date date;

	*days = civil_parse(s);
	if (*days != CIVIL_NONE)
		return CONVERT_OK;
	if (convert_is_empty(s))
		return CONVERT_EMPTY;
	if (date_parse(slice_trim(s), order, &date) != DATE_OK)
		return CONVERT_BAD;
	*days = date.days;
	return CONVERT_OK;
}

enum convert_result convert_truth(struct slice s, bool *truth)
{
	static const char *const yes[] = { "1", "true", "yes", "y", "on", "是", "对", "有", "√" };
	static const char *const no[] = { "0", "false", "no", "n", "off", "否", "错", "无", "×" };

	s = slice_trim(s);
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		*truth = slice_equal_nocase(s, slice_of(yes[i]));
		if (*truth || slice_equal_nocase(s, slice_of(no[i])))
			return CONVERT_OK;
	}
	return convert_is_empty(s) ? CONVERT_EMPTY : CONVERT_BAD;
}

struct slice convert_from_number(double number, struct arena *arena)
{
	struct slice text = arena_format(arena, "%.15g", number + 0.0); /* -0 is 0 */

	/* An exponent is of no use to people. */
	if (slice_find_byte(text, 'e') == text.len)
		return text;
	if (fabs(number) >= 1)
		return arena_format(arena, "%.0f", number);
	text = arena_format(arena, "%.20f", number);
	while (text.ptr[text.len - 1] == '0')
		text.len--;
	text.len -= text.ptr[text.len - 1] == '.';
	return slice_equal(text, SLICE("-0")) ? SLICE("0") : text;
}

struct slice convert_from_date(int32_t days, struct arena *arena)
{
	char text[CIVIL_TEXT];

	civil_print(days, text);
	return arena_copy(arena, (struct slice){ text, CIVIL_TEXT });
}

static struct slice map_characters(struct slice s, UChar32 (*map)(UChar32), struct arena *arena)
{
	char *out = arena_bytes(arena, s.len * 3 + UTF8_LONGEST); /* a bad byte becomes three */
	size_t len = 0;

	while (s.len)
		len += utf8_put(out + len, (uint32_t)map((UChar32)utf8_next(&s)));
	return (struct slice){ out, len };
}

struct slice convert_lower(struct slice s, struct arena *arena)
{
	return map_characters(s, u_tolower, arena);
}

struct slice convert_upper(struct slice s, struct arena *arena)
{
	return map_characters(s, u_toupper, arena);
}

/* Bytes of the separator at the start of s, or 0. `hard` ones cut first. */
static size_t separator(struct slice s, bool hard)
{
	static const char *const signs[] = { ";", "；", ",", "，", "、", "|" };

	for (size_t i = hard ? 0 : 2; i < (hard ? 2 : sizeof signs / sizeof *signs); i++)
		if (slice_starts_with(s, slice_of(signs[i])))
			return strlen(signs[i]);
	return 0;
}

static bool is_hard(struct slice s)
{
	return slice_find_byte(s, ';') < s.len || slice_find(s, SLICE("；")) < s.len;
}

static struct slice next_item(struct slice *rest, bool hard)
{
	size_t at = 0, cut = 0;
	struct slice item;

	while (at < rest->len && !(cut = separator(slice_skip(*rest, at), hard)))
		at++;
	item = slice_first(*rest, at);
	*rest = slice_skip(*rest, at + cut);
	return slice_trim(item);
}

struct slice list_next(struct slice *rest)
{
	return next_item(rest, is_hard(*rest));
}

bool list_has(struct slice list, struct slice item)
{
	bool hard = is_hard(list);
	struct slice rest = list;

	if (slice_find(list, item) == list.len && item.len)
		return false;
	if (slice_equal(slice_trim(list), item))
		return true;
	while (rest.len)
		if (slice_equal(next_item(&rest, hard), item))
			return true;
	return false;
}

size_t list_count(struct slice list)
{
	bool hard = is_hard(list);
	size_t count = 0;

	while (list.len)
		count += next_item(&list, hard).len > 0;
	return count;
}
