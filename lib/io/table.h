/*
 * A table is one input, whatever its format, as a stream of batches in UTF-8. What a table's header is, and where, is
 * for its user to find (clean/intake): a CSV or a sheet starts without one, a JSON table has one from its keys.
 *
 *     table_open → table_peek (look at the first records) → table_begin (how many to skip, how many columns)
 *     → table_read … → table_free
 */
#ifndef CRM_IO_TABLE_H
#define CRM_IO_TABLE_H

#include "io/batch.h"
#include "io/source.h"

enum format { FORMAT_AUTO, FORMAT_CSV, FORMAT_TSV, FORMAT_JSON, FORMAT_JSONL, FORMAT_XLSX, FORMAT_XLS, FORMAT_ODS };
/* "csv tsv json jsonl xlsx xls ods", in the order of the enum from FORMAT_CSV. */
const char *format_name(enum format format);
/* What can be written by the ending of a file's name (.csv .tsv .json .jsonl .xlsx), else FORMAT_AUTO. NULL is allowed. */
enum format format_of_path(const char *path);

struct table_options {
	enum format from;      /* FORMAT_AUTO: by content */
	const char *encoding;  /* NULL or "auto": BOM, strict UTF-8, then detection that favours GB18030 */
	char delimiter;        /* 0: one of , ; tab | by content */
	size_t max_field;      /* bytes in a quoted record before its quote is given up; 0: 1 MiB */
	const char *tmpdir;    /* for copies of pipes that must be read twice; NULL: TMPDIR or /tmp */
	size_t batch_bytes;    /* text in a batch; 0: 256 KiB */
	const char *sheet;     /* the one to read of a workbook where the path names none; NULL: the first shown and filled */
	bool fill_merged;      /* cells merged over several rows have their value in each (XLSX, ODS) */
	bool all_sheets;       /* the caller will read the others, too (info.more): no warning of them */
};

/* What was detected: one line of -v, one object of --stats. */
struct table_info {
	enum format format;
	const char *encoding;
	char delimiter;          /* CSV */
	const char *sheet;       /* sheets: the name of the one being read, else NULL */
	const char *hidden;      /* sheets: names of hidden sheets passed over, joined with ", ", else NULL */
	const char *others;      /* sheets: names of shown and filled sheets that are not read either, likewise */
	const struct slice *more; /* sheets: the same one by one, each ended by NUL; they live as long as the table */
	size_t more_count;
	const char *line_end;    /* CSV: "LF" "CRLF" "CR" */
	bool bom;
};

struct table;

/*
 * `path` may be "-" or "FILE#Sheet" (a file of the whole name wins, then the first # after the name of one). The options
 * are copied, their strings are not.
 */
int table_open(struct table **table, const char *path, const struct table_options *options, struct diag *diag) MUST_CHECK;
void table_free(struct table *table);

const struct table_info *table_info(const struct table *table);
/*
 * The file's name for messages and for `source`: as given, "-" for standard input; FILE#Sheet for a workbook where the
 * options ask for a sheet, or for all of them. By this name the same table can be opened again.
 */
const char *table_name(const struct table *table);
/* Keys of a JSON table in order of first appearance; count 0 for the others. */
const struct slice *table_keys(const struct table *table, size_t *count);

/*
 * The first batch, split as it stands (values and value_count set, columns 0), to look at; it stays the table's. NULL
 * at the end of an empty input or after an error (diag).
 */
const struct batch *table_peek(struct table *table, struct diag *diag);
/* Says that the first `skip` records are no data and that every record has `columns` cells. JSON: skip 0, columns = keys. */
void table_begin(struct table *table, size_t skip, size_t columns);
/* The next batch into `batch`, which is reset first: 1, or 0 at the end, or -1. Not split: call batch_split in a worker. */
int table_read(struct table *table, struct batch *batch, struct diag *diag) MUST_CHECK;
/*
 * Makes a table readable from the start again: call before table_peek when two passes are wanted; then
 * table_rewind after the first pass, and table_begin anew.
 */
int table_keep(struct table *table, struct diag *diag) MUST_CHECK;
int table_rewind(struct table *table, struct diag *diag) MUST_CHECK;

/* The state of the file, as source_mark: false when it cannot be opened again. */
bool table_mark(const struct table *table, struct source_mark *mark);
uint64_t table_size(const struct table *table);  /* bytes of the file, 0 unknown */

#endif
