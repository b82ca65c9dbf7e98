/*
 * Large arrays under one bound: as long as they fit they are in memory, after that each new or growing one is in a file without a name, which is
 * mapped: the system keeps of it in memory what there is room for. So that files do not fill what others could use, a thread lets go of
 * their pages whenever more of them than `mapped` have been touched; they come back when they are touched again.
 *
 * Arrays start on 64 bytes and may be used by any number of threads; getting, resizing and dropping them, too. Where a file can not be made
 * the array stays in memory, and vast_check says so. A vast of NULL has no bound.
 */
#ifndef CRM_IO_VAST_H
#define CRM_IO_VAST_H

#include <stddef.h>

#include "base/diag.h"

struct vast;

/* memory: bytes that may be held beside files; mapped: bytes of files that may be in the program's memory, about. tmpdir as in file_temporary. */
struct vast *vast_new(size_t memory, size_t mapped, const char *tmpdir);
/* All arrays must have been dropped. */
void vast_free(struct vast *vast);

/* An array of `count` elements, cleared. */
void *vast_get(struct vast *vast, size_t count, size_t size) __attribute__((returns_nonnull));
/* The array with another size; what is new is not cleared. old may be NULL. */
void *vast_resize(struct vast *vast, void *old, size_t count, size_t size) __attribute__((returns_nonnull, warn_unused_result));
/* As memory_grow: at least `needed` elements, *capacity of them. */
void *vast_grow(struct vast *vast, void *old, size_t *capacity, size_t needed, size_t size) __attribute__((returns_nonnull, warn_unused_result));
/* Gives it back; NULL is none. */
void vast_drop(void *array);
/* -1 with diag when a file could not be made or filled: the bound does not hold. */
int vast_check(struct vast *vast, struct diag *diag) MUST_CHECK;
/* For who touches much in a short time: lets go of pages, if there are twice too many, before others are touched. Costs next to nothing without files. */
void vast_breathe(struct vast *vast);
/* Lets go of all pages of files now. */
void vast_relax(struct vast *vast);
/* The bound in bytes; SIZE_MAX for none. */
size_t vast_bound(const struct vast *vast);
/* Bytes in memory, bytes in files, and the most that have been in files. */
size_t vast_held(struct vast *vast);
size_t vast_filed(struct vast *vast);
size_t vast_most_filed(struct vast *vast);

#endif
