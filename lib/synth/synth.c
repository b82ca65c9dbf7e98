#include "synth/synth.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/pool.h"
#include "io/file.h"

const char *const source_names[SOURCE_KINDS] = { "salesforce.csv", "erp-gbk.csv", "sales.xlsx", "shop.jsonl" };

uint32_t source_row(const struct place_in_file *where)
{
	static const uint8_t before[SOURCE_KINDS] = { 1, 3, 2, 0 }; /* titles and headers */

	return where->number + before[where->source] + 1;
}

void synth_defaults(struct synth_options *options)
{
	*options = (struct synth_options){
		.customers = 10000,
		.seed = 1,
		.as_of = civil_to_days(2026, 6, 30),
		.weeks = 156,
		.threads = 1,
		.buyers = .8,
		.bg = { .55, 5, .8, 3 },
		.spend = { 6.25, 3.74, 1500 },
	};
	rates_defaults(options->rates, 1);
}

const char *synth_path(struct synth *synth, const char *name)
{
	struct slice path = arena_format(&synth->arena, "%s/%s", synth->options->dir, name);

	return arena_cstr(&synth->arena, path);
}

int synth_emit(struct synth *synth, struct emission what, struct diag *diag)
{
	what.progress = synth->options->progress;
	what.progress_context = synth->options->progress_context;
	return emit_file(&what, synth->workers, synth->threads, diag);
}

const struct place_in_file *synth_record(const struct synth *synth, enum source_kind source, size_t row,
					 struct emit_worker *worker)
{
	const struct place_in_file *where = &synth->plan.records[synth->plan.order[source][row]];

	entity_draw(&synth->world, where->entity, &worker->entity);
	record_draw(&synth->world, &worker->entity, where, worker->counts, &worker->card);
	return where;
}

/* The workbook is written by one thread; the other ones write salesforce.csv meanwhile. */
struct sides {
	struct synth *synth;
	struct emit_worker *sheet_worker;
	const char *sheet_path;
};

static int write_side(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct sides *sides = context;

	(void)worker;
	if (index == 0)
		return sheet_write(sides->synth, sides->sheet_path, sides->sheet_worker, diag);
	return customers_write(sides->synth, SOURCE_SALESFORCE, diag);
}

static int write_sides(struct synth *synth, struct diag *diag)
{
	struct sides sides = { .synth = synth, .sheet_worker = &synth->workers[synth->threads - 1],
			       .sheet_path = synth_path(synth, source_names[SOURCE_SALES]) };
	unsigned threads = synth->threads;
	int result;

	synth->threads = threads > 1 ? threads - 1 : 1;
	result = pool_each(write_side, &sides, 2, threads > 1 ? 2 : 1, diag);
	synth->threads = threads;
	return result;
}

static int write_rest(struct synth *synth, struct synth_counts *counts, struct diag *diag)
{
	if (customers_write(synth, SOURCE_ERP, diag) < 0 || customers_write(synth, SOURCE_SHOP, diag) < 0)
		return -1;
	if (purchase_orders(&synth->orders, &synth->world, &synth->plan, synth->threads, diag) < 0 ||
	    purchase_events(&synth->events, &synth->world, &synth->plan, synth->threads, diag) < 0)
		return -1;
	return activity_write(synth, counts, diag);
}

static int make_folder(const char *path, struct diag *diag)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return diag_errno(diag, path, "cannot make the folder", errno);
	return 0;
}

static void add_counts(struct synth_counts *counts, const struct emit_worker *workers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		for (int kind = 0; kind < ERROR_COUNT; kind++)
			counts->errors[kind] += workers[i].counts[kind];
	}
}

static void begin(struct synth *synth, const struct synth_options *options)
{
	*synth = (struct synth){ .options = options, .threads = options->threads };
	arena_init(&synth->arena);
	words_load(&synth->world.words);
	synth->world.seed = options->seed;
	synth->world.customers = (uint32_t)options->customers;
	synth->world.as_of = options->as_of;
	synth->world.start = options->as_of - 7 * (int32_t)options->weeks + 1;
	synth->world.buyers = options->buyers;
	synth->world.leave_complaints = 1.2;
	memcpy(synth->world.rates, options->rates, sizeof synth->world.rates);
	memcpy(synth->world.bg, options->bg, sizeof synth->world.bg);
	memcpy(synth->world.spend, options->spend, sizeof synth->world.spend);
}

static void end(struct synth *synth)
{
	happenings_free(&synth->orders);
	happenings_free(&synth->events);
	plan_free(&synth->plan);
	words_release(&synth->world.words);
	arena_release(&synth->arena);
}

static int write_all(struct synth *synth, struct synth_counts *counts, struct diag *diag)
{
	int result;

	synth->workers = emit_workers_new(synth->threads);
	result = write_sides(synth, diag);
	if (result == 0)
		result = write_rest(synth, counts, diag);
	add_counts(counts, synth->workers, synth->threads);
	for (int source = 0; source < SOURCE_KINDS; source++)
		counts->rows[source] = synth->plan.count[source];
	if (result == 0)
		result = report_write(synth, counts, diag);
	if (result == 0)
		result = truth_write(synth, diag);
	emit_workers_free(synth->workers, synth->threads);
	return result;
}

int synth_run(const struct synth_options *options, struct synth_counts *counts, struct diag *diag)
{
	struct synth synth;
	int result;

	*counts = (struct synth_counts){ 0 };
	begin(&synth, options);
	result = make_folder(options->dir, diag);
	if (result == 0)
		result = plan_make(&synth.plan, &synth.world, synth.threads, diag);
	if (result == 0)
		result = write_all(&synth, counts, diag);
	end(&synth);
	return result;
}
