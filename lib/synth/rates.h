/*
 * What is wrong with the records, and how often. A rate is the probability that the thing is done to one that it can be
 * done to (`of`).
 */
#ifndef CRM_SYNTH_RATES_H
#define CRM_SYNTH_RATES_H

#include <stdint.h>

#include "base/diag.h"

enum error_kind {
	/* of customers: these are no errors but what makes different customers look alike */
	ERROR_HOUSEHOLD,
	ERROR_BRANCH,
	ERROR_SHARED_PHONE,
	/* of records */
	ERROR_TYPO,
	ERROR_HOMOPHONE,
	ERROR_LOOK_ALIKE,
	ERROR_TRADITIONAL,
	ERROR_PINYIN,
	ERROR_NICKNAME,
	ERROR_TITLE,
	ERROR_MISSING,
	ERROR_EMPTY_WORD,
	ERROR_SWAPPED,
	ERROR_LEGAL_FORM,
	ERROR_PLACE_MOVED,
	ERROR_ABBREVIATION,
	ERROR_OTHER_CONTACT,
	ERROR_OLD_ADDRESS,
	ERROR_OLD_PHONE,
	ERROR_OTHER_EMAIL,
	ERROR_MASKED_PHONE,
	ERROR_PHONE_FORMAT,
	ERROR_DAMAGED_ID,
	ERROR_FULL_WIDTH,
	ERROR_LETTER_CASE,
	ERROR_LINE_BREAK,
	ERROR_BARE,
	ERROR_COUNT
};

struct error_info {
	const char *name;     /* as in --rate NAME=R */
	double rate;          /* the default */
	const char *of;       /* what it can be done to */
	const char *meaning;
};

extern const struct error_info error_infos[ERROR_COUNT];

/* Sets one rate from NAME=R (0 <= R <= 1); STATUS_USAGE with the nearest name otherwise. */
int rates_set(double rates[ERROR_COUNT], const char *assignment, struct diag *diag) MUST_CHECK;
/* "0.55,5,0.8,3": exactly `count` numbers from 0.001 to 1e9, the value of `option`; else STATUS_USAGE. */
int rates_numbers(const char *option, const char *text, size_t count, double *numbers, struct diag *diag) MUST_CHECK;
/* The defaults, those of records multiplied by `scale` (at most 1 each). */
void rates_defaults(double rates[ERROR_COUNT], double scale);

#endif
