/*
 * An intake is an input with meaning: a table whose header row has been found below title and instruction rows, whose
 * columns have roles, and whose total rows, repeated headers and blank rows are told apart. All tools read through it.
 */
#ifndef CRM_CLEAN_INTAKE_H
#define CRM_CLEAN_INTAKE_H

#include "clean/date.h"
#include "clean/profile.h"
#include "clean/roles.h"
#include "clean/glance.h"
#include "io/table.h"

struct intake_options {
	struct table_options table;
	enum kind kind;
	bool no_header;                /* columns are named c1, c2 … */
	const struct role_map *maps;
	size_t map_count;
	const struct profile_set *profiles;  /* among which the profile is chosen; NULL: the dictionary alone */
	enum date_order date_order;    /* UNKNOWN: decided per column */
	bool keep;                     /* intake_rewind will be wanted */
	bool skip_empty;               /* an input without a record is no error, but no intake either */
	bool decide_dates;             /* look through the whole input where the first rows leave the order of a date column open */
};

/* A row that is no data: what it says, cut, with long numbers masked. */
struct intake_title {
	uint64_t row;
	struct slice text;
};

/* A value inside a column of JSON text, which the profile names: follow_info[].userid. */
struct pick {
	size_t column;
	struct slice path;
};

struct intake {
	struct table *table;           /* NULL while the file is closed: intake_suspend */
	const char *name;              /* table_name */
	struct table_info info;        /* as found when it was opened */
	uint64_t size;                 /* bytes of the file, 0 unknown */
	struct slice *headers;         /* clean, unique (分销员, 分销员_2), never empty (c3); then those of the picks */
	struct column_role *roles;     /* of the columns, then of the picks */
	size_t columns;
	struct pick *picks;            /* numbered behind the columns */
	size_t pick_count;
	size_t header_row;             /* row number of the header in the file, of two rows the lower one; 0: none */
	bool two_rows;                 /* the header is that row and the one above */
	struct intake_title *titles;   /* rows above the header, as far as they could be read, and one of labels below it */
	size_t title_count;
	int64_t title_unit;            /* what a title says of the amounts below it (单位：万元): 10000; 0, 1: nothing */
	enum date_order *date_orders;  /* per column and pick */
	struct glance glance;          /* per column and pick */
	struct profile_choice profile; /* profile NULL: none fits */
	bool has_profiles;             /* one was looked for */
	size_t skip;                   /* private: records before the data */
	struct slice *header_cells[2]; /* private: the header's last row and, of two, its first as they stand, trimmed */
	struct table_options options;  /* private: for opening the file again */
	enum kind kind;                /* private */
	bool marked;                   /* a regular file with a name, as `mark` says */
	struct source_mark mark;
	struct arena arena;            /* private: owns the above */
};

/* An empty input is an error ("empty-input"), unless skip_empty: then *intake is NULL. A header without rows is none. */
int intake_open(struct intake **intake, const char *path, const struct intake_options *options,
		struct diag *diag) MUST_CHECK;
void intake_free(struct intake *intake);
/* As table_read, with batch->origin = intake. */
int intake_read(struct intake *intake, struct batch *batch, struct diag *diag) MUST_CHECK;
/*
 * Closes the file until the next intake_read, which opens it again; an error there if it was changed meanwhile. So
 * any number of inputs can be known while few are open. What has no name (standard input, a pipe) stays open.
 */
void intake_suspend(struct intake *intake);
/* The same for good, of any input: what has been read from it stays good, as does what is known of it. */
void intake_close(struct intake *intake);
/* Back to the first row, of an intake that was opened to keep its input. */
int intake_rewind(struct intake *intake, struct diag *diag) MUST_CHECK;
/*
 * batch_split, then marks what is no data: blank rows (dropped), repeated headers and total rows (合计 小计 总计 Total …:
 * to the rejects, code "total-row", "note-row", "repeated-header"; they never fail a run that has no --rejects). After blank rows, the header of
 * another table is "second-header", which does, since the rows below would be read under the wrong names. In a worker.
 */
void intake_split(const struct intake *intake, struct batch *batch);
/* The cell of a column or pick, without what batch_cell knows of how it stood. For a list all values of a pick, else the first. */
struct slice intake_cell(const struct intake *intake, struct batch *batch, size_t r, size_t column);
/* The first column with the role, or intake->columns. */
size_t intake_find(const struct intake *intake, enum role role);
/* One line for -v: format, encoding, delimiter, header row, profile, roles. */
struct slice intake_describe(const struct intake *intake, struct arena *arena);

#endif
