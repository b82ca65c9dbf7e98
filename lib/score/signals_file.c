#include "score/signals_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"

#define NAME(text) { text, sizeof(text) - 1 }

static const double worth_a_row = .1;

enum { PORTION = 4096 };   /* customers */

static struct slice alarm_of(const struct churn *churn, uint32_t customer, size_t reason)
{
	const struct churn_customer *c = &churn->customers[customer];
	unsigned bit = 1u << reason;

	if (!(c->reasons & bit))
		return SLICE("no");
	if (c->stood & bit)
		return SLICE("on");
	return c->alarmed == churn->options.as_of ? SLICE("new") : SLICE("quiet");
}

static void write_signal(const struct churn *churn, struct rows *rows, uint32_t customer, size_t reason, const struct signal *signal,
			 struct slice id)
{
	char p[32];
	int length = snprintf(p, sizeof p, "%.3g", signal->p);

	rows_begin(rows);
	rows_cell(rows, id);
	rows_cell(rows, churn->wording.names[WORD_REASON + reason][churn->options.language]);
	rows_real(rows, signal->baseline, 2);
	rows_real(rows, signal->current, 2);
	rows_date(rows, signal->since);
	rows_cell(rows, (struct slice){ p, signal->kind == SIGNAL_TEST ? (size_t)length : 0 });
	rows_real(rows, signal_strength(signal), 3);
	rows_cell(rows, alarm_of(churn, customer, reason));
	rows_end(rows);
}

static void write_customer(const struct churn *churn, const struct roster *roster, struct page *page, struct rows *rows, uint32_t customer)
{
	struct view view = journal_view(&churn->journal, customer, churn->options.as_of, page);
	struct signal signals[REASONS];

	origin_signals(churn->roll.origins, customer, &view, signals);
	origin_date_overdue(churn->roll.origins, customer, &view, &signals[REASON_OVERDUE]);
	for (size_t i = 0; i < REASONS; i++)
		if (churn->customers[customer].reasons & 1u << i || (signals[i].kind == SIGNAL_TEST && signals[i].p <= worth_a_row))
			write_signal(churn, rows, customer, i, &signals[i], keys_text(&roster->keys, customer));
}

/* Some customers on their way to the file. */
struct portion {
	size_t first, end;
	struct page page;
	struct rows rows;
};

struct writing {
	const struct churn *churn;
	const struct roster *roster;
	struct sink *sink;
	size_t next;
};

static int next_portion(void *context, void *item, struct diag *diag)
{
	struct writing *w = context;
	struct portion *portion = item;

	(void)diag;
	portion->first = w->next;
	portion->end = w->churn->count - w->next < PORTION ? w->churn->count : w->next + PORTION;
	w->next = portion->end;
	return portion->first < portion->end;
}

static int write_portion(void *context, void *item, unsigned worker, struct diag *diag)
{
	const struct writing *w = context;
	struct portion *portion = item;

	(void)worker;
	(void)diag;
	for (size_t i = portion->first; i < portion->end; i++)
		write_customer(w->churn, w->roster, &portion->page, &portion->rows, (uint32_t)i);
	return 0;
}

static int put_portion(void *context, void *item, struct diag *diag)
{
	struct writing *w = context;

	return sink_write(w->sink, &((struct portion *)item)->rows, diag);
}

static int write_rows(const struct churn *churn, const struct roster *roster, struct sink *sink, struct diag *diag)
{
	static const struct pool_stages stages = { next_portion, write_portion, put_portion };
	unsigned threads = churn->options.threads ? churn->options.threads : 1;
	struct writing w = { churn, roster, sink, 0 };
	struct portion *portions = memory_zero(2 * (size_t)threads, sizeof *portions);
	void **items = memory_get(2 * (size_t)threads, sizeof *items);
	int failed;

	for (size_t i = 0; i < 2 * (size_t)threads; i++) {
		rows_init(&portions[i].rows, sink);
		items[i] = &portions[i];
	}
	failed = pool_pipeline(&stages, &w, items, 2 * (size_t)threads, threads, diag);
	for (size_t i = 0; i < 2 * (size_t)threads; i++) {
		rows_release(&portions[i].rows);
		page_release(&portions[i].page);
	}
	free(items);
	free(portions);
	return failed;
}

int signals_write(const struct churn *churn, const struct roster *roster, const char *path, const struct sink_options *options,
		  struct diag *diag)
{
	static const struct column columns[] = {
		{ NAME("customer_id"), COLUMN_TEXT }, { NAME("signal"), COLUMN_TEXT },    { NAME("baseline"), COLUMN_NUMBER },
		{ NAME("current"), COLUMN_NUMBER },   { NAME("since"), COLUMN_TEXT },     { NAME("p_value"), COLUMN_NUMBER },
		{ NAME("strength"), COLUMN_NUMBER },  { NAME("alarm"), COLUMN_TEXT },
	};
	struct sink *sink;

	if (sink_open(&sink, path, options, diag))
		return -1;
	sink_header(sink, columns, sizeof columns / sizeof *columns);
	if (write_rows(churn, roster, sink, diag)) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}
