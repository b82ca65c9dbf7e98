#include "score/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pool.h"
#include "io/file.h"

enum { PARTITIONS = LINES_PARTITIONS, BLOCK_BYTES = 1 << 16, SLAB_BLOCKS = PARTITIONS, SOON = 96 /* bytes ahead */, LITTLE = 512 << 20 };

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
	char *next, *end;       /* where the next line goes in the last block; one that does not begin before `end` needs a new block */
	struct block **blocks;  /* in order; the count of the last is set when it is closed */
	size_t block_count, block_capacity;
	struct piece *pieces;   /* in order, all older than the blocks */
	size_t piece_count, piece_capacity;
};

struct writer {
	struct partition partitions[PARTITIONS];
	struct block **slabs;   /* SLAB_BLOCKS each */
	size_t slab_count, slab_capacity;
	struct block **unused;
	size_t unused_count, unused_capacity;
	size_t held;            /* bytes of the blocks in use */
	bool wide;              /* a line did not fit into a narrow one: all are wide from there on */
	int file;               /* -1: none yet */
	off_t file_size;
	uint64_t count;
	char apart[MEMORY_APART];
};

struct lines {
	struct writer *writers;
	unsigned writer_count;
	size_t memory, held;    /* bytes; held: of all writers, atomic */
	const char *tmpdir;
};

struct lines *lines_new(size_t memory, unsigned writers, const char *tmpdir)
{
	struct lines *lines = memory_zero(1, sizeof *lines);

	*lines = (struct lines){ memory_zero(writers, sizeof *lines->writers), writers, memory, 0, tmpdir };
	for (unsigned i = 0; i < writers; i++)
		lines->writers[i].file = -1;
	return lines;
}

static void free_writer(struct writer *writer)
{
	for (size_t i = 0; i < PARTITIONS; i++) {
		free(writer->partitions[i].blocks);
		free(writer->partitions[i].pieces);
	}
	for (size_t i = 0; i < writer->slab_count; i++)
		free(writer->slabs[i]);
	free(writer->slabs);
	free(writer->unused);
	if (writer->file >= 0)
		close(writer->file);
}

void lines_free(struct lines *lines)
{
	if (!lines)
		return;
	for (unsigned i = 0; i < lines->writer_count; i++)
		free_writer(&lines->writers[i]);
	free(lines->writers);
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

static void give_back(struct writer *writer, struct block *block)
{
	writer->unused = memory_grow(writer->unused, &writer->unused_capacity, writer->unused_count + 1, sizeof *writer->unused);
	writer->unused[writer->unused_count++] = block;
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

static inline void widen(const struct narrow *narrow, struct line *to)
{
	uint32_t facts = narrow->facts;

	*to = (struct line){
		.customer = narrow->customer,
		.day = (int32_t)(facts & ((1U << DAY_BITS) - 1)) + FIRST_DAY,
		.amount = (int64_t)(narrow->amount & ((UINT64_C(1) << AMOUNT_BITS) - 1)) + AMOUNT_LEAST,
		.order = narrow->order,
		.row = (uint32_t)(narrow->amount >> AMOUNT_BITS) & 0xffffffU,
		.file = facts >> (DAY_BITS + FLAG_BITS) & ((1U << FILE_BITS) - 1),
		.category = (uint16_t)(facts >> (DAY_BITS + FLAG_BITS + FILE_BITS)),
		.flags = (uint8_t)(facts >> DAY_BITS & ((1U << FLAG_BITS) - 1)),
	};
}

static bool is_narrow(const struct line *line)
{
	return line->profit == 0 && line->channel == 0 && line->category < 1 << CATEGORY_BITS && line->file < 1 << FILE_BITS &&
	       line->flags < 1 << FLAG_BITS && line->amount < -AMOUNT_LEAST && line->amount >= AMOUNT_LEAST && line->day >= FIRST_DAY &&
	       line->day < FIRST_DAY + (1 << DAY_BITS);
}

/* Its last block takes no more lines. */
static void close_block(struct partition *p)
{
	if (p->block_count && p->next) {
		struct block *block = p->blocks[p->block_count - 1];

		block->count = (uint32_t)((size_t)(p->next - block->lines) / line_size(block->wide));
	}
	p->next = p->end = NULL;
}

static int spill_partition(struct writer *writer, struct partition *p, struct diag *diag)
{
	close_block(p);
	for (size_t i = 0; i < p->block_count; i++) {
		const struct block *block = p->blocks[i];
		size_t size = block->count * line_size(block->wide);

		if (write_at(writer->file, block->lines, size, writer->file_size, diag))
			return -1;
		p->pieces = memory_grow(p->pieces, &p->piece_capacity, p->piece_count + 1, sizeof *p->pieces);
		p->pieces[p->piece_count++] = (struct piece){ writer->file_size, block->count, block->wide };
		writer->file_size += (off_t)size;
		give_back(writer, p->blocks[i]);
	}
	p->block_count = 0;
	return 0;
}

static int spill(struct lines *lines, struct writer *writer, struct diag *diag)
{
	if (writer->file < 0)
		writer->file = file_temporary(lines->tmpdir, diag);
	if (writer->file < 0)
		return -1;
	for (size_t i = 0; i < PARTITIONS; i++)
		if (spill_partition(writer, &writer->partitions[i], diag))
			return -1;
	__atomic_sub_fetch(&lines->held, writer->held, __ATOMIC_RELAXED);
	writer->held = 0;
	return 0;
}

/* Of a slab that is not filled, only what is touched costs memory. */
static void add_slab(struct writer *writer)
{
	struct block *slab = aligned_alloc(sizeof *slab, SLAB_BLOCKS * sizeof *slab);

	if (!slab)
		memory_exhausted();
	writer->slabs = memory_grow(writer->slabs, &writer->slab_capacity, writer->slab_count + 1, sizeof *writer->slabs);
	writer->slabs[writer->slab_count++] = slab;
	for (size_t i = SLAB_BLOCKS; i-- > 0;)
		give_back(writer, &slab[i]);
}

/* A writer keeps a block of each partition, whatever the bound. */
static int add_block(struct lines *lines, struct writer *writer, struct partition *p, struct diag *diag)
{
	struct block *block;

	if (__atomic_load_n(&lines->held, __ATOMIC_RELAXED) + sizeof *block > lines->memory && writer->held >= PARTITIONS * sizeof *block &&
	    spill(lines, writer, diag))
		return -1;
	close_block(p);
	if (writer->unused_count == 0)
		add_slab(writer);
	block = writer->unused[--writer->unused_count];
	block->wide = writer->wide;
	p->blocks = memory_grow(p->blocks, &p->block_capacity, p->block_count + 1, sizeof *p->blocks);
	p->blocks[p->block_count++] = block;
	p->next = block->lines;
	p->end = block->lines + sizeof block->lines - line_size(block->wide) + 1;
	writer->held += sizeof *block;
	__atomic_add_fetch(&lines->held, sizeof *block, __ATOMIC_RELAXED);
	return 0;
}

static void widen_from_here(struct writer *writer)
{
	for (size_t i = 0; i < PARTITIONS; i++)
		close_block(&writer->partitions[i]);
	writer->wide = true;
}

int lines_add(struct lines *lines, unsigned number, const struct line *line, struct diag *diag)
{
	struct writer *writer = &lines->writers[number];
	struct partition *p = &writer->partitions[lines_partition(line->customer)];

	if (!writer->wide && !is_narrow(line))
		widen_from_here(writer);
	if (p->next >= p->end && add_block(lines, writer, p, diag))
		return -1;
	if (writer->wide)
		*(struct line *)p->next = *line;
	else
		*(struct narrow *)p->next = narrowed(line);
	p->next += line_size(writer->wide);
	__builtin_prefetch(p->next + SOON, 1); /* so many partitions are more than the processor foresees */
	writer->count++;
	return 0;
}

uint64_t lines_count(const struct lines *lines)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < lines->writer_count; i++)
		count += lines->writers[i].count;
	return count;
}

/* What a worker keeps from partition to partition. */
struct scratch {
	char *spilled;
	char *sorted;           /* narrow lines, if all of the partition are, else wide ones */
	size_t *starts;         /* by customer of the partition */
	struct line *lines;     /* of one customer */
	size_t spilled_capacity, sorted_capacity, starts_capacity, line_capacity;
	char apart[MEMORY_APART];
};

struct sweep {
	struct lines *lines;
	lines_visit *visit;
	void *context;
	uint32_t customers;
	struct scratch *scratch;
};

/* Lines of one kind, in memory. */
struct run {
	const char *lines;
	size_t count;
	bool wide;
};

/* A partition of all writers: their runs in order, those that came back from files first. */
struct gathering {
	struct run *runs;
	size_t count, capacity;
	size_t total;
	bool wide;              /* some run is */
};

static void add_run(struct gathering *g, const char *lines, size_t count, bool wide)
{
	g->runs = memory_grow(g->runs, &g->capacity, g->count + 1, sizeof *g->runs);
	g->runs[g->count++] = (struct run){ lines, count, wide };
	g->total += count;
	g->wide |= wide && count;
}

static size_t spilled_size(const struct sweep *sweep, size_t index)
{
	size_t size = 0;

	for (unsigned w = 0; w < sweep->lines->writer_count; w++) {
		const struct partition *p = &sweep->lines->writers[w].partitions[index];

		for (size_t i = 0; i < p->piece_count; i++)
			size += p->pieces[i].count * line_size(p->pieces[i].wide);
	}
	return size;
}

static int gather(const struct sweep *sweep, size_t index, struct scratch *scratch, struct gathering *g, struct diag *diag)
{
	char *to;

	to = scratch->spilled = memory_grow(scratch->spilled, &scratch->spilled_capacity, spilled_size(sweep, index), 1);
	for (unsigned w = 0; w < sweep->lines->writer_count; w++) {
		const struct writer *writer = &sweep->lines->writers[w];
		const struct partition *p = &writer->partitions[index];

		for (size_t i = 0; i < p->piece_count; i++) {
			size_t size = p->pieces[i].count * line_size(p->pieces[i].wide);

			if (read_at(writer->file, to, size, p->pieces[i].offset, diag))
				return -1;
			add_run(g, to, p->pieces[i].count, p->pieces[i].wide);
			to += size;
		}
		for (size_t i = 0; i < p->block_count; i++)
			add_run(g, p->blocks[i]->lines, p->blocks[i]->count, p->blocks[i]->wide);
	}
	return 0;
}

static void count_run(const struct run *run, size_t *starts)
{
	const struct line *wide = (const struct line *)run->lines;
	const struct narrow *narrow = (const struct narrow *)run->lines;

	for (size_t i = 0; i < run->count; i++)
		starts[lines_local(run->wide ? wide[i].customer : narrow[i].customer) + 1]++;
}

static void place_run(const struct run *run, const struct scratch *s, bool wide)
{
	const struct line *from = (const struct line *)run->lines;
	const struct narrow *narrow = (const struct narrow *)run->lines;

	if (!wide)
		for (size_t i = 0; i < run->count; i++)
			((struct narrow *)s->sorted)[s->starts[lines_local(narrow[i].customer)]++] = narrow[i];
	for (size_t i = 0; wide && i < run->count; i++) {
		struct line *to = &((struct line *)s->sorted)[s->starts[lines_local(run->wide ? from[i].customer : narrow[i].customer)]++];

		if (run->wide)
			*to = from[i];
		else
			widen(&narrow[i], to);
	}
}

/* Counting sort by customer; starts[i] .. starts[i + 1] are those of the partition's i-th. */
static void sort_lines(const struct gathering *g, struct scratch *s, size_t locals)
{
	s->sorted = memory_grow(s->sorted, &s->sorted_capacity, g->total * line_size(g->wide), 1);
	s->starts = memory_grow(s->starts, &s->starts_capacity, locals + 1, sizeof *s->starts);
	memset(s->starts, 0, (locals + 1) * sizeof *s->starts);
	for (size_t i = 0; i < g->count; i++)
		count_run(&g->runs[i], s->starts);
	for (size_t i = 0; i < locals; i++)
		s->starts[i + 1] += s->starts[i];
	for (size_t i = 0; i < g->count; i++)
		place_run(&g->runs[i], s, g->wide);
	memmove(s->starts + 1, s->starts, locals * sizeof *s->starts);
	s->starts[0] = 0;
}

/* The memory of the blocks goes back to the system, so that what the visitors keep may take its place; little is not worth the calls. */
static void give_up(struct lines *lines, size_t index)
{
	if (lines->held < LITTLE)
		return;
	for (unsigned w = 0; w < lines->writer_count; w++) {
		struct partition *p = &lines->writers[w].partitions[index];

		for (size_t i = 0; i < p->block_count; i++)
			(void)madvise(p->blocks[i], sizeof **p->blocks, MADV_DONTNEED); /* only advice */
		p->block_count = p->piece_count = 0;
	}
}

static struct line *lines_of(struct scratch *s, size_t start, size_t count, bool wide)
{
	const struct narrow *narrow = (const struct narrow *)s->sorted + start;

	if (wide)
		return (struct line *)s->sorted + start;
	s->lines = memory_grow(s->lines, &s->line_capacity, count, sizeof *s->lines);
	for (size_t i = 0; i < count; i++)
		widen(&narrow[i], &s->lines[i]);
	return s->lines;
}

static int visit_partition(void *context, size_t index, unsigned worker, struct diag *diag)
{
	const struct sweep *sweep = context;
	struct scratch *s = &sweep->scratch[worker];
	struct gathering g = { 0 };
	size_t locals = lines_locals(sweep->customers, index);
	int failed = gather(sweep, index, s, &g, diag);

	if (!failed && g.total)
		sort_lines(&g, s, locals);
	if (!failed)
		give_up(sweep->lines, index);
	for (size_t i = 0; !failed && g.total && i < locals; i++) {
		size_t start = s->starts[i], count = s->starts[i + 1] - start;

		failed = count && sweep->visit(sweep->context, lines_customer(index, i), lines_of(s, start, count, g.wide), count, worker, diag);
	}
	free(g.runs);
	return failed ? -1 : 0;
}

int lines_each(struct lines *lines, uint32_t customers, lines_visit *visit, void *context, unsigned threads,
	       struct diag *diag)
{
	struct scratch *scratch = memory_zero(threads, sizeof *scratch);
	struct sweep sweep = { lines, visit, context, customers, scratch };
	int failed;

	for (unsigned w = 0; w < lines->writer_count; w++)
		for (size_t i = 0; i < PARTITIONS; i++)
			close_block(&lines->writers[w].partitions[i]);
	failed = pool_each(visit_partition, &sweep, PARTITIONS, threads, diag);
	for (unsigned i = 0; i < threads; i++) {
		free(scratch[i].spilled);
		free(scratch[i].sorted);
		free(scratch[i].starts);
		free(scratch[i].lines);
	}
	free(scratch);
	return failed;
}
