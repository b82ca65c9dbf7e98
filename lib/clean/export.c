#include "clean/export.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "clean/money.h"
#include "clean/pattern.h"
#include "clean/person.h"
#include "clean/phone.h"
#include "clean/text.h"

enum how {
	EXPORT_AS_IT_STANDS,
	EXPORT_TEXT,    /* words of the system's own, and what it has for an empty cell */
	EXPORT_DATE,
	EXPORT_AMOUNT,
	EXPORT_LIST,    /* the share of this column */
	EXPORT_FAMILY,  /* of a name */
	EXPORT_GIVEN,
};

struct export_column {
	enum how how;
	size_t source;
	const struct profile_header *header;  /* NULL: none */
	size_t share;                         /* EXPORT_LIST: number among the columns of the list */
};

struct export {
	struct profile_set *set;
	const struct system_profile *profile;
	const struct profile_table *table;
	enum kind kind;
	struct export_column *plan;
	struct column *columns;
	size_t count;
	size_t headers;           /* columns that are the system's */
	struct map keys;          /* text_key of the columns' names */
	struct arena arena;
};

/* --- which table --- */

/* Finds the profile, whose name goes to the last colon if the whole is none; *table is what stands behind it. */
static int open_profile(struct export *export, const char *wanted, struct slice *table, struct diag *diag)
{
	const char *colon = strrchr(wanted, ':');
	struct diag first;
	int failed;

	diag_init(&first);
	*table = (struct slice){ NULL, 0 };
	failed = profile_set_open(&export->set, &wanted, 1, &first);
	if (failed && colon) {
		const char *name = arena_cstr(&export->arena, (struct slice){ wanted, (size_t)(colon - wanted) });

		*table = slice_of(colon + 1);
		failed = profile_set_open(&export->set, &name, 1, diag);
	} else if (failed) {
		diag_merge(diag, &first);
	}
	diag_release(&first);
	return failed;
}

static int fail_table(const struct export *export, struct slice wanted, const struct slice *names, size_t count,
		      struct diag *diag)
{
	struct slice profile = export->profile->name;
	size_t near = nearest_index(names, count, wanted);
	char quoted[DIAG_QUOTE_SIZE];

	if (!wanted.ptr)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "profile %.*s has no table of %s", SLICE_ARG(profile),
				 kind_name(export->kind));
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "profile %.*s has no table %s of %s%s%.*s%s", SLICE_ARG(profile),
			 diag_quote(wanted, quoted), kind_name(export->kind), near < count ? "; did you mean " : "",
			 SLICE_ARG(near < count ? names[near] : SLICE("")), near < count ? "?" : "; say another --kind");
}

static int find_table(struct export *export, struct slice wanted, struct diag *diag)
{
	const struct system_profile *profile = export->profile;
	struct slice *names = arena_get(&export->arena, profile->table_count, sizeof *names);
	bool elsewhere = false;
	size_t count = 0;

	for (size_t i = 0; i < profile->table_count; i++) {
		bool named = wanted.ptr && slice_equal_nocase(profile->tables[i].name, wanted);

		elsewhere |= named && profile->tables[i].kind != export->kind;
		if (profile->tables[i].kind != export->kind)
			continue;
		names[count++] = profile->tables[i].name;
		if (named)
			export->table = &profile->tables[i];
	}
	if (count && (!wanted.ptr || export->table))
		return 0;
	return fail_table(export, wanted, names, elsewhere ? 0 : count, diag); /* no other name is nearer */
}

int export_open(struct export **opened, const char *wanted, enum kind kind, struct diag *diag)
{
	struct export *export = memory_zero(1, sizeof *export);
	struct slice table;

	export->kind = kind;
	arena_init(&export->arena);
	map_init(&export->keys);
	if (open_profile(export, wanted, &table, diag) < 0) {
		export_free(export);
		return -1;
	}
	export->profile = profile_set_only(export->set);
	if (!export->profile)
		diag_fail(diag, STATUS_USAGE, NULL, NULL, "%s is no system to write for", wanted);
	if (!export->profile || find_table(export, table, diag) < 0) {
		export_free(export);
		return -1;
	}
	*opened = export;
	return 0;
}

void export_free(struct export *export)
{
	if (!export)
		return;
	profile_set_free(export->set);
	map_release(&export->keys);
	arena_release(&export->arena);
	free(export->plan);
	free(export->columns);
	free(export);
}

/* --- the columns --- */

static bool writes_role(const struct profile_table *table, enum role role)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->headers[i].written && table->headers[i].role == role)
			return true;
	return false;
}

static bool is_name_part(enum role role)
{
	return role == ROLE_GIVEN_NAME || role == ROLE_FAMILY_NAME;
}

/* The other column that already has the header's name, or count. */
static size_t find_name(const struct profile_header *header, const struct export_source *sources, size_t count)
{
	size_t i = 0;

	while (i < count && !(sources[i].role == ROLE_NONE && slice_equal(sources[i].name, header->name)))
		i++;
	return i;
}

static size_t find_role(enum role role, const struct export_source *sources, size_t count)
{
	size_t i = 0;

	while (i < count && sources[i].role != role)
		i++;
	return i;
}

/* Whether the values of the role are shared out among all headers that have it; else the first of them has the value. */
static bool is_shared(enum role role)
{
	return role == ROLE_PHONE || role == ROLE_EMAIL;
}

/* The source of a header, or count: the column of its name, else that of its role (of a part of a name, the name). */
static size_t source_of(const struct profile_table *table, const struct profile_header *header,
			const struct export_source *sources, size_t count)
{
	enum role role = is_name_part(header->role) ? ROLE_NAME : header->role;
	size_t named = find_name(header, sources, count);

	if (!header->written || header->is_ending)
		return count;
	if (named < count || role == ROLE_NONE)
		return named;
	if (is_name_part(header->role) && writes_role(table, ROLE_NAME))
		return count;
	for (const struct profile_header *other = table->headers; other < header && !is_shared(role); other++)
		if (other->written && other->role == header->role && find_name(other, sources, count) == count)
			return count; /* that one has it */
	return find_role(role, sources, count);
}

static void choose_table(struct export *export, const struct export_source *sources, size_t count)
{
	size_t most = 0;

	for (size_t t = 0; t < export->profile->table_count; t++) {
		const struct profile_table *table = &export->profile->tables[t];
		size_t found = 0;

		if (table->kind != export->kind)
			continue;
		for (size_t h = 0; h < table->count; h++)
			found += source_of(table, &table->headers[h], sources, count) < count;
		if (!export->table || found > most) {
			export->table = table;
			most = found;
		}
	}
}

static enum how how_of(const struct profile_header *header, const struct export_source *source)
{
	if (source->role == ROLE_NONE && header->role != ROLE_NONE)
		return EXPORT_AS_IT_STANDS; /* of the header's name, and not of its role */
	if (is_name_part(header->role))
		return header->role == ROLE_GIVEN_NAME ? EXPORT_GIVEN : EXPORT_FAMILY;
	if (role_is_list(header->role))
		return EXPORT_LIST;
	return header->measure == MEASURE_DATE ? EXPORT_DATE : header->measure == MEASURE_AMOUNT ? EXPORT_AMOUNT : EXPORT_TEXT;
}

static void add_column(struct export *export, const struct export_column *plan, struct slice name, enum column_type type)
{
	map_add(&export->keys, text_key(name, false, &export->arena));
	export->plan[export->count] = *plan;
	export->columns[export->count++] = (struct column){ name, type };
}

static void add_headers(struct export *export, const struct export_source *sources, size_t count, bool *used)
{
	const struct profile_table *table = export->table;
	size_t shares[ROLE_COUNT] = { 0 };

	for (size_t h = 0; h < table->count; h++) {
		const struct profile_header *header = &table->headers[h];
		struct export_column plan = { .source = source_of(table, header, sources, count), .header = header };
		bool number = header->measure == MEASURE_AMOUNT && !export->profile->decimal_comma;

		if (plan.source == count)
			continue;
		plan.how = how_of(header, &sources[plan.source]);
		plan.share = plan.how == EXPORT_LIST ? shares[header->role]++ : 0;
		used[plan.source] = true;
		add_column(export, &plan, header->text, number && sources[plan.source].type == COLUMN_NUMBER ? COLUMN_NUMBER : COLUMN_TEXT);
	}
	export->headers = export->count;
}

/*
 * The name of a column that the system has no header for: its own, unless that could be taken for one of the system's. Where a
 * row came from keeps its name in any case.
 */
static struct slice name_of_rest(struct export *export, struct slice wanted)
{
	struct slice name = wanted;

	if (slice_equal(name, slice_of(role_name(ROLE_SOURCE))) || slice_equal(name, slice_of(role_name(ROLE_SOURCE_ROW))))
		return name;
	for (unsigned n = 2; map_find(&export->keys, text_key(name, false, &export->arena)) != MAP_NONE; n++)
		name = arena_format(&export->arena, "%.*s_%u", SLICE_ARG(wanted), n);
	return name;
}

void export_plan(struct export *export, const struct export_source *sources, size_t count, bool drop)
{
	bool *used = memory_zero(count + 1, sizeof *used);
	size_t most;

	if (!export->table)
		choose_table(export, sources, count);
	most = export->table->count + count;
	export->plan = memory_get(most, sizeof *export->plan);
	export->columns = memory_get(most, sizeof *export->columns);
	add_headers(export, sources, count, used);
	for (size_t i = 0; i < count && !drop; i++)
		if (!used[i])
			add_column(export, &(struct export_column){ .source = i }, name_of_rest(export, sources[i].name),
				   sources[i].type);
	free(used);
}

const struct column *export_columns(const struct export *export, size_t *count)
{
	*count = export->count;
	return export->columns;
}

size_t export_source(const struct export *export, size_t column, bool *as_it_stands)
{
	*as_it_stands = export->plan[column].how == EXPORT_AS_IT_STANDS;
	return export->plan[column].source;
}

void export_sink(const struct export *export, struct sink_options *options)
{
	if (!export)
		return;
	options->bom |= export->profile->write.bom;
	options->above = export->profile->write.above;
}

const struct system_profile *export_profile(const struct export *export)
{
	return export->profile;
}

struct slice export_describe(const struct export *export, struct arena *arena)
{
	return arena_format(arena, "output: profile %.*s (%.*s), %zu columns of it, %zu others", SLICE_ARG(export->profile->name),
			    SLICE_ARG(export->table->name), export->headers, export->count - export->headers);
}

/* --- values --- */

/* Bytes of the surname that a Chinese name begins with, or 0. */
static size_t surname_bytes(struct slice name, struct arena *arena)
{
	for (size_t bytes = 6; bytes >= 3; bytes -= 3)
		if (name.len > bytes && person_surname_frequency(text_key(slice_first(name, bytes), false, arena)))
			return bytes;
	return 0;
}

/* Where the last word of the name begins; what stands in brackets belongs to the word before. */
static size_t last_word(struct slice name)
{
	size_t at = name.len, depth = 0;

	for (; at > 0; at--) {
		char c = name.ptr[at - 1];

		depth += c == ')';
		depth -= c == '(' && depth > 0;
		if (c == ' ' && depth == 0 && at < name.len && name.ptr[at] != '(')
			return at;
	}
	return 0;
}

/*
 * A name cut so that joining it again gives the same: 欧阳|小明, John|Smith. What cannot be told is family name, which systems
 * want.
 */
static struct slice part_of_name(struct slice name, bool family, struct arena *arena)
{
	struct slice none = { "", 0 };
	size_t at;

	if (text_has_han(name)) {
		at = slice_find_byte(name, ' ') < name.len ? 0 : surname_bytes(name, arena);
		if (at == 0)
			return family ? name : none;
		return family ? slice_first(name, at) : slice_skip(name, at);
	}
	at = last_word(name);
	if (at == 0)
		return family ? name : none;
	return family ? slice_skip(name, at) : slice_first(name, at - 1);
}

enum { SHARES_MOST = 32 };

/* The columns of a list in the table. */
struct shares {
	size_t filled[SHARES_MOST];   /* items so far */
	bool mobile[SHARES_MOST];
	size_t count;
};

static struct shares shares_of(const struct export *export, enum role role)
{
	struct shares shares = { .count = 0 };

	for (size_t i = 0; i < export->headers && shares.count < SHARES_MOST; i++)
		if (export->plan[i].how == EXPORT_LIST && export->plan[i].header->role == role)
			shares.mobile[shares.count++] = export->plan[i].header->mobile;
	return shares;
}

static bool is_mobile(struct slice item, struct arena *arena)
{
	struct phone phones[PHONE_LIST];

	return phone_parse(item, phones, arena) > 0 && phones[0].type == PHONE_MOBILE;
}

/* The first column of that kind that is empty (or, any: of either kind), or count. */
static size_t find_empty(const struct shares *shares, bool mobile, bool any)
{
	size_t i = 0;

	while (i < shares->count && (shares->filled[i] || (shares->mobile[i] != mobile && !any)))
		i++;
	return i;
}

static size_t find_last(const struct shares *shares, bool mobile)
{
	size_t last = shares->count - 1;

	for (size_t i = 0; i < shares->count; i++)
		if (shares->mobile[i] == mobile)
			last = i;
	return last;
}

/* The column of each item: the first empty one of its kind (mobile numbers, all others), then any empty one, then the last of its kind. */
static void place_items(struct shares *shares, const bool *mobile, uint8_t *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = find_empty(shares, mobile[i], false);

		places[i] = (uint8_t)at;
		if (at < shares->count)
			shares->filled[at]++;
	}
	for (size_t i = 0; i < count; i++) {
		if (places[i] < shares->count)
			continue;
		places[i] = (uint8_t)find_empty(shares, mobile[i], true);
		if (places[i] == shares->count)
			places[i] = (uint8_t)find_last(shares, mobile[i]);
		shares->filled[places[i]]++;
	}
}

/* The items of a list that go to the column. */
static struct slice share_list(const struct export *export, const struct export_column *column, struct slice list,
			       struct arena *arena)
{
	struct shares shares = shares_of(export, column->header->role);
	struct slice rest = list, item, separator = export->profile->write.list;
	bool *mobile = arena_get(arena, list.len, sizeof *mobile);
	uint8_t *places = arena_get(arena, list.len, sizeof *places);
	size_t count = 0;
	struct buf out;

	if (shares.count == 1 && slice_equal(separator, SLICE(";")))
		return list;
	for (; rest.len; count++) {
		item = slice_cut(&rest, ';');
		mobile[count] = column->header->role == ROLE_PHONE && is_mobile(item, arena);
	}
	place_items(&shares, mobile, places, count);
	buf_init(&out, (list.len + 1) * (separator.len + 1));
	rest = list;
	for (size_t i = 0; i < count; i++) {
		item = slice_cut(&rest, ';');
		if (places[i] != column->share)
			continue;
		if (out.len)
			buf_add(&out, separator);
		buf_add(&out, item);
	}
	item = arena_copy(arena, buf_slice(&out));
	buf_release(&out);
	return item;
}

static struct slice value_of(const struct export *export, const struct export_column *column, struct slice value,
			     struct arena *arena)
{
	const struct system_profile *profile = export->profile;

	switch (column->how) {
	case EXPORT_DATE: return pattern_write(profile->write.date, profile->write.time, value, arena);
	case EXPORT_LIST: return share_list(export, column, value, arena);
	case EXPORT_FAMILY: return part_of_name(value, true, arena);
	case EXPORT_GIVEN: return part_of_name(value, false, arena);
	case EXPORT_AMOUNT:
		if (!profile->decimal_comma || money_parse(value, 1, &(struct money){ 0 }) != MONEY_OK)
			return value;
		return profile_swap_marks(value, arena);
	default: return profile_word_out(profile, column->header->role, value, arena);
	}
}

struct slice export_value(const struct export *export, size_t column, struct slice value, struct arena *arena)
{
	if (value.len)
		value = value_of(export, &export->plan[column], value, arena);
	return value.len ? value : export->profile->write.empty;
}
