#include "clean/profile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/embed.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "clean/text.h"
#include "io/file.h"

EMBED(salesforce, "lib/clean/profiles/salesforce.json")
EMBED(zoho, "lib/clean/profiles/zoho.json")
EMBED(hubspot, "lib/clean/profiles/hubspot.json")
EMBED(shopify, "lib/clean/profiles/shopify.json")
EMBED(sharecrm, "lib/clean/profiles/sharecrm.json")
EMBED(jiandaoyun, "lib/clean/profiles/jiandaoyun.json")
EMBED(neocrm, "lib/clean/profiles/neocrm.json")
EMBED(yonyou, "lib/clean/profiles/yonyou.json")
EMBED(kingdee, "lib/clean/profiles/kingdee.json")
EMBED(qidian, "lib/clean/profiles/qidian.json")
EMBED(wecom, "lib/clean/profiles/wecom.json")
EMBED(youzan, "lib/clean/profiles/youzan.json")
EMBED(wukong, "lib/clean/profiles/wukong.json")
EMBED(generic_zh, "lib/clean/profiles/generic-zh.json")
EMBED(generic_en, "lib/clean/profiles/generic-en.json")

enum { PROFILE_BYTES = 4 << 20, TELLS_LEAST = 2 };

static const struct { const char *name; struct slice (*text)(void); } built_in[] = {
	{ "salesforce", salesforce }, { "zoho", zoho }, { "hubspot", hubspot }, { "shopify", shopify },
	{ "sharecrm", sharecrm }, { "jiandaoyun", jiandaoyun }, { "neocrm", neocrm }, { "yonyou", yonyou },
	{ "kingdee", kingdee }, { "qidian", qidian }, { "wecom", wecom }, { "youzan", youzan },
	{ "wukong", wukong }, { "generic-zh", generic_zh }, { "generic-en", generic_en },
};

enum { BUILT_IN = sizeof built_in / sizeof *built_in };

const char *profile_name(size_t number)
{
	return number < BUILT_IN ? built_in[number].name : NULL;
}

static size_t find_built_in(struct slice name)
{
	size_t i = 0;

	while (i < BUILT_IN && !slice_equal(slice_of(built_in[i].name), name))
		i++;
	return i;
}

static int fail_unknown(struct slice name, struct diag *diag)
{
	struct slice names[BUILT_IN];
	char quoted[DIAG_QUOTE_SIZE];
	struct buf known;
	size_t near;

	for (size_t i = 0; i < BUILT_IN; i++)
		names[i] = slice_of(built_in[i].name);
	near = nearest_index(names, BUILT_IN, name);
	buf_init(&known, 1024);
	for (size_t i = 0; i < BUILT_IN; i++)
		buf_format(&known, "%s%s", i ? ", " : "", built_in[i].name);
	diag_fail(diag, STATUS_USAGE, NULL, "unknown-profile", "there is no profile %s%s%s%s; known are %.*s, or name a file",
		  diag_quote(name, quoted), near < BUILT_IN ? "; did you mean " : "",
		  near < BUILT_IN ? built_in[near].name : "", near < BUILT_IN ? "?" : "", SLICE_ARG(buf_slice(&known)));
	buf_release(&known);
	return -1;
}

struct slice profile_text(struct slice name, struct diag *diag)
{
	size_t number = find_built_in(name);

	if (number < BUILT_IN)
		return built_in[number].text();
	fail_unknown(name, diag);
	return (struct slice){ NULL, 0 };
}

int profile_dump(const char *name, const char *path, struct diag *diag)
{
	struct slice text = profile_text(slice_of(name), diag);

	return text.ptr ? file_write(path, text, diag) : -1;
}

/* --- sets --- */

struct profile_set {
	struct system_profile **profiles;
	size_t count, capacity;
	bool forced;  /* the user named one, and no other */
};

static void add_profile(struct profile_set *set, struct system_profile *profile)
{
	set->profiles = memory_grow(set->profiles, &set->capacity, set->count + 1, sizeof *set->profiles);
	set->profiles[set->count++] = profile;
}

static int add_built_in(struct profile_set *set, size_t number, struct diag *diag)
{
	struct system_profile *profile;
	char file[64];

	snprintf(file, sizeof file, "profiles/%s.json", built_in[number].name);
	if (profile_parse(&profile, built_in[number].text(), file, diag) < 0)
		return -1;
	add_profile(set, profile);
	return 0;
}

static int add_file(struct profile_set *set, const char *path, struct diag *diag)
{
	struct system_profile *profile;
	struct arena arena;
	struct slice text;
	int failed;

	arena_init(&arena);
	failed = file_read(path, PROFILE_BYTES, &arena, &text, diag);
	if (failed == 0)
		failed = profile_parse(&profile, text, path, diag);
	arena_release(&arena);
	if (failed == 0)
		add_profile(set, profile);
	return failed;
}

static int add_wanted(struct profile_set *set, const char *wanted, struct diag *diag)
{
	size_t number = find_built_in(slice_of(wanted));

	if (number < BUILT_IN)
		return add_built_in(set, number, diag);
	if (strcmp(wanted, "generic") == 0)
		return 0;
	if (strcmp(wanted, "auto") != 0)
		return strpbrk(wanted, "/.") || access(wanted, F_OK) == 0 ? add_file(set, wanted, diag)
									  : fail_unknown(slice_of(wanted), diag);
	for (number = 0; number < BUILT_IN; number++)
		if (add_built_in(set, number, diag) < 0)
			return -1;
	return 0;
}

int profile_set_open(struct profile_set **opened, const char *const *wanted, size_t count, struct diag *diag)
{
	static const char *const all[] = { "auto" };
	struct profile_set *set = memory_zero(1, sizeof *set);

	if (count == 0) {
		wanted = all;
		count = 1;
	}
	for (size_t i = 0; i < count; i++)
		if (add_wanted(set, wanted[i], diag) < 0) {
			profile_set_free(set);
			return -1;
		}
	set->forced = set->count == 1;
	*opened = set;
	return 0;
}

const struct system_profile *profile_set_only(const struct profile_set *set)
{
	return set->count == 1 ? set->profiles[0] : NULL;
}

void profile_set_free(struct profile_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		profile_free(set->profiles[i]);
	free(set->profiles);
	free(set);
}

/* --- which one --- */

static const struct profile_header *find_header(const struct profile_table *table, struct slice header, struct slice key)
{
	uint32_t number = map_find(&table->keys, key);

	if (number != MAP_NONE)
		return &table->headers[table->numbers[number]];
	for (size_t i = 0; i < table->count; i++)
		if (table->headers[i].is_ending && header.len > table->headers[i].name.len &&
		    slice_ends_with(header, table->headers[i].name))
			return &table->headers[i];
	return NULL;
}

const struct profile_header *profile_find(const struct profile_table *table, struct slice header, struct arena *scratch)
{
	return find_header(table, header, text_key(header, false, scratch));
}

/* The headers of a file, each with its key. */
struct headers {
	const struct slice *names;
	struct slice *keys;
	size_t count;
	struct arena *arena;
};

/* How well the table fits the headers. */
static struct profile_choice try_table(const struct system_profile *profile, const struct profile_table *table,
				       const struct headers *headers)
{
	struct profile_choice choice = { profile, table, 0, 0 };
	bool *told = arena_zero(headers->arena, table->count + 1, sizeof *told);

	for (size_t i = 0; i < headers->count; i++) {
		const struct profile_header *header = find_header(table, headers->names[i], headers->keys[i]);

		if (!header)
			continue;
		choice.known++;
		choice.told += header->tells && !told[header - table->headers];
		told[header - table->headers] = true;
	}
	return choice;
}

static bool is_enough(const struct profile_choice *choice)
{
	return choice->told >= TELLS_LEAST && 2 * choice->told >= choice->table->tells;
}

/* Whether a fits better than b: 1, 0 alike, -1. */
static int compare(const struct profile_choice *a, const struct profile_choice *b)
{
	size_t x = a->told * b->table->tells, y = b->told * a->table->tells;

	if (x != y)
		return x > y ? 1 : -1;
	return (a->known > b->known) - (a->known < b->known);
}

static void choose_best(const struct profile_set *set, enum kind kind, const struct headers *headers, struct profile_choice *best)
{
	bool tied = false;

	for (size_t p = 0; p < set->count; p++)
		for (size_t t = 0; t < set->profiles[p]->table_count; t++) {
			const struct profile_table *table = &set->profiles[p]->tables[t];
			struct profile_choice choice;
			int better;

			if (table->kind != kind)
				continue;
			choice = try_table(set->profiles[p], table, headers);
			better = best->table ? compare(&choice, best) : 1;
			if (!is_enough(&choice) || better < 0)
				continue;
			if (better > 0)
				*best = choice;
			tied = better == 0 && choice.profile != best->profile;
		}
	if (tied)
		*best = (struct profile_choice){ NULL, NULL, 0, 0 };
}

static int choose_forced(const struct system_profile *profile, enum kind kind, const struct headers *headers,
			 struct profile_choice *best, struct diag *diag)
{
	bool any = false;

	for (size_t t = 0; t < profile->table_count; t++) {
		struct profile_choice choice;

		if (profile->tables[t].kind != kind)
			continue;
		choice = try_table(profile, &profile->tables[t], headers);
		if (!any || choice.known > best->known)
			*best = choice;
		any = true;
	}
	if (any)
		return 0;
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "profile %.*s has no table of %s; say another --kind or --profile",
			 SLICE_ARG(profile->name), kind_name(kind));
}

/* A file that looks like one of another kind, by three quarters of the tell-tale headers: the user may have meant that. */
static void warn_of_kind(const struct profile_set *set, enum kind kind, const struct headers *headers, const char *file,
			 struct diag *diag)
{
	static const enum kind kinds[] = { KIND_CUSTOMERS, KIND_ORDERS, KIND_CONTACTS, KIND_EVENTS };
	struct profile_choice best = { NULL, NULL, 0, 0 };
	struct place place = { .file = file };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !best.table; i++)
		if (kinds[i] != kind)
			choose_best(set, kinds[i], headers, &best);
	if (best.table && best.table->kind == KIND_CONTACTS && kind == KIND_CUSTOMERS)
		return; /* the people may be the customers */
	if (best.table && best.told * 4 >= best.table->tells * 3)
		diag_warn(diag, &place, "other-kind", "its headers are those of %s of %.*s (%.*s), but it is read as %s",
			  kind_name(best.table->kind), SLICE_ARG(best.profile->name), SLICE_ARG(best.table->name),
			  kind_name(kind));
}

int profile_choose(const struct profile_set *set, enum kind kind, const struct slice *headers, size_t count,
		   const char *file, struct profile_choice *choice, struct diag *diag)
{
	struct place place = { .file = file };
	struct headers all = { .names = headers, .count = count };
	struct arena arena;
	int failed = 0;

	*choice = (struct profile_choice){ NULL, NULL, 0, 0 };
	if (!set || set->count == 0)
		return 0;
	arena_init(&arena);
	all.arena = &arena;
	all.keys = arena_get(&arena, count, sizeof *all.keys);
	for (size_t i = 0; i < count; i++)
		all.keys[i] = text_key(headers[i], false, &arena);
	if (set->forced)
		failed = choose_forced(set->profiles[0], kind, &all, choice, diag);
	else
		choose_best(set, kind, &all, choice);
	if (!choice->table && failed == 0)
		warn_of_kind(set, kind, &all, file, diag);
	arena_release(&arena);
	if (failed == 0 && choice->table && choice->known == 0)
		diag_warn(diag, &place, "profile-unknown", "none of the headers is one of profile %.*s",
			  SLICE_ARG(choice->profile->name));
	return failed;
}

/* --- values --- */

enum { EPOCH_DIGITS = 9, EPOCH_DIGITS_MOST = 15, COMPACT_DIGITS = 14 };

/* 1709625600 as 2024-03-05T08:00:00Z: what is negative or has nine digits and more, but not the fourteen of 20240305080000. */
static struct slice read_epoch(int64_t ticks, struct slice cell, struct arena *arena)
{
	bool negative = cell.len && cell.ptr[0] == '-';
	size_t digits = cell.len - negative;
	char day[CIVIL_TEXT];
	int64_t moment, seconds;

	if (slice_equal(cell, SLICE("0")))
		return (struct slice){ "", 0 };
	if ((digits < EPOCH_DIGITS && !negative) || digits > EPOCH_DIGITS_MOST || (digits == COMPACT_DIGITS && !negative) ||
	    !slice_to_i64(cell, &moment))
		return cell;
	moment = moment / ticks - (moment % ticks < 0);
	seconds = (moment % 86400 + 86400) % 86400;
	moment = (moment - seconds) / 86400;
	if (moment < -100000 || moment > 1000000) /* years 1696 to 4707 */
		return cell;
	civil_print((int32_t)moment, day);
	return arena_format(arena, "%.*sT%02d:%02d:%02dZ", CIVIL_TEXT, day, (int)(seconds / 3600), (int)(seconds / 60 % 60),
			    (int)(seconds % 60));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where thousands must stand is for the reader of amounts to check. */
struct slice profile_swap_marks(struct slice number, struct arena *arena)
{
	char *text = arena_bytes(arena, number.len + 1);

	for (size_t i = 0; i < number.len; i++) {
		char c = number.ptr[i];

		if ((c == ',' || c == '.') && (i == 0 || i + 1 == number.len || !is_digit(number.ptr[i - 1]) || !is_digit(number.ptr[i + 1])))
			return number; /* a sentence */
		text[i] = c == ',' ? '.' : c == '.' ? ',' : c;
	}
	return (struct slice){ text, number.len };
}

/* Cleaning keeps a first letter, digit or sign of ASCII, so most cells need not be cleaned to see that they say something. */
static bool may_be(struct slice word, struct slice cell)
{
	return cell.len >= word.len && ((cell.ptr[0] & 0x80) || (word.len && cell.ptr[0] == word.ptr[0]));
}

static bool says_empty(const struct system_profile *profile, struct slice cell, struct arena *arena)
{
	for (size_t i = 0; i < profile->empty_count; i++)
		if (may_be(profile->empties[i], cell) && slice_equal(profile->empties[i], text_clean(cell, arena)))
			return true;
	return false;
}

struct slice profile_value(const struct system_profile *profile, enum measure measure, bool text, struct slice cell,
			   struct arena *arena)
{
	struct slice clean = slice_trim(cell);

	if (clean.len == 0)
		return cell;
	if (profile->apostrophe && clean.len > 1 && clean.ptr[0] == '\'' && strchr("+0123456789", clean.ptr[1]))
		return slice_skip(clean, 1);
	if (says_empty(profile, clean, arena))
		return (struct slice){ "", 0 };
	if (measure == MEASURE_DATE && profile->epoch)
		return read_epoch(profile->epoch, clean, arena);
	if (measure == MEASURE_AMOUNT && profile->decimal_comma && text)
		return profile_swap_marks(clean, arena);
	return cell;
}

struct slice profile_word_in(const struct system_profile *profile, enum role role, struct slice value, struct arena *arena)
{
	struct slice key = { NULL, 0 };

	for (size_t i = 0; i < profile->word_count; i++) {
		if (profile->words[i].role != role)
			continue;
		if (!key.ptr)
			key = text_key(value, false, arena);
		if (slice_equal(profile->words[i].theirs_key, key))
			return profile->words[i].ours;
	}
	return value;
}

struct slice profile_word_out(const struct system_profile *profile, enum role role, struct slice value, struct arena *arena)
{
	struct slice key = { NULL, 0 };

	for (size_t i = 0; i < profile->word_count; i++) {
		if (profile->words[i].role != role)
			continue;
		if (!key.ptr)
			key = text_key(value, false, arena);
		if (slice_equal(profile->words[i].ours_key, key))
			return profile->words[i].theirs;
	}
	return value;
}
