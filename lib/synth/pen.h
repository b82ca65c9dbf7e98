/*
 * A pen writes the cells of one record into memory of fixed size: what does not fit is cut, which the lists never come
 * near to.
 */
#ifndef CRM_SYNTH_PEN_H
#define CRM_SYNTH_PEN_H

#include <stdint.h>

#include "base/slice.h"

struct pen {
	char *at, *end;
};

static inline void pen_add(struct pen *pen, struct slice s)
{
	size_t room = (size_t)(pen->end - pen->at), len = s.len < room ? s.len : room;

	if (len)
		memcpy(pen->at, s.ptr, len);
	pen->at += len;
}

static inline void pen_byte(struct pen *pen, char c)
{
	if (pen->at < pen->end)
		*pen->at++ = c;
}

static inline void pen_text(struct pen *pen, const char *text)
{
	pen_add(pen, slice_of(text));
}

/* The number in decimal, with zeros before it up to `width`. */
static inline void pen_number(struct pen *pen, uint64_t number, int width)
{
	char digits[32];
	size_t at = sizeof digits;

	for (; number || width > 0; width--, number /= 10)
		digits[--at] = (char)('0' + number % 10);
	if (at == sizeof digits)
		digits[--at] = '0';
	pen_add(pen, (struct slice){ digits + at, sizeof digits - at });
}

/* What was written from `start` on. */
static inline struct slice pen_since(const struct pen *pen, const char *start)
{
	return (struct slice){ start, (size_t)(pen->at - start) };
}

#endif
