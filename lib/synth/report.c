/* What was made, for people (--describe) and in synth.json. */
#include "io/file.h"
#include "synth/synth.h"

void synth_describe(const struct synth_options *options, struct buf *out)
{
	buf_format(out, "%-15s %-5s %-34s %s\n", "kind", "rate", "of", "what is done");
	for (int i = 0; i < ERROR_COUNT; i++)
		buf_format(out, "%-15s %-5g %-34s %s\n", error_infos[i].name, options->rates[i], error_infos[i].of,
			   error_infos[i].meaning);
	buf_format(out,
		   "\nRates are probabilities. The first three make different customers look alike.\n"
		   "BG/NBD r %g, alpha %g, a %g, b %g (weeks); Gamma-Gamma p %g, q %g, v %g (yuan); %g of the "
		   "customers ever buy.\n",
		   options->bg[0], options->bg[1], options->bg[2], options->bg[3], options->spend[0], options->spend[1],
		   options->spend[2], options->buyers);
}

static void add_errors(const struct synth_options *options, const struct synth_counts *counts, struct buf *out)
{
	buf_add(out, SLICE("  \"errors\": {\n"));
	for (int i = 0; i < ERROR_COUNT; i++) {
		buf_format(out, "    \"%s\": {\"rate\": %g, \"of\": \"%s\"", error_infos[i].name, options->rates[i],
			   error_infos[i].of);
		if (i != ERROR_HOUSEHOLD && i != ERROR_BRANCH) /* these are of customers, who are drawn many times */
			buf_format(out, ", \"count\": %ju", (uintmax_t)counts->errors[i]);
		buf_add(out, i + 1 < ERROR_COUNT ? SLICE("},\n") : SLICE("}\n"));
	}
	buf_add(out, SLICE("  }\n"));
}

int report_write(struct synth *synth, const struct synth_counts *counts, struct diag *diag)
{
	const struct synth_options *o = synth->options;
	char as_of[CIVIL_TEXT];
	struct buf out;
	int result;

	buf_init(&out, 1 << 20);
	civil_print(o->as_of, as_of);
	buf_format(&out,
		   "{\n  \"tool\": \"crm-synth\", \"customers\": %ju, \"seed\": %ju, \"as_of\": \"%.10s\", \"weeks\": "
		   "%u,\n",
		   (uintmax_t)o->customers, (uintmax_t)o->seed, as_of, o->weeks);
	buf_format(&out,
		   "  \"bg_nbd\": {\"r\": %.9g, \"alpha\": %.9g, \"a\": %.9g, \"b\": %.9g, \"unit\": \"week\"},\n",
		   o->bg[0], o->bg[1], o->bg[2], o->bg[3]);
	buf_format(&out, "  \"gamma_gamma\": {\"p\": %.9g, \"q\": %.9g, \"v\": %.9g}, \"buyers\": %.9g,\n",
		   o->spend[0], o->spend[1], o->spend[2], o->buyers);
	buf_add(&out, SLICE("  \"rows\": {"));
	for (int source = 0; source < SOURCE_KINDS; source++)
		buf_format(&out, "\"%s\": %ju, ", source_names[source], (uintmax_t)counts->rows[source]);
	buf_format(&out, "\"orders.csv\": %ju, \"shop-orders.jsonl\": %ju, \"events.csv\": %ju},\n",
		   (uintmax_t)counts->orders, (uintmax_t)counts->shop_orders, (uintmax_t)counts->events);
	add_errors(o, counts, &out);
	buf_add(&out, SLICE("}\n"));
	result = file_write(synth_path(synth, "synth.json"), buf_slice(&out), diag);
	buf_release(&out);
	return result;
}
