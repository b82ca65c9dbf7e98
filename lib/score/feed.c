#include "score/feed.h"

#include "base/nearest.h"

/* What a batch carries from `work` to `after`; batch->origin points at it. */
struct parcel {
	void *own;
};

struct reading {
	const struct feed *feed;
	struct feed_job *job;
	struct intake *intake;
};

static int next_batch(void *context, struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;
	int got = intake_read(reading->intake, batch, diag);

	if (got == 1)
		batch->origin = arena_zero(&batch->arena, 1, sizeof(struct parcel));
	return got;
}

/* In the order of lines: what is wrong with the form of a row is found before what is wrong with its cells. */
static void sort_rejects(struct batch *batch)
{
	for (size_t i = 1; i < batch->reject_count; i++) {
		struct reject reject = batch->rejects[i];
		size_t j = i;

		for (; j > 0 && batch->rejects[j - 1].line > reject.line; j--)
			batch->rejects[j] = batch->rejects[j - 1];
		batch->rejects[j] = reject;
	}
}

static int work_on(void *context, struct batch *batch, struct rows *rows, unsigned worker, struct diag *diag)
{
	struct reading *reading = context;
	struct parcel *parcel = batch->origin;

	(void)rows;
	intake_split(reading->intake, batch);
	if (reading->job->work &&
	    reading->job->work(reading->job->context, reading->intake, batch, &parcel->own, worker, diag))
		return -1;
	sort_rejects(batch);
	return 0;
}

static int take(void *context, const struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;
	struct parcel *parcel = batch->origin;

	return reading->job->after(reading->job->context, reading->intake, batch, parcel->own, diag);
}

static int read_all(struct reading *reading, struct diag *diag)
{
	const struct feed *feed = reading->feed;
	struct feed_job *job = reading->job;
	struct stream stream = {
		.next = next_batch, .work = work_on, .after = take, .context = reading, .rejects = feed->rejects,
		.threads = feed->threads, .progress = feed->progress, .progress_context = feed->context,
	};
	int failed;

	if (feed->opened)
		feed->opened(feed->context, reading->intake);
	if (job->begin && job->begin(job->context, reading->intake, diag))
		return -1;
	failed = stream_run(&stream, diag);
	job->records = stream.records;
	return failed;
}

int feed_run(const struct feed *feed, struct feed_job *job, struct diag *diag)
{
	struct reading reading = { .feed = feed, .job = job };
	int failed;

	if (intake_open(&reading.intake, job->path, job->options, diag))
		return -1;
	failed = read_all(&reading, diag);
	intake_free(reading.intake);
	return failed;
}

size_t feed_named(const struct intake *intake, struct slice name)
{
	size_t column = 0;

	while (column < intake->columns && !slice_equal(intake->headers[column], name))
		column++;
	return column;
}

void feed_add_nearest(struct buf *text, const struct intake *intake, struct slice name)
{
	size_t near[3] = { intake->columns, intake->columns, intake->columns };

	for (size_t n = 0; n < 3 && n < intake->columns; n++) {
		for (size_t i = 0; i < intake->columns; i++) {
			if (i == near[0] || i == near[1])
				continue;
			if (near[n] == intake->columns || nearest_distance(intake->headers[i], name) <
								  nearest_distance(intake->headers[near[n]], name))
				near[n] = i;
		}
		buf_format(text, "%s%.*s", n ? ", " : "", SLICE_ARG(slice_first(intake->headers[near[n]], 60)));
	}
}

int feed_column(const struct intake *intake, enum role role, const char *kind, size_t *column, struct diag *diag)
{
	struct place place = { .file = intake->name, .line = intake->header_row };
	struct slice name = slice_of(role_name(role));
	struct buf names;

	*column = intake_find(intake, role);
	if (*column < intake->columns)
		return 0;
	buf_init(&names, 300);
	for (size_t i = 0; i < intake->columns; i++)
		buf_format(&names, "%s%.*s", i ? ", " : "", SLICE_ARG(slice_first(intake->headers[i], 40)));
	if (names.full) {
		buf_clear(&names);
		feed_add_nearest(&names, intake, name);
		buf_format(&names, " (the nearest of %zu)", intake->columns);
	}
	diag_fail(diag, STATUS_INPUT, &place, "no-column", "no column is known as the %s; name one with --map %s.%s=COLUMN, of: %.*s",
		  role_name(role), kind, role_name(role), SLICE_ARG(buf_slice(&names)));
	buf_release(&names);
	return -1;
}

int feed_fail_column(const struct intake *intake, const char *name, struct diag *diag)
{
	struct place place = { .file = intake->name, .line = intake->header_row };
	struct buf names;

	buf_init(&names, 300);
	feed_add_nearest(&names, intake, slice_of(name));
	diag_fail(diag, STATUS_USAGE, &place, "no-column", "there is no column %s; nearest: %.*s", name, SLICE_ARG(buf_slice(&names)));
	buf_release(&names);
	return -1;
}
