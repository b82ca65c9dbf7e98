/*
 * What one input gives for one column of the output is a part, made once when everything is open. A row is then one
 * walk over the parts: first those with a rule are brought to standard form, since one of them may reject the row;
 * then all are written.
 */
#include "clean/merge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "clean/fill.h"
#include "clean/items.h"
#include "clean/operands.h"
#include "clean/standard.h"
#include "clean/text.h"
#include "io/json.h"

enum what {
	PART_ABSENT,
	PART_PASS,      /* the cell as it stands */
	PART_STANDARD,  /* by rule */
	PART_NAME,      /* family and given name joined */
	PART_FILL,      /* empty, if other cells of the row do not tell */
	PART_RAW,       /* what a rule was given */
	PART_SCORE,     /* how complete the row is */
	PART_SOURCE,
	PART_ROW,
};

struct part {
	enum what what;
	enum rule rule;
	size_t count;
	const size_t *columns;  /* of the input; those of a list in their order; PART_NAME: family, given (columns: none) */
	uint32_t figure;        /* what has a rule: which of the input's figures */
};

struct figures {
	uint64_t values, changed, emptied, zero_dates, unknown, damaged;
	uint64_t filled, contradicted, unkept;  /* clean/fill.h; unkept: currencies that no column can hold */
	uint64_t damaged_line, damaged_column;  /* of the first in the input */
	uint64_t told_line;                     /* of the first contradicted or unkept one */
};

struct input {
	struct intake *intake;
	struct slice source;    /* what `source` says */
	uint32_t *places;       /* per column of the input: of the output, where it has no role */
	struct part *parts;     /* one per column of the output */
	size_t first_figure;    /* of a worker's figures */
};

struct merge {
	struct merge_options options;
	struct arena arena;
	struct operands operands;
	struct map known;       /* what identifies each input, in their order */
	struct input *inputs;
	size_t count, capacity;
	size_t reading;         /* number of the input that is being read */
	struct map names;       /* of the output's columns, in their order */
	struct column *columns;
	size_t role_columns;    /* those with a role come first, NAME_raw included */
	uint32_t fills[FILL_COUNT], address, amount;  /* columns; MAP_NONE: there is none */
	struct figures *figures;  /* [worker][input][figure of the part] */
	size_t figure_count;      /* of a worker */
	struct slice **values;    /* [worker]: one row in standard form */
	unsigned char **states;   /* [worker]: CELL_… of that row */
	struct completeness *completeness;
};

#define SCORE_COLUMN SLICE("completeness")

/* --- the inputs --- */

enum { KEPT_OPEN = 8 };  /* the first inputs stay open between opening and reading: most runs have no more */

/* The same file or sheet a second time, under whatever name, would double its rows. */
static int check_new(struct merge *merge, const struct intake *intake, struct diag *diag)
{
	struct place place = { .file = intake->name };
	const char *sheet = intake->info.sheet ? intake->info.sheet : "";
	struct arena arena;
	uint32_t number;

	arena_init(&arena);
	number = map_add(&merge->known, intake->marked ?
			 arena_format(&arena, "%llx:%llx#%s", (unsigned long long)intake->mark.device,
				      (unsigned long long)intake->mark.inode, sheet) : slice_of(intake->name));
	arena_release(&arena);
	if (number == merge->count)
		return 0;
	if (strcmp(merge->inputs[number].intake->name, intake->name) == 0)
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "is named twice");
	return diag_fail(diag, STATUS_USAGE, &place, NULL, "is the same as %s", merge->inputs[number].intake->name);
}

/* A list without a header, or in words that nobody knows, would pass for a file of customers and say nothing about any. */
static void warn_of_meaning(const struct intake *intake, struct diag *diag)
{
	struct place place = { intake->name, intake->header_row, 0 };
	bool json = intake->info.format == FORMAT_JSON || intake->info.format == FORMAT_JSONL;

	for (size_t c = 0; c < intake->columns; c++)
		if (intake->roles[c].role != ROLE_NONE)
			return;
	if (intake->profile.profile) /* one that does not fit is warned of as that */
		return;
	if (json && intake->columns)
		diag_warn(diag, &place, "no-meaning", "no member of these objects is known by its name, so they pass through as they stand; give them "
			  "a meaning with --map ROLE=NAME, or cut out the records if they lie deeper");
	else if (intake->header_row)
		diag_warn(diag, &place, "no-meaning", "no header of this row is known, so the columns pass through as they stand; give them a "
			  "meaning with --map ROLE=COLUMN, or use --no-header if the row is data");
}

static int add_input(struct merge *merge, struct intake *intake, struct diag *diag)
{
	if (check_new(merge, intake, diag) < 0) {
		intake_free(intake);
		return -1;
	}
	warn_of_meaning(intake, diag);
	if (merge->count >= KEPT_OPEN)
		intake_suspend(intake);
	merge->inputs = memory_grow(merge->inputs, &merge->capacity, merge->count + 1, sizeof *merge->inputs);
	merge->inputs[merge->count++] = (struct input){ .intake = intake };
	return 0;
}

/* The other sheets of the workbook that was opened last, each an input of its own. */
static int open_sheets(struct merge *merge, struct diag *diag)
{
	struct intake *first = merge->inputs[merge->count - 1].intake;
	size_t length = strlen(first->name) - strlen(first->info.sheet);
	struct intake_options options = merge->options.intake;
	struct place place = { .file = "-" };

	if (!first->marked)
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "has further sheets (%s); to read them all, name a file",
				 first->info.others);
	first->info.others = NULL;
	options.skip_empty = true;
	for (size_t i = 0; i < first->info.more_count; i++) {
		const char *name = arena_format(&merge->arena, "%.*s%.*s%c", (int)length, first->name,
						SLICE_ARG(first->info.more[i]), '\0').ptr;
		struct intake *intake;

		if (intake_open(&intake, name, &options, diag) < 0 || (intake && add_input(merge, intake, diag) < 0))
			return -1;
	}
	return 0;
}

static int open_operand(struct merge *merge, const struct operand *operand, struct diag *diag)
{
	struct intake_options options = merge->options.intake;
	struct place place = { .file = operand->path };
	struct intake *intake;

	options.skip_empty = operand->found;
	if (intake_open(&intake, operand->path, &options, diag) < 0)
		return -1;
	if (!intake) {
		operands_pass_over(&merge->operands, operand->path, "empty");
		diag_warn(diag, &place, "passed-over", "not read: there is nothing in it, not even a header");
		return 0;
	}
	if (add_input(merge, intake, diag) < 0)
		return -1;
	return intake->info.more_count && options.table.all_sheets ? open_sheets(merge, diag) : 0;
}

/* The name without its folders; a sheet's name may hold a slash. */
static struct slice base_name(const struct intake *intake)
{
	struct slice name = slice_of(intake->name), file = name;

	if (intake->info.sheet && slice_ends_with(file, slice_of(intake->info.sheet)))
		file.len -= strlen(intake->info.sheet);
	for (size_t i = file.len; i > 0; i--)
		if (file.ptr[i - 1] == '/')
			return slice_skip(name, i);
	return name;
}

/* `source` is the base name where it tells the inputs apart, else the name as given. */
static void name_sources(struct merge *merge)
{
	bool *shared = memory_zero(merge->count, sizeof *shared);
	struct map names;

	map_init(&names);
	for (size_t i = 0; i < merge->count; i++) {
		size_t before = names.count;
		uint32_t first = map_add(&names, base_name(merge->inputs[i].intake));

		shared[first] |= names.count == before;
	}
	for (size_t i = 0; i < merge->count; i++) {
		struct slice base = base_name(merge->inputs[i].intake);

		merge->inputs[i].source = shared[map_find(&names, base)] ? slice_of(merge->inputs[i].intake->name) : base;
	}
	map_release(&names);
	free(shared);
}

static int open_inputs(struct merge *merge, struct diag *diag)
{
	for (size_t i = 0; i < merge->operands.count; i++)
		if (open_operand(merge, &merge->operands.items[i], diag) < 0)
			return -1;
	if (merge->count == 0)
		return diag_fail(diag, STATUS_INPUT, NULL, "empty-input", "there is nothing in any of the files");
	name_sources(merge);
	return 0;
}

/* --- the columns of the output --- */

/* The roles of a kind in the order of the output. */
static const enum role *roles_of_kind(enum kind kind)
{
	static const enum role customers[] = {
		ROLE_SOURCE_ID, ROLE_CUSTOMER_ID, ROLE_NAME,   ROLE_COMPANY,    ROLE_PHONE,      ROLE_EMAIL,
		ROLE_ADDRESS,   ROLE_PROVINCE,    ROLE_CITY,   ROLE_REGION,     ROLE_POSTCODE,   ROLE_COUNTRY,
		ROLE_INDUSTRY,  ROLE_SIZE,        ROLE_OWNER,  ROLE_STAGE,      ROLE_LEVEL,      ROLE_BIRTHDAY,
		ROLE_ID_NUMBER, ROLE_USCC,        ROLE_WECHAT, ROLE_CREATED_AT, ROLE_UPDATED_AT, ROLE_TAGS,
		ROLE_NOTE,      ROLE_NONE,
	};
	static const enum role orders[] = {
		ROLE_ORDER_ID, ROLE_CUSTOMER_ID, ROLE_ORDER_DATE, ROLE_AMOUNT,   ROLE_COST,
		ROLE_PROFIT,   ROLE_QUANTITY,    ROLE_PRODUCT,    ROLE_CATEGORY, ROLE_CHANNEL,
		ROLE_CURRENCY, ROLE_STATUS,      ROLE_REFUND,     ROLE_NOTE,     ROLE_NONE,
	};
	static const enum role contacts[] = {
		ROLE_CUSTOMER_ID, ROLE_NAME,       ROLE_TITLE,      ROLE_LEFT_AT, ROLE_PHONE,
		ROLE_EMAIL,       ROLE_CREATED_AT, ROLE_UPDATED_AT, ROLE_NOTE,    ROLE_NONE,
	};
	static const enum role events[] = {
		ROLE_CUSTOMER_ID, ROLE_EVENT_DATE, ROLE_EVENT_TYPE, ROLE_VALUE, ROLE_NOTE, ROLE_NONE,
	};
	static const enum role *const lists[] = {
		[KIND_CUSTOMERS] = customers,
		[KIND_ORDERS] = orders,
		[KIND_CONTACTS] = contacts,
		[KIND_EVENTS] = events,
	};

	return lists[kind];
}

/* Its columns, and the picks behind them. */
static size_t all_columns(const struct intake *intake)
{
	return intake->columns + intake->pick_count;
}

static bool has_role(const struct intake *intake, enum role role)
{
	return roles_find(intake->roles, all_columns(intake), role) < all_columns(intake);
}

/* Whether it is the output of an earlier merge. */
static bool is_merged(const struct intake *intake)
{
	return has_role(intake, ROLE_SOURCE);
}

static bool has_name_parts(const struct intake *intake)
{
	return has_role(intake, ROLE_GIVEN_NAME) || has_role(intake, ROLE_FAMILY_NAME);
}

/* Whether the column is there because other cells fill it. */
static bool is_told(const struct merge *merge, enum role role)
{
	bool currency = role == ROLE_CURRENCY, place = role == ROLE_PROVINCE || role == ROLE_CITY || role == ROLE_REGION;

	for (size_t i = 0; i < merge->count; i++)
		if ((currency && merge->inputs[i].intake->glance.names_currency) || (place && merge->inputs[i].intake->glance.names_place))
			return true;
	return false;
}

static bool any_has_role(const struct merge *merge, enum role role)
{
	for (size_t i = 0; i < merge->count; i++)
		if (has_role(merge->inputs[i].intake, role) ||
		    (role == ROLE_NAME && has_name_parts(merge->inputs[i].intake)))
			return true;
	return false;
}

static struct slice raw_name(struct merge *merge, struct slice name)
{
	return arena_format(&merge->arena, "%.*s_raw", SLICE_ARG(name));
}

/* Whether column c, which has no role, is brought to standard form as a date or an amount. */
static enum rule rule_of_other(const struct intake *intake, size_t c)
{
	switch (intake->roles[c].measure) {
	case MEASURE_AMOUNT: return RULE_NUMBER;
	case MEASURE_DATE: return RULE_DATE_LIKE;
	default: return RULE_KEEP;
	}
}

/*
 * The name that a column without a role has in the output: its own, an amount's without the unit; or with _2 … where
 * a role, the provenance or another column of the same input has that one.
 */
static struct slice name_other(struct merge *merge, const struct intake *intake, size_t c, const struct map *used)
{
	struct slice wanted = intake->headers[c], name;

	if (intake->roles[c].measure == MEASURE_AMOUNT)
		wanted = role_without_unit(wanted);
	name = wanted;
	for (unsigned n = 2;; n++) {
		uint32_t found = map_find(&merge->names, name);
		bool reserved = slice_equal(name, SLICE("source")) || slice_equal(name, SLICE("source_row")) ||
				(merge->options.raw && !is_merged(intake) && slice_ends_with(name, SLICE("_raw"))) ||
				(merge->options.score && slice_equal(name, SCORE_COLUMN));

		if (!reserved && (found == MAP_NONE || found >= merge->role_columns) &&
		    map_find(used, name) == MAP_NONE)
			return name;
		name = arena_format(&merge->arena, "%.*s_%u", SLICE_ARG(wanted), n);
	}
}

/* NAME_raw of a role, from an earlier run with --raw. */
static bool is_kept_raw(const struct merge *merge, const struct intake *intake, size_t c)
{
	return is_merged(intake) && map_find(&merge->names, intake->headers[c]) < merge->role_columns &&
	       slice_ends_with(intake->headers[c], SLICE("_raw"));
}

/* The score of an earlier run, which is made anew. */
static bool is_old_score(const struct merge *merge, const struct intake *intake, size_t c)
{
	return merge->options.score && is_merged(intake) && slice_equal(intake->headers[c], SCORE_COLUMN);
}

static bool is_other(const struct merge *merge, const struct intake *intake, size_t c)
{
	return intake->roles[c].role == ROLE_NONE && !is_kept_raw(merge, intake, c) && !is_old_score(merge, intake, c);
}

static void name_others(struct merge *merge, struct input *input)
{
	const struct intake *intake = input->intake;
	struct map used;

	map_init(&used);
	input->places = arena_zero(&merge->arena, intake->columns, sizeof *input->places);
	for (size_t c = 0; c < intake->columns; c++) {
		struct slice name;

		if (!is_other(merge, intake, c))
			continue;
		name = name_other(merge, intake, c, &used);
		map_add(&used, name);
		input->places[c] = map_add(&merge->names, name);
		if (merge->options.raw && rule_of_other(intake, c) != RULE_KEEP)
			map_add(&merge->names, raw_name(merge, name));
	}
	map_release(&used);
}

static void find_fills(struct merge *merge)
{
	static const enum role filled[FILL_COUNT] = { ROLE_PROVINCE, ROLE_CITY, ROLE_REGION, ROLE_CURRENCY };

	for (size_t i = 0; i < FILL_COUNT; i++)
		merge->fills[i] = map_find(&merge->names, slice_of(role_name(filled[i])));
	merge->address = map_find(&merge->names, slice_of(role_name(ROLE_ADDRESS)));
	merge->amount = map_find(&merge->names, slice_of(role_name(ROLE_AMOUNT)));
}

static void name_columns(struct merge *merge)
{
	for (const enum role *role = roles_of_kind(merge->options.intake.kind); *role != ROLE_NONE; role++) {
		if (!any_has_role(merge, *role) && !is_told(merge, *role))
			continue;
		map_add(&merge->names, slice_of(role_name(*role)));
		if (merge->options.raw)
			map_add(&merge->names, raw_name(merge, slice_of(role_name(*role))));
	}
	merge->role_columns = merge->names.count;
	find_fills(merge);
	for (size_t i = 0; i < merge->count; i++)
		name_others(merge, &merge->inputs[i]);
	if (merge->options.score)
		map_add(&merge->names, SCORE_COLUMN);
	map_add(&merge->names, SLICE("source"));
	map_add(&merge->names, SLICE("source_row"));
}

static enum column_type type_of(struct slice name, bool has_a_role)
{
	enum role role = has_a_role ? role_by_name(name) : ROLE_NONE;

	if (role_is_list(role))
		return COLUMN_LIST;
	return rule_of_role(role) == RULE_AMOUNT || rule_of_role(role) == RULE_NUMBER ? COLUMN_NUMBER : COLUMN_TEXT;
}

static void type_columns(struct merge *merge)
{
	size_t count = merge->names.count;

	merge->columns = arena_get(&merge->arena, count, sizeof *merge->columns);
	for (size_t i = 0; i < count; i++)
		merge->columns[i] = (struct column){ merge->names.keys[i],
						     type_of(merge->names.keys[i], i < merge->role_columns) };
	merge->columns[count - 1].type = COLUMN_NUMBER; /* source_row */
	if (merge->options.score)
		merge->columns[count - 3].type = COLUMN_NUMBER;
}

/* --- the parts of an input --- */

static struct part part_of_columns(struct merge *merge, const struct intake *intake, enum what what, enum role role)
{
	size_t *columns = arena_get(&merge->arena, all_columns(intake), sizeof *columns), count = 0;

	for (size_t c = 0; c < all_columns(intake); c++)
		if (intake->roles[c].role == role)
			columns[count++] = c;
	return (struct part){ .what = count ? what : PART_ABSENT, .rule = rule_of_role(role), .count = count, .columns = columns };
}

static struct part part_of_name(struct merge *merge, const struct intake *intake)
{
	size_t *columns = arena_get(&merge->arena, 2, sizeof *columns);

	columns[0] = intake_find(intake, ROLE_FAMILY_NAME);
	columns[1] = intake_find(intake, ROLE_GIVEN_NAME);
	return (struct part){ .what = PART_NAME, .rule = RULE_TEXT, .count = 2, .columns = columns };
}

static struct part part_of_column(struct merge *merge, enum what what, size_t column)
{
	size_t *columns = arena_get(&merge->arena, 1, sizeof *columns);

	*columns = column;
	return (struct part){ .what = what, .rule = RULE_KEEP, .count = 1, .columns = columns };
}

static size_t find_header(const struct intake *intake, struct slice header)
{
	size_t c = 0;

	while (c < intake->columns && !slice_equal(intake->headers[c], header))
		c++;
	return c;
}

static bool is_filled(const struct merge *merge, uint32_t column)
{
	for (size_t i = 0; i < FILL_COUNT; i++)
		if (merge->fills[i] == column)
			return true;
	return false;
}

static void plan_roles(struct merge *merge, struct input *input)
{
	const struct intake *intake = input->intake;

	for (const enum role *role = roles_of_kind(merge->options.intake.kind); *role != ROLE_NONE; role++) {
		uint32_t at = map_find(&merge->names, slice_of(role_name(*role)));
		struct part *part = input->parts + at;
		size_t kept = find_header(intake, raw_name(merge, slice_of(role_name(*role))));

		if (at >= merge->role_columns)
			continue;
		*part = part_of_columns(merge, intake, PART_STANDARD, *role);
		if (part->what == PART_ABSENT && *role == ROLE_NAME && has_name_parts(intake))
			*part = part_of_name(merge, intake);
		if (part->what == PART_ABSENT && is_filled(merge, at))
			part->what = PART_FILL;
		if (!merge->options.raw)
			continue;
		part[1] = *part;
		if (part->what != PART_ABSENT)
			part[1].what = PART_RAW;
		if (is_merged(intake) && kept < intake->columns) /* the original is there from an earlier run */
			part[1] = part_of_column(merge, PART_PASS, kept);
	}
}

static void plan_others(struct merge *merge, struct input *input)
{
	const struct intake *intake = input->intake;

	for (size_t c = 0; c < intake->columns; c++) {
		struct part *part = &input->parts[input->places[c]];

		if (!is_other(merge, intake, c))
			continue;
		*part = part_of_column(merge, PART_PASS, c);
		part->rule = rule_of_other(intake, c);
		if (part->rule == RULE_KEEP)
			continue;
		part->what = PART_STANDARD;
		if (merge->options.raw) {
			uint32_t raw = map_find(&merge->names, raw_name(merge, merge->names.keys[input->places[c]]));

			if (input->parts[raw].what == PART_ABSENT) /* a column of that name is the original from an earlier run */
				input->parts[raw] = part_of_column(merge, PART_RAW, c);
		}
	}
}

static void plan_input(struct merge *merge, struct input *input)
{
	const struct intake *intake = input->intake;
	size_t count = merge->names.count;

	input->parts = arena_zero(&merge->arena, count, sizeof *input->parts);
	plan_roles(merge, input);
	plan_others(merge, input);
	if (merge->options.score)
		input->parts[count - 3].what = PART_SCORE;
	if (is_merged(intake)) { /* its rows keep their provenance */
		input->parts[count - 2] = part_of_column(merge, PART_PASS, intake_find(intake, ROLE_SOURCE));
		input->parts[count - 1] = part_of_column(merge, PART_PASS, intake_find(intake, ROLE_SOURCE_ROW));
	} else {
		input->parts[count - 2].what = PART_SOURCE;
		input->parts[count - 1].what = PART_ROW;
	}
}

/* --- opening --- */

static void plan_export(struct merge *merge)
{
	size_t count = merge->names.count;
	struct export_source *sources = arena_get(&merge->arena, count, sizeof *sources);

	for (size_t i = 0; i < count; i++)
		sources[i] = (struct export_source){
			merge->columns[i].name, i < merge->role_columns ? role_by_name(merge->columns[i].name) : ROLE_NONE,
			merge->columns[i].type,
		};
	export_plan(merge->options.export, sources, count, merge->options.drop_others);
}

/* Whether the part brings values to standard form, of which there are figures. */
static bool has_figures(const struct part *part)
{
	return part->what == PART_STANDARD || part->what == PART_NAME || part->what == PART_FILL;
}

static void number_figures(struct merge *merge, struct input *input)
{
	uint32_t count = 0;

	for (size_t c = 0; c < merge->names.count; c++)
		if (has_figures(&input->parts[c]))
			input->parts[c].figure = count++;
	input->first_figure = merge->figure_count;
	merge->figure_count += count;
}

static void prepare_workers(struct merge *merge)
{
	unsigned threads = merge->options.threads ? merge->options.threads : 1;

	merge->options.threads = threads;
	for (size_t i = 0; i < merge->count; i++)
		number_figures(merge, &merge->inputs[i]);
	merge->figures = memory_zero(threads * merge->figure_count + 1, sizeof *merge->figures);
	merge->values = arena_get(&merge->arena, threads, sizeof *merge->values);
	merge->states = arena_zero(&merge->arena, threads, sizeof *merge->states);
	for (unsigned i = 0; i < threads; i++) {
		merge->values[i] = arena_zero(&merge->arena, merge->names.count, sizeof **merge->values);
		if (merge->completeness)
			merge->states[i] = arena_zero(&merge->arena, merge->names.count, 1);
	}
}

/* The columns of which the report of completeness speaks: all but originals, the score and the provenance. */
static int prepare_completeness(struct merge *merge, struct diag *diag)
{
	size_t count = merge->names.count;
	bool *counted;
	int result;

	if (!merge->options.completeness)
		return 0;
	counted = memory_zero(count, sizeof *counted);
	for (size_t i = 0; i + 2 + merge->options.score < count; i++)
		counted[i] = !(merge->options.raw && slice_ends_with(merge->names.keys[i], SLICE("_raw")));
	result = completeness_new(&merge->completeness, merge->options.intake.kind, merge->columns, counted, count,
				  merge->options.completeness, diag);
	free(counted);
	return result;
}

const struct completeness *merge_completeness(const struct merge *merge)
{
	return merge->completeness;
}

int merge_open(struct merge **opened, const char *const *paths, size_t count, const struct merge_options *options,
	       struct diag *diag)
{
	struct merge *merge = memory_zero(1, sizeof *merge);

	merge->options = *options;
	if (options->intake.table.sheet && strcmp(options->intake.table.sheet, "all") == 0) {
		merge->options.intake.table.sheet = NULL;
		merge->options.intake.table.all_sheets = true;
	}
	arena_init(&merge->arena);
	map_init(&merge->names);
	map_init(&merge->known);
	operands_init(&merge->operands);
	if (operands_find(&merge->operands, paths, count, options->outputs, diag) < 0 || open_inputs(merge, diag) < 0) {
		merge_free(merge);
		return -1;
	}
	name_columns(merge);
	type_columns(merge);
	for (size_t i = 0; i < merge->count; i++)
		plan_input(merge, &merge->inputs[i]);
	if (prepare_completeness(merge, diag) < 0) {
		merge_free(merge);
		return -1;
	}
	if (options->export)
		plan_export(merge);
	prepare_workers(merge);
	*opened = merge;
	return 0;
}

void merge_free(struct merge *merge)
{
	if (!merge)
		return;
	for (size_t i = 0; i < merge->count; i++)
		intake_free(merge->inputs[i].intake);
	free(merge->inputs);
	free(merge->figures);
	completeness_free(merge->completeness);
	operands_release(&merge->operands);
	map_release(&merge->known);
	map_release(&merge->names);
	arena_release(&merge->arena);
	free(merge);
}

const struct intake *merge_input(const struct merge *merge, size_t number)
{
	return number < merge->count ? merge->inputs[number].intake : NULL;
}

cJSON *merge_not_read(const struct merge *merge)
{
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; i < merge->operands.passed_count; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "name", merge->operands.passed[i].path);
		cJSON_AddStringToObject(one, "reason", merge->operands.passed[i].why);
		cJSON_AddItemToArray(all, one);
	}
	return all;
}

const struct column *merge_columns(const struct merge *merge, size_t *count)
{
	if (merge->options.export)
		return export_columns(merge->options.export, count);
	*count = merge->names.count;
	return merge->columns;
}

/* --- the work on a batch --- */

/* One row on its way. */
struct cursor {
	const struct input *input;
	struct batch *batch;
	size_t r;
	unsigned score;  /* completeness_score of the row, where it is wanted */
	char currency[4];  /* the first that an amount of the row names */
};

static void count_outcome(struct figures *figures, const struct cursor *at, size_t column, struct slice before,
			  const struct standard *standard)
{
	if (before.len == 0)
		return;
	figures->values++;
	figures->emptied += standard->outcome == OUTCOME_EMPTY;
	figures->zero_dates += standard->outcome == OUTCOME_ZERO_DATE;
	figures->unknown += standard->outcome == OUTCOME_UNKNOWN;
	figures->changed += standard->outcome != OUTCOME_EMPTY && standard->outcome != OUTCOME_ZERO_DATE &&
			    !slice_equal(before, standard->value);
	if (standard->outcome != OUTCOME_DAMAGED)
		return;
	if (figures->damaged++ == 0 || at->batch->records[at->r].line < figures->damaged_line) {
		figures->damaged_line = at->batch->records[at->r].line;
		figures->damaged_column = column + 1;
	}
}

/* What the cell says without the habits of the system that wrote it. */
static struct slice without_habits(const struct intake *intake, enum rule rule, size_t column, struct slice cell, struct arena *arena)
{
	const struct system_profile *profile = intake->profile.profile;
	enum format format = intake->info.format;
	enum measure measure = rule == RULE_AMOUNT || rule == RULE_NUMBER   ? MEASURE_AMOUNT
			       : rule == RULE_DATE || rule == RULE_DATE_LIKE ? MEASURE_DATE
									     : MEASURE_NONE;

	if (measure == MEASURE_AMOUNT && intake->glance.decimal_commas[column] && !(profile && profile->decimal_comma))
		cell = profile_swap_marks(cell, arena);
	return profile ? profile_value(profile, measure, format == FORMAT_CSV || format == FORMAT_TSV, cell, arena) : cell;
}

/* The standard form of one cell; false when the row is rejected for it. */
static bool take_cell(struct cursor *at, enum rule rule, size_t column, struct figures *figures,
		      struct slice *value)
{
	const struct intake *intake = at->input->intake;
	struct arena *arena = &at->batch->arena;
	struct slice before = intake_cell(intake, at->batch, at->r, column), text = without_habits(intake, rule, column, before, arena);
	struct standard standard = standard_value(rule, text, intake->roles[column].unit, intake->date_orders[column], arena);
	size_t shown = column; /* in messages */

	if (column >= intake->columns)
		shown = intake->picks[column - intake->columns].column;
	if (standard.outcome == OUTCOME_BAD) {
		batch_reject(at->batch, at->r, shown + 1, standard.code, standard.reason);
		return false;
	}
	if (text.len == 0)
		standard.outcome = OUTCOME_EMPTY; /* so says the system */
	if (intake->profile.profile && rule == RULE_TEXT)
		standard.value = profile_word_in(intake->profile.profile, intake->roles[column].role, standard.value, arena);
	count_outcome(figures, at, shown, before, &standard);
	if (!at->currency[0])
		memcpy(at->currency, standard.currency, sizeof at->currency);
	*value = standard.value;
	return true;
}

/* Several columns make one list without repeats; of one that says something the value stays as it is. */
static bool standardise(struct cursor *at, const struct part *part, struct figures *figures, struct slice *value)
{
	const struct intake *intake = at->input->intake;
	struct items items;
	struct slice one;
	size_t filled = 0;

	*value = (struct slice){ "", 0 };
	for (size_t i = 0; i < part->count; i++) {
		if (part->columns[i] >= intake->columns && value->len && !role_is_list(intake->roles[part->columns[i]].role))
			break; /* a pick stands in where there is nothing else */
		if (!take_cell(at, part->rule, part->columns[i], figures, &one))
			return false;
		if (one.len == 0)
			continue;
		if (filled++ == 0) {
			*value = one;
			continue;
		}
		if (filled == 2) {
			items_init(&items, &at->batch->arena);
			items_add_list(&items, *value);
		}
		items_add_list(&items, one);
	}
	if (filled > 1)
		*value = items_text(&items);
	return true;
}

/* 王 and 小明 are 王小明; Smith and John are John Smith. */
static bool join_name(struct cursor *at, const struct part *part, struct figures *figures, struct slice *value)
{
	struct slice names[2] = { { "", 0 }, { "", 0 } };
	bool chinese;

	for (size_t i = 0; i < 2; i++)
		if (part->columns[i] < at->batch->columns &&
		    !take_cell(at, RULE_TEXT, part->columns[i], figures, &names[i]))
			return false;
	if (names[0].len == 0 || names[1].len == 0) {
		*value = names[0].len ? names[0] : names[1];
		return true;
	}
	chinese = text_has_han(names[0]) || text_has_han(names[1]);
	*value = chinese ? arena_join(&at->batch->arena, names[0], SLICE(""), names[1])
			 : arena_join(&at->batch->arena, names[1], SLICE(" "), names[0]);
	return true;
}

/* What the report of completeness says of a value, by how it changed the figures. */
static unsigned char state_of(const struct figures *before, const struct figures *after, struct slice value)
{
	if (value.len == 0)
		return 0;
	return (unsigned char)(CELL_FILLED | (after->unknown > before->unknown || after->damaged > before->damaged ? 0 : CELL_VALID) |
			       (after->changed > before->changed ? CELL_CHANGED : 0));
}

static unsigned char state_of_cell(const struct cursor *at, const struct part *part)
{
	if (part->what != PART_PASS)
		return 0;
	return text_is_empty(intake_cell(at->input->intake, at->batch, at->r, part->columns[0])) ? 0 : CELL_FILLED | CELL_VALID;
}

static void count_told(struct figures *figures, const struct cursor *at, uint64_t *count)
{
	uint64_t line = at->batch->records[at->r].line;

	++*count;
	if (!figures->told_line || line < figures->told_line)
		figures->told_line = line;
}

/* What cells of the row say of others. */
static void fill_row(const struct merge *merge, const struct cursor *at, struct figures *figures, struct slice *values,
		     unsigned char *states)
{
	const struct part *parts = at->input->parts;
	struct fill_row row = { 0 };
	struct slice address = { "", 0 };

	for (size_t i = 0; i < FILL_COUNT; i++)
		if (merge->fills[i] != MAP_NONE)
			row.cells[i] = &values[merge->fills[i]];
	if (merge->address != MAP_NONE && parts[merge->address].what == PART_STANDARD)
		address = values[merge->address];
	if (row.cells[FILL_PROVINCE] || row.cells[FILL_CITY] || row.cells[FILL_REGION])
		fill_places(&row, address, &at->batch->arena);
	fill_currency(&row, at->currency, &at->batch->arena);
	if (at->currency[0] && !row.cells[FILL_CURRENCY] && merge->amount != MAP_NONE && has_figures(&parts[merge->amount]))
		count_told(&figures[parts[merge->amount].figure], at, &figures[parts[merge->amount].figure].unkept);
	for (size_t i = 0; i < FILL_COUNT; i++) {
		struct figures *told = merge->fills[i] != MAP_NONE ? &figures[parts[merge->fills[i]].figure] : NULL;

		if (row.outcomes[i] == FILL_CONTRADICTED)
			count_told(told, at, &told->contradicted);
		if (row.outcomes[i] != FILL_DONE)
			continue;
		told->filled++;
		if (states)
			states[merge->fills[i]] = CELL_FILLED | CELL_VALID | CELL_CHANGED;
	}
}

/* All that has a standard form, into values, and, where they are wanted, states; false when the row is rejected. */
static bool standardise_row(const struct merge *merge, struct cursor *at, struct figures *figures,
			    struct slice *values, unsigned char *states)
{
	for (size_t i = 0; i < merge->names.count; i++) {
		const struct part *part = &at->input->parts[i];
		struct figures *own = &figures[part->figure], before = { 0 };

		if (states && has_figures(part))
			before = *own;
		if (part->what == PART_STANDARD && !standardise(at, part, own, &values[i]))
			return false;
		if (part->what == PART_NAME && !join_name(at, part, own, &values[i]))
			return false;
		if (part->what == PART_FILL)
			values[i] = (struct slice){ "", 0 };
		if (states)
			states[i] = has_figures(part) ? state_of(&before, own, values[i]) : state_of_cell(at, part);
	}
	fill_row(merge, at, figures, values, states);
	return true;
}

/* What the cells of a part said, joined with ';'. */
static struct slice raw_of(const struct cursor *at, const struct part *part)
{
	struct slice all = { "", 0 };

	for (size_t i = 0; i < part->count; i++) {
		struct slice cell = { "", 0 };

		if (part->columns[i] < all_columns(at->input->intake))
			cell = intake_cell(at->input->intake, at->batch, at->r, part->columns[i]);
		if (all.len && cell.len)
			all = arena_join(&at->batch->arena, all, SLICE(";"), cell);
		else if (cell.len)
			all = cell;
	}
	return all;
}

/* The value of a column of the stream. */
static struct slice value_of(const struct cursor *at, size_t column, const struct slice *values)
{
	const struct part *part = &at->input->parts[column];

	switch (part->what) {
	case PART_PASS: return batch_cell(at->batch, at->r, part->columns[0]);
	case PART_STANDARD:
	case PART_FILL:
	case PART_NAME: return values[column];
	case PART_RAW: return raw_of(at, part);
	case PART_SCORE: return arena_format(&at->batch->arena, "%u.%u", at->score / 10, at->score % 10);
	case PART_SOURCE: return at->input->source;
	case PART_ROW: return arena_format(&at->batch->arena, "%" PRIu64, at->batch->records[at->r].row);
	default: return (struct slice){ "", 0 };
	}
}

static void write_cell(const struct cursor *at, size_t column, struct rows *rows, const struct slice *values)
{
	const struct part *part = &at->input->parts[column];

	if (part->what == PART_PASS)
		rows_batch_cell(rows, at->batch, at->r, part->columns[0]);
	else if (part->what == PART_ROW)
		rows_i64(rows, (int64_t)at->batch->records[at->r].row);
	else
		rows_cell(rows, value_of(at, column, values));
}

static void write_export(const struct export *export, const struct cursor *at, struct rows *rows, const struct slice *values)
{
	size_t count;

	export_columns(export, &count);
	for (size_t i = 0; i < count; i++) {
		bool as_it_stands;
		size_t column = export_source(export, i, &as_it_stands);

		if (as_it_stands)
			write_cell(at, column, rows, values);
		else
			rows_cell(rows, export_value(export, i, value_of(at, column, values), &at->batch->arena));
	}
}

static void write_row(const struct merge *merge, const struct cursor *at, struct rows *rows, const struct slice *values)
{
	rows_begin(rows);
	if (merge->options.export)
		write_export(merge->options.export, at, rows, values);
	for (size_t i = 0; i < merge->names.count && !merge->options.export; i++)
		write_cell(at, i, rows, values);
	rows_end(rows);
}

static const struct input *input_of(const struct merge *merge, const struct batch *batch)
{
	size_t i = 0;

	while (merge->inputs[i].intake != batch->origin)
		i++;
	return &merge->inputs[i];
}

static struct figures *figures_of(const struct merge *merge, unsigned worker, size_t input)
{
	return merge->figures + worker * merge->figure_count + merge->inputs[input].first_figure;
}

static int by_line(const void *a, const void *b)
{
	uint64_t x = ((const struct reject *)a)->line, y = ((const struct reject *)b)->line;

	return (x > y) - (x < y);
}

/* Where the row came from; that of an earlier merge says so itself. */
static struct slice source_of(const struct merge *merge, const struct cursor *at)
{
	const struct part *part = &at->input->parts[merge->names.count - 2];

	return part->what == PART_PASS ? batch_cell(at->batch, at->r, part->columns[0]) : at->input->source;
}

static int merge_work(void *context, struct batch *batch, struct rows *rows, unsigned worker, struct diag *diag)
{
	struct merge *merge = context;
	struct cursor at = { .input = input_of(merge, batch), .batch = batch };
	struct figures *figures = figures_of(merge, worker, (size_t)(at.input - merge->inputs));
	struct slice *values = merge->values[worker];
	unsigned char *states = merge->states[worker];
	struct tally *tally = NULL;

	(void)diag;
	intake_split(at.input->intake, batch);
	if (states)
		batch->noted = tally = completeness_tally(merge->completeness, batch);
	for (; at.r < batch->count; at.r++) {
		at.currency[0] = '\0';
		if (batch->records[at.r].dropped || !standardise_row(merge, &at, figures, values, states))
			continue;
		if (states)
			at.score = completeness_score(merge->completeness, states);
		write_row(merge, &at, rows, values);
		if (tally)
			completeness_note(merge->completeness, tally, source_of(merge, &at), values, states);
	}
	if (batch->reject_count > 1) /* found in several walks over the batch: into the order of the input */
		qsort(batch->rejects, batch->reject_count, sizeof *batch->rejects, by_line);
	return 0;
}

static int merge_after(void *context, const struct batch *batch, struct diag *diag)
{
	struct merge *merge = context;

	(void)diag;
	completeness_add(merge->completeness, batch->noted);
	return 0;
}

static int merge_next(void *context, struct batch *batch, struct diag *diag)
{
	struct merge *merge = context;

	for (; merge->reading < merge->count; merge->reading++) {
		int got = intake_read(merge->inputs[merge->reading].intake, batch, diag);

		if (got != 0)
			return got;
		intake_close(merge->inputs[merge->reading].intake);
	}
	return 0;
}

/* --- afterwards --- */

static struct figures add_up(const struct merge *merge, size_t input, size_t column)
{
	const struct part *part = &merge->inputs[input].parts[column];
	struct figures sum = { 0 };

	if (!has_figures(part))
		return sum;
	for (unsigned worker = 0; worker < merge->options.threads; worker++) {
		const struct figures *one = &figures_of(merge, worker, input)[part->figure];

		if (one->damaged && (!sum.damaged || one->damaged_line < sum.damaged_line)) {
			sum.damaged_line = one->damaged_line;
			sum.damaged_column = one->damaged_column;
		}
		sum.values += one->values;
		sum.changed += one->changed;
		sum.emptied += one->emptied;
		sum.zero_dates += one->zero_dates;
		sum.unknown += one->unknown;
		sum.damaged += one->damaged;
		sum.filled += one->filled;
		sum.contradicted += one->contradicted;
		sum.unkept += one->unkept;
		if (one->told_line && (!sum.told_line || one->told_line < sum.told_line))
			sum.told_line = one->told_line;
	}
	return sum;
}

static void warn_of_damage(const struct merge *merge, struct diag *diag)
{
	for (size_t i = 0; i < merge->count; i++)
		for (size_t c = 0; c < merge->names.count; c++) {
			struct figures sum = add_up(merge, i, c);
			struct place place = { merge->inputs[i].intake->name, sum.damaged_line, sum.damaged_column };

			if (sum.damaged)
				diag_warn(diag, &place, "damaged-id",
					  "a spreadsheet has destroyed digits of %llu value%s of %.*s, "
					  "this one first; they are kept as they stand and cannot be matched",
					  (unsigned long long)sum.damaged, sum.damaged == 1 ? "" : "s",
					  SLICE_ARG(merge->names.keys[c]));
		}
}

/* Told once for each column of an input. */
static void warn_of_fills(const struct merge *merge, struct diag *diag)
{
	for (size_t i = 0; i < merge->count; i++)
		for (size_t c = 0; c < merge->role_columns; c++) {
			struct figures sum = add_up(merge, i, c);
			struct place place = { merge->inputs[i].intake->name, sum.told_line, 0 };

			if (sum.contradicted)
				diag_warn(diag, &place, "contradiction",
					  "%.*s is not what the %s says in %llu row%s, this one first; it stays as given",
					  SLICE_ARG(merge->names.keys[c]), c == merge->fills[FILL_CURRENCY] ? "amount" : "address",
					  (unsigned long long)sum.contradicted, sum.contradicted == 1 ? "" : "s");
			if (sum.unkept)
				diag_warn(diag, &place, "currency",
					  "%llu amount%s a currency, this one first, and none in the first rows did, so there is no "
					  "column for it; use --raw to keep it",
					  (unsigned long long)sum.unkept, sum.unkept == 1 ? " names" : "s name");
		}
}

int merge_run(struct merge *merge, struct stream *stream, struct diag *diag)
{
	const struct column *columns;
	size_t count;

	stream->next = merge_next;
	stream->work = merge_work;
	stream->after = merge->completeness ? merge_after : NULL;
	stream->context = merge;
	stream->threads = merge->options.threads;
	columns = merge_columns(merge, &count);
	sink_header(stream->sink, columns, count);
	if (stream_run(stream, diag) < 0)
		return -1;
	warn_of_damage(merge, diag);
	warn_of_fills(merge, diag);
	return 0;
}

static void add_count(cJSON *object, const char *name, uint64_t count)
{
	if (count)
		cJSON_AddItemToObject(object, name, json_number_node((double)count));
}

static cJSON *figure_of_column(struct merge *merge, size_t input, size_t column)
{
	const struct part *part = &merge->inputs[input].parts[column];
	const struct intake *intake = merge->inputs[input].intake;
	struct figures sum = add_up(merge, input, column);
	cJSON *object = cJSON_CreateObject(), *from = cJSON_CreateArray();

	for (size_t i = 0; i < part->count; i++)
		if (part->columns[i] < all_columns(intake))
			cJSON_AddItemToArray(from, cJSON_CreateString(arena_cstr(&merge->arena,
										 intake->headers[part->columns[i]])));
	cJSON_AddStringToObject(object, "input", intake->name);
	cJSON_AddStringToObject(object, "column", arena_cstr(&merge->arena, merge->names.keys[column]));
	cJSON_AddItemToObject(object, "from", from);
	cJSON_AddStringToObject(object, "rule", part->what == PART_NAME ? "name" : rule_name(part->rule));
	cJSON_AddItemToObject(object, "values", json_number_node((double)sum.values));
	add_count(object, "changed", sum.changed);
	add_count(object, "emptied", sum.emptied);
	add_count(object, "zero_dates", sum.zero_dates);
	add_count(object, "not_understood", sum.unknown);
	add_count(object, "damaged", sum.damaged);
	add_count(object, "filled", sum.filled);
	add_count(object, "contradicted", sum.contradicted);
	add_count(object, "currency_not_kept", sum.unkept);
	return object;
}

cJSON *merge_figures(struct merge *merge)
{
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; i < merge->count; i++)
		for (size_t c = 0; c < merge->names.count; c++)
			if (has_figures(&merge->inputs[i].parts[c]))
				cJSON_AddItemToArray(all, figure_of_column(merge, i, c));
	return all;
}
