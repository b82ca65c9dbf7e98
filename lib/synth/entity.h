/*
 * An entity is a true customer: what stands in no file in full. It follows from the seed and its number alone, so that
 * any thread can draw it anew at any time. Names are kept as numbers of lines in the word lists; words are made of them
 * by record.c.
 *
 * Entities are numbered from 0. Number 2k+1 may be a relative of 2k: of the same household, or its branch; and the
 * eight numbers 8k .. 8k+7 may share one reception desk, if they are companies of one culture.
 */
#ifndef CRM_SYNTH_ENTITY_H
#define CRM_SYNTH_ENTITY_H

#include "synth/rates.h"
#include "synth/words.h"

enum { OWNERS = 40 }; /* salesmen */

enum entity_kind { CHINESE_FIRM, CHINESE_PERSON, LATIN_FIRM, LATIN_PERSON, ENTITY_KINDS };

/* Streams of random numbers: rng_init(rng, seed, topic, number). */
enum topic {
	TOPIC_ENTITY = 1,
	TOPIC_KIND,
	TOPIC_RELATION,
	TOPIC_DESK,
	TOPIC_PLAN,
	TOPIC_RECORD,
	TOPIC_PURCHASE,
	TOPIC_ORDER,
	TOPIC_EVENT,
	TOPIC_CONTACT,
	TOPIC_OWNER
};

/* What every part of the generator needs to know. Read-only while threads run. */
struct world {
	struct words words;
	uint64_t seed;
	uint32_t customers;
	int32_t as_of;              /* last day of the data */
	int32_t start;              /* first day of purchases: as_of less the weeks, plus one day */
	double rates[ERROR_COUNT];
	double bg[4];               /* BG/NBD r, alpha, a, b; time in weeks */
	double spend[3];            /* Gamma-Gamma p, q, v; amounts in yuan */
	double buyers;              /* share of customers with any purchase */
	double leave_complaints;    /* mean of complaints round the leaving */
};

struct human {
	bool chinese, male;
	uint8_t given_count;
	uint32_t family, given[2];  /* lines of the lists */
};

struct firm {
	bool chinese, is_branch;
	uint8_t brand_count;
	uint8_t form;               /* index into the table of legal forms */
	uint32_t brand[3];
	uint32_t trade, city;       /* the city in the name */
};

struct location {
	bool chinese, office;
	uint32_t city, district, street, kind, building;
	uint16_t number, block, floor, room;
};

struct mailbox {
	uint8_t style;              /* how the local part is made */
	uint16_t number;
	uint32_t domain;            /* line of the list of domains; MAIL_OF_FIRM: the firm's own */
	uint64_t digits;            /* the number of a QQ box */
};
#define MAIL_OF_FIRM UINT32_MAX

struct entity {
	uint32_t number;
	enum entity_kind kind;
	struct human contact, other;   /* the person, and another one in the same company */
	struct firm firm;              /* of companies */
	struct location home, old_home;
	uint64_t mobile, old_mobile, other_mobile, landline;
	uint32_t landline_city;
	bool desk;                     /* the landline is a reception desk that others share */
	struct mailbox mail, second_mail;
	int32_t born;
	uint32_t sequence;             /* in the identity number */
	char uscc[18];                 /* of Chinese companies */
	int32_t joined;                /* day of the first purchase, or of the first contact */
	uint8_t level, stage, owner;
};

static inline bool entity_is_chinese(enum entity_kind kind) { return kind == CHINESE_FIRM || kind == CHINESE_PERSON; }
static inline bool entity_is_firm(enum entity_kind kind) { return kind == CHINESE_FIRM || kind == LATIN_FIRM; }

void entity_draw(const struct world *world, uint32_t number, struct entity *entity);
/* The identity number of a Chinese person (GB 11643). */
void entity_id_number(const struct world *world, const struct entity *entity, char out[18]);
/* Another person who might work there: for the contacts. */
struct human entity_draw_human(const struct world *world, bool chinese, struct rng *rng);

#endif
