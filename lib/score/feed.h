/*
 * A feed is how the tools of this room read their inputs: what to do with rejects, how many threads, whom to tell. A
 * caller fills it from its options; nothing in it is owned.
 */
#ifndef CRM_SCORE_FEED_H
#define CRM_SCORE_FEED_H

#include "clean/intake.h"
#include "io/stream.h"

struct feed {
	struct rejects *rejects;
	unsigned threads;
	size_t memory;               /* bytes, for all that is kept */
	const char *tmpdir;
	/* Told about each input when its columns are known. May be NULL. */
	void (*opened)(void *context, const struct intake *intake);
	/* As in struct stream. May be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t records);
	void *context;               /* of both */
};

/* One reading of an input. */
struct feed_job {
	const char *path;
	const struct intake_options *options;
	/* After opening, before the first row: look at the columns. 0 or -1. May be NULL. */
	int (*begin)(void *context, const struct intake *intake, struct diag *diag);
	/* Any thread; the rows are split. `own` is storage of this batch's (batch->arena) that `after` sees. May be NULL. */
	int (*work)(void *context, const struct intake *intake, struct batch *batch, void **own, unsigned worker,
		    struct diag *diag);
	/* In input order. */
	int (*after)(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag);
	void *context;
	uint64_t records;            /* out: rows of data seen */
};

int feed_run(const struct feed *feed, struct feed_job *job, struct diag *diag) MUST_CHECK;

/*
 * A cell without the habits of the system that wrote the file (clean/profile.h), such as an apostrophe before a number: as it stands where no profile
 * fits. The arena owns what is new.
 */
static inline struct slice feed_cell(const struct intake *intake, const struct batch *batch, size_t r, size_t column,
				     enum measure measure, struct arena *arena)
{
	struct slice cell = batch_cell(batch, r, column);
	enum format format = intake->info.format;

	if (!intake->profile.profile)
		return cell;
	return profile_value(intake->profile.profile, measure, format == FORMAT_CSV || format == FORMAT_TSV, cell, arena);
}

/* The column of that very name, as the tools write it; or intake->columns. */
size_t feed_named(const struct intake *intake, struct slice name);
/*
 * The first column with the role; if there is none, STATUS_INPUT with an error that lists the columns, of many the three nearest, and says
 * which --map to use (`kind` is its prefix, such as "orders").
 */
int feed_column(const struct intake *intake, enum role role, const char *kind, size_t *column, struct diag *diag) MUST_CHECK;
/* The three headers nearest to the name, with commas. */
void feed_add_nearest(struct buf *text, const struct intake *intake, struct slice name);
/* STATUS_USAGE: there is no column of that name; the error has the three nearest. Returns -1. */
int feed_fail_column(const struct intake *intake, const char *name, struct diag *diag);

#endif
