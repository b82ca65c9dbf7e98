/*
 * A batch is some thousands of records: the unit of work of a thread. A cell is a slice of text, in UTF-8. Text lives in
 * the batch until it is reset, wherever it came from.
 *
 * A record has a form in which it stood in its file, and a value. For a plain CSV record the two are the same
 * bytes; where a cell was quoted, or came from JSON, raw_cells holds how it stood, so that a cell nobody touches is
 * written as it was.
 *
 * After batch_split every record that is not dropped has exactly batch->columns cells, in cells[r * columns + c]. Before
 * that, of a plain CSV batch, only records[].raw is there.
 */
#ifndef CRM_IO_BATCH_H
#define CRM_IO_BATCH_H

#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum form {
	FORM_VALUE,  /* no form of its own: a cell's value is all there is (sheets, computed) */
	FORM_CSV,    /* raw: CSV with batch->delimiter */
	FORM_JSON,   /* raw: the JSON value */
};

struct record {
	struct slice raw;          /* the record as it stood, without its line end */
	uint64_t line;             /* physical line of its first byte, from 1; for messages */
	uint64_t row;              /* its number in the file as a spreadsheet counts: title, header and blank rows too, from 1 */
	struct slice *raw_cells;   /* one per cell, or NULL: the values are also the raw text (CSV: set by batch_split) */
	struct slice *values;      /* set by the reader for records that it has split already, else NULL */
	uint32_t value_count;
	bool quoted;               /* CSV: one line with quotes in it, for batch_split to read */
	bool dropped;              /* not to be written: it is in the rejects, or is no data (title, total, blank) */
};

/* A row that cannot be used. */
struct reject {
	const char *source;   /* name of its file */
	uint64_t line;
	uint64_t column;      /* from 1; 0: the record as a whole */
	const char *code;     /* a stable word: "extra-cell", "bad-date" … */
	struct slice reason;  /* for people; no full phone or id in it */
	struct slice record;  /* as it stood */
};

struct batch {
	struct record *records;
	size_t count;
	struct slice *cells;       /* count × columns, set by batch_split */
	size_t columns;            /* 0 until the header is known */
	enum form form;
	char delimiter;            /* FORM_CSV */
	const char *source;        /* file name for messages; lives as long as the table */
	void *origin;              /* free for whoever reads the tables: which input this is */
	void *noted;               /* free for the worker: what it hands to stream->after; in the arena */
	uint64_t bytes;            /* how much of the input this batch took: for progress */
	struct reject *rejects;
	size_t reject_count;
	struct arena arena;        /* text and arrays of this batch */
	/* private */
	struct quoted *quoted;     /* made when it is first needed */
	char *text;
	size_t text_length;        /* CSV: bytes in `text` */
	size_t text_capacity, record_capacity, cell_capacity, reject_capacity;
};

void batch_init(struct batch *batch);
void batch_release(struct batch *batch);
/* Empties it and keeps its memory. */
void batch_reset(struct batch *batch);
/* Readers: room for one more record at records[count], cleared. */
struct record *batch_add_record(struct batch *batch);

/*
 * Splits what is not split yet and brings every record to `columns` cells: records with too few or too many are
 * rejected ("missing-cell", "extra-cell"; extra cells that are empty go without a word). Several batches at a time, each by one thread.
 */
void batch_split(struct batch *batch);
/* Whether so many values are the cells of `columns` columns: as many, or more that are empty. */
bool batch_values_fit(const struct slice *values, size_t count, size_t columns);
/*
 * The cells of a record as they stand, however many, into values and value_count: for looking at records before their
 * number of cells is known. None when it cannot be read (a bad quote).
 */
void batch_split_freely(struct batch *batch, size_t r);
/* Takes the first `count` records out, titles and a header; those that cannot be read go to the rejects. */
void batch_skip(struct batch *batch, size_t count);
/* Takes record r out of the data and into the rejects. `reason` may be formatted into batch->arena. */
void batch_reject(struct batch *batch, size_t r, uint64_t column, const char *code, struct slice reason);

static inline struct slice batch_cell(const struct batch *batch, size_t r, size_t c)
{
	return batch->cells[r * batch->columns + c];
}

/* How the cell stood, for FORM_CSV and FORM_JSON. */
static inline struct slice batch_raw_cell(const struct batch *batch, size_t r, size_t c)
{
	const struct record *record = &batch->records[r];

	return record->raw_cells ? record->raw_cells[c] : batch_cell(batch, r, c);
}

#endif
