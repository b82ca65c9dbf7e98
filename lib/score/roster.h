/*
 * The roster is the customers of a run: the rows of the customer stream as they came, kept until all side files have been
 * read, and the distinct customer keys (customer_id, else source_id, else a column named by the user). Rows that share
 * a key, as from crm-dedupe --mark, share its figures. Without a stream the roster is open: each new key that
 * an order names is a customer.
 *
 * Columns that a tool writes and finds in the stream are replaced in place; all others pass through as they stood.
 */
#ifndef CRM_SCORE_ROSTER_H
#define CRM_SCORE_ROSTER_H

#include "io/store.h"
#include "score/feed.h"
#include "score/keys.h"

struct roster {
	struct keys keys;         /* the customers, by number */
	bool open;                /* others may add keys */
	uint64_t rows_without_key;
	const char *group_name;   /* column (its header, or its role) that roster_group speaks of, to be set before roster_read; NULL: none */
	/* private */
	struct store *store;      /* the rows, or NULL: there is no stream */
	uint32_t *row_keys;       /* by row: number of its key, or KEY_NONE where it has none */
	size_t row_capacity;
	size_t stream_keys;       /* keys that the stream has; later ones came from orders */
	struct slice *headers;    /* of the stream */
	struct column_role *roles;
	enum date_order *date_orders;
	size_t columns, key_column, group_column;
	size_t role_columns[ROLE_COUNT];
	uint64_t *first_rows;     /* by key; made by roster_cell */
	struct arena arena;
};

void roster_init(struct roster *roster);
void roster_release(struct roster *roster);

/* Reads the stream from `path` ("-": standard input) and closes the roster. `key_name`: the key's column, or NULL: by role. */
int roster_read(struct roster *roster, const char *path, const struct intake_options *options, const char *key_name,
		const struct feed *feed, struct diag *diag) MUST_CHECK;
/* Rows that will be written. */
uint64_t roster_rows(const struct roster *roster);

/* The name of the key's column, as it is written. */
struct slice roster_key_name(const struct roster *roster);
/* The column of the stream of that very name; ROSTER_NO_COLUMN: there is none. */
#define ROSTER_NO_COLUMN SIZE_MAX
size_t roster_column(const struct roster *roster, struct slice name);
/* The cell in the first row of a customer: of a column, or of the one with the role; empty where there is none. One thread (but see roster_index). */
struct slice roster_cell(struct roster *roster, uint32_t customer, size_t column);
struct slice roster_text(struct roster *roster, uint32_t customer, enum role role);
/* The same of the column group_name. */
struct slice roster_group(struct roster *roster, uint32_t customer);
/* After this, roster_cell may be asked by several threads. */
void roster_index(struct roster *roster);
/* Whether a row of the stream is the customer's; else only orders know him, and his cells are empty. */
bool roster_has_row(const struct roster *roster, uint32_t customer);
/* Where that cell stood, for messages. */
struct place roster_place(struct roster *roster, uint32_t customer, size_t column);
/* There is no column of that name: `status`, and the nearest ones are named. Returns -1. */
int roster_fail_column(const struct roster *roster, const char *name, enum status status, struct diag *diag);

struct roster_output {
	const struct column *columns;   /* the tool's own */
	size_t count;
	/* Writes the cell of own column `column` of a customer (KEY_NONE: a row without key). Any thread. */
	void (*cell)(const void *context, struct rows *rows, uint32_t customer, size_t column);
	const void *context;
	unsigned threads;
};

/* All rows to `path` (NULL: standard output): those of the stream in their order, then keys that only orders have. */
int roster_put(struct roster *roster, const struct roster_output *output, const char *path,
	       const struct sink_options *options, struct diag *diag) MUST_CHECK;

#endif
