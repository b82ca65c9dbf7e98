/*
 * Records with quotes, through libcsv, which alone decides what quotes mean. No trimming; only LF ends a record, and it is
 * the caller who feeds it.
 */
#ifndef CRM_IO_QUOTED_H
#define CRM_IO_QUOTED_H

#include "base/arena.h"

struct quoted;

struct quoted *quoted_new(void);
void quoted_free(struct quoted *quoted);  /* NULL is allowed */

enum quoted_outcome {
	QUOTED_WHOLE,  /* the text is one record */
	QUOTED_OPEN,   /* a quote is open at its end */
	QUOTED_BAD,    /* text after a closing quote, or a quote inside a cell that does not begin with one */
};

/* One line as a record. `strict` false takes a stray quote for plain text. The cells are in quoted_values. */
enum quoted_outcome quoted_parse(struct quoted *quoted, struct slice line, char delimiter, bool strict,
				 struct arena *arena);

/* A record over several lines, strictly: begin, then for each line and each line end inside quotes quoted_feed, then quoted_end. */
void quoted_begin(struct quoted *quoted, char delimiter, bool strict, struct arena *arena);
bool quoted_feed(struct quoted *quoted, struct slice text);       /* false: bad */
bool quoted_is_open(const struct quoted *quoted);
size_t quoted_open_length(const struct quoted *quoted);           /* bytes of the cell being read */
bool quoted_end(struct quoted *quoted);                           /* false: no whole record */

/* The cells of the last record: texts in the arena, the array valid until the next record. */
const struct slice *quoted_values(const struct quoted *quoted, size_t *count);

#endif
