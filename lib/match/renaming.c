/* What becomes of yesterday's ids: kept, merged, split. */
#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"
#include "match/customers.h"
#include "match/moment.h"
#include "match/side.h"

/* By old id; that customer first which has most of its records, of equals the one with the first record. */
static int compare_changes(const void *left, const void *right)
{
	const struct change *x = left, *y = right;

	if (x->old != y->old)
		return x->old < y->old ? -1 : 1;
	if (x->records != y->records)
		return x->records < y->records ? 1 : -1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

/* How many records of which old id are with which customer. */
static void count_records(struct renaming *renaming, const struct customers *customers, const struct records *records,
			  const struct master *master)
{
	struct change *all = memory_get(records->count + 1, sizeof *all);
	size_t claims = 0, count = 0;

	for (size_t i = 0; i < records->count; i++)
		if (master->of[i] != MAP_NONE)
			all[claims++] = (struct change){ master->of[i], customers->of[i], 0, CHANGE_SPLIT };
	qsort(all, claims, sizeof *all, compare_changes);
	for (size_t i = 0; i < claims; i++) {
		if (count == 0 || compare_changes(&all[i], &(struct change){ all[count - 1].old, all[count - 1].customer, 0, CHANGE_SPLIT }))
			all[count++] = all[i];
		all[count - 1].records++;
	}
	qsort(all, count, sizeof *all, compare_changes);
	renaming->changes = all;
	renaming->count = count;
}

/* When the first record of each old id was created; after all times where that is not known. To be freed. */
static int64_t *creation_times(const struct records *records, const struct master *master)
{
	size_t column = records_find_role(records, ROLE_CREATED_AT);
	int64_t *created = memory_get(master->ids.count + 1, sizeof *created);

	for (size_t i = 0; i < master->ids.count; i++)
		created[i] = INT64_MAX;
	for (size_t i = 0; i < records->count && column < records->columns; i++) {
		int64_t time = master->of[i] == MAP_NONE ? MOMENT_NONE : moment_of(records_cell(records, i, column));

		if (time != MOMENT_NONE && time < created[master->of[i]])
			created[master->of[i]] = time;
	}
	return created;
}

/* The old id that each customer takes, or MAP_NONE; to be freed. */
static uint32_t *choose_ids(const struct renaming *renaming, const struct customers *customers, const int64_t *created)
{
	uint32_t *chosen = memory_get(customers->count + 1, sizeof *chosen);

	for (size_t c = 0; c < customers->count; c++)
		chosen[c] = MAP_NONE;
	for (size_t i = 0; i < renaming->count; i++) {
		const struct change *change = &renaming->changes[i];
		uint32_t *now = &chosen[change->customer];

		/* Old ids are numbered as they come in yesterday's links. */
		if (i > 0 && change[-1].old == change->old)
			continue;
		if (*now == MAP_NONE || created[change->old] < created[*now])
			*now = change->old;
	}
	return chosen;
}

/* Says what each change is, counts them, and drops those ids with which nothing happened. */
static void judge_changes(struct renaming *renaming, const uint32_t *chosen, size_t ids)
{
	bool *seen = memory_zero(ids + 1, sizeof *seen);
	struct change *all = renaming->changes;
	size_t count = 0, end;

	for (size_t i = 0; i < renaming->count; i = end) {
		bool stays = chosen[all[i].customer] == all[i].old;

		seen[all[i].old] = true;
		for (end = i + 1; end < renaming->count && all[end].old == all[i].old;)
			end++;
		renaming->kept += stays;
		renaming->retired += !stays;
		renaming->split += end - i > 1;
		all[i].kind = stays ? CHANGE_KEPT : CHANGE_MERGED;
		for (size_t j = i; j < end && (end - i > 1 || !stays); j++)
			all[count++] = all[j];
	}
	renaming->changes = all = memory_resize(all, count + ids + 1, sizeof *all);
	for (uint32_t old = 0; old < ids; old++)
		if (!seen[old]) {
			all[count++] = (struct change){ old, 0, 0, CHANGE_GONE };
			renaming->gone++;
		}
	renaming->count = count;
	qsort(all, count, sizeof *all, compare_changes);
	free(seen);
}

void renaming_keep_ids(struct renaming *renaming, struct customers *customers, const struct records *records, const struct master *master)
{
	int64_t *created = creation_times(records, master);
	uint32_t *chosen;

	count_records(renaming, customers, records, master);
	chosen = choose_ids(renaming, customers, created);
	/* Numbered as in master->ids, since they are the first; and no new customer gets an id that was another's yesterday. */
	for (uint32_t old = 0; old < master->ids.count; old++)
		map_add(&customers->names, master->ids.keys[old]);
	for (size_t c = 0; c < customers->count; c++)
		if (chosen[c] != MAP_NONE)
			customers->ids[c] = customers->names.keys[chosen[c]];
	judge_changes(renaming, chosen, master->ids.count);
	free(chosen);
	free(created);
}

void renaming_release(struct renaming *renaming)
{
	free(renaming->changes);
}

int renaming_write(const struct renaming *renaming, const struct customers *customers, const struct master *master, const char *path,
		   struct diag *diag)
{
	static const struct column columns[] = { { SLICE("old_id"), COLUMN_TEXT }, { SLICE("customer_id"), COLUMN_TEXT },
						 { SLICE("change"), COLUMN_TEXT }, { SLICE("records"), COLUMN_NUMBER } };
	static const char *const names[] = { "kept", "merged", "split", "gone" };
	struct side side;
	int failed = 0;

	if (side_open(&side, path, columns, 4, diag) < 0)
		return -1;
	for (size_t i = 0; i < renaming->count && !failed; i++) {
		const struct change *change = &renaming->changes[i];

		rows_begin(&side.rows);
		rows_cell(&side.rows, master->ids.keys[change->old]);
		rows_cell(&side.rows, change->kind == CHANGE_GONE ? SLICE("") : customers->ids[change->customer]);
		rows_cell(&side.rows, slice_of(names[change->kind]));
		rows_i64(&side.rows, change->records);
		failed = side_row_end(&side, diag);
	}
	return side_close(&side, failed, diag);
}
