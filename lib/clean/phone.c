/*
 * A cell is cut into pieces at separators that never stand inside a number (; 、 ， , newline and a slash before a digit run that is long enough),
 * each piece is reduced to digits with its extension, and the digits are classified. Spaces are only separators where what stands on both
 * sides is a number of its own.
 */
#include "clean/phone.h"

#include "base/utf8.h"

enum { DIGITS_MOST = 24, SHORTEST_NUMBER = 7, DASHED_LEAST = 3, DASHED_MOST = 5 };

/* A piece of a cell, reduced: the digits, what stood in front, and the extension. */
struct piece {
	char digits[DIGITS_MOST];
	size_t count;
	char extension[8];
	size_t extension_count;
	bool plus, masked, letters, damaged;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- reduction --- */

static size_t extension_mark(struct slice rest)
{
	static const struct slice marks[] = {
		{ "转分机", 9 }, { "分机号", 9 }, { "分机", 6 }, { "转", 3 }, { "ext.", 4 }, { "ext", 3 }, { "x", 1 }, { "#", 1 },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_equal_nocase(slice_first(rest, marks[i].len), marks[i]))
			return marks[i].len;
	return 0;
}

static void read_extension(struct slice rest, struct piece *piece)
{
	for (; rest.len; rest = slice_skip(rest, 1)) {
		char c = rest.ptr[0];

		if (is_digit(c) && piece->extension_count < sizeof piece->extension)
			piece->extension[piece->extension_count++] = c;
		else if (c != ' ' && c != ':' && c != '.' && c != '-')
			break;
	}
}

static bool is_damaged(struct slice s)
{
	size_t e = slice_find_byte(s, 'E');

	if (e == s.len)
		e = slice_find_byte(s, 'e');
	if (e == 0 || e + 2 >= s.len || s.ptr[e + 1] != '+' || !is_digit(s.ptr[e + 2]))
		return false;
	for (size_t i = 0; i < e; i++)
		if (!is_digit(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	return true;
}

/* A number that went through a column of floating point, 13800000012.0, without its fraction, which would be one digit more. */
static struct slice drop_fraction(struct slice s)
{
	size_t end = s.len, digits = 0;

	while (end && s.ptr[end - 1] == '0')
		end--;
	if (end == s.len || s.len - end > 2 || end == 0 || s.ptr[--end] != '.')
		return s;
	while (digits < end && is_digit(s.ptr[end - 1 - digits]))
		digits++;
	return digits >= SHORTEST_NUMBER ? slice_first(s, end) : s;
}

static void reduce(struct slice s, struct piece *piece)
{
	*piece = (struct piece){ .damaged = is_damaged(s) };
	while (s.len && !piece->damaged) {
		size_t mark = piece->count >= SHORTEST_NUMBER ? extension_mark(s) : 0;
		char c = s.ptr[0];

		if (mark) {
			read_extension(slice_skip(s, mark), piece);
			break;
		}
		if (is_digit(c) && piece->count < DIGITS_MOST)
			piece->digits[piece->count++] = c;
		else if (c == '+' && piece->count == 0)
			piece->plus = true;
		else if (c == '*' || (c == 'x' && piece->count) || (c == 'X' && piece->count))
			piece->masked = true;
		else if (!memchr(" -()./:", c, 7))
			piece->letters = true;
		s = slice_skip(s, 1);
	}
}

/* --- classification --- */

static bool is_mobile(const char *d, size_t n)
{
	return n == 11 && d[0] == '1' && d[1] >= '3';
}

/* Digits of the area code of a Chinese landline that begins with 0, or 0. */
static size_t area_length(const char *d, size_t n)
{
	size_t area = n > 2 && (d[1] == '1' || d[1] == '2') ? 3 : 4;

	if (n < area + 7 || n > area + 8 || d[0] != '0' || d[1] == '0')
		return 0;
	return d[area] >= '2' ? area : 0;
}

static void drop_country(struct piece *piece)
{
	const char *d = piece->digits;
	size_t n = piece->count, prefix = 0;

	if (n == 15 && memcmp(d, "0086", 4) == 0)
		prefix = 4;
	else if (n == 13 && memcmp(d, "86", 2) == 0)
		prefix = 2;
	else if ((piece->plus || n > 11) && n >= 11 && n <= 14 && memcmp(d, "86", 2) == 0)
		prefix = 2; /* a landline: +86 10 6234 5678 */
	if (!prefix)
		return;
	piece->count -= prefix;
	memmove(piece->digits, d + prefix, piece->count);
	piece->plus = false;
	if (!is_mobile(piece->digits, piece->count) && piece->digits[0] != '0' && piece->count < DIGITS_MOST) {
		memmove(piece->digits + 1, piece->digits, piece->count++);
		piece->digits[0] = '0';
	}
}

/*
 * An extension of three to five digits behind an area code or 400 stands behind a dash, where it is known again; any other behind an x,
 * or it would be read as part of the number.
 */
static struct phone make(enum phone_type type, struct arena *arena, const struct piece *piece, size_t area)
{
	struct slice extension = { piece->extension, piece->extension_count };
	struct slice digits = { piece->digits, piece->count };
	bool dash = (area || type == PHONE_SERVICE) && extension.len >= DASHED_LEAST && extension.len <= DASHED_MOST;
	struct slice text = digits;

	if (area)
		text = arena_join(arena, slice_first(digits, area), SLICE("-"), slice_skip(digits, area));
	else if (type == PHONE_FOREIGN && piece->plus)
		text = arena_join(arena, SLICE("+"), SLICE(""), digits);
	if (extension.len)
		text = arena_join(arena, text, dash ? SLICE("-") : SLICE("x"), extension);
	return (struct phone){ type, text.ptr == digits.ptr ? arena_copy(arena, text) : text };
}

static bool is_service(const char *d, size_t n)
{
	return n == 10 && (memcmp(d, "400", 3) == 0 || memcmp(d, "800", 3) == 0);
}

/* An extension written with a dash, 0755-8234567-801, goes from the digits to the extension. */
static void cut_extension(struct slice text, struct piece *piece)
{
	for (size_t extra = DASHED_LEAST; extra <= DASHED_MOST && piece->count > extra && !piece->extension_count; extra++) {
		size_t rest = piece->count - extra;

		if ((!area_length(piece->digits, rest) && !is_service(piece->digits, rest)) ||
		    slice_find_byte(slice_skip(text, text.len - extra - 1), '-') != 0)
			continue;
		memcpy(piece->extension, piece->digits + rest, extra);
		piece->extension_count = extra;
		piece->count = rest;
	}
}

static struct phone classify(struct slice text, struct arena *arena)
{
	struct piece piece;
	size_t area;

	text = drop_fraction(text);
	reduce(text, &piece);
	if (piece.damaged)
		return (struct phone){ PHONE_DAMAGED, text };
	if (piece.masked)
		return (struct phone){ piece.count >= 4 ? PHONE_MASKED : PHONE_NONE, text };
	drop_country(&piece);
	if (!piece.plus && is_mobile(piece.digits, piece.count))
		return make(PHONE_MOBILE, arena, &piece, 0);
	if (!piece.plus && !area_length(piece.digits, piece.count))
		cut_extension(text, &piece);
	area = area_length(piece.digits, piece.count);
	if (!piece.plus && is_service(piece.digits, piece.count))
		return make(PHONE_SERVICE, arena, &piece, 0);
	if (area)
		return make(PHONE_LANDLINE, arena, &piece, area);
	if (piece.count < SHORTEST_NUMBER || piece.count > 15 || piece.letters)
		return (struct phone){ PHONE_NONE, text };
	if (piece.count <= 8 && !piece.plus && piece.digits[0] >= '2')
		return make(PHONE_LANDLINE, arena, &piece, 0);
	return make(PHONE_FOREIGN, arena, &piece, 0);
}

/* --- cells --- */

static size_t count_digits(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += is_digit(s.ptr[i]) || s.ptr[i] == '*';
	return n;
}

/* The length of a separator that never stands inside a number, or 0. */
static size_t hard_separator(struct slice s)
{
	static const struct slice separators[] = { { ";", 1 }, { "、", 3 }, { "，", 3 }, { "；", 3 }, { ",", 1 }, { "\n", 1 }, { "|", 1 } };

	if (s.len == 0 || !memchr(";,\n|\xE3\xEF", s.ptr[0], 6)) /* their first bytes */
		return 0;
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
		if (slice_starts_with(s, separators[i]))
			return separators[i].len;
	return 0;
}

/* Digits up to the next separator, a slash being one. */
static size_t digits_ahead(struct slice s)
{
	size_t at = 0;

	while (at < s.len && s.ptr[at] != '/' && !hard_separator(slice_skip(s, at)))
		at++;
	return count_digits(slice_first(s, at));
}

/*
 * Whether the slash or space between two texts parts two numbers: both have digits enough, and what stands before a space is
 * a number of a known form, or of ten digits or more, since spaces also stand inside numbers.
 */
static bool parts_numbers(struct slice before, char c, struct slice after, struct arena *arena)
{
	size_t ahead = digits_ahead(after), digits = count_digits(before);
	struct phone phone;

	if (digits < SHORTEST_NUMBER || ahead < SHORTEST_NUMBER)
		return false;
	if (c == '/' || after.ptr[0] == '+')
		return true;
	phone = classify(before, arena);
	if (phone.type == PHONE_FOREIGN)
		return digits >= 10 && ahead >= 10 && phone.text.ptr[0] != '+';
	return phone.type != PHONE_NONE;
}

/* Where the first piece of s ends, and how long the separator after it is. */
static size_t find_piece(struct slice s, size_t *separator, struct arena *arena)
{
	for (size_t i = 0; i < s.len; i++) {
		struct slice rest = slice_skip(s, i);
		bool soft = rest.ptr[0] == '/' || rest.ptr[0] == ' ';

		*separator = hard_separator(rest);
		if (*separator)
			return i;
		*separator = 1;
		if (soft && parts_numbers(slice_first(s, i), rest.ptr[0], slice_skip(rest, 1), arena))
			return i;
	}
	*separator = 0;
	return s.len;
}

/* Full-width digits and signs to narrow ones, where there are any. */
static struct slice narrow(struct slice s, struct arena *arena)
{
	char *to;
	size_t length = 0;

	if (utf8_ascii_length(s) == s.len)
		return s;
	to = arena_bytes(arena, s.len * 3);
	while (s.len) {
		uint32_t c = utf8_next(&s);

		if (c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014 || c == 0x2212)
			c = '-';
		else if (c >= 0xFF01 && c <= 0xFF5E && c != 0xFF0C && c != 0xFF1B)
			c -= 0xFEE0;
		else if (c == 0x3000 || c == 0xA0)
			c = ' ';
		length += utf8_put(to + length, c);
	}
	return (struct slice){ to, length };
}

static bool is_known(const struct phone *phones, size_t count, struct slice text)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(phones[i].text, text))
			return true;
	return false;
}

size_t phone_parse(struct slice s, struct phone phones[PHONE_LIST], struct arena *arena)
{
	struct slice rest = narrow(s, arena);
	size_t count = 0;

	while (rest.len && count < PHONE_LIST) {
		size_t separator, at = find_piece(rest, &separator, arena);
		struct slice text = slice_trim(slice_first(rest, at));
		struct phone phone = classify(text, arena);

		if (phone.type != PHONE_NONE && !is_known(phones, count, phone.text))
			phones[count++] = phone;
		rest = slice_skip(rest, at + separator);
	}
	return count;
}
