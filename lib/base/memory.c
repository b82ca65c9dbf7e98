#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/status.h"

void memory_exhausted(void)
{
	static const char text[] = "crmkit: out of memory; lower --memory or --threads, or split the input\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

	(void)ignored;
	_exit(STATUS_SYSTEM);
}

static size_t product(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
		memory_exhausted();
	return bytes ? bytes : 1;
}

static void *checked(void *got)
{
	if (!got)
		memory_exhausted();
	return got;
}

void *memory_get(size_t count, size_t size)
{
	return checked(malloc(product(count, size)));
}

enum { HUGE_PAGE = 2 << 20 };

/* Reading in random order misses the table of pages, too, unless pages are large. */
void *memory_get_huge(size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *got;

	if (bytes < HUGE_PAGE)
		return memory_get(count, size);
	got = checked(aligned_alloc(HUGE_PAGE, (bytes + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1)));
	(void)madvise(got, bytes & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE); /* only advice: it may fail */
	return got;
}

void *memory_zero(size_t count, size_t size)
{
	product(count, size);
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *memory_resize(void *old, size_t count, size_t size)
{
	return checked(realloc(old, product(count, size)));
}

char *memory_text(const char *text)
{
	return checked(strdup(text));
}

void *memory_grow(void *old, size_t *capacity, size_t needed, size_t size)
{
	size_t target = *capacity < SIZE_MAX / 2 ? *capacity * 2 : needed;

	if (needed <= *capacity && old)
		return old;
	if (target < needed)
		target = needed;
	if (target < 16)
		target = 16;
	*capacity = target;
	return memory_resize(old, target, size);
}
