/*
 * Splitting CSV records. Plain ones, without a quote character, are cut at every delimiter. Vectorised;
 * reads up to SPLIT_PADDING bytes past the record, so text buffers have that much room at their end.
 */
#ifndef CRM_IO_SPLIT_H
#define CRM_IO_SPLIT_H

#include "base/arena.h"

enum { SPLIT_PADDING = 64 };

/*
 * Writes the first `room` cells of the record and returns how many it has, but counts no further than room + 1.
 * An empty record has one cell.
 */
size_t split_plain(struct slice record, char delimiter, struct slice *cells, size_t room);
/*
 * How each cell of a record with quotes stood, found from its values. Where that does not come out even (a stray quote), the
 * rest of the values are quoted anew.
 */
struct slice *split_raw_cells(struct slice record, char delimiter, const struct slice *values, size_t count,
			      struct arena *arena);
/* How often the byte c stands in the text. Reads past it as split_plain does. */
size_t split_count(struct slice text, char c);

#endif
