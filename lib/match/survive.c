/* Which rule of survivorship each column has: by default, and by --survive and --source-rank. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "match/golden.h"

static const char *const rule_names[] = { "recent", "complete", "frequent", "source", "longest", "union", "min", "max", "main" };

const char *survive_name(enum survive rule)
{
	return rule_names[rule];
}

static int find_rule(struct slice name, enum survive *rule, struct diag *diag)
{
	char quoted[DIAG_QUOTE_SIZE];

	for (enum survive r = SURVIVE_RECENT; r < SURVIVE_MAIN; r++)
		if (slice_equal_nocase(name, slice_of(rule_names[r]))) {
			*rule = r;
			return 0;
		}
	return diag_fail(diag, STATUS_USAGE, NULL, NULL,
			 "--survive: %s is no rule; write recent, complete, frequent, source, longest, union, min or max", diag_quote(name, quoted));
}

static int find_column(const struct records *records, struct slice name, size_t *column, struct diag *diag)
{
	char quoted[DIAG_QUOTE_SIZE], nearest[DIAG_QUOTE_SIZE];
	size_t near;

	*column = records_find(records, name);
	if (*column == records->columns && role_by_name(name) != ROLE_NONE)
		*column = records_find_role(records, role_by_name(name));
	if (*column == records->columns && role_of_header(KIND_CUSTOMERS, name).role != ROLE_NONE)
		*column = records_find_role(records, role_of_header(KIND_CUSTOMERS, name).role);
	if (*column < records->columns)
		return 0;
	near = nearest_index(records->headers, records->columns, name);
	if (near < records->columns)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--survive: there is no column %s; did you mean %s?", diag_quote(name, quoted),
				 diag_quote(records->headers[near], nearest));
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--survive: there is no column %s", diag_quote(name, quoted));
}

static int set_rule(struct golden *golden, size_t column, enum survive rule, struct diag *diag)
{
	if (rule == SURVIVE_RECENT && golden->time == golden->records->columns)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL,
				 "--survive: recent needs a column updated_at or created_at; --map updated_at=COLUMN names one");
	golden->rules[column] = (struct column_rule){ rule, false };
	return 0;
}

/* What has its rule by what it means, whatever the rule of the others is. */
static bool is_special(const struct golden *golden, size_t column)
{
	const struct records *records = golden->records;

	return column == records->source || column == records->source_row || column == records->source_id ||
	       records->roles[column] == ROLE_TAGS || records->roles[column] == ROLE_CREATED_AT;
}

static void set_defaults(struct golden *golden)
{
	const struct records *records = golden->records;
	enum survive usual = golden->ranked ? SURVIVE_SOURCE : golden->updated_at < records->columns ? SURVIVE_RECENT : SURVIVE_FREQUENT;

	for (size_t c = 0; c < records->columns; c++) {
		enum role role = records->roles[c];

		if (!is_special(golden, c))
			golden->rules[c] = (struct column_rule){ usual, !golden->ranked && (role == ROLE_NAME || role == ROLE_COMPANY) };
		else if (role == ROLE_TAGS || role == ROLE_CREATED_AT)
			golden->rules[c] = (struct column_rule){ role == ROLE_TAGS ? SURVIVE_UNION : SURVIVE_MIN, false };
		else
			golden->rules[c] = (struct column_rule){ SURVIVE_MAIN, false };
	}
}

/* Rules for all columns first, so that their place in the list does not matter. */
static int set_chosen(struct golden *golden, const struct golden_options *options, bool for_all, struct diag *diag)
{
	for (size_t i = 0; i < options->survive_count; i++) {
		struct slice rest = slice_of(options->survive[i]), name = rest;
		bool all = slice_find_byte(rest, '=') == rest.len;
		enum survive rule = SURVIVE_MAIN;
		size_t column = 0;

		if (all != for_all)
			continue;
		if (!all) {
			/* A header may have a '=' of its own: the last one counts. */
			size_t at = rest.len - 1;

			while (rest.ptr[at] != '=')
				at--;
			name = slice_trim(slice_first(rest, at));
			rest = slice_skip(rest, at + 1);
		}
		if (find_rule(slice_trim(rest), &rule, diag) < 0 || (!all && find_column(golden->records, name, &column, diag) < 0))
			return -1;
		for (size_t c = all ? 0 : column; c < (all ? golden->records->columns : column + 1); c++)
			if ((!all || !is_special(golden, c)) && set_rule(golden, c, rule, diag) < 0)
				return -1;
	}
	return 0;
}

/* Sources that are not named come after those that are, as they come in the input. */
static void rank_sources(struct golden *golden, const struct golden_options *options, struct diag *diag)
{
	const struct map *names = &golden->records->source_names;
	uint32_t named = (uint32_t)options->source_rank_count;
	char quoted[DIAG_QUOTE_SIZE];

	golden->ranks = memory_get(names->count + 1, sizeof *golden->ranks);
	for (uint32_t s = 0; s < names->count; s++)
		golden->ranks[s] = named + s;
	for (uint32_t i = named; i-- > 0;) {
		uint32_t s = map_find(names, slice_trim(slice_of(options->source_rank[i])));

		if (s == MAP_NONE)
			diag_warn(diag, NULL, NULL, "--source-rank: no record is of the source %s",
				  diag_quote(slice_of(options->source_rank[i]), quoted));
		else
			golden->ranks[s] = i;
	}
}

int golden_init(struct golden *golden, const struct records *records, const struct golden_options *options, struct diag *diag)
{
	*golden = (struct golden){ .records = records, .updated_at = records_find_role(records, ROLE_UPDATED_AT),
				   .ranked = options->source_rank_count > 0 };
	golden->time = golden->updated_at < records->columns ? golden->updated_at : records_find_role(records, ROLE_CREATED_AT);
	golden->rules = memory_get(records->columns + 1, sizeof *golden->rules);
	rank_sources(golden, options, diag);
	set_defaults(golden);
	return set_chosen(golden, options, true, diag) < 0 ? -1 : set_chosen(golden, options, false, diag);
}

void golden_release(struct golden *golden)
{
	free(golden->rules);
	free(golden->ranks);
}
