/*
 * Order of things: whom the record is about (the contact, or another person of the company), in which script, then each
 * cell as it should be, then damage to it, then what is missing, with a check that something to go by is left.
 */
#include "synth/record.h"

#include "base/civil.h"
#include "synth/dirt.h"

struct writer {
	const struct world *world;
	const struct entity *e;
	struct card *card;
	uint64_t *counts;
	enum source_kind source;
	bool chinese, firm;          /* the customer */
	bool latin;                  /* the record is in Latin letters */
	bool other;                  /* about the other contact */
	const struct human *human;
	struct pen pen;
	struct rng rng;
};

/* Whether the error happens here; counts it. Draw only where it can be done. */
static bool errs(struct writer *w, enum error_kind kind)
{
	bool yes = rng_chance(&w->rng, w->world->rates[kind]);

	w->counts[kind] += yes;
	return yes;
}

struct slice record_id(const struct place_in_file *where, struct pen *pen)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const char *start = pen->at;
	char code[6];
	uint32_t rest = where->number;

	switch (where->source) {
	case SOURCE_SALESFORCE: /* 15 characters of base 62, and three that make it safe where case is lost */
		for (int i = 5; i >= 0; i--, rest /= 62)
			code[i] = digits[rest % 62];
		pen_text(pen, "00Q5g0000");
		pen_add(pen, (struct slice){ code, 6 });
		pen_text(pen, "EAG");
		break;
	case SOURCE_ERP:
		pen_text(pen, "KH");
		pen_number(pen, where->number + 1, 8);
		break;
	case SOURCE_SALES:
		pen_number(pen, where->number + 1, 9);
		break;
	default:
		pen_number(pen, UINT64_C(4400000000000000) + where->number * UINT64_C(7) + 13, 1);
	}
	return pen_since(pen, start);
}

struct slice record_owner(const struct world *world, unsigned owner, bool latin, struct pen *pen)
{
	const char *start = pen->at;
	struct rng rng;
	struct human human;

	rng_init(&rng, world->seed, TOPIC_OWNER, owner);
	human = entity_draw_human(world, true, &rng);
	if (latin) {
		pen_text(pen, "0055g00000");
		pen_number(pen, 10000 + owner * 37, 5);
		return pen_since(pen, start);
	}
	name_family(&world->words, &human, false, pen);
	name_given(&world->words, &human, false, pen);
	return pen_since(pen, start);
}

/* Wrong characters in one of the Chinese texts of the record, the person's or the company's name. */
static struct slice confuse_chinese(struct writer *w, struct slice s)
{
	const struct words *words = &w->world->words;

	if (errs(w, ERROR_HOMOPHONE))
		s = dirt_confuse(words, CONFUSE_HOMOPHONE, s, &w->pen, &w->rng);
	if (errs(w, ERROR_LOOK_ALIKE))
		s = dirt_confuse(words, CONFUSE_LOOK_ALIKE, s, &w->pen, &w->rng);
	if (errs(w, ERROR_TRADITIONAL))
		s = dirt_traditional(words, s, &w->pen);
	return s;
}

static void write_person(struct writer *w)
{
	const struct words *words = &w->world->words;
	struct slice *cell = w->card->cell, given, family;
	bool short_name = false;

	family = name_family(words, w->human, w->latin, &w->pen);
	given = name_given(words, w->human, w->latin, &w->pen);
	if (!w->chinese) {
		struct slice nick = name_nick(words, w->human, &w->rng, &w->pen);

		short_name = nick.len && errs(w, ERROR_NICKNAME);
		if (short_name)
			given = nick;
	}
	cell[FIELD_FAMILY] = family;
	cell[FIELD_GIVEN] = given;
}

/* Of a Latin record one of four texts may have a typo. */
static void make_typo(struct writer *w)
{
	static const enum field targets[] = { FIELD_FAMILY, FIELD_GIVEN,   FIELD_COMPANY,
					      FIELD_EMAIL,  FIELD_ADDRESS, FIELD_FAMILY };
	struct slice *cell = &w->card->cell[targets[rng_below(&w->rng, 6)]];
	size_t at;

	if (!w->latin || !errs(w, ERROR_TYPO))
		return;
	if (cell->len < 5)
		cell = &w->card->cell[FIELD_EMAIL];
	at = slice_find_byte(*cell, '@');
	if (at < cell->len) { /* before the @ only */
		const char *start = w->pen.at;
		struct slice rest = slice_skip(*cell, at), local = dirt_typo(slice_first(*cell, at), &w->pen, &w->rng);

		if (local.ptr != start)
			return;
		pen_add(&w->pen, rest);
		*cell = pen_since(&w->pen, start);
	} else {
		*cell = dirt_typo(*cell, &w->pen, &w->rng);
	}
}

static void write_company(struct writer *w)
{
	struct firm_style style = { .latin = w->latin };
	struct slice *cell = &w->card->cell[FIELD_COMPANY];

	if (!w->firm)
		return;
	if (errs(w, ERROR_LEGAL_FORM))
		style.form = rng_chance(&w->rng, .4) ? FIRM_FORMS - 1 : 1 + (unsigned)rng_below(&w->rng, FIRM_FORMS - 2);
	if (w->chinese && errs(w, ERROR_PLACE_MOVED))
		style.place = (enum place_style)rng_between(&w->rng, PLACE_IN_BRACKETS, PLACE_NONE);
	style.is_short = errs(w, ERROR_ABBREVIATION);
	*cell = name_firm(&w->world->words, w->e, &style, &w->pen);
}

/* First and last name as one, the way the source has it. */
static void join_name(struct writer *w, bool swapped)
{
	struct slice *cell = w->card->cell;
	struct slice first = w->latin ? cell[FIELD_GIVEN] : cell[FIELD_FAMILY];
	struct slice last = w->latin ? cell[FIELD_FAMILY] : cell[FIELD_GIVEN];
	const char *start = w->pen.at;

	if (swapped && w->latin) {
		pen_add(&w->pen, last);
		pen_text(&w->pen, w->chinese ? " " : ", ");
		pen_add(&w->pen, first);
	} else {
		pen_add(&w->pen, first);
		pen_text(&w->pen, w->latin ? " " : "");
		pen_add(&w->pen, last);
	}
	cell[FIELD_NAME] = pen_since(&w->pen, start);
}

static void add_title(struct writer *w)
{
	struct slice *cell = w->card->cell;
	const char *start = w->pen.at;

	if (!errs(w, ERROR_TITLE))
		return;
	if (w->latin) {
		pen_text(&w->pen, rng_chance(&w->rng, .2) ? "Dr. " : w->human->male ? "Mr. " : "Ms. ");
		pen_add(&w->pen, cell[FIELD_GIVEN]);
		cell[FIELD_GIVEN] = pen_since(&w->pen, start);
	} else if (w->firm && rng_chance(&w->rng, .2)) {
		cell[FIELD_GIVEN] = slice_of(rng_chance(&w->rng, .5) ? "总" : "经理"); /* 张总 */
	} else {
		pen_add(&w->pen, cell[FIELD_GIVEN]);
		pen_text(&w->pen, w->firm && rng_chance(&w->rng, .4) ? "经理" : w->human->male ? "先生" : "女士");
		cell[FIELD_GIVEN] = pen_since(&w->pen, start);
	}
}

static void write_names(struct writer *w)
{
	struct slice *cell = w->card->cell;
	bool swapped;

	write_person(w);
	write_company(w);
	if (w->chinese && !w->latin) {
		bool company = w->firm && rng_chance(&w->rng, .5);
		struct slice *target = company ? &cell[FIELD_COMPANY] : &cell[FIELD_GIVEN];

		if (!company && rng_chance(&w->rng, .3))
			target = &cell[FIELD_FAMILY];
		*target = confuse_chinese(w, *target);
	}
	make_typo(w);
	add_title(w);
	swapped = errs(w, ERROR_SWAPPED);
	join_name(w, swapped);
	if (!swapped)
		return;
	if (w->source == SOURCE_SALESFORCE || w->latin) {
		struct slice kept = cell[FIELD_FAMILY];

		cell[FIELD_FAMILY] = cell[FIELD_GIVEN];
		cell[FIELD_GIVEN] = kept;
	} else {
		struct slice kept = cell[FIELD_COMPANY];

		cell[FIELD_COMPANY] = cell[FIELD_NAME];
		cell[FIELD_NAME] = kept;
	}
}

static struct slice mask_mobile(struct writer *w, uint64_t number)
{
	const char *start = w->pen.at;
	char text[32];
	struct pen digits = { text, text + sizeof text };

	pen_number(&digits, number, w->chinese ? 11 : 7);
	pen_add(&w->pen, (struct slice){ text, 3 });
	pen_text(&w->pen, w->chinese ? "******" : "**");
	pen_add(&w->pen, (struct slice){ digits.at - 2, 2 });
	return pen_since(&w->pen, start);
}

/* Returns whether the phone identifies: not masked, no reception desk. */
static bool write_phone(struct writer *w)
{
	const struct words *words = &w->world->words;
	const struct entity *e = w->e;
	uint64_t mobile = w->other ? e->other_mobile : errs(w, ERROR_OLD_PHONE) ? e->old_mobile : e->mobile;
	double landlines = !w->firm ? .06 : e->desk ? .7 : .35;
	bool landline = rng_chance(&w->rng, landlines), both = w->firm && rng_chance(&w->rng, .12);
	unsigned plain = w->source == SOURCE_SALESFORCE && w->chinese ? 1 : 0;
	unsigned format = errs(w, ERROR_PHONE_FORMAT) ? (unsigned)rng_below(&w->rng, PHONE_FORMATS) : plain;
	struct slice *cell = &w->card->cell[FIELD_PHONE];
	const char *start = w->pen.at;

	if (!landline && errs(w, ERROR_MASKED_PHONE)) {
		*cell = mask_mobile(w, mobile);
		return false;
	}
	if (!landline || both)
		name_mobile(words, e, mobile, format, &w->pen);
	if (landline && both)
		pen_text(&w->pen, w->chinese ? "/" : "; ");
	if (landline)
		name_landline(words, e, format, &w->pen);
	*cell = pen_since(&w->pen, start);
	if (landline && e->desk && !both)
		w->counts[ERROR_SHARED_PHONE]++;
	return !(landline && e->desk && !both);
}

static void write_email(struct writer *w)
{
	const struct entity *e = w->e;
	bool second = errs(w, ERROR_OTHER_EMAIL);
	struct mailbox mail = second ? e->second_mail : e->mail;
	int32_t born = e->born;

	if (w->other) { /* his own box, or one of the company */
		mail.digits = mail.digits * 3 / 4 + 77777;
		mail.number = (uint16_t)(mail.number * 7 % 9973);
		born = 7000 - born / 2; /* some day from 1971 to 1996 */
	}
	w->card->cell[FIELD_EMAIL] = name_email(&w->world->words, e, w->human, &mail, born, &w->pen);
}

static void write_address(struct writer *w)
{
	const struct words *words = &w->world->words;
	const struct location *at = errs(w, ERROR_OLD_ADDRESS) ? &w->e->old_home : &w->e->home;
	struct slice *cell = w->card->cell;
	enum list_name cities = w->chinese ? LIST_CITY : LIST_CITY_LATIN;
	struct address_style style = { .latin = w->latin,
				       .tail = rng_chance(&w->rng, .6) ? 0 : (unsigned)rng_between(&w->rng, 1, 2) };
	const char *start;

	style.city = w->chinese && !w->latin && rng_chance(&w->rng, w->source == SOURCE_SHOP ? .2 : .5);
	style.line_break = w->source == SOURCE_SALESFORCE && w->latin && errs(w, ERROR_LINE_BREAK);
	cell[FIELD_ADDRESS] = name_address(words, at, &style, &w->pen);
	cell[FIELD_CITY] = words_text(words, cities, at->city, w->chinese && w->latin);
	cell[FIELD_PROVINCE] = words_text(words, cities, at->city, !w->chinese ? 1 : w->latin ? 3 : 2);
	cell[FIELD_POSTCODE] = name_postcode(words, at, &w->pen);
	if (w->chinese)
		cell[FIELD_COUNTRY] = slice_of(w->latin ? "China" : "中国");
	else
		cell[FIELD_COUNTRY] = words_text(words, LIST_CITY_LATIN, at->city, 3);
	if (w->source == SOURCE_ERP && w->chinese) { /* 深圳市 */
		start = w->pen.at;
		pen_add(&w->pen, cell[FIELD_CITY]);
		pen_text(&w->pen, "市");
		cell[FIELD_CITY] = pen_since(&w->pen, start);
	}
}

static void write_class(struct writer *w)
{
	static const char *const levels[SOURCE_KINDS][4] = { { "Hot", "Warm", "Cold", "" }, { "A", "B", "C", "D" },
		{ "重点客户", "一般客户", "潜在客户", "普通客户" }, { "gold", "silver", "bronze", "basic" } };
	static const char *const stages[SOURCE_KINDS][5] = {
		{ "Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Converted",
		  "Closed - Not Converted" },
		{ "潜在", "意向", "成交", "成交", "停用" },
		{ "初步接触", "报价中", "已签约", "已签约", "已流失" },
		{ "registered", "active", "active", "active", "inactive" }
	};
	const struct words *words = &w->world->words;
	struct slice *cell = w->card->cell;
	unsigned level = rng_chance(&w->rng, .85) ? w->e->level : (unsigned)rng_below(&w->rng, 4), owner = w->e->owner;

	cell[FIELD_LEVEL] = slice_of(levels[w->source][level]);
	cell[FIELD_STAGE] = slice_of(stages[w->source][rng_chance(&w->rng, .8) ? w->e->stage : rng_below(&w->rng, 5)]);
	if (w->firm && w->chinese)
		cell[FIELD_INDUSTRY] = words_text(words, LIST_TRADE, w->e->firm.trade, w->latin ? 3 : 2);
	else if (w->firm)
		cell[FIELD_INDUSTRY] = words_text(words, LIST_TRADE_LATIN, w->e->firm.trade, 1);
	if (rng_chance(&w->rng, .25))
		owner = (unsigned)rng_below(&w->rng, OWNERS);
	cell[FIELD_OWNER] = record_owner(w->world, owner, w->source == SOURCE_SALESFORCE, &w->pen);
}

/* 440106198001011234 → 4.40106E+17 */
static struct slice damage_id(struct writer *w, const char id[18])
{
	const char *start = w->pen.at;

	pen_byte(&w->pen, id[0]);
	pen_byte(&w->pen, '.');
	pen_add(&w->pen, (struct slice){ id + 1, 5 });
	pen_text(&w->pen, "E+17");
	return pen_since(&w->pen, start);
}

static void write_numbers(struct writer *w)
{
	struct slice *cell = w->card->cell;
	const char *start = w->pen.at;
	char id[18];

	if (w->chinese && w->firm && rng_chance(&w->rng, .4)) {
		pen_add(&w->pen, (struct slice){ w->e->uscc, 18 });
		cell[FIELD_USCC] = pen_since(&w->pen, start);
	} else if (w->chinese && !w->firm && rng_chance(&w->rng, .35)) {
		entity_id_number(w->world, w->e, id);
		if (id[17] != 'X' && errs(w, ERROR_DAMAGED_ID)) {
			cell[FIELD_ID_NUMBER] = damage_id(w, id);
		} else {
			pen_add(&w->pen, (struct slice){ id, 18 });
			cell[FIELD_ID_NUMBER] = pen_since(&w->pen, start);
		}
	}
	start = w->pen.at;
	switch (rng_below(&w->rng, 5)) {
	case 0:
		pen_number(&w->pen, (uint64_t)rng_between(&w->rng, 1, 80), 1);
		pen_text(&w->pen, "万");
		break;
	case 1:
		pen_number(&w->pen, (uint64_t)rng_between(&w->rng, 1, 300), 1);
		pen_byte(&w->pen, '.');
		pen_number(&w->pen, (uint64_t)rng_between(&w->rng, 1, 9), 1);
		pen_text(&w->pen, "万元");
		break;
	case 2:
		pen_number(&w->pen, (uint64_t)rng_between(&w->rng, 1, 900), 1);
		pen_byte(&w->pen, ',');
		pen_number(&w->pen, (uint64_t)rng_between(&w->rng, 0, 999), 3);
		break;
	default:
		pen_number(&w->pen, (uint64_t)rng_between(&w->rng, 8, 9000) * 100, 1);
		pen_text(&w->pen, rng_chance(&w->rng, .3) ? ".00" : "");
	}
	cell[FIELD_AMOUNT] = pen_since(&w->pen, start);
}

static void write_widths(struct writer *w)
{
	struct slice *cell = w->card->cell;

	if (w->chinese && !w->latin && errs(w, ERROR_FULL_WIDTH)) {
		enum field field = rng_chance(&w->rng, .4) ? FIELD_PHONE : FIELD_ADDRESS;

		cell[field] = dirt_full_width(cell[field], &w->pen);
	}
	if (w->latin && errs(w, ERROR_LETTER_CASE)) {
		bool upper = rng_chance(&w->rng, .6);
		static const enum field fields[] = { FIELD_NAME, FIELD_GIVEN, FIELD_FAMILY, FIELD_COMPANY, FIELD_CITY };

		for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
			cell[fields[i]] = dirt_letter_case(cell[fields[i]], upper, &w->pen);
	}
}

/* Empties cells. One of phone, mail and address stays, unless the record is one of the bare ones. */
static void write_gaps(struct writer *w, bool phone_identifies)
{
	static const enum field minor[] = { FIELD_PROVINCE, FIELD_CITY,	 FIELD_POSTCODE, FIELD_INDUSTRY,
					    FIELD_LEVEL,    FIELD_STAGE, FIELD_OWNER,	 FIELD_AMOUNT };
	static const enum field fields[3] = { FIELD_PHONE, FIELD_EMAIL, FIELD_ADDRESS };
	struct slice *cell = w->card->cell;
	bool gone[3], bare = errs(w, ERROR_BARE);

	for (int i = 0; i < 3; i++)
		gone[i] = rng_chance(&w->rng, bare ? .6 : w->world->rates[ERROR_MISSING]);
	if (!bare && (gone[0] || !phone_identifies) && gone[1] && gone[2])
		gone[rng_between(&w->rng, 1, 2)] = false;
	for (int i = 0; i < 3; i++) {
		w->counts[ERROR_MISSING] += gone[i];
		if (gone[i])
			cell[fields[i]] = (struct slice){ 0 };
	}
	for (size_t i = 0; i < sizeof minor / sizeof minor[0]; i++) {
		if (rng_chance(&w->rng, w->world->rates[ERROR_MISSING]))
			cell[minor[i]] = (struct slice){ 0 };
	}
	if (w->firm && w->source != SOURCE_SALESFORCE && rng_chance(&w->rng, w->world->rates[ERROR_MISSING] / 2))
		cell[cell[FIELD_COMPANY].len > 12 ? FIELD_NAME : FIELD_COMPANY] = (struct slice){ 0 };
}

static void write_empty_words(struct writer *w)
{
	static const char *const chinese_words[] = { "无", "--", "暂无", "N/A", "未知", "-" };
	static const char *const latin_words[] = { "N/A", "NULL", "-", "n/a", "--", "#N/A" };
	static const enum field fields[] = { FIELD_PHONE, FIELD_EMAIL, FIELD_ADDRESS, FIELD_INDUSTRY, FIELD_NOTE };

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (w->card->cell[fields[i]].len == 0 && errs(w, ERROR_EMPTY_WORD))
			w->card->cell[fields[i]] =
				slice_of((w->latin ? latin_words : chinese_words)[rng_below(&w->rng, 6)]);
	}
}

static void write_note(struct writer *w)
{
	static const char *const chinese[] = { "老客户介绍", "展会认识，待跟进", "要求开增值税专票", "价格敏感", "月结30天",
					       "对接人已换，联系前先确认", "VIP", "再考虑一下" };
	static const char *const latin[] = {
		"met at trade show",	  "asked for a quote, follow up", "net 30", "price sensitive",
		"prefers \"email only\"", "referred by partner",	  "VIP",    "call back in Q3"
	};
	struct slice *cell = w->card->cell;

	if (rng_chance(&w->rng, .15))
		cell[FIELD_NOTE] = slice_of((w->latin ? latin : chinese)[rng_below(&w->rng, 8)]);
	/* The ERP knows customers, be they firms or persons; and the company of a lead must not be empty. */
	if (!w->firm && w->source == SOURCE_ERP && cell[FIELD_COMPANY].len == 0) {
		cell[FIELD_COMPANY] = cell[FIELD_NAME];
		if (rng_chance(&w->rng, .3))
			cell[FIELD_NAME] = (struct slice){ 0 };
	}
	if (!w->firm && w->source == SOURCE_SALESFORCE && rng_chance(&w->rng, .12))
		cell[FIELD_COMPANY] = slice_of(w->latin ? "[not provided]" : "个人");
}

void record_draw(const struct world *world, const struct entity *e, const struct place_in_file *where, uint64_t *counts,
		 struct card *card)
{
	struct writer w = { .world = world, .e = e, .card = card, .counts = counts, .source = where->source,
			    .chinese = entity_is_chinese(e->kind), .firm = entity_is_firm(e->kind),
			    .pen = { card->text, card->text + sizeof card->text } };
	bool identifies;

	rng_init(&w.rng, world->seed, TOPIC_RECORD, (uint64_t)e->number * 16 + where->nth);
	memset(card->cell, 0, sizeof card->cell);
	card->cell[FIELD_ID] = record_id(where, &w.pen);
	card->created = where->created;
	card->updated = (int32_t)rng_between(&w.rng, where->created, world->as_of);
	card->seconds = (uint32_t)rng_between(&w.rng, 8 * 3600, 20 * 3600);
	w.latin = !w.chinese || (w.source == SOURCE_SALESFORCE && errs(&w, ERROR_PINYIN));
	w.other = w.firm && errs(&w, ERROR_OTHER_CONTACT);
	w.human = w.other ? &e->other : &e->contact;
	write_email(&w);
	write_address(&w);
	write_names(&w);
	identifies = write_phone(&w);
	write_class(&w);
	write_numbers(&w);
	write_widths(&w);
	write_gaps(&w, identifies);
	write_note(&w);
	write_empty_words(&w);
}
