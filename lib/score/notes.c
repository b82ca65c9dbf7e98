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
	bool built_in;
};

struct notes {
	struct regex *any;          /* one of the built-in ones, in any note; NULL: that is not known */
	struct pattern *patterns;   /* refusals before hesitations, so that the first one that is found decides */
	size_t count, capacity;
	struct regex_scratch **scratches;   /* by worker */
	unsigned threads;
};

static int add(struct notes *notes, struct slice text, enum note_mood mood, bool built_in, struct diag *diag)
{
	char message[256];
	size_t offset = 0;
	struct regex *regex = regex_new(text, REGEX_NOCASE, message, &offset);

	if (!regex)
		return diag_fail(diag, STATUS_USAGE, NULL, "bad-pattern", "%s '%.*s': %s, at byte %zu",
				 mood == NOTE_REFUSAL ? "--refusal" : "--hesitation", SLICE_ARG(slice_first(text, 100)), message, offset + 1);
	notes->patterns = memory_grow(notes->patterns, &notes->capacity, notes->count + 1, sizeof *notes->patterns);
	notes->patterns[notes->count++] = (struct pattern){ regex, mood, built_in };
	return 0;
}

static int add_all(struct notes *notes, const cJSON *built_in, const char *const *own, size_t count, enum note_mood mood,
		   struct diag *diag)
{
	const cJSON *item;
	int failed = 0;

	cJSON_ArrayForEach(item, built_in)
		failed = failed || add(notes, json_text(item), mood, true, diag);
	for (size_t i = 0; i < count && !failed; i++)
		failed = add(notes, slice_of(own[i]), mood, false, diag);
	return failed ? -1 : 0;
}

/* Most notes say nothing of the kind, and one look for all patterns tells, which takes a third of the time of one for each. */
static struct regex *make_any(const cJSON *document)
{
	static const char *const members[] = { "refusal", "hesitation" };
	struct regex *any;
	struct buf text;
	char message[256];
	size_t offset;

	buf_init(&text, REGEX_LONGEST);
	for (int i = 0; i < 2; i++) {
		const cJSON *item;

		cJSON_ArrayForEach(item, json_member(document, members[i]))
			buf_format(&text, "%s(?:%.*s)", text.len ? "|" : "", SLICE_ARG(json_text(item)));
	}
	any = regex_new(buf_slice(&text), REGEX_NOCASE, message, &offset);
	buf_release(&text);
	return any;
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
	notes->any = document ? make_any(document) : NULL;
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
	regex_free(notes->any);
	for (unsigned i = 0; i < notes->threads; i++)
		regex_scratch_free(notes->scratches[i]);
	free(notes->patterns);
	free(notes->scratches);
	free(notes);
}

enum note_mood notes_judge(const struct notes *notes, unsigned worker, struct slice note)
{
	struct slice beginning = slice_first(note, NOTE_LONGEST);
	bool own_only;

	beginning.len = utf8_valid_length(beginning);
	if (beginning.len == 0)
		return NOTE_NEUTRAL;
	own_only = notes->any && regex_match(notes->any, notes->scratches[worker], beginning) == REGEX_NO;
	for (size_t i = 0; i < notes->count; i++)
		if (!(own_only && notes->patterns[i].built_in) &&
		    regex_match(notes->patterns[i].regex, notes->scratches[worker], beginning) == REGEX_YES)
			return notes->patterns[i].mood;
	return NOTE_NEUTRAL;
}
