#include "base/diag.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { WARNINGS_MAXIMUM = 64 << 10, OTHERS_MAXIMUM = 16 << 10, QUOTED_BYTES = 40, PRIVATE_DIGITS = 7, DIGITS_SHOWN = 3 };

void diag_init(struct diag *diag)
{
	diag->status = STATUS_OK;
	diag->error[0] = '\0';
	buf_init(&diag->warnings, WARNINGS_MAXIMUM);
	diag->several = false;
	buf_init(&diag->others, OTHERS_MAXIMUM);
}

void diag_release(struct diag *diag)
{
	buf_release(&diag->warnings);
	buf_release(&diag->others);
	diag_init(diag);
}

static size_t format_place(char *out, size_t size, const struct place *place, const char *code)
{
	int len = 0;

	if (place && place->file && place->column)
		len = snprintf(out, size, "%.400s:%" PRIu64 ":%" PRIu64 ": ", place->file, place->line, place->column);
	else if (place && place->file && place->line)
		len = snprintf(out, size, "%.400s:%" PRIu64 ": ", place->file, place->line);
	else if (place && place->file)
		len = snprintf(out, size, "%.400s: ", place->file);
	if (code)
		len += snprintf(out + len, size - (size_t)len, "%s: ", code);
	return (size_t)len;
}

int diag_fail(struct diag *diag, enum status status, const struct place *place, const char *code,
	      const char *format, ...)
{
	bool first = diag->status == STATUS_OK;
	char other[sizeof diag->error], *error = first ? diag->error : other;
	va_list arguments;
	size_t len;

	if (!first && !diag->several)
		return -1;
	len = format_place(error, sizeof diag->error, place, code);
	va_start(arguments, format);
	vsnprintf(error + len, sizeof diag->error - len, format, arguments);
	va_end(arguments);
	if (first)
		diag->status = status;
	else
		buf_add(&diag->others, (struct slice){ other, strlen(other) + 1 });
	return -1;
}

void diag_warn(struct diag *diag, const struct place *place, const char *code, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	size_t len = format_place(line, sizeof line, place, code);

	va_start(arguments, format);
	vsnprintf(line + len, sizeof line - len, format, arguments);
	va_end(arguments);
	buf_add(&diag->warnings, slice_of(line));
	buf_add_byte(&diag->warnings, '\n');
}

int diag_errno(struct diag *diag, const char *file, const char *doing, int error_number)
{
	char reason[128];
	struct place place = { .file = file };
	const char *text = strerror_r(error_number, reason, sizeof reason);

	return diag_fail(diag, STATUS_SYSTEM, &place, NULL, "%s: %s", doing, text);
}

void diag_merge(struct diag *to, struct diag *from)
{
	if (to->status == STATUS_OK && from->status != STATUS_OK) {
		to->status = from->status;
		memcpy(to->error, from->error, sizeof to->error);
	}
	buf_add(&to->warnings, buf_slice(&from->warnings));
	buf_add(&to->others, buf_slice(&from->others));
	from->status = STATUS_OK;
	from->error[0] = '\0';
	buf_clear(&from->warnings);
	buf_clear(&from->others);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether the digit at i lies in the middle of a run long enough to be a phone or an id. */
static bool is_private(struct slice s, size_t i)
{
	size_t first = i, last = i;

	while (first > 0 && i - first < PRIVATE_DIGITS && is_digit(s.ptr[first - 1]))
		first--;
	while (last + 1 < s.len && last - i < PRIVATE_DIGITS && is_digit(s.ptr[last + 1]))
		last++;
	return last - first + 1 >= PRIVATE_DIGITS && i - first >= DIGITS_SHOWN && last - i >= 2;
}

const char *diag_quote(struct slice value, char out[DIAG_QUOTE_SIZE])
{
	size_t n = value.len < QUOTED_BYTES ? value.len : QUOTED_BYTES, at = 0;

	while (n < value.len && n > 0 && ((unsigned char)value.ptr[n] & 0xC0) == 0x80)
		n--;
	out[at++] = '\'';
	for (size_t i = 0; i < n && at < DIAG_QUOTE_SIZE - 12; i++) {
		unsigned char c = (unsigned char)value.ptr[i];

		if (c < 0x20 || c == 0x7f)
			at += (size_t)snprintf(out + at, 5, "\\x%02X", c);
		else
			out[at++] = is_digit((char)c) && is_private(value, i) ? '*' : (char)c;
	}
	snprintf(out + at, DIAG_QUOTE_SIZE - at, n < value.len ? "…'" : "'");
	return out;
}
