/*
 * What a format provides to io/table. One file per format: csv.c, jsontable.c, xlsx.c (…).
 * A reader fills batches with records that hold raw, line, row and, unless it leaves the splitting to
 * batch_split (plain CSV records), values, value_count and raw_cells.
 */
#ifndef CRM_IO_READER_H
#define CRM_IO_READER_H

#include "io/source.h"
#include "io/table.h"

struct reader {
	const struct reader_class *class;
	struct table_info info;
	struct slice *keys;   /* JSON: the columns */
	size_t key_count;
	size_t columns;       /* set by table_begin; 0 before */
	size_t skip;          /* likewise: so many first records are titles and header, whatever cells they have */
};

struct reader_class {
	/* Fills an empty batch up to about batch_bytes: 1, 0 at the end, -1. */
	int (*read)(struct reader *reader, struct batch *batch, struct diag *diag);
	int (*rewind)(struct reader *reader, struct diag *diag);
	void (*free)(struct reader *reader);
	/* After the first read, when table_begin has set the columns: fills the same batch again. NULL: nothing would change. */
	void (*rescan)(struct reader *reader, struct batch *batch);
};

/* `source` stays the caller's and outlives the reader. `sheet`: the part after '#', or NULL. */
int csv_reader_open(struct reader **reader, struct source *source, const struct table_options *options,
		    struct diag *diag) MUST_CHECK;
/* format: FORMAT_JSON or FORMAT_JSONL. Reads the source twice (first for the keys), so it calls source_keep. */
int json_reader_open(struct reader **reader, struct source *source, enum format format,
		     const struct table_options *options, struct diag *diag) MUST_CHECK;
/* Whether one line that begins with { is no record but wraps them, as web services answer: {"code":0,"data":{"list":[{ … */
bool json_is_answer(struct slice text);
int xlsx_reader_open(struct reader **reader, struct source *source, const char *sheet,
		     const struct table_options *options, struct diag *diag) MUST_CHECK;
int ods_reader_open(struct reader **reader, struct source *source, const char *sheet,
		    const struct table_options *options, struct diag *diag) MUST_CHECK;
int xls_reader_open(struct reader **reader, struct source *source, const char *sheet,
		    const struct table_options *options, struct diag *diag) MUST_CHECK;

#endif
