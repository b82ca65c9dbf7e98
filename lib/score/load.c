#include "score/load.h"

#include <inttypes.h>

static int read_inputs(struct load *load, const struct load_options *options, const struct feed *feed, struct diag *diag)
{
	struct intake_options customers = options->customers_intake, orders = options->orders_intake;

	if (profile_set_open(&load->profiles, options->profiles, options->profile_count, diag))
		return -1;
	customers.profiles = orders.profiles = load->profiles;
	load->roster.group_name = options->group;
	if (options->group && !options->customers)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--by %s: orders alone do not say which group a customer is of; add the customers",
				 options->group);
	if (options->customers &&
	    roster_read(&load->roster, options->customers, &customers, options->key, feed, diag))
		return -1;
	if (options->links &&
	    links_read(&load->links, options->links, &options->links_intake, options->source, feed, diag))
		return -1;
	if (options->rates && rates_read(&load->rates, options->rates, &options->rates_intake, feed, diag))
		return -1;
	for (size_t i = 0; i < options->order_count; i++)
		if (ledger_read(&load->ledger, options->orders[i], &orders, diag))
			return -1;
	return 0;
}

int load_all(struct load *load, const struct load_options *options, const struct feed *feed, struct diag *diag)
{
	load->profiles = NULL;
	roster_init(&load->roster);
	links_init(&load->links);
	rates_init(&load->rates);
	ledger_init(&load->ledger, &options->ledger, feed, &load->roster, options->links ? &load->links : NULL,
		    options->rates ? &load->rates : NULL);
	if (read_inputs(load, options, feed, diag))
		return -1;
	if (load->roster.rows_without_key)
		diag_warn(diag, NULL, "no-key", "customer rows without a customer id, whose figures stay empty: %" PRIu64,
			  load->roster.rows_without_key);
	return options->order_count ? ledger_check(&load->ledger, diag) : 0;
}

void load_release(struct load *load)
{
	ledger_release(&load->ledger);
	rates_release(&load->rates);
	links_release(&load->links);
	roster_release(&load->roster);
	profile_set_free(load->profiles);
}
