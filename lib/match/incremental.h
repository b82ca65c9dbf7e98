/*
 * A run over yesterday's customers and today's new records. A record that carries a customer_id which crm-dedupe gave is old: a golden record, or a
 * record of --mark. Old ones are not compared with each other, so that the comparisons are in proportion to the new ones.
 */
#ifndef CRM_MATCH_INCREMENTAL_H
#define CRM_MATCH_INCREMENTAL_H

#include "match/cluster.h"
#include "match/customers.h"

struct incremental {
	bool *fresh;           /* per record: it is new */
	uint64_t *counts;      /* per record: records that it stands for; 0 for one that was there yesterday and comes again */
	uint32_t *standing;    /* per old id (master->ids): a record of it, or UINT32_MAX */
	struct link *same;     /* records of one old id, in chains */
	size_t same_count, fresh_count;
};

/*
 * Completes master->of (of a master that was read, or is empty) by the ids that old records carry. A new record with a source id that yesterday's links
 * know comes again, and belongs where it was. Fails (STATUS_USAGE) where no record is old.
 */
int incremental_init(struct incremental *incremental, struct master *master, const struct records *records, struct diag *diag) MUST_CHECK;
void incremental_release(struct incremental *incremental);

#endif
