/*
 * Amounts as 64-bit integers of 1/10000. Forms: 1,234.5  1 234,5 is refused  ￥1，234.50  ¥  $  €  £ 12.5元 10万 1.2亿 3千 10万元 USD 12  12 RMB  (1,234) and -12 and 12- negative
 * 壹佰贰拾叁元肆角伍分  三千五百  1.5e3  50% is refused. Full width is fine.
 */
#ifndef CRM_CLEAN_MONEY_H
#define CRM_CLEAN_MONEY_H

#include "base/slice.h"

enum { MONEY_ONE = 10000 };

enum money_result {
	MONEY_OK,
	MONEY_BAD,        /* no amount */
	MONEY_OVERFLOW,   /* does not fit */
};

struct money {
	int64_t value;       /* 1/10000 units */
	char currency[4];    /* ISO 4217, "CNY" "USD" "EUR" …, where the text names one; "" otherwise. ¥ is CNY, $ USD */
};

/*
 * `unit` is the header's (成交额(万元): 10000, 金额(分): -100, a hundredth); 1 for none. It multiplies unless the text has a unit of its own: under 万元, 5 is 50,000, and 5万, 5千
 * and 50000元 are what they say. Digits after the fourth decimal are rounded half away from zero.
 */
enum money_result money_parse(struct slice s, int64_t unit, struct money *money);
/* Whether the text is a currency and nothing else: its code, its name, its sign, or two of these (USD-美元). */
bool money_currency(struct slice s, char code[4]);
/* Plain decimal without trailing zeros: 1234.5; returns the length. */
enum { MONEY_TEXT = 24 };
size_t money_print(int64_t value, char out[MONEY_TEXT]);

#endif
