/* How people lay out sheets: titles above the header, totals below, the header again in the middle. */
#ifndef CRM_CLEAN_LAYOUT_H
#define CRM_CLEAN_LAYOUT_H

#include "clean/roles.h"
#include "io/batch.h"

/* Where the header is among the first records. */
struct layout_header {
	size_t first, last;   /* its row; or its two rows (two_rows.h) */
	size_t known;         /* cells of them that are known headers */
	bool found;           /* false: it may well be data */
	bool data;            /* not found, and it holds what no header does: an address of e-mail, a number of six digits */
};

/*
 * Which of the first records (values set; at least one) is the header:
 * 1. Rows that fill at most half of the width are titles or instructions, unless two or more of their cells are known
 *    headers.
 * 2. Of the rows above the first one that looks like data (numbers, dates, e-mails), the first in which the
 *    dictionary knows two headers and a third of the cells, or half of two cells.
 * 3. Against a row above it that could itself be the header (distinct short texts) it must know three headers and two
 *    thirds of the cells, or know all and stand over a row that looks like data.
 * 4. Else the first row of distinct short texts; else the first that is no title, and it is not `found` where it knows
 *    none of its cells: it may well be data.
 * 5. The row below or above that one, where the two are a header of two rows.
 */
struct layout_header layout_find_header(const struct batch *batch, struct role_dictionary *dictionary);
/* Whether the record could not be read at all: a quote that is never closed, a line too long. */
bool layout_is_unreadable(const struct record *record);
/*
 * A row of totals, of two columns or more: its first filled cell says so (合计, 小计：, Total …) and the others are empty
 * or numbers; after an English word there is at least one number, since Total is also a company. Or it says how many there
 * are, alone in the row: 共2家. Or it is the total of a group (小王 小计), with a number and an empty cell.
 */
bool layout_is_total(const struct slice *cells, size_t count);
/*
 * Remarks of the person who made the sheet (备注：…, 制表人：…, Note: …) or of the printer (第2页), and nothing else, in a
 * row of three columns or more.
 */
bool layout_is_note(const struct slice *cells, size_t count);
/* What a form says of its columns right below the header: 必填 | 选填 | …, or 示例：… before a made-up record. */
bool layout_is_instruction(const struct slice *cells, size_t count);
bool layout_is_blank(const struct slice *cells, size_t count);

/*
 * Whether a row whose first cell this is can be no total, no remark and not blank: quickly, for most rows of most files. False: it may be one, or be data.
 */
bool layout_is_plainly_data(struct slice first_cell);

#endif
