/*
 * How good the rows are that crm-merge writes: for each column how many cells are filled, valid, brought to standard
 * form and repeated, in all, by source and by owner, and a score for each row. Workers note what they see of a batch in a
 * tally; the tallies are added up in input order, so the figures do not depend on the number of threads.
 *
 * filled        the cell says something (not N/A, 无, - …)
 * valid         filled, and understood: a phone number that is one, an id that no spreadsheet has damaged …
 * standardised  filled, and its standard form is not what stood in the input
 * duplicated    of columns that tell customers apart: the value, or one of a list, stood in an earlier row
 * score         of a row: the weight of the columns in which it is valid, as a share of all weights
 */
#ifndef CRM_CLEAN_COMPLETENESS_H
#define CRM_CLEAN_COMPLETENESS_H

#include "clean/roles.h"
#include "io/sink.h"

enum { CELL_FILLED = 1, CELL_VALID = 2, CELL_CHANGED = 4 };

struct completeness_options {
	const char *const *weights;  /* COLUMN=N; none: each column with a role weighs 1, but for what systems fill in */
	size_t weight_count;
};

struct completeness;
struct tally;

/*
 * For rows of these columns, whose names outlive it; `counted` says which are reported. A weight may name a role that
 * no input has: it counts as never filled. Another unknown name is an error (STATUS_USAGE).
 */
int completeness_new(struct completeness **completeness, enum kind kind, const struct column *columns, const bool *counted,
		     size_t count, const struct completeness_options *options, struct diag *diag) MUST_CHECK;
void completeness_free(struct completeness *completeness);

/* In a worker: a tally with room for the batch's rows, in its arena. */
struct tally *completeness_tally(const struct completeness *completeness, struct batch *batch);
/* One row: `states` (CELL_…) and values by column; values count where the state is filled. Both are copied or in the batch. */
void completeness_note(const struct completeness *completeness, struct tally *tally, struct slice source,
		       const struct slice *values, const unsigned char *states);
/* The score in tenths of a percent, 0 to 1000. */
unsigned completeness_score(const struct completeness *completeness, const unsigned char *states);
/* In input order, one thread at a time. */
void completeness_add(struct completeness *completeness, const struct tally *tally);

/* JSON to FILE.json (nested), else a table in the format of the ending, CSV by default. */
int completeness_write(const struct completeness *completeness, const char *path, const struct sink_options *options,
		       struct diag *diag) MUST_CHECK;

#endif
