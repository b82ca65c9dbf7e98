/*
 * A profile is how one system writes its exports and wants its imports: the headers of its tables with their roles, its
 * habits with dates, numbers and empty cells, and its own words for states. It is a JSON file, comments allowed; those of
 * known systems (profiles/NAME.json) are built in, and a user writes his own by copying one.
 *
 *     {"name": "zoho", "title": "Zoho CRM",
 *      "read": {"date_order": "mdy", "epoch": "ms", "decimal": ",", "apostrophe": false, "empty": ["-None-"]},
 *      "write": {"date": "MM/dd/yyyy", "time": "MM/dd/yyyy HH:mm:ss", "empty": "", "list": ";", "bom": false, "above": "…"},
 *      "words": {"status": {"B": "cancelled"}},
 *      "tables": [{"table": "Accounts", "kind": "customers", "tells": ["Record Id"],
 *                  "headers": {"Record Id": "source_id", "Website": null}, "also": {"Account Id": "source_id"}}]}
 *
 * Headers are compared by text_key, so that Account_Name is Account Name. Of several headers of a role that is no list the one that
 * stands first in the profile has it; "also" may stand before "headers". A role of a header is one of its kind; "mobile", a
 * phone whose mobile numbers go there when written; "a date" or "an amount", a column without a role of which that much is
 * known; or null. A header that begins with a dot (.province) is the end of a longer one, and one with [] (follow_info[].userid) is in
 * a list of objects, which a JSON table has as one column of JSON text.
 */
#ifndef CRM_CLEAN_PROFILE_H
#define CRM_CLEAN_PROFILE_H

#include "base/map.h"
#include "clean/date.h"
#include "clean/roles.h"

struct profile_header {
	struct slice text;           /* as the system writes it: with the * of a required column */
	struct slice name;           /* without it */
	enum role role;              /* ROLE_NONE: the system's own, of no role */
	enum measure measure;
	bool mobile;                 /* of phones, mobile numbers */
	bool is_ending;              /* .province */
	bool written;                /* one of "headers"; those of "also" are only read */
	bool tells;                  /* few other systems have it */
};

struct profile_table {
	struct slice name;
	enum kind kind;
	struct profile_header *headers;  /* in the importer's order, then those that are only read */
	size_t count, tells;
	struct map keys;             /* private: of headers that are no ending; the number is that in `headers` of numbers[] */
	size_t *numbers;             /* private */
};

/* A word of the system's own for a state, and what everybody calls it. */
struct profile_word {
	enum role role;
	struct slice theirs, ours;
	struct slice theirs_key, ours_key;
};

struct system_profile {
	struct slice name, title;
	struct profile_table *tables;
	size_t table_count;
	enum date_order date_order;  /* of dates that could be either way */
	int64_t epoch;               /* ticks a second of dates that are numbers: 1, 1000; 0: by their length */
	bool decimal_comma;          /* 1.234,50 */
	bool apostrophe;             /* '+44…: one before a digit or plus only tells Excel that this is text */
	struct slice *empties;       /* text_clean; cells that say that they are empty, besides the usual ones */
	size_t empty_count;
	struct profile_word *words;
	size_t word_count;
	struct {
		struct slice date, time;  /* clean/pattern.h */
		struct slice empty;       /* in an empty cell */
		struct slice list;        /* between the items of a list */
		struct slice above;       /* a line above the header; empty: none */
		bool bom;
	} write;
	struct arena arena;          /* private: owns the above */
};

/* A profile out of JSON text. STATUS_USAGE with file, line and column of the mistake, and the nearest known key. */
int profile_parse(struct system_profile **profile, struct slice text, const char *file, struct diag *diag) MUST_CHECK;
void profile_free(struct system_profile *profile);
/* The JSON text of a built-in profile; ptr NULL with diag (STATUS_USAGE, nearest names) when there is none of that name. */
struct slice profile_text(struct slice name, struct diag *diag);
/* The same into a file (NULL: standard output). */
int profile_dump(const char *name, const char *path, struct diag *diag) MUST_CHECK;
/* The names of the built-in profiles by number; NULL past the last one. */
const char *profile_name(size_t number);

/* The profiles among which that of an input is chosen. */
struct profile_set;
/*
 * By names of built-in profiles, or files (the name wins); "auto", or none, are all of them, and "generic" is none: the
 * dictionary alone.
 */
int profile_set_open(struct profile_set **set, const char *const *wanted, size_t count, struct diag *diag) MUST_CHECK;
void profile_set_free(struct profile_set *set);
/* The profile of a set that has one only, else NULL. */
const struct system_profile *profile_set_only(const struct profile_set *set);

struct profile_choice {
	const struct system_profile *profile;     /* NULL: generic */
	const struct profile_table *table;
	size_t known;                      /* headers of the file that are the table's */
	size_t told;                       /* of the table's tell-tale headers, those that the file has */
};
/*
 * What wrote a file with these headers (clean). The score of a table is the share of its tell-tale headers that the file has: at
 * least two of them and half. The highest share wins; of equal ones that which knows more of the file's headers; where
 * two systems are still equal neither. A profile that the user named alone is taken in any case, with the table that knows most
 * headers, and STATUS_USAGE where it has none of the kind. A file that is clearly one of another kind is warned of.
 */
int profile_choose(const struct profile_set *set, enum kind kind, const struct slice *headers, size_t count,
		   const char *file, struct profile_choice *choice, struct diag *diag) MUST_CHECK;

/* What the table says of a header (clean), or NULL. `scratch` is for keys. Several threads at a time. */
const struct profile_header *profile_find(const struct profile_table *table, struct slice header, struct arena *scratch);

/*
 * A cell as everybody would write it: "" where the system says that it is empty, 2024-03-05T08:00:00Z for an epoch number, 1234.5 for
 * 1.234,5 (`text`: the cell is from a text file, where numbers are written so). As it stands where there is nothing to do.
 */
struct slice profile_value(const struct system_profile *profile, enum measure measure, bool text, struct slice cell,
			   struct arena *arena);
/* 1.234,5 as 1,234.5, and the other way round; as it stands where a mark is not between digits. */
struct slice profile_swap_marks(struct slice number, struct arena *arena);
/* What everybody calls the state that a standard value names, or the value. */
struct slice profile_word_in(const struct system_profile *profile, enum role role, struct slice value, struct arena *arena);
/* The way back: the system's first word for it, or the value. */
struct slice profile_word_out(const struct system_profile *profile, enum role role, struct slice value, struct arena *arena);

#endif
