#include "clean/standard.h"

#include "clean/address.h"
#include "clean/email.h"
#include "clean/ids.h"
#include "clean/items.h"
#include "clean/money.h"
#include "clean/phone.h"
#include "clean/text.h"
#include "base/diag.h"

enum { EMPTY_LONGEST = 12 };  /* bytes of a clean text that says that it is empty, and more */

enum rule rule_of_role(enum role role)
{
	static const enum rule rules[ROLE_COUNT] = {
		/* the others are RULE_TEXT */
		[ROLE_SOURCE_ID] = RULE_ID,    [ROLE_CUSTOMER_ID] = RULE_ID,      [ROLE_ORDER_ID] = RULE_ID,
		[ROLE_PHONE] = RULE_PHONE,     [ROLE_EMAIL] = RULE_EMAIL,         [ROLE_TAGS] = RULE_TAGS,
		[ROLE_USCC] = RULE_USCC,       [ROLE_ID_NUMBER] = RULE_ID_NUMBER, [ROLE_BIRTHDAY] = RULE_DATE,
		[ROLE_CREATED_AT] = RULE_DATE, [ROLE_UPDATED_AT] = RULE_DATE,     [ROLE_ORDER_DATE] = RULE_DATE,
		[ROLE_EVENT_DATE] = RULE_DATE, [ROLE_LEFT_AT] = RULE_DATE,        [ROLE_AMOUNT] = RULE_AMOUNT,
		[ROLE_COST] = RULE_AMOUNT,     [ROLE_PROFIT] = RULE_AMOUNT,       [ROLE_REFUND] = RULE_AMOUNT,
		[ROLE_PROVINCE] = RULE_PROVINCE, [ROLE_CITY] = RULE_CITY,         [ROLE_REGION] = RULE_DISTRICT,
		[ROLE_QUANTITY] = RULE_NUMBER, [ROLE_VALUE] = RULE_NUMBER,        [ROLE_NOTE] = RULE_KEEP,
	};

	return rules[role];
}

const char *rule_name(enum rule rule)
{
	static const char *const names[] = { "text",   "keep",  "id",    "date", "date", "amount",
					     "number", "phone", "email", "tags", "province", "city", "region", "uscc", "id_number" };

	return names[rule];
}

static struct standard fine(struct slice value)
{
	return (struct standard){ .value = value };
}

static struct standard unknown(struct slice value)
{
	return (struct standard){ .value = value,
				  .outcome = ids_is_damaged(value) ? OUTCOME_DAMAGED : OUTCOME_UNKNOWN };
}

static struct standard bad(struct slice value, const char *code, const char *format, struct arena *arena)
{
	char quoted[DIAG_QUOTE_SIZE];

	return (struct standard){ .value = value, .outcome = OUTCOME_BAD, .code = code,
				  .reason = arena_format(arena, "%s %s", diag_quote(value, quoted), format) };
}

/* 0000-00-00 and 0000-00-00 00:00:00 is how MySQL says that there is none. */
static bool is_zero_date(struct slice s)
{
	if (!slice_starts_with(s, SLICE("0000-00-00")) && !slice_starts_with(s, SLICE("0000/00/00")))
		return false;
	for (size_t i = 10; i < s.len; i++)
		if (!memchr("0:.TZ ", s.ptr[i], 6))
			return false;
	return true;
}

static struct standard standard_date(struct slice s, enum date_order order, struct arena *arena)
{
	struct date date;
	char *text;

	if (is_zero_date(s))
		return (struct standard){ .value = { "", 0 }, .outcome = OUTCOME_ZERO_DATE };
	switch (date_parse(s, order, &date)) {
	case DATE_AMBIGUOUS:
		return bad(s, "ambiguous-date", "may be meant in several orders; say which with --date-order dmy, mdy or ymd",
			   arena);
	case DATE_BAD:
		return bad(s, "bad-date",
			   order == DATE_ORDER_UNKNOWN ? "is not a date"
			   : order == DATE_ORDER_DMY   ? "is not a date (read day first)"
			   : order == DATE_ORDER_MDY   ? "is not a date (read month first)"
						       : "is not a date (read year first)",
			   arena);
	default:
		text = arena_bytes(arena, DATE_TEXT);
		return fine((struct slice){ text, date_print(date, text) });
	}
}

static struct standard standard_amount(struct slice s, int64_t unit, bool must, struct arena *arena)
{
	struct money money;
	enum money_result result = money_parse(s, unit, &money);
	struct standard standard;
	char *text;

	if (result == MONEY_OK) {
		text = arena_bytes(arena, MONEY_TEXT);
		standard = fine((struct slice){ text, money_print(money.value, text) });
		memcpy(standard.currency, money.currency, sizeof standard.currency);
		if (!must && money.currency[0] && strcmp(money.currency, "CNY") != 0) /* no column else would say so */
			standard.value = arena_format(arena, "%.*s %s", SLICE_ARG(standard.value), money.currency);
		return standard;
	}
	if (!must)
		return unknown(s);
	return bad(s, "bad-amount", result == MONEY_OVERFLOW ? "is too large" : "is not an amount", arena);
}

/* --- lists --- */

struct list {
	struct items items;
	bool damaged;
	bool unknown;       /* has items that were not understood, as they stood */
};

/* The length of a separator of items at the start of s, or 0: ; ； and, if `all`, also , | ， 、 */
static size_t separator_at(struct slice s, bool all)
{
	char c = s.ptr[0];

	if (c == ';' || (all && (c == ',' || c == '|')))
		return 1;
	if (!(c & 0x80))
		return 0;
	if (slice_starts_with(s, SLICE("；")) ||
	    (all && (slice_starts_with(s, SLICE("，")) || slice_starts_with(s, SLICE("、")))))
		return 3;
	return 0;
}

/* Takes the next item of a list off *rest. */
static struct slice next_item(struct slice *rest, bool all)
{
	size_t at = 0, separator = 0;
	struct slice item;

	while (at < rest->len && !(separator = separator_at(slice_skip(*rest, at), all)))
		at++;
	item = slice_trim(slice_first(*rest, at));
	*rest = slice_skip(*rest, at + separator);
	return item;
}

/* Adds what it understands of one item; false when that is nothing. */
typedef bool read_item(struct slice item, struct list *list, struct arena *arena);

static bool read_phones(struct slice item, struct list *list, struct arena *arena)
{
	struct phone phones[PHONE_LIST];
	size_t count = phone_parse(item, phones, arena);

	for (size_t i = 0; i < count; i++) {
		items_add(&list->items, phones[i].text);
		list->damaged |= phones[i].type == PHONE_DAMAGED;
	}
	return count > 0;
}

/* Ann <a@b.com> c@d.org */
static bool read_emails(struct slice item, struct list *list, struct arena *arena)
{
	bool any = false;

	while (item.len) {
		struct email email = email_parse(slice_cut(&item, ' '), arena);

		if (email.text.ptr)
			items_add(&list->items, email.text);
		any |= email.text.ptr != NULL;
	}
	return any;
}

static bool read_tag(struct slice item, struct list *list, struct arena *arena)
{
	(void)arena;
	items_add(&list->items, item);
	return true;
}

/*
 * What stands between semicolons: its items, or where none is understood the whole, so that no comma of a sentence is
 * lost.
 */
static void add_segment(struct list *list, struct slice segment, read_item *read, struct arena *arena)
{
	size_t before = list->items.count;
	bool damaged = list->damaged;
	struct slice rest = segment;
	bool any = false;

	while (rest.len) {
		struct slice item = next_item(&rest, true);

		if (item.len == 0)
			continue;
		if (read(item, list, arena)) {
			any = true;
		} else {
			items_add(&list->items, item);
			list->unknown = true;
		}
	}
	if (any || segment.len == 0)
		return;
	items_cut(&list->items, before);
	list->damaged = damaged;
	list->unknown = true;
	items_add(&list->items, segment);
}

static struct standard standard_list(struct slice s, read_item *read, struct arena *arena)
{
	struct list list = { .damaged = false };

	items_init(&list.items, arena);
	while (s.len)
		add_segment(&list, next_item(&s, false), read, arena);
	return (struct standard){ .value = items_text(&list.items), .outcome = list.damaged ? OUTCOME_DAMAGED :
				  list.unknown ? OUTCOME_UNKNOWN : OUTCOME_FINE };
}

/* --- numbers with check digits --- */

/* Upper case, without spaces and hyphens. */
static struct slice compact(struct slice s, struct arena *arena)
{
	char *to = arena_bytes(arena, s.len + 1);
	size_t length = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c != ' ' && c != '-')
			to[length++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	return (struct slice){ to, length };
}

static struct standard standard_checked(struct slice s, bool (*is_valid)(struct slice), struct arena *arena)
{
	struct slice value = compact(s, arena);

	return is_valid(value) ? fine(value) : unknown(s);
}

struct standard standard_value(enum rule rule, struct slice s, int64_t unit, enum date_order order, struct arena *arena)
{
	struct slice clean = rule == RULE_KEEP ? s : text_clean(s, arena);
	struct standard result;

	if (s.len == 0)
		return fine((struct slice){ "", 0 });
	if ((rule == RULE_KEEP || clean.len <= EMPTY_LONGEST) && text_is_empty(clean))
		return (struct standard){ .value = { "", 0 }, .outcome = OUTCOME_EMPTY };
	switch (rule) {
	case RULE_DATE: return standard_date(clean, order, arena);
	case RULE_DATE_LIKE:
		result = standard_date(clean, order, arena);
		return result.outcome == OUTCOME_BAD ? unknown(clean) : result;
	case RULE_AMOUNT: return standard_amount(clean, unit, true, arena);
	case RULE_NUMBER: return standard_amount(clean, unit, false, arena);
	case RULE_PHONE: return standard_list(clean, read_phones, arena);
	case RULE_EMAIL: return standard_list(clean, read_emails, arena);
	case RULE_TAGS: return standard_list(clean, read_tag, arena);
	case RULE_PROVINCE: return fine(address_region(clean, REGION_PROVINCE));
	case RULE_CITY: return fine(address_region(clean, REGION_CITY));
	case RULE_DISTRICT: return fine(address_region(clean, REGION_DISTRICT));
	case RULE_USCC: return standard_checked(clean, ids_uscc_is_valid, arena);
	case RULE_ID_NUMBER: return standard_checked(clean, ids_resident_is_valid, arena);
	case RULE_ID: return ids_is_damaged(clean) ? unknown(clean) : fine(clean);
	default: return fine(clean);
	}
}
