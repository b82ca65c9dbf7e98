#include "score/facts.h"

#include <inttypes.h>

#include "clean/date.h"
#include "clean/text.h"

struct reading {
	struct roster *roster;
	const struct wording *wording;
	const struct facts_options *options;
	size_t contract_end, relation, tags;
	uint64_t bad_dates;
	struct arena arena, *kept;
};

/* The column that was named, else the first that has one of the names; ROSTER_NO_COLUMN: there is none. */
static int find_column(const struct roster *roster, const char *wanted, const char *const *names, size_t *column, struct diag *diag)
{
	*column = ROSTER_NO_COLUMN;
	if (wanted) {
		*column = roster_column(roster, slice_of(wanted));
		return *column == ROSTER_NO_COLUMN ? roster_fail_column(roster, wanted, STATUS_USAGE, diag) : 0;
	}
	for (; *names && *column == ROSTER_NO_COLUMN; names++)
		*column = roster_column(roster, slice_of(*names));
	return 0;
}

static int find_columns(struct reading *reading, struct diag *diag)
{
	static const char *const contract[] = { "contract_end", "contract end", "Contract End", "Contract End Date", "renewal_date", "Renewal Date",
						"合同到期时间", "合同到期日", "合同到期日期", "合同结束日期", "到期日期", "续约日期", NULL };
	static const char *const relation[] = { "relation", "Relation", "follow_status", "客户关系", "关系状态", "好友状态", NULL };
	static const char *const tags[] = { "tags", NULL };

	return find_column(reading->roster, reading->options->contract_end, contract, &reading->contract_end, diag) ||
	       find_column(reading->roster, reading->options->relation, relation, &reading->relation, diag) ||
	       find_column(reading->roster, reading->options->tag_count ? "tags" : NULL, tags, &reading->tags, diag) ? -1 : 0;
}

static struct slice cell_of(struct reading *reading, uint32_t customer, size_t column)
{
	return column == ROSTER_NO_COLUMN ? SLICE("") : text_clean(roster_cell(reading->roster, customer, column), &reading->arena);
}

void facts_add_tags(struct signal_facts *facts, struct slice tags, struct arena *arena)
{
	if (facts->tags.len)
		facts->tags = arena_format(arena, "%.*s;%.*s", SLICE_ARG(facts->tags), SLICE_ARG(tags));
	else
		facts->tags = arena_copy(arena, tags);
}

/* Those of the list that the user has named. */
static void find_tags(struct reading *reading, struct slice list, struct signal_facts *facts)
{
	const struct facts_options *options = reading->options;

	while (list.len) {
		struct slice tag = slice_trim(slice_cut(&list, ';'));

		for (size_t i = 0; i < options->tag_count; i++)
			if (slice_equal(tag, slice_of(options->tags[i])))
				facts_add_tags(facts, tag, reading->kept);
	}
}

static void read_customer(struct reading *reading, uint32_t customer, struct signal_facts *facts)
{
	struct slice end = cell_of(reading, customer, reading->contract_end), relation = cell_of(reading, customer, reading->relation);
	struct date date;

	*facts = (struct signal_facts){ .contract_end = CIVIL_NONE };
	if (!text_is_empty(end) && date_parse(end, reading->roster->date_orders[reading->contract_end], &date) == DATE_OK)
		facts->contract_end = date.days;
	else
		reading->bad_dates += !text_is_empty(end);
	facts->unfollowed = !text_is_empty(relation) && word_list_is_in(&reading->wording->unfollowed, relation, &reading->arena);
	if (reading->options->tag_count)
		find_tags(reading, cell_of(reading, customer, reading->tags), facts);
	arena_reset(&reading->arena);
}

int facts_read(struct signal_facts **facts, struct roster *roster, const struct wording *wording, const struct facts_options *options,
	       struct arena *arena, struct diag *diag)
{
	struct reading reading = { .roster = roster, .wording = wording, .options = options, .kept = arena };

	if (find_columns(&reading, diag))
		return -1;
	*facts = NULL;
	if (reading.contract_end == ROSTER_NO_COLUMN && reading.relation == ROSTER_NO_COLUMN && !options->tag_count && !options->always)
		return 0;
	arena_init(&reading.arena);
	*facts = arena_get(arena, roster->keys.count, sizeof **facts);
	for (size_t i = 0; i < roster->keys.count; i++)
		read_customer(&reading, (uint32_t)i, &(*facts)[i]);
	arena_release(&reading.arena);
	if (reading.bad_dates)
		diag_warn(diag, NULL, "bad-date", "ends of contracts that are no date, or could be day or month first, left out: %" PRIu64,
			  reading.bad_dates);
	return 0;
}
