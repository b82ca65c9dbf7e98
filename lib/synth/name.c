#include "synth/name.h"

#include "base/civil.h"

static void add_capital(struct pen *pen, struct slice s)
{
	if (s.len) {
		pen_byte(pen, s.ptr[0] >= 'a' && s.ptr[0] <= 'z' ? (char)(s.ptr[0] - 0x20) : s.ptr[0]);
		pen_add(pen, slice_skip(s, 1));
	}
}

/* Letters and digits in lower case, for mail. */
static void add_lower(struct pen *pen, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 0x20);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			pen_byte(pen, c);
	}
}

struct slice name_family(const struct words *words, const struct human *human, bool latin, struct pen *pen)
{
	const char *start = pen->at;

	if (human->chinese && latin)
		add_capital(pen, words_text(words, LIST_SURNAME, human->family, 1));
	else
		pen_add(pen, words_text(words, human->chinese ? LIST_SURNAME : LIST_FAMILY, human->family, 0));
	return pen_since(pen, start);
}

struct slice name_given(const struct words *words, const struct human *human, bool latin, struct pen *pen)
{
	enum list_name list = human->male ? LIST_GIVEN_M : LIST_GIVEN_F;
	const char *start = pen->at;

	if (!human->chinese) {
		pen_add(pen, words_text(words, human->male ? LIST_FIRST_M : LIST_FIRST_F, human->given[0], 0));
		return pen_since(pen, start);
	}
	for (int i = 0; i < human->given_count; i++) {
		struct slice part = words_text(words, list, human->given[i], latin);

		if (latin && i == 0)
			add_capital(pen, part);
		else
			pen_add(pen, part);
	}
	return pen_since(pen, start);
}

struct slice name_nick(const struct words *words, const struct human *human, struct rng *rng, struct pen *pen)
{
	enum list_name list = human->male ? LIST_FIRST_M : LIST_FIRST_F;
	struct slice name = words_text(words, list, human->given[0], 0),
		     nicks = words_text(words, list, human->given[0], 1);
	const char *start = pen->at;
	struct slice first = slice_cut(&nicks, ' ');

	if (first.len == 0)
		return first;
	if (rng_chance(rng, .25)) {
		pen_byte(pen, name.ptr[0]);
		pen_byte(pen, '.');
	} else {
		pen_add(pen, nicks.len && rng_chance(rng, .4) ? nicks : first);
	}
	return pen_since(pen, start);
}

static const char *const chinese_forms[4][FIRM_FORMS] = {
	{ "有限公司", "有限责任公司", "股份有限公司", "公司", "" },
	{ "股份有限公司", "有限公司", "股份公司", "公司", "" },
	{ "有限责任公司", "有限公司", "公司", "有限公司", "" },
	{ "集团有限公司", "集团", "有限公司", "集团公司", "" },
};
static const char *const latin_forms[6][FIRM_FORMS] = {
	{ " Inc.", ", Inc.", " Inc", " Incorporated", "" },
	{ " Ltd.", " Ltd", " Limited", ", Ltd.", "" },
	{ " LLC", ", LLC", " L.L.C.", " Llc", "" },
	{ " Corp.", " Corporation", " Corp", " Co.", "" },
	{ " Co.", " Company", " & Co.", " Co", "" },
	{ " Group", " Group Inc.", " Grp", " Group Ltd", "" },
};
static const char *const exporter_forms[FIRM_FORMS] = { " Co., Ltd.", " Co.,Ltd", " Company Limited", " Ltd.", "" };

static void add_brand(const struct words *words, const struct firm *firm, int column, struct pen *pen)
{
	for (int i = 0; i < firm->brand_count; i++) {
		struct slice part = words_text(words, LIST_BRAND, firm->brand[i], column);

		if (column == 1 && i == 0)
			add_capital(pen, part);
		else
			pen_add(pen, part);
	}
}

static void add_chinese_firm(const struct words *words, const struct entity *e, const struct firm_style *style,
			     struct pen *pen)
{
	const struct firm *firm = &e->firm;
	struct slice trade = words_text(words, LIST_TRADE, firm->trade, 0);
	struct slice city = words_text(words, LIST_CITY, firm->city, 0);

	if (style->place == PLACE_FIRST)
		pen_add(pen, city);
	add_brand(words, firm, 0, pen);
	if (style->place == PLACE_IN_BRACKETS) {
		pen_text(pen, "（");
		pen_add(pen, city);
		pen_text(pen, "）");
	}
	pen_add(pen, style->is_short ? slice_first(trade, 6) : trade); /* two characters of three bytes */
	if (style->place == PLACE_BEFORE_FORM) {
		pen_byte(pen, '(');
		pen_add(pen, city);
		pen_byte(pen, ')');
	}
	if (!style->is_short)
		pen_text(pen, chinese_forms[firm->form][style->form]);
	if (firm->is_branch) {
		pen_add(pen, words_text(words, LIST_CITY, e->home.city, 0));
		pen_text(pen, "分公司");
	}
}

static void add_exporter(const struct words *words, const struct entity *e, const struct firm_style *style,
			 struct pen *pen)
{
	if (style->place != PLACE_NONE) {
		pen_add(pen, words_text(words, LIST_CITY, e->firm.city, 1));
		pen_byte(pen, ' ');
	}
	add_brand(words, &e->firm, 1, pen);
	pen_byte(pen, ' ');
	pen_add(pen, words_text(words, LIST_TRADE, e->firm.trade, 1));
	pen_text(pen, exporter_forms[style->is_short ? FIRM_FORMS - 1 : style->form]);
	if (e->firm.is_branch) {
		pen_text(pen, " (");
		pen_add(pen, words_text(words, LIST_CITY, e->home.city, 1));
		pen_text(pen, " Branch)");
	}
}

static void add_latin_firm(const struct words *words, const struct entity *e, const struct firm_style *style,
			   struct pen *pen)
{
	const struct firm *firm = &e->firm;

	if (firm->brand_count == 3) {
		pen_add(pen, words_text(words, LIST_FAMILY, firm->brand[0], 0));
		pen_text(pen, firm->brand[1] % 3 == 0 ? " & Sons" : firm->brand[1] % 3 == 1 ? " Brothers" : "");
	} else {
		pen_add(pen, words_text(words, LIST_WORD, firm->brand[0], 0));
	}
	if (firm->brand_count == 2) {
		pen_byte(pen, ' ');
		pen_add(pen, words_text(words, LIST_WORD_2, firm->brand[1], 0));
	}
	pen_byte(pen, ' ');
	pen_add(pen, words_text(words, LIST_TRADE_LATIN, firm->trade, style->is_short ? 2 : 0));
	pen_text(pen, latin_forms[firm->form][style->is_short ? FIRM_FORMS - 1 : style->form]);
}

struct slice name_firm(const struct words *words, const struct entity *entity, const struct firm_style *style,
		       struct pen *pen)
{
	const char *start = pen->at;

	if (!entity->firm.chinese)
		add_latin_firm(words, entity, style, pen);
	else if (style->latin)
		add_exporter(words, entity, style, pen);
	else
		add_chinese_firm(words, entity, style, pen);
	return pen_since(pen, start);
}

static void add_domain(const struct words *words, const struct firm *firm, struct pen *pen)
{
	if (firm->chinese) {
		struct slice trade = words_text(words, LIST_TRADE, firm->trade, 1);

		for (int i = 0; i < firm->brand_count; i++)
			pen_add(pen, words_text(words, LIST_BRAND, firm->brand[i], 1));
		add_lower(pen, slice_first(trade, firm->brand[0] % 2 ? 2 : 4));
		pen_text(pen, firm->brand[1] % 3 == 0 ? ".com.cn" : firm->brand[1] % 3 == 1 ? ".cn" : ".com");
		return;
	}
	add_lower(pen, words_text(words, firm->brand_count == 3 ? LIST_FAMILY : LIST_WORD, firm->brand[0], 0));
	if (firm->brand_count == 2)
		add_lower(pen, words_text(words, LIST_WORD_2, firm->brand[1], 0));
	add_lower(pen, slice_first(words_text(words, LIST_TRADE_LATIN, firm->trade, 2), 5));
	pen_text(pen, firm->form == 1 ? ".co.uk" : ".com");
}

/* The part before the @: with the person's name, and for public mail with a number that makes it his own. */
static void add_local(const struct words *words, const struct human *human, const struct mailbox *mail, int32_t born,
		      struct pen *pen)
{
	char text[128];
	struct pen aside = { text, text + sizeof text };
	struct slice family = name_family(words, human, true, &aside), given = name_given(words, human, true, &aside);
	bool firm = mail->domain == MAIL_OF_FIRM;
	struct civil day = civil_from_days(born);

	switch (mail->style) {
	case 0: case 1:
		add_lower(pen, given);
		pen_byte(pen, '.');
		add_lower(pen, family);
		break;
	case 2: case 3:
		add_lower(pen, family);
		add_lower(pen, human->chinese ? given : slice_first(given, 1));
		break;
	case 4:
		add_lower(pen, slice_first(given, 1));
		add_lower(pen, family);
		break;
	default:
		add_lower(pen, given);
		pen_byte(pen, '_');
		add_lower(pen, family);
	}
	if (firm)
		return;
	if (human->chinese && mail->number % 4)
		pen_number(pen, (uint64_t)((day.year % 100) * 10000 + day.month * 100 + day.day), 6);
	else
		pen_number(pen, mail->number, mail->number < 100 ? 2 : 1);
}

struct slice name_email(const struct words *words, const struct entity *entity, const struct human *human,
			const struct mailbox *mail, int32_t born, struct pen *pen)
{
	enum list_name domains = human->chinese ? LIST_MAIL_CHINESE : LIST_MAIL;
	const char *start = pen->at;

	if (mail->domain == 0 && human->chinese && mail->digits % 5) /* qq.com is the first of its list */
		pen_number(pen, mail->digits, 1);
	else
		add_local(words, human, mail, born, pen);
	pen_byte(pen, '@');
	if (mail->domain == MAIL_OF_FIRM)
		add_domain(words, &entity->firm, pen);
	else
		pen_add(pen, words_text(words, domains, mail->domain, 0));
	return pen_since(pen, start);
}
