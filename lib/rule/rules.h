/*
 * A rules file: JSON with comments, or a decision table (rules_table.h).
 *
 *     { "name": …, "version": …, "include": ["common.json"],
 *       "optional": ["budget"],                                                         columns that an input may lack: unknown then
 *       "conditions": [{"condition": "活跃", "when": "recency_days <= 30"}],             a name for use in the expressions after it
 *       "tags":   [{"tag": "A级", "when": "amount_12m > 10万 and 活跃"}],                 each that holds, in order, in `tags`
 *       "action_column": "actions",                                                     the actions of those
 *       "groups": [{"column": "level", "tags": [{"tag": "A", "when": …}, {"tag": "C"}]}],  exactly one: the first that holds
 *       "scores": [{"column": "lead_score", "start": 0, "least": 0, "most": 100,
 *                   "points": [{"points": 10, "when": "industry = '制造业'", "part": "fit"}],
 *                   "parts":  [{"part": "fit", "most": 40}],
 *                   "grade_column": "lead_grade", "grades": [{"grade": "A", "from": 80}, {"grade": "C"}]}] }
 *
 * A tag may have action (a text for the action_column of its group, or of `tags`), leave_when (who had it, by --previous, keeps it until this
 * holds), owner, purpose, valid_from and valid_until (dates; outside of them it never holds); a tag of a group also priority (the highest goes
 * first). Where there are actions and no action_column, it is `actions`, of a group COLUMN_action. The last tag of a group has no `when`: it takes who is
 * left. Points may be an expression; points that are unknown count nothing. An unknown key is an error.
 */
#ifndef CRM_RULE_RULES_H
#define CRM_RULE_RULES_H

#include "rule/program.h"
#include "rule/report.h"
#include "rule/types.h"

/* Where a part of the rules stands; the first member of each. */
struct origin {
	const struct rules_file *file;
	const cJSON *node;
	uint64_t line;    /* of a table; 0: of JSON */
	bool faulty;      /* it could not be read whole, which has been told */
};

/* Which cell of a table a part of an expression comes from. */
struct cell_part {
	size_t from, operand;    /* bytes of the text: where it begins, and where what is not the column's name does */
	size_t column;           /* of the table, from 0 */
	struct cell_part *next;
};

/* An expression of the file; text.ptr NULL: there is none. */
struct expression {
	struct slice text;
	struct origin origin;
	struct cell_part *parts;         /* of a table, from the last to the first; else NULL */
	struct node *root;               /* NULL: there is none, or it has a fault */
	uint32_t entry;                  /* in the program, after rules_compile */
};

struct condition_rule {
	struct origin origin;
	struct slice name;
	struct expression when;
};

struct tag_rule {
	struct origin origin;
	struct slice tag, owner, purpose, action;
	struct expression when;          /* none: holds always (the last of a group) */
	struct expression leave_when;    /* who had it yesterday keeps it until this holds; none: until `when` does not */
	int32_t valid_from, valid_until; /* CIVIL_NONE: no bound; both days belong to it */
	double priority;
	bool active;                     /* as-of is in its time; set by rules_compile */
};

struct tag_rules {
	struct tag_rule *items;
	size_t count, capacity;
};

struct group {
	struct origin origin;
	struct slice column, action_column;  /* action_column: ptr NULL: no tag has an action */
	struct tag_rules tags;               /* by priority, then as in the file */
};

struct points_rule {
	struct origin origin;
	struct expression points, when;  /* when: none: always */
	struct slice part;
	size_t part_index;               /* in parts, or their count */
};

struct part {
	struct origin origin;
	struct slice name;
	double most;
};

struct grade {
	struct origin origin;
	struct slice name;
	double from;                     /* -INFINITY: the last one */
};

struct score {
	struct origin origin;
	struct slice column, grade_column;
	double start, least, most;
	struct { struct points_rule *items; size_t count, capacity; } points;
	struct { struct part *items; size_t count, capacity; } parts;
	struct { struct grade *items; size_t count, capacity; } grades;  /* from high to low */
};

struct rules {
	struct slice name, version;
	bool statistical;                /* private: an expression has a statistic in it */
	bool keep_tags;                  /* tags of the input that no rule gives stay in `tags` */
	struct optional_columns { struct slice *items; size_t count, capacity; } optional;  /* columns that an input may lack */
	struct { struct condition_rule *items; size_t count, capacity; } conditions;
	struct tag_rules tags;
	struct slice action_column;      /* of `tags`; ptr NULL: none of them has an action */
	struct { struct group *items; size_t count, capacity; } groups;
	struct { struct score *items; size_t count, capacity; } scores;
	struct rules_file *files;
	size_t file_count;
	uint64_t checksum;               /* FNV-1a of the files, in the order they were read */
	struct arena arena;              /* private: owns the above and the trees */
};

/*
 * Reads the file and those it includes, and parses every expression. -1 with all faults in diag (STATUS_USAGE); what is sound can be compiled
 * then, for further faults, and is to be released.
 */
int rules_load(struct rules *rules, const char *path, struct diag *diag) MUST_CHECK;
void rules_release(struct rules *rules);
/* Whether an expression has a statistic in it, so that the input must be read twice. */
bool rules_need_statistics(const struct rules *rules);
/* Settles every expression against the columns of an input and adds it to the program. Once. -1 with all faults in diag. */
int rules_compile(struct rules *rules, const struct scope *scope, int32_t as_of, struct program *program, struct diag *diag)
	MUST_CHECK;

/*
 * For the readers of rules: the faults of an expression, told with their places; text that counts for the checksum; and one more item, cleared, in
 * any of the lists above (they all have the form items, count, capacity).
 */
int rules_fault(const struct expression *expression, const struct fault *fault, struct diag *diag);
void rules_add_checksum(struct rules *rules, struct slice bytes);
void *rules_list_add(struct arena *arena, void *list, size_t size);

#endif
