/* What crm-rfm and crm-churn have in common on their command lines: customers, orders, links. */
#ifndef CRM_CMD_ORDERS_H
#define CRM_CMD_ORDERS_H

#include <time.h>

#include "cli/run.h"
#include "score/load.h"

struct orders_options {
	struct texts orders, profiles, void_words;
	const char *links, *source, *customer, *price, *rates;
	int unknown, zeros, duplicates;
	bool optional;   /* the tool can do without orders */
};

#define ORDERS_OPTIONS(at)                                                                                      \
	{ 0, "orders", "FILE", OPTION_FILES, (at) + offsetof(struct orders_options, orders), NULL, 0, 0,          \
	  "orders, in any format that crm-merge reads; - is standard input; repeatable, and of an order that stands " \
	  "in several files the last one counts" },                                                             \
	{ 0, "links", "FILE", OPTION_FILE, (at) + offsetof(struct orders_options, links), NULL, 0, 0,             \
	  "links of crm-dedupe: orders of merged records go to the customer they became" },                       \
	{ 0, "source", "NAME", OPTION_TEXT, (at) + offsetof(struct orders_options, source), NULL, 0, 0,           \
	  "take only the links of this source, where two sources use the same ids" },                             \
	{ 0, "customer", "COLUMN", OPTION_TEXT, (at) + offsetof(struct orders_options, customer), NULL, 0, 0,     \
	  "column of the input that orders name customers by; default customer_id, else source_id" },             \
	{ 0, "unknown", "WHAT", OPTION_CHOICE, (at) + offsetof(struct orders_options, unknown), "drop|keep|reject", 0, 0, \
	  "orders of customers who are not in the input: drop and count them, keep them as further customers, or reject them; default drop" }, \
	{ 0, "profile", "NAME|FILE", OPTION_TEXTS, (at) + offsetof(struct orders_options, profiles), NULL, 0, 0,  \
	  "the systems that may have written customers and orders, as of crm-merge; repeatable; default auto, by the headers; generic: none" }, \
	{ 0, "unit-price", "COLUMN", OPTION_TEXT, (at) + offsetof(struct orders_options, price), NULL, 0, 0,      \
	  "the amount of an order row is this column times the quantity" },                                       \
	{ 0, "rates", "FILE", OPTION_FILE, (at) + offsetof(struct orders_options, rates), NULL, 0, 0,             \
	  "rates of currencies: currency, rate and, if they change, date; needed where orders are in several currencies" }, \
	{ 0, "void-status", "WORD,…", OPTION_LIST, (at) + offsetof(struct orders_options, void_words), NULL, 0, 0, \
	  "further words in an order's status that say it does not count, besides cancelled, refunded, 交易关闭 and the like" }, \
	{ 0, "zeros", "WHAT", OPTION_CHOICE, (at) + offsetof(struct orders_options, zeros), "keep|drop", 0, 0,    \
	  "whether an order worth nothing from the start is a purchase; default keep" },                          \
	{ 0, "duplicates", "WHAT", OPTION_CHOICE, (at) + offsetof(struct orders_options, duplicates), "drop|keep", 0, 0, \
	  "rows that repeat a row of the same order exactly; default drop" }

/* 0, or -1 with a message in run->diag. */
static inline int orders_load_options(struct run *run, const struct orders_options *own, struct load_options *load)
{
	const struct common_options *common = run->common;
	bool from_stdin = false;

	if (own->orders.count == 0 && !own->optional)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "no orders: name their file with --orders FILE");
	if (common->operands.count > 1)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL,
				 "one file of customers at a time; put several together with crm-merge first");
	for (size_t i = 0; i < own->orders.count; i++)
		from_stdin |= strcmp(own->orders.items[i], "-") == 0;
	*load = (struct load_options){
		.customers = common->operands.count ? common->operands.items[0] : from_stdin ? NULL : "-",
		.key = own->customer, .orders = own->orders.items, .order_count = own->orders.count,
		.links = own->links, .rates = own->rates, .source = own->source,
		.profiles = own->profiles.items, .profile_count = own->profiles.count,
		.customers_intake = run_intake_options(run, KIND_CUSTOMERS),
		.orders_intake = run_side_options(run, KIND_ORDERS),
		.links_intake = run_side_options(run, KIND_CUSTOMERS),
		.rates_intake = run_side_options(run, KIND_ORDERS),
		.ledger = { .as_of = common->as_of, .today = civil_today(), .unknown = (enum unknown_policy)own->unknown,
			    .price = own->price, .void_words = own->void_words.items, .void_word_count = own->void_words.count,
			    .account = { .drop_zeros = own->zeros, .keep_duplicates = own->duplicates } },
	};
	load->links_intake.maps = NULL;
	load->links_intake.map_count = 0;
	load->rates_intake.maps = NULL;
	load->rates_intake.map_count = 0;
	if (from_stdin && load->customers && strcmp(load->customers, "-") == 0)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "customers and orders cannot both come from standard input");
	return 0;
}

static inline void orders_opened(void *run, const struct intake *intake)
{
	struct run *r = run;

	run_stat_input(r, intake);
	run_say(r, intake_describe(intake, &r->arena));
}

static inline struct feed orders_feed(struct run *run)
{
	return (struct feed){
		.rejects = run->rejects, .threads = (unsigned)run->common->threads, .memory = run->common->memory,
		.tmpdir = run->common->tmpdir, .opened = orders_opened, .progress = run_progress, .context = run,
	};
}

/* The zone in which moments have been dated, as "CST +0800". */
static inline void orders_stat_zone(struct run *run)
{
	struct tm local;
	time_t now = time(NULL);
	char text[64] = "";

	if (localtime_r(&now, &local))
		(void)!strftime(text, sizeof text, "%Z %z", &local);
	run_stat_text(run, "time_zone", slice_of(text));
}

static inline void orders_stats(struct run *run, const struct load *load)
{
	const struct ledger_figures *f = &load->ledger.figures;
	const struct { const char *name; uint64_t value; } numbers[] = {
		{ "customers", load->roster.keys.count }, { "rows_without_key", load->roster.rows_without_key },
		{ "order_rows", f->rows }, { "orders_later", f->later }, { "orders_without_customer", f->without_customer },
		{ "orders_of_unknown", f->unknown }, { "orders_relinked", f->relinked }, { "rows_continued", f->continued },
		{ "rows_duplicate", f->account.duplicates }, { "rows_superseded", f->account.superseded },
		{ "rows_void", f->account.voids }, { "rows_returned", f->account.returns },
		{ "orders_refunded", f->account.refunded }, { "purchases", f->account.purchases },
	};

	orders_stat_zone(run);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		run_stat_number(run, numbers[i].name, (double)numbers[i].value);
}

#endif
