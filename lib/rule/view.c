#include "rule/view.h"

#include "io/file.h"
#include "rule/mask.h"
#include "rule/parse.h"
#include "rule/report.h"

enum { FILE_LONGEST = 1 << 20 };

void view_add(struct view_names *names, struct slice name, struct arena *arena)
{
	if (names->count == names->capacity) {
		struct slice *items = arena_get(arena, names->capacity * 2 + 8, sizeof *items);

		for (size_t i = 0; i < names->count; i++)
			items[i] = names->items[i];
		names->items = items;
		names->capacity = names->capacity * 2 + 8;
	}
	names->items[names->count++] = arena_copy(arena, name);
}

/* --- the file of --readers --- */

static int read_names(const struct rules_file *file, const cJSON *list, struct view_names *names, struct arena *arena, struct diag *diag)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
		if (cJSON_IsString(item))
			view_add(names, json_text(item), arena);
	if (cJSON_IsArray(list) && (size_t)cJSON_GetArraySize(list) == names->count)
		return 0;
	return report_node(file, list, true, "bad-value", diag, "\"%s\" must be a list of roles and columns", list->string);
}

/* Reads one reader; *name: who it is. */
static int read_reader(const struct rules_file *file, const cJSON *object, struct view *view, struct slice *name, struct arena *arena,
		       struct diag *diag)
{
	const struct { const char *key; struct view_names *names; } lists[] = {
		{ "show", &view->show }, { "hide", &view->hide }, { "mask", &view->mask },
	};
	const cJSON *member;

	*name = json_text(json_member(object, "reader"));
	if (!cJSON_IsObject(object) || !name->len)
		return report_node(file, object, false, "missing-key", diag, "\"reader\", the name of one, is missing here");
	cJSON_ArrayForEach(member, object) {
		size_t i = 0;

		while (i < 3 && strcmp(lists[i].key, member->string) != 0)
			i++;
		if (i < 3 && lists[i].names->count == 0 && read_names(file, member, lists[i].names, arena, diag))
			return -1;
		if (i == 3 && strcmp(member->string, "reader") != 0 && strcmp(member->string, "purpose") != 0)
			return report_node(file, member, true, "unknown-key", diag,
					   "there is no key \"%.100s\" here, only reader, show, hide, mask and purpose", member->string);
	}
	return 0;
}

static int no_such_reader(const char *path, const char *reader, const struct slice *names, size_t count, struct diag *diag)
{
	struct place place = { .file = path };
	struct slice near = name_nearest(slice_of(reader), names, count);

	return diag_fail(diag, STATUS_USAGE, &place, "unknown-reader", "there is no reader '%s'%s%.*s%s", reader,
			 near.ptr ? "; nearest: '" : "", SLICE_ARG(near), near.ptr ? "'" : "");
}

static int read_readers(const struct rules_file *file, struct view *view, const char *reader, struct arena *arena, struct diag *diag)
{
	const cJSON *list = json_member(file->document, "readers"), *item;
	size_t count = 0, size = list ? (size_t)cJSON_GetArraySize(list) : 0;
	struct slice *names = arena_zero(arena, size + 1, sizeof *names);
	bool found = !reader;

	if (!cJSON_IsArray(list) || cJSON_GetArraySize(file->document) != 1)
		return report_node(file, file->document, false, "bad-value", diag, "the file is { \"readers\": [ … ] }");
	cJSON_ArrayForEach(item, list) {
		struct view one = { 0 };

		if (read_reader(file, item, &one, &names[count], arena, diag))
			return -1;
		if (reader && slice_equal(names[count], slice_of(reader))) {
			if (found)
				return report_node(file, item, false, "repeated-reader", diag, "there are two readers '%s'", reader);
			found = true;
			for (size_t i = 0; i < one.mask.count; i++)
				view_add(&view->mask, one.mask.items[i], arena);
			for (size_t i = 0; i < one.hide.count; i++)
				view_add(&view->hide, one.hide.items[i], arena);
			view->show = one.show;
		}
		count++;
	}
	return found ? 0 : no_such_reader(file->path, reader, names, count, diag);
}

int view_read(struct view *view, const char *path, const char *reader, struct arena *arena, struct diag *diag)
{
	struct rules_file file = { .path = path };
	int status;

	if (file_read(path, FILE_LONGEST, arena, &file.text, diag))
		return -1;
	file.document = json_parse(file.text, JSON_COMMENTS, path, diag);
	if (!file.document)
		return -1;
	status = read_readers(&file, view, reader, arena, diag);
	json_free(file.document);
	return status;
}

/* --- what is seen --- */

static int check_names(const char *option, const struct view_names *names, const struct slice *columns, size_t count, struct diag *diag)
{
	struct place place = { .file = option };

	for (size_t i = 0; i < names->count; i++) {
		struct slice name = names->items[i], near;
		size_t c = 0;

		while (c < count && !slice_equal(columns[c], name))
			c++;
		if (c < count || role_by_name(name) != ROLE_NONE)
			continue;
		near = name_nearest(name, columns, count);
		return diag_fail(diag, STATUS_USAGE, &place, "unknown-column", "'%.*s' is no role, such as phone, email, id_number, and no column%s%.*s%s",
				 SLICE_ARG(slice_first(name, 100)), near.ptr ? "; nearest: '" : "", SLICE_ARG(slice_first(near, 100)), near.ptr ? "'" : "");
	}
	return 0;
}

int view_check(const struct view *view, const struct slice *columns, size_t count, struct diag *diag)
{
	return check_names("show", &view->show, columns, count, diag) || check_names("--hide", &view->hide, columns, count, diag) ||
	       check_names("--mask", &view->mask, columns, count, diag) ? -1 : 0;
}

static bool has_role(enum role role, enum role of_column)
{
	return role != ROLE_NONE &&
	       (of_column == role || (role == ROLE_NAME && (of_column == ROLE_GIVEN_NAME || of_column == ROLE_FAMILY_NAME)));
}

/* Whether one of the names is the column or its role; *like: or a role that its header looks like. */
static bool names_column(const struct view_names *names, struct slice header, enum role role, enum role *like)
{
	for (size_t i = 0; i < names->count; i++) {
		enum role asked = role_by_name(names->items[i]);

		if (slice_equal(names->items[i], header) || has_role(asked, role))
			return true;
		if (asked != ROLE_NONE && mask_header_is_like(asked, header))
			*like = asked;
	}
	return false;
}

struct sight view_of(const struct view *view, struct slice header, enum role role, bool made)
{
	enum role like = ROLE_NONE;

	if (names_column(&view->hide, header, role, &like) || like != ROLE_NONE)
		return (struct sight){ SIGHT_HIDDEN, role };
	if (view->show.count && !made && !names_column(&view->show, header, role, &like))
		return (struct sight){ SIGHT_HIDDEN, role };
	like = ROLE_NONE;
	if (names_column(&view->mask, header, role, &like))
		return (struct sight){ SIGHT_MASKED, role };
	return like != ROLE_NONE ? (struct sight){ SIGHT_MASKED_IF_LIKE, like } : (struct sight){ SIGHT_WHOLE, role };
}

struct slice view_value(struct sight sight, struct slice value, struct arena *arena)
{
	switch (sight.kind) {
	case SIGHT_MASKED: return mask_value(sight.role, value, arena);
	case SIGHT_MASKED_IF_LIKE: return mask_is_like(sight.role, value) ? mask_value(sight.role, value, arena) : value;
	case SIGHT_HIDDEN: return SLICE("");
	default: return value;
	}
}
