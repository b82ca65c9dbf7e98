/*
 * Yesterday's output (--previous): which tags each customer had, and since when. It is held in memory, some 200 bytes a customer, and more than
 * allowed is an error. All of it is by customer_id, or by source_id where there is none.
 */
#ifndef CRM_RULE_YESTERDAY_H
#define CRM_RULE_YESTERDAY_H

#include "clean/intake.h"
#include "rule/rules.h"

/* Of one customer; absent columns are empty. */
struct past {
	struct slice tags, since;        /* lists, joined with ';', item by item */
	struct slice *groups;            /* by group: its tag */
	struct slice *group_since;       /* by group: YYYY-MM-DD */
};

struct yesterday {
	struct map customers;
	struct past *past;               /* by number in the map */
	size_t capacity;
	uint64_t bytes;                  /* about what it takes */
	struct arena arena;
};

/*
 * A repeated id is an error: whose yesterday would it be? A file that is not there, in a folder that is, gives a warning: it is the first
 * night, and nobody had a tag.
 */
int yesterday_load(struct yesterday *yesterday, const char *path, const struct intake_options *options, const struct rules *rules,
		   uint64_t memory, struct diag *diag) MUST_CHECK;
void yesterday_release(struct yesterday *yesterday);
/* NULL: a customer who was not there. Safe from several threads. */
const struct past *yesterday_find(const struct yesterday *yesterday, struct slice id);
/* The column that tells customers apart, or intake->columns. */
size_t yesterday_key(const struct intake *intake);

/* Whether the customer had the tag; past may be NULL. */
bool past_has(const struct past *past, struct slice tag);
/* Since when, as YYYY-MM-DD: `today` for a tag that is new, empty where yesterday did not know. */
struct slice past_since(const struct past *past, struct slice tag, struct slice today);
/* Three lists: a date for each of `tags`; those of them that are new; those that are gone. The buffers are added to. */
void past_compare(const struct past *past, struct slice tags, struct slice today, struct buf *since, struct buf *added,
		  struct buf *removed);

#endif
