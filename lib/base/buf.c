#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void buf_init(struct buf *buf, size_t maximum)
{
	*buf = (struct buf){ .maximum = maximum };
}

void buf_release(struct buf *buf)
{
	free(buf->ptr);
	buf_init(buf, buf->maximum);
}

bool buf_reserve(struct buf *buf, size_t more)
{
	if (buf->full || more > buf->maximum - buf->len) {
		buf->full = true;
		return false;
	}
	buf->ptr = memory_grow(buf->ptr, &buf->capacity, buf->len + more, 1);
	return true;
}

void buf_add(struct buf *buf, struct slice s)
{
	if (s.len == 0 || !buf_reserve(buf, s.len))
		return;
	memcpy(buf->ptr + buf->len, s.ptr, s.len);
	buf->len += s.len;
}

void buf_add_byte(struct buf *buf, char c)
{
	bool fits = buf->len < buf->capacity && buf->len < buf->maximum && !buf->full;

	if (!fits && !buf_reserve(buf, 1))
		return;
	buf->ptr[buf->len++] = c;
}

void buf_add_u64(struct buf *buf, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	buf_add(buf, (struct slice){ digits + at, sizeof digits - at });
}

void buf_add_i64(struct buf *buf, int64_t number)
{
	if (number < 0)
		buf_add_byte(buf, '-');
	buf_add_u64(buf, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void buf_format(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0 || !buf_reserve(buf, (size_t)len))
		return;
	buf->ptr = memory_grow(buf->ptr, &buf->capacity, buf->len + (size_t)len + 1, 1); /* for the NUL of vsnprintf */
	va_start(arguments, format);
	vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, arguments);
	va_end(arguments);
	buf->len += (size_t)len;
}
