/*
 * Dates in the forms people write: 2024-03-05, 2024-3-5, 2024/3/5, 2024.3.5, 20240305, 2024年3月5日, 5-Mar-2024, Mar 5, 2024, 03/05/2024 and
 * 05.03.2024 and 24/03/05
 * (order from the column), two-digit years (70–99: 19xx), with or without a time after it (T or space, hh:mm[:ss[.fff]], zone, 上午/下午/AM/PM), epoch
 * seconds (10 digits) and milliseconds (13 digits), Excel serials (5 digits, with or without a fraction).
 */
#ifndef CRM_CLEAN_DATE_H
#define CRM_CLEAN_DATE_H

#include "base/civil.h"

/*
 * A time with a zone, and an epoch number, is a moment: it is given as the local clock showed it (TZ). A time without a zone is
 * given as it is written.
 */
enum date_order { DATE_ORDER_UNKNOWN, DATE_ORDER_DMY, DATE_ORDER_MDY, DATE_ORDER_YMD };

struct date {
	int32_t days;         /* since 1970-01-01; CIVIL_NONE: none */
	int32_t seconds;      /* of the day, or -1 where no time was given */
};

enum date_result {
	DATE_OK,
	DATE_BAD,        /* no date */
	DATE_AMBIGUOUS,  /* day and month, or a year of two digits, could be either way and order is unknown */
};

/* s is clean (text_clean). Excel serials count from 1899-12-30 (serial 60 is refused), or are 1,462 higher with base1904. */
enum date_result date_parse(struct slice s, enum date_order order, struct date *date);

/* What a column's values say about its order: feed each value, then decide. */
struct date_evidence {
	uint64_t day_first, month_first, year_first;  /* values that can only be read so */
	uint64_t ambiguous;                           /* values like 03/05/2024 and 24/03/15 */
	uint64_t short_years;                         /* of these the ones like 24/03/15, and from where to where */
	int64_t first_low, first_high, third_low, third_high; /* their first and third numbers go */
};
void date_observe(struct date_evidence *evidence, struct slice s);
/*
 * DATE_ORDER_UNKNOWN when there is no evidence, or evidence for several. Where all years have two digits, days go from 1 to 31 and years do not:
 * the one of first and third number that stays close together is the year.
 */
enum date_order date_decide(const struct date_evidence *evidence);

/* YYYY-MM-DD, or with a time YYYY-MM-DDTHH:MM:SS; returns the length. */
enum { DATE_TEXT = 20 };
size_t date_print(struct date date, char out[DATE_TEXT]);

#endif
