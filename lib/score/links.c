#include "score/links.h"

#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"

void links_init(struct links *links)
{
	*links = (struct links){ 0 };
	map_init(&links->ids);
	arena_init(&links->text);
}

void links_release(struct links *links)
{
	map_release(&links->ids);
	free(links->customers);
	arena_release(&links->text);
}

struct loading {
	struct links *links;
	const char *source;
	size_t source_column, id_column, customer_column;
	struct arena scratch;
};

static int begin_links(void *context, const struct intake *intake, struct diag *diag)
{
	struct loading *loading = context;

	loading->source_column = intake_find(intake, ROLE_SOURCE);
	if (loading->source && loading->source_column == intake->columns)
		return feed_column(intake, ROLE_SOURCE, "customers", &loading->source_column, diag);
	loading->id_column = feed_named(intake, SLICE("source_id"));
	loading->customer_column = feed_named(intake, SLICE("customer_id"));
	if (loading->id_column == intake->columns &&
	    feed_column(intake, ROLE_SOURCE_ID, "customers", &loading->id_column, diag))
		return -1;
	if (loading->customer_column < intake->columns)
		return 0;
	return feed_column(intake, ROLE_CUSTOMER_ID, "customers", &loading->customer_column, diag);
}

static void add_link(struct links *links, struct slice id, struct slice customer)
{
	size_t known = links->ids.count;
	uint32_t number = map_add(&links->ids, id);

	if (number == known) {
		links->customers = memory_grow(links->customers, &links->capacity, known + 1, sizeof *links->customers);
		links->customers[number] = arena_copy(&links->text, customer);
	} else if (links->customers[number].ptr && !slice_equal(links->customers[number], customer)) {
		links->customers[number] = (struct slice){ NULL, 0 };
		links->ambiguous++;
	}
}

static int take_links(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct loading *loading = context;

	(void)intake;
	(void)own;
	(void)diag;
	for (size_t r = 0; r < batch->count; r++) {
		struct slice id, customer;

		if (batch->records[r].dropped)
			continue;
		if (loading->source && !slice_equal(batch_cell(batch, r, loading->source_column), slice_of(loading->source)))
			continue;
		id = text_clean(batch_cell(batch, r, loading->id_column), &loading->scratch);
		customer = text_clean(batch_cell(batch, r, loading->customer_column), &loading->scratch);
		if (!text_is_empty(id) && !text_is_empty(customer))
			add_link(loading->links, id, customer);
	}
	arena_reset(&loading->scratch);
	return 0;
}

int links_read(struct links *links, const char *path, const struct intake_options *options, const char *source,
	       const struct feed *feed, struct diag *diag)
{
	struct loading loading = { .links = links, .source = source };
	struct feed_job job = { .path = path, .options = options, .begin = begin_links, .after = take_links, .context = &loading };
	int failed;

	arena_init(&loading.scratch);
	failed = feed_run(feed, &job, diag);
	arena_release(&loading.scratch);
	return failed;
}

enum links_answer links_find(const struct links *links, struct slice id, struct slice *customer)
{
	uint32_t number = map_find(&links->ids, id);

	if (number == MAP_NONE)
		return LINKS_NONE;
	*customer = links->customers[number];
	return customer->ptr ? LINKS_FOUND : LINKS_AMBIGUOUS;
}
