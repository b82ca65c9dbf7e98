#include "match/incremental.h"

#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"

static struct slice own_cell(const struct records *records, uint32_t record, enum own_column own)
{
	size_t column = records->own[own];
	struct slice cell = column < records->columns ? slice_trim(records_cell(records, record, column)) : (struct slice){ NULL, 0 };

	return text_is_empty(cell) ? (struct slice){ NULL, 0 } : cell;
}

/* A golden record stands for its record_count. */
static uint64_t count_of(const struct records *records, uint32_t record)
{
	uint64_t count;

	return slice_to_u64(own_cell(records, record, OWN_RECORD_COUNT), &count) && count > 0 ? count : 1;
}

/* The old id of the record, or MAP_NONE for a new one. */
static uint32_t old_id(struct master *master, const struct records *records, uint32_t record)
{
	struct slice id = own_cell(records, record, OWN_CUSTOMER_ID);
	struct origin origin;

	if (id.len)
		return map_add(&master->ids, id);
	records_origin(records, record, &origin);
	/* The row of a file says nothing from one day to the next. */
	return origin.id.len ? master->of[record] : MAP_NONE;
}

static void add_record(struct incremental *incremental, struct master *master, const struct records *records, uint32_t record, size_t *capacity)
{
	uint32_t id = old_id(master, records, record), *standing;
	bool carried = own_cell(records, record, OWN_CUSTOMER_ID).len > 0;

	master->of[record] = id;
	incremental->counts[record] = carried ? count_of(records, record) : 1;
	incremental->fresh[record] = id == MAP_NONE;
	incremental->fresh_count += id == MAP_NONE;
	if (id == MAP_NONE)
		return;
	standing = &incremental->standing[id];
	if (*standing == UINT32_MAX) {
		*standing = record;
		return;
	}
	incremental->same = memory_grow(incremental->same, capacity, incremental->same_count + 1, sizeof *incremental->same);
	incremental->same[incremental->same_count++] = (struct link){ *standing, record, 0 };
	if (!carried)
		incremental->counts[record] = 0;
}

int incremental_init(struct incremental *incremental, struct master *master, const struct records *records, struct diag *diag)
{
	size_t capacity = 0, old = 0;

	*incremental = (struct incremental){ 0 };
	if (!master->of) {
		map_init(&master->ids);
		master->of = memory_get(records->count + 1, sizeof *master->of);
		for (size_t i = 0; i < records->count; i++)
			master->of[i] = MAP_NONE;
	}
	incremental->fresh = memory_zero(records->count + 1, sizeof *incremental->fresh);
	incremental->counts = memory_zero(records->count + 1, sizeof *incremental->counts);
	/* No more ids than those of yesterday and one for each record. */
	incremental->standing = memory_get(master->ids.count + records->count + 1, sizeof *incremental->standing);
	memset(incremental->standing, 0xff, (master->ids.count + records->count + 1) * sizeof *incremental->standing);
	/* Old records first, so that one that comes again finds the one that stands for it. */
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < records->count; i++)
			if ((own_cell(records, i, OWN_CUSTOMER_ID).len > 0) == (pass == 0)) {
				add_record(incremental, master, records, i, &capacity);
				old += pass == 0;
			}
	if (old == 0 && records->count)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL,
				 "--incremental: no record has a customer_id that crm-dedupe gave; name yesterday's output, too");
	return 0;
}

void incremental_release(struct incremental *incremental)
{
	free(incremental->fresh);
	free(incremental->counts);
	free(incremental->standing);
	free(incremental->same);
}
