#include "score/label.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"

static bool is_one_of(struct slice text, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_nocase(text, slice_of(*words)))
			return true;
	return false;
}

bool label_parse(struct slice text, enum label *label)
{
	static const char *const left[] = { "1", "yes", "y", "true", "t", "left", "lost", "churned", "是", "已流失", "流失", "离开", NULL };
	static const char *const stayed[] = { "0", "no", "n", "false", "f", "stayed", "active", "kept", "否", "留存", "未流失", "活跃",
					      NULL };

	*label = text_is_empty(text)	? LABEL_NONE :
		 is_one_of(text, left)	? LABEL_LEFT :
					  LABEL_STAYED;
	return *label != LABEL_STAYED || is_one_of(text, stayed);
}

void labels_init(struct labels *labels, const struct roster *roster, const struct links *links)
{
	*labels = (struct labels){
		.roster = roster, .links = links, .count = roster->keys.count, .of = memory_zero(roster->keys.count, 1),
	};
	arena_init(&labels->arena);
}

void labels_release(struct labels *labels)
{
	free(labels->of);
	arena_release(&labels->arena);
}

/* The column of labels, or intake->columns. */
static size_t find_label(const struct intake *intake, struct slice wanted)
{
	static const char *const names[] = { "label", "churn", "churned", "left", "lost", "流失", "是否流失", NULL };

	for (size_t i = 0; i < intake->columns; i++)
		if (wanted.ptr ? slice_equal(intake->headers[i], wanted) : is_one_of(intake->headers[i], names))
			return i;
	return intake->columns;
}

static int begin_labels(void *context, const struct intake *intake, struct diag *diag)
{
	struct labels *labels = context;

	labels->customer = feed_named(intake, roster_key_name(labels->roster));
	if (labels->customer == intake->columns)
		labels->customer = intake_find(intake, ROLE_CUSTOMER_ID);
	if (labels->customer == intake->columns)
		labels->customer = intake_find(intake, ROLE_SOURCE_ID);
	if (labels->customer == intake->columns &&
	    feed_column(intake, ROLE_CUSTOMER_ID, "customers", &labels->customer, diag))
		return -1;
	labels->label = find_label(intake, labels->wanted);
	if (labels->label == intake->columns)
		return feed_fail_column(intake, labels->wanted.ptr ? labels->wanted.ptr : "label (name it with --label-column)", diag);
	labels->column = arena_copy(&labels->arena, intake->headers[labels->label]);
	return 0;
}

/* One row that can be used, on its way from the worker to the reader. */
struct label_row {
	size_t record;
	uint32_t customer;
	uint8_t label;
};

struct parcel {
	struct label_row *rows;
	size_t count;
	uint64_t empty, without_customer, unknown;
};

static void read_row(const struct labels *labels, struct batch *batch, size_t r, struct parcel *parcel)
{
	struct slice id = text_clean(batch_cell(batch, r, labels->customer), &batch->arena);
	struct slice text = text_clean(batch_cell(batch, r, labels->label), &batch->arena);
	char quoted[DIAG_QUOTE_SIZE];
	uint32_t customer;
	enum label label;

	if (!label_parse(text, &label)) {
		batch_reject(batch, r, labels->label + 1, "bad-label",
			     arena_format(&batch->arena, "%s says neither yes nor no; write 1 or 0, yes or no, 是 or 否",
					  diag_quote(text, quoted)));
	} else if (label == LABEL_NONE) {
		parcel->empty++;
	} else if (text_is_empty(id)) {
		parcel->without_customer++;
	} else if (labels->links && links_find(labels->links, id, &id) == LINKS_AMBIGUOUS) {
		batch_reject(batch, r, labels->customer + 1, "ambiguous-customer",
			     SLICE("the links have this id for several customers; name its source with --source"));
	} else if ((customer = keys_find(&labels->roster->keys, id, keys_hash(&labels->roster->keys, id))) == KEY_NONE) {
		parcel->unknown++;
	} else {
		parcel->rows[parcel->count++] = (struct label_row){ r, customer, (uint8_t)label };
	}
}

static int read_rows(void *context, const struct intake *intake, struct batch *batch, void **own, unsigned worker,
		     struct diag *diag)
{
	struct parcel *parcel = arena_zero(&batch->arena, 1, sizeof *parcel);

	(void)intake;
	(void)worker;
	(void)diag;
	parcel->rows = arena_get(&batch->arena, batch->count, sizeof *parcel->rows);
	for (size_t r = 0; r < batch->count; r++)
		if (!batch->records[r].dropped)
			read_row(context, batch, r, parcel);
	*own = parcel;
	return 0;
}

static int take_rows(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct labels *labels = context;
	const struct parcel *parcel = own;

	(void)intake;
	labels->rows += batch->count;
	labels->empty += parcel->empty;
	labels->without_customer += parcel->without_customer;
	labels->unknown += parcel->unknown;
	for (size_t i = 0; i < parcel->count; i++) {
		const struct label_row *row = &parcel->rows[i];
		uint8_t *label = &labels->of[row->customer];
		struct place place = { batch->source, batch->records[row->record].line, labels->label + 1 };

		if (*label != LABEL_NONE && *label != row->label)
			return diag_fail(diag, STATUS_INPUT, &place, "conflicting-label",
					 "a row before this one says otherwise of the same customer; give each one label");
		labels->left += *label == LABEL_NONE && row->label == LABEL_LEFT;
		labels->stayed += *label == LABEL_NONE && row->label == LABEL_STAYED;
		*label = row->label;
	}
	return 0;
}

int labels_read(struct labels *labels, const char *path, const struct intake_options *options, const char *column,
		const struct feed *feed, struct diag *diag)
{
	struct feed_job job = {
		.path = path, .options = options, .begin = begin_labels, .work = read_rows, .after = take_rows, .context = labels,
	};

	labels->wanted = slice_of(column);
	if (feed_run(feed, &job, diag))
		return -1;
	if (labels->without_customer)
		diag_warn(diag, NULL, "no-customer", "labels that name no customer, left out: %" PRIu64, labels->without_customer);
	if (labels->unknown)
		diag_warn(diag, NULL, "unknown-customer", "labels of customers who are not in the input, left out: %" PRIu64,
			  labels->unknown);
	return 0;
}
