/*
 * Dates as a system writes them. A pattern has yyyy, MM or M, dd or d, HH or H, mm, ss and SSS; what is no ASCII letter, and T,
 * stands for itself. A Z, or +0000, at its end says that the time is that of Greenwich; "epoch s" and "epoch ms" are numbers
 * since 1970.
 */
#ifndef CRM_CLEAN_PATTERN_H
#define CRM_CLEAN_PATTERN_H

#include "base/arena.h"

bool pattern_is_valid(struct slice pattern);
/*
 * A date in standard form (YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS by the local clock) by `date`, or with a time by `time`; anything
 * else as it stands.
 */
struct slice pattern_write(struct slice date, struct slice time, struct slice value, struct arena *arena);

#endif
