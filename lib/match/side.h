/* A side file being written row by row: put in place when it is whole, or dropped. Its form goes by the ending of its name, else CSV. */
#ifndef CRM_MATCH_SIDE_H
#define CRM_MATCH_SIDE_H

#include "io/sink.h"
#include "match/records.h"

struct side {
	struct sink *sink;
	struct rows rows;
};

int side_open(struct side *side, const char *path, const struct column *columns, size_t count, struct diag *diag) MUST_CHECK;
/* The same for a file that people open in a spreadsheet: begun and neutralised as the stream is (`as`), where its form is a text. */
int side_open_for_people(struct side *side, const char *path, const struct sink_options *as, const struct column *columns, size_t count,
			 struct diag *diag) MUST_CHECK;
/* Ends the row in side->rows. */
int side_row_end(struct side *side, struct diag *diag) MUST_CHECK;
/* Puts the file in place, or drops it when something failed. */
int side_close(struct side *side, int failed, struct diag *diag) MUST_CHECK;
/* The cells source, source_row, source_id of a record. */
void side_origin(struct side *side, const struct records *records, uint32_t record);

#endif
