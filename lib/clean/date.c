/*
 * A date is read from left to right: its digits and separators decide the form, and what follows must be a time or nothing.
 * Every form is strict: a day that does not exist is no date.
 */
#include "clean/date.h"

#include <time.h>

enum {
	SECONDS_A_DAY = 86400,
	SERIAL_EPOCH = -25569,      /* 1899-12-30 */
	SERIAL_LEAST = 10000,       /* 1927-05-18; smaller numbers are no dates */
	SERIAL_MOST = 99999,
	PIVOT = 70,                 /* two-digit years from here on are 19xx */
	SPREAD_OF_DAYS = 4,         /* the least by which days of a column differ, and */
	SPREAD_FACTOR = 3,          /* how much further they go than its years */
};

static bool take(struct slice *rest, struct slice text)
{
	if (!slice_starts_with(*rest, text))
		return false;
	*rest = slice_skip(*rest, text.len);
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A run of digits, at most 18 of them; returns how many. */
static size_t take_number(struct slice *rest, int64_t *value)
{
	size_t n = 0;

	*value = 0;
	while (n < rest->len && n < 18 && is_digit(rest->ptr[n]))
		*value = *value * 10 + (rest->ptr[n++] - '0');
	*rest = slice_skip(*rest, n);
	return n;
}

static int full_year(int64_t year, size_t digits)
{
	if (digits == 4)
		return (int)year;
	if (digits == 2)
		return (int)year + (year >= PIVOT ? 1900 : 2000);
	return 0;
}

/* --- times --- */

/* 上午 下午 AM PM: 0 none, 1 before noon, 2 after. */
static int take_half(struct slice *rest)
{
	static const struct { struct slice text; int half; } halves[] = {
		{ { "上午", 6 }, 1 }, { { "早上", 6 }, 1 }, { { "凌晨", 6 }, 1 }, { { "下午", 6 }, 2 }, { { "晚上", 6 }, 2 },
		{ { "中午", 6 }, 2 }, { { "AM", 2 }, 1 }, { { "PM", 2 }, 2 }, { { "am", 2 }, 1 }, { { "pm", 2 }, 2 },
	};

	take(rest, SLICE(" "));
	for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
		if (take(rest, halves[i].text))
			return halves[i].half;
	return 0;
}

enum { NO_ZONE = INT32_MAX };

/* Z, +08:00, +0800, -05: seconds east of Greenwich, or NO_ZONE. */
static int32_t take_zone(struct slice *rest)
{
	struct slice saved;
	int64_t hours, minutes = 0;
	size_t digits;
	int32_t seconds;

	take(rest, SLICE(" "));
	if (take(rest, SLICE("Z")) || take(rest, SLICE("UTC")) || take(rest, SLICE("GMT")))
		return 0;
	saved = *rest;
	if (!take(rest, SLICE("+")) && !take(rest, SLICE("-")))
		return NO_ZONE;
	digits = take_number(rest, &hours);
	if (digits == 2 && take(rest, SLICE(":")))
		digits = take_number(rest, &minutes) == 2 ? 2 : 0;
	if (digits == 4) {
		minutes = hours % 100;
		hours /= 100;
	}
	if ((digits != 2 && digits != 4) || hours > 14 || minutes > 59) {
		*rest = saved;
		return NO_ZONE;
	}
	seconds = (int32_t)(hours * 3600 + minutes * 60);
	return saved.ptr[0] == '-' ? -seconds : seconds;
}

/* A moment that is known exactly becomes what the clock showed here (the zone of TZ): midnight in Shanghai is the day before in UTC. */
static void to_local(struct date *date, int32_t zone)
{
	time_t moment = (time_t)date->days * SECONDS_A_DAY + date->seconds - zone;
	struct tm local;

	if (!localtime_r(&moment, &local))
		return;
	date->days = civil_to_days(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
	date->seconds = local.tm_hour * 3600 + local.tm_min * 60 + (local.tm_sec < 60 ? local.tm_sec : 59);
}

static bool take_part(struct slice *rest, const char *separator, struct slice chinese, int64_t most, int64_t *value)
{
	size_t digits;

	if (!take(rest, slice_of(separator)) && !take(rest, chinese))
		return false;
	digits = take_number(rest, value);
	return digits >= 1 && digits <= 2 && *value <= most;
}

/* hh:mm[:ss[.fff]] with what may stand round it, to the end of the text; *zone as take_zone. -1: no time. */
static int32_t read_time(struct slice rest, int32_t *zone)
{
	int64_t hour, minute = 0, second = 0, ignored;
	int half = take_half(&rest);
	size_t digits;

	take(&rest, SLICE(" "));
	digits = take_number(&rest, &hour);
	if (digits < 1 || digits > 2 || hour > 24 || !take_part(&rest, ":", SLICE("时"), 59, &minute))
		return -1;
	if (rest.len && (rest.ptr[0] == ':' || slice_starts_with(rest, SLICE("分")))) {
		if (!slice_equal(rest, SLICE("分")) && !take_part(&rest, ":", SLICE("分"), 60, &second))
			return -1;
		take(&rest, SLICE("分"));
		take(&rest, SLICE("秒"));
		if ((take(&rest, SLICE(".")) || take(&rest, SLICE(","))) && take_number(&rest, &ignored) == 0)
			return -1;
	}
	if (!half)
		half = take_half(&rest);
	*zone = take_zone(&rest);
	if (rest.len || (half && hour > 12 && half == 1) || (hour == 24 && (minute || second)))
		return -1;
	if (half == 2 && hour < 12)
		hour += 12;
	if (half == 1 && hour == 12)
		hour = 0;
	if (second == 60 || hour == 24) /* a leap second, and midnight at the end of the day, stay in the day */
		return SECONDS_A_DAY - 1;
	return (int32_t)(hour * 3600 + minute * 60 + second);
}

/* --- dates --- */

/* Sets the date from its parts and reads what follows. */
static enum date_result finish(int year, int64_t month, int64_t day, struct slice rest, struct date *date)
{
	int32_t zone;

	if (month > 12 || day > 31)
		return DATE_BAD;
	*date = (struct date){ .days = civil_to_days(year, (int)month, (int)day), .seconds = -1 };
	if (date->days == CIVIL_NONE)
		return DATE_BAD;
	take(&rest, SLICE(","));
	if (rest.len && (rest.ptr[0] == 'T' || rest.ptr[0] == ' '))
		rest = slice_skip(rest, 1);
	if (rest.len == 0)
		return DATE_OK;
	date->seconds = read_time(rest, &zone);
	if (date->seconds < 0)
		return DATE_BAD;
	if (zone != NO_ZONE)
		to_local(date, zone);
	return date->days == CIVIL_NONE ? DATE_BAD : DATE_OK;
}

static int find_month(struct slice *rest)
{
	static const char names[12][10] = { "january", "february", "march", "april", "may", "june", "july", "august",
					    "september", "october", "november", "december" };
	size_t n = 0;

	while (n < rest->len && ((rest->ptr[n] | 0x20) >= 'a' && (rest->ptr[n] | 0x20) <= 'z'))
		n++;
	for (int i = 0; i < 12 && n >= 3; i++) {
		struct slice name = slice_of(names[i]);

		if (slice_equal_nocase(slice_first(*rest, n), slice_first(name, n)) ||
		    (i == 8 && slice_equal_nocase(slice_first(*rest, n), SLICE("sept")))) {
			*rest = slice_skip(*rest, n);
			return i + 1;
		}
	}
	return 0;
}

static void skip_separators(struct slice *rest)
{
	while (rest->len && memchr(" -/.,", rest->ptr[0], 5))
		*rest = slice_skip(*rest, 1);
}

/* 5-Mar-2024, 5 March 2024 (first is the day) or Mar 5, 2024 (first is 0). */
static enum date_result read_named(int64_t day, struct slice rest, struct date *date)
{
	int month;
	int64_t year;
	size_t digits;

	skip_separators(&rest);
	month = find_month(&rest);
	if (!month)
		return DATE_BAD;
	skip_separators(&rest);
	if (day == 0) {
		digits = take_number(&rest, &day);
		if (digits < 1 || digits > 2)
			return DATE_BAD;
		skip_separators(&rest);
	}
	digits = take_number(&rest, &year);
	return finish(full_year(year, digits), month, day, rest, date);
}

/* 03/05/2024: two numbers, either of which may be the month. */
static enum date_result read_ordered(int64_t first, int64_t second, int64_t year, size_t digits, struct slice rest,
				     enum date_order order, struct date *date)
{
	if (order == DATE_ORDER_UNKNOWN && first > 12)
		order = DATE_ORDER_DMY;
	if (order == DATE_ORDER_UNKNOWN && (second > 12 || first == second))
		order = DATE_ORDER_MDY;
	if (order == DATE_ORDER_UNKNOWN) {
		struct date ignored;

		return finish(full_year(year, digits), first, second, rest, &ignored) == DATE_OK ? DATE_AMBIGUOUS : DATE_BAD;
	}
	if (order == DATE_ORDER_DMY)
		return finish(full_year(year, digits), second, first, rest, date);
	return finish(full_year(year, digits), first, second, rest, date);
}

/* 24/3/5, 24/03/15, 15/03/24: a year of two digits, first or last. A number of one digit is no year. */
static enum date_result read_short(const int64_t n[3], const size_t digits[3], struct slice rest, enum date_order order, struct date *date)
{
	const struct { enum date_order order; bool is_possible; int64_t year, month, day; } ways[] = {
		{ DATE_ORDER_YMD, digits[0] == 2, n[0], n[1], n[2] },
		{ DATE_ORDER_DMY, digits[2] == 2, n[2], n[1], n[0] },
		{ DATE_ORDER_MDY, digits[2] == 2, n[2], n[0], n[1] },
	};
	enum date_result result = DATE_BAD;
	struct date found;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!ways[i].is_possible || (order != DATE_ORDER_UNKNOWN && order != ways[i].order) ||
		    finish(full_year(ways[i].year, 2), ways[i].month, ways[i].day, rest, &found) != DATE_OK)
			continue;
		if (result == DATE_OK && found.days != date->days)
			return DATE_AMBIGUOUS;
		*date = found;
		result = DATE_OK;
	}
	return result;
}

/* Numbers with separators: year first, or day and month first. */
static enum date_result read_separated(int64_t first, size_t digits, struct slice rest, enum date_order order,
				       struct date *date)
{
	char separator = rest.ptr[0];
	int64_t second, third;
	size_t second_digits, third_digits;

	rest = slice_skip(rest, 1);
	second_digits = take_number(&rest, &second);
	if (second_digits == 0 && separator != '.')
		return digits <= 2 ? read_named(first, rest, date) : DATE_BAD;
	if (second_digits < 1 || second_digits > 2 || rest.len == 0 || rest.ptr[0] != separator)
		return DATE_BAD;
	rest = slice_skip(rest, 1);
	third_digits = take_number(&rest, &third);
	if (digits == 4)
		return third_digits >= 1 && third_digits <= 2 ? finish((int)first, second, third, rest, date) : DATE_BAD;
	if (digits > 2 || (third_digits != 4 && third_digits != 2 && third_digits != 1))
		return DATE_BAD;
	if (third_digits <= 2)
		return read_short((int64_t[]){ first, second, third }, (size_t[]){ digits, second_digits, third_digits }, rest, order, date);
	if (order == DATE_ORDER_YMD) /* which says nothing of a year that stands last */
		order = DATE_ORDER_UNKNOWN;
	if (separator == '.' && order == DATE_ORDER_UNKNOWN)
		order = DATE_ORDER_DMY; /* dots are written day first */
	return read_ordered(first, second, third, third_digits, rest, order, date);
}

/* 2024年3月5日, 24年3月5号; the character before the rest is 年. */
static enum date_result read_chinese(int64_t year, size_t digits, struct slice rest, struct date *date)
{
	int64_t month, day;

	take(&rest, SLICE(" "));
	if (!take_number(&rest, &month))
		return DATE_BAD;
	take(&rest, SLICE(" "));
	if (!take(&rest, SLICE("月")))
		return DATE_BAD;
	take(&rest, SLICE(" "));
	if (!take_number(&rest, &day))
		return DATE_BAD;
	take(&rest, SLICE(" "));
	if (!take(&rest, SLICE("日")) && !take(&rest, SLICE("号")) && rest.len)
		return DATE_BAD;
	return finish(full_year(year, digits), month, day, rest, date);
}

static enum date_result from_serial(int64_t serial, struct slice fraction, struct date *date)
{
	double part;

	if (serial < SERIAL_LEAST || serial > SERIAL_MOST)
		return DATE_BAD;
	*date = (struct date){ .days = (int32_t)serial + SERIAL_EPOCH, .seconds = -1 };
	if (fraction.len == 0)
		return DATE_OK;
	for (size_t i = 1; i < fraction.len; i++)
		if (!is_digit(fraction.ptr[i])) /* 45356.9e99 is a number, too */
			return DATE_BAD;
	if (fraction.len < 2 || !slice_to_double(fraction, &part))
		return DATE_BAD;
	date->seconds = (int32_t)(part * SECONDS_A_DAY + 0.5);
	if (date->seconds >= SECONDS_A_DAY)
		date->seconds = SECONDS_A_DAY - 1;
	return DATE_OK;
}

static enum date_result from_epoch(int64_t seconds, struct date *date)
{
	*date = (struct date){ .days = (int32_t)(seconds / SECONDS_A_DAY), .seconds = (int32_t)(seconds % SECONDS_A_DAY) };
	to_local(date, 0);
	return DATE_OK;
}

/* Whether ten digits are 2024030508 rather than a second of the year 2034, as which they would be read without a word. */
static bool is_date_with_hour(int64_t value)
{
	struct date date;

	return value / 1000000 >= 2000 && value % 100 < 24 &&
	       finish((int)(value / 1000000), value / 10000 % 100, value / 100 % 100, (struct slice){ NULL, 0 }, &date) == DATE_OK;
}

/* Digits alone: 20240305, 20240305123456, an epoch, a serial. */
static enum date_result read_digits(int64_t value, size_t digits, struct slice rest, struct date *date)
{
	if (digits == 8)
		return finish((int)(value / 10000), value / 100 % 100, value % 100, rest, date);
	if (digits == 14 && rest.len == 0) {
		char text[8];
		int64_t time = value % 1000000;
		int32_t zone;

		for (int i = 7; i >= 0; i--) {
			text[i] = i == 2 || i == 5 ? ':' : (char)('0' + time % 10);
			time = i == 2 || i == 5 ? time : time / 10;
		}
		value /= 1000000;
		if (finish((int)(value / 10000), value / 100 % 100, value % 100, (struct slice){ NULL, 0 }, date) != DATE_OK)
			return DATE_BAD;
		date->seconds = read_time((struct slice){ text, sizeof text }, &zone);
		return date->seconds < 0 ? DATE_BAD : DATE_OK;
	}
	if (digits == 5 && (rest.len == 0 || rest.ptr[0] == '.'))
		return from_serial(value, rest, date);
	if (digits == 10 && rest.len == 0 && !is_date_with_hour(value))
		return from_epoch(value, date);
	if (digits == 13 && rest.len == 0)
		return from_epoch(value / 1000, date);
	return DATE_BAD;
}

enum date_result date_parse(struct slice s, enum date_order order, struct date *date)
{
	struct slice rest = s;
	int64_t first;
	size_t digits = take_number(&rest, &first);

	*date = (struct date){ .days = CIVIL_NONE, .seconds = -1 };
	if (digits == 0)
		return rest.len >= 6 ? read_named(0, rest, date) : DATE_BAD;
	if (take(&rest, SLICE("年")) || (take(&rest, SLICE(" 年"))))
		return read_chinese(first, digits, rest, date);
	if (digits <= 4 && rest.len && memchr("-/.", rest.ptr[0], 3))
		return read_separated(first, digits, rest, order, date);
	if (digits <= 2 && rest.len && rest.ptr[0] == ' ')
		return read_named(first, rest, date);
	return read_digits(first, digits, rest, date);
}

/* --- columns --- */

/* The numbers of 24/03/15 and the like, of a year of four digits that stands first none. */
static bool cut_numbers(struct slice s, int64_t n[3], size_t digits[3])
{
	for (int i = 0; i < 3; i++) {
		digits[i] = take_number(&s, &n[i]);
		if (digits[i] == 0 || digits[0] > 2 || (i < 2 && (s.len == 0 || !memchr("/-.", s.ptr[0], 3))))
			return false;
		s = slice_skip(s, 1);
	}
	return true;
}

static void widen(int64_t *low, int64_t *high, int64_t value, bool is_first)
{
	*low = is_first || value < *low ? value : *low;
	*high = is_first || value > *high ? value : *high;
}

void date_observe(struct date_evidence *evidence, struct slice s)
{
	enum date_result result;
	struct date date;
	int64_t n[3];
	size_t digits[3];

	result = date_parse(s, DATE_ORDER_UNKNOWN, &date);
	evidence->ambiguous += result == DATE_AMBIGUOUS;
	if (result == DATE_BAD || !cut_numbers(s, n, digits))
		return;
	if (result == DATE_AMBIGUOUS && digits[0] == 2 && digits[2] == 2) {
		widen(&evidence->first_low, &evidence->first_high, n[0], !evidence->short_years);
		widen(&evidence->third_low, &evidence->third_high, n[2], !evidence->short_years);
		evidence->short_years++;
	} else if (result == DATE_OK && digits[2] <= 2 && date_parse(s, DATE_ORDER_YMD, &date) == DATE_OK) {
		evidence->year_first++;
	} else if (result == DATE_OK && slice_find_byte(slice_first(s, 3), '.') >= 3) {
		evidence->day_first += n[0] > 12;
		evidence->month_first += n[1] > 12;
	}
}

/* The order of short years by how far the numbers go: 24/03/15, 23/11/02, 24/12/28. */
static enum date_order decide_by_spread(const struct date_evidence *evidence)
{
	int64_t first = evidence->first_high - evidence->first_low, third = evidence->third_high - evidence->third_low;

	if (third >= SPREAD_OF_DAYS && third >= first * SPREAD_FACTOR && evidence->first_low > 12)
		return DATE_ORDER_YMD;
	if (first >= SPREAD_OF_DAYS && first >= third * SPREAD_FACTOR && evidence->first_high > 12)
		return DATE_ORDER_DMY;
	return DATE_ORDER_UNKNOWN;
}

enum date_order date_decide(const struct date_evidence *evidence)
{
	int kinds = (evidence->day_first > 0) + (evidence->month_first > 0) + (evidence->year_first > 0);

	if (kinds == 1)
		return evidence->day_first ? DATE_ORDER_DMY : evidence->month_first ? DATE_ORDER_MDY : DATE_ORDER_YMD;
	return kinds == 0 && evidence->short_years > 1 ? decide_by_spread(evidence) : DATE_ORDER_UNKNOWN;
}

size_t date_print(struct date date, char out[DATE_TEXT])
{
	civil_print(date.days, out);
	if (date.seconds < 0)
		return CIVIL_TEXT;
	for (int i = 0, value = date.seconds, unit = 3600; i < 3; i++, unit /= 60) {
		out[10 + i * 3] = i ? ':' : 'T';
		out[11 + i * 3] = (char)('0' + value / unit / 10);
		out[12 + i * 3] = (char)('0' + value / unit % 10);
		value %= unit;
	}
	return 19;
}
