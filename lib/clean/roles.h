/*
 * A role is what a column means. Headers are mapped to roles by dictionaries (headers.json beside this file: English,
 * Chinese, and the exports of the systems that users come from), after text_key of the header with units and marks
 * taken off.
 */
#ifndef CRM_CLEAN_ROLES_H
#define CRM_CLEAN_ROLES_H

#include "base/arena.h"
#include "base/diag.h"

enum role {
	ROLE_NONE,
	ROLE_SOURCE_ID, ROLE_CUSTOMER_ID, ROLE_NAME, ROLE_COMPANY, ROLE_PHONE, ROLE_EMAIL, ROLE_ADDRESS, ROLE_PROVINCE,
	ROLE_CITY, ROLE_REGION, ROLE_POSTCODE, ROLE_COUNTRY, ROLE_INDUSTRY, ROLE_SIZE, ROLE_OWNER, ROLE_STAGE, ROLE_LEVEL,
	ROLE_BIRTHDAY, ROLE_ID_NUMBER, ROLE_USCC, ROLE_WECHAT, ROLE_CREATED_AT, ROLE_UPDATED_AT, ROLE_TAGS, ROLE_NOTE,
	ROLE_ORDER_ID, ROLE_ORDER_DATE, ROLE_AMOUNT, ROLE_COST, ROLE_PROFIT, ROLE_QUANTITY, ROLE_PRODUCT, ROLE_CATEGORY,
	ROLE_CHANNEL, ROLE_CURRENCY, ROLE_STATUS, ROLE_REFUND,
	ROLE_EVENT_DATE, ROLE_EVENT_TYPE, ROLE_VALUE,
	ROLE_TITLE, ROLE_LEFT_AT,
	ROLE_GIVEN_NAME, ROLE_FAMILY_NAME,  /* joined into name */
	ROLE_SOURCE, ROLE_SOURCE_ROW,       /* written by crm-merge */
	ROLE_COUNT
};

enum kind { KIND_CUSTOMERS, KIND_ORDERS, KIND_CONTACTS, KIND_EVENTS };
const char *kind_name(enum kind kind);                 /* "customers" */

/*
 * What a column holds, as far as that is known: also of columns without a role, such as a customer's 信用额度 or a second
 * date.
 */
enum measure { MEASURE_NONE, MEASURE_AMOUNT, MEASURE_DATE };

/* What a column of one input is. */
struct column_role {
	enum role role;
	int64_t unit;   /* multiplier that the header states: 成交额(万元) 10000; -100 a hundredth: 金额(分); else 1 */
	enum measure measure;
};

const char *role_name(enum role role);                 /* "phone" */
enum role role_by_name(struct slice name);              /* ROLE_NONE if there is none of that name */
bool role_belongs(enum role role, enum kind kind);
enum measure role_measure(enum role role);
/* The header of an amount without its unit: 成交额(万元), 成交额/万元 and 成交额(元) are 成交额. `header` is clean. */
struct slice role_without_unit(struct slice header);
/* The multiplier that a title says of all amounts below it: 10000 in 销售表（单位：万元）, 1 where it says nothing of the kind (单位：某某公司). */
int64_t role_unit_of_title(struct slice title);
/* Roles of which a file may have several columns (phone, email, tags): their values make one list. */
bool role_is_list(enum role role);
/*
 * What the header means in a file of that kind, its neighbours aside. For one header; for many there is
 * role_dictionary_find.
 */
struct column_role role_of_header(enum kind kind, struct slice header);

/* The headers of one kind, for looking up many. One thread at a time. */
struct role_dictionary;
struct role_dictionary *role_dictionary_new(enum kind kind);
void role_dictionary_free(struct role_dictionary *dictionary);
struct column_role role_dictionary_find(struct role_dictionary *dictionary, struct slice header);

/* --map ROLE=COLUMN, already cut in two. */
struct role_map {
	enum role role;
	struct slice column;
};
/*
 * Whether the headers are those of a stream of crm-merge: source and source_row, and a role's name first. Its columns have roles by
 * these names alone, whatever the dictionary says of the others.
 */
bool roles_are_merged(enum kind kind, const struct slice *headers, size_t count);
struct profile_table;
/*
 * Fills roles[0..count) for the headers: by the table of the profile of the file's system (clean/profile.h; NULL: none), else by
 * the dictionary; maps override: a role that is mapped comes from no other column. A role that is no list is given to
 * one column at most, unless mapped to several; given and family name only where there is no name. Fails
 * (STATUS_USAGE) when a map names a column that is not there, naming the three nearest headers.
 */
int roles_bind(enum kind kind, const struct profile_table *table, const struct slice *headers, size_t count,
	       const struct role_map *maps, size_t map_count, const char *file, struct column_role *roles,
	       struct diag *diag) MUST_CHECK;
/* The first column with that role, or count. */
size_t roles_find(const struct column_role *roles, size_t count, enum role role);

#endif
