/*
 * A block of the record becomes a word with one bit per byte that is the delimiter; cells are cut at the set bits.
 * On x86-64 SSE2 is always there and AVX2 is asked for once, by the compiler's resolver; elsewhere eight bytes at a time.
 */
#include "io/split.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Cuts cells at the bits of `found`; `base` is where the block begins. Returns the new count, at most room + 1. */
static inline __attribute__((always_inline)) size_t cut(const char *base, uint64_t found, const char **begin,
							 struct slice *cells, size_t count, size_t room)
{
	while (found) {
		const char *at = base + __builtin_ctzll(found);

		if (count >= room)
			return room + 1;
		cells[count++] = (struct slice){ *begin, (size_t)(at - *begin) };
		*begin = at + 1;
		found &= found - 1;
	}
	return count;
}

static inline __attribute__((always_inline)) uint64_t in_record(uint64_t found, size_t left)
{
	return left < 64 ? found & ((UINT64_C(1) << left) - 1) : found;
}

static size_t finish(struct slice record, const char *begin, struct slice *cells, size_t count, size_t room)
{
	if (count >= room)
		return room + 1;
	cells[count++] = (struct slice){ begin, (size_t)(record.ptr + record.len - begin) };
	return count;
}

#define SPLIT_BODY(match_block)                                                                     \
	const char *begin = record.ptr;                                                             \
	size_t count = 0;                                                                           \
	for (size_t at = 0; at < record.len && count <= room; at += 64) {                           \
		uint64_t found = match_block(record.ptr + at, delimiter);                           \
		count = cut(record.ptr + at, in_record(found, record.len - at), &begin, cells, count, room); \
	}                                                                                           \
	return count > room ? count : finish(record, begin, cells, count, room);

#ifdef __x86_64__

__attribute__((target("avx2"))) static inline uint64_t match_avx2(const char *p, char delimiter)
{
	__m256i wanted = _mm256_set1_epi8(delimiter);
	__m256i low = _mm256_loadu_si256((const void *)p), high = _mm256_loadu_si256((const void *)(p + 32));
	uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
	uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));

	return a | (uint64_t)b << 32;
}

__attribute__((target("avx2"))) static size_t split_avx2(struct slice record, char delimiter, struct slice *cells,
							  size_t room)
{
	SPLIT_BODY(match_avx2)
}

static inline uint64_t match_portable(const char *p, char delimiter)
{
	__m128i wanted = _mm_set1_epi8(delimiter);
	uint64_t found = 0;

	for (int i = 0; i < 4; i++) {
		__m128i block = _mm_loadu_si128((const void *)(p + i * 16));

		found |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)) << (i * 16);
	}
	return found;
}

#else

static inline uint64_t match_portable(const char *p, char delimiter)
{
	uint64_t found = 0;

	for (int i = 0; i < 64; i++)
		found |= (uint64_t)(p[i] == delimiter) << i;
	return found;
}

#endif

static size_t split_portable(struct slice record, char delimiter, struct slice *cells, size_t room)
{
	SPLIT_BODY(match_portable)
}

size_t split_plain(struct slice record, char delimiter, struct slice *cells, size_t room)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return split_avx2(record, delimiter, cells, room);
#endif
	return split_portable(record, delimiter, cells, room);
}

size_t split_count(struct slice text, char c)
{
	size_t count = 0;

	for (size_t at = 0; at < text.len; at += 64)
		count += (size_t)__builtin_popcountll(in_record(match_portable(text.ptr + at, c), text.len - at));
	return count;
}

/* --- how quoted cells stood --- */

static struct slice quote_again(struct slice value, struct arena *arena)
{
	char *to = arena_bytes(arena, value.len * 2 + 2);
	size_t length = 0;

	to[length++] = '"';
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			to[length++] = '"';
		to[length++] = value.ptr[i];
	}
	to[length++] = '"';
	return (struct slice){ to, length };
}

/* How many bytes the value takes as it stands at the start of `rest`. */
static size_t raw_length(struct slice value, struct slice rest)
{
	size_t length = value.len;

	if (rest.len == 0 || rest.ptr[0] != '"')
		return length;
	if (rest.len > length + 1 && rest.ptr[length + 1] == '"' && slice_find_byte(value, '"') == value.len)
		return length + 2;
	for (size_t i = 0; i < value.len; i++)
		length += value.ptr[i] == '"';
	return length + 2;
}

struct slice *split_raw_cells(struct slice record, char delimiter, const struct slice *values, size_t count,
			      struct arena *arena)
{
	struct slice *cells = arena_get(arena, count, sizeof *cells);
	struct slice rest = record;

	for (size_t i = 0; i < count; i++) {
		size_t length = raw_length(values[i], rest);
		bool last = i + 1 == count;

		if (length > rest.len || (last ? length != rest.len : length == rest.len || rest.ptr[length] != delimiter)) {
			for (; i < count; i++)
				cells[i] = quote_again(values[i], arena);
			break;
		}
		cells[i] = slice_first(rest, length);
		rest = slice_skip(rest, length + 1);
	}
	return cells;
}
