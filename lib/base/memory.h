/*
 * Memory that is there or ends the program: running out of it is answered in one place, with a message and exit
 * status 4. Sizes are checked for overflow. What is got here is given back with free().
 */
#ifndef CRM_BASE_MEMORY_H
#define CRM_BASE_MEMORY_H

#include <stddef.h>

void *memory_get(size_t count, size_t size) __attribute__((returns_nonnull, malloc));   /* not cleared */
void *memory_zero(size_t count, size_t size) __attribute__((returns_nonnull, malloc));  /* cleared */
void *memory_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull, warn_unused_result));
char *memory_text(const char *text) __attribute__((returns_nonnull, malloc));           /* a copy of a C string */

/*
 * Grows an array so that it holds at least `needed` elements; *capacity is kept in elements and at least doubles.
 * Use: items = memory_grow(items, &capacity, n + 1, sizeof *items);
 */
void *memory_grow(void *old, size_t *capacity, size_t needed, size_t size)
	__attribute__((returns_nonnull, warn_unused_result));

/* Like memory_get, in large pages where the system gives them: for tables that are read in random order. */
void *memory_get_huge(size_t count, size_t size) __attribute__((returns_nonnull, malloc));

/* What one thread writes lies that far from what another does, or their processors would pass cache lines (fetched in pairs) to and fro: end such structures with it. */
enum { MEMORY_APART = 128 };

/* Says so on standard error and ends the program with STATUS_SYSTEM. */
_Noreturn void memory_exhausted(void);

#endif
