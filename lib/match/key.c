/* Keys of cells: what is compared instead of the text as written. */
#include <ctype.h>

#include "base/utf8.h"
#include "clean/address.h"
#include "clean/ids.h"
#include "clean/text.h"
#include "match/field.h"

static bool is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(unsigned char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Words of letters and digits in lower case with one space between; an apostrophe joins (art's). */
static struct slice words_of_ascii(struct slice s, struct arena *arena)
{
	char *out = arena_bytes(arena, s.len);
	size_t len = 0;
	bool gap = false;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (is_alnum(c)) {
			if (gap && len)
				out[len++] = ' ';
			out[len++] = lower(c);
			gap = false;
		} else if (c != '\'' && c != '`') {
			gap = true;
		}
	}
	return (struct slice){ out, len };
}

static struct slice key_words(struct slice s, struct arena *arena)
{
	if (utf8_ascii_length(s) == s.len)
		return words_of_ascii(s, arena);
	return text_key(s, true, arena);
}

/* Letters and digits alone; what is masked or destroyed gives nothing. */
static struct slice key_code(struct slice s, struct arena *arena)
{
	char *out = arena_bytes(arena, s.len);
	size_t len = 0;

	if (slice_find_byte(s, '*') < s.len || ids_is_damaged(s))
		return (struct slice){ 0 };
	if (utf8_ascii_length(s) < s.len)
		s = text_key(s, false, arena);
	if (s.len > 0)
		out = arena_bytes(arena, s.len);
	for (size_t i = 0; i < s.len; i++)
		if (is_alnum((unsigned char)s.ptr[i]) || (unsigned char)s.ptr[i] >= 0x80)
			out[len++] = lower((unsigned char)s.ptr[i]);
	return (struct slice){ out, len };
}

/* Of the address of a web site what names it: https://www.acme.example/ is acme.example. Other texts stay as they are. */
static struct slice site_of(struct slice cell)
{
	struct slice rest = slice_starts_with(cell, SLICE("https://")) ? slice_skip(cell, 8) : slice_starts_with(cell, SLICE("http://")) ? slice_skip(cell, 7) : cell;
	bool site = rest.len < cell.len || slice_starts_with(rest, SLICE("www."));

	if (slice_starts_with(rest, SLICE("www.")))
		rest = slice_skip(rest, 4);
	while (site && rest.len > 1 && rest.ptr[rest.len - 1] == '/')
		rest = slice_first(rest, rest.len - 1);
	return site && rest.len ? rest : cell;
}

/* Digits of the country's calling code at the front of an international number (ITU-T E.164). */
static size_t calling_code(struct slice digits)
{
	static const char two[][3] = { "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
				       "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
				       "86", "90", "91", "92", "93", "94", "95", "98" };

	if (digits.len && (digits.ptr[0] == '1' || digits.ptr[0] == '7'))
		return 1;
	for (size_t i = 0; i < sizeof two / sizeof two[0]; i++)
		if (digits.len > 2 && memcmp(digits.ptr, two[i], 2) == 0)
			return 2;
	return digits.len < 3 ? digits.len : 3;
}

/* What of a number's digits is the same however it is written: without calling code and trunk zero. */
static struct slice national_number(struct slice digits, bool plus)
{
	if (digits.len > 9 && (plus || slice_starts_with(digits, SLICE("00")))) {
		digits = slice_skip(digits, plus ? 0 : 2);
		digits = slice_skip(digits, calling_code(digits));
	} else if (digits.len == 13 && slice_starts_with(digits, SLICE("86"))) {
		digits = slice_skip(digits, 2);
	}
	while (digits.len && digits.ptr[0] == '0')
		digits = slice_skip(digits, 1);
	return digits;
}

/* A phone: its national number; of a list each, with ';' between. */
static struct slice key_phones(struct slice s, struct arena *arena)
{
	char *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;

	while (s.len) {
		struct slice one = slice_cut(&s, ';'), number;
		size_t begin = len, digits;

		if (slice_find_byte(one, '*') < one.len || ids_is_damaged(slice_trim(one)))
			continue;
		if (len)
			out[len++] = ';', begin++;
		digits = begin;
		for (size_t i = 0; i < one.len; i++)
			if (one.ptr[i] >= '0' && one.ptr[i] <= '9')
				out[digits++] = one.ptr[i];
		number = national_number((struct slice){ out + begin, digits - begin }, slice_find_byte(one, '+') < one.len);
		memmove(out + begin, number.ptr, number.len);
		len = begin + number.len;
		if (number.len < 5)
			len = begin ? begin - 1 : 0;
	}
	return (struct slice){ out, len };
}

static struct slice key_email(struct slice s, struct arena *arena)
{
	char *out = arena_bytes(arena, s.len);
	size_t len = 0;

	if (slice_find_byte(s, '*') < s.len)
		return (struct slice){ 0 };
	for (size_t i = 0; i < s.len; i++)
		if (!isspace((unsigned char)s.ptr[i]))
			out[len++] = lower((unsigned char)s.ptr[i]);
	return (struct slice){ out, len };
}

/* Up to four runs of digits of s; returns how many there are. */
static unsigned digit_runs(struct slice s, uint32_t number[4], unsigned length[4])
{
	unsigned runs = 0;

	for (size_t i = 0; i < s.len;) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9') {
			i++;
			continue;
		}
		uint32_t value = 0;
		unsigned digits = 0;

		for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, digits++)
			value = digits < 9 ? value * 10 + (uint32_t)(s.ptr[i] - '0') : value;
		if (runs < 4)
			number[runs] = value, length[runs] = digits;
		runs++;
		if (i < s.len && (s.ptr[i] == 'T' || (s.ptr[i] == ' ' && runs == 3)))
			break;
	}
	return runs;
}

uint32_t key_date(struct slice cell)
{
	uint32_t number[4] = { 0 };
	unsigned length[4] = { 0 };
	unsigned runs = digit_runs(cell, number, length);

	if (runs == 1 && length[0] == 8)
		return number[0];
	if (runs != 3)
		return 0;
	if (length[0] == 4 && length[1] <= 2 && length[2] <= 2)
		return number[0] * 10000 + number[1] * 100 + number[2];
	if (length[2] == 4 && length[0] <= 2 && length[1] <= 2)
		return number[1] > 12 ? number[2] * 10000 + number[0] * 100 + number[1]
				      : number[2] * 10000 + number[1] * 100 + number[0];
	return 0;
}

struct slice key_of_cell(enum field_kind kind, enum role role, struct slice cell, struct arena *arena)
{
	cell = slice_trim(cell);
	if (cell.len == 0 || text_is_empty(cell))
		return (struct slice){ 0 };
	switch (kind) {
	case FIELD_DATE: {
		uint32_t date = key_date(cell);

		return date ? arena_format(arena, "%08u", date) : (struct slice){ 0 };
	}
	case FIELD_EMAIL:
		return key_email(cell, arena);
	case FIELD_PERSON:
		return person_key(cell, arena);
	case FIELD_COMPANY:
		return company_key(cell, arena);
	case FIELD_CODE:
	case FIELD_NUMBER:
		return role == ROLE_PHONE ? key_phones(cell, arena) : key_code(cell, arena);
	default:
		if (role == ROLE_PROVINCE || role == ROLE_CITY)
			cell = address_region(cell, role == ROLE_CITY ? REGION_CITY : REGION_PROVINCE);
		return key_words(site_of(cell), arena);
	}
}
