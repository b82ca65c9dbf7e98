/*
 * crm-synth: test data with known truth. Into one folder it writes four files of customers (salesforce.csv,
 * erp-gbk.csv, sales.xlsx, shop.jsonl), their orders (orders.csv; shop-orders.jsonl for those entered under a shop
 * record), events.csv, contacts.csv, truth.csv (source, source_row, entity), truth_churn.csv (entity, first_order,
 * orders, lambda, p, left_at) and synth.json (parameters, rates, counts). The same options give the same bytes on every
 * machine, whatever the number of threads.
 */
#ifndef CRM_SYNTH_SYNTH_H
#define CRM_SYNTH_SYNTH_H

#include "synth/emit.h"

struct synth_options {
	const char *dir;            /* made if it is not there */
	const char *tmpdir;         /* for the sheets of the workbook while it is written; NULL: the system's */
	uint64_t customers, seed;   /* true customers; on average each has 1.55 records */
	int32_t as_of;
	unsigned weeks;             /* of purchases, up to as_of */
	unsigned threads;
	double rates[ERROR_COUNT];
	double bg[4], spend[3];     /* r, alpha, a, b; p, q, v */
	double buyers;              /* share of the customers who ever buy */
	/* Told about rows as they are written, but not those of the workbook; may be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t rows);
	void *progress_context;
};

struct synth_counts {
	uint64_t rows[SOURCE_KINDS];
	uint64_t orders, shop_orders, events;
	uint64_t errors[ERROR_COUNT];
};

void synth_defaults(struct synth_options *options);
int synth_run(const struct synth_options *options, struct synth_counts *counts, struct diag *diag) MUST_CHECK;
/* The table of error kinds as text, for --describe. */
void synth_describe(const struct synth_options *options, struct buf *out);

/* Inside of the room: what the writers of files share. */
struct synth {
	const struct synth_options *options;
	struct world world;
	struct plan plan;
	struct happenings orders, events;
	struct emit_worker *workers;      /* of `threads` */
	unsigned threads;
	struct arena arena;
};
const char *synth_path(struct synth *synth, const char *name);
/* emit_file with the run's workers. */
int synth_emit(struct synth *synth, struct emission what, struct diag *diag) MUST_CHECK;
extern const char *const source_names[SOURCE_KINDS];
/* The row of a record as a spreadsheet counts; of JSON Lines the line. */
uint32_t source_row(const struct place_in_file *where);
const struct place_in_file *synth_record(const struct synth *synth, enum source_kind source, size_t row,
					 struct emit_worker *worker);
int customers_write(struct synth *synth, enum source_kind source, struct diag *diag) MUST_CHECK;
int sheet_write(struct synth *synth, const char *path, struct emit_worker *worker, struct diag *diag) MUST_CHECK;
int activity_write(struct synth *synth, struct synth_counts *counts, struct diag *diag) MUST_CHECK;
int truth_write(struct synth *synth, struct diag *diag) MUST_CHECK;
int report_write(struct synth *synth, const struct synth_counts *counts, struct diag *diag) MUST_CHECK;

#endif
