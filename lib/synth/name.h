/* Entities in words: names, companies, mail addresses, phones and addresses, each in the ways that people write them. */
#ifndef CRM_SYNTH_NAME_H
#define CRM_SYNTH_NAME_H

#include "synth/entity.h"
#include "synth/pen.h"

/* latin: a Chinese name in pinyin (张国荣: Zhang, Guorong). Of a Latin name it changes nothing. */
struct slice name_family(const struct words *words, const struct human *human, bool latin, struct pen *pen);
struct slice name_given(const struct words *words, const struct human *human, bool latin, struct pen *pen);
/* One of the short forms of a Latin given name, or an initial; empty where there is none. */
struct slice name_nick(const struct words *words, const struct human *human, struct rng *rng, struct pen *pen);

enum place_style { PLACE_FIRST, PLACE_IN_BRACKETS, PLACE_BEFORE_FORM, PLACE_NONE };

/* How a company is written this time. */
struct firm_style {
	bool latin;                /* a Chinese company in Latin letters */
	enum place_style place;
	unsigned form;             /* 0: its own; then the other ways of writing it, the last of which is none at all */
	bool is_short;             /* brand and a piece of the trade */
};
enum { FIRM_FORMS = 5 };
struct slice name_firm(const struct words *words, const struct entity *entity, const struct firm_style *style,
		       struct pen *pen);
/* Public boxes carry a number or the birthday `born` (days). */
struct slice name_email(const struct words *words, const struct entity *entity, const struct human *human,
			const struct mailbox *mail, int32_t born, struct pen *pen);

/* format 0 is the plain one; others are drawn with rng_below(PHONE_FORMATS). */
enum { PHONE_FORMATS = 6 };
struct slice name_mobile(const struct words *words, const struct entity *entity, uint64_t number, unsigned format,
			 struct pen *pen);
struct slice name_landline(const struct words *words, const struct entity *entity, unsigned format, struct pen *pen);

/*
 * The address; with `city`, province and city are in it. `tail` 0 .. 2: how the room is written; line_break: before the
 * room.
 */
struct address_style {
	bool latin, city, line_break;
	unsigned tail;
};
struct slice name_address(const struct words *words, const struct location *at, const struct address_style *style,
			  struct pen *pen);
struct slice name_postcode(const struct words *words, const struct location *at, struct pen *pen);

#endif
