/*
 * An arena hands out memory that lives until the whole arena is reset or released; nothing is freed on its own.
 * One per batch, one per run. Not shared between threads.
 */
#ifndef CRM_BASE_ARENA_H
#define CRM_BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;  /* private: newest first */
	char *next, *end;            /* private: free space of the newest block */
	size_t total;                /* bytes held from the system */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);
/* Forgets everything handed out, keeps the newest block for use again. */
void arena_reset(struct arena *arena);

/* Uninitialised, aligned for any object. */
void *arena_get(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));
void *arena_zero(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));
/* Uninitialised bytes without alignment, for text. */
static inline char *arena_bytes(struct arena *arena, size_t len);
char *arena_more(struct arena *arena, size_t len) __attribute__((returns_nonnull)); /* private: from a new block */
static inline char *arena_bytes(struct arena *arena, size_t len)
{
	char *got = arena->next;

	if (!got || (size_t)(arena->end - got) < len)
		return arena_more(arena, len);
	arena->next = got + len;
	return got;
}
/* A copy of s that the arena owns. */
struct slice arena_copy(struct arena *arena, struct slice s);
/* A copy of s that ends in NUL, for the libraries that want one. */
char *arena_cstr(struct arena *arena, struct slice s) __attribute__((returns_nonnull));
/* a, between, b in one: what arena_format would do, but for texts of every row. */
struct slice arena_join(struct arena *arena, struct slice a, struct slice between, struct slice b);
struct slice arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
