#include "match/moment.h"

#include "base/arena.h"
#include "clean/date.h"
#include "clean/text.h"

static unsigned two_digits(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' ? (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0') : 100;
}

/* The forms that crm-merge writes, which nearly all are: YYYY-MM-DD, and the same with THH:MM:SS. */
static bool is_standard(struct slice cell, struct date *date)
{
	if (cell.len != 10 && !(cell.len == 19 && cell.ptr[10] == 'T' && cell.ptr[13] == ':' && cell.ptr[16] == ':'))
		return false;
	date->days = civil_parse(slice_first(cell, 10));
	if (cell.len == 19) {
		unsigned hour = two_digits(cell.ptr + 11), minute = two_digits(cell.ptr + 14), second = two_digits(cell.ptr + 17);

		date->seconds = (int32_t)(hour * 3600 + minute * 60 + second);
		if (hour > 23 || minute > 59 || second > 59)
			return false;
	}
	return date->days != CIVIL_NONE;
}

int64_t moment_of(struct slice cell)
{
	struct arena arena;
	struct date date = { CIVIL_NONE, -1 };
	enum date_result result;

	if (cell.len == 0 || cell.len > 64)
		return MOMENT_NONE;
	if (is_standard(cell, &date))
		return (int64_t)date.days * 86400 + (date.seconds > 0 ? date.seconds : 0);
	date = (struct date){ CIVIL_NONE, -1 };
	arena_init(&arena);
	result = date_parse(text_clean(cell, &arena), DATE_ORDER_MDY, &date);
	arena_release(&arena);
	if (result != DATE_OK || date.days == CIVIL_NONE)
		return MOMENT_NONE;
	return (int64_t)date.days * 86400 + (date.seconds > 0 ? date.seconds : 0);
}
