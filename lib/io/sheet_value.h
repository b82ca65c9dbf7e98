/*
 * What the cells of a spreadsheet say as text: numbers without the noise of binary fractions, and dates, which sheets
 * keep as a count of days with a style that makes dates of them.
 */
#ifndef CRM_IO_SHEET_VALUE_H
#define CRM_IO_SHEET_VALUE_H

#include "base/buf.h"

/* What a number format makes of a number. */
enum number_style {
	STYLE_NUMBER,
	STYLE_DATE,
	STYLE_TIME,     /* of the day, without a date */
	STYLE_ELAPSED,  /* [h]:mm:ss: hours go on past 24 */
	STYLE_DIGITS,   /* STYLE_DIGITS + n: whole, of n digits at least (000000), n up to STYLE_DIGITS_MOST */
};
enum { STYLE_DIGITS_MOST = 30 };

/*
 * The formats that every workbook has without saying so (ECMA-376 part 1, 18.8.30, with those of Chinese, Japanese and
 * Korean).
 */
enum number_style number_style_builtin(uint64_t id);
/* A format code such as yyyy"年"m"月"d"日"; its first section decides. */
enum number_style number_style_of_code(struct slice code);

/*
 * The currency that a format code such as [$€-407] #,##0.00 or "US$"#,##0 shows beside the number, as it may stand in a cell ($, €, HK$, JPY), or NULL: it
 * shows none, or ¥ or 元, which go without saying. Its first section decides.
 */
const char *number_currency_of_code(struct slice code);
/* The same for a code of ISO 4217. */
const char *number_currency_of_name(struct slice name);

/*
 * Appends a number: plain digits below 1e15; at most 15 significant digits. An integer of more than 15 digits, which a
 * sheet cannot hold, is written as 4.40981198501011E+17, so that it is not taken for an id that is whole.
 */
void sheet_number(struct buf *out, double number);
/*
 * The same for its text in the file, padded with zeros where its style says so. A plain number of at most 15 digits stays as it is, and so
 * does what is no number, and a whole number whose digits beyond the 15th tell more than 15 digits do: a program has written that, no sheet.
 */
void sheet_number_text(struct buf *out, struct slice text, enum number_style style);
/* Appends the currency of the number before it, where there is one: " €". */
void sheet_currency(struct buf *out, const char *currency);
/*
 * Appends a serial number in its style: YYYY-MM-DD, with THH:MM:SS where there is a time, HH:MM:SS. Day 60 of the
 * 1900 system is 1900-02-29, as the sheet shows it; what is no date (negative, after 9999) is given as a number.
 */
void sheet_serial(struct buf *out, double serial, enum number_style style, bool date1904);

#endif
