/* When something was: dates and times of a cell as one number to compare. */
#ifndef CRM_MATCH_MOMENT_H
#define CRM_MATCH_MOMENT_H

#include <stdint.h>

#include "base/slice.h"

#define MOMENT_NONE INT64_MIN

/*
 * Seconds since 1970-01-01 of a date with or without a time (a day without a time is its beginning), or MOMENT_NONE where there is none. Days and
 * months that could be either way are read as months first: crm-merge writes them so that they can not.
 */
int64_t moment_of(struct slice cell);

#endif
