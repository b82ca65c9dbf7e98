#include "synth/emit.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "io/file.h"
#include "synth/gb18030.h"

enum { CHUNK_ROWS = 2048 };

struct chunk {
	size_t from, to;
	struct buf out;
};

struct emitting {
	const struct emission *what;
	struct emit_worker *workers;
	struct outfile *file;
	size_t next;
};

struct emit_worker *emit_workers_new(unsigned count)
{
	struct emit_worker *workers = memory_zero(count, sizeof *workers);

	for (unsigned i = 0; i < count; i++)
		buf_init(&workers[i].plain, BUF_UNLIMITED);
	return workers;
}

void emit_workers_free(struct emit_worker *workers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		buf_release(&workers[i].plain);
		history_release(&workers[i].history);
		gb18030_free(workers[i].encoder);
	}
	free(workers);
}

static int next_chunk(void *context, void *item, struct diag *diag)
{
	struct emitting *e = context;
	struct chunk *chunk = item;

	(void)diag;
	if (e->next == e->what->rows)
		return 0;
	chunk->from = e->next;
	chunk->to = e->what->rows - e->next < CHUNK_ROWS ? e->what->rows : e->next + CHUNK_ROWS;
	e->next = chunk->to;
	return 1;
}

static int make_chunk(void *context, void *item, unsigned number, struct diag *diag)
{
	const struct emitting *e = context;
	struct emit_worker *worker = &e->workers[number];
	struct chunk *chunk = item;
	struct buf *to = e->what->gb18030 ? &worker->plain : &chunk->out;

	buf_clear(&chunk->out);
	buf_clear(to);
	for (size_t row = chunk->from; row < chunk->to; row++)
		e->what->row(e->what->context, row, worker, to);
	return e->what->gb18030 ? gb18030_encode(&worker->encoder, buf_slice(to), &chunk->out, diag) : 0;
}

static int write_chunk(void *context, void *item, struct diag *diag)
{
	struct emitting *e = context;
	struct chunk *chunk = item;

	if (e->what->progress)
		e->what->progress(e->what->progress_context, chunk->out.len, chunk->to - chunk->from);
	return outfile_write(e->file, buf_slice(&chunk->out), diag);
}

static int write_text(struct emitting *e, struct slice text, struct diag *diag)
{
	struct buf encoded;
	int result;

	if (!e->what->gb18030 || text.len == 0)
		return outfile_write(e->file, text, diag);
	buf_init(&encoded, BUF_UNLIMITED);
	result = gb18030_encode(&e->workers[0].encoder, text, &encoded, diag);
	if (result == 0)
		result = outfile_write(e->file, buf_slice(&encoded), diag);
	buf_release(&encoded);
	return result;
}

static int write_rows(struct emitting *e, unsigned threads, struct diag *diag)
{
	static const struct pool_stages stages = { next_chunk, make_chunk, write_chunk };
	size_t count = threads * 2;
	struct chunk *chunks = memory_zero(count, sizeof *chunks);
	void **items = memory_get(count, sizeof *items);
	int result;

	for (size_t i = 0; i < count; i++) {
		buf_init(&chunks[i].out, BUF_UNLIMITED);
		items[i] = &chunks[i];
	}
	result = pool_pipeline(&stages, e, items, count, threads, diag);
	for (size_t i = 0; i < count; i++)
		buf_release(&chunks[i].out);
	free(items);
	free(chunks);
	return result;
}

int emit_file(const struct emission *what, struct emit_worker *workers, unsigned threads, struct diag *diag)
{
	struct emitting e = { .what = what, .workers = workers };

	if (outfile_open(&e.file, what->path, diag) < 0)
		return -1;
	if (write_text(&e, what->head, diag) < 0 || write_rows(&e, threads, diag) < 0 ||
	    write_text(&e, what->tail, diag) < 0) {
		outfile_abort(e.file);
		return -1;
	}
	return outfile_commit(e.file, diag);
}

void emit_csv(struct buf *out, struct slice s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len && !quoted; i++)
		quoted = s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
	if (!quoted) {
		buf_add(out, s);
		return;
	}
	buf_add_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, s.ptr[i]);
	}
	buf_add_byte(out, '"');
}

void emit_json(struct buf *out, struct slice s)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"' || s.ptr[i] == '\\')
			buf_add_byte(out, '\\');
		if (s.ptr[i] == '\n')
			buf_add(out, SLICE("\\n"));
		else
			buf_add_byte(out, s.ptr[i]);
	}
	buf_add_byte(out, '"');
}

void emit_date(struct buf *out, int32_t days)
{
	char text[CIVIL_TEXT];

	civil_print(days, text);
	buf_add(out, (struct slice){ text, sizeof text });
}

void emit_digits(struct buf *out, uint64_t number, int width)
{
	char text[32];
	struct pen pen = { text, text + sizeof text };

	pen_number(&pen, number, width);
	buf_add(out, pen_since(&pen, text));
}

void emit_time(struct buf *out, uint32_t seconds)
{
	emit_digits(out, seconds / 3600, 2);
	buf_add_byte(out, ':');
	emit_digits(out, seconds / 60 % 60, 2);
	buf_add_byte(out, ':');
	emit_digits(out, seconds % 60, 2);
}
