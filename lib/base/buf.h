/*
 * A buf is a growing run of bytes with a maximum that is set at birth. Adding past the maximum sets `full` and
 * adds nothing from then on, so that a caller may add many pieces and look once.
 */
#ifndef CRM_BASE_BUF_H
#define CRM_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct buf {
	char *ptr;
	size_t len;
	size_t capacity;  /* private */
	size_t maximum;   /* bytes */
	bool full;        /* something did not fit */
};

#define BUF_UNLIMITED ((size_t)PTRDIFF_MAX)

void buf_init(struct buf *buf, size_t maximum);
void buf_release(struct buf *buf);
static inline void buf_clear(struct buf *buf) { buf->len = 0; buf->full = false; }
static inline struct slice buf_slice(const struct buf *buf) { return (struct slice){ buf->ptr, buf->len }; }

/* Room for `more` bytes at ptr + len; false when the maximum forbids it. */
bool buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, struct slice s);
void buf_add_byte(struct buf *buf, char c);
void buf_add_u64(struct buf *buf, uint64_t number);
void buf_add_i64(struct buf *buf, int64_t number);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
