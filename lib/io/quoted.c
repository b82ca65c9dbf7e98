#include "io/quoted.h"

#include <csv.h>
#include <stdlib.h>

#include "base/memory.h"

enum { IN_CELL = 2 }; /* libcsv's parser state inside a cell */

struct quoted {
	struct csv_parser parser;
	struct slice *values;
	size_t count, capacity;
	struct arena *arena;
	bool ended;
};

static int never(unsigned char c)
{
	(void)c;
	return 0;
}

static int is_line_feed(unsigned char c)
{
	return c == '\n';
}

static void take_cell(void *text, size_t length, void *context)
{
	struct quoted *quoted = context;

	if (quoted->count == quoted->capacity)
		quoted->values = memory_grow(quoted->values, &quoted->capacity, quoted->count + 1, sizeof *quoted->values);
	quoted->values[quoted->count++] = arena_copy(quoted->arena, (struct slice){ text, length });
}

static void take_end(int terminator, void *context)
{
	struct quoted *quoted = context;

	(void)terminator;
	quoted->ended = true;
}

struct quoted *quoted_new(void)
{
	struct quoted *quoted = memory_zero(1, sizeof *quoted);

	csv_init(&quoted->parser, 0);
	csv_set_space_func(&quoted->parser, never);
	csv_set_blk_size(&quoted->parser, 4096);
	return quoted;
}

void quoted_free(struct quoted *quoted)
{
	if (!quoted)
		return;
	csv_free(&quoted->parser);
	free(quoted->values);
	free(quoted);
}

void quoted_begin(struct quoted *quoted, char delimiter, bool strict, struct arena *arena)
{
	csv_fini(&quoted->parser, NULL, NULL, NULL); /* forgets what a failed record left */
	csv_set_opts(&quoted->parser, strict ? CSV_STRICT : 0);
	csv_set_delim(&quoted->parser, (unsigned char)delimiter);
	csv_set_term_func(&quoted->parser, is_line_feed);
	quoted->arena = arena;
	quoted->count = 0;
	quoted->ended = false;
}

bool quoted_feed(struct quoted *quoted, struct slice text)
{
	return csv_parse(&quoted->parser, text.ptr, text.len, take_cell, take_end, quoted) == text.len;
}

bool quoted_is_open(const struct quoted *quoted)
{
	return quoted->parser.quoted && quoted->parser.pstate == IN_CELL;
}

size_t quoted_open_length(const struct quoted *quoted)
{
	return quoted->parser.entry_pos;
}

bool quoted_end(struct quoted *quoted)
{
	return !quoted_is_open(quoted) && quoted_feed(quoted, SLICE("\n")) && quoted->ended;
}

enum quoted_outcome quoted_parse(struct quoted *quoted, struct slice line, char delimiter, bool strict,
				 struct arena *arena)
{
	quoted_begin(quoted, delimiter, strict, arena);
	if (slice_find_byte(line, '\r') == line.len)
		csv_set_term_func(&quoted->parser, NULL); /* libcsv's own test is faster, and a CR is all that it would mistake */
	if (!quoted_feed(quoted, line))
		return QUOTED_BAD;
	if (quoted_is_open(quoted))
		return QUOTED_OPEN;
	return quoted_end(quoted) ? QUOTED_WHOLE : QUOTED_BAD;
}

const struct slice *quoted_values(const struct quoted *quoted, size_t *count)
{
	*count = quoted->count;
	return quoted->values;
}
