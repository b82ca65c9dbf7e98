/*
 * A row of a spreadsheet on its way into a batch. Cells come in any order, empty ones not at all; a row without any is
 * no record. The record's raw text is the row as CSV, for the rejects.
 */
#ifndef CRM_IO_SHEET_ROW_H
#define CRM_IO_SHEET_ROW_H

#include "io/batch.h"

enum {
	SHEET_COLUMNS = 16384,
	SHEET_ROWS = 1048576,
	SHEET_CELL_BYTES = 1 << 20,  /* of one cell: far over the 32,767 characters that a sheet allows */
};

struct sheet_row {
	uint64_t number;           /* from 1 */
	struct sheet_cell *cells;  /* private: by column; where each is in `text` */
	size_t width, capacity;    /* cells up to the last that is not empty */
	struct buf text;
	struct buf csv;            /* private */
	size_t filled;             /* private: bytes of text in the batch so far */
};

void sheet_row_init(struct sheet_row *row);
void sheet_row_release(struct sheet_row *row);
/* Empties it: row `number` begins. */
void sheet_row_begin(struct sheet_row *row, uint64_t number);
/* What has been added to row->text since offset `from` is the value of this column (from 0, under SHEET_COLUMNS). */
void sheet_row_set(struct sheet_row *row, size_t column, size_t from);
/* Its value; empty when there is none. Good until text is added. */
struct slice sheet_row_value(const struct sheet_row *row, size_t column);

/*
 * Adds the row to the batch as a record of at least `columns` cells. False: it must wait for the next batch, since
 * this one has its fill of bytes or cells.
 */
bool sheet_row_add(struct sheet_row *row, struct batch *batch, size_t columns, size_t batch_bytes);
/* For reader_class.rescan: brings records with fewer cells to `columns`. */
void sheet_pad(struct batch *batch, size_t columns);

#endif
