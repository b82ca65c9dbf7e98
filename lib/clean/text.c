#include "clean/text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "clean/han.h"

/* --- text_clean --- */

/* What becomes of a character: itself, another one, a space, or (0) nothing. */
static uint32_t clean_character(uint32_t c)
{
	if (c == 0x3000 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202F || c == 0x205F || (c >= '\t' && c <= '\r') || c == 0x85)
		return ' ';
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFEE0;
	if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	    c == 0x2060 || c == 0xFEFF || c == 0xAD)
		return 0;
	return c;
}

/* Bytes of a character whose lead byte tells that text_clean leaves it alone; 0: it has to be looked at. */
static size_t plain_length(unsigned char lead)
{
	if (lead >= 0xE4 && lead <= 0xEE) /* Han begins at E4 */
		return 3;
	if (lead >= 0xC3 && lead <= 0xDF)
		return 2;
	if (lead == 0xE0)
		return 3;
	return lead >= 0xF0 ? 4 : 0;
}

/* Whether the text is clean already: the usual case. */
static bool is_clean(struct slice s)
{
	bool space = true; /* none at the start, none twice */

	while (s.len) {
		size_t plain = (unsigned char)s.ptr[0] < 0x80 ? utf8_visible_length(s) : plain_length((unsigned char)s.ptr[0]);
		uint32_t c;

		if (plain && plain <= s.len) {
			space = false;
			s = slice_skip(s, plain);
			continue;
		}
		c = utf8_next(&s);
		if (c == 0 || clean_character(c) != c || (c == ' ' && (space || s.len == 0)))
			return false;
		space = c == ' ';
	}
	return true;
}

struct slice text_clean(struct slice s, struct arena *arena)
{
	char *to;
	size_t length = 0;

	if (is_clean(s))
		return s;
	to = arena_bytes(arena, s.len * 3 + 1); /* an invalid byte becomes U+FFFD */
	while (s.len) {
		uint32_t c = clean_character(utf8_next(&s));

		if (c == ' ' && (length == 0 || to[length - 1] == ' '))
			continue;
		if (c)
			length += utf8_put(to + length, c);
	}
	if (length && to[length - 1] == ' ')
		length--;
	return (struct slice){ to, length };
}

/* Whether a text that begins like this may say that it is empty: nearly no value does. */
static bool may_be_empty(struct slice s)
{
	unsigned char first = s.len ? (unsigned char)s.ptr[0] : ' ';

	if (first > ' ' && first < 0x7F)
		return s.len <= 64 && memchr("nN#-", first, 4);
	if (first == 0xE6)
		return slice_starts_with(s, SLICE("无")) || slice_starts_with(s, SLICE("暂")) || slice_starts_with(s, SLICE("未"));
	if (first == 0xE7)
		return slice_starts_with(s, SLICE("空"));
	/* controls and spaces (C2, E1, E2, E3), a dash (E2), full width and zero width (EF) */
	return first <= ' ' || first == 0x7F || first == 0xC2 || (first >= 0xE1 && first <= 0xE3) || first == 0xEF;
}

bool text_is_empty(struct slice s)
{
	static const struct slice words[] = { { "null", 4 }, { "NULL", 4 }, { "Null", 4 }, { "N/A", 3 }, { "n/a", 3 },
					      { "NA", 2 }, { "#N/A", 4 }, { "-", 1 }, { "--", 2 }, { "—", 3 }, { "——", 6 },
					      { "无", 3 }, { "暂无", 6 }, { "未知", 6 }, { "空", 3 } };
	char copy[16];
	size_t length = 0;

	if (!may_be_empty(s))
		return false;
	while (s.len) {
		uint32_t c = clean_character(utf8_next(&s));

		if (length + UTF8_LONGEST > sizeof copy)
			return false;
		if (c == 0 || (c == ' ' && length == 0))
			continue;
		length += utf8_put(copy + length, c);
	}
	while (length && copy[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal((struct slice){ copy, length }, words[i]))
			return true;
	return length == 0;
}

/* --- keys --- */

static struct slice ascii_key(struct slice s, bool words, struct arena *arena)
{
	char *to = arena_bytes(arena, s.len + 1);
	size_t length = 0;
	bool gap = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
			gap = true;
			continue;
		}
		if (words && gap && length)
			to[length++] = ' ';
		gap = false;
		to[length++] = c;
	}
	return (struct slice){ to, length };
}

enum { KEY_BYTES = 1 << 20 }; /* longer texts are cut: no name, address or note is compared beyond */

/* U+FDFA, three bytes, becomes 18 units: as far as a character grows, and none has more units for a byte. */
enum { LONGEST_FOLD = 6 };

/* NFKC with case folding, then NFD so that accents stand apart. Units in the arena. */
static const UChar *fold(struct slice s, int32_t *count, struct arena *arena)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&error), *split = unorm2_getNFDInstance(&error);
	int32_t room = (int32_t)s.len * LONGEST_FOLD + 64, first, second;
	UChar *units = arena_get(arena, (size_t)room, sizeof *units), *folded = arena_get(arena, (size_t)room, sizeof *folded);

	u_strFromUTF8WithSub(units, room, &first, s.ptr, (int32_t)s.len, 0xFFFD, NULL, &error);
	second = unorm2_normalize(casefold, units, first, folded, room, &error);
	*count = unorm2_normalize(split, folded, second, units, room, &error);
	if (U_FAILURE(error))
		*count = 0;
	return units;
}

static bool is_plain_han(struct slice s)
{
	while (s.len) {
		unsigned char byte = (unsigned char)s.ptr[0];

		if (byte < 0x80) {
			s = slice_skip(s, 1);
			continue;
		}
		if (!han_in_block(utf8_next(&s)))
			return false;
	}
	return true;
}

struct key_writer {
	char *to;
	size_t length;
	bool words, gap;
};

static void put_key_character(struct key_writer *key, uint32_t c)
{
	if (u_charType((UChar32)c) == U_NON_SPACING_MARK)
		return;
	if (!u_isalnum((UChar32)c)) {
		key->gap = true;
		return;
	}
	if (key->words && key->gap && key->length)
		key->to[key->length++] = ' ';
	key->gap = false;
	key->length += utf8_put(key->to + key->length, han_simplified(c));
}

/* ASCII and characters of the main Han block need no normalisation. */
static struct slice han_key(struct slice s, bool words, struct arena *arena)
{
	struct key_writer key = { .to = arena_bytes(arena, s.len * 2 + 1), .words = words };

	while (s.len) {
		uint32_t c = utf8_next(&s);

		put_key_character(&key, c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return (struct slice){ key.to, key.length };
}

struct slice text_key(struct slice s, bool words, struct arena *arena)
{
	struct key_writer key = { .words = words };
	const UChar *units;
	int32_t count;

	s = slice_first(s, KEY_BYTES);
	if (utf8_ascii_length(s) == s.len)
		return ascii_key(s, words, arena);
	if (is_plain_han(s))
		return han_key(s, words, arena);
	units = fold(s, &count, arena);
	key.to = arena_bytes(arena, (size_t)count * 4 + 1);
	for (int32_t i = 0; i < count;) {
		uint32_t c = units[i++];

		if (U16_IS_LEAD(c) && i < count && U16_IS_TRAIL(units[i]))
			c = (uint32_t)U16_GET_SUPPLEMENTARY(c, units[i++]);
		put_key_character(&key, c);
	}
	return (struct slice){ key.to, key.length };
}

struct slice text_pinyin(struct slice s, struct arena *arena)
{
	struct slice key = text_key(s, true, arena);
	struct buf out;
	struct slice result;

	buf_init(&out, BUF_UNLIMITED);
	while (key.len) {
		const char *begin = key.ptr;
		uint32_t c = utf8_next(&key);
		struct slice reading = han_pinyin(c);

		if (reading.len) {
			if (out.len && out.ptr[out.len - 1] != ' ')
				buf_add_byte(&out, ' ');
			buf_add(&out, reading);
			buf_add_byte(&out, ' ');
		} else if (c != ' ' || (out.len && out.ptr[out.len - 1] != ' ')) {
			buf_add(&out, (struct slice){ begin, (size_t)(key.ptr - begin) });
		}
	}
	result = arena_copy(arena, buf_slice(&out));
	buf_release(&out);
	return result;
}

bool text_has_han(struct slice s)
{
	s = slice_skip(s, utf8_ascii_length(s));
	while (s.len)
		if (han_is(utf8_next(&s)))
			return true;
	return false;
}
