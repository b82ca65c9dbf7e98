#include "base/civil.h"

#include <time.h>

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
}

int32_t civil_to_days(int year, int month, int day)
{
	int y, era, year_of_era, day_of_year;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return CIVIL_NONE;
	y = year - (month <= 2);
	era = y / 400;
	year_of_era = y - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct civil civil_from_days(int32_t days)
{
	int z = days + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int day_of_era = z - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * day_of_year + 2) / 153;
	int month = shifted < 10 ? shifted + 3 : shifted - 9;

	return (struct civil){ year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1 };
}

/* -1: they are not all digits. */
static inline int number_at(const char *digits, size_t len)
{
	int value = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned char)digits[i] - '0';

		if (digit > 9)
			return -1;
		value = value * 10 + (int)digit;
	}
	return value;
}

int32_t civil_parse(struct slice s)
{
	if (s.len != CIVIL_TEXT || s.ptr[4] != '-' || s.ptr[7] != '-')
		return CIVIL_NONE;
	return civil_to_days(number_at(s.ptr, 4), number_at(s.ptr + 5, 2), number_at(s.ptr + 8, 2));
}

static void print_digits(char *out, int value, int digits)
{
	while (digits--) {
		out[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

void civil_print(int32_t days, char out[CIVIL_TEXT])
{
	struct civil date = civil_from_days(days);

	print_digits(out, date.year, 4);
	out[4] = '-';
	print_digits(out + 5, date.month, 2);
	out[7] = '-';
	print_digits(out + 8, date.day, 2);
}

int32_t civil_add_months(int32_t days, int months)
{
	struct civil date = civil_from_days(days);
	int64_t index = (int64_t)date.year * 12 + date.month - 1 + months;
	int year, month;

	if (days == CIVIL_NONE || index < 12 || index >= 10000 * 12)
		return CIVIL_NONE;
	year = (int)(index / 12);
	month = (int)(index % 12) + 1;
	if (date.day > days_in_month(year, month))
		date.day = days_in_month(year, month);
	return civil_to_days(year, month, date.day);
}

int32_t civil_today(void)
{
	time_t now = time(NULL);
	struct tm local;

	if (!localtime_r(&now, &local))
		return 0;
	return civil_to_days(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}
