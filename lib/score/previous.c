#include "score/previous.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/civil.h"
#include "base/memory.h"
#include "clean/text.h"

void previous_init(struct previous *previous, const struct roster *roster, const struct wording *wording)
{
	*previous = (struct previous){
		.roster = roster, .wording = wording, .states = memory_get(roster->keys.count, sizeof *previous->states),
	};
	for (size_t i = 0; i < roster->keys.count; i++)
		previous->states[i] = (struct previous_state){ LIFECYCLES, LIFECYCLES, CIVIL_NONE, CIVIL_NONE, 0 };
}

void previous_release(struct previous *previous)
{
	free(previous->states);
}

static int begin_rows(void *context, const struct intake *intake, struct diag *diag)
{
	struct previous *previous = context;
	struct place place = { .file = table_name(intake->table), .line = intake->header_row };

	previous->key = feed_named(intake, roster_key_name(previous->roster));
	if (previous->key == intake->columns)
		previous->key = intake_find(intake, ROLE_CUSTOMER_ID);
	if (previous->key == intake->columns && feed_column(intake, ROLE_SOURCE_ID, "customers", &previous->key, diag))
		return -1;
	previous->state = feed_named(intake, SLICE("lifecycle"));
	previous->before = feed_named(intake, SLICE("lifecycle_before"));
	previous->since = feed_named(intake, SLICE("lifecycle_since"));
	previous->reasons = feed_named(intake, SLICE("churn_reasons"));
	previous->alarmed = feed_named(intake, SLICE("churn_alarmed"));
	if (previous->state == intake->columns)
		return diag_fail(diag, STATUS_INPUT, &place, "no-column",
				 "--previous is an output of crm-churn: there is no column lifecycle");
	return 0;
}

struct previous_row {
	uint32_t customer;
	struct previous_state state;
};

struct parcel {
	struct previous_row *rows;
	size_t count;
	uint64_t unknown_states;
};

/* The customer of a row, who is to be found. */
struct wanted {
	struct slice id;
	uint64_t hash;
};

/* The state in a cell, LIFECYCLES where there is none. */
static uint8_t read_state(const struct previous *previous, struct batch *batch, size_t r, size_t column, struct parcel *parcel)
{
	struct slice name = column < batch->columns ? text_clean(batch_cell(batch, r, column), &batch->arena) : SLICE("");
	enum lifecycle state = wording_find_state(previous->wording, name);

	parcel->unknown_states += state == LIFECYCLES && !text_is_empty(name);
	return (uint8_t)state;
}

/* The date in a cell, CIVIL_NONE where there is none; false: it is none, and the row is rejected. */
static bool read_day(struct batch *batch, size_t r, size_t column, int32_t *day)
{
	struct slice text = column < batch->columns ? text_clean(batch_cell(batch, r, column), &batch->arena) : SLICE("");
	char quoted[DIAG_QUOTE_SIZE];

	*day = text_is_empty(text) ? CIVIL_NONE : civil_parse(text);
	if (text_is_empty(text) || *day != CIVIL_NONE)
		return true;
	batch_reject(batch, r, column + 1, "bad-date",
		     arena_format(&batch->arena, "%s is not a date as crm-churn writes it", diag_quote(text, quoted)));
	return false;
}

static void read_row(const struct previous *previous, struct batch *batch, size_t r, const struct wanted *wanted, struct parcel *parcel)
{
	struct previous_row *row = &parcel->rows[parcel->count];

	*row = (struct previous_row){ 0 };
	row->customer = text_is_empty(wanted->id) ? KEY_NONE : keys_find(&previous->roster->keys, wanted->id, wanted->hash);
	if (row->customer == KEY_NONE)
		return;
	row->state.state = read_state(previous, batch, r, previous->state, parcel);
	row->state.before = read_state(previous, batch, r, previous->before, parcel);
	if (previous->reasons < batch->columns)
		row->state.reasons = wording_find_reasons(previous->wording, text_clean(batch_cell(batch, r, previous->reasons), &batch->arena));
	if (read_day(batch, r, previous->since, &row->state.since) && read_day(batch, r, previous->alarmed, &row->state.alarmed))
		parcel->count++;
}

static int read_rows(void *context, const struct intake *intake, struct batch *batch, void **own, unsigned worker, struct diag *diag)
{
	const struct previous *previous = context;
	const struct keys *keys = &previous->roster->keys;
	struct parcel *parcel = arena_zero(&batch->arena, 1, sizeof *parcel);
	struct wanted *wanted = arena_zero(&batch->arena, batch->count, sizeof *wanted);

	(void)intake;
	(void)worker;
	(void)diag;
	parcel->rows = arena_get(&batch->arena, batch->count, sizeof *parcel->rows);
	for (size_t r = 0; r < batch->count; r++) {
		if (batch->records[r].dropped)
			continue;
		wanted[r].id = text_clean(batch_cell(batch, r, previous->key), &batch->arena);
		wanted[r].hash = keys_hash(keys, wanted[r].id);
	}
	for (size_t r = 0; r < batch->count; r++) {
		KEYS_FORESEE(keys, wanted, r, batch->count);
		if (!batch->records[r].dropped)
			read_row(previous, batch, r, &wanted[r], parcel);
	}
	*own = parcel;
	return 0;
}

static int take_rows(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct previous *previous = context;
	const struct parcel *parcel = own;

	(void)intake;
	(void)batch;
	(void)diag;
	for (size_t i = 0; i < parcel->count; i++) {
		struct previous_state *state = &previous->states[parcel->rows[i].customer];

		if (state->state == LIFECYCLES)
			*state = parcel->rows[i].state;
	}
	previous->unknown_states += parcel->unknown_states;
	return 0;
}

/* Not there, or nothing in it; the name may end in #Sheet. */
static bool is_first_night(const char *path)
{
	const char *mark = strrchr(path, '#');
	struct stat status;
	char *file;
	int failed;

	if (stat(path, &status) == 0)
		return S_ISREG(status.st_mode) ? status.st_size == 0 : strcmp(path, "/dev/null") == 0;
	if (errno != ENOENT || !mark || mark == path)
		return errno == ENOENT;
	file = memory_text(path);
	file[mark - path] = '\0';
	failed = stat(file, &status);
	free(file);
	return failed && errno == ENOENT;
}

int previous_read(struct previous *previous, const char *path, const struct intake_options *options, const struct feed *feed,
		  struct diag *diag)
{
	struct feed_job job = {
		.path = path, .options = options, .begin = begin_rows, .work = read_rows, .after = take_rows, .context = previous,
	};
	struct place place = { .file = path };

	if (strcmp(path, "-") == 0)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--previous needs a file; standard input has the customers or orders");
	if (is_first_night(path)) {
		diag_warn(diag, &place, "no-previous", "--previous is not there or empty: taken as the first night");
		return 0;
	}
	if (feed_run(feed, &job, diag))
		return -1;
	if (previous->unknown_states)
		diag_warn(diag, &place, "unknown-state", "states that have no known name, taken as not known: %" PRIu64,
			  previous->unknown_states);
	return 0;
}
