#include "score/warning.h"

#include <math.h>

#include "base/embed.h"
#include "clean/text.h"
#include "io/json.h"
#include "score/special.h"

EMBED(built_in_words, "lib/score/warning.json")

enum { LEAST_HAPPENINGS = 4, LAST_PURCHASES = 2, LEAST_EARLIER = 3, LEAST_COMPLAINTS = 2 };

static const double significant = .05, half = .5;

double warning_binomial_tail(uint64_t k, uint64_t n, double p)
{
	double sum = 0, count = (double)n;

	if (k >= n)
		return 1;
	for (uint64_t i = 0; i <= k; i++)
		sum += exp(special_lgamma(count + 1) - special_lgamma((double)i + 1) - special_lgamma(count - (double)i + 1) +
			   (double)i * log(p) + (count - (double)i) * log1p(-p));
	return fmin(sum, 1);
}

double warning_poisson_tail(uint64_t k, double mean)
{
	double below = 0;

	for (uint64_t i = 0; i < k; i++)
		below += exp((double)i * log(mean) - mean - special_lgamma((double)i + 1));
	return fmax(1 - below, 0);
}

bool warning_is_drop(uint64_t recent, uint64_t total, double window, double days)
{
	if (total < LEAST_HAPPENINGS || days < 2 * window || (double)recent >= (double)total * window / days)
		return false;
	return warning_binomial_tail(recent, total, window / days) < significant;
}

bool warning_is_amount_drop(const struct account *account)
{
	double last = 0, earlier = 0;
	size_t seen = 0;

	for (size_t i = account->count; i-- > 0;) {
		if (!account->orders[i].is_purchase)
			continue;
		if (seen++ < LAST_PURCHASES)
			last += (double)account->orders[i].amount;
		else
			earlier += (double)account->orders[i].amount;
	}
	if (seen < LAST_PURCHASES + LEAST_EARLIER)
		return false;
	return last / LAST_PURCHASES < half * earlier / (double)(seen - LAST_PURCHASES);
}

bool warning_is_complaints_up(const struct complaints *complaints, double common_rate)
{
	double rate;

	if (complaints->recent < LEAST_COMPLAINTS || !(common_rate > 0))
		return false;
	rate = (1 + complaints->earlier) / (1 / common_rate + complaints->earlier_days);
	return warning_poisson_tail(complaints->recent, rate * COMPLAINT_DAYS) < significant;
}

static void load_pair(struct slice to[2], const cJSON *node, struct arena *arena)
{
	to[0] = arena_copy(arena, json_text(json_member(node, "en")));
	to[1] = arena_copy(arena, json_text(json_member(node, "zh")));
}

static void load_pairs(struct slice (*to)[2], size_t count, const cJSON *list, struct arena *arena)
{
	for (size_t i = 0; i < count; i++)
		load_pair(to[i], cJSON_GetArrayItem(list, (int)i), arena);
}

void warning_words_load(struct warning_words *words, struct arena *arena)
{
	struct diag diag;
	cJSON *document;
	const cJSON *actions, *list, *item;

	diag_init(&diag);
	document = json_parse(built_in_words(), JSON_STRICT, "warning.json", &diag);
	actions = json_member(document, "action");
	load_pairs(words->lifecycle, 5, json_member(document, "lifecycle"), arena);
	load_pairs(words->level, 3, json_member(document, "level"), arena);
	load_pairs(words->reason, REASONS, json_member(document, "reason"), arena);
	load_pair(words->for_contact, json_member(actions, "contact_left"), arena);
	load_pair(words->for_complaints, json_member(actions, "complaints_up"), arena);
	load_pair(words->for_risk, json_member(actions, "at_risk"), arena);
	for (size_t i = 0; i < 5; i++) {
		struct slice state = words->lifecycle[i][0];

		load_pair(words->for_state[i], json_member(actions, arena_cstr(arena, state)), arena);
	}
	list = json_member(document, "complaint_words");
	words->complaints = arena_get(arena, (size_t)cJSON_GetArraySize(list), sizeof *words->complaints);
	words->complaint_count = 0;
	cJSON_ArrayForEach(item, list)
		words->complaints[words->complaint_count++] = arena_copy(arena, text_key(json_text(item), false, arena));
	json_free(document);
	diag_release(&diag);
}
