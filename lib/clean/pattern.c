#include "clean/pattern.h"

#include <inttypes.h>
#include <time.h>

#include "base/buf.h"
#include "base/civil.h"
#include "clean/date.h"

enum { TEXT_MOST = 256, DATE_LENGTH = 10, TIME_LENGTH = 19 };

/* The parts of a date, each with the field of struct tm and what is added to it. */
static const struct part {
	struct slice name;
	size_t field;
	int more, width;
} parts[] = {
	{ { "yyyy", 4 }, offsetof(struct tm, tm_year), 1900, 4 }, { { "MM", 2 }, offsetof(struct tm, tm_mon), 1, 2 },
	{ { "M", 1 }, offsetof(struct tm, tm_mon), 1, 1 },	  { { "dd", 2 }, offsetof(struct tm, tm_mday), 0, 2 },
	{ { "d", 1 }, offsetof(struct tm, tm_mday), 0, 1 },	  { { "HH", 2 }, offsetof(struct tm, tm_hour), 0, 2 },
	{ { "H", 1 }, offsetof(struct tm, tm_hour), 0, 1 },	  { { "mm", 2 }, offsetof(struct tm, tm_min), 0, 2 },
	{ { "ss", 2 }, offsetof(struct tm, tm_sec), 0, 2 },
};

enum { PARTS = sizeof parts / sizeof *parts };

/* Letters of one kind that the text begins with. */
static size_t run_length(struct slice text)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] == text.ptr[0])
		n++;
	return n;
}

/* The part that the pattern begins with, or NULL. */
static const struct part *find_part(struct slice pattern)
{
	struct slice run = slice_first(pattern, run_length(pattern));

	for (size_t i = 0; i < PARTS; i++)
		if (slice_equal(run, parts[i].name))
			return &parts[i];
	return NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int64_t ticks_of(struct slice pattern)
{
	return slice_equal(pattern, SLICE("epoch s")) ? 1 : slice_equal(pattern, SLICE("epoch ms")) ? 1000 : 0;
}

static bool is_greenwich(struct slice pattern)
{
	return slice_ends_with(pattern, SLICE("Z")) || slice_ends_with(pattern, SLICE("+0000"));
}

bool pattern_is_valid(struct slice pattern)
{
	if (pattern.len == 0 || pattern.len > TEXT_MOST / 4)
		return false;
	if (ticks_of(pattern))
		return true;
	if (slice_ends_with(pattern, SLICE("Z")))
		pattern.len--;
	while (pattern.len) {
		const struct part *part = find_part(pattern);

		if (part)
			pattern = slice_skip(pattern, part->name.len);
		else if (slice_starts_with(pattern, SLICE("SSS")))
			pattern = slice_skip(pattern, 3);
		else if ((is_letter(pattern.ptr[0]) && pattern.ptr[0] != 'T') || pattern.ptr[0] == '\'')
			return false;
		else
			pattern = slice_skip(pattern, 1);
	}
	return true;
}

/* YYYY-MM-DD, or with THH:MM:SS; nothing else. */
static bool read_standard(struct slice value, struct tm *tm)
{
	int32_t days = civil_parse(slice_first(value, DATE_LENGTH));
	struct slice rest = slice_skip(value, DATE_LENGTH);
	struct civil day;
	struct date date;

	if (days == CIVIL_NONE || (value.len != DATE_LENGTH && (value.len != TIME_LENGTH || rest.ptr[0] != 'T')) ||
	    date_parse(value, DATE_ORDER_UNKNOWN, &date) != DATE_OK)
		return false;
	day = civil_from_days(days);
	*tm = (struct tm){ .tm_year = day.year - 1900, .tm_mon = day.month - 1, .tm_mday = day.day, .tm_isdst = -1 };
	if (rest.len) {
		tm->tm_hour = date.seconds / 3600;
		tm->tm_min = date.seconds / 60 % 60;
		tm->tm_sec = date.seconds % 60;
	}
	return true;
}

static void write_parts(struct buf *out, struct slice pattern, const struct tm *tm)
{
	while (pattern.len) {
		const struct part *part = find_part(pattern);

		if (part) {
			buf_format(out, "%0*d", part->width, *(const int *)((const char *)tm + part->field) + part->more);
			pattern = slice_skip(pattern, part->name.len);
		} else if (slice_starts_with(pattern, SLICE("SSS"))) {
			buf_add(out, SLICE("000"));
			pattern = slice_skip(pattern, 3);
		} else {
			buf_add_byte(out, pattern.ptr[0]);
			pattern = slice_skip(pattern, 1);
		}
	}
}

struct slice pattern_write(struct slice date, struct slice time, struct slice value, struct arena *arena)
{
	struct slice pattern = value.len == TIME_LENGTH ? time : date, text;
	int64_t ticks = ticks_of(pattern);
	struct tm tm, local;
	struct buf out;

	if (!read_standard(value, &tm))
		return value;
	local = tm;
	if (ticks)
		return arena_format(arena, "%" PRId64, (int64_t)mktime(&local) * ticks);
	if (is_greenwich(pattern)) {
		time_t moment = mktime(&local);

		gmtime_r(&moment, &tm);
	}
	buf_init(&out, TEXT_MOST);
	write_parts(&out, pattern, &tm);
	text = arena_copy(arena, buf_slice(&out));
	buf_release(&out);
	return text;
}
