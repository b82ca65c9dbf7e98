/*
 * The input of crm-dedupe, read whole: the records of all operands under the union of their columns, kept in a store, and where each
 * came from.
 */
#ifndef CRM_MATCH_RECORDS_H
#define CRM_MATCH_RECORDS_H

#include "clean/intake.h"
#include "io/rejects.h"
#include "io/store.h"
#include "match/field.h"

/* Columns that crm-dedupe adds. An input that has customer_id and one of the others has been through it. */
enum own_column { OWN_CUSTOMER_ID, OWN_RECORD_COUNT, OWN_PROBABILITY, OWN_GOLDEN, OWN_COUNT };
extern const char *const own_column_names[OWN_COUNT];

struct records {
	struct store *store;
	size_t count;                /* records */
	size_t columns;
	struct slice *headers;
	enum role *roles;
	uint64_t *inputs;            /* per column: a bit per input that has it, the last for all from the 64th on */
	size_t own[OWN_COUNT];       /* columns that an earlier run wrote, or `columns` */
	size_t source, source_row, source_id;  /* columns, or `columns` */
	/*
	 * Records are numbered by source and source id where all have one, so that nothing depends on the order of rows;
	 * else as they came. places: number → number in the store; NULL: the same.
	 */
	uint32_t *places;
	uint32_t *sources;           /* per record: number of its source */
	struct map source_names;
	struct arena arena;
};

/* Where a record came from, as --links has it. */
struct origin {
	struct slice source;
	struct slice row;   /* digits, or as the input has it */
	struct slice id;    /* the source's own id; may be empty */
	char digits[24];    /* private: room for row */
};

struct records_options {
	const char *const *paths;
	size_t path_count;           /* 0: standard input */
	struct intake_options intake;
	size_t memory;
	const char *tmpdir;
	unsigned threads;
	struct rejects *rejects;
	/* Told of each input when it is open, and of progress; may be NULL. */
	void (*opened)(void *context, const struct intake *intake);
	void (*progress)(void *context, uint64_t bytes, uint64_t records);
	void *context;
};

int records_read(struct records *records, const struct records_options *options, struct diag *diag) MUST_CHECK;
void records_release(struct records *records);
/* The texts in *origin live as long as the records and *origin. */
void records_origin(const struct records *records, size_t number, struct origin *origin);
/* The column of that name, or records->columns. */
size_t records_find(const struct records *records, struct slice name);
/* The first column with the role, or records->columns. */
size_t records_find_role(const struct records *records, enum role role);
/* Whether an earlier run of crm-dedupe wrote the column. */
static inline bool records_is_own(const struct records *records, size_t column)
{
	for (int own = 0; own < OWN_COUNT; own++)
		if (records->own[own] == column)
			return true;
	return false;
}
struct slice records_cell(const void *records, size_t row, size_t column);
void records_cells(const void *records, size_t row, struct slice *cells);
static inline size_t records_place(const struct records *records, size_t number)
{
	return records->places ? records->places[number] : number;
}

#endif
