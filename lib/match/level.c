#include "match/level.h"

static const char *const names[LEVELS] = { "missing", "different", "weak", "crosswise", "related", "similar", "near", "exact" };

const char *level_name(enum level level)
{
	return names[level];
}
