/*
 * Many inputs as one stream: columns with a role first, under the role's name and in standard form, then the union of
 * the others as they stand, then where each row came from. Nothing of the inputs is held but the batches on their
 * way.
 */
#ifndef CRM_CLEAN_MERGE_H
#define CRM_CLEAN_MERGE_H

#include <cjson/cJSON.h>

#include "clean/completeness.h"
#include "clean/export.h"
#include "clean/intake.h"
#include "io/stream.h"

struct merge_options {
	struct intake_options intake;  /* table.sheet "all": each shown sheet of a workbook is an input of its own */
	const char *const *outputs;  /* files that the run writes: passed over in folders; ended by NULL, or NULL */
	bool raw;            /* each role also as it stood, in NAME_raw */
	bool score;          /* the column completeness: 0.0 to 100.0, completeness_score */
	const struct completeness_options *completeness;  /* how that is weighed; NULL: neither it nor the report is wanted */
	struct export *export;  /* written as that, which merge_open plans; NULL: as crm-merge has it. The caller's */
	bool drop_others;    /* with `export`: without the columns that the system has no header for */
	unsigned threads;
};

struct merge;

/*
 * Opens all inputs, to know their columns, and closes most of them again, so that any number will do. A folder means its
 * data files (by their endings; no hidden ones, no lock files of Excel) in the order of their names; other files in it, empty
 * ones and `outputs` are passed over with a warning. An input that is named twice is an error.
 */
int merge_open(struct merge **merge, const char *const *paths, size_t count, const struct merge_options *options,
	       struct diag *diag) MUST_CHECK;
void merge_free(struct merge *merge);

/* The inputs, in order; NULL past the last one. */
const struct intake *merge_input(const struct merge *merge, size_t number);
/* The files that were passed over, as an array with an object for each: name, reason. The caller frees it. */
cJSON *merge_not_read(const struct merge *merge);
/* The columns of the output. */
const struct column *merge_columns(const struct merge *merge, size_t *count);
/*
 * Everything to stream->sink, in order. The caller sets the stream's sink, rejects and progress. Ids that a
 * spreadsheet has destroyed are warned of, once for each column of an input.
 */
int merge_run(struct merge *merge, struct stream *stream, struct diag *diag) MUST_CHECK;
/* The figures of --completeness, after merge_run; NULL when they were not wanted. */
const struct completeness *merge_completeness(const struct merge *merge);
/*
 * What was standardised, as an array with an object per input and column: input, column, from (the headers), rule,
 * values, and as far as they are not 0 changed, emptied, zero_dates (0000-00-00, emptied), not_understood, damaged, filled (by other cells of
 * the row: clean/fill.h), contradicted, currency_not_kept. The caller frees it.
 */
cJSON *merge_figures(struct merge *merge);

#endif
