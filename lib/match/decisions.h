/* What people have decided about pairs: the file of --review, with its column `decision` filled in. */
#ifndef CRM_MATCH_DECISIONS_H
#define CRM_MATCH_DECISIONS_H

#include "match/cluster.h"
#include "match/customers.h"

struct decision {
	uint32_t a, b;                   /* today's records, a < b */
	uint32_t order;                  /* as they were read */
	bool same;
};

struct decisions {
	struct decision *all;            /* by a, b; each pair once */
	size_t count, capacity;
	size_t unknown;                  /* of which a record is not there today */
	struct link *same, *different;   /* the same as pairs for cluster_rows */
	size_t same_count, different_count;
};

/*
 * Reads files with source_a, source_row_a, source_id_a, the same of b, and decision: same, different (also 相同, 不同, 是, 否, yes, no …), or empty
 * for none. A record is known by its source id where it has one, else by its row. Of several decisions about a pair the last one counts.
 * yesterday: one that is not there itself is looked for in yesterday's links, and its customer stands for it; or NULL.
 */
struct yesterday {
	const struct master *master;
	const uint32_t *standing;   /* per old id: a record, or UINT32_MAX */
};
int decisions_read(struct decisions *decisions, const char *const *paths, size_t count, const struct intake_options *options,
		   const struct records *records, const struct yesterday *yesterday, struct diag *diag) MUST_CHECK;
bool decisions_have(const struct decisions *decisions, uint32_t a, uint32_t b);
void decisions_release(struct decisions *decisions);

#endif
