/*
 * The loop of every tool that reads: batches come from `next`, go through `work` in several threads, and come out in
 * order: rejects to the rejects, encoded rows to the sink, and `after`, in order, for what must see every batch.
 */
#ifndef CRM_IO_STREAM_H
#define CRM_IO_STREAM_H

#include "io/rejects.h"
#include "io/sink.h"

struct stream {
	/* Fills `batch`: 1, 0 at the end, -1. One thread at a time. */
	int (*next)(void *context, struct batch *batch, struct diag *diag);
	/* Splits and cleans the batch and encodes rows (rows->sink NULL when there is no sink). May be NULL: batch_split alone. */
	int (*work)(void *context, struct batch *batch, struct rows *rows, unsigned worker, struct diag *diag);
	/* In input order, one at a time. May be NULL. */
	int (*after)(void *context, const struct batch *batch, struct diag *diag);
	void *context;
	struct sink *sink;        /* or NULL */
	struct rejects *rejects;
	unsigned threads;
	/* Progress: told about each batch, in order. May be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t records);
	void *progress_context;
	/* Out: */
	uint64_t records;         /* seen, less those dropped as no data */
	uint64_t bytes;
};

int stream_run(struct stream *stream, struct diag *diag) MUST_CHECK;

#endif
