/*
 * The words that crm-churn writes for people: names of states, levels and reasons, and what to do about them, in English and
 * Chinese (wording.json); the user may replace any of them. A word's code, by which options speak of it, is its English name.
 */
#ifndef CRM_SCORE_WORDING_H
#define CRM_SCORE_WORDING_H

#include "base/arena.h"
#include "base/diag.h"
#include "score/lifecycle.h"
#include "score/warning.h"

enum { LEVELS = 3, LANGUAGES = 2 };
/* The number of a word: a state's own, then the levels, then the reasons. */
enum { WORD_LEVEL = LIFECYCLES, WORD_REASON = WORD_LEVEL + LEVELS, WORDS = WORD_REASON + REASONS, WORD_LONGEST = 120 };

struct wording {
	struct slice codes[WORDS];
	struct slice names[WORDS][LANGUAGES];
	struct slice actions[WORDS][LANGUAGES];   /* empty: nothing of its own is done about it */
	struct slice *complaints;                 /* keys (clean/text.h) of words in an event's type */
	size_t complaint_count;
};

void wording_load(struct wording *wording, struct arena *arena);
/*
 * "CODE=TEXT": the name, or the action, of a word, whatever the language; an action may be empty. `text` is kept.
 * STATUS_USAGE: no such word, a name that is taken, is over WORD_LONGEST bytes or holds ';'; an action of a level.
 */
int wording_set_name(struct wording *wording, const char *text, struct diag *diag) MUST_CHECK;
int wording_set_action(struct wording *wording, const char *text, struct diag *diag) MUST_CHECK;
/* The state of that name, or code; LIFECYCLES: none. */
enum lifecycle wording_find_state(const struct wording *wording, struct slice name);

#endif
