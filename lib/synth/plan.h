/* Who has how many records, in which source, and in which row of it: rows of a file stand by the day they were entered. */
#ifndef CRM_SYNTH_PLAN_H
#define CRM_SYNTH_PLAN_H

#include "base/diag.h"
#include "synth/record.h"

enum {
	RECORDS_MOST = 4,          /* of one customer */
	SHEET_ROWS = 100000,       /* about so many records go to the workbook; the rest of its share to erp-gbk.csv */
	CREATED_BEFORE = 45,       /* days that a record may be older than the first purchase */
};

struct plan {
	struct place_in_file *records;       /* by customer */
	uint32_t *first;                     /* customers + 1: index of each one's first record */
	uint32_t *order[SOURCE_KINDS];       /* indices into records, by row */
	uint32_t count[SOURCE_KINDS];
	uint32_t total;
};

int plan_make(struct plan *plan, const struct world *world, unsigned threads, struct diag *diag) MUST_CHECK;
void plan_free(struct plan *plan);

/* Sorts by the upper 32 bits, keeping the order of equals. */
void plan_sort(uint64_t *keys, size_t count);

#endif
