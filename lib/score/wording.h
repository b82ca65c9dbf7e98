/*
 * The words that crm-churn writes for people: names of states, levels and reasons, and what to do about them, in English and
 * Chinese (wording.json); the user may replace any of them. A word's code, by which options speak of it, is its English name.
 */
#ifndef CRM_SCORE_WORDING_H
#define CRM_SCORE_WORDING_H

#include "base/arena.h"
#include "base/diag.h"
#include "score/lifecycle.h"
#include "score/signals.h"

enum { LEVELS = 3, LANGUAGES = 2 };
/* The number of a word: a state's own, then the levels, then the reasons. */
enum { WORD_LEVEL = LIFECYCLES, WORD_REASON = WORD_LEVEL + LEVELS, WORDS = WORD_REASON + REASONS, WORD_LONGEST = 120 };

/* Words that a text may have in it: keys (clean/text.h). */
struct word_list {
	struct slice *items;
	size_t count;
};
bool word_list_is_in(const struct word_list *words, struct slice text, struct arena *arena);

struct wording {
	struct slice codes[WORDS];
	struct slice names[WORDS][LANGUAGES];
	struct slice why[REASONS][LANGUAGES];     /* a reason in words, for people to read */
	struct slice actions[WORDS][LANGUAGES];   /* empty: nothing of its own is done about it */
	struct word_list complaints, unfollowed;  /* in an event's type; the second also in the state of a relation */
	struct word_list left;                    /* in the title of a contact */
};

void wording_load(struct wording *wording, struct arena *arena);
/*
 * "CODE=TEXT": the name (of a reason also its words), or the action, whatever the language; an action may be empty. `text` is kept.
 * STATUS_USAGE: no such word, a name that is taken, is over WORD_LONGEST bytes or holds ';'; an action of a level.
 */
int wording_set_name(struct wording *wording, const char *text, struct diag *diag) MUST_CHECK;
int wording_set_action(struct wording *wording, const char *text, struct diag *diag) MUST_CHECK;
/* The state of that name, or code; LIFECYCLES: none. */
enum lifecycle wording_find_state(const struct wording *wording, struct slice name);

/* The reasons named in a list joined by ';', in either language: bits of enum reason. Other items are passed over. */
unsigned wording_find_reasons(const struct wording *wording, struct slice list);

#endif
