#include "rule/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { SHOWN_BEFORE = 40, SHOWN_AFTER = 32 };  /* characters round the fault */

/* Names and strings of the tree in the order of the text, up to `wanted`: true when it was met. */
static bool count_strings(const cJSON *node, const cJSON *wanted, bool name, size_t *count)
{
	const cJSON *member;

	if (node == wanted && !name)
		return true;
	*count += cJSON_IsString(node) ? 1 : 0;
	cJSON_ArrayForEach(member, node) {
		if (member == wanted && name)
			return true;
		*count += member->string != NULL;
		if (count_strings(member, wanted, name, count))
			return true;
	}
	return false;
}

/* Bytes of a string as it stands in JSON (after its quote) that give the first `bytes` of what it says. */
static size_t raw_offset(const char *raw, size_t bytes)
{
	size_t at = 0;

	for (size_t given = 0; given < bytes;) {
		unsigned code = 0;

		if (raw[at] != '\\' || raw[at + 1] != 'u') {
			at += raw[at] == '\\' ? 2 : 1;
			given++;
			continue;
		}
		for (size_t i = 2; i < 6; i++)
			code = code * 16 + (unsigned)(raw[at + i] <= '9' ? raw[at + i] - '0' : (raw[at + i] | 0x20) - 'a' + 10);
		at += code >= 0xD800 && code < 0xDC00 ? 12 : 6;
		given += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xD800 && code < 0xDC00 ? 4 : 3;
	}
	return at;
}

/* The place of byte `offset` of the text of a node; of what has no text itself, of the next text. */
static struct place place_of(const struct rules_file *file, const cJSON *node, bool name, size_t offset)
{
	struct json_scan scan;
	size_t ordinal = 0;
	enum json_token token;

	count_strings(file->document, node, name, &ordinal);
	json_scan_init(&scan, file->text, JSON_COMMENTS);
	do {
		token = json_scan_next(&scan);
	} while (token != JSON_END && token != JSON_FAULT && !((token == JSON_NAME || token == JSON_STRING) && ordinal-- == 0));
	if (token == JSON_END || token == JSON_FAULT)
		return (struct place){ .file = file->path };
	scan.at = scan.token.ptr;
	if (cJSON_IsString(node) && !name)
		scan.at += 1 + raw_offset(scan.token.ptr + 1, offset);
	return json_scan_place(&scan, file->path, 1);
}

int report_node(const struct rules_file *file, const cJSON *node, bool name, const char *code, struct diag *diag,
		const char *format, ...)
{
	struct place place;
	char text[700];
	va_list arguments;

	if (diag->others.full) /* the search for the place would be for nothing */
		return -1;
	place = place_of(file, node, name, 0);
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return diag_fail(diag, STATUS_USAGE, &place, code, "%s", text);
}

/* Whether a terminal gives the character two columns. */
static bool is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
	       (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
	       (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

/* The byte `characters` characters before `at`. */
static size_t back(struct slice s, size_t at, size_t characters)
{
	for (; at > 0 && characters > 0; characters--)
		for (at--; at > 0 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80; at--)
			;
	return at;
}

void report_carets(struct slice expression, const struct fault *fault, struct buf *out)
{
	size_t begin = back(expression, fault->from, SHOWN_BEFORE), shown = 0, at;
	struct slice rest = slice_skip(expression, begin), here;
	struct buf carets;

	buf_init(&carets, 1024);
	buf_add(out, begin ? SLICE("\n    …") : SLICE("\n    "));
	buf_add(&carets, begin ? SLICE("\n     ") : SLICE("\n    "));
	while (rest.len && shown++ < SHOWN_BEFORE + SHOWN_AFTER) {
		uint32_t c;

		here = rest;
		at = expression.len - rest.len;
		c = utf8_next(&rest);
		buf_add(out, c < 0x20 || c == 0x7F ? SLICE(" ") : slice_first(here, here.len - rest.len));
		if (at < fault->to || at == fault->from)
			buf_add(&carets, slice_first(at >= fault->from ? SLICE("^^") : SLICE("  "), is_wide(c) ? 2 : 1));
	}
	if (rest.len)
		buf_add(out, SLICE("…"));
	else if (fault->from >= expression.len)
		buf_add_byte(&carets, '^');
	buf_add(out, buf_slice(&carets));
	buf_release(&carets);
}

int report_fault(const struct rules_file *file, const cJSON *node, struct slice expression, const struct fault *fault,
		 struct diag *diag)
{
	struct place place;
	struct buf carets;

	if (diag->others.full)
		return -1;
	place = place_of(file, node, false, fault->from);
	buf_init(&carets, 1024);
	report_carets(expression, fault, &carets);
	diag_fail(diag, STATUS_USAGE, &place, fault->code, "%s%.*s", fault->text, SLICE_ARG(buf_slice(&carets)));
	buf_release(&carets);
	return -1;
}
