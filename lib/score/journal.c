/*
 * A part has the customers of one partition of the lines (score/lines.h), so that one thread at a time writes to it. In its bytes are the purchases of
 * a customer who has any, all numbers LEB128:
 *   their number, doubled, and 1 more where all amounts are whole hundredths
 *   the days from one to the next (the first is in `firsts`)
 *   the amounts (in hundredths if so), of JOURNAL_LEAST_AMOUNTS purchases and more: doubled, or doubled and one less where they are negative
 *   the categories, where orders have them: the number of a single one; or NO_CATEGORY; or MANY, and the eight bytes of the bits
 */
#include "score/journal.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "io/vast.h"

enum { PARTS = LINES_PARTITIONS, MANY = JOURNAL_CATEGORIES, NO_CATEGORY, NUMBER_MOST = 10, FEW = 24, HUNDREDTH = 100 };

/* Days as numbers that are not negative, above the kind. */
enum { KIND_BITS = 3, DAY_ZERO = 1 << 24 };

/* A happening of a customer of the part. */
struct note {
	uint32_t local;            /* lines_local */
	uint32_t what;
};

struct part {
	uint8_t *bytes;
	size_t length, capacity;
	struct page page;          /* being written */
	struct note *notes;        /* until journal_seal */
	size_t note_count, note_capacity;
	uint32_t *happenings, *ends;   /* by customer, day, kind; where those of a customer end. NULL: none */
	int32_t first, last, first_event, first_purchase;   /* days */
};

void journal_init(struct journal *journal, size_t customers, const struct journal_options *options)
{
	*journal = (struct journal){
		.customers = customers, .options = *options, .firsts = memory_get(customers, sizeof *journal->firsts),
		.places = memory_get(customers, sizeof *journal->places), .parts = memory_zero(PARTS, sizeof *journal->parts),
		.vast = options->memory ? vast_new(options->memory, options->memory, options->tmpdir) : NULL,
	};
	for (size_t i = 0; i < customers; i++)
		journal->firsts[i] = CIVIL_NONE;
	for (size_t i = 0; i < PARTS; i++)
		journal->parts[i] = (struct part){ .first = INT32_MAX, .last = INT32_MIN, .first_event = INT32_MAX, .first_purchase = INT32_MAX };
}

void page_release(struct page *page)
{
	free(page->days);
	free(page->amounts);
	free(page->categories);
	free(page->happenings);
}

void journal_release(struct journal *journal)
{
	for (size_t i = 0; journal->parts && i < PARTS; i++) {
		struct part *part = &journal->parts[i];

		vast_drop(part->bytes);
		vast_drop(part->notes);
		vast_drop(part->happenings);
		free(part->ends);
		page_release(&part->page);
	}
	free(journal->parts);
	free(journal->firsts);
	free(journal->places);
	free(journal->days);
	vast_free(journal->vast);
}

static void page_grow(struct page *page, size_t count)
{
	if (count <= page->capacity)
		return;
	page->capacity = count + count / 2;
	page->days = memory_resize(page->days, page->capacity, sizeof *page->days);
	page->amounts = memory_resize(page->amounts, page->capacity, sizeof *page->amounts);
	page->categories = memory_resize(page->categories, page->capacity, sizeof *page->categories);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static uint8_t *put(uint8_t *at, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*at++ = (uint8_t)(number | 0x80);
	*at++ = (uint8_t)number;
	return at;
}

static void add_categories(struct page *page, const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t low = 0, high = page->count;

		if (!lines[i].category || lines[i].flags)
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (page->days[middle] < lines[i].day)
				low = middle + 1;
			else
				high = middle;
		}
		if (low < page->count && page->days[low] == lines[i].day)
			page->categories[low] |= UINT64_C(1) << (lines[i].category - 1) % JOURNAL_CATEGORIES;
	}
}

static void fill_page(struct page *page, const struct account *account)
{
	page_grow(page, account->count);
	page->count = 0;
	for (size_t i = 0; i < account->count; i++) {
		if (!account->orders[i].is_purchase)
			continue;
		page->days[page->count] = account->orders[i].day;
		page->categories[page->count] = 0;
		page->amounts[page->count++] = account->orders[i].amount;
	}
}

static uint8_t *put_amounts(uint8_t *at, const struct page *page, bool hundredths)
{
	for (size_t i = 0; i < page->count; i++) {
		int64_t amount = hundredths ? page->amounts[i] / HUNDREDTH : page->amounts[i];

		at = put(at, ((uint64_t)amount << 1) ^ (uint64_t)(amount >> 63));
	}
	return at;
}

static uint8_t *put_categories(uint8_t *at, const struct page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		uint64_t bits = page->categories[i];

		if (!(bits & (bits - 1))) {
			*at++ = bits ? (uint8_t)__builtin_ctzll(bits) : NO_CATEGORY;
			continue;
		}
		*at++ = MANY;
		memcpy(at, &bits, sizeof bits);
		at += sizeof bits;
	}
	return at;
}

static void put_page(const struct journal *journal, struct part *part)
{
	const struct page *page = &part->page;
	bool has_amounts = journal->options.has_amounts && page->count >= JOURNAL_LEAST_AMOUNTS, hundredths = true;
	size_t most = NUMBER_MOST + page->count * (NUMBER_MOST + NUMBER_MOST + 1 + sizeof *page->categories);
	uint8_t *at;

	part->bytes = vast_grow(journal->vast, part->bytes, &part->capacity, part->length + most, 1);
	at = part->bytes + part->length;
	for (size_t i = 0; has_amounts && i < page->count; i++)
		hundredths &= page->amounts[i] % HUNDREDTH == 0;
	at = put(at, page->count << 1 | hundredths);
	for (size_t i = 1; i < page->count; i++)
		at = put(at, (uint64_t)page->days[i] - (uint64_t)page->days[i - 1]);
	if (has_amounts)
		at = put_amounts(at, page, hundredths);
	if (journal->options.has_categories)
		at = put_categories(at, page);
	part->length = (size_t)(at - part->bytes);
}

static void note_day(struct part *part, int32_t day)
{
	part->first = day < part->first ? day : part->first;
	part->last = day > part->last ? day : part->last;
}

void journal_note(struct journal *journal, uint32_t customer, const struct account *account, const struct line *lines,
		  size_t line_count)
{
	struct part *part = &journal->parts[lines_partition(customer)];
	struct page *page = &part->page;

	fill_page(page, account);
	if (page->count == 0)
		return;
	if (part->length > UINT32_MAX)
		memory_exhausted();
	if (journal->options.has_categories)
		add_categories(page, lines, line_count);
	journal->places[customer] = (uint32_t)part->length;
	journal->firsts[customer] = page->days[0];
	part->first_purchase = page->days[0] < part->first_purchase ? page->days[0] : part->first_purchase;
	note_day(part, page->days[0]);
	note_day(part, page->days[page->count - 1]);
	put_page(journal, part);
}

void journal_add(struct journal *journal, uint32_t customer, int32_t day, enum happening_kind kind)
{
	struct part *part = &journal->parts[lines_partition(customer)];

	part->notes = vast_grow(journal->vast, part->notes, &part->note_capacity, part->note_count + 1, sizeof *part->notes);
	part->notes[part->note_count++] = (struct note){ (uint32_t)lines_local(customer), (uint32_t)(day + DAY_ZERO) << KIND_BITS | kind };
	note_day(part, day);
	if (kind <= HAPPENING_COMPLAINT && day < part->first_event)
		part->first_event = day;
}

/* ---- sealing ---------------------------------------------------------------------------------------------------- */

static int compare_whats(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Insertion for the few that most customers have. */
static void sort_whats(uint32_t *whats, size_t count)
{
	if (count > FEW) {
		qsort(whats, count, sizeof *whats, compare_whats);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		uint32_t what = whats[i];
		size_t j = i;

		for (; j > 0 && whats[j - 1] > what; j--)
			whats[j] = whats[j - 1];
		whats[j] = what;
	}
}

/* Counting sort by customer, then each customer's. */
static void sort_notes(const struct journal *journal, struct part *part, size_t locals)
{
	if (part->note_count == 0)
		return;
	if (part->note_count > UINT32_MAX)
		memory_exhausted();
	part->ends = memory_zero(locals + 1, sizeof *part->ends);
	part->happenings = vast_get(journal->vast, part->note_count, sizeof *part->happenings);
	for (size_t i = 0; i < part->note_count; i++)
		part->ends[part->notes[i].local + 1]++;
	for (size_t i = 0; i < locals; i++)
		part->ends[i + 1] += part->ends[i];
	for (size_t i = 0; i < part->note_count; i++)   /* from its start, each end moves to where it belongs */
		part->happenings[part->ends[part->notes[i].local]++] = part->notes[i].what;
	for (size_t i = 0; i < locals; i++) {
		size_t start = i ? part->ends[i - 1] : 0;

		sort_whats(part->happenings + start, part->ends[i] - start);
	}
	vast_drop(part->notes);
	part->notes = NULL;
}

static struct happening happening_of(uint32_t what)
{
	return (struct happening){ (int32_t)(what >> KIND_BITS) - DAY_ZERO, what & ((1 << KIND_BITS) - 1) };
}

/* The happenings of a customer. */
static const uint32_t *find_happenings(const struct journal *journal, uint32_t customer, size_t *count)
{
	const struct part *part = &journal->parts[lines_partition(customer)];
	size_t local = lines_local(customer), start;

	*count = 0;
	if (!part->ends)
		return NULL;
	start = local ? part->ends[local - 1] : 0;
	*count = part->ends[local] - start;
	return part->happenings + start;
}

static inline uint64_t get(const uint8_t **at)
{
	uint64_t number = *(*at)++;

	if (number < 0x80)
		return number;
	number &= 0x7F;
	for (unsigned shift = 7;; shift += 7) {
		uint64_t byte = *(*at)++;

		number |= (byte & 0x7F) << shift;
		if (byte < 0x80)
			return number;
	}
}

static const uint8_t *find_purchases(const struct journal *journal, uint32_t customer)
{
	return journal->parts[lines_partition(customer)].bytes + journal->places[customer];
}

struct sealing {
	struct journal *journal;
	struct day_counts **counts;   /* by worker; NULL: it has not counted yet */
};

static void count_customer(const struct journal *journal, uint32_t customer, struct day_counts *days)
{
	int32_t known = INT32_MAX, zero = journal->first_day, day = journal->firsts[customer];
	size_t count;
	const uint32_t *happenings = find_happenings(journal, customer, &count);

	if (day != CIVIL_NONE) {
		const uint8_t *at = find_purchases(journal, customer);

		known = day;
		days[day - zero].bought_first++;
		for (uint64_t rest = get(&at) >> 1; rest > 1; rest--) {
			day += (int32_t)get(&at);
			days[day - zero].bought_again++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		struct happening happening = happening_of(happenings[i]);

		known = happening.day < known ? happening.day : known;
		days[happening.day - zero].complaints += happening.kind == HAPPENING_COMPLAINT;
	}
	if (known != INT32_MAX)
		days[known - zero].known++;
}

static int seal_part(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct sealing *sealing = context;
	struct journal *journal = sealing->journal;
	size_t locals = lines_locals(journal->customers, index);

	(void)diag;
	sort_notes(journal, &journal->parts[index], locals);
	if (!sealing->counts[worker])
		sealing->counts[worker] = memory_zero(journal->day_count, sizeof **sealing->counts);
	for (size_t i = 0; i < locals; i++)
		count_customer(journal, lines_customer(index, i), sealing->counts[worker]);
	return 0;
}

/* The days between which all lies. */
static void find_days(struct journal *journal)
{
	int32_t first = INT32_MAX, last = INT32_MIN, purchase = INT32_MAX, event = INT32_MAX;

	for (size_t i = 0; i < PARTS; i++) {
		const struct part *part = &journal->parts[i];

		first = part->first < first ? part->first : first;
		last = part->last > last ? part->last : last;
		purchase = part->first_purchase < purchase ? part->first_purchase : purchase;
		event = part->first_event < event ? part->first_event : event;
	}
	journal->first_day = first;
	journal->day_count = last < first ? 0 : (size_t)((int64_t)last - first) + 1;
	journal->first_purchase = purchase == INT32_MAX ? CIVIL_NONE : purchase;
	journal->first_event = event == INT32_MAX ? CIVIL_NONE : event;
}

static void add_counts(struct journal *journal, const struct day_counts *counts)
{
	for (size_t d = 0; d < journal->day_count; d++) {
		journal->days[d].bought_first += counts[d].bought_first;
		journal->days[d].bought_again += counts[d].bought_again;
		journal->days[d].known += counts[d].known;
		journal->days[d].complaints += counts[d].complaints;
	}
}

int journal_seal(struct journal *journal, unsigned threads, struct diag *diag)
{
	unsigned workers = threads ? threads : 1;
	struct sealing sealing = { journal, memory_zero(workers, sizeof *sealing.counts) };
	int failed;

	for (size_t i = 0; i < PARTS; i++) {
		page_release(&journal->parts[i].page);
		journal->parts[i].page = (struct page){ 0 };
	}
	find_days(journal);
	journal->days = memory_zero(journal->day_count, sizeof *journal->days);
	failed = pool_each(seal_part, &sealing, PARTS, workers, diag);
	for (unsigned i = 0; i < workers; i++) {
		if (sealing.counts[i])
			add_counts(journal, sealing.counts[i]);
		free(sealing.counts[i]);
	}
	free(sealing.counts);
	return failed || vast_check(journal->vast, diag) ? -1 : 0;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static void get_amounts(const uint8_t **at, struct page *page, int64_t unit)
{
	for (size_t i = 0; i < page->count; i++) {
		uint64_t number = get(at);

		page->amounts[i] = (int64_t)(number >> 1 ^ -(number & 1)) * unit;
	}
}

static void get_categories(const uint8_t *at, struct page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		uint8_t which = *at++;

		page->categories[i] = which < MANY ? UINT64_C(1) << which : 0;
		if (which != MANY)
			continue;
		memcpy(&page->categories[i], at, sizeof *page->categories);
		at += sizeof *page->categories;
	}
}

static void get_purchases(const struct journal *journal, uint32_t customer, struct page *page)
{
	const uint8_t *at = find_purchases(journal, customer);
	uint64_t head = get(&at);

	page_grow(page, head >> 1);
	page->count = head >> 1;
	page->days[0] = journal->firsts[customer];
	for (size_t i = 1; i < page->count; i++)
		page->days[i] = page->days[i - 1] + (int32_t)get(&at);
	if (journal->options.has_amounts && page->count >= JOURNAL_LEAST_AMOUNTS)
		get_amounts(&at, page, head & 1 ? HUNDREDTH : 1);
	if (journal->options.has_categories)
		get_categories(at, page);
}

static void get_happenings(const struct journal *journal, uint32_t customer, int32_t day, struct page *page)
{
	size_t count;
	const uint32_t *whats = find_happenings(journal, customer, &count);

	page->happening_count = 0;
	if (count)
		page->happenings = memory_grow(page->happenings, &page->happening_capacity, count, sizeof *page->happenings);
	for (size_t i = 0; i < count; i++) {
		struct happening happening = happening_of(whats[i]);

		if (happening.day > day)
			return;
		page->happenings[page->happening_count++] = happening;
	}
}

void journal_prefetch(const struct journal *journal, uint32_t customer)
{
	if (journal->firsts[customer] != CIVIL_NONE)
		__builtin_prefetch(find_purchases(journal, customer));
}

struct view journal_view(const struct journal *journal, uint32_t customer, int32_t day, struct page *page)
{
	struct view view = { .day = day };
	bool has_bought = journal_has_bought(journal, customer, day);

	page->count = 0;
	if (has_bought)
		get_purchases(journal, customer, page);
	get_happenings(journal, customer, day, page);
	view.count = page->count;
	while (view.count > 0 && page->days[view.count - 1] > day)
		view.count--;
	view.days = page->days;
	view.amounts = journal->options.has_amounts && page->count >= JOURNAL_LEAST_AMOUNTS ? page->amounts : NULL;
	view.categories = journal->options.has_categories ? page->categories : NULL;
	view.happenings = page->happenings;
	view.happening_count = page->happening_count;
	return view;
}

uint32_t journal_purchases(const struct journal *journal, uint32_t customer, int32_t day, int32_t *last, int32_t *next)
{
	uint32_t count = 0;
	uint64_t rest = 0;
	const uint8_t *at;

	*last = CIVIL_NONE;
	*next = journal->firsts[customer];
	if (*next == CIVIL_NONE)
		return 0;
	at = find_purchases(journal, customer);
	for (rest = get(&at) >> 1; *next <= day; count++) {
		*last = *next;
		if (--rest == 0) {
			*next = CIVIL_NONE;
			return count + 1;
		}
		*next += (int32_t)get(&at);
	}
	return count;
}

size_t journal_buyers(const struct journal *journal, int32_t day)
{
	size_t count = 0;

	for (size_t d = 0; d < journal->day_count && (int64_t)journal->first_day + (int64_t)d <= day; d++)
		count += journal->days[d].bought_first;
	return count;
}

bool journal_buys_within(const struct journal *journal, uint32_t customer, int32_t day, uint32_t horizon)
{
	int32_t last, next;

	journal_purchases(journal, customer, day, &last, &next);
	return next != CIVIL_NONE && next <= (int64_t)day + horizon;
}

double journal_complaint_rate(const struct journal *journal, int32_t day)
{
	uint64_t complaints = 0, known = 0;

	for (size_t d = 0; d < journal->day_count && (int64_t)journal->first_day + (int64_t)d <= day; d++) {
		complaints += journal->days[d].complaints;
		known += journal->days[d].known;
	}
	return complaints ? (double)complaints / ((double)day - journal->first_event + 1) / (double)known : 0;
}
