#include "score/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pool.h"
#include "io/file.h"

enum { PARTITIONS = LINES_PARTITIONS, BLOCK_BYTES = 1 << 16, SLAB_BLOCKS = PARTITIONS, SOON = 96 /* bytes ahead */ };

/* A line as most are, of less than 50 million, without profit and channel: 24 bytes, since touching memory is what adding costs. */
struct narrow {
	uint32_t customer;
	uint32_t facts;         /* from the lowest bit: day since FIRST_DAY 17, flags 2, file 6, category 7 */
	uint64_t order;
	uint64_t amount;        /* amount over AMOUNT_LEAST 40, row 24 */
};

enum { FIRST_DAY = -25567 /* 1900-01-01 */, DAY_BITS = 17, FLAG_BITS = 2, FILE_BITS = 6, CATEGORY_BITS = 7, AMOUNT_BITS = 40 };

static const int64_t AMOUNT_LEAST = -(INT64_C(1) << (AMOUNT_BITS - 1));

/* One kind of lines after the other, as they came. */
struct block {
	uint32_t count;
	bool wide;
	char lines[BLOCK_BYTES - 8] __attribute__((aligned(8)));
};

_Static_assert(sizeof(struct block) == BLOCK_BYTES, "blocks are whole pages");

/* A run of lines in the file. */
struct piece {
	off_t offset;
	uint32_t count;
	bool wide;
};

struct partition {
	struct block **blocks;  /* in order; lines go to the last */
	size_t block_count, block_capacity;
	struct piece *pieces;   /* in order, all older than the blocks */
	size_t piece_count, piece_capacity;
	uint64_t count;
};

struct lines {
	struct partition partitions[PARTITIONS];
	struct block **slabs;   /* SLAB_BLOCKS each */
	size_t slab_count, slab_capacity;
	struct block **unused;
	size_t unused_count, unused_capacity;
	size_t memory, held;    /* bytes; held: of the blocks in use */
	bool wide;              /* a line did not fit into a narrow one: all are wide from there on */
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

void lines_free(struct lines *lines)
{
	if (!lines)
		return;
	for (size_t i = 0; i < PARTITIONS; i++) {
		free(lines->partitions[i].blocks);
		free(lines->partitions[i].pieces);
	}
	for (size_t i = 0; i < lines->slab_count; i++)
		free(lines->slabs[i]);
	free(lines->slabs);
	free(lines->unused);
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

static void give_back(struct lines *lines, struct block *block)
{
	lines->unused = memory_grow(lines->unused, &lines->unused_capacity, lines->unused_count + 1, sizeof *lines->unused);
	lines->unused[lines->unused_count++] = block;
}

static size_t line_size(bool wide)
{
	return wide ? sizeof(struct line) : sizeof(struct narrow);
}

/* Bits of our own: those of C would be read before they are written, from memory that nobody has touched yet. */
static struct narrow narrowed(const struct line *line)
{
	uint32_t facts = line->category;

	facts = facts << FILE_BITS | line->file;
	facts = facts << FLAG_BITS | line->flags;
	facts = facts << DAY_BITS | (uint32_t)(line->day - FIRST_DAY);
	return (struct narrow){ line->customer, facts, line->order, (uint64_t)line->row << AMOUNT_BITS | (uint64_t)(line->amount - AMOUNT_LEAST) };
}

static struct line widened(const struct narrow *narrow)
{
	uint32_t facts = narrow->facts;
	struct line line = { .customer = narrow->customer, .order = narrow->order };

	line.day = (int32_t)(facts & ((1U << DAY_BITS) - 1)) + FIRST_DAY;
	line.flags = (uint8_t)(facts >> DAY_BITS & ((1U << FLAG_BITS) - 1));
	line.file = facts >> (DAY_BITS + FLAG_BITS) & ((1U << FILE_BITS) - 1);
	line.category = (uint16_t)(facts >> (DAY_BITS + FLAG_BITS + FILE_BITS));
	line.amount = (int64_t)(narrow->amount & ((UINT64_C(1) << AMOUNT_BITS) - 1)) + AMOUNT_LEAST;
	line.row = (uint32_t)(narrow->amount >> AMOUNT_BITS) & 0xffffffU;
	return line;
}

static bool is_narrow(const struct line *line)
{
	return line->profit == 0 && line->channel == 0 && line->category < 1 << CATEGORY_BITS && line->file < 1 << FILE_BITS &&
	       line->flags < 1 << FLAG_BITS && line->amount < -AMOUNT_LEAST && line->amount >= AMOUNT_LEAST && line->day >= FIRST_DAY &&
	       line->day < FIRST_DAY + (1 << DAY_BITS);
}

static int spill_partition(struct lines *lines, struct partition *p, struct diag *diag)
{
	for (size_t i = 0; i < p->block_count; i++) {
		const struct block *block = p->blocks[i];
		size_t size = block->count * line_size(block->wide);

		if (write_at(lines->file, block->lines, size, lines->file_size, diag))
			return -1;
		p->pieces = memory_grow(p->pieces, &p->piece_capacity, p->piece_count + 1, sizeof *p->pieces);
		p->pieces[p->piece_count++] = (struct piece){ lines->file_size, block->count, block->wide };
		lines->file_size += (off_t)size;
		give_back(lines, p->blocks[i]);
	}
	p->block_count = 0;
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

/* Of a slab that is not filled, only what is touched costs memory. */
static void add_slab(struct lines *lines)
{
	struct block *slab = aligned_alloc(sizeof *slab, SLAB_BLOCKS * sizeof *slab);

	if (!slab)
		memory_exhausted();
	lines->slabs = memory_grow(lines->slabs, &lines->slab_capacity, lines->slab_count + 1, sizeof *lines->slabs);
	lines->slabs[lines->slab_count++] = slab;
	for (size_t i = SLAB_BLOCKS; i-- > 0;)
		give_back(lines, &slab[i]);
}

static int add_block(struct lines *lines, struct partition *p, struct diag *diag)
{
	struct block *block;

	if (lines->held + sizeof *block > lines->memory && lines->held >= PARTITIONS * sizeof *block && spill(lines, diag))
		return -1;
	if (lines->unused_count == 0)
		add_slab(lines);
	block = lines->unused[--lines->unused_count];
	block->count = 0;
	block->wide = lines->wide;
	p->blocks = memory_grow(p->blocks, &p->block_capacity, p->block_count + 1, sizeof *p->blocks);
	p->blocks[p->block_count++] = block;
	lines->held += sizeof *block;
	return 0;
}

int lines_add(struct lines *lines, const struct line *line, struct diag *diag)
{
	struct partition *p = &lines->partitions[line->customer % PARTITIONS];
	struct block *block = p->block_count ? p->blocks[p->block_count - 1] : NULL;
	size_t size;

	lines->wide = lines->wide || !is_narrow(line);
	size = line_size(lines->wide);
	if (!block || block->wide != lines->wide || (block->count + 1) * size > sizeof block->lines) {
		if (add_block(lines, p, diag))
			return -1;
		block = p->blocks[p->block_count - 1];
	}
	if (block->wide)
		((struct line *)(block->lines))[block->count] = *line;
	else
		((struct narrow *)(block->lines))[block->count] = narrowed(line);
	block->count++;
	__builtin_prefetch(block->lines + block->count * size + SOON, 1); /* so many partitions are more than the processor foresees */
	p->count++;
	lines->count++;
	return 0;
}

uint64_t lines_count(const struct lines *lines)
{
	return lines->count;
}

/* What a worker keeps from partition to partition. */
struct scratch {
	char *spilled;
	struct line *sorted;
	size_t *starts;         /* by customer of the partition */
	size_t spilled_capacity, sorted_capacity, starts_capacity;
};

struct sweep {
	struct lines *lines;
	lines_visit *visit;
	void *context;
	uint32_t customers;
	struct scratch *scratch;
};

static int read_spilled(const struct lines *lines, const struct partition *p, struct scratch *scratch, struct diag *diag)
{
	size_t size = 0;
	char *to;

	for (size_t i = 0; i < p->piece_count; i++)
		size += p->pieces[i].count * line_size(p->pieces[i].wide);
	to = scratch->spilled = memory_grow(scratch->spilled, &scratch->spilled_capacity, size, 1);
	for (size_t i = 0; i < p->piece_count; i++) {
		size = p->pieces[i].count * line_size(p->pieces[i].wide);
		if (read_at(lines->file, to, size, p->pieces[i].offset, diag))
			return -1;
		to += size;
	}
	return 0;
}

static void count_lines(const char *from, size_t count, bool wide, size_t *starts)
{
	for (size_t i = 0; i < count; i++)
		starts[(wide ? ((const struct line *)from)[i].customer : ((const struct narrow *)from)[i].customer) / PARTITIONS + 1]++;
}

static void place_lines(const char *from, size_t count, bool wide, struct line *to, size_t *starts)
{
	for (size_t i = 0; i < count; i++) {
		struct line line = wide ? ((const struct line *)from)[i] : widened(&((const struct narrow *)from)[i]);

		to[starts[line.customer / PARTITIONS]++] = line;
	}
}

/* Counting sort by customer, of what came back from the file and then the blocks; starts[i] .. starts[i + 1] are those of the partition's i-th. */
static void sort_lines(const struct partition *p, const struct scratch *scratch, size_t locals)
{
	const char *spilled = scratch->spilled;
	size_t *starts = scratch->starts;

	memset(starts, 0, (locals + 1) * sizeof *starts);
	for (size_t i = 0; i < p->piece_count; spilled += p->pieces[i].count * line_size(p->pieces[i].wide), i++)
		count_lines(spilled, p->pieces[i].count, p->pieces[i].wide, starts);
	for (size_t i = 0; i < p->block_count; i++)
		count_lines(p->blocks[i]->lines, p->blocks[i]->count, p->blocks[i]->wide, starts);
	for (size_t i = 0; i < locals; i++)
		starts[i + 1] += starts[i];
	spilled = scratch->spilled;
	for (size_t i = 0; i < p->piece_count; spilled += p->pieces[i].count * line_size(p->pieces[i].wide), i++)
		place_lines(spilled, p->pieces[i].count, p->pieces[i].wide, scratch->sorted, starts);
	for (size_t i = 0; i < p->block_count; i++)
		place_lines(p->blocks[i]->lines, p->blocks[i]->count, p->blocks[i]->wide, scratch->sorted, starts);
	memmove(starts + 1, starts, locals * sizeof *starts);
	starts[0] = 0;
}

/* The memory of the blocks goes back to the system, so that what the visitors keep may take its place. */
static void give_up(struct partition *p)
{
	for (size_t i = 0; i < p->block_count; i++)
		(void)madvise(p->blocks[i], sizeof **p->blocks, MADV_DONTNEED); /* only advice */
	p->block_count = 0;
	p->count = 0;
}

static int visit_partition(void *context, size_t index, unsigned worker, struct diag *diag)
{
	const struct sweep *sweep = context;
	struct partition *p = &sweep->lines->partitions[index];
	struct scratch *s = &sweep->scratch[worker];
	size_t locals = sweep->customers / PARTITIONS + 1;

	if (p->count == 0)
		return 0;
	s->sorted = memory_grow(s->sorted, &s->sorted_capacity, p->count, sizeof *s->sorted);
	s->starts = memory_grow(s->starts, &s->starts_capacity, locals + 1, sizeof *s->starts);
	if (read_spilled(sweep->lines, p, s, diag))
		return -1;
	sort_lines(p, s, locals);
	give_up(p);
	for (size_t i = 0; i < locals; i++)
		if (s->starts[i + 1] > s->starts[i] &&
		    sweep->visit(sweep->context, (uint32_t)(i * PARTITIONS + index), s->sorted + s->starts[i], s->starts[i + 1] - s->starts[i],
				 worker, diag))
			return -1;
	return 0;
}

int lines_each(struct lines *lines, uint32_t customers, lines_visit *visit, void *context, unsigned threads,
	       struct diag *diag)
{
	struct scratch *scratch = memory_zero(threads, sizeof *scratch);
	struct sweep sweep = { lines, visit, context, customers, scratch };
	int failed = pool_each(visit_partition, &sweep, PARTITIONS, threads, diag);

	for (unsigned i = 0; i < threads; i++) {
		free(scratch[i].spilled);
		free(scratch[i].sorted);
		free(scratch[i].starts);
	}
	free(scratch);
	return failed;
}
