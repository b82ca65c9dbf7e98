#include "score/signals.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "clean/money.h"
#include "score/warning.h"

enum {
	COMPLAINT_DAYS = 30, YEAR = 365, HALF_YEAR = 182, PAST_CONTRACT = 30,
	LEAST_COMPLAINTS = 2, LEAST_FOR_AMOUNTS = 7, LEAST_FOR_KINDS = 8, LEAST_RECENT_KINDS = 3, LEAST_EVENTS = 3, NOTES_ENOUGH = 3,
	REFUSAL_COUNTS = 3, MONTHS = 12, SEASON_PRIOR = 100,
};

static const double half = .5, worth_telling = .8, well_over = 1.5, year_days = 365.25;

/* ---- the season ------------------------------------------------------------------------------------------------ */

/* Purchases, and customers who could have bought, by day from season->first on. */
static void count_days(const struct season *season, const struct journal *journal, double *bought, double *known)
{
	const struct day_counts *counts = journal->days + (season->first - journal->first_day);

	for (size_t d = 0; d < season->days && (size_t)(season->first - journal->first_day) + d < journal->day_count; d++) {
		known[d] = counts[d].bought_first;
		bought[d] = counts[d].bought_again;
	}
	for (size_t d = 1; d < season->days; d++)
		known[d] += known[d - 1];
}

static int month_of(int32_t day)
{
	return civil_from_days(day).month - 1;
}

/* The weight of each month, drawn towards 1 by SEASON_PRIOR purchases; whole years only, so that growth is shared out evenly. */
static void weigh_months(const struct season *season, const double *bought, const double *known, double weights[MONTHS])
{
	double purchases[MONTHS] = { 0 }, chances[MONTHS] = { 0 }, all = 0, all_chances = 0;
	size_t skip = season->days - (size_t)(floor((double)season->days / year_days) * year_days);

	for (size_t d = skip; d < season->days; d++) {
		int month = month_of(season->first + (int32_t)d);

		purchases[month] += bought[d];
		chances[month] += known[d];
		all += bought[d];
		all_chances += known[d];
	}
	for (int m = 0; m < MONTHS; m++) {
		double expected = all_chances > 0 ? all * chances[m] / all_chances : 0;

		weights[m] = (purchases[m] + SEASON_PRIOR) / (expected + SEASON_PRIOR);
	}
}

void season_fit(struct season *season, const struct journal *journal, int32_t day)
{
	double *bought, *known, weights[MONTHS];
	int32_t first = journal->first_purchase;

	*season = (struct season){ 0 };
	if (first == CIVIL_NONE || (double)(day - (int64_t)first + 1) < 2 * year_days)
		return;
	season->first = first;
	season->days = (size_t)(day - (int64_t)first + 1);
	bought = memory_zero(season->days, sizeof *bought);
	known = memory_zero(season->days, sizeof *known);
	count_days(season, journal, bought, known);
	weigh_months(season, bought, known, weights);
	season->until = memory_get(season->days + 1, sizeof *season->until);
	season->until[0] = 0;
	for (size_t d = 0; d < season->days; d++)
		season->until[d + 1] = season->until[d] + weights[month_of(first + (int32_t)d)];
	free(bought);
	free(known);
}

void season_release(struct season *season)
{
	free(season->until);
}

double season_weight(const struct season *season, int32_t from, int32_t to)
{
	if (season->days == 0 || from < season->first - 1 || to - season->first + 1 > (int64_t)season->days)
		return (double)to - from;
	return season->until[to - season->first + 1] - season->until[from - season->first + 1];
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

/* A drop by less than a fifth is nothing to act on, however sure. */
static void too_few(struct signal *signal, uint64_t recent, uint64_t total, double share)
{
	signal->kind = SIGNAL_TEST;
	signal->baseline = (double)total * share;
	signal->current = (double)recent;
	signal->p = signal->current <= worth_telling * signal->baseline ? warning_binomial_tail(recent, total, share) : 1;
}

static uint32_t purchases_since(const struct view *view, int64_t day)
{
	uint32_t n = 0;

	while (n < view->count && view->days[view->count - 1 - n] > day)
		n++;
	return n;
}

/* Of the purchases after the first, which only begins the time. */
static void find_frequency_drop(const struct signal_scene *scene, const struct view *view, struct signal *signal)
{
	int64_t start = (int64_t)view->day - scene->window;
	int32_t first = view->count ? view->days[0] : 0;

	if (view->count < 2 || (int64_t)view->day - first < 2 * (int64_t)scene->window)
		return;
	too_few(signal, purchases_since(view, start), view->count - 1,
		season_weight(scene->season, (int32_t)start, view->day) / season_weight(scene->season, first, view->day));
	signal->since = (int32_t)start + 1;
}

static void find_overdue(const struct signal_scene *scene, const struct view *view, struct signal *signal)
{
	const struct rhythm *rhythm = scene->rhythm;
	double idle;

	if (view->count == 0)
		return;
	idle = (double)view->day - view->days[view->count - 1];
	*signal = (struct signal){
		.kind = SIGNAL_TEST, .current = idle, .since = view->days[view->count - 1],
		.baseline = rhythm_typical_gap(rhythm, (uint32_t)view->count - 1, (uint32_t)(view->days[view->count - 1] - view->days[0])),
		.p = warning_gap_tail(scene->gaps->shape, scene->gaps->scale, view->days, view->count, idle),
	};
}

static void find_amount_drop(const struct signal_scene *scene, const struct view *view, struct signal *signal)
{
	double last = 0, earlier = 0;

	if (!scene->has_amounts || view->count < LEAST_FOR_AMOUNTS)
		return;
	for (size_t i = 0; i < view->count; i++)
		*(i + 2 < view->count ? &earlier : &last) += (double)view->amounts[i];
	*signal = (struct signal){
		.kind = SIGNAL_TEST, .baseline = earlier / (double)(view->count - 2) / MONEY_ONE, .current = last / 2 / MONEY_ONE,
		.since = view->days[view->count - 2], .p = 1,
	};
	if (signal->current < half * signal->baseline)
		signal->p = warning_low_pair_tail(view->amounts, view->count);
}

static void find_category_narrowed(const struct signal_scene *scene, const struct view *view, struct signal *signal)
{
	uint32_t counts[JOURNAL_CATEGORIES] = { 0 }, recent = purchases_since(view, (int64_t)view->day - scene->window);
	uint64_t seen = 0;
	size_t kinds = 0;

	if (!view->categories || view->count < LEAST_FOR_KINDS || recent < LEAST_RECENT_KINDS)
		return;
	for (size_t i = 0; i < view->count; i++) {
		seen |= i + recent >= view->count ? view->categories[i] : 0;
		for (uint64_t rest = view->categories[i]; rest; rest &= rest - 1)
			counts[__builtin_ctzll(rest)]++;
	}
	for (size_t i = 0; i < JOURNAL_CATEGORIES; i++)
		if (counts[i])
			counts[kinds++] = counts[i];
	signal->kind = SIGNAL_TEST;
	signal->current = __builtin_popcountll(seen);
	signal->p = warning_few_kinds_tail(counts, kinds, (uint32_t)view->count, recent, (uint32_t)signal->current, &signal->baseline);
	signal->since = view->days[view->count - recent];
}

/* ---- what happened to him --------------------------------------------------------------------------------------- */

struct happenings {
	uint32_t complaints, recent_complaints, service, recent_service, events, half_year_events, notes;
	int32_t first, first_complaint, first_service, last_event, last_note, contact_left, unfollowed;
};

static void add_service(struct happenings *h, const struct signal_scene *scene, int32_t day, int64_t age)
{
	h->first_service = h->first_service == CIVIL_NONE ? day : h->first_service;
	h->service++;
	h->recent_service += age < scene->window;
}

static void add_complaint(struct happenings *h, int32_t day, int64_t age)
{
	h->complaints++;
	if (age >= COMPLAINT_DAYS)
		return;
	h->first_complaint = h->recent_complaints ? h->first_complaint : day;
	h->recent_complaints++;
}

static struct happenings count_happenings(const struct signal_scene *scene, const struct view *view)
{
	struct happenings h = {
		.first = CIVIL_NONE, .first_complaint = CIVIL_NONE, .first_service = CIVIL_NONE, .last_event = CIVIL_NONE,
		.last_note = CIVIL_NONE, .contact_left = CIVIL_NONE, .unfollowed = CIVIL_NONE,
	};
	int32_t last_purchase = view->count ? view->days[view->count - 1] : CIVIL_NONE;

	for (size_t i = 0; i < view->happening_count; i++) {
		const struct happening *happening = &view->happenings[i];
		int64_t age = (int64_t)view->day - happening->day;

		switch ((enum happening_kind)happening->kind) {
		case HAPPENING_CONTACT_LEFT: h.contact_left = happening->day; continue;
		case HAPPENING_UNFOLLOWED: h.unfollowed = happening->day; continue;
		case HAPPENING_HESITATION:
		case HAPPENING_REFUSAL:
			if (age > HALF_YEAR || (last_purchase != CIVIL_NONE && happening->day <= last_purchase))
				continue;
			h.notes += happening->kind == HAPPENING_REFUSAL ? REFUSAL_COUNTS : 1;
			h.last_note = happening->day;
			continue;
		case HAPPENING_SERVICE: add_service(&h, scene, happening->day, age); break;
		case HAPPENING_COMPLAINT: add_complaint(&h, happening->day, age); break;
		}
		h.first = h.first == CIVIL_NONE ? happening->day : h.first;
		h.last_event = happening->day;
		h.events++;
		h.half_year_events += age < HALF_YEAR;
	}
	return h;
}

/* The rate is gamma: one complaint in as many days as the rate of all gives one, and his own before. */
static void find_complaints_up(const struct signal_scene *scene, const struct view *view, const struct happenings *h,
			       struct signal *signal)
{
	int32_t since = view->count && (h->first == CIVIL_NONE || view->days[0] < h->first) ? view->days[0] : h->first;
	double earlier = (double)h->complaints - h->recent_complaints, days, scale;

	if (!(scene->complaint_rate > 0) || since == CIVIL_NONE)
		return;
	days = fmax(0, (double)view->day - since + 1 - COMPLAINT_DAYS);
	scale = 1 / scene->complaint_rate + days;
	*signal = (struct signal){
		.kind = SIGNAL_TEST, .baseline = (1 + earlier) / scale * COMPLAINT_DAYS, .current = h->recent_complaints,
		.since = h->first_complaint, .p = 1,
	};
	if (h->recent_complaints >= LEAST_COMPLAINTS)
		signal->p = warning_count_tail(h->recent_complaints, 1 + earlier, scale, COMPLAINT_DAYS);
}

static void find_service_down(const struct signal_scene *scene, const struct view *view, const struct happenings *h, struct signal *signal)
{
	double days = h->service ? (double)view->day - h->first_service : 0;

	if (h->service < 2 || days < 2. * scene->window)
		return;
	too_few(signal, h->recent_service, h->service - 1, scene->window / days);
	signal->since = view->day - (int32_t)scene->window + 1;
}

static void set_fact(struct signal *signal, bool is, double baseline, double current, int32_t since)
{
	if (is)
		*signal = (struct signal){ SIGNAL_FACT, NAN, baseline, current, since };
}

/* The longest time without an event or a purchase, as far as the last of them. */
static int32_t longest_silence(const struct view *view)
{
	int32_t before = CIVIL_NONE, longest = 0;
	size_t h = 0, p = 0;

	while (h < view->happening_count || p < view->count) {
		int32_t day;

		if (h < view->happening_count && view->happenings[h].kind > HAPPENING_COMPLAINT) {
			h++;
			continue;
		}
		if (p == view->count || (h < view->happening_count && view->happenings[h].day < view->days[p]))
			day = view->happenings[h++].day;
		else
			day = view->days[p++];
		longest = before != CIVIL_NONE && day - before > longest ? day - before : longest;
		before = day;
	}
	return longest;
}

static void find_silence(const struct signal_scene *scene, const struct view *view, const struct happenings *h, struct signal signals[REASONS])
{
	int32_t purchase = view->count ? view->days[view->count - 1] : CIVIL_NONE;
	int32_t last = purchase > h->last_event ? purchase : h->last_event;
	double silent = (double)view->day - last, longest;
	bool worked_on = h->half_year_events >= LEAST_EVENTS && view->day - (int64_t)h->first >= HALF_YEAR &&
			 (purchase == CIVIL_NONE || view->day - (int64_t)purchase >= HALF_YEAR);

	if (h->events < LEAST_EVENTS)
		return;
	longest = longest_silence(view);
	set_fact(&signals[REASON_NO_CONTACT], silent >= scene->options->no_contact && silent > well_over * longest, longest, silent, last);
	set_fact(&signals[REASON_NO_PROGRESS], worked_on, NAN, h->half_year_events, purchase == CIVIL_NONE ? h->first : purchase);
}

static void find_facts(const struct signal_scene *scene, const struct view *view, const struct happenings *h, struct signal signals[REASONS])
{
	const struct signal_facts *facts = scene->facts;
	double left;

	set_fact(&signals[REASON_CONTACT_LEFT], h->contact_left != CIVIL_NONE && view->day - (int64_t)h->contact_left < YEAR, NAN,
		 (double)view->day - h->contact_left, h->contact_left);
	set_fact(&signals[REASON_NEGATIVE_NOTES], h->notes >= NOTES_ENOUGH, NAN, h->notes, h->last_note);
	set_fact(&signals[REASON_UNFOLLOWED], h->unfollowed != CIVIL_NONE && view->day - (int64_t)h->unfollowed < YEAR, NAN, NAN,
		 h->unfollowed);
	if (!facts)
		return;
	left = (double)facts->contract_end - view->day;
	set_fact(&signals[REASON_CONTRACT_END], facts->contract_end != CIVIL_NONE && left <= scene->options->contract && left >= -PAST_CONTRACT,
		 scene->options->contract, left, facts->contract_end);
	if (signals[REASON_UNFOLLOWED].kind == SIGNAL_NONE)
		set_fact(&signals[REASON_UNFOLLOWED], facts->unfollowed, NAN, NAN, CIVIL_NONE);
	set_fact(&signals[REASON_OWN_RULE], facts->tags.len > 0, NAN, NAN, CIVIL_NONE);
}

void signals_find(const struct signal_scene *scene, const struct view *view, struct signal signals[REASONS])
{
	struct happenings h = count_happenings(scene, view);

	for (size_t i = 0; i < REASONS; i++)
		signals[i] = (struct signal){ .kind = SIGNAL_NONE, .p = NAN, .baseline = NAN, .current = NAN, .since = CIVIL_NONE };
	find_frequency_drop(scene, view, &signals[REASON_FREQUENCY_DROP]);
	find_overdue(scene, view, &signals[REASON_OVERDUE]);
	find_amount_drop(scene, view, &signals[REASON_AMOUNT_DROP]);
	find_category_narrowed(scene, view, &signals[REASON_CATEGORY_NARROWED]);
	find_complaints_up(scene, view, &h, &signals[REASON_COMPLAINTS_UP]);
	find_service_down(scene, view, &h, &signals[REASON_SERVICE_DOWN]);
	find_silence(scene, view, &h, signals);
	find_facts(scene, view, &h, signals);
}

double signal_strength(const struct signal *signal)
{
	double largest = fmax(fabs(signal->baseline), fabs(signal->current));

	if (!isfinite(signal->baseline) || !isfinite(signal->current) || !(largest > 0))
		return 1;
	return fmin(1, fabs(signal->baseline - signal->current) / largest);
}
