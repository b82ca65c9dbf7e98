#include "io/encoding.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucsdet.h>

#include "base/memory.h"
#include "base/utf8.h"

enum {
	INPUT_BYTES = 128 << 10,
	PEEK_BYTES = 4096,
	UNITS = 32 << 10,             /* UTF-16 units converted at a time */
	BAD_SEQUENCE = 0xFFFF,        /* noncharacter that stands for bytes without meaning */
	BAD_BYTE = 0xFF,
};

struct decoder {
	struct source *source;
	char name[64];
	bool decided;                 /* else only ASCII has been seen */
	bool bom;
	size_t mark_length;           /* bytes of the mark, to pass over at the start */
	bool started;
	UConverter *converter;        /* NULL: the bytes are UTF-8 */
	char *input;                  /* private buffer of a converting or undecided decoder */
	size_t input_length, input_at;
	bool input_ended, drained;
	UChar *units;
	size_t unit_count, unit_at;
};

/* --- detection --- */

static bool gb18030_next(struct slice *rest, bool *common)
{
	const unsigned char *p = (const unsigned char *)rest->ptr;
	size_t n = rest->len;

	*common = false;
	if (p[0] < 0x80) {
		*rest = slice_skip(*rest, 1);
		return true;
	}
	if (n < 2 || p[0] == 0x80 || p[0] == 0xFF)
		return false;
	if (p[1] >= 0x30 && p[1] <= 0x39) {
		if (n < 4 || p[2] < 0x81 || p[2] > 0xFE || p[3] < 0x30 || p[3] > 0x39)
			return false;
		*rest = slice_skip(*rest, 4);
		return true;
	}
	if (p[1] < 0x40 || p[1] == 0x7F || p[1] == 0xFF)
		return false;
	*common = p[0] >= 0xA1 && p[0] <= 0xF7 && p[1] >= 0xA1; /* GB 2312 */
	*rest = slice_skip(*rest, 2);
	return true;
}

/* Up to `spare` bytes at the end may be part of a character. */
static bool gb18030_is_valid(struct slice s, size_t spare, uint64_t *pairs, uint64_t *common_pairs)
{
	while (s.len) {
		bool wide = (unsigned char)s.ptr[0] >= 0x80, common;

		if (!gb18030_next(&s, &common))
			return s.len <= spare;
		*pairs += wide;
		*common_pairs += common;
	}
	return true;
}

static const char *detect_other(struct slice bytes, bool gb_possible)
{
	static const char *const trusted[] = { "Big5", "Shift_JIS", "EUC-JP", "EUC-KR", "ISO-8859-1", "ISO-8859-2",
					       "windows-1250", "windows-1251", "windows-1252", "KOI8-R" };
	UErrorCode error = U_ZERO_ERROR;
	UCharsetDetector *detector = ucsdet_open(&error);
	const char *found = gb_possible ? "GB18030" : "windows-1252";
	const UCharsetMatch *match;
	const char *name;

	ucsdet_setText(detector, bytes.ptr, (int32_t)(bytes.len < INPUT_BYTES ? bytes.len : INPUT_BYTES), &error);
	match = ucsdet_detect(detector, &error);
	name = U_SUCCESS(error) && match ? ucsdet_getName(match, &error) : NULL;
	for (size_t i = 0; name && i < sizeof trusted / sizeof *trusted; i++)
		if (strcmp(name, trusted[i]) == 0)
			found = i == 4 ? "windows-1252" : trusted[i]; /* in practice Latin-1 is windows-1252 */
	ucsdet_close(detector);
	return found;
}

struct line_votes {
	uint64_t utf8, gb, neither, pairs, common_pairs;
};

static void vote(struct line_votes *votes, struct slice line, bool cut)
{
	size_t spare = cut ? UTF8_LONGEST - 1 : 0;

	if (utf8_ascii_length(line) == line.len)
		return;
	if (utf8_valid_length(line) + spare >= line.len)
		votes->utf8++;
	else if (gb18030_is_valid(line, spare, &votes->pairs, &votes->common_pairs))
		votes->gb++;
	else
		votes->neither++;
}

static struct line_votes vote_by_lines(struct slice rest, bool cut)
{
	struct line_votes votes = { 0 };

	while (rest.len) {
		size_t end = slice_find_byte(rest, '\n');
		bool whole = end < rest.len || !cut;

		/* A last line that was cut in the middle says little, unless there is no other. */
		if (whole || votes.utf8 + votes.gb + votes.neither == 0)
			vote(&votes, slice_first(rest, end), !whole);
		rest = slice_skip(rest, end + 1);
	}
	return votes;
}

static bool is_common_gb(const struct line_votes *votes)
{
	return votes->gb > votes->neither && votes->common_pairs * 4 >= votes->pairs * 3;
}

const char *encoding_detect(struct slice bytes, bool cut)
{
	struct line_votes votes = vote_by_lines(bytes, cut);

	if (votes.utf8 + votes.gb + votes.neither == 0)
		return NULL;
	if (votes.utf8 >= votes.gb + votes.neither)
		return "UTF-8";
	if (is_common_gb(&votes))
		return "GB18030";
	return detect_other(bytes, votes.gb > votes.neither);
}

struct byte_mark {
	const char *name, *bytes;
	size_t length;
};

static const struct byte_mark *find_mark(struct slice seen)
{
	static const struct byte_mark marks[] = {
		{ "UTF-8", "\xEF\xBB\xBF", 3 },
		{ "UTF-32LE", "\xFF\xFE\0\0", 4 },
		{ "UTF-32BE", "\0\0\xFE\xFF", 4 },
		{ "UTF-16LE", "\xFF\xFE", 2 },
		{ "UTF-16BE", "\xFE\xFF", 2 },
		{ "GB18030", "\x84\x31\x95\x33", 4 },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_starts_with(seen, (struct slice){ marks[i].bytes, marks[i].length }))
			return &marks[i];
	return NULL;
}

/* UTF-16 without a mark: the high bytes of digits, commas and line ends are zeros, all on one side. */
static const char *detect_utf16(struct slice seen)
{
	size_t zeros[2] = { 0, 0 };

	for (size_t i = 0; i < seen.len; i++)
		zeros[i & 1] += seen.ptr[i] == '\0';
	if ((zeros[0] + zeros[1]) * 20 < seen.len || seen.len < 4)
		return NULL;
	if (zeros[1] > zeros[0] * 8)
		return "UTF-16LE";
	if (zeros[0] > zeros[1] * 8)
		return "UTF-16BE";
	return NULL;
}

/* --- conversion --- */

static void replace_bad(const void *context, UConverterToUnicodeArgs *arguments, const char *bytes, int32_t length,
			UConverterCallbackReason reason, UErrorCode *error)
{
	static const UChar bad[] = { BAD_SEQUENCE };

	(void)context;
	(void)bytes;
	(void)length;
	if (reason > UCNV_IRREGULAR)
		return;
	*error = U_ZERO_ERROR;
	ucnv_cbToUWriteUChars(arguments, bad, 1, 0, error);
}

static int set_encoding(struct decoder *decoder, const char *name, struct diag *diag)
{
	struct place place = { .file = source_name(decoder->source) };
	UErrorCode error = U_ZERO_ERROR;

	decoder->decided = true;
	if (strcasecmp(name, "gbk") == 0 || strcasecmp(name, "gb2312") == 0 || strcasecmp(name, "cp936") == 0)
		name = "GB18030";
	if (strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0)
		name = "UTF-8";
	snprintf(decoder->name, sizeof decoder->name, "%s", name);
	if (strcmp(name, "UTF-8") == 0)
		return 0;
	decoder->converter = ucnv_open(name, &error);
	if (U_FAILURE(error)) {
		char quoted[DIAG_QUOTE_SIZE];

		return diag_fail(diag, STATUS_USAGE, &place, NULL,
				 "%s is no encoding that is known; such as utf-8, gb18030, big5, utf-16le, windows-1252",
				 diag_quote(slice_of(name), quoted));
	}
	ucnv_setToUCallBack(decoder->converter, replace_bad, NULL, NULL, NULL, &error);
	decoder->units = memory_get(UNITS, sizeof *decoder->units);
	return 0;
}

/* The encoding that was asked for; where that leaves the order of its bytes open, the one found, by a mark or by zeros. */
static const char *with_order(const char *wanted, const char *found)
{
	static const char *const families[] = { "UTF-16", "UTF-32" };

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (found && ucnv_compareNames(wanted, families[i]) == 0 && strncmp(found, families[i], 6) == 0)
			return found;
	return wanted;
}

/* Whether the mark of UTF-8 lies: programs put it before what they then write in GBK. No line may speak for it. */
static bool is_gb_behind_mark(struct slice text, bool cut)
{
	struct line_votes votes = vote_by_lines(text, cut);

	return votes.utf8 == 0 && votes.neither == 0 && is_common_gb(&votes);
}

static int find_encoding(struct decoder *decoder, const char *wanted, struct diag *diag)
{
	const struct byte_mark *mark;
	const char *name = NULL;
	struct slice seen;

	if (source_peek(decoder->source, PEEK_BYTES, &seen, diag) < 0)
		return -1;
	mark = find_mark(seen);
	if (mark) {
		decoder->bom = true;
		decoder->mark_length = mark->length;
		name = mark->name;
		if (mark->length == 3 && is_gb_behind_mark(slice_skip(seen, 3), seen.len >= PEEK_BYTES))
			name = "GB18030";
	}
	if (!name)
		name = detect_utf16(seen);
	if (wanted && strcasecmp(wanted, "auto") != 0)
		name = with_order(wanted, name);
	return name ? set_encoding(decoder, name, diag) : 0;
}

int decoder_open(struct decoder **opened, struct source *source, const char *encoding, struct diag *diag)
{
	struct decoder *decoder = memory_zero(1, sizeof *decoder);

	decoder->source = source;
	snprintf(decoder->name, sizeof decoder->name, "UTF-8");
	decoder->input = memory_get(INPUT_BYTES, 1);
	if (find_encoding(decoder, encoding, diag) < 0) {
		decoder_free(decoder);
		return -1;
	}
	*opened = decoder;
	return 0;
}

void decoder_free(struct decoder *decoder)
{
	if (!decoder)
		return;
	if (decoder->converter)
		ucnv_close(decoder->converter);
	free(decoder->input);
	free(decoder->units);
	free(decoder);
}

void decoder_rewind(struct decoder *decoder)
{
	decoder->started = decoder->input_ended = decoder->drained = false;
	decoder->input_length = decoder->input_at = 0;
	decoder->unit_count = decoder->unit_at = 0;
	if (decoder->converter)
		ucnv_resetToUnicode(decoder->converter);
}

static int fill_input(struct decoder *decoder, struct diag *diag)
{
	ssize_t got;

	if (decoder->input_at < decoder->input_length || decoder->input_ended)
		return 0;
	got = source_read(decoder->source, decoder->input, INPUT_BYTES, diag);
	if (got < 0)
		return -1;
	decoder->input_at = 0;
	decoder->input_length = (size_t)got;
	decoder->input_ended = got < INPUT_BYTES;
	return 0;
}

static int skip_mark(struct decoder *decoder, struct diag *diag)
{
	char mark[4];

	if (decoder->started)
		return 0;
	decoder->started = true;
	return source_read(decoder->source, mark, decoder->mark_length, diag) < 0 ? -1 : 0;
}

/* Gives what is in the input buffer as it is. */
static ssize_t copy_input(struct decoder *decoder, char *to, size_t size)
{
	size_t held = decoder->input_length - decoder->input_at;
	size_t n = held < size ? held : size;

	memcpy(to, decoder->input + decoder->input_at, n);
	decoder->input_at += n;
	return (ssize_t)n;
}

static ssize_t read_utf8(struct decoder *decoder, char *to, size_t size, struct diag *diag)
{
	if (decoder->input_at < decoder->input_length)
		return copy_input(decoder, to, size); /* what had been read before the encoding was known */
	return source_read(decoder->source, to, size, diag);
}

/* Fills the input up behind what is held, so that much is in sight. */
static int look_ahead(struct decoder *decoder, struct diag *diag)
{
	size_t held = decoder->input_length - decoder->input_at;
	ssize_t got;

	memmove(decoder->input, decoder->input + decoder->input_at, held);
	decoder->input_at = 0;
	decoder->input_length = held;
	if (decoder->input_ended)
		return 0;
	got = source_read(decoder->source, decoder->input + held, INPUT_BYTES - held, diag);
	if (got < 0)
		return -1;
	decoder->input_length += (size_t)got;
	decoder->input_ended = (size_t)got < INPUT_BYTES - held;
	return 0;
}

/* ASCII so far: pass it on, and decide when the first other byte comes. 0: undecided no longer. */
static ssize_t read_undecided(struct decoder *decoder, char *to, size_t size, struct diag *diag)
{
	struct slice held;
	size_t ascii;
	const char *name;

	if (fill_input(decoder, diag) < 0)
		return -1;
	held = (struct slice){ decoder->input + decoder->input_at, decoder->input_length - decoder->input_at };
	ascii = utf8_ascii_length(held);
	if (ascii == held.len || ascii > INPUT_BYTES / 2)
		return copy_input(decoder, to, ascii < size ? ascii : size);
	if (look_ahead(decoder, diag) < 0)
		return -1;
	held = (struct slice){ decoder->input, decoder->input_length };
	name = encoding_detect(held, !decoder->input_ended);
	return set_encoding(decoder, name ? name : "UTF-8", diag);
}

/* Refills the units; a last one that is half of a pair stays. */
static int convert_more(struct decoder *decoder, struct diag *diag)
{
	struct place place = { .file = source_name(decoder->source) };
	UErrorCode error = U_ZERO_ERROR;
	size_t kept = decoder->unit_count - decoder->unit_at;
	UChar *to = decoder->units + kept;
	const char *from;

	if (fill_input(decoder, diag) < 0)
		return -1;
	memmove(decoder->units, decoder->units + decoder->unit_at, kept * sizeof *decoder->units);
	from = decoder->input + decoder->input_at;
	ucnv_toUnicode(decoder->converter, &to, decoder->units + UNITS, &from, decoder->input + decoder->input_length, NULL,
		       decoder->input_ended, &error);
	decoder->input_at = (size_t)(from - decoder->input);
	decoder->unit_at = 0;
	decoder->unit_count = (size_t)(to - decoder->units);
	if (error == U_BUFFER_OVERFLOW_ERROR)
		return 0;
	if (U_FAILURE(error))
		return diag_fail(diag, STATUS_INPUT, &place, "encoding-error", "cannot be read as %s", decoder->name);
	decoder->drained = decoder->input_ended && decoder->input_at == decoder->input_length;
	return 0;
}

/* The next character of the units; a lone surrogate is BAD_SEQUENCE. false: the second half has not come yet. */
static bool next_unit(struct decoder *decoder, uint32_t *character)
{
	UChar unit = decoder->units[decoder->unit_at];

	*character = unit;
	if (U16_IS_SURROGATE(unit)) {
		bool more = decoder->unit_at + 1 < decoder->unit_count;

		if (U16_IS_LEAD(unit) && !more && !decoder->drained)
			return false;
		*character = BAD_SEQUENCE;
		if (U16_IS_LEAD(unit) && more && U16_IS_TRAIL(decoder->units[decoder->unit_at + 1]))
			*character = (uint32_t)U16_GET_SUPPLEMENTARY(unit, decoder->units[++decoder->unit_at]);
	}
	decoder->unit_at++;
	return true;
}

static ssize_t read_converted(struct decoder *decoder, char *to, size_t size, struct diag *diag)
{
	size_t length = 0;

	while (length + UTF8_LONGEST <= size) {
		uint32_t character;

		if (decoder->unit_at == decoder->unit_count && decoder->drained)
			break;
		if (decoder->unit_at == decoder->unit_count || !next_unit(decoder, &character)) {
			if (convert_more(decoder, diag) < 0)
				return -1;
			continue;
		}
		if (character < 0x80)
			to[length++] = (char)character;
		else if (character == BAD_SEQUENCE)
			to[length++] = (char)BAD_BYTE;
		else
			length += utf8_put(to + length, character);
	}
	return (ssize_t)length;
}

ssize_t decoder_read(struct decoder *decoder, char *to, size_t size, struct diag *diag)
{
	if (skip_mark(decoder, diag) < 0)
		return -1;
	if (!decoder->decided) {
		ssize_t got = read_undecided(decoder, to, size, diag);

		if (got != 0 || !decoder->decided)
			return got;
	}
	if (decoder->converter)
		return read_converted(decoder, to, size, diag);
	return read_utf8(decoder, to, size, diag);
}

const char *decoder_encoding(const struct decoder *decoder)
{
	return decoder->name;
}

bool decoder_had_bom(const struct decoder *decoder)
{
	return decoder->bom;
}

static struct slice rescue_gb18030(struct slice bytes, struct arena *arena)
{
	UErrorCode error = U_ZERO_ERROR;
	size_t room = bytes.len * 2 + 16; /* two bytes become at most three, four at most four */
	char *text = arena_bytes(arena, room);
	int32_t length = ucnv_convert("UTF-8", "GB18030", text, (int32_t)room, bytes.ptr, (int32_t)bytes.len, &error);

	return U_SUCCESS(error) ? (struct slice){ text, (size_t)length } : (struct slice){ NULL, 0 };
}

struct slice encoding_rescue(struct slice bytes, struct arena *arena)
{
	uint64_t pairs = 0, common = 0;
	struct slice text = { NULL, 0 };
	char *to;
	size_t length = 0;

	if (bytes.len < INT32_MAX / 4 && gb18030_is_valid(bytes, 0, &pairs, &common) && common * 2 >= pairs)
		text = rescue_gb18030(bytes, arena);
	if (text.ptr)
		return text;
	to = arena_bytes(arena, bytes.len * 3);
	while (bytes.len)
		length += utf8_put(to + length, utf8_next(&bytes));
	return (struct slice){ to, length };
}

struct slice encoding_beginning(struct slice text, size_t bytes, struct arena *arena)
{
	struct slice shown = slice_first(text, bytes);
	size_t valid = utf8_valid_length(shown);

	if (shown.len - valid >= UTF8_LONGEST)
		return encoding_rescue(shown, arena);
	return arena_copy(arena, slice_first(shown, valid));
}
