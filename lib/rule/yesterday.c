#include "rule/yesterday.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/file.h"

enum { MAP_ENTRY = 40 };  /* bytes, about */

/* Where in yesterday's file things stand; a place equal to the number of columns: not there. */
struct places {
	size_t id, tags, since;
	size_t *groups, *group_since;
};

size_t yesterday_key(const struct intake *intake)
{
	size_t column = intake_find(intake, ROLE_CUSTOMER_ID);

	return column < intake->columns ? column : intake_find(intake, ROLE_SOURCE_ID);
}

static size_t find_header(const struct intake *intake, struct slice name)
{
	size_t c = 0;

	while (c < intake->columns && !slice_equal(intake->headers[c], name))
		c++;
	return c;
}

static int find_places(struct places *places, const struct intake *intake, const struct rules *rules, struct arena *arena,
		       struct diag *diag)
{
	struct place place = { .file = table_name(intake->table), .line = intake->header_row };
	size_t count = rules->groups.count;

	places->id = yesterday_key(intake);
	places->tags = find_header(intake, SLICE("tags"));
	places->since = find_header(intake, SLICE("tags_since"));
	places->groups = arena_get(arena, count, sizeof *places->groups);
	places->group_since = arena_get(arena, count, sizeof *places->group_since);
	for (size_t g = 0; g < count; g++) {
		struct slice column = rules->groups.items[g].column;

		places->groups[g] = find_header(intake, column);
		places->group_since[g] = find_header(intake, arena_format(arena, "%.*s_since", SLICE_ARG(column)));
	}
	if (places->id == intake->columns)
		return diag_fail(diag, STATUS_INPUT, &place, "no-id", "--previous needs a column customer_id or source_id to know customers again");
	if (places->tags == intake->columns && count == 0)
		return diag_fail(diag, STATUS_INPUT, &place, "no-tags", "--previous is an output of crm-tag: there is no column tags");
	return 0;
}

static struct slice copy_cell(struct yesterday *yesterday, const struct slice *cells, size_t column, size_t columns)
{
	if (column >= columns)
		return (struct slice){ 0 };
	yesterday->bytes += cells[column].len + 1;
	return arena_copy(&yesterday->arena, cells[column]);
}

static int add_row(struct yesterday *yesterday, const struct places *places, const struct batch *batch, size_t r, size_t groups,
		   struct diag *diag)
{
	const struct slice *cells = batch->cells + r * batch->columns;
	struct place place = { batch->source, batch->records[r].line, places->id + 1 };
	char quoted[DIAG_QUOTE_SIZE];
	size_t before = yesterday->customers.count;
	uint32_t number = map_add(&yesterday->customers, cells[places->id]);
	struct past *past;

	if (yesterday->customers.count == before)
		return diag_fail(diag, STATUS_INPUT, &place, "repeated-id", "the customer %s stands in --previous twice",
				 diag_quote(cells[places->id], quoted));
	yesterday->past = memory_grow(yesterday->past, &yesterday->capacity, number + 1, sizeof *yesterday->past);
	past = &yesterday->past[number];
	yesterday->bytes += sizeof *past + 2 * groups * sizeof *past->groups + cells[places->id].len + MAP_ENTRY;
	past->tags = copy_cell(yesterday, cells, places->tags, batch->columns);
	past->since = copy_cell(yesterday, cells, places->since, batch->columns);
	past->groups = arena_get(&yesterday->arena, groups, sizeof *past->groups);
	past->group_since = arena_get(&yesterday->arena, groups, sizeof *past->group_since);
	for (size_t g = 0; g < groups; g++) {
		past->groups[g] = copy_cell(yesterday, cells, places->groups[g], batch->columns);
		past->group_since[g] = copy_cell(yesterday, cells, places->group_since[g], batch->columns);
	}
	return 0;
}

static int take_batch(struct yesterday *yesterday, struct intake *intake, const struct places *places, struct batch *batch, size_t groups,
		      struct diag *diag)
{
	intake_split(intake, batch);
	if (batch->reject_count) {
		const struct reject *reject = &batch->rejects[0];
		struct place place = { reject->source, reject->line, reject->column };

		return diag_fail(diag, STATUS_INPUT, &place, reject->code, "%.*s", SLICE_ARG(reject->reason));
	}
	for (size_t r = 0; r < batch->count; r++)
		if (!batch->records[r].dropped && add_row(yesterday, places, batch, r, groups, diag))
			return -1;
	return 0;
}

static int read_rows(struct yesterday *yesterday, struct intake *intake, const struct rules *rules, uint64_t memory, struct diag *diag)
{
	struct place place = { .file = table_name(intake->table) };
	struct places places;
	struct batch batch;
	int got;

	if (find_places(&places, intake, rules, &yesterday->arena, diag))
		return -1;
	batch_init(&batch);
	while ((got = intake_read(intake, &batch, diag)) > 0) {
		if (take_batch(yesterday, intake, &places, &batch, rules->groups.count, diag))
			break;
		if (yesterday->bytes <= memory)
			continue;
		diag_fail(diag, STATUS_SYSTEM, &place, "memory", "yesterday's tags need more than the %llu MiB of --memory; allow more",
			  (unsigned long long)memory >> 20);
		break;
	}
	batch_release(&batch);
	return got ? -1 : 0;
}

int yesterday_load(struct yesterday *yesterday, const char *path, const struct intake_options *options, const struct rules *rules,
		   uint64_t memory, struct diag *diag)
{
	struct intake *intake = NULL;
	struct place place = { .file = path };
	int status;

	*yesterday = (struct yesterday){ 0 };
	map_init(&yesterday->customers);
	arena_init(&yesterday->arena);
	if (file_is_missing(path)) {
		diag_warn(diag, &place, "first-night", "there is no such file, so this is taken for the first night, and every tag is new");
		return 0;
	}
	if (intake_open(&intake, path, options, diag))
		return -1;
	status = read_rows(yesterday, intake, rules, memory, diag);
	intake_free(intake);
	return status;
}

void yesterday_release(struct yesterday *yesterday)
{
	free(yesterday->past);
	if (yesterday->customers.slots) /* there was one */
		map_release(&yesterday->customers);
	arena_release(&yesterday->arena);
}

const struct past *yesterday_find(const struct yesterday *yesterday, struct slice id)
{
	uint32_t number = id.len ? map_find(&yesterday->customers, id) : MAP_NONE;

	return number == MAP_NONE ? NULL : &yesterday->past[number];
}

static bool list_has_exactly(struct slice list, struct slice tag)
{
	while (list.len)
		if (slice_equal(slice_cut(&list, ';'), tag))
			return true;
	return false;
}

bool past_has(const struct past *past, struct slice tag)
{
	return past && list_has_exactly(past->tags, tag);
}

struct slice past_since(const struct past *past, struct slice tag, struct slice today)
{
	struct slice tags, since;

	if (!past_has(past, tag))
		return today;
	tags = past->tags;
	since = past->since;
	while (tags.len) {
		struct slice date = slice_cut(&since, ';');

		if (slice_equal(slice_cut(&tags, ';'), tag))
			return date;
	}
	return (struct slice){ 0 };
}

static void add_item(struct buf *list, struct slice item, bool first)
{
	if (!first)
		buf_add_byte(list, ';');
	buf_add(list, item);
}

void past_compare(const struct past *past, struct slice tags, struct slice today, struct buf *since, struct buf *added,
		  struct buf *removed)
{
	struct slice rest = tags, old = past ? past->tags : (struct slice){ 0 };
	bool first = true;

	while (rest.len) {
		struct slice tag = slice_cut(&rest, ';');

		add_item(since, past_since(past, tag, today), first);
		if (!past_has(past, tag))
			add_item(added, tag, added->len == 0);
		first = false;
	}
	while (old.len) {
		struct slice tag = slice_cut(&old, ';');

		if (tag.len && !list_has_exactly(tags, tag))
			add_item(removed, tag, removed->len == 0);
	}
}
