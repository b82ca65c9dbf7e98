#include "synth/entity.h"

#include "base/civil.h"
#include "synth/pen.h"

enum { LATIN_FORMS = 6, DESK_SIZE = 8 };

struct human entity_draw_human(const struct world *world, bool chinese, struct rng *rng)
{
	const struct words *words = &world->words;
	struct human human = { .chinese = chinese, .male = rng_chance(rng, .55), .given_count = 1 };
	enum list_name given = human.male ? LIST_GIVEN_M : LIST_GIVEN_F;

	if (!chinese) {
		human.family = words_draw(words, LIST_FAMILY, rng);
		human.given[0] = words_draw(words, human.male ? LIST_FIRST_M : LIST_FIRST_F, rng);
		return human;
	}
	human.family = words_draw(words, LIST_SURNAME, rng);
	human.given_count = rng_chance(rng, .22) ? 1 : 2;
	for (int i = 0; i < human.given_count; i++)
		human.given[i] = words_draw(words, given, rng);
	return human;
}

static uint32_t draw_line(const struct words *words, enum list_name list, struct rng *rng)
{
	return (uint32_t)rng_below(rng, words->lists[list].count);
}

static struct location draw_location(const struct world *world, bool chinese, bool office, struct rng *rng)
{
	const struct words *words = &world->words;
	struct location at = { .chinese = chinese, .office = office };

	at.city = words_draw(words, chinese ? LIST_CITY : LIST_CITY_LATIN, rng);
	at.district = (uint32_t)rng_below(rng, 1000);
	at.street = draw_line(words, chinese ? LIST_ROAD : LIST_STREET, rng);
	at.kind = draw_line(words, LIST_STREET_KIND, rng);
	at.building = draw_line(words, office ? LIST_BUILDING : LIST_ESTATE, rng);
	at.number = (uint16_t)rng_between(rng, 1, chinese ? 1200 : 4800);
	at.block = (uint16_t)rng_between(rng, 1, 20);
	at.floor = (uint16_t)rng_between(rng, 1, 28);
	at.room = (uint16_t)rng_between(rng, 1, 12);
	return at;
}

static uint64_t draw_mobile(bool chinese, struct rng *rng)
{
	static const uint8_t prefixes[] = { 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 150, 151,
					    152, 153, 155, 156, 157, 158, 159, 166, 173, 176, 177, 178,
					    180, 181, 182, 183, 185, 186, 187, 188, 189, 191, 198, 199 };

	if (!chinese)
		return (uint64_t)rng_between(rng, 2000000, 9999999);
	return prefixes[rng_below(rng, sizeof prefixes)] * UINT64_C(100000000) + rng_below(rng, 100000000);
}

static struct mailbox draw_mailbox(const struct world *world, bool chinese, bool firm, struct rng *rng)
{
	struct mailbox mail = { .style = (uint8_t)rng_below(rng, 6) };

	mail.number = (uint16_t)(rng_chance(rng, .5) ? rng_between(rng, 60, 105) % 100 : rng_between(rng, 1, 9999));
	mail.domain = words_draw(&world->words, chinese ? LIST_MAIL_CHINESE : LIST_MAIL, rng);
	mail.digits = (uint64_t)rng_between(rng, 10000000, 3999999999);
	if (firm)
		mail.domain = MAIL_OF_FIRM;
	return mail;
}

static struct firm draw_firm(const struct world *world, bool chinese, struct rng *rng)
{
	struct firm firm = { .chinese = chinese };
	uint64_t form = rng_below(rng, 100);

	if (chinese) {
		firm.brand_count = rng_chance(rng, .85) ? 2 : 3;
		for (int i = 0; i < firm.brand_count; i++)
			firm.brand[i] = draw_line(&world->words, LIST_BRAND, rng);
		firm.trade = words_draw(&world->words, LIST_TRADE, rng);
		firm.form = form < 76 ? 0 : form < 87 ? 1 : form < 95 ? 2 : 3;
		return firm;
	}
	firm.brand_count = form < 12 ? 1 : form < 55 ? 2 : 3; /* Acme; Acme Point; a family's name */
	firm.brand[0] = firm.brand_count == 3 ? words_draw(&world->words, LIST_FAMILY, rng)
					      : draw_line(&world->words, LIST_WORD, rng);
	firm.brand[1] = draw_line(&world->words, LIST_WORD_2, rng);
	firm.trade = words_draw(&world->words, LIST_TRADE_LATIN, rng);
	firm.form = (uint8_t)rng_below(rng, LATIN_FORMS);
	return firm;
}

static const char uscc_letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* GB 32100-2015: authority and kind 91, six digits of region, organisation code (GB 11714, its own check), check. */
static void draw_uscc(const struct world *world, uint32_t city, char out[18], struct rng *rng)
{
	static const int inner[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	static const int outer[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
	int sum = 0;

	memcpy(out, "91", 2);
	memcpy(out + 2, words_text(&world->words, LIST_CITY, city, 5).ptr, 6);
	memcpy(out + 8, rng_chance(rng, .5) ? "MA" : "79", 2);
	for (int i = 10; i < 16; i++)
		out[i] = uscc_letters[rng_below(rng, i > 12 ? 10 : sizeof uscc_letters - 1)];
	for (int i = 0; i < 8; i++) { /* here letters count as in the alphabet: A is 10 */
		char c = out[8 + i];

		sum += inner[i] * (c <= '9' ? c - '0' : c - 'A' + 10);
	}
	sum = (11 - sum % 11) % 11;
	out[16] = (char)(sum == 10 ? 'X' : '0' + sum);
	sum = 0;
	for (int i = 0; i < 17; i++)
		sum += outer[i] * (int)(strchr(uscc_letters, out[i]) - uscc_letters);
	out[17] = uscc_letters[(31 - sum % 31) % 31];
}

void entity_id_number(const struct world *world, const struct entity *entity, char out[18])
{
	static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	struct civil born = civil_from_days(entity->born);
	struct pen pen = { out, out + 17 };
	int sum = 0;

	pen_add(&pen, words_text(&world->words, LIST_CITY, entity->old_home.city, 5));
	pen_number(&pen, (uint64_t)(born.year * 10000 + born.month * 100 + born.day), 8);
	pen_number(&pen, entity->sequence / 2 * 2 + entity->contact.male, 3);
	for (int i = 0; i < 17; i++)
		sum += weights[i] * (out[i] - '0');
	out[17] = "10X98765432"[sum % 11];
}

static enum entity_kind draw_kind(struct rng *rng)
{
	uint64_t at = rng_below(rng, 100);

	return at < 42 ? CHINESE_FIRM : at < 68 ? CHINESE_PERSON : at < 86 ? LATIN_FIRM : LATIN_PERSON;
}

/* Every other one is as often as not of its neighbour's kind, so that there are pairs to be related. */
static enum entity_kind kind_of(const struct world *world, uint32_t number)
{
	struct rng rng;

	rng_init(&rng, world->seed, TOPIC_KIND, number);
	if (number % 2 == 1 && rng_chance(&rng, .5))
		return kind_of(world, number - 1);
	return draw_kind(&rng);
}

/* The customer without a thought for relatives. */
static void draw_alone(const struct world *world, uint32_t number, struct entity *e)
{
	struct rng rng;
	bool chinese, firm;

	rng_init(&rng, world->seed, TOPIC_ENTITY, number);
	*e = (struct entity){ .number = number, .kind = kind_of(world, number) };
	chinese = entity_is_chinese(e->kind);
	firm = entity_is_firm(e->kind);
	e->contact = entity_draw_human(world, chinese, &rng);
	e->other = entity_draw_human(world, chinese, &rng);
	e->home = draw_location(world, chinese, firm, &rng);
	e->old_home = draw_location(world, chinese, firm, &rng);
	if (rng_chance(&rng, .75)) { /* most moves stay in town */
		e->old_home.city = e->home.city;
		e->old_home.district = rng_chance(&rng, .5) ? e->home.district : e->old_home.district;
	}
	e->mobile = draw_mobile(chinese, &rng);
	e->old_mobile = draw_mobile(chinese, &rng);
	e->other_mobile = draw_mobile(chinese, &rng);
	e->landline = (uint64_t)rng_between(&rng, 20000000, 89999999);
	e->landline_city = e->home.city;
	e->mail = draw_mailbox(world, chinese, firm && rng_chance(&rng, .65), &rng);
	e->second_mail = draw_mailbox(world, chinese, false, &rng);
	e->born = (int32_t)rng_between(&rng, civil_to_days(1955, 1, 1), civil_to_days(2005, 12, 31));
	e->sequence = (uint32_t)rng_below(&rng, 999);
	e->joined = world->start + (int32_t)rng_below(&rng, (uint64_t)(world->as_of - world->start) + 1);
	e->level = (uint8_t)rng_below(&rng, 4);
	e->stage = (uint8_t)rng_below(&rng, 5);
	e->owner = (uint8_t)rng_below(&rng, OWNERS);
	if (firm) {
		e->firm = draw_firm(world, chinese, &rng);
		e->firm.city = e->home.city;
		if (chinese)
			draw_uscc(world, e->home.city, e->uscc, &rng);
	}
}

static void join_household(struct entity *e, const struct entity *with)
{
	if (e->kind != with->kind)
		return;
	e->contact.family = with->contact.family;
	e->home = with->home;
	e->old_home = with->old_home;
	e->landline = with->landline;
	e->landline_city = with->landline_city;
}

/* A branch has the company's name and mail domain, and everything else of its own. */
static void become_branch(struct entity *e, const struct entity *of)
{
	if (e->kind != CHINESE_FIRM || of->kind != CHINESE_FIRM || e->home.city == of->home.city)
		return;
	e->firm = of->firm;
	e->firm.is_branch = true;
}

static void share_desk(struct entity *e, const struct entity *with)
{
	if (with->kind != e->kind)
		return;
	e->desk = true;
	e->landline = with->landline;
	e->landline_city = with->landline_city;
	e->home.city = with->home.city;
	e->home.district = with->home.district;
	e->home.street = with->home.street;
	e->home.kind = with->home.kind;
	e->home.number = with->home.number;
	e->home.building = with->home.building;
	if (!e->firm.is_branch)
		e->firm.city = e->home.city;
}

/* Whether the eight from `leader` on are a business centre with one desk. */
static bool is_centre(const struct world *world, uint32_t leader)
{
	struct rng rng;

	rng_init(&rng, world->seed, TOPIC_DESK, leader);
	return rng_chance(&rng, world->rates[ERROR_SHARED_PHONE]);
}

void entity_draw(const struct world *world, uint32_t number, struct entity *e)
{
	struct rng rng;
	struct entity near;
	bool firm, related, desk;

	draw_alone(world, number, e);
	rng_init(&rng, world->seed, TOPIC_RELATION, number);
	firm = entity_is_firm(e->kind);
	related = number % 2 == 1 && rng_chance(&rng, world->rates[firm ? ERROR_BRANCH : ERROR_HOUSEHOLD]);
	desk = firm && rng_chance(&rng, .8) && is_centre(world, number - number % DESK_SIZE);
	if (related) {
		draw_alone(world, number - 1, &near);
		if (firm)
			become_branch(e, &near);
		else
			join_household(e, &near);
	}
	if (desk) {
		draw_alone(world, number - number % DESK_SIZE, &near);
		share_desk(e, &near);
	}
}
