/* The standard form of a cell, by what its column means. Standardising twice changes nothing. */
#ifndef CRM_CLEAN_STANDARD_H
#define CRM_CLEAN_STANDARD_H

#include "clean/date.h"
#include "clean/roles.h"

enum rule {
	RULE_TEXT,       /* text_clean */
	RULE_KEEP,       /* as it stands: notes, whose lines matter */
	RULE_ID,         /* text_clean; what a spreadsheet has destroyed is told */
	RULE_DATE,       /* YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS */
	RULE_DATE_LIKE,  /* the same where it is a date, else text */
	RULE_AMOUNT,     /* plain decimal */
	RULE_NUMBER,     /* plain decimal where it is a number, with the code of a currency but 元 behind it (12 USD); else text */
	RULE_PHONE,      /* the numbers of the cell, joined with ';', with what else was in the list */
	RULE_EMAIL,      /* the same with addresses */
	RULE_TAGS,       /* items joined with ';' */
	RULE_PROVINCE,   /* in short form: 广东 */
	RULE_CITY,       /* the same: 深圳 */
	RULE_DISTRICT,   /* in long form: 南山区 */
	RULE_USCC,       /* upper case without spaces, checked */
	RULE_ID_NUMBER,  /* the same for 身份证 */
};

enum outcome {
	OUTCOME_FINE,
	OUTCOME_EMPTY,      /* it said that it is empty: N/A, 无, - */
	OUTCOME_ZERO_DATE,  /* 0000-00-00: emptied */
	OUTCOME_UNKNOWN,    /* not understood: the value is the clean text; of a list, some item */
	OUTCOME_DAMAGED,    /* 4.4E+17: kept, but no id any more */
	OUTCOME_BAD,        /* a date or amount that is none: the row cannot be used; code and reason say why */
};

struct standard {
	struct slice value;   /* in the arena, or in the text that came in */
	enum outcome outcome;
	const char *code;     /* OUTCOME_BAD: "bad-date", "ambiguous-date", "bad-amount" */
	struct slice reason;
	char currency[4];     /* RULE_AMOUNT: the one that the text names, else "" */
};

enum rule rule_of_role(enum role role);
const char *rule_name(enum rule rule);
/* Gives "" for a cell that says that it is empty. `unit` is for amounts, `order` for dates. */
struct standard standard_value(enum rule rule, struct slice s, int64_t unit, enum date_order order,
			       struct arena *arena);

#endif
