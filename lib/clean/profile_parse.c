/*
 * Reads a profile token by token rather than as a tree, so that each mistake is told with its line. A member is read by
 * a function that finds its value as the scan's last token.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "clean/pattern.h"
#include "clean/profile.h"
#include "clean/text.h"
#include "io/json.h"

enum { TABLES_MOST = 64, HEADERS_MOST = 4096, WORDS_MOST = 4096, KEYS_MOST = 16 };

struct reading {
	struct json_scan scan;
	enum json_token token;   /* the last one */
	struct system_profile *profile;
	const char *file;
	struct diag *diag;
	struct arena *arena;     /* the profile's */
	size_t table_capacity, header_capacity, word_capacity, empty_capacity;
};

typedef int read_value(struct reading *r, void *target);

struct member {
	const char *name;
	read_value *read;
	size_t offset;
};

/* At the last token. `what` is formatted by the caller. */
static int fail(struct reading *r, struct slice what)
{
	struct place place;

	if (r->token != JSON_FAULT)
		r->scan.at = r->scan.token.ptr;
	place = json_scan_place(&r->scan, r->file, 1);
	if (r->token == JSON_FAULT)
		return diag_fail(r->diag, STATUS_USAGE, &place, "bad-json", "%s", r->scan.fault);
	return diag_fail(r->diag, STATUS_USAGE, &place, "bad-profile", "%.*s", SLICE_ARG(what));
}

static void next(struct reading *r)
{
	r->token = json_scan_next(&r->scan);
}

static struct slice text_of(struct reading *r)
{
	return arena_copy(r->arena, json_scan_text(&r->scan, r->arena));
}

static int expect(struct reading *r, enum json_token token, const char *what)
{
	return r->token == token ? 0 : fail(r, arena_format(r->arena, "%s is expected here", what));
}

static int fail_name(struct reading *r, const char *what, struct slice name, const struct slice *names, size_t count)
{
	size_t near = nearest_index(names, count, name);
	char quoted[DIAG_QUOTE_SIZE];
	struct buf list;
	int failed;

	buf_init(&list, 4096);
	if (near < count)
		buf_format(&list, "; did you mean %.*s?", SLICE_ARG(names[near]));
	for (size_t i = 0; i < count && near == count; i++)
		buf_format(&list, "%s%.*s", i ? ", " : "; known are ", SLICE_ARG(names[i]));
	failed = fail(r, arena_format(r->arena, "unknown %s %s%.*s", what, diag_quote(name, quoted), SLICE_ARG(buf_slice(&list))));
	buf_release(&list);
	return failed;
}

/* The members of an object, which `what` names in messages; `target` is what their offsets count from. */
static int read_object(struct reading *r, const struct member *members, size_t count, const char *what, void *target)
{
	struct slice names[KEYS_MOST];

	if (expect(r, JSON_OBJECT, what) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		names[i] = slice_of(members[i].name);
	for (next(r); r->token == JSON_NAME; next(r)) {
		struct slice name = text_of(r);
		size_t i = 0;

		while (i < count && !slice_equal(names[i], name))
			i++;
		if (i == count)
			return fail_name(r, "key", name, names, count);
		next(r);
		if (members[i].read(r, (char *)target + members[i].offset) < 0)
			return -1;
	}
	return r->token == JSON_OBJECT_END ? 0 : fail(r, SLICE(""));
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- plain values --- */

static int read_text(struct reading *r, void *target)
{
	if (expect(r, JSON_STRING, "a text") < 0)
		return -1;
	*(struct slice *)target = text_of(r);
	return 0;
}

static int read_bool(struct reading *r, void *target)
{
	if (r->token != JSON_TRUE && r->token != JSON_FALSE)
		return fail(r, SLICE("true or false is expected here"));
	*(bool *)target = r->token == JSON_TRUE;
	return 0;
}

/* The place of a text among others. */
static int read_choice(struct reading *r, const char *what, const struct slice *names, size_t count, size_t *chosen)
{
	struct slice text;

	if (read_text(r, &text) < 0)
		return -1;
	for (*chosen = 0; *chosen < count; (*chosen)++)
		if (slice_equal(names[*chosen], text))
			return 0;
	return fail_name(r, what, text, names, count);
}

static int read_order(struct reading *r, void *target)
{
	static const struct slice names[] = { { "auto", 4 }, { "dmy", 3 }, { "mdy", 3 }, { "ymd", 3 } }; /* as enum date_order */
	size_t chosen;

	if (read_choice(r, "date_order", names, COUNT(names), &chosen) < 0)
		return -1;
	*(enum date_order *)target = (enum date_order)chosen;
	return 0;
}

static int read_epoch(struct reading *r, void *target)
{
	static const struct slice names[] = { { "s", 1 }, { "ms", 2 } };
	size_t chosen;

	if (read_choice(r, "epoch", names, COUNT(names), &chosen) < 0)
		return -1;
	*(int64_t *)target = chosen ? 1000 : 1;
	return 0;
}

static int read_decimal(struct reading *r, void *target)
{
	static const struct slice names[] = { { ".", 1 }, { ",", 1 } };
	size_t chosen;

	if (read_choice(r, "decimal", names, COUNT(names), &chosen) < 0)
		return -1;
	*(bool *)target = chosen == 1;
	return 0;
}

static int read_empties(struct reading *r, void *target)
{
	struct system_profile *profile = target;

	if (expect(r, JSON_ARRAY, "an array of texts") < 0)
		return -1;
	for (next(r); r->token != JSON_ARRAY_END; next(r)) {
		struct slice text;

		if (read_text(r, &text) < 0)
			return -1;
		if (profile->empty_count == WORDS_MOST)
			return fail(r, SLICE("there are too many texts"));
		profile->empties = memory_grow(profile->empties, &r->empty_capacity, profile->empty_count + 1,
					       sizeof *profile->empties);
		profile->empties[profile->empty_count++] = text_clean(text, r->arena);
	}
	return 0;
}

static int read_read(struct reading *r, void *target)
{
	static const struct member members[] = {
		{ "date_order", read_order, offsetof(struct system_profile, date_order) },
		{ "epoch", read_epoch, offsetof(struct system_profile, epoch) },
		{ "decimal", read_decimal, offsetof(struct system_profile, decimal_comma) },
		{ "apostrophe", read_bool, offsetof(struct system_profile, apostrophe) },
		{ "empty", read_empties, 0 },
	};

	return read_object(r, members, COUNT(members), "an object of habits", target);
}

static int read_pattern(struct reading *r, void *target)
{
	if (read_text(r, target) < 0)
		return -1;
	if (pattern_is_valid(*(struct slice *)target))
		return 0;
	return fail(r, SLICE("a pattern of a date is made of yyyy MM M dd d HH H mm ss SSS and a Z at its end, or is epoch s or epoch ms"));
}

static int read_write(struct reading *r, void *target)
{
	static const struct member members[] = {
		{ "date", read_pattern, offsetof(struct system_profile, write.date) },
		{ "time", read_pattern, offsetof(struct system_profile, write.time) },
		{ "empty", read_text, offsetof(struct system_profile, write.empty) },
		{ "list", read_text, offsetof(struct system_profile, write.list) },
		{ "above", read_text, offsetof(struct system_profile, write.above) },
		{ "bom", read_bool, offsetof(struct system_profile, write.bom) },
	};

	return read_object(r, members, COUNT(members), "an object of habits", target);
}

/* --- words --- */

static int read_words_of(struct reading *r, enum role role)
{
	struct system_profile *profile = r->profile;

	if (expect(r, JSON_OBJECT, "an object of words") < 0)
		return -1;
	for (next(r); r->token == JSON_NAME; next(r)) {
		struct profile_word word = { .role = role, .theirs = text_of(r) };

		next(r);
		if (read_text(r, &word.ours) < 0)
			return -1;
		if (profile->word_count == WORDS_MOST)
			return fail(r, SLICE("there are too many words"));
		word.ours = text_clean(word.ours, r->arena); /* in standard form, as all values */
		word.theirs_key = text_key(word.theirs, false, r->arena);
		word.ours_key = text_key(word.ours, false, r->arena);
		profile->words = memory_grow(profile->words, &r->word_capacity, profile->word_count + 1, sizeof word);
		profile->words[profile->word_count++] = word;
	}
	return r->token == JSON_OBJECT_END ? 0 : fail(r, SLICE(""));
}

/* Roles whose values are states or names; the others have standard forms of their own. */
static int read_words(struct reading *r, void *target)
{
	static const enum role roles[] = { ROLE_STATUS, ROLE_STAGE, ROLE_LEVEL, ROLE_INDUSTRY, ROLE_SIZE, ROLE_CHANNEL, ROLE_CATEGORY,
					   ROLE_CURRENCY, ROLE_EVENT_TYPE, ROLE_TITLE, ROLE_COUNTRY };
	struct slice names[COUNT(roles)];

	(void)target;
	if (expect(r, JSON_OBJECT, "an object of roles") < 0)
		return -1;
	for (size_t i = 0; i < COUNT(roles); i++)
		names[i] = slice_of(role_name(roles[i]));
	for (next(r); r->token == JSON_NAME; next(r)) {
		struct slice name = text_of(r);
		size_t i = 0;

		while (i < COUNT(roles) && !slice_equal(names[i], name))
			i++;
		if (i == COUNT(roles))
			return fail_name(r, "role of words", name, names, COUNT(roles));
		next(r);
		if (read_words_of(r, roles[i]) < 0)
			return -1;
	}
	return r->token == JSON_OBJECT_END ? 0 : fail(r, SLICE(""));
}

/* --- tables --- */

/* A table on its way. */
struct draft {
	struct profile_table table;
	bool has_kind;
	struct tell { struct slice text; const char *at; } *tells;
	size_t tell_count, tell_capacity;
};

static int read_kind(struct reading *r, void *target)
{
	static const struct slice names[] = { { "customers", 9 }, { "orders", 6 }, { "contacts", 8 }, { "events", 6 } };
	struct draft *draft = target;
	size_t chosen;

	if (read_choice(r, "kind", names, COUNT(names), &chosen) < 0)
		return -1;
	draft->table.kind = (enum kind)chosen;
	draft->has_kind = true;
	return 0;
}

static int read_tells(struct reading *r, void *target)
{
	struct draft *draft = target;

	if (expect(r, JSON_ARRAY, "an array of headers") < 0)
		return -1;
	for (next(r); r->token != JSON_ARRAY_END; next(r)) {
		struct tell tell = { .at = r->scan.token.ptr };

		if (read_text(r, &tell.text) < 0)
			return -1;
		if (draft->tell_count == HEADERS_MOST)
			return fail(r, SLICE("there are too many headers"));
		draft->tells = memory_grow(draft->tells, &draft->tell_capacity, draft->tell_count + 1, sizeof tell);
		draft->tells[draft->tell_count++] = tell;
	}
	return 0;
}

/* The role of a header: a role of the kind, or one of the words for what is known of a column without one. */
static int read_role(struct reading *r, enum kind kind, struct profile_header *header)
{
	struct slice names[ROLE_COUNT + 3], name;
	size_t count = 0;

	if (r->token == JSON_NULL)
		return 0;
	if (expect(r, JSON_STRING, "a role or null") < 0)
		return -1;
	name = text_of(r);
	header->mobile = slice_equal(name, SLICE("mobile")) && role_belongs(ROLE_PHONE, kind);
	header->role = header->mobile ? ROLE_PHONE : role_by_name(name);
	header->measure = slice_equal(name, SLICE("a date"))	  ? MEASURE_DATE
			  : slice_equal(name, SLICE("an amount")) ? MEASURE_AMOUNT
								  : role_measure(header->role);
	if (header->role != ROLE_NONE ? role_belongs(header->role, kind) : header->measure != MEASURE_NONE)
		return 0;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		if (role_belongs((enum role)role, kind))
			names[count++] = slice_of(role_name((enum role)role));
	if (role_belongs(ROLE_PHONE, kind))
		names[count++] = SLICE("mobile");
	names[count++] = SLICE("a date");
	names[count++] = SLICE("an amount");
	return fail_name(r, "role", name, names, count);
}

static int add_header(struct reading *r, struct profile_table *table, const struct profile_header *header)
{
	struct slice key = text_key(header->name, false, r->arena);
	uint32_t before = (uint32_t)table->keys.count, number;
	char quoted[DIAG_QUOTE_SIZE];

	if (table->count == HEADERS_MOST)
		return fail(r, SLICE("there are too many headers"));
	table->headers = memory_grow(table->headers, &r->header_capacity, table->count + 1, sizeof *header);
	if (!header->is_ending) {
		number = map_add(&table->keys, key);
		if (number < before || key.len == 0)
			return fail(r, arena_format(r->arena, "header %s %s", diag_quote(header->text, quoted),
						    key.len ? "is there twice" : "has no letter or digit"));
	}
	table->headers[table->count++] = *header;
	return 0;
}

static int read_headers(struct reading *r, struct draft *draft, bool written)
{
	if (expect(r, JSON_OBJECT, "an object of headers") < 0)
		return -1;
	if (!draft->has_kind)
		return fail(r, SLICE("the kind of the table must stand before its headers"));
	for (next(r); r->token == JSON_NAME; next(r)) {
		struct profile_header header = { .text = text_of(r), .written = written };

		header.name = text_clean(header.text, r->arena);
		while (header.name.len > 1 && header.name.ptr[0] == '*')
			header.name = slice_trim(slice_skip(header.name, 1));
		header.is_ending = header.name.len > 1 && header.name.ptr[0] == '.';
		if (add_header(r, &draft->table, &header) < 0)
			return -1;
		next(r);
		if (read_role(r, draft->table.kind, &draft->table.headers[draft->table.count - 1]) < 0)
			return -1;
	}
	return r->token == JSON_OBJECT_END ? 0 : fail(r, SLICE(""));
}

static int read_written(struct reading *r, void *target)
{
	return read_headers(r, target, true);
}

static int read_also(struct reading *r, void *target)
{
	return read_headers(r, target, false);
}

static void number_headers(struct profile_table *table, struct arena *arena)
{
	size_t key = 0;

	table->numbers = arena_get(arena, table->count, sizeof *table->numbers);
	for (size_t i = 0; i < table->count; i++)
		if (!table->headers[i].is_ending)
			table->numbers[key++] = i;
}

/* Marks the tell-tale headers, each of which must be one of the table's. */
static int mark_tells(struct reading *r, struct draft *draft)
{
	struct profile_table *table = &draft->table;
	struct slice *names = arena_get(r->arena, table->count, sizeof *names);

	for (size_t i = 0; i < table->count; i++)
		names[i] = table->headers[i].name;
	for (size_t i = 0; i < draft->tell_count; i++) {
		size_t at = 0;

		while (at < table->count && !slice_equal(names[at], draft->tells[i].text))
			at++;
		if (at == table->count) {
			r->scan.token.ptr = draft->tells[i].at; /* the mistake is there, not here */
			return fail_name(r, "header among tells", draft->tells[i].text, names, table->count);
		}
		table->tells += !table->headers[at].tells;
		table->headers[at].tells = true;
	}
	return 0;
}

static int end_table(struct reading *r, struct draft *draft)
{
	struct system_profile *profile = r->profile;

	if (!draft->has_kind)
		return fail(r, SLICE("the table has no kind"));
	if (profile->table_count == TABLES_MOST)
		return fail(r, SLICE("there are too many tables"));
	number_headers(&draft->table, r->arena);
	return mark_tells(r, draft);
}

static int read_table(struct reading *r)
{
	static const struct member members[] = {
		{ "table", read_text, offsetof(struct draft, table.name) }, { "kind", read_kind, 0 },
		{ "tells", read_tells, 0 }, { "headers", read_written, 0 }, { "also", read_also, 0 },
	};
	struct system_profile *profile = r->profile;
	struct draft draft = { 0 };
	int failed;

	map_init(&draft.table.keys);
	r->header_capacity = 0;
	failed = read_object(r, members, COUNT(members), "a table", &draft);
	if (failed == 0)
		failed = end_table(r, &draft);
	free(draft.tells);
	profile->tables = memory_grow(profile->tables, &r->table_capacity, profile->table_count + 1, sizeof *profile->tables);
	profile->tables[profile->table_count++] = draft.table; /* the profile frees it, whatever happens */
	return failed;
}

static int read_tables(struct reading *r, void *target)
{
	(void)target;
	if (expect(r, JSON_ARRAY, "an array of tables") < 0)
		return -1;
	for (next(r); r->token != JSON_ARRAY_END; next(r))
		if (read_table(r) < 0)
			return -1;
	return 0;
}

/* --- the whole --- */

static int read_profile(struct reading *r)
{
	static const struct member members[] = {
		{ "name", read_text, offsetof(struct system_profile, name) }, { "title", read_text, offsetof(struct system_profile, title) },
		{ "read", read_read, 0 }, { "write", read_write, 0 }, { "words", read_words, 0 }, { "tables", read_tables, 0 },
	};

	next(r);
	if (read_object(r, members, COUNT(members), "a profile, an object,", r->profile) < 0)
		return -1;
	if (r->profile->name.len == 0)
		return fail(r, SLICE("the profile has no name"));
	next(r);
	return r->token == JSON_END ? 0 : fail(r, SLICE("nothing may follow the profile"));
}

int profile_parse(struct system_profile **parsed, struct slice text, const char *file, struct diag *diag)
{
	struct system_profile *profile = memory_zero(1, sizeof *profile);
	struct reading r = { .profile = profile, .file = file, .diag = diag, .arena = &profile->arena };

	arena_init(&profile->arena);
	profile->write.date = SLICE("yyyy-MM-dd");
	profile->write.list = SLICE(";");
	json_scan_init(&r.scan, text, JSON_COMMENTS);
	if (read_profile(&r) < 0) {
		profile_free(profile);
		return -1;
	}
	if (profile->write.time.len == 0)
		profile->write.time = slice_starts_with(profile->write.date, SLICE("epoch"))
					      ? profile->write.date
					      : arena_format(r.arena, "%.*s HH:mm:ss", SLICE_ARG(profile->write.date));
	*parsed = profile;
	return 0;
}

void profile_free(struct system_profile *profile)
{
	if (!profile)
		return;
	for (size_t i = 0; i < profile->table_count; i++) {
		map_release(&profile->tables[i].keys);
		free(profile->tables[i].headers);
	}
	free(profile->tables);
	free(profile->words);
	free(profile->empties);
	arena_release(&profile->arena);
	free(profile);
}
