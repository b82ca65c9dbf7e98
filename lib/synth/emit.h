/* Writes one file row by row, blocks of rows in several threads, in order and in one step. */
#ifndef CRM_SYNTH_EMIT_H
#define CRM_SYNTH_EMIT_H

#include "base/buf.h"
#include "synth/purchase.h"

struct gb18030;

/* What one thread has of its own, over all files. */
struct emit_worker {
	struct card card;
	struct entity entity;
	struct history history;
	uint64_t counts[ERROR_COUNT];
	struct gb18030 *encoder;
	struct buf plain;             /* private */
};
struct emit_worker *emit_workers_new(unsigned count);
void emit_workers_free(struct emit_worker *workers, unsigned count);

struct emission {
	const char *path;
	struct slice head, tail;      /* before and after the rows */
	size_t rows;
	void (*row)(void *context, size_t row, struct emit_worker *worker, struct buf *out);
	void *context;
	bool gb18030;                 /* everything is UTF-8 until it is written */
	/* Told about each block that was written; may be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t rows);
	void *progress_context;
};
int emit_file(const struct emission *emission, struct emit_worker *workers, unsigned threads,
	      struct diag *diag) MUST_CHECK;

/* A cell of a CSV, quoted where it must be; and of JSON, a text in quotes. */
void emit_csv(struct buf *out, struct slice s);
void emit_json(struct buf *out, struct slice s);
/* 2024-03-05; 08:30:00; a number of `width` digits. */
void emit_date(struct buf *out, int32_t days);
void emit_time(struct buf *out, uint32_t seconds);
void emit_digits(struct buf *out, uint64_t number, int width);

#endif
