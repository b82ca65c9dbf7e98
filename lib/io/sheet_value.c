#include "io/sheet_value.h"

#include <math.h>
#include <stdio.h>

#include "base/civil.h"

enum {
	SIGNIFICANT_DIGITS = 15,
	DAY_SECONDS = 86400,
	EPOCH_1900 = -25569,    /* 1899-12-30: day 0 of serials from 61 on */
	EPOCH_1904 = -24107,    /* 1904-01-01 */
	DAYS_1900 = 2958466,    /* 10000-01-01 */
	DAY_THAT_NEVER_WAS = 60,
};

/* --- styles --- */

enum number_style number_style_builtin(uint64_t id)
{
	if ((id >= 18 && id <= 21) || id == 32 || id == 33 || id == 45 || id == 47)
		return STYLE_TIME;
	if (id == 46)
		return STYLE_ELAPSED;
	if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
		return STYLE_DATE;
	return STYLE_NUMBER;
}

/* Bytes at the start of `code` that are literal: "…", \x, _x, *x, and [ … ] but for elapsed time. */
static size_t literal_length(struct slice code, bool *elapsed)
{
	size_t close;

	switch (code.ptr[0]) {
	case '"':
		return slice_find_byte(slice_skip(code, 1), '"') + 2;
	case '\\':
	case '_':
	case '*':
		return 2;
	case '[':
		close = slice_find_byte(code, ']');
		*elapsed |= close >= 2 && strchr("hHmMsS", code.ptr[1]) && (close == 2 || code.ptr[2] == code.ptr[1]);
		return close + 1;
	default:
		return 0;
	}
}

/* Those that clean/money.h knows: a number with another one beside it would be no amount. The longest first, as HK$ ends in $. */
static const char *const currencies[] = {
	"US$", "HK$", "NT$", "S$", "A$", "C$", "R$", "$", "€", "£", "₩", "₹", "₽", "฿", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "SGD", "AUD", "CAD",
	"KRW", "CHF", "INR", "RUB", "THB", "BRL", "NZD", "VND", "IDR",
};

static const char *find_currency(struct slice text)
{
	for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++)
		if (slice_find(text, slice_of(currencies[i])) < text.len)
			return i == 0 ? "$" : currencies[i]; /* as most write it */
	return NULL;
}

const char *number_currency_of_name(struct slice name)
{
	return name.len == 3 ? find_currency(name) : NULL;
}

const char *number_currency_of_code(struct slice code)
{
	struct slice section = slice_first(code, slice_find_byte(code, ';'));
	size_t open = slice_find(section, SLICE("[$")), close = slice_find_byte(slice_skip(section, open), ']');
	struct slice locale = slice_first(slice_skip(section, open + 2), close < 2 ? 0 : close - 2), symbol = slice_cut(&locale, '-');

	if (open == section.len)
		return find_currency(section);
	if ((slice_equal(symbol, SLICE("¥")) || slice_equal(symbol, SLICE("￥"))) && slice_ends_with(locale, SLICE("411")))
		return "JPY";
	/* [$-409] names a language alone. */
	return symbol.len ? find_currency(symbol) : find_currency(slice_skip(section, open + close + 1));
}

/* The style of a code that is nothing but zeros, as ids have it whose zeros are shown and not kept; else STYLE_NUMBER. */
static enum number_style style_of_zeros(struct slice code)
{
	size_t zeros = 0;

	while (zeros < code.len && code.ptr[zeros] == '0')
		zeros++;
	return zeros > 1 && zeros == code.len && zeros <= STYLE_DIGITS_MOST ? (enum number_style)(STYLE_DIGITS + zeros) : STYLE_NUMBER;
}

enum number_style number_style_of_code(struct slice code)
{
	struct slice whole = slice_first(code, slice_find_byte(code, ';'));
	bool day = false, month_or_minute = false, time = false, elapsed = false;

	while (code.len && code.ptr[0] != ';') {
		size_t literal = literal_length(code, &elapsed);
		char c = (char)(code.ptr[0] | 0x20);

		if (literal) {
			code = slice_skip(code, literal);
			continue;
		}
		if (slice_equal_nocase(slice_first(code, 5), SLICE("AM/PM"))) {
			code = slice_skip(code, 5);
			continue;
		}
		day |= c == 'y' || c == 'd' || slice_equal_nocase(slice_first(code, 3), SLICE("aaa"));
		month_or_minute |= c == 'm';
		time |= c == 'h' || c == 's';
		code = slice_skip(code, 1);
	}
	if (elapsed)
		return STYLE_ELAPSED;
	if (day || (month_or_minute && !time))
		return STYLE_DATE;
	return time ? STYLE_TIME : style_of_zeros(whole);
}

/* --- numbers --- */

static void add_trimmed(struct buf *out, const char *text, int length)
{
	size_t n = (size_t)length;

	if (memchr(text, '.', n)) {
		while (text[n - 1] == '0')
			n--;
		n -= text[n - 1] == '.';
	}
	buf_add(out, (struct slice){ text, n });
}

void sheet_number(struct buf *out, double number)
{
	char text[64];
	int length, exponent;

	if (number == 0) {
		buf_add_byte(out, '0');
		return;
	}
	/* The exponent after rounding to 15 digits. */
	length = snprintf(text, sizeof text, "%.*E", SIGNIFICANT_DIGITS - 1, number);
	exponent = 0;
	for (int i = length - 1, place = 1; text[i] >= '0' && text[i] <= '9'; i--, place *= 10)
		exponent += (text[i] - '0') * place;
	if (strstr(text, "E-"))
		exponent = -exponent;
	if (isfinite(number) && exponent > -SIGNIFICANT_DIGITS && exponent < SIGNIFICANT_DIGITS)
		length = snprintf(text, sizeof text, "%.*f", SIGNIFICANT_DIGITS - 1 - exponent, number);
	else
		length = snprintf(text, sizeof text, "%.*G", SIGNIFICANT_DIGITS, number);
	if (strchr(text, 'E'))
		buf_add(out, (struct slice){ text, (size_t)length });
	else
		add_trimmed(out, text, length);
}

/* -123.45, of at most 15 digits, as it would be printed: without zeros before or, after a point, behind. */
static bool is_plain(struct slice s)
{
	size_t digits = 0, i = s.len && s.ptr[0] == '-', first = i;
	bool point = false;

	for (; i < s.len; i++) {
		if (s.ptr[i] == '.' && !point && i > first)
			point = true;
		else if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		else
			digits++;
	}
	if (digits == 0 || digits > SIGNIFICANT_DIGITS)
		return false;
	if (point && (s.ptr[s.len - 1] == '0' || s.ptr[s.len - 1] == '.'))
		return false;
	return s.ptr[first] != '0' || (s.len == 1) || (first + 1 < s.len && s.ptr[first + 1] == '.');
}

/* Whether digits alone say more than the 15 that a sheet keeps: 12345678901234567, but not 12345678901234500. */
static bool is_beyond_sheets(struct slice s, double number)
{
	char text[64];
	double kept;
	size_t i = 0;

	while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
		i++;
	if (i < s.len || s.len <= SIGNIFICANT_DIGITS || s.ptr[0] == '0')
		return false;
	snprintf(text, sizeof text, "%.*G", SIGNIFICANT_DIGITS, number);
	return slice_to_double(slice_of(text), &kept) && kept != number;
}

void sheet_number_text(struct buf *out, struct slice text, enum number_style style)
{
	double number;

	if (style > STYLE_DIGITS && slice_to_double(text, &number) && number >= 0 && number < 1e15 && number == floor(number))
		buf_format(out, "%0*.0f", (int)(style - STYLE_DIGITS), number);
	else if (is_plain(text) || !slice_to_double(text, &number) || is_beyond_sheets(text, number))
		buf_add(out, text);
	else
		sheet_number(out, number);
}

/* --- dates --- */

static void add_time(struct buf *out, int64_t seconds)
{
	buf_format(out, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static void add_date(struct buf *out, int64_t day, bool date1904)
{
	char text[CIVIL_TEXT];

	if (!date1904 && day == DAY_THAT_NEVER_WAS) {
		buf_add(out, SLICE("1900-02-29"));
		return;
	}
	day += date1904 ? EPOCH_1904 : EPOCH_1900 + (day < DAY_THAT_NEVER_WAS);
	civil_print((int32_t)day, text);
	buf_add(out, (struct slice){ text, CIVIL_TEXT });
}

void sheet_currency(struct buf *out, const char *currency)
{
	if (!currency)
		return;
	buf_add_byte(out, ' ');
	buf_add(out, slice_of(currency));
}

void sheet_serial(struct buf *out, double serial, enum number_style style, bool date1904)
{
	int64_t limit = date1904 ? DAYS_1900 + EPOCH_1900 - EPOCH_1904 : DAYS_1900, seconds, day;

	if (style == STYLE_NUMBER || !(serial >= 0 && serial < (double)limit)) {
		sheet_number(out, serial);
		return;
	}
	seconds = llround(serial * DAY_SECONDS);
	day = seconds / DAY_SECONDS;
	if (style == STYLE_ELAPSED || (style == STYLE_TIME && day == 0)) {
		add_time(out, seconds);
		return;
	}
	if (day >= limit || (day == 0 && !date1904)) {
		sheet_number(out, serial);
		return;
	}
	add_date(out, day, date1904);
	if (seconds % DAY_SECONDS) {
		buf_add_byte(out, 'T');
		add_time(out, seconds % DAY_SECONDS);
	}
}
