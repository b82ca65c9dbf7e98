#include "score/events.h"

#include <inttypes.h>

#include "base/civil.h"
#include "clean/text.h"

/* One reading: of events, or of contacts. */
struct reading {
	struct events *events;
	size_t customer, date, type;
	bool contacts;
};

struct event_row {
	uint32_t customer;
	int32_t day;
	enum happening_kind kind;
};

struct parcel {
	struct event_row *rows;
	size_t count;
	uint64_t later, without_customer, unknown;
};

static int begin_rows(void *context, const struct intake *intake, struct diag *diag)
{
	struct reading *reading = context;
	const char *kind = reading->contacts ? "contacts" : "events";

	if (feed_column(intake, ROLE_CUSTOMER_ID, kind, &reading->customer, diag) ||
	    feed_column(intake, reading->contacts ? ROLE_LEFT_AT : ROLE_EVENT_DATE, kind, &reading->date, diag))
		return -1;
	if (reading->contacts)
		return 0;
	return feed_column(intake, ROLE_EVENT_TYPE, kind, &reading->type, diag);
}

static bool is_complaint(const struct wording *wording, struct slice type, struct arena *arena)
{
	struct slice key = text_key(type, false, arena);

	for (size_t i = 0; i < wording->complaint_count; i++)
		if (slice_find(key, wording->complaints[i]) < key.len)
			return true;
	return false;
}

/* The row's customer, or KEY_NONE, counted; *rejected where the links do not say which. */
static uint32_t find_customer(const struct reading *reading, struct batch *batch, size_t r, struct parcel *parcel,
			      bool *rejected)
{
	const struct events *events = reading->events;
	struct slice id = text_clean(batch_cell(batch, r, reading->customer), &batch->arena);
	uint32_t customer;

	*rejected = false;
	if (text_is_empty(id)) {
		parcel->without_customer++;
		return KEY_NONE;
	}
	if (events->links && links_find(events->links, id, &id) == LINKS_AMBIGUOUS) {
		batch_reject(batch, r, reading->customer + 1, "ambiguous-customer",
			     SLICE("the links have this id for several customers; name its source with --source"));
		*rejected = true;
		return KEY_NONE;
	}
	customer = keys_find(&events->roster->keys, id, keys_hash(&events->roster->keys, id));
	parcel->unknown += customer == KEY_NONE;
	return customer;
}

static bool read_day(const struct reading *reading, const struct intake *intake, struct batch *batch, size_t r,
		     struct slice text, int32_t *day)
{
	const struct events *events = reading->events;
	int32_t latest = events->as_of > events->today ? events->as_of : events->today;
	struct date date = { .days = CIVIL_NONE };
	enum date_result result = date_parse(text, intake->date_orders[reading->date], &date);
	static const char *const codes[] = {
		[DATE_OK] = "future-date", [DATE_BAD] = "bad-date", [DATE_AMBIGUOUS] = "ambiguous-date",
	};
	char quoted[DIAG_QUOTE_SIZE];

	*day = date.days;
	if (result == DATE_OK && date.days <= latest)
		return true;
	batch_reject(batch, r, reading->date + 1, codes[result],
		     arena_format(&batch->arena, "%s %s", diag_quote(text, quoted),
				  result == DATE_OK	   ? "lies in the future" :
				  result == DATE_AMBIGUOUS ? "could be day or month first; say which with --date-order" :
							     "is not a date"));
	return false;
}

static void read_row(const struct reading *reading, const struct intake *intake, struct batch *batch, size_t r,
		     struct parcel *parcel)
{
	struct slice date = text_clean(batch_cell(batch, r, reading->date), &batch->arena);
	struct event_row row = { 0 };
	bool rejected;

	if (reading->contacts && text_is_empty(date))
		return; /* a contact who is still there */
	if (!read_day(reading, intake, batch, r, date, &row.day))
		return;
	row.customer = find_customer(reading, batch, r, parcel, &rejected);
	if (rejected || row.customer == KEY_NONE)
		return;
	if (row.day > reading->events->as_of) {
		parcel->later++;
		return;
	}
	if (reading->contacts)
		row.kind = HAPPENING_CONTACT_LEFT;
	else if (is_complaint(reading->events->wording, batch_cell(batch, r, reading->type), &batch->arena))
		row.kind = HAPPENING_COMPLAINT;
	parcel->rows[parcel->count++] = row;
}

static int read_rows(void *context, const struct intake *intake, struct batch *batch, void **own, unsigned worker,
		     struct diag *diag)
{
	struct parcel *parcel = arena_zero(&batch->arena, 1, sizeof *parcel);

	(void)worker;
	(void)diag;
	parcel->rows = arena_get(&batch->arena, batch->count, sizeof *parcel->rows);
	for (size_t r = 0; r < batch->count; r++)
		if (!batch->records[r].dropped)
			read_row(context, intake, batch, r, parcel);
	*own = parcel;
	return 0;
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
	for (size_t i = 0; i < parcel->count; i++)
		journal_add(events->journal, parcel->rows[i].customer, parcel->rows[i].day, parcel->rows[i].kind);
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

int events_read(struct events *events, const struct events_inputs *inputs, const struct feed *feed, struct diag *diag)
{
	struct reading reading = { .events = events };

	for (size_t i = 0; i < inputs->event_count; i++)
		if (read_file(&reading, inputs->events[i], &inputs->events_intake, feed, diag))
			return -1;
	reading.contacts = true;
	for (size_t i = 0; i < inputs->contact_count; i++)
		if (read_file(&reading, inputs->contacts[i], &inputs->contacts_intake, feed, diag))
			return -1;
	journal_seal(events->journal);
	warn_of_rest(events, diag);
	return 0;
}
