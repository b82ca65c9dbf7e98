/*
 * How alike two values of a field are: eight levels, whatever the kind of field. What a level is worth is for the model to find.
 */
#ifndef CRM_MATCH_LEVEL_H
#define CRM_MATCH_LEVEL_H

enum level {
	LEVEL_MISSING,    /* of one or both nothing is known, or they can not be compared: no evidence */
	LEVEL_DIFFERENT,
	LEVEL_WEAK,       /* text: some likeness; date: the year; person: the family name only */
	LEVEL_SWAPPED,    /* text: the values of two fields stand crosswise; number: near in value; person: one Chinese character differs */
	LEVEL_RELATED,    /* text: nickname, initial, one contains the other; date: two of year, month, day; e-mail: one half */
	LEVEL_SIMILAR,    /* text: most of the letters or words; code: two edits; names: the same in pinyin */
	LEVEL_NEAR,       /* one edit, day and month swapped */
	LEVEL_EXACT,
	LEVELS
};

/* "exact", "near" … */
const char *level_name(enum level level);

#endif
