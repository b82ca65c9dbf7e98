/*
 * One record per customer out of several (survivorship). The main record is the one touched last (updated_at), then the most complete, then
 * the first; it gives source, source row and source id together. Every other column has a rule of its own, that of --survive or else:
 * created_at the earliest, tags all of them; where updated_at is known that of the record touched last that has one, else the
 * most frequent. By default (not by --survive) a name or company chosen so gives way to a fuller form of it: 黄志强 for 黄总.
 */
#ifndef CRM_MATCH_GOLDEN_H
#define CRM_MATCH_GOLDEN_H

#include "match/customers.h"

/* Of equals always the main record's, then the first. */
enum survive {
	SURVIVE_RECENT,    /* of the record touched last (updated_at, where there is no such column created_at) */
	SURVIVE_COMPLETE,  /* of the record with most cells filled */
	SURVIVE_FREQUENT,  /* the one that most records have, of equals the longest */
	SURVIVE_SOURCE,    /* of the source that is named first, of equals the record touched last */
	SURVIVE_LONGEST,   /* most characters */
	SURVIVE_UNION,     /* all different ones, joined with ';', as the records come */
	SURVIVE_MIN,       /* amounts, dates or texts, by what all the values are */
	SURVIVE_MAX,
	SURVIVE_MAIN,      /* the main record's, even if it is empty: source, source_row, source_id; not for --survive */
};
const char *survive_name(enum survive rule);

struct golden {
	const struct records *records;
	size_t updated_at, time;         /* columns, or records->columns; time: updated_at, else created_at */
	struct column_rule {
		enum survive survive;
		bool fullest;            /* a fuller form of it wins */
	} *rules;                        /* per column */
	bool ranked;                     /* the main record is one of the best source */
	uint32_t *ranks;                 /* per source: 0 the best */
};

struct golden_options {
	const char *const *survive;      /* COLUMN=RULE, or RULE for all columns that have no other */
	size_t survive_count;
	const char *const *source_rank;  /* names of sources, the best first; columns without a rule of their own then go by source */
	size_t source_rank_count;
};

/* Columns are named by header or role. Fails (STATUS_USAGE) on an unknown column or rule, and where there is no time for `recent`. */
int golden_init(struct golden *golden, const struct records *records, const struct golden_options *options, struct diag *diag) MUST_CHECK;
void golden_release(struct golden *golden);

/* The members of one customer, and which of them is the main one. */
struct group {
	const struct golden *golden;
	const uint32_t *members;
	size_t count;
	size_t main;               /* position, from golden_main; to be set by the caller */
	struct slice *cells;       /* private: count × columns, empty ones with length 0; NULL: too many to be kept */
};
void group_open(struct group *group, const struct golden *golden, const uint32_t *members, size_t count, struct arena *arena);
/* Position of the main record. */
size_t golden_main(const struct group *group);

/* Where the value of a column comes from. */
struct survivor {
	size_t member;             /* position among the members */
	struct slice made;         /* of a union: its text; else ptr NULL: the member's cell as it stands */
	struct part {
		size_t member;
		struct slice value;
	} *parts;                  /* of a union: what comes from which member */
	size_t part_count;
	bool fuller;               /* it is the fuller form of what the rule gave */
};
/* Texts in the arena or the records. */
struct survivor golden_choose(const struct group *group, size_t column, struct arena *arena);

#endif
