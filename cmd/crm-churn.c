/* crm-churn: where customers stand in their life, who is leaving, why, and what to do. */
#include "churn.h"

#include "score/events.h"
#include "score/watchlist.h"

static const struct tool tool = {
	"crm-churn", "[OPTION]... --orders FILE [FILE]",
	"adds lifecycle, churn risk, reasons and a next step to customers", specs,
	"  crm-churn --orders orders.csv customers.csv > watched.csv\n"
	"  crm-churn --orders orders.csv --links links.csv --events tickets.csv --watchlist call.csv --lang zh customers.csv\n"
	"  crm-churn --orders orders.csv --backtest customers.csv\n",
};

/* What is read and made between the options and the output. */
struct job {
	struct run *run;
	const struct values *values;
	struct feed feed;
	struct load load;
	struct churn churn;
	struct previous previous;
	struct learn learn;
	struct notes *notes;
	struct signal_facts *facts;
};

static void say_figures(struct run *run, const struct churn *churn)
{
	const struct wording *wording = &churn->wording;
	struct slice model = risk_describe(&churn->risk, churn->roll.origins, &wording->codes[WORD_REASON], &run->arena);

	if (!churn->options.no_orders) {
		run_say(run, model);
		run_stat_text(run, "risk_model", model);
		run_stat_node(run, "risk", risk_report(&churn->risk));
	}
	for (size_t i = 0; i < LIFECYCLES && !churn->options.no_orders; i++)
		run_stat_number(run, arena_format(&run->arena, "lifecycle_%.*s", SLICE_ARG(wording->codes[i])).ptr,
				(double)churn->by_lifecycle[i]);
	for (size_t i = 0; i < LEVELS; i++)
		run_stat_number(run, arena_format(&run->arena, "level_%.*s", SLICE_ARG(wording->codes[WORD_LEVEL + i])).ptr,
				(double)churn->by_level[i]);
}

/* What else is known of the customers, once they are: yesterday, and what happened to them. */
static int read_rest(struct job *job)
{
	const struct values *values = job->values;
	struct run *run = job->run;
	struct intake_options previous_intake = run_side_options(run, KIND_CUSTOMERS);
	struct events_inputs inputs = {
		values->events.items, values->contacts.items, values->events.count, values->contacts.count,
		run_side_options(run, KIND_EVENTS), run_side_options(run, KIND_CONTACTS),
	};
	struct events events = {
		.journal = &job->churn.journal, .roster = &job->load.roster, .links = values->orders.links ? &job->load.links : NULL,
		.wording = &job->churn.wording, .notes = job->notes, .as_of = run->common->as_of, .today = civil_today(),
	};

	previous_intake.maps = NULL;
	previous_intake.map_count = 0;
	if (values->previous) {
		previous_init(&job->previous, &job->load.roster, &job->churn.wording);
		if (previous_read(&job->previous, values->previous, &previous_intake, &job->feed, &run->diag))
			return -1;
	}
	churn_begin(&job->churn, &job->load.ledger, &job->load.roster);
	if (signals_facts(&values->signals, run, &job->load.roster, &job->churn.wording, &job->facts))
		return -1;
	job->churn.options.origin.facts = job->facts;
	return events_read(&events, &inputs, &job->feed, &run->diag);
}

static int write_outputs(struct job *job)
{
	struct run *run = job->run;
	const struct values *values = job->values;
	struct roster_output output = { .cell = churn_cell, .context = &job->churn, .threads = job->feed.threads };
	struct sink_options options = run_sink_options(run), signals = run_file_options(run, values->signals.signals);
	struct watchlist_options watchlist = { values->watchlist, values->top, values->worth, run_file_options(run, values->watchlist) };

	if (values->watchlist && watchlist_write(&job->churn, &job->load.roster, &watchlist, &run->diag))
		return -1;
	if (values->signals.signals && signals_write(&job->churn, &job->load.roster, values->signals.signals, &signals, &run->diag))
		return -1;
	if (wants_backtest(values) && run_backtest(run, values, &job->churn, &job->load.roster.keys))
		return -1;
	if (values->backtest)
		return 0;
	output.count = churn_columns(&job->churn, &output.columns);
	return roster_put(&job->load.roster, &output, run->common->output, &options, &run->diag);
}

static int do_job(struct job *job, const struct load_options *inputs)
{
	struct run *run = job->run;
	const struct previous *previous = job->values->previous ? &job->previous : NULL;

	if (load_all(&job->load, inputs, &job->feed, &run->diag) || read_rest(job) ||
	    learn_risks(&job->learn, run, &job->load, &job->feed, &job->churn) ||
	    churn_make(&job->churn, &job->load.ledger, previous, wants_backtest(job->values) ? job->values->origins : 0, &run->diag) ||
	    learn_survival(&job->learn, run, &job->load, &job->churn))
		return -1;
	orders_stats(run, &job->load);
	say_figures(run, &job->churn);
	return write_outputs(job);
}

static int run_churn(struct run *run, const struct values *values)
{
	struct job job = { .run = run, .values = values, .feed = orders_feed(run) };
	struct churn_options options = churn_options_of(values);
	struct load_options inputs;
	int failed;

	if (check_values(values, &run->diag) || learn_check(&values->learn, &run->diag) ||
	    alarms_parse(&options.origin.alarms, values->signals.alarms, &run->diag) || orders_load_options(run, &values->orders, &inputs) ||
	    !(job.notes = signals_notes(&values->signals, job.feed.threads, &run->diag)))
		return -1;
	inputs.ledger.account.merge_days = true;
	inputs.ledger.category_groups = true;
	inputs.group = values->by;
	learn_init(&job.learn, &values->learn, run->common->as_of);
	failed = churn_init(&job.churn, &options, &run->diag) || do_job(&job, &inputs);
	load_release(&job.load);
	previous_release(&job.previous);
	churn_release(&job.churn);
	learn_release(&job.learn);
	notes_free(job.notes);
	return failed;
}

int main(int argc, char **argv)
{
	struct values values = defaults;
	struct run run;

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv) == 0) {
		values.orders.optional = learn_needs_no_orders(&values.learn);
		(void)!run_churn(&run, &values);
	}
	return run_end(&run);
}
