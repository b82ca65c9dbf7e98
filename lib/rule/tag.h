/*
 * The work of crm-tag: rules over a stream of customers. It adds the columns `tags`, one for each group, one for each score and its
 * grade; a column of that name in the input is replaced where it stands (rules still read the old values), the others come at the end. Memory is flat,
 * but for --previous (some 200 bytes a customer) and statistics (8 bytes a customer for each percentile, rank or median; else by key).
 */
#ifndef CRM_RULE_TAG_H
#define CRM_RULE_TAG_H

#include "clean/intake.h"
#include "io/rejects.h"
#include "io/sink.h"

struct cJSON;

struct tag_options {
	const char *rules;                 /* file */
	const char *const *inputs;         /* all with the same columns */
	size_t input_count;
	struct intake_options intake;
	struct sink_options sink;
	const char *output;
	const char *evidence;              /* file, or NULL */
	const char *previous;              /* yesterday's output, or NULL; it may be missing, the first night */
	struct intake_options side;        /* for reading it */
	const char *audit;                 /* file, or NULL */
	const char *fail_if;               /* a condition of audit_judge, or NULL */
	const char *const *only;           /* rows with one of these tags; all rows when there are none */
	size_t only_count;
	const char *split_by, *folder;     /* a file in the folder for each value of this column (or role), instead of `output`; or NULL */
	const char *const *masks, *const *hides;  /* roles and columns that are made unreadable, or left out, in all outputs */
	size_t mask_count, hide_count;
	const char *readers, *reader;      /* file of who may see what, and who this is for; or NULL (view.h) */
	struct rejects *rejects;
	int32_t as_of;
	unsigned threads;
	uint64_t memory;                   /* bytes that yesterday's tags and statistics may take */
	bool strict;                       /* a cell that a rule cannot use (12x as a number) rejects its row */
	void (*opened)(void *context, const struct intake *intake);  /* told about each input; may be NULL */
	void (*progress)(void *context, uint64_t bytes, uint64_t records);
	void *context;                     /* of opened and progress */
};

/* Tags the inputs. *figures: an object with what is worth knowing of the run, NULL when it did
 * not go through. -1 with STATUS_NO when only --fail-if says no: all is written then. */
int tag_run(const struct tag_options *options, struct cJSON **figures, struct diag *diag) MUST_CHECK;
/* Reads the rules and, if there are inputs, their headers. *summary: one line about the rules, in `arena`. */
int tag_check(const struct tag_options *options, struct arena *arena, struct slice *summary, struct diag *diag) MUST_CHECK;

#endif
