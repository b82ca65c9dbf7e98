/*
 * Phones, Chinese first. +86, 0086 and 86 before 11 digits go; mobile 1[3-9] and nine digits; landline 0, area of 2–3 digits,
 * [2-9] and 6–7 digits, extension by - 转 分机 ext x #; 400/800 and seven digits. Others: international digits with their +.
 */
#ifndef CRM_CLEAN_PHONE_H
#define CRM_CLEAN_PHONE_H

#include "base/arena.h"

enum phone_type {
	PHONE_NONE,       /* no phone number in it */
	PHONE_MOBILE,     /* 13812345678 */
	PHONE_LANDLINE,   /* 010-12345678, 0755-1234567-801 */
	PHONE_SERVICE,    /* 400-123-4567 is written 4001234567 */
	PHONE_FOREIGN,    /* +14155550123, or digits of unknown country: 3102461501 */
	PHONE_MASKED,     /* 186******05: never identifies anybody */
	PHONE_DAMAGED,    /* 1.38E+10: what a spreadsheet has destroyed */
};

struct phone {
	enum phone_type type;
	struct slice text;    /* standard form */
};

enum { PHONE_LIST = 16 };
/* The numbers of a cell, split by / ; 、 ， and space, in order, without repeats, at most PHONE_LIST. Texts are in the arena or in s. */
size_t phone_parse(struct slice s, struct phone phones[PHONE_LIST], struct arena *arena);

#endif
