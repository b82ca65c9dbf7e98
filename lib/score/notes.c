#include "score/notes.h"

#include <stdlib.h>

#include "base/embed.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "clean/regex.h"
#include "io/json.h"

EMBED(built_in_notes, "lib/score/notes.json")

struct pattern {
	struct regex *regex;
	enum note_mood mood;
};

struct notes {
	struct pattern *patterns;   /* refusals before hesitations, so that the first one that is found decides */
	size_t count, capacity;
	struct regex_scratch **scratches;   /* by worker */
	unsigned threads;
};

static int add(struct notes *notes, struct slice text, enum note_mood mood, struct diag *diag)
{
	char message[256];
	size_t offset = 0;
	struct regex *regex = regex_new(text, REGEX_NOCASE, message, &offset);

	if (!regex)
		return diag_fail(diag, STATUS_USAGE, NULL, "bad-pattern", "%s '%.*s': %s, at byte %zu",
				 mood == NOTE_REFUSAL ? "--refusal" : "--hesitation", SLICE_ARG(slice_first(text, 100)), message, offset + 1);
	notes->patterns = memory_grow(notes->patterns, &notes->capacity, notes->count + 1, sizeof *notes->patterns);
	notes->patterns[notes->count++] = (struct pattern){ regex, mood };
	return 0;
}

static int add_all(struct notes *notes, const cJSON *built_in, const char *const *own, size_t count, enum note_mood mood,
		   struct diag *diag)
{
	const cJSON *item;
	int failed = 0;

	cJSON_ArrayForEach(item, built_in)
		failed = failed || add(notes, json_text(item), mood, diag);
	for (size_t i = 0; i < count && !failed; i++)
		failed = add(notes, slice_of(own[i]), mood, diag);
	return failed ? -1 : 0;
}

struct notes *notes_new(const char *const *hesitations, size_t hesitation_count, const char *const *refusals, size_t refusal_count,
			unsigned threads, struct diag *diag)
{
	cJSON *document = json_parse(built_in_notes(), JSON_STRICT, "notes.json", diag);
	struct notes *notes = memory_get(1, sizeof *notes);
	int failed;

	*notes = (struct notes){ .threads = threads, .scratches = memory_zero(threads, sizeof *notes->scratches) };
	failed = !document ||
		 add_all(notes, json_member(document, "refusal"), refusals, refusal_count, NOTE_REFUSAL, diag) ||
		 add_all(notes, json_member(document, "hesitation"), hesitations, hesitation_count, NOTE_HESITATION, diag);
	json_free(document);
	for (unsigned i = 0; i < threads; i++)
		notes->scratches[i] = regex_scratch_new();
	if (!failed)
		return notes;
	notes_free(notes);
	return NULL;
}

void notes_free(struct notes *notes)
{
	if (!notes)
		return;
	for (size_t i = 0; i < notes->count; i++)
		regex_free(notes->patterns[i].regex);
	for (unsigned i = 0; i < notes->threads; i++)
		regex_scratch_free(notes->scratches[i]);
	free(notes->patterns);
	free(notes->scratches);
	free(notes);
}

enum note_mood notes_judge(const struct notes *notes, unsigned worker, struct slice note)
{
	struct slice beginning = slice_first(note, NOTE_LONGEST);

	beginning.len = utf8_valid_length(beginning);
	for (size_t i = 0; i < notes->count && beginning.len; i++)
		if (regex_match(notes->patterns[i].regex, notes->scratches[worker], beginning) == REGEX_YES)
			return notes->patterns[i].mood;
	return NOTE_NEUTRAL;
}
