/*
 * Splitting plain CSV records: those without a quote character, in which every delimiter ends a cell. Vectorised;
 * reads up to SPLIT_PADDING bytes past the record, so text buffers have that much room at their end.
 */
#ifndef CRM_IO_SPLIT_H
#define CRM_IO_SPLIT_H

#include "base/slice.h"

enum { SPLIT_PADDING = 64 };

/*
 * Writes the first `room` cells of the record and returns how many it has, but counts no further than room + 1.
 * An empty record has one cell.
 */
size_t split_plain(struct slice record, char delimiter, struct slice *cells, size_t room);
/* How many delimiters the record has. */
size_t split_count(struct slice record, char delimiter);

#endif
