/*
 * What a note says about leaving: patterns (clean/regex.h), case aside, built in for English and Chinese (notes.json), and the user's own.
 * A note counts once: as a refusal, else as a hesitation (再考虑一下, too expensive), else not.
 */
#ifndef CRM_SCORE_NOTES_H
#define CRM_SCORE_NOTES_H

#include "base/diag.h"

struct notes;
enum note_mood { NOTE_NEUTRAL, NOTE_HESITATION, NOTE_REFUSAL };

/* `hesitations` and `refusals`: further patterns. `threads`: that many may ask at a time. NULL: a pattern is wrong (STATUS_USAGE). */
struct notes *notes_new(const char *const *hesitations, size_t hesitation_count, const char *const *refusals, size_t refusal_count,
			unsigned threads, struct diag *diag);
void notes_free(struct notes *notes);
/* Of a note longer than NOTE_LONGEST its beginning counts. A pattern that takes too long on a note is not in it. */
enum { NOTE_LONGEST = 16 * 1024 };
enum note_mood notes_judge(const struct notes *notes, unsigned worker, struct slice note);

#endif
