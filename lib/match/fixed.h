/*
 * Fixed rules that say which records are one customer, instead of the model or before it. A file has one rule a line:
 *
 *     email
 *     phone and name ~ 0.9          # a remark
 *     company >= near and (city or postcode)
 *
 * A column, by header, by role or by any header that means the role, alone: both records have the same value, however it is written; of lists (phones) one in common.
 * COLUMN ~ P: the Jaro–Winkler similarity of both values is P or more. COLUMN >= LEVEL: the comparison of --pairs gives that level
 * (weak, crosswise, related, similar, near, exact) or a better one. and (且) binds closer than or (或). A name with spaces or signs stands in
 * `backticks`. An empty cell agrees with nothing.
 *
 * Every way to fulfil a rule needs one exact comparison, by which its pairs are found: else all records would be compared with all.
 */
#ifndef CRM_MATCH_FIXED_H
#define CRM_MATCH_FIXED_H

#include "match/cluster.h"
#include "match/compare.h"
#include "base/diag.h"

enum { RULE_TESTS = 8, RULE_WAYS = 256 };

struct fixed_test {
	unsigned field;            /* of rules->columns */
	enum { TEST_EXACT, TEST_LIKE, TEST_LEVEL } kind;
	double least;              /* TEST_LIKE */
	enum level level;          /* TEST_LEVEL */
};

/* One way to be the same: all tests hold. */
struct fixed_way {
	struct fixed_test tests[RULE_TESTS];
	unsigned count;
	uint64_t line;             /* of the file */
	size_t from, to;           /* bytes of the line */
};

struct fixed_rules {
	struct fixed_way *ways;     /* in the order of the file */
	size_t count;
	size_t columns[FIELD_MOST];
	unsigned column_count;
};

/* Fails (STATUS_USAGE) on what is no rule: file:line:column, and the line with carets under the place. */
int fixed_read(struct fixed_rules *rules, const char *path, const struct match_input *input, struct diag *diag) MUST_CHECK;
void fixed_release(struct fixed_rules *rules);

/* Pairs that rules make one customer. */
struct fixed_links {
	struct link *all;          /* enough of them that whoever is to be together is joined by a chain; bits: number of the way */
	size_t count;
	size_t hot_blocks;         /* blocks too large to compare whole: only near neighbours in them were compared */
};

/* The rules' columns ready for comparing, in the order of rules->columns, profiles per column of the input. */
int fixed_build_fields(const struct fixed_rules *rules, const struct match_input *input, const struct profile *profiles, struct fields *fields,
		       unsigned threads, struct diag *diag) MUST_CHECK;
/* sources: per row, or NULL: pairs of two sources only. */
void fixed_find_links(const struct fixed_rules *rules, const struct fields *fields, size_t rows, const uint32_t *sources, struct fixed_links *links);
/* The line of the first rule that the rows fulfil, or 0. */
uint64_t fixed_line(const struct fixed_rules *rules, const struct fields *fields, size_t a, size_t b);
/* Whether the rows fulfil the way. */
bool fixed_way_holds(const struct fixed_way *way, const struct fields *fields, size_t a, size_t b);

#endif
