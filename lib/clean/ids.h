/* Identity and company numbers with check digits; and ids that a spreadsheet has destroyed. Sources: GB 32100-2015, GB 11714, GB 11643-1999. */
#ifndef CRM_CLEAN_IDS_H
#define CRM_CLEAN_IDS_H

#include "base/arena.h"

/* 统一社会信用代码: 18 characters, both check characters right. Case and spaces are the caller's (text_clean, upper case). */
bool ids_uscc_is_valid(struct slice s);
/* 身份证: 18 characters with a right check and a date that exists, or the old form of 15 digits. */
bool ids_resident_is_valid(struct slice s);
/* 4.4E+17, 1E+17: digits are lost for ever. */
bool ids_is_damaged(struct slice s);
/* 110105********002X: all but the first six and the last four as asterisks (short ones: all). */
struct slice ids_mask(struct slice s, struct arena *arena);

#endif
