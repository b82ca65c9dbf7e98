#include "io/stream.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"

struct slot {
	struct batch batch;
	struct rows rows;
	char apart[MEMORY_APART];
};

static int read_slot(void *context, void *item, struct diag *diag)
{
	struct stream *stream = context;
	struct slot *slot = item;

	return stream->next(stream->context, &slot->batch, diag);
}

static int work_slot(void *context, void *item, unsigned worker, struct diag *diag)
{
	struct stream *stream = context;
	struct slot *slot = item;

	if (stream->work)
		return stream->work(stream->context, &slot->batch, &slot->rows, worker, diag);
	batch_split(&slot->batch);
	return 0;
}

static uint64_t count_records(const struct batch *batch)
{
	uint64_t count = batch->reject_count;

	for (size_t r = 0; r < batch->count; r++)
		count += !batch->records[r].dropped;
	return count;
}

static int write_slot(void *context, void *item, struct diag *diag)
{
	struct stream *stream = context;
	struct slot *slot = item;
	uint64_t records = count_records(&slot->batch);

	stream->records += records;
	stream->bytes += slot->batch.bytes;
	if (rejects_take(stream->rejects, &slot->batch, diag) < 0)
		return -1;
	if (stream->sink && sink_write(stream->sink, &slot->rows, diag) < 0)
		return -1;
	if (stream->after && stream->after(stream->context, &slot->batch, diag) < 0)
		return -1;
	if (stream->progress)
		stream->progress(stream->progress_context, slot->batch.bytes, records);
	return 0;
}

int stream_run(struct stream *stream, struct diag *diag)
{
	static const struct pool_stages stages = { read_slot, work_slot, write_slot };
	unsigned threads = stream->threads ? stream->threads : 1;
	size_t count = threads == 1 ? 1 : threads * 2;
	struct slot *slots = memory_zero(count, sizeof *slots);
	void **items = memory_get(count, sizeof *items);
	int result;

	for (size_t i = 0; i < count; i++) {
		batch_init(&slots[i].batch);
		rows_init(&slots[i].rows, stream->sink);
		items[i] = &slots[i];
	}
	result = pool_pipeline(&stages, stream, items, count, threads, diag);
	for (size_t i = 0; i < count; i++) {
		batch_release(&slots[i].batch);
		rows_release(&slots[i].rows);
	}
	free(items);
	free(slots);
	return result;
}
