/*
 * Records grouped into customers, and the ids of these. An id is made of the key of one record, source and source id (or source row), that whose
 * hash is the least: so it does not depend on the order of rows, and stays while that record stays with the customer. Yesterday's links keep ids
 * whatever comes and goes.
 */
#ifndef CRM_MATCH_CUSTOMERS_H
#define CRM_MATCH_CUSTOMERS_H

#include "match/records.h"

struct customers {
	size_t count;
	uint32_t *begin;       /* per customer, count + 1: where its members are */
	uint32_t *members;     /* records, customer by customer, ascending; customers by their first record */
	uint32_t *of;          /* per record: its customer */
	struct slice *ids;     /* per customer */
	struct map names;      /* private: owns the ids */
	uint64_t *keys;        /* private, per record: hash of its key */
};

/* cluster: per record, the smallest record of its cluster. */
void customers_init(struct customers *customers, const struct records *records, const uint32_t *cluster);
void customers_release(struct customers *customers);

/* Yesterday's links: which customer a record belonged to. */
struct master {
	struct map ids;        /* of customers */
	uint32_t *of;          /* per record of today: number of its old id, or MAP_NONE */
	size_t known;          /* records that were there yesterday */
};

/* Reads links (source, source_row, source_id, customer_id) and finds today's records in them: by id where there is one, else by row. */
int master_read(struct master *master, const char *path, const struct intake_options *options, const struct records *records,
		struct diag *diag) MUST_CHECK;
void master_release(struct master *master);

/* What became of yesterday's ids. */
struct renaming {
	size_t kept, retired, split;
};
/* Gives each customer its id. master may be NULL. Of several old ids the one with most records stays, of equals the smaller. */
void customers_name(struct customers *customers, const struct records *records, const struct master *master, struct renaming *renaming);

static inline size_t customers_size(const struct customers *customers, size_t c)
{
	return customers->begin[c + 1] - customers->begin[c];
}

#endif
