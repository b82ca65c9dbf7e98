#include "io/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/file.h"

enum { FILE_MAXIMUM = 64 << 20 };

/* What may come next. */
enum state {
	AT_VALUE,
	AT_VALUE_OR_END,  /* after [ */
	AT_NAME,
	AT_NAME_OR_END,   /* after { */
	AT_COLON,
	AT_COMMA,         /* after a value: a comma, the end of its array or object, or of the document */
	AT_FAULT,
};

void json_scan_init(struct json_scan *scan, struct slice text, enum json_mode mode)
{
	size_t valid = utf8_valid_length(text);

	*scan = (struct json_scan){ .begin = text.ptr, .next = text.ptr, .mode = mode, .state = AT_VALUE };
	if (!text.ptr)
		scan->begin = scan->next = "";
	scan->end = scan->next + valid;
	scan->broken_utf8 = valid < text.len;
	if (slice_starts_with(slice_first(text, valid), SLICE("\xEF\xBB\xBF")))
		scan->next += 3;
}

static enum json_token fail(struct json_scan *scan, const char *at, const char *fault)
{
	scan->state = AT_FAULT;
	scan->at = at;
	scan->fault = at == scan->end && scan->broken_utf8 ? "is not UTF-8 here" : fault;
	return JSON_FAULT;
}

/* Passes over a comment that starts here; false, without moving, when none does or it has no end. */
static bool skip_comment(struct json_scan *scan)
{
	struct slice rest = { scan->next, (size_t)(scan->end - scan->next) };
	size_t stop;

	if (slice_starts_with(rest, SLICE("//"))) {
		scan->next += slice_find_byte(rest, '\n');
		return true;
	}
	if (!slice_starts_with(rest, SLICE("/*")))
		return false;
	stop = slice_find(slice_skip(rest, 2), SLICE("*/"));
	if (stop == rest.len - 2)
		return false;
	scan->next += 2 + stop + 2;
	return true;
}

static void skip_space(struct json_scan *scan)
{
	do {
		while (scan->next < scan->end && (*scan->next == ' ' || *scan->next == '\n' || *scan->next == '\r' ||
						  *scan->next == '\t'))
			scan->next++;
	} while (scan->mode == JSON_COMMENTS && skip_comment(scan));
}

/* The number of four hexadecimal digits, or -1. */
static int32_t hex4(const char *p, const char *end)
{
	int32_t value = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* The character of the escape at p (a backslash) and its length, or NULL and what is wrong with it. */
static const char *read_escape(const char *p, const char *end, uint32_t *character, size_t *length)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter = p + 1 < end && p[1] ? strchr(letters, p[1]) : NULL;
	int32_t high, low;

	*length = 2;
	if (letter) {
		*character = (unsigned char)meanings[letter - letters];
		return NULL;
	}
	if (p + 1 == end || p[1] != 'u')
		return "there is no such escape";
	high = hex4(p + 2, end);
	if (high < 0)
		return "\\u must be followed by four hexadecimal digits";
	*length = 6;
	*character = (uint32_t)high;
	if (high < 0xD800 || high > 0xDFFF)
		return NULL;
	low = high < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8, end) : -1;
	if (low < 0xDC00 || low > 0xDFFF)
		return "half of a surrogate pair is no character";
	*length = 12;
	*character = 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
	return NULL;
}

/* Bytes from p on that are plain text in a string: no quote, backslash or control character. Eight at a time. */
static const char *skip_plain(const char *p, const char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;

	for (; end - p >= 8; p += 8) {
		uint64_t w, quote, backslash;

		memcpy(&w, p, sizeof w);
		quote = w ^ ones * '"';
		backslash = w ^ ones * '\\';
		if (((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((w - ones * 0x20) & ~w))) & tops)
			break;
	}
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
		p++;
	return p;
}

static enum json_token scan_string(struct json_scan *scan, enum json_token token)
{
	const char *begin = scan->next, *p = begin + 1;

	scan->escaped = false;
	for (;;) {
		uint32_t character;
		size_t length;
		const char *fault;

		p = skip_plain(p, scan->end);
		if (p == scan->end)
			return fail(scan, scan->broken_utf8 ? p : begin, "this string has no end");
		if (*p == '"')
			break;
		if (*p != '\\')
			return fail(scan, p, "a control character must be escaped");
		fault = read_escape(p, scan->end, &character, &length);
		if (fault)
			return fail(scan, p, fault);
		scan->escaped = true;
		p += length;
	}
	scan->next = p + 1;
	scan->token = (struct slice){ begin, (size_t)(scan->next - begin) };
	return token;
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

static enum json_token scan_number(struct json_scan *scan)
{
	const char *p = scan->next + (*scan->next == '-'), *end = scan->end, *digits = p;

	p = skip_digits(p, end);
	if (p == digits || (*digits == '0' && p - digits > 1))
		return fail(scan, scan->next, "this is not a number as JSON has it");
	if (p < end && *p == '.') {
		digits = ++p;
		p = skip_digits(p, end);
		if (p == digits)
			return fail(scan, p, "a digit must follow the decimal point");
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		digits = p;
		p = skip_digits(p, end);
		if (p == digits)
			return fail(scan, p, "the exponent has no digits");
	}
	scan->token = (struct slice){ scan->next, (size_t)(p - scan->next) };
	scan->next = p;
	return JSON_NUMBER;
}

static enum json_token scan_word(struct json_scan *scan)
{
	static const struct { struct slice word; enum json_token token; } words[] = {
		{ { "true", 4 }, JSON_TRUE }, { { "false", 5 }, JSON_FALSE }, { { "null", 4 }, JSON_NULL },
	};
	struct slice rest = { scan->next, (size_t)(scan->end - scan->next) };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!slice_starts_with(rest, words[i].word))
			continue;
		scan->token = slice_first(rest, words[i].word.len);
		scan->next += scan->token.len;
		return words[i].token;
	}
	return fail(scan, scan->next, scan->next == scan->end ? "a value is missing" : "this is no JSON value");
}

static bool in_object(const struct json_scan *scan)
{
	return scan->depth && scan->is_object[(scan->depth - 1) / 64] >> ((scan->depth - 1) % 64) & 1;
}

static enum json_token open_level(struct json_scan *scan, bool object)
{
	uint64_t bit = UINT64_C(1) << (scan->depth % 64);
	uint64_t *word;

	if (scan->depth == JSON_DEPTH)
		return fail(scan, scan->next, "is nested deeper than 512 levels");
	word = &scan->is_object[scan->depth / 64];
	*word = object ? *word | bit : *word & ~bit;
	scan->depth++;
	scan->state = object ? AT_NAME_OR_END : AT_VALUE_OR_END;
	scan->token = (struct slice){ scan->next++, 1 };
	return object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_token close_level(struct json_scan *scan)
{
	enum json_token token = in_object(scan) ? JSON_OBJECT_END : JSON_ARRAY_END;

	scan->depth--;
	scan->state = AT_COMMA;
	scan->token = (struct slice){ scan->next++, 1 };
	return token;
}

static enum json_token scan_value(struct json_scan *scan)
{
	char c = scan->next < scan->end ? *scan->next : '\0';
	enum json_token token;

	if (c == '{' || c == '[')
		return open_level(scan, c == '{');
	if (c == '"')
		token = scan_string(scan, JSON_STRING);
	else if (c == '-' || (c >= '0' && c <= '9'))
		token = scan_number(scan);
	else
		token = scan_word(scan);
	if (token != JSON_FAULT)
		scan->state = AT_COMMA;
	return token;
}

static enum json_token scan_name(struct json_scan *scan)
{
	enum json_token token;

	if (scan->next == scan->end || *scan->next != '"')
		return fail(scan, scan->next, "a member's name in quotes is expected here");
	token = scan_string(scan, JSON_NAME);
	if (token != JSON_FAULT)
		scan->state = AT_COLON;
	return token;
}

/* After a value: to the next one, or out of its array or object. */
static enum json_token scan_after_value(struct json_scan *scan)
{
	bool object = in_object(scan), comments = scan->mode == JSON_COMMENTS;

	if (scan->depth == 0 && scan->next == scan->end && !scan->broken_utf8)
		return JSON_END;
	if (scan->depth == 0)
		return fail(scan, scan->next, "the document has ended, and text follows");
	if (scan->next < scan->end && *scan->next == (object ? '}' : ']'))
		return close_level(scan);
	if (scan->next == scan->end || *scan->next != ',')
		return fail(scan, scan->next, object ? "a comma or } is missing" : "a comma or ] is missing");
	scan->next++;
	if (object)
		scan->state = comments ? AT_NAME_OR_END : AT_NAME;
	else
		scan->state = comments ? AT_VALUE_OR_END : AT_VALUE;
	return json_scan_next(scan);
}

enum json_token json_scan_next(struct json_scan *scan)
{
	char c;

	skip_space(scan);
	c = scan->next < scan->end ? *scan->next : '\0';
	switch ((enum state)scan->state) {
	case AT_NAME_OR_END:
		return c == '}' ? close_level(scan) : scan_name(scan);
	case AT_NAME:
		return scan_name(scan);
	case AT_VALUE_OR_END:
		return c == ']' ? close_level(scan) : scan_value(scan);
	case AT_COLON:
		if (c != ':')
			return fail(scan, scan->next, "a colon is missing");
		scan->next++;
		skip_space(scan);
		return scan_value(scan);
	case AT_VALUE:
		return scan_value(scan);
	case AT_COMMA:
		return scan_after_value(scan);
	case AT_FAULT:
		break;
	}
	return JSON_FAULT;
}

struct slice json_scan_text(const struct json_scan *scan, struct arena *arena)
{
	struct slice inner = scan->token;
	char *text, *out;

	if (!inner.len || inner.ptr[0] != '"')
		return inner;
	inner = (struct slice){ inner.ptr + 1, inner.len - 2 };
	if (!scan->escaped)
		return inner;
	text = out = arena_bytes(arena, inner.len);  /* no escape is shorter than what it stands for */
	while (inner.len) {
		size_t plain = slice_find_byte(inner, '\\'), length;
		uint32_t character;

		memcpy(out, inner.ptr, plain);
		out += plain;
		inner = slice_skip(inner, plain);
		if (!inner.len || read_escape(inner.ptr, inner.ptr + inner.len, &character, &length))
			break;
		out += utf8_put(out, character);
		inner = slice_skip(inner, length);
	}
	return (struct slice){ text, (size_t)(out - text) };
}

struct place json_scan_place(const struct json_scan *scan, const char *file, uint64_t line)
{
	const char *begin = scan->begin, *stop;

	while ((stop = memchr(begin, '\n', (size_t)(scan->at - begin)))) {
		line++;
		begin = stop + 1;
	}
	if (scan->at - begin >= 3 && memcmp(begin, "\xEF\xBB\xBF", 3) == 0)
		begin += 3;
	return (struct place){ file, line, utf8_count((struct slice){ begin, (size_t)(scan->at - begin) }) + 1 };
}

/* A cJSON tree being built from tokens. */
struct tree {
	cJSON *open[JSON_DEPTH];  /* the arrays and objects around the next node */
	unsigned depth;
	cJSON *root;
	char *name;               /* of the next member */
	struct arena text;
};

static cJSON *node_of(enum json_token token, const char *text)
{
	cJSON *node;

	switch (token) {
	case JSON_OBJECT: node = cJSON_CreateObject(); break;
	case JSON_ARRAY:  node = cJSON_CreateArray(); break;
	case JSON_STRING: node = cJSON_CreateString(text); break;
	case JSON_NUMBER: node = cJSON_CreateRaw(text); break;
	case JSON_TRUE:   node = cJSON_CreateTrue(); break;
	case JSON_FALSE:  node = cJSON_CreateFalse(); break;
	default:          node = cJSON_CreateNull(); break;
	}
	if (!node)
		memory_exhausted();
	return node;
}

static void tree_add(struct tree *tree, enum json_token token, const char *text)
{
	cJSON *node = node_of(token, text), *parent = tree->depth ? tree->open[tree->depth - 1] : NULL;

	if (!parent)
		tree->root = node;
	else if (cJSON_IsObject(parent) ? !cJSON_AddItemToObject(parent, tree->name, node) :
		 !cJSON_AddItemToArray(parent, node))
		memory_exhausted();
	if (token == JSON_OBJECT || token == JSON_ARRAY)
		tree->open[tree->depth++] = node;
}

static int tree_build(struct tree *tree, struct json_scan *scan)
{
	for (;;) {
		enum json_token token = json_scan_next(scan);
		struct slice text = { 0 };

		if (token == JSON_END)
			return 0;
		if (token == JSON_FAULT)
			return -1;
		if (token == JSON_OBJECT_END || token == JSON_ARRAY_END) {
			tree->depth--;
			continue;
		}
		if (token == JSON_NAME || token == JSON_STRING || token == JSON_NUMBER)
			text = json_scan_text(scan, &tree->text);
		if (text.len && memchr(text.ptr, '\0', text.len)) {
			fail(scan, scan->token.ptr, "\\u0000 cannot stand in this text");
			return -1;
		}
		if (token == JSON_NAME) {
			tree->name = arena_cstr(&tree->text, text);
			continue;
		}
		tree_add(tree, token, arena_cstr(&tree->text, text));
	}
}

cJSON *json_parse(struct slice text, enum json_mode mode, const char *file, struct diag *diag)
{
	struct json_scan scan;
	struct tree tree = { 0 };

	json_scan_init(&scan, text, mode);
	arena_init(&tree.text);
	if (tree_build(&tree, &scan) != 0) {
		struct place place = json_scan_place(&scan, file, 1);

		diag_fail(diag, mode == JSON_COMMENTS ? STATUS_USAGE : STATUS_INPUT, &place, "bad-json", "%s",
			  scan.fault);
		cJSON_Delete(tree.root);
		tree.root = NULL;
	}
	arena_release(&tree.text);
	return tree.root;
}

cJSON *json_load(const char *path, enum json_mode mode, struct diag *diag)
{
	struct arena arena;
	struct slice text;
	cJSON *document = NULL;

	arena_init(&arena);
	if (file_read(path, FILE_MAXIMUM, &arena, &text, diag) == 0)
		document = json_parse(text, mode, path, diag);
	arena_release(&arena);
	return document;
}

void json_free(cJSON *document)
{
	cJSON_Delete(document);
}

const cJSON *json_member(const cJSON *object, const char *name)
{
	const cJSON *member, *found = NULL;

	if (!cJSON_IsObject(object))
		return NULL;
	cJSON_ArrayForEach(member, object) {
		if (member->string && strcmp(member->string, name) == 0)
			found = member;
	}
	return found;
}

struct slice json_text(const cJSON *node)
{
	if (cJSON_IsString(node) || cJSON_IsRaw(node))
		return slice_of(node->valuestring);
	return (struct slice){ 0 };
}

bool json_number(const cJSON *node, double *value)
{
	return cJSON_IsRaw(node) && slice_to_double(slice_of(node->valuestring), value);
}

static void write_escape(struct buf *out, unsigned char c)
{
	static const char controls[] = "\b\t\n\f\r", letters[] = "btnfr";
	const char *letter = c ? strchr(controls, c) : NULL;

	if (c == '"' || c == '\\') {
		buf_add_byte(out, '\\');
		buf_add_byte(out, (char)c);
	} else if (letter) {
		buf_add_byte(out, '\\');
		buf_add_byte(out, letters[letter - controls]);
	} else {
		buf_format(out, "\\u%04x", c);
	}
}

/* The text of s between the quotes; s is UTF-8. */
static void write_escaped(struct buf *out, struct slice s)
{
	const char *p = s.ptr, *end = p + s.len;

	while (s.len) {
		const char *stop = skip_plain(p, end);

		buf_add(out, (struct slice){ p, (size_t)(stop - p) });
		if (stop == end)
			return;
		write_escape(out, (unsigned char)*stop);
		p = stop + 1;
	}
}

void json_write_string(struct buf *out, struct slice s)
{
	buf_add_byte(out, '"');
	while (s.len) {
		size_t valid = utf8_valid_length(s);

		write_escaped(out, slice_first(s, valid));
		s = slice_skip(s, valid);
		if (s.len)
			buf_add(out, SLICE("\xEF\xBF\xBD"));
		s = slice_skip(s, 1);
	}
	buf_add_byte(out, '"');
}

cJSON *json_number_node(double value)
{
	char text[32];
	double back;

	if (!isfinite(value))
		return node_of(JSON_NULL, NULL);
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (slice_to_double(slice_of(text), &back) && back == value)
			break;
	}
	return node_of(JSON_NUMBER, text);
}

char *json_print(const cJSON *document, bool indented)
{
	char *text = indented ? cJSON_Print(document) : cJSON_PrintUnformatted(document);

	if (!text)
		memory_exhausted();
	return text;
}
