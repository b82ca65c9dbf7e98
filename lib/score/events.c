#include "score/events.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/memory.h"
#include "clean/text.h"

/*
 * Types of events, and most notes, come again and again: what was found of some of them. One of another text takes the place of who was there.
 */
enum { RECENT = 1024, RECENT_LONGEST = 94 };
struct recent {
	uint8_t length, found;      /* length 0: nothing is there */
	char text[RECENT_LONGEST];
};

/* What a worker remembers. */
struct recall {
	struct recent types[RECENT], notes[RECENT];
};

/* One reading: of events, or of contacts. Columns that may be lacking are intake->columns then. */
struct reading {
	struct events *events;
	size_t customer, date, type, note, name, title, updated;
	bool contacts;
	struct recall *recalls;     /* by worker */
	struct map people;          /* of contacts: customer and name, then the title they had last */
	struct slice *titles;
	size_t title_capacity;
	struct arena arena;
};

struct event_row {
	uint32_t customer;
	int32_t day;
	enum happening_kind kind;
	struct slice person, title;  /* of a contact who has not left: whether the title is another one will be seen */
	struct slice key;            /* of the customer, until he is found */
	uint64_t hash;
	size_t record;
};

struct parcel {
	struct event_row *rows;
	size_t count;
	uint64_t later, without_customer, unknown;
};

static int begin_contacts(struct reading *reading, const struct intake *intake, struct diag *diag)
{
	reading->date = intake_find(intake, ROLE_LEFT_AT);
	reading->title = intake_find(intake, ROLE_TITLE);
	reading->name = intake_find(intake, ROLE_NAME);
	reading->updated = intake_find(intake, ROLE_UPDATED_AT);
	return reading->title < intake->columns ? 0 : feed_column(intake, ROLE_LEFT_AT, "contacts", &reading->date, diag);
}

static int begin_rows(void *context, const struct intake *intake, struct diag *diag)
{
	struct reading *reading = context;

	if (feed_column(intake, ROLE_CUSTOMER_ID, reading->contacts ? "contacts" : "events", &reading->customer, diag))
		return -1;
	if (reading->contacts)
		return begin_contacts(reading, intake, diag);
	reading->note = intake_find(intake, ROLE_NOTE);
	return feed_column(intake, ROLE_EVENT_DATE, "events", &reading->date, diag) ||
	       feed_column(intake, ROLE_EVENT_TYPE, "events", &reading->type, diag) ? -1 : 0;
}

/* The key that the row's customer goes by. False: there is none, counted, or the links do not say which, rejected. */
static bool find_key(const struct reading *reading, struct batch *batch, size_t r, struct parcel *parcel, struct event_row *row)
{
	const struct events *events = reading->events;

	row->key = text_clean(batch_cell(batch, r, reading->customer), &batch->arena);
	if (text_is_empty(row->key)) {
		parcel->without_customer++;
		return false;
	}
	if (events->links && links_find(events->links, row->key, &row->key) == LINKS_AMBIGUOUS) {
		batch_reject(batch, r, reading->customer + 1, "ambiguous-customer",
			     SLICE("the links have this id for several customers; name its source with --source"));
		return false;
	}
	row->hash = keys_hash(&events->roster->keys, row->key);
	return true;
}

static bool read_day(const struct reading *reading, const struct intake *intake, struct batch *batch, size_t r,
		     size_t column, struct slice text, int32_t *day)
{
	const struct events *events = reading->events;
	int32_t latest = events->as_of > events->today ? events->as_of : events->today;
	struct date date = { .days = CIVIL_NONE };
	enum date_result result = date_parse(text, intake->date_orders[column], &date);
	static const char *const codes[] = {
		[DATE_OK] = "future-date", [DATE_BAD] = "bad-date", [DATE_AMBIGUOUS] = "ambiguous-date",
	};
	char quoted[DIAG_QUOTE_SIZE];

	*day = date.days;
	if (result == DATE_OK && date.days <= latest)
		return true;
	batch_reject(batch, r, column + 1, codes[result],
		     arena_format(&batch->arena, "%s %s", diag_quote(text, quoted),
				  result == DATE_OK	   ? "lies in the future" :
				  result == DATE_AMBIGUOUS ? "may be meant in several orders; say which with --date-order dmy, mdy or ymd" :
							     "is not a date"));
	return false;
}

static struct slice cell_of(struct batch *batch, size_t r, size_t column)
{
	return column < batch->columns ? text_clean(batch_cell(batch, r, column), &batch->arena) : SLICE("");
}

/* False: there is no day, and the row says nothing. */
static bool read_contact(const struct reading *reading, const struct intake *intake, struct batch *batch, size_t r, unsigned worker,
			 struct event_row *row)
{
	struct slice left = cell_of(batch, r, reading->date), updated = cell_of(batch, r, reading->updated);
	struct slice title = cell_of(batch, r, reading->title), name = cell_of(batch, r, reading->name);

	(void)worker;
	row->kind = HAPPENING_CONTACT_LEFT;
	if (!text_is_empty(left))
		return read_day(reading, intake, batch, r, reading->date, left, &row->day);
	row->day = reading->events->as_of;
	if (text_is_empty(title))
		return false;
	if (!text_is_empty(updated) && !read_day(reading, intake, batch, r, reading->updated, updated, &row->day))
		return false;
	if (word_list_is_in(&reading->events->wording->left, title, &batch->arena))
		return true;
	row->person = text_key(name, false, &batch->arena);
	row->title = text_key(title, false, &batch->arena);
	return row->person.len > 0;
}

static enum happening_kind kind_of(const struct wording *wording, struct slice type, struct arena *arena)
{
	if (word_list_is_in(&wording->unfollowed, type, arena))
		return HAPPENING_UNFOLLOWED;
	return word_list_is_in(&wording->complaints, type, arena) ? HAPPENING_COMPLAINT : HAPPENING_SERVICE;
}

static struct recent *recent_of(struct recent *recent, struct slice text)
{
	return &recent[hash_bytes(text, 0) % RECENT];
}

static bool is_recent(const struct recent *recent, struct slice text)
{
	return text.len && recent->length == text.len && memcmp(recent->text, text.ptr, text.len) == 0;
}

static void remember(struct recent *recent, struct slice text, unsigned found)
{
	recent->found = (uint8_t)found;
	recent->length = text.len <= RECENT_LONGEST ? (uint8_t)text.len : 0;
	if (recent->length)
		memcpy(recent->text, text.ptr, recent->length);
}

static bool read_event(const struct reading *reading, const struct intake *intake, struct batch *batch, size_t r, unsigned worker,
		       struct event_row *row)
{
	struct slice type = batch_cell(batch, r, reading->type);
	struct recent *recent = recent_of(reading->recalls[worker].types, type);

	if (!is_recent(recent, type))
		remember(recent, type, kind_of(reading->events->wording, type, &batch->arena));
	row->kind = recent->found;
	return read_day(reading, intake, batch, r, reading->date, cell_of(batch, r, reading->date), &row->day);
}

/* What the note of an event says is a happening of its own. */
static void read_note(const struct reading *reading, struct batch *batch, unsigned worker, struct parcel *parcel)
{
	struct event_row row = parcel->rows[parcel->count - 1];
	struct recent *recent;
	struct slice note;

	if (!reading->events->notes || reading->contacts || reading->note >= batch->columns)
		return;
	note = batch_cell(batch, row.record, reading->note);
	if (note.len == 0)
		return;
	recent = recent_of(reading->recalls[worker].notes, note);
	if (!is_recent(recent, note))
		remember(recent, note, notes_judge(reading->events->notes, worker, note));
	row.kind = recent->found == NOTE_REFUSAL ? HAPPENING_REFUSAL : HAPPENING_HESITATION;
	if (recent->found != NOTE_NEUTRAL)
		parcel->rows[parcel->count++] = row;
}

/* Whether the row says something of somebody; who he is remains to be found. */
static bool read_row(const struct reading *reading, const struct intake *intake, struct batch *batch, size_t r, unsigned worker,
		     struct parcel *parcel, struct event_row *row)
{
	*row = (struct event_row){ .record = r };
	return !batch->records[r].dropped && (reading->contacts ? read_contact : read_event)(reading, intake, batch, r, worker, row) &&
	       find_key(reading, batch, r, parcel, row);
}

static void keep_row(const struct reading *reading, struct batch *batch, unsigned worker, struct event_row *row, struct parcel *parcel)
{
	row->customer = keys_find(&reading->events->roster->keys, row->key, row->hash);
	if (row->customer == KEY_NONE) {
		parcel->unknown++;
	} else if (row->day > reading->events->as_of) {
		parcel->later++;
	} else {
		parcel->rows[parcel->count++] = *row;
		read_note(reading, batch, worker, parcel);
	}
}

static int read_rows(void *context, const struct intake *intake, struct batch *batch, void **own, unsigned worker,
		     struct diag *diag)
{
	const struct reading *reading = context;
	struct parcel *parcel = arena_zero(&batch->arena, 1, sizeof *parcel);
	struct event_row *rows = arena_get(&batch->arena, batch->count, sizeof *rows);
	size_t count = 0;

	(void)diag;
	parcel->rows = arena_get(&batch->arena, 2 * batch->count, sizeof *parcel->rows); /* an event and its note */
	for (size_t r = 0; r < batch->count; r++)
		count += read_row(reading, intake, batch, r, worker, parcel, &rows[count]);
	for (size_t i = 0; i < count; i++) {
		KEYS_FORESEE(&reading->events->roster->keys, rows, i, count);
		keep_row(reading, batch, worker, &rows[i], parcel);
	}
	*own = parcel;
	return 0;
}

/* Whether a contact had another title before; remembers this one. In the order of rows. */
static bool has_new_title(struct reading *reading, const struct event_row *row)
{
	struct slice who = arena_format(&reading->arena, "%" PRIu32 " %.*s", row->customer, SLICE_ARG(row->person));
	size_t known = reading->people.count;
	uint32_t number = map_add(&reading->people, who);
	bool changed;

	reading->titles = memory_grow(reading->titles, &reading->title_capacity, reading->people.count, sizeof *reading->titles);
	changed = number < known && !slice_equal(reading->titles[number], row->title);
	if (changed || number == known)
		reading->titles[number] = arena_copy(&reading->arena, row->title);
	return changed;
}

static int take_rows(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct reading *reading = context;
	struct events *events = reading->events;
	struct parcel *parcel = own;

	(void)intake;
	(void)batch;
	(void)diag;
	events->rows += parcel->count;
	events->later += parcel->later;
	events->without_customer += parcel->without_customer;
	events->unknown += parcel->unknown;
	for (size_t i = 0; i < parcel->count; i++) {
		const struct event_row *row = &parcel->rows[i];

		if (!row->title.len || has_new_title(reading, row))
			journal_add(events->journal, row->customer, row->day, row->kind);
	}
	return 0;
}

static int read_file(struct reading *reading, const char *path, const struct intake_options *options,
		     const struct feed *feed, struct diag *diag)
{
	struct feed_job job = {
		.path = path, .options = options, .begin = begin_rows, .work = read_rows, .after = take_rows, .context = reading,
	};

	return feed_run(feed, &job, diag);
}

static void warn_of_rest(const struct events *events, struct diag *diag)
{
	if (events->later)
		diag_warn(diag, NULL, "later", "event or contact rows after --as-of, left out: %" PRIu64, events->later);
	if (events->without_customer)
		diag_warn(diag, NULL, "no-customer", "event or contact rows that name no customer, left out: %" PRIu64,
			  events->without_customer);
	if (events->unknown)
		diag_warn(diag, NULL, "unknown-customer",
			  "event or contact rows of customers who are not in the input, left out: %" PRIu64,
			  events->unknown);
}

static int read_files(struct reading *reading, const struct events_inputs *inputs, const struct feed *feed, struct diag *diag)
{
	for (size_t i = 0; i < inputs->event_count; i++)
		if (read_file(reading, inputs->events[i], &inputs->events_intake, feed, diag))
			return -1;
	reading->contacts = true;
	for (size_t i = 0; i < inputs->contact_count; i++)
		if (read_file(reading, inputs->contacts[i], &inputs->contacts_intake, feed, diag))
			return -1;
	return 0;
}

int events_read(struct events *events, const struct events_inputs *inputs, const struct feed *feed, struct diag *diag)
{
	struct reading reading = { .events = events, .recalls = memory_zero(feed->threads ? feed->threads : 1, sizeof *reading.recalls) };
	int failed;

	map_init(&reading.people);
	arena_init(&reading.arena);
	failed = read_files(&reading, inputs, feed, diag);
	map_release(&reading.people);
	arena_release(&reading.arena);
	free(reading.titles);
	free(reading.recalls);
	if (failed)
		return -1;
	warn_of_rest(events, diag);
	return 0;
}
