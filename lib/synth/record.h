/*
 * A record is what one source says of a customer: the truth, in that source's script and manner, with errors at the
 * world's rates. It follows from the seed, the customer and the record's number among his records.
 */
#ifndef CRM_SYNTH_RECORD_H
#define CRM_SYNTH_RECORD_H

#include "synth/name.h"

enum source_kind {
	SOURCE_SALESFORCE,  /* salesforce.csv: UTF-8 with BOM, API headers, Latin or Chinese */
	SOURCE_ERP,         /* erp-gbk.csv: GB18030, Chinese headers below a title, total row */
	SOURCE_SALES,       /* sales.xlsx */
	SOURCE_SHOP,        /* shop.jsonl */
	SOURCE_KINDS
};

/* Where a record stands. */
struct place_in_file {
	uint32_t entity;
	uint32_t number;    /* in its file, from 0: makes the id, and the row */
	int32_t created;    /* days */
	uint8_t source;     /* enum source_kind */
	uint8_t nth;        /* of the customer's records, from 0 */
};

enum field {
	FIELD_ID,
	FIELD_GIVEN,
	FIELD_FAMILY,
	FIELD_NAME,
	FIELD_COMPANY,
	FIELD_PHONE,
	FIELD_EMAIL,
	FIELD_ADDRESS,
	FIELD_PROVINCE,
	FIELD_CITY,
	FIELD_POSTCODE,
	FIELD_COUNTRY,
	FIELD_INDUSTRY,
	FIELD_LEVEL,
	FIELD_STAGE,
	FIELD_OWNER,
	FIELD_USCC,
	FIELD_ID_NUMBER,
	FIELD_AMOUNT,
	FIELD_CREATED,
	FIELD_UPDATED,
	FIELD_NOTE,
	FIELD_COUNT
};

struct card {
	struct slice cell[FIELD_COUNT];  /* into text, or into the word lists */
	int32_t created, updated;        /* days; FIELD_CREATED and FIELD_UPDATED are these, printed */
	uint32_t seconds;                /* of the day, of both */
	char text[8192];                 /* private */
};

/* counts: of errors made, by kind; the caller's, one set per thread. */
void record_draw(const struct world *world, const struct entity *entity, const struct place_in_file *where,
		 uint64_t *counts, struct card *card);
/* The id of a record: distinct over all sources. */
struct slice record_id(const struct place_in_file *where, struct pen *pen);
/* Name of the salesman, of 40. */
struct slice record_owner(const struct world *world, unsigned owner, bool latin, struct pen *pen);

#endif
