/*
 * Customers that have to do with each other and are not the same. Every record gives some keys: brand and trade of a company, family name and
 * address of a person, each phone; the customers that share a key are a group.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "clean/address.h"
#include "clean/company.h"
#include "clean/person.h"
#include "clean/text.h"
#include "match/report.h"
#include "match/side.h"

enum kind_of_relation { RELATED_BRANCH, RELATED_HOUSEHOLD, RELATED_PHONE, RELATED_KINDS };
static const char *const kind_names[RELATED_KINDS] = { "branch", "household", "phone" };

/* A customer has a key, in this record. */
struct member {
	uint32_t key, customer, record;
	bool branch;   /* RELATED_BRANCH: the record is one of a branch */
};

struct relations {
	const struct findings *findings;
	size_t name, company, phone, address, city;   /* columns, or records->columns */
	struct map keys[RELATED_KINDS];
	struct member *members[RELATED_KINDS];
	size_t count[RELATED_KINDS], capacity[RELATED_KINDS];
	struct arena arena;                           /* of one record */
};

static struct slice cell_of(const struct relations *relations, uint32_t record, size_t column)
{
	const struct records *records = relations->findings->records;
	struct slice cell = column < records->columns ? slice_trim(records_cell(records, record, column)) : (struct slice){ NULL, 0 };

	return text_is_empty(cell) ? (struct slice){ NULL, 0 } : cell;
}

static void add_member(struct relations *relations, enum kind_of_relation kind, struct slice key, uint32_t record, bool branch)
{
	size_t *count = &relations->count[kind];

	relations->members[kind] = memory_grow(relations->members[kind], &relations->capacity[kind], *count + 1, sizeof **relations->members);
	relations->members[kind][(*count)++] =
		(struct member){ map_add(&relations->keys[kind], key), relations->findings->customers->of[record], record, branch };
}

static void add_company(struct relations *relations, uint32_t record)
{
	struct company company = company_parse(cell_of(relations, record, relations->company), &relations->arena);

	if (company.brand.len && company.key.len)
		add_member(relations, RELATED_BRANCH, company.key, record, company.branch.len > 0);
}

static bool has_digit(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
			return true;
	return false;
}

/* People alone: two of one name at the address of a company are colleagues. */
static void add_household(struct relations *relations, uint32_t record)
{
	struct slice name = cell_of(relations, record, relations->name), where = cell_of(relations, record, relations->address);
	struct address address;
	struct person person;
	struct slice city, detail;

	if (name.len == 0 || where.len == 0 || cell_of(relations, record, relations->company).len)
		return;
	person = person_parse(name, &relations->arena);
	address = address_parse(where, NULL, &relations->arena);
	detail = text_key(address.detail, true, &relations->arena);
	city = address.city.len ? address.city : address_region(cell_of(relations, record, relations->city), REGION_CITY);
	/* A street without a number is no home. */
	if (person.family.len && person.given.len && has_digit(detail))
		add_member(relations, RELATED_HOUSEHOLD,
			   arena_format(&relations->arena, "%.*s, %.*s%s%.*s", SLICE_ARG(person.family), SLICE_ARG(detail), city.len ? ", " : "",
					SLICE_ARG(text_key(city, true, &relations->arena))), record, false);
}

static void add_phones(struct relations *relations, uint32_t record)
{
	struct slice list = key_of_cell(FIELD_CODE, ROLE_PHONE, cell_of(relations, record, relations->phone), &relations->arena);

	while (list.len)
		add_member(relations, RELATED_PHONE, slice_cut(&list, ';'), record, false);
}

/* By key, then customer, then record. */
static int compare_members(const void *left, const void *right)
{
	const struct member *x = left, *y = right;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* Keeps one member for each key and customer; returns how many are left. A customer is a branch when all of its records are. */
static size_t one_per_customer(struct member *members, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(members, count, sizeof *members, compare_members);
	for (size_t i = 0; i < count; i++) {
		if (kept && members[kept - 1].key == members[i].key && members[kept - 1].customer == members[i].customer)
			members[kept - 1].branch &= members[i].branch;
		else
			members[kept++] = members[i];
	}
	return kept;
}

static int write_group(const struct relations *relations, struct side *side, enum kind_of_relation kind, const struct member *members, size_t count,
		       uint64_t *group, struct diag *diag)
{
	const struct findings *findings = relations->findings;
	bool branches = kind != RELATED_BRANCH;
	int failed = 0;

	for (size_t i = 0; i < count; i++)
		branches |= members[i].branch;
	if (count < 2 || !branches)
		return 0;
	++*group;
	for (size_t i = 0; i < count && !failed; i++) {
		uint32_t main = findings->main[members[i].customer];

		rows_begin(&side->rows);
		rows_i64(&side->rows, (int64_t)*group);
		rows_cell(&side->rows, slice_of(kind_names[kind]));
		rows_cell(&side->rows, relations->keys[kind].keys[members[i].key]);
		rows_i64(&side->rows, (int64_t)count);
		rows_cell(&side->rows, findings->customers->ids[members[i].customer]);
		rows_cell(&side->rows, cell_of(relations, kind == RELATED_BRANCH ? main : members[i].record, relations->name));
		rows_cell(&side->rows, cell_of(relations, members[i].record, relations->company));
		side_origin(side, findings->records, members[i].record);
		failed = side_row_end(side, diag);
	}
	return failed;
}

static int write_relations(const struct relations *relations, const char *path, struct diag *diag)
{
	static const struct column columns[] = {
		{ SLICE("group"), COLUMN_NUMBER }, { SLICE("kind"), COLUMN_TEXT }, { SLICE("evidence"), COLUMN_TEXT }, { SLICE("customers"), COLUMN_NUMBER },
		{ SLICE("customer_id"), COLUMN_TEXT }, { SLICE("name"), COLUMN_TEXT }, { SLICE("company"), COLUMN_TEXT },
		{ SLICE("source"), COLUMN_TEXT }, { SLICE("source_row"), COLUMN_TEXT }, { SLICE("source_id"), COLUMN_TEXT },
	};
	struct side side;
	uint64_t group = 0;
	int failed = 0;

	if (side_open_for_people(&side, path, relations->findings->sink, columns, sizeof columns / sizeof columns[0], diag) < 0)
		return -1;
	for (enum kind_of_relation kind = 0; kind < RELATED_KINDS; kind++) {
		const struct member *members = relations->members[kind];
		size_t count = relations->count[kind];

		for (size_t i = 0, end; i < count && !failed; i = end) {
			for (end = i + 1; end < count && members[end].key == members[i].key;)
				end++;
			failed = write_group(relations, &side, kind, members + i, end - i, &group, diag);
		}
	}
	return side_close(&side, failed, diag);
}

int report_related(const struct findings *findings, const char *path, struct diag *diag)
{
	const struct records *records = findings->records;
	struct relations relations = {
		.findings = findings, .name = records_find_role(records, ROLE_NAME), .company = records_find_role(records, ROLE_COMPANY),
		.phone = records_find_role(records, ROLE_PHONE), .address = records_find_role(records, ROLE_ADDRESS),
		.city = records_find_role(records, ROLE_CITY),
	};
	int result;

	arena_init(&relations.arena);
	for (unsigned kind = 0; kind < RELATED_KINDS; kind++)
		map_init(&relations.keys[kind]);
	for (uint32_t i = 0; i < records->count; i++) {
		add_company(&relations, i);
		add_household(&relations, i);
		add_phones(&relations, i);
		arena_reset(&relations.arena);
	}
	for (unsigned kind = 0; kind < RELATED_KINDS; kind++)
		relations.count[kind] = one_per_customer(relations.members[kind], relations.count[kind]);
	result = write_relations(&relations, path, diag);
	for (unsigned kind = 0; kind < RELATED_KINDS; kind++) {
		map_release(&relations.keys[kind]);
		free(relations.members[kind]);
	}
	arena_release(&relations.arena);
	return result;
}
