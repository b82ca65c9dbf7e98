/* The proleptic Gregorian calendar as days since 1970-01-01. Years 1 to 9999. */
#ifndef CRM_BASE_CIVIL_H
#define CRM_BASE_CIVIL_H

#include <stdint.h>

#include "base/slice.h"

#define CIVIL_NONE INT32_MIN  /* no date */

struct civil {
	int year;   /* 1..9999 */
	int month;  /* 1..12 */
	int day;    /* 1..31 */
};

/* Days, or CIVIL_NONE when there is no such day. Algorithm: Howard Hinnant, days_from_civil. */
int32_t civil_to_days(int year, int month, int day);
struct civil civil_from_days(int32_t days);
/* Exactly YYYY-MM-DD; CIVIL_NONE on anything else. */
int32_t civil_parse(struct slice s);
enum { CIVIL_TEXT = 10 };
/* Writes YYYY-MM-DD (10 bytes, no NUL). */
void civil_print(int32_t days, char out[CIVIL_TEXT]);
/* The same day of the month `months` away (may be negative), or that month's last day. */
int32_t civil_add_months(int32_t days, int months);
/* Today in local time. */
int32_t civil_today(void);

#endif
