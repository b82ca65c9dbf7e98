/*
 * The ledger is every order of a run, read from any number of files, by customer. Rows become lines (score/lines.h)
 * of a customer of the roster: the order's customer cell is a source id that the links know, else a customer key.
 *
 * A row is a return when its amount or quantity is negative; a refund column takes off the row's own amount. Status words (statuses.json,
 * and those of the user) void a row that is no return: cancelled, closed, refunded in full, never paid. Rows of an order that repeat its id with the
 * amount left blank (Shopify's further items) belong to the order of the row before.
 *
 * Rejected: bad-date, bad-amount, missing-amount, amount-overflow, future-date (after today and after as_of),
 * ambiguous-customer (the id stands for several customers), other-currency (without rates, orders in two currencies are not
 * added up), bad-currency (neither code, name nor sign), no-rate. Left out and counted: rows after as_of, rows
 * without a customer, and rows of customers that are not in the roster (as `unknown` says).
 */
#ifndef CRM_SCORE_LEDGER_H
#define CRM_SCORE_LEDGER_H

#include "score/account.h"
#include "score/links.h"
#include "score/rates.h"
#include "score/roster.h"

enum { LEDGER_GROUPS = 64 };

enum unknown_policy { UNKNOWN_DROP, UNKNOWN_KEEP, UNKNOWN_REJECT };

struct ledger_options {
	int32_t as_of, today;          /* days */
	enum unknown_policy unknown;   /* orders of customers that are not in the roster, or of none */
	const char *price;             /* column of a unit price: the amount is price times quantity; or NULL */
	const char *const *void_words; /* further status words that void a row */
	size_t void_word_count;
	bool details;                  /* keep category, channel and profit */
	bool category_groups;          /* or of the category one of LEDGER_GROUPS groups, by a hash: its number in a line is that of the group */
	struct account_options account;
};

struct ledger_figures {
	uint64_t rows;            /* of data, in all files */
	uint64_t later;           /* after as_of */
	uint64_t without_customer;
	uint64_t unknown;         /* of customers not in the roster */
	uint64_t continued;       /* further rows of an order, with a blank amount */
	uint64_t relinked;        /* found their customer by a link */
	int32_t first_day, last_day;   /* of the lines kept; CIVIL_NONE: there is none */
	struct account_counts account; /* after the first ledger_each */
};

struct ledger {
	struct ledger_figures figures;
	bool has_amount, has_category, has_channel, has_profit;  /* some file has; an amount, as long as no file has any columns, too */
	struct map categories, channels;  /* number n of a line is key n - 1 */
	bool by_product;                  /* the first file has no category: its products stand for categories */
	bool too_many_products;           /* to number: categories say nothing then */
	uint32_t currency;                /* three letters packed, 0: none was named */
	/* private */
	struct ledger_options options;
	const struct feed *feed;
	struct roster *roster;
	const struct links *links;        /* or NULL */
	const struct rates *rates;        /* or NULL */
	struct lines *lines;
	unsigned files;
	bool begun;                       /* some file has columns */
	struct buf nearest;               /* headers of that file, for a message */
	char *likely;                     /* a header of orders of unknown customers, under which a customer of the roster stands; NULL: none was seen */
	uint64_t seed;                    /* of hashes */
};

/* `links` and `rates` may be NULL. All that is given outlives the ledger. */
void ledger_init(struct ledger *ledger, const struct ledger_options *options, const struct feed *feed,
		 struct roster *roster, const struct links *links, const struct rates *rates);
void ledger_release(struct ledger *ledger);

/* Adds a file ("-": standard input); at most 256 of them. An empty file is no error: it is warned of. */
int ledger_read(struct ledger *ledger, const char *path, const struct intake_options *options, struct diag *diag) MUST_CHECK;
/* Warns of what was left out. After the last file. Orders of which none is of a customer of the roster are STATUS_INPUT: it is the wrong column. */
int ledger_check(const struct ledger *ledger, struct diag *diag) MUST_CHECK;

/* One customer who has lines: his orders by day and his lines, those left out marked LINE_VOID. Any thread, and once. 0 or -1. */
typedef int ledger_visit(void *context, uint32_t customer, const struct account *account, const struct line *lines,
			 size_t line_count, struct diag *diag);
int ledger_each(struct ledger *ledger, ledger_visit *visit, void *context, struct diag *diag) MUST_CHECK;

#endif
