#include "rule/ready.h"

#include "base/embed.h"

EMBED(levels_en, "lib/rule/levels_en.json")
EMBED(levels_zh, "lib/rule/levels_zh.json")
EMBED(lifecycle_en, "lib/rule/lifecycle_en.json")
EMBED(lifecycle_zh, "lib/rule/lifecycle_zh.json")
EMBED(leads_en, "lib/rule/leads_en.json")
EMBED(leads_zh, "lib/rule/leads_zh.json")
EMBED(quality_en, "lib/rule/quality_en.json")
EMBED(quality_zh, "lib/rule/quality_zh.json")

static const struct slice names[] = { { "levels-en", 9 }, { "levels-zh", 9 }, { "lifecycle-en", 12 }, { "lifecycle-zh", 12 },
				      { "leads-en", 8 }, { "leads-zh", 8 }, { "quality-en", 10 }, { "quality-zh", 10 } };
static struct slice (*const texts[])(void) = { levels_en, levels_zh, lifecycle_en, lifecycle_zh, leads_en, leads_zh, quality_en,
					       quality_zh };

enum { COUNT = sizeof names / sizeof *names };

size_t ready_names(const struct slice **list)
{
	*list = names;
	return COUNT;
}

int ready_rules(const char *name, struct slice *text, struct diag *diag)
{
	struct place place = { .file = "--dump-rules" };

	for (size_t i = 0; i < COUNT; i++) {
		if (slice_equal(names[i], slice_of(name))) {
			*text = texts[i]();
			return 0;
		}
	}
	return diag_fail(diag, STATUS_USAGE, &place, NULL, "there is no rule set '%s'; there are levels, lifecycle, leads and quality, each with "
			 "-en or -zh", name);
}
