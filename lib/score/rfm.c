#include "score/rfm.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/version.h"
#include "io/file.h"
#include "io/json.h"

static int load_model(struct rfm *rfm, struct diag *diag)
{
	struct place place = { .file = rfm->options.model_file };
	const cJSON *scores;
	bool purchases;

	if (!place.file)
		return 0;
	rfm->model = json_load(place.file, JSON_STRICT, diag);
	if (!rfm->model)
		return -1;
	scores = json_member(rfm->model, "scores");
	purchases = json_member(rfm->model, "params") && !slice_equal(json_text(json_member(rfm->model, "model")), SLICE("RFM"));
	if (!scores && !purchases)
		return diag_fail(diag, STATUS_USAGE, &place, "bad-model", "not a model that crm-rfm --save-model wrote");
	if (purchases && rfm->with_clv)
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "the model has a purchase model: --clv does not go with it");
	if (purchases) {
		rfm->with_clv = true;
		rfm->options.clv.model = rfm->model;
		rfm->options.clv.model_file = place.file;
	}
	return 0;
}

int rfm_init(struct rfm *rfm, const struct rfm_options *options, struct diag *diag)
{
	const char *map = options->segments;

	*rfm = (struct rfm){ .options = *options };
	arena_init(&rfm->arena);
	for (int model = 0; model < BTYD_MODELS; model++)
		rfm->with_clv |= options->clv.models[model];
	if (load_model(rfm, diag) || scales_init(&rfm->scales, &options->scale, json_member(rfm->model, "scores"),
						  options->model_file, &rfm->arena, diag))
		return -1;
	if (segments_load(&rfm->segments, map ? map : rfm->scales.bins == 5 ? "11" : "8", rfm->scales.bins, &rfm->arena, diag))
		return -1;
	if (options->one_off_segment)
		rfm->one_off_segment = segments_add(&rfm->segments, SLICE("One-off Deal"), SLICE("一次性大单"));
	if (options->scale.high && !rfm->segments.by_high)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--high goes with --segments 8");
	return 0;
}

void rfm_release(struct rfm *rfm)
{
	free(rfm->customers);
	free(rfm->values);
	scales_release(&rfm->scales);
	clv_release(&rfm->clv);
	cohorts_release(&rfm->cohorts);
	json_free(rfm->model);
	arena_release(&rfm->arena);
}

static int add_customer(void *context, uint32_t customer, const struct account *account, const struct line *lines,
			size_t line_count, struct diag *diag)
{
	struct rfm *rfm = context;
	struct rfm_customer *c = &rfm->customers[customer];

	for (size_t i = 0; i < account->count; i++) {
		const struct order *order = &account->orders[i];

		if (__builtin_add_overflow(c->monetary, order->amount, &c->monetary))
			return account_fail_overflow(account, diag);
		if (!order->is_purchase)
			continue;
		c->first = c->frequency++ ? c->first : order->day;
		c->last = order->day;
	}
	if (rfm->with_clv)
		clv_note(&rfm->clv, customer, account);
	if (rfm->cohorts.months)
		cohorts_note(&rfm->cohorts, account);
	if (!rfm->values)
		return 0;
	return value_make(&rfm->values[customer], account, lines, line_count, civil_add_months(rfm->options.as_of, -12),
			  civil_add_months(rfm->options.as_of, -24), diag);
}

static void find_segments(struct rfm *rfm)
{
	for (size_t i = 0; i < rfm->count; i++) {
		struct rfm_customer *c = &rfm->customers[i];

		if (!c->frequency || !rfm->has_amount)
			continue;
		c->segment = (uint8_t)segments_find(&rfm->segments, c->scores, scales_of(&rfm->scales, c)->high);
		if (rfm->options.one_off_segment && rfm->values[i].one_off)
			c->segment = (uint8_t)rfm->one_off_segment;
	}
}

static void make_tiers(struct rfm *rfm)
{
	struct value_rank *ranks = memory_get(rfm->buyers, sizeof *ranks);
	size_t n = 0;

	for (size_t i = 0; i < rfm->count; i++)
		if (rfm->customers[i].frequency)
			ranks[n++] = (struct value_rank){ rfm->customers[i].monetary, (uint32_t)i };
	value_tiers(rfm->values, ranks, n, &rfm->options.tiers);
	value_mark(rfm->values, ranks, n, &rfm->options.tiers);
	free(ranks);
}

/* Growth is against what the orders say of the year before: all of it, or part of it. */
static void warn_history(const struct rfm *rfm, struct diag *diag)
{
	int32_t first = rfm->ledger->figures.first_day, from = civil_add_months(rfm->options.as_of, -24) + 1;
	char begin[CIVIL_TEXT + 1] = "", needed[CIVIL_TEXT + 1] = "";
	bool known = false;

	for (size_t i = 0; i < rfm->count && !known; i++)
		known = rfm->values[i].amount_before > 0;
	if (!known || first <= from)
		return;
	civil_print(first, begin);
	civil_print(from, needed);
	diag_warn(diag, NULL, "short-history", "the orders begin on %s: growth_12m compares with less than the year from %s on", begin, needed);
}

static int add_totals(struct rfm *rfm, struct diag *diag)
{
	for (size_t i = 0; i < rfm->count; i++) {
		const struct rfm_customer *c = &rfm->customers[i];

		rfm->buyers += c->frequency > 0;
		if (__builtin_add_overflow(rfm->revenue, c->monetary, &rfm->revenue))
			return diag_fail(diag, STATUS_INPUT, NULL, "amount-overflow", "the amounts of all customers are too large to add: one of them must be wrong");
	}
	return 0;
}

int rfm_make(struct rfm *rfm, struct ledger *ledger, struct diag *diag)
{
	rfm->ledger = ledger;
	rfm->has_amount = ledger->has_amount;
	rfm->has_profit = ledger->has_profit;
	rfm->has_categories = ledger->has_category && !ledger->too_many_products;
	rfm->has_channels = ledger->has_channel;
	rfm->count = ledger->roster->keys.count;
	rfm->customers = memory_get(rfm->count, sizeof *rfm->customers);
	for (size_t i = 0; i < rfm->count; i++)
		rfm->customers[i] = (struct rfm_customer){ .first = CIVIL_NONE, .last = CIVIL_NONE, .segment = SEGMENT_NONE };
	if (rfm->options.value || rfm->options.one_off_segment)
		rfm->values = memory_zero(rfm->count, sizeof *rfm->values);
	if (rfm->options.cohorts)
		cohorts_init(&rfm->cohorts, ledger->figures.first_day, rfm->options.as_of);
	if (rfm->with_clv && clv_init(&rfm->clv, &rfm->options.clv, rfm->count, ledger->figures.first_day, diag))
		return -1;
	if (ledger_each(ledger, add_customer, rfm, diag) || add_totals(rfm, diag))
		return -1;
	if (!rfm->has_amount && rfm->buyers)
		diag_warn(diag, NULL, "no-amount", "the orders have no amount: monetary, m_score, rfm_score and rfm_segment stay empty; "
			  "say where it is with --map orders.amount=COLUMN or --unit-price COLUMN");
	if (scales_make(&rfm->scales, rfm->customers, rfm->count, rfm->options.as_of, rfm->has_amount, ledger->roster,
			ledger->feed->threads, diag))
		return -1;
	if (rfm->values)
		make_tiers(rfm);
	find_segments(rfm);
	if (rfm->options.value)
		warn_history(rfm, diag);
	return rfm->with_clv ? clv_fit(&rfm->clv, diag) : 0;
}

int rfm_save(const struct rfm *rfm, const char *path, struct diag *diag)
{
	struct place place = { .file = path };
	cJSON *document;
	char *text;
	int failed;

	if (!rfm->buyers) {
		diag_warn(diag, &place, "no-model", "nobody has bought: there are no cuts, and the model is not written");
		return 0;
	}
	document = cJSON_CreateObject();
	cJSON_AddStringToObject(document, "tool", "crm-rfm");
	cJSON_AddStringToObject(document, "version", CRM_VERSION);
	if (rfm->with_clv && rfm->clv.modelled) {
		clv_report(&rfm->clv, document);
	} else {
		cJSON_AddStringToObject(document, "model", "RFM");
		cJSON_AddItemToObject(document, "params", cJSON_CreateObject());
		cJSON_AddItemToObject(document, "log_likelihood", cJSON_CreateNull());
		cJSON_AddItemToObject(document, "rows", json_number_node((double)rfm->buyers));
	}
	cJSON_AddItemToObject(document, "scores", scales_report(&rfm->scales));
	text = json_print(document, true);
	failed = file_write(path, slice_of(text), diag);
	free(text);
	json_free(document);
	return failed;
}
