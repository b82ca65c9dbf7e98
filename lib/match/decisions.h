/* What people have decided about pairs: the file of --review, with its column `decision` filled in. */
#ifndef CRM_MATCH_DECISIONS_H
#define CRM_MATCH_DECISIONS_H

#include "match/cluster.h"
#include "match/records.h"

struct decisions {
	struct link *same, *different;   /* by today's records */
	size_t same_count, different_count;
	size_t unknown;                  /* of which a record is not there today */
	size_t capacity[2];              /* private */
};

/*
 * Reads source_a, source_row_a, source_id_a, the same of b, and decision: same, different (also 是, 否, 同, 不同, yes, no), or empty for none.
 * A record is known by its source id where it has one, else by its row.
 */
int decisions_read(struct decisions *decisions, const char *path, const struct intake_options *options, const struct records *records,
		   struct diag *diag) MUST_CHECK;
void decisions_release(struct decisions *decisions);

#endif
