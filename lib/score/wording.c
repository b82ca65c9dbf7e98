#include "score/wording.h"

#include "base/embed.h"
#include "base/nearest.h"
#include "clean/text.h"
#include "io/json.h"

EMBED(built_in_words, "lib/score/wording.json")

static void load_pair(struct slice to[LANGUAGES], const cJSON *node, struct arena *arena)
{
	to[0] = arena_copy(arena, json_text(json_member(node, "en")));
	to[1] = arena_copy(arena, json_text(json_member(node, "zh")));
}

/* The words from number `first` on, and their actions. */
static void load_words(struct wording *wording, size_t first, size_t count, const cJSON *list, const cJSON *actions,
		       struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		size_t word = first + i;

		load_pair(wording->names[word], cJSON_GetArrayItem(list, (int)i), arena);
		wording->codes[word] = wording->names[word][0];
		load_pair(wording->actions[word], json_member(actions, arena_cstr(arena, wording->codes[word])), arena);
	}
}

/* In Chinese the names are words; so is the English name of a reason that has no others. */
static void load_why(struct wording *wording, const cJSON *why, struct arena *arena)
{
	for (size_t i = 0; i < REASONS; i++) {
		struct slice *names = wording->names[WORD_REASON + i];
		struct slice words = json_text(json_member(why, arena_cstr(arena, names[0])));

		wording->why[i][0] = words.len ? arena_copy(arena, words) : names[0];
		wording->why[i][1] = names[1];
	}
}

static void load_list(struct word_list *words, const cJSON *list, struct arena *arena)
{
	const cJSON *item;

	*words = (struct word_list){ .items = arena_get(arena, (size_t)cJSON_GetArraySize(list), sizeof *words->items) };
	cJSON_ArrayForEach(item, list)
		words->items[words->count++] = arena_copy(arena, text_key(json_text(item), false, arena));
}

bool word_list_is_in(const struct word_list *words, struct slice text, struct arena *arena)
{
	struct slice key = text_key(text, false, arena);

	for (size_t i = 0; i < words->count; i++)
		if (slice_find(key, words->items[i]) < key.len)
			return true;
	return false;
}

void wording_load(struct wording *wording, struct arena *arena)
{
	struct diag diag;
	cJSON *document;
	const cJSON *actions;

	diag_init(&diag);
	document = json_parse(built_in_words(), JSON_STRICT, "wording.json", &diag);
	actions = json_member(document, "action");
	load_words(wording, 0, LIFECYCLES, json_member(document, "lifecycle"), actions, arena);
	load_words(wording, WORD_LEVEL, LEVELS, json_member(document, "level"), actions, arena);
	load_words(wording, WORD_REASON, REASONS, json_member(document, "reason"), actions, arena);
	load_why(wording, json_member(document, "why"), arena);
	load_list(&wording->complaints, json_member(document, "complaint_words"), arena);
	load_list(&wording->unfollowed, json_member(document, "unfollowed_words"), arena);
	load_list(&wording->left, json_member(document, "left_words"), arena);
	json_free(document);
	diag_release(&diag);
}

/* The word of "CODE=TEXT", or -1 with a message. */
static int find_word(const struct wording *wording, const char *option, const char *text, struct slice *rest, struct diag *diag)
{
	struct slice code = slice_cut(rest, '=');
	size_t word = 0, nearest;

	while (word < WORDS && !slice_equal(wording->codes[word], code))
		word++;
	if (word < WORDS && memchr(text, '=', strlen(text)))
		return (int)word;
	nearest = nearest_index(wording->codes, WORDS, code);
	if (word == WORDS && nearest < WORDS)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "%s %s: there is no %.*s; did you mean %.*s?", option, text,
				 SLICE_ARG(code), SLICE_ARG(wording->codes[nearest]));
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "%s %s: write CODE=TEXT, where CODE is a state, a level or a reason in English",
			 option, text);
}

static bool is_taken(const struct wording *wording, size_t word, struct slice name)
{
	for (size_t i = 0; i < WORDS; i++)
		for (size_t language = 0; i != word && language < LANGUAGES; language++)
			if (slice_equal(wording->names[i][language], name) || slice_equal(wording->codes[i], name))
				return true;
	return false;
}

int wording_set_name(struct wording *wording, const char *text, struct diag *diag)
{
	struct slice name = slice_of(text);
	int word = find_word(wording, "--label", text, &name, diag);

	if (word < 0)
		return -1;
	if (name.len == 0 || name.len > WORD_LONGEST || slice_find_byte(name, ';') < name.len)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--label %s: a name has 1 to %d bytes and no ;", text, WORD_LONGEST);
	if (is_taken(wording, (size_t)word, name))
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--label %s: another state, level or reason has this name", text);
	for (size_t language = 0; language < LANGUAGES; language++)
		wording->names[word][language] = name;
	for (size_t language = 0; language < LANGUAGES && word >= WORD_REASON; language++)
		wording->why[word - WORD_REASON][language] = name;
	return 0;
}

int wording_set_action(struct wording *wording, const char *text, struct diag *diag)
{
	struct slice action = slice_of(text);
	int word = find_word(wording, "--action", text, &action, diag);

	if (word < 0)
		return -1;
	if (word >= WORD_LEVEL && word < WORD_REASON)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--action %s: actions are those of states and reasons, not of levels", text);
	for (size_t language = 0; language < LANGUAGES; language++)
		wording->actions[word][language] = action;
	return 0;
}

enum lifecycle wording_find_state(const struct wording *wording, struct slice name)
{
	for (int state = 0; state < LIFECYCLES; state++) {
		if (slice_equal(wording->codes[state], name))
			return (enum lifecycle)state;
		for (size_t language = 0; language < LANGUAGES; language++)
			if (slice_equal(wording->names[state][language], name))
				return (enum lifecycle)state;
	}
	return LIFECYCLES;
}

unsigned wording_find_reasons(const struct wording *wording, struct slice list)
{
	unsigned reasons = 0;

	while (list.len) {
		struct slice name = slice_cut(&list, ';');

		for (size_t i = 0; i < REASONS; i++)
			for (size_t language = 0; language < LANGUAGES; language++)
				if (slice_equal(wording->names[WORD_REASON + i][language], name) || slice_equal(wording->codes[WORD_REASON + i], name))
					reasons |= 1u << i;
	}
	return reasons;
}
