#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

struct arena_block {
	struct arena_block *older;
	size_t size;
	_Alignas(max_align_t) char data[];
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

void arena_init(struct arena *arena)
{
	*arena = (struct arena){ 0 };
}

static void free_from(struct arena_block *block)
{
	while (block) {
		struct arena_block *older = block->older;

		free(block);
		block = older;
	}
}

void arena_release(struct arena *arena)
{
	free_from(arena->blocks);
	arena_init(arena);
}

void arena_reset(struct arena *arena)
{
	struct arena_block *kept = arena->blocks;

	if (!kept)
		return;
	free_from(kept->older);
	kept->older = NULL;
	arena->total = kept->size;
	arena->next = kept->data;
	arena->end = kept->data + kept->size;
}

static void add_block(struct arena *arena, size_t wanted)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
	struct arena_block *block;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < wanted)
		size = wanted;
	if (size > SIZE_MAX - sizeof *block)
		memory_exhausted();
	block = memory_get(1, sizeof *block + size);
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->total += size;
	arena->next = block->data;
	arena->end = block->data + size;
}

char *arena_more(struct arena *arena, size_t len)
{
	add_block(arena, len);
	arena->next += len;
	return arena->next - len;
}

void *arena_get(struct arena *arena, size_t count, size_t size)
{
	size_t misaligned = (size_t)((uintptr_t)arena->next % _Alignof(max_align_t));
	size_t padding = misaligned ? _Alignof(max_align_t) - misaligned : 0;
	size_t len;

	if (__builtin_mul_overflow(count, size, &len) || len > PTRDIFF_MAX)
		memory_exhausted();
	if (arena->next && (size_t)(arena->end - arena->next) >= padding)
		arena->next += padding;
	else
		add_block(arena, len ? len : 1);
	return arena_bytes(arena, len); /* a new block is aligned */
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
	void *got = arena_get(arena, count, size);

	return memset(got, 0, count * size);
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
	char *copy;

	if (s.len == 0)
		return (struct slice){ s.ptr ? "" : NULL, 0 };
	copy = arena_bytes(arena, s.len);
	memcpy(copy, s.ptr, s.len);
	return (struct slice){ copy, s.len };
}

char *arena_cstr(struct arena *arena, struct slice s)
{
	char *copy = arena_bytes(arena, s.len + 1);

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

struct slice arena_join(struct arena *arena, struct slice a, struct slice between, struct slice b)
{
	const struct slice parts[] = { a, between, b };
	char *text = arena_bytes(arena, a.len + between.len + b.len);
	size_t length = 0;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].len)
			memcpy(text + length, parts[i].ptr, parts[i].len);
		length += parts[i].len;
	}
	return (struct slice){ text, length };
}

struct slice arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int len;

	va_start(arguments, format);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0)
		return (struct slice){ "", 0 };
	text = arena_bytes(arena, (size_t)len + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)len + 1, format, arguments);
	va_end(arguments);
	return (struct slice){ text, (size_t)len };
}
