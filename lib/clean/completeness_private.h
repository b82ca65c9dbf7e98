/* Inside of completeness: what is counted, and what the report is made of. */
#ifndef CRM_CLEAN_COMPLETENESS_PRIVATE_H
#define CRM_CLEAN_COMPLETENESS_PRIVATE_H

#include "base/map.h"
#include "clean/completeness.h"
#include "clean/repeats.h"

struct measured {
	struct slice name;
	size_t column;          /* of the rows; NO_COLUMN: a weighted role that no input has */
	int64_t weight;         /* thousandths */
	bool tells_apart;       /* repeats are counted */
	bool is_list;
};
#define NO_COLUMN SIZE_MAX

struct measure_counts {
	uint64_t filled, valid, changed, repeated;
};

/* All rows, those of a source, those of an owner. */
struct group {
	uint64_t rows, points;  /* points: of its rows, each up to completeness->most */
	struct measure_counts *counts;  /* by measured column */
};

/* Groups by name; past the maximum all further ones are one, under the name "...". */
struct groups {
	struct map names;
	struct group *items;
	size_t capacity;
};

struct completeness {
	enum kind kind;
	struct arena arena;
	struct measured *measured;
	size_t count, capacity;
	struct repeats *repeats;  /* by measured column */
	size_t owner;             /* column, or NO_COLUMN */
	uint64_t most;            /* points of a perfect row */
	size_t groups_most;
	struct groups all, sources, owners;
};

#endif
