/*
 * A sink is one output: a stream of rows to a file, in one step, or to standard output.
 *
 * A file is written as a temporary file beside it, then fsync, then rename, so that it is the old one or the new one
 * and never half of one. Standard output is checked when it is closed.
 *
 * Rows are encoded into a `struct rows` (one per thread or batch, no lock) and handed over in order with sink_write.
 */
#ifndef CRM_IO_SINK_H
#define CRM_IO_SINK_H

#include "io/batch.h"
#include "io/table.h"

enum column_type {
	COLUMN_TEXT,
	COLUMN_NUMBER,  /* JSON: a number, or null where empty; XLSX: a number */
	COLUMN_LIST,    /* items joined by ';'; JSON: an array of texts */
};

struct column {
	struct slice name;
	enum column_type type;
};

struct sink_options {
	enum format to;      /* csv tsv json jsonl xlsx; FORMAT_AUTO is csv */
	char delimiter;      /* 0: by format */
	bool bom;            /* a UTF-8 byte order mark first (CSV, TSV) */
	struct slice above;  /* a line above the header (CSV, TSV); empty: none. Must outlive the sink */
	bool excel_safe;     /* neutralise cells that a spreadsheet would run as formulas (CSV, TSV) */
	const char *tmpdir;  /* where a workbook is made up (XLSX); NULL: TMPDIR or /tmp. Not copied */
};

struct sink;

/* NULL or "-" is standard output. Nothing is written before the first sink_write or sink_close. */
int sink_open(struct sink **sink, const char *path, const struct sink_options *options, struct diag *diag) MUST_CHECK;
/* Sets the header; once, before any row. The columns are copied, their names are not. */
void sink_header(struct sink *sink, const struct column *columns, size_t count);
/* Ends the output, puts the file in place and frees the sink. Returns -1 with diag, and leaves the old file, if anything failed. */
int sink_close(struct sink *sink, struct diag *diag) MUST_CHECK;
/* Drops the output and frees the sink: the old file stays. NULL is allowed. */
void sink_abort(struct sink *sink);

struct rows {
	const struct sink *sink;
	struct buf out;       /* encoded rows */
	size_t cell;          /* cells of the row so far */
	uint64_t count;       /* rows in `out` */
	struct buf scratch;   /* private */
	size_t row_start;     /* private: where in `out` the row began */
};

void rows_init(struct rows *rows, const struct sink *sink);
void rows_release(struct rows *rows);

/* A row is rows_begin, one cell for each column of the header, rows_end. */
void rows_begin(struct rows *rows);
void rows_cell(struct rows *rows, struct slice value);
/* A cell that stood in an input: written as it stood where the forms agree, else by its value. */
void rows_raw_cell(struct rows *rows, struct slice value, struct slice raw, enum form form, char delimiter);
static inline void rows_batch_cell(struct rows *rows, const struct batch *batch, size_t r, size_t c)
{
	rows_raw_cell(rows, batch_cell(batch, r, c), batch_raw_cell(batch, r, c), batch->form, batch->delimiter);
}
/* All cells of record r, for outputs that begin with the input's columns unchanged. */
void rows_batch_record(struct rows *rows, const struct batch *batch, size_t r);
void rows_i64(struct rows *rows, int64_t number);
void rows_real(struct rows *rows, double number, int decimals);  /* fixed decimals; not finite: empty */
void rows_date(struct rows *rows, int32_t days);                 /* CIVIL_NONE: empty */
void rows_empty(struct rows *rows);
void rows_end(struct rows *rows);

/* Appends one CSV cell, quoted where it must be. */
void rows_csv_cell(struct buf *out, struct slice value, char delimiter);

/* Appends rows->out to the output and clears it. In order, one thread at a time. */
int sink_write(struct sink *sink, struct rows *rows, struct diag *diag) MUST_CHECK;
/* Rows written so far. */
uint64_t sink_count(const struct sink *sink);

#endif
