/* Cleaning that any cell gets: width, white space, empties. Sources: Unicode NFKC; FACTS in HACKING.md. */
#ifndef CRM_CLEAN_TEXT_H
#define CRM_CLEAN_TEXT_H

#include "base/arena.h"

/*
 * Full-width ASCII (U+FF01–FF5E) to ASCII, U+3000 and other Unicode spaces to a space, runs of white space to one, none
 * at the ends; control and zero-width characters go. Gives back the slice itself where nothing changes (the usual case, fast).
 */
struct slice text_clean(struct slice s, struct arena *arena);
/* Whether the cell says that it is empty: nothing, white space, or alone null NULL N/A NA #N/A - -- — —— 无 暂无 未知 空 (any width). */
bool text_is_empty(struct slice s);
/*
 * A key for comparing: NFKC case-folded (ICU), accents dropped, traditional to simplified Chinese, everything that
 * is no letter or digit dropped or (words: true) made one space. For keys only, never for output.
 */
struct slice text_key(struct slice s, bool words, struct arena *arena);
/* Pinyin without tones of the Han characters in s, each syllable followed by a space; other letters as text_key has them. */
struct slice text_pinyin(struct slice s, struct arena *arena);
/* Whether s has a Han character. */
bool text_has_han(struct slice s);

#endif
