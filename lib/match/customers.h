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
	/* With `keep`: the links themselves, as they came, and the index to find one by. */
	struct old_link {
		struct slice source, row, id;
		uint32_t customer;
	} *links;
	size_t link_count, link_capacity;
	struct map keys;       /* private: "source, id" or "source, row" */
	uint32_t *customer;    /* private, per key */
	struct arena arena;    /* private: owns the texts */
};

/* Reads links (source, source_row, source_id, customer_id) and finds today's records in them: by id where there is one, else by row. */
int master_read(struct master *master, const char *path, const struct intake_options *options, const struct records *records, bool keep,
		struct diag *diag) MUST_CHECK;
void master_release(struct master *master);
/* The number of the old id that a record of yesterday had, or MAP_NONE; of a master that was read with `keep`. */
uint32_t master_find(const struct master *master, struct slice source, struct slice row, struct slice id);

/* What became of an old id: so many of its records are with a customer of today. */
enum change_kind {
	CHANGE_KEPT,     /* the customer has this id; only listed where other records of it are elsewhere */
	CHANGE_MERGED,   /* most of its records are with a customer that has another id: the old one is retired */
	CHANGE_SPLIT,    /* some of its records are with another customer than most of them */
	CHANGE_GONE,     /* none of its records is there any more */
};
struct change {
	uint32_t old;       /* number in master->ids */
	uint32_t customer;  /* CHANGE_GONE: none */
	uint32_t records;
	enum change_kind kind;
};

/* What became of yesterday's ids. */
struct renaming {
	size_t kept, retired, split, gone;  /* ids */
	struct change *changes;             /* by old id, that with most records first */
	size_t count;
};
/*
 * Gives each customer its id. master may be NULL. An old id goes where most of its records are, and of several that go to one customer the
 * oldest stays: that of the record created first, where created_at says so, else that which comes first in yesterday's links.
 */
int customers_name(struct customers *customers, const struct records *records, const struct master *master, unsigned threads,
		   struct renaming *renaming, struct diag *diag) MUST_CHECK;
/* The part of it that is about old ids: customers whose id is not settled here keep an empty one. */
void renaming_keep_ids(struct renaming *renaming, struct customers *customers, const struct records *records, const struct master *master);
void renaming_release(struct renaming *renaming);
/* The changes as a file: old_id, customer_id, change, records. */
int renaming_write(const struct renaming *renaming, const struct customers *customers, const struct master *master, const char *path,
		   struct diag *diag) MUST_CHECK;

static inline size_t customers_size(const struct customers *customers, size_t c)
{
	return customers->begin[c + 1] - customers->begin[c];
}

#endif
