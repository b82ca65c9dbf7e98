/*
 * A store keeps whole records for tools that must see all of them before they can write the first one: values, and raw
 * text where it differs. It holds up to `memory` bytes itself, and the rest in files in tmpdir that have no names.
 * Filled by one thread; after store_seal any number of threads may read.
 */
#ifndef CRM_IO_STORE_H
#define CRM_IO_STORE_H

#include "io/sink.h"

struct store;

struct store *store_new(size_t columns, size_t memory, const char *tmpdir);
void store_free(struct store *store);
/* Keeps these columns in front of the others, where a cell of them is found soonest. Before the first record. */
void store_put_first(struct store *store, const size_t *columns, size_t count);
/* Adds record r of a split batch; its number is store_count before. -1 with diag: the file cannot be written. */
int store_add(struct store *store, const struct batch *batch, size_t r, struct diag *diag) MUST_CHECK;
int store_seal(struct store *store, struct diag *diag) MUST_CHECK;
uint64_t store_count(const struct store *store);
/* Bytes that are in files. */
size_t store_filed(const struct store *store);

/* Where a record came from. */
struct store_origin {
	const char *source;
	uint64_t line;
	uint64_t row;
};
struct store_origin store_origin(const struct store *store, uint64_t number);
/* The values of a record into values[0 .. columns-1] and, if raws is not NULL, how they stood. Valid until store_free. */
void store_get(const struct store *store, uint64_t number, struct slice *values, struct slice *raws);
struct slice store_cell(const struct store *store, uint64_t number, size_t column);
/* All cells of a record to a row, as they stood. `columns` of scratch is needed twice: values and raws. */
void store_write(const struct store *store, uint64_t number, struct rows *rows, struct slice *scratch);
enum form store_form(const struct store *store);
char store_delimiter(const struct store *store);

#endif
