#include "io/sheets.h"

#include "base/buf.h"

enum which { ALL, HIDDEN, MORE };

static bool is_one_of(const struct sheet *sheet, enum which which)
{
	if (sheet->unreadable)
		return false;
	return which == ALL || (which == HIDDEN ? sheet->hidden : !sheet->hidden && sheet->filled);
}

/* Their names, but for sheet number `but`, as a list for people; NULL: there is none. */
static const char *names_of(const struct sheet *sheets, size_t count, enum which which, size_t but, struct arena *arena)
{
	const char *result = NULL;
	struct buf names;

	buf_init(&names, BUF_UNLIMITED);
	for (size_t i = 0; i < count; i++) {
		if (i == but || !is_one_of(&sheets[i], which))
			continue;
		if (names.len)
			buf_add(&names, SLICE(", "));
		buf_add(&names, sheets[i].name);
	}
	if (names.len)
		result = arena_cstr(arena, buf_slice(&names));
	buf_release(&names);
	return result;
}

static size_t find_wanted(const struct sheet *sheets, size_t count, const char *wanted)
{
	size_t i = 0;

	while (i < count && (sheets[i].unreadable || !slice_equal_nocase(sheets[i].name, slice_of(wanted))))
		i++;
	return i;
}

static size_t find_first(const struct sheet *sheets, size_t count)
{
	size_t shown = count;

	for (size_t i = count; i-- > 0;)
		if (!sheets[i].unreadable && !sheets[i].hidden && (shown == count || sheets[i].filled || !sheets[shown].filled))
			shown = i;
	return shown;
}

static void list_more(const struct sheet *sheets, size_t count, size_t but, struct table_info *info, struct arena *arena)
{
	struct slice *more = arena_get(arena, count, sizeof *more);

	info->more = more;
	for (size_t i = 0; i < count; i++)
		if (i != but && is_one_of(&sheets[i], MORE))
			more[info->more_count++] = sheets[i].name;
}

int sheets_choose(const struct sheet *sheets, size_t count, const char *wanted, const char *file,
		  const struct table_options *options, struct table_info *info, struct arena *arena, size_t *chosen,
		  struct diag *diag)
{
	size_t found = wanted ? find_wanted(sheets, count, wanted) : find_first(sheets, count);
	const char *names = found < count ? NULL : names_of(sheets, count, ALL, count, arena);
	struct place place = { .file = file };

	if (found == count && wanted)
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "there is no sheet %s; there are: %s", wanted,
				 names ? names : "none");
	if (found == count)
		return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook", "%s",
				 names ? "all sheets are hidden; name one: FILE#Sheet" : "there is no sheet in it");
	*chosen = found;
	info->sheet = sheets[found].name.ptr;
	if (wanted)
		return 0;
	info->hidden = names_of(sheets, count, HIDDEN, found, arena);
	info->others = names_of(sheets, count, MORE, found, arena);
	list_more(sheets, count, found, info, arena);
	if (info->others && !options->all_sheets)
		diag_warn(diag, &place, "other-sheets", "only sheet %s is read, not %s; name a sheet as FILE#Sheet, or let crm-merge --sheet all read them",
			  info->sheet, info->others);
	return 0;
}

bool sheets_are_several(const struct sheet *sheets, size_t count)
{
	size_t shown = 0;

	for (size_t i = 0; i < count; i++)
		shown += !sheets[i].hidden && !sheets[i].unreadable;
	return shown > 1;
}
