/* Tables of Han characters, built once from pinyin.txt and simplified.txt beside this file and never changed after. */
#ifndef CRM_CLEAN_HAN_H
#define CRM_CLEAN_HAN_H

#include "base/slice.h"

/* U+4E00 to U+9FFF, the block that both tables cover. */
static inline bool han_in_block(uint32_t character) { return character >= 0x4E00 && character <= 0x9FFF; }
/* Any Han character, extensions and compatibility forms included. */
static inline bool han_is(uint32_t c)
{
	return han_in_block(c) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x3FFFF) ||
	       (c >= 0xF900 && c <= 0xFAFF) || c == 0x3007;
}
/* The usual reading without tone ("zhang"), or an empty slice. Surnames first where readings differ. */
struct slice han_pinyin(uint32_t character);
/* The simplified form, or the character itself. */
uint32_t han_simplified(uint32_t character);

#endif
