/* Which files the operands of crm-merge mean: a folder stands for the data files in it. */
#ifndef CRM_CLEAN_OPERANDS_H
#define CRM_CLEAN_OPERANDS_H

#include "base/arena.h"
#include "base/diag.h"

struct operand {
	const char *path;
	bool found;             /* in a folder: it need not hold anything */
};

struct passed_over {
	const char *path, *why;
};

struct operands {
	struct operand *items;
	size_t count;
	struct passed_over *passed;
	size_t passed_count;
	size_t capacity, passed_capacity;  /* private */
	struct arena arena;                /* private: the paths found */
};

void operands_init(struct operands *operands);
void operands_release(struct operands *operands);
/*
 * The paths in their order, each folder replaced by its data files in the order of their names: those with the ending
 * of a format. Hidden files and the lock files of Excel (~$…) do not count; other files, folders, empty files and
 * `outputs` (ended by NULL, or NULL) are passed over with a warning for each folder.
 */
int operands_find(struct operands *operands, const char *const *paths, size_t count, const char *const *outputs,
		  struct diag *diag) MUST_CHECK;
/* One more that is passed over; `path` and `why` live as long as the operands. */
void operands_pass_over(struct operands *operands, const char *path, const char *why);

#endif
