#include "score/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pool.h"
#include "io/file.h"

enum { PARTITIONS = 256, BLOCK_LINES = 1600, SOON = 2 };

struct block {
	struct block *older;
	uint32_t count;
	struct line lines[BLOCK_LINES];
};

/* A run of lines in the file. */
struct piece {
	off_t offset;
	uint32_t count;
};

struct partition {
	struct block *blocks;   /* newest first */
	struct piece *pieces;   /* in order, all older than the blocks */
	size_t piece_count, piece_capacity;
	uint64_t count;
};

struct lines {
	struct partition partitions[PARTITIONS];
	size_t memory, held;    /* bytes */
	const char *tmpdir;
	int file;               /* -1: none yet */
	off_t file_size;
	uint64_t count;
};

struct lines *lines_new(size_t memory, const char *tmpdir)
{
	struct lines *lines = memory_zero(1, sizeof *lines);

	lines->memory = memory;
	lines->tmpdir = tmpdir;
	lines->file = -1;
	return lines;
}

static void free_blocks(struct partition *partition)
{
	while (partition->blocks) {
		struct block *older = partition->blocks->older;

		free(partition->blocks);
		partition->blocks = older;
	}
}

void lines_free(struct lines *lines)
{
	if (!lines)
		return;
	for (size_t i = 0; i < PARTITIONS; i++) {
		free_blocks(&lines->partitions[i]);
		free(lines->partitions[i].pieces);
	}
	if (lines->file >= 0)
		close(lines->file);
	free(lines);
}

static int write_at(int file, const void *from, size_t size, off_t offset, struct diag *diag)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = pwrite(file, (const char *)from + done, size - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_errno(diag, NULL, "cannot write to the temporary file", errno);
		done += (size_t)n;
	}
	return 0;
}

static int read_at(int file, void *to, size_t size, off_t offset, struct diag *diag)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = pread(file, (char *)to + done, size - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return diag_errno(diag, NULL, "cannot read from the temporary file", n < 0 ? errno : EIO);
		done += (size_t)n;
	}
	return 0;
}

/* Oldest block first, so that pieces are in order. */
static struct block *reversed(struct block *block)
{
	struct block *done = NULL;

	while (block) {
		struct block *older = block->older;

		block->older = done;
		done = block;
		block = older;
	}
	return done;
}

static int spill_partition(struct lines *lines, struct partition *p, struct diag *diag)
{
	p->blocks = reversed(p->blocks);
	for (struct block *block = p->blocks; block; block = block->older) {
		size_t size = block->count * sizeof *block->lines;

		if (write_at(lines->file, block->lines, size, lines->file_size, diag))
			return -1;
		p->pieces = memory_grow(p->pieces, &p->piece_capacity, p->piece_count + 1, sizeof *p->pieces);
		p->pieces[p->piece_count++] = (struct piece){ lines->file_size, block->count };
		lines->file_size += (off_t)size;
	}
	free_blocks(p);
	return 0;
}

static int spill(struct lines *lines, struct diag *diag)
{
	if (lines->file < 0)
		lines->file = file_temporary(lines->tmpdir, diag);
	if (lines->file < 0)
		return -1;
	for (size_t i = 0; i < PARTITIONS; i++)
		if (spill_partition(lines, &lines->partitions[i], diag))
			return -1;
	lines->held = 0;
	return 0;
}

int lines_add(struct lines *lines, const struct line *line, struct diag *diag)
{
	struct partition *p = &lines->partitions[line->customer % PARTITIONS];

	if (!p->blocks || p->blocks->count == BLOCK_LINES) {
		struct block *block;

		if (lines->held + sizeof *block > lines->memory && lines->held >= PARTITIONS * sizeof *block &&
		    spill(lines, diag))
			return -1;
		block = memory_get(1, sizeof *block);
		block->older = p->blocks;
		block->count = 0;
		p->blocks = block;
		lines->held += sizeof *block;
	}
	p->blocks->lines[p->blocks->count++] = *line;
	__builtin_prefetch(&p->blocks->lines[p->blocks->count + SOON], 1); /* so many partitions are more than the processor foresees */
	p->count++;
	lines->count++;
	return 0;
}

uint64_t lines_count(const struct lines *lines)
{
	return lines->count;
}

struct sweep {
	const struct lines *lines;
	lines_visit *visit;
	void *context;
	uint32_t customers;
};

/* Lines of a partition in the order of adding. */
static int gather(const struct lines *lines, const struct partition *p, struct line *to, struct diag *diag)
{
	struct line *end = to + p->count;

	for (size_t i = 0; i < p->piece_count; i++) {
		if (read_at(lines->file, to, p->pieces[i].count * sizeof *to, p->pieces[i].offset, diag))
			return -1;
		to += p->pieces[i].count;
	}
	for (const struct block *block = p->blocks; block; block = block->older) {
		end -= block->count;
		memcpy(end, block->lines, block->count * sizeof *to);
	}
	return 0;
}

/* Counting sort by customer; starts[i] .. starts[i + 1] are those of the partition's i-th. */
static void sort_lines(const struct line *from, size_t count, struct line *to, size_t *starts, size_t locals)
{
	memset(starts, 0, (locals + 1) * sizeof *starts);
	for (size_t i = 0; i < count; i++)
		starts[from[i].customer / PARTITIONS + 1]++;
	for (size_t i = 0; i < locals; i++)
		starts[i + 1] += starts[i];
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].customer / PARTITIONS]++] = from[i];
	memmove(starts + 1, starts, locals * sizeof *starts);
	starts[0] = 0;
}

static int visit_partition(void *context, size_t index, unsigned worker, struct diag *diag)
{
	const struct sweep *sweep = context;
	const struct partition *p = &sweep->lines->partitions[index];
	size_t locals = sweep->customers / PARTITIONS + 1;
	struct line *unsorted, *sorted;
	size_t *starts;
	int failed;

	if (p->count == 0)
		return 0;
	unsorted = memory_get(p->count, sizeof *unsorted);
	sorted = memory_get(p->count, sizeof *sorted);
	starts = memory_get(locals + 1, sizeof *starts);
	failed = gather(sweep->lines, p, unsorted, diag);
	if (!failed)
		sort_lines(unsorted, p->count, sorted, starts, locals);
	free(unsorted);
	for (size_t i = 0; i < locals && !failed; i++)
		if (starts[i + 1] > starts[i])
			failed = sweep->visit(sweep->context, (uint32_t)(i * PARTITIONS + index), sorted + starts[i],
					      starts[i + 1] - starts[i], worker, diag);
	free(starts);
	free(sorted);
	return failed;
}

int lines_each(const struct lines *lines, uint32_t customers, lines_visit *visit, void *context, unsigned threads,
	       struct diag *diag)
{
	struct sweep sweep = { lines, visit, context, customers };

	return pool_each(visit_partition, &sweep, PARTITIONS, threads, diag);
}
