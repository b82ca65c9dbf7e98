#include "score/roster.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/pool.h"
#include "clean/text.h"

void roster_init(struct roster *roster)
{
	*roster = (struct roster){ .open = true };
	keys_init(&roster->keys);
	arena_init(&roster->arena);
}

void roster_release(struct roster *roster)
{
	keys_release(&roster->keys);
	store_free(roster->store);
	free(roster->row_keys);
	free(roster->first_rows);
	arena_release(&roster->arena);
}

uint64_t roster_rows(const struct roster *roster)
{
	return (roster->store ? store_count(roster->store) : 0) + roster->keys.count - roster->stream_keys;
}

struct loading {
	struct roster *roster;
	const struct feed *feed;
	struct arena scratch;
};

/* The column of that header, or else of that role: 所属行业 by "industry". */
static size_t find_group(const struct intake *intake, struct slice name)
{
	size_t column = feed_named(intake, name);
	enum role role = role_by_name(name);

	return column == intake->columns && role != ROLE_NONE ? intake_find(intake, role) : column;
}

/* The key column is known, and the headers are kept, as the intake is closed long before the output. */
static int begin_stream(void *context, const struct intake *intake, struct diag *diag)
{
	struct loading *loading = context;
	struct roster *roster = loading->roster;

	roster->key_column = intake_find(intake, ROLE_CUSTOMER_ID);
	if (roster->key_column == intake->columns)
		roster->key_column = feed_named(intake, SLICE("customer_id"));
	if (roster->key_column == intake->columns)
		roster->key_column = intake_find(intake, ROLE_SOURCE_ID);
	if (roster->key_column == intake->columns &&
	    feed_column(intake, ROLE_CUSTOMER_ID, "customers", &roster->key_column, diag))
		return -1;
	roster->columns = roster->group_column = intake->columns;
	if (roster->group_name)
		roster->group_column = find_group(intake, slice_of(roster->group_name));
	if (roster->group_name && roster->group_column == intake->columns)
		return feed_fail_column(intake, roster->group_name, diag);
	for (int role = 0; role < ROLE_COUNT; role++)
		roster->role_columns[role] = intake_find(intake, (enum role)role);
	roster->headers = arena_get(&roster->arena, intake->columns, sizeof *roster->headers);
	roster->roles = arena_get(&roster->arena, intake->columns, sizeof *roster->roles);
	roster->date_orders = arena_get(&roster->arena, intake->columns, sizeof *roster->date_orders);
	for (size_t i = 0; i < intake->columns; i++) {
		roster->headers[i] = arena_copy(&roster->arena, intake->headers[i]);
		roster->roles[i] = intake->roles[i];
		roster->date_orders[i] = intake->date_orders[i];
	}
	roster->store = store_new(intake->columns, loading->feed->memory / 2, loading->feed->tmpdir);
	return 0;
}

static int take_rows(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct loading *loading = context;
	struct roster *roster = loading->roster;

	(void)own;
	for (size_t r = 0; r < batch->count; r++) {
		uint64_t row = store_count(roster->store);
		struct slice key;

		if (batch->records[r].dropped)
			continue;
		if (store_add(roster->store, batch, r, diag))
			return -1;
		key = feed_cell(intake, batch, r, roster->key_column, MEASURE_NONE, &loading->scratch);
		key = text_clean(key, &loading->scratch);
		roster->row_keys = memory_grow(roster->row_keys, &roster->row_capacity, row + 1, sizeof *roster->row_keys);
		roster->row_keys[row] = text_is_empty(key) ? KEY_NONE :
							       keys_add(&roster->keys, key, keys_hash(&roster->keys, key));
		roster->rows_without_key += roster->row_keys[row] == KEY_NONE;
	}
	arena_reset(&loading->scratch);
	return 0;
}

/* The options with the key's column mapped, where it is named. */
static struct intake_options with_key(struct arena *arena, const struct intake_options *options, const char *key_name)
{
	struct intake_options all = *options;
	struct role_map *maps;

	if (!key_name)
		return all;
	maps = arena_get(arena, options->map_count + 1, sizeof *maps);
	for (size_t i = 0; i < options->map_count; i++)
		maps[i] = options->maps[i];
	maps[all.map_count++] = (struct role_map){ ROLE_CUSTOMER_ID, slice_of(key_name) };
	all.maps = maps;
	return all;
}

int roster_read(struct roster *roster, const char *path, const struct intake_options *options, const char *key_name,
		const struct feed *feed, struct diag *diag)
{
	struct intake_options all = with_key(&roster->arena, options, key_name);
	struct loading loading = { .roster = roster, .feed = feed };
	struct feed_job job = { .path = path, .options = &all, .begin = begin_stream, .after = take_rows, .context = &loading };
	int failed;

	arena_init(&loading.scratch);
	failed = feed_run(feed, &job, diag);
	arena_release(&loading.scratch);
	roster->open = false;
	roster->stream_keys = roster->keys.count;
	return failed ? -1 : store_seal(roster->store, diag);
}

static void find_first_rows(struct roster *roster)
{
	roster->first_rows = memory_get(roster->stream_keys, sizeof *roster->first_rows);
	for (uint64_t row = store_count(roster->store); row-- > 0;)
		if (roster->row_keys[row] != KEY_NONE)
			roster->first_rows[roster->row_keys[row]] = row;
}

static const struct slice derived_header = { "customer_id", sizeof "customer_id" - 1 };

struct slice roster_key_name(const struct roster *roster)
{
	return roster->store ? roster->headers[roster->key_column] : derived_header;
}

size_t roster_column(const struct roster *roster, struct slice name)
{
	for (size_t i = 0; i < roster->columns; i++)
		if (slice_equal(roster->headers[i], name))
			return i;
	return ROSTER_NO_COLUMN;
}

struct slice roster_cell(struct roster *roster, uint32_t customer, size_t column)
{
	if (!roster->store || customer >= roster->stream_keys || column >= roster->columns)
		return SLICE("");
	if (!roster->first_rows)
		find_first_rows(roster);
	return store_cell(roster->store, roster->first_rows[customer], column);
}

void roster_index(struct roster *roster)
{
	if (roster->store && !roster->first_rows)
		find_first_rows(roster);
}

bool roster_has_row(const struct roster *roster, uint32_t customer)
{
	return roster->store && customer < roster->stream_keys;
}

struct place roster_place(struct roster *roster, uint32_t customer, size_t column)
{
	struct store_origin origin;

	if (!roster_has_row(roster, customer))
		return (struct place){ 0 };
	roster_index(roster);
	origin = store_origin(roster->store, roster->first_rows[customer]);
	return (struct place){ origin.source, origin.line, column + 1 };
}

int roster_fail_column(const struct roster *roster, const char *name, enum status status, struct diag *diag)
{
	size_t nearest = 0;

	if (!roster->store || roster->columns == 0)
		return diag_fail(diag, status, NULL, "no-column", "there is no column %s: the customers come from the orders, and have none", name);
	for (size_t i = 1; i < roster->columns; i++)
		if (nearest_distance(roster->headers[i], slice_of(name)) < nearest_distance(roster->headers[nearest], slice_of(name)))
			nearest = i;
	return diag_fail(diag, status, NULL, "no-column", "the customers have no column %s; nearest: %.*s", name,
			 SLICE_ARG(slice_first(roster->headers[nearest], 60)));
}

struct slice roster_text(struct roster *roster, uint32_t customer, enum role role)
{
	return roster_cell(roster, customer, roster->role_columns[role]);
}

struct slice roster_group(struct roster *roster, uint32_t customer)
{
	return roster_cell(roster, customer, roster->group_column);
}

/* What stands where in the output: own[i] is the tool's column there, or `none`: the stream's column i. */
struct layout {
	struct column *columns;
	size_t *own;
	size_t count;
};

static size_t own_column(const struct roster_output *output, struct slice name)
{
	size_t i = 0;

	while (i < output->count && !slice_equal(output->columns[i].name, name))
		i++;
	return i;
}

static struct layout make_layout(struct roster *roster, const struct roster_output *output)
{
	size_t stream = roster->store ? roster->columns : 1, none = output->count;
	struct layout layout = {
		.columns = arena_zero(&roster->arena, stream + output->count, sizeof *layout.columns),
		.own = arena_get(&roster->arena, stream + output->count, sizeof *layout.own),
	};
	bool *placed = arena_zero(&roster->arena, output->count, sizeof *placed);

	for (size_t i = 0; i < stream; i++) {
		struct slice name = roster->store ? roster->headers[i] : derived_header;
		size_t own = own_column(output, name);

		if (own < none && placed[own])
			own = none;
		if (own < none)
			placed[own] = true;
		layout.own[layout.count] = own;
		layout.columns[layout.count++] = own < none ? output->columns[own] : (struct column){ .name = name };
	}
	for (size_t i = 0; i < output->count; i++) {
		if (placed[i])
			continue;
		layout.own[layout.count] = i;
		layout.columns[layout.count++] = output->columns[i];
	}
	return layout;
}

/* Some rows on their way out. */
struct portion {
	uint64_t first, end;
	struct rows rows;
	struct slice *values, *raws;
	char apart[MEMORY_APART];
};

struct writing {
	const struct roster *roster;
	const struct roster_output *output;
	struct sink *sink;
	struct layout layout;
	uint64_t next, total;
};

enum { PORTION_ROWS = 2048 };

static int next_portion(void *context, void *item, struct diag *diag)
{
	struct writing *w = context;
	struct portion *portion = item;

	(void)diag;
	if (w->next == w->total)
		return 0;
	portion->first = w->next;
	portion->end = w->total - w->next < PORTION_ROWS ? w->total : w->next + PORTION_ROWS;
	w->next = portion->end;
	return 1;
}

static void write_own(const struct writing *w, struct rows *rows, uint32_t customer, size_t place)
{
	w->output->cell(w->output->context, rows, customer, w->layout.own[place]);
}

static void write_stream_row(const struct writing *w, struct portion *portion, uint64_t row)
{
	const struct store *store = w->roster->store;
	uint32_t customer = w->roster->row_keys[row];

	store_get(store, row, portion->values, portion->raws);
	for (size_t i = 0; i < w->layout.count; i++) {
		if (w->layout.own[i] < w->output->count)
			write_own(w, &portion->rows, customer, i);
		else
			rows_raw_cell(&portion->rows, portion->values[i], portion->raws[i], store_form(store),
				      store_delimiter(store));
	}
}

/* A customer who has no row in the stream: the key is all there is. */
static void write_derived_row(const struct writing *w, struct portion *portion, uint32_t customer)
{
	size_t key_column = w->roster->store ? w->roster->key_column : 0;

	for (size_t i = 0; i < w->layout.count; i++) {
		if (w->layout.own[i] < w->output->count)
			write_own(w, &portion->rows, customer, i);
		else if (i == key_column)
			rows_cell(&portion->rows, keys_text(&w->roster->keys, customer));
		else
			rows_empty(&portion->rows);
	}
}

static int encode_portion(void *context, void *item, unsigned worker, struct diag *diag)
{
	struct writing *w = context;
	struct portion *portion = item;
	uint64_t stream = w->roster->store ? store_count(w->roster->store) : 0;

	(void)worker;
	(void)diag;
	for (uint64_t row = portion->first; row < portion->end; row++) {
		rows_begin(&portion->rows);
		if (row < stream)
			write_stream_row(w, portion, row);
		else
			write_derived_row(w, portion, (uint32_t)(w->roster->stream_keys + (row - stream)));
		rows_end(&portion->rows);
	}
	return 0;
}

static int write_portion(void *context, void *item, struct diag *diag)
{
	struct writing *w = context;

	return sink_write(w->sink, &((struct portion *)item)->rows, diag);
}

static int write_rows(struct roster *roster, const struct roster_output *output, struct sink *sink, struct diag *diag)
{
	static const struct pool_stages stages = { next_portion, encode_portion, write_portion };
	struct writing w = { .roster = roster, .output = output, .sink = sink, .total = roster_rows(roster) };
	size_t count = 2 * (size_t)output->threads, columns = roster->columns;
	struct portion *portions = memory_zero(count, sizeof *portions);
	void **items = memory_get(count, sizeof *items);
	int failed;

	w.layout = make_layout(roster, output);
	sink_header(sink, w.layout.columns, w.layout.count);
	for (size_t i = 0; i < count; i++) {
		rows_init(&portions[i].rows, sink);
		portions[i].values = arena_get(&roster->arena, columns, sizeof *portions[i].values);
		portions[i].raws = arena_get(&roster->arena, columns, sizeof *portions[i].raws);
		items[i] = &portions[i];
	}
	failed = pool_pipeline(&stages, &w, items, count, output->threads, diag);
	for (size_t i = 0; i < count; i++)
		rows_release(&portions[i].rows);
	free(items);
	free(portions);
	return failed;
}

int roster_put(struct roster *roster, const struct roster_output *output, const char *path,
	       const struct sink_options *options, struct diag *diag)
{
	struct sink *sink;

	if (sink_open(&sink, path, options, diag))
		return -1;
	if (write_rows(roster, output, sink, diag)) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}
