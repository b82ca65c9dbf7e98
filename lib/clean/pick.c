#include "clean/pick.h"

#include "base/buf.h"
#include "io/json.h"

enum { DEPTH_MOST = 12, VALUES_BYTES = 1 << 20 };

/* Whether the names of the open objects are those of the path. */
static bool is_at(const struct slice *names, unsigned depth, struct slice path)
{
	for (unsigned level = 1; level <= depth; level++) {
		struct slice part;

		if (!names[level].ptr) /* an array */
			continue;
		part = slice_cut(&path, '.');
		if (slice_ends_with(part, SLICE("[]")))
			part.len -= 2;
		if (!slice_equal(part, names[level]))
			return false;
	}
	return path.len == 0;
}

struct slice pick_values(struct slice json, struct slice path, bool all, struct arena *arena)
{
	struct slice names[DEPTH_MOST + 1] = { { NULL, 0 } }, found;
	enum json_token token;
	struct json_scan scan;
	struct buf values;

	buf_init(&values, VALUES_BYTES);
	json_scan_init(&scan, json, JSON_STRICT);
	while ((token = json_scan_next(&scan)) != JSON_END && token != JSON_FAULT && (all || values.len == 0)) {
		if (scan.depth > DEPTH_MOST)
			continue;
		if (token == JSON_NAME)
			names[scan.depth] = json_scan_text(&scan, arena);
		else if (token == JSON_OBJECT || token == JSON_ARRAY)
			names[scan.depth] = (struct slice){ NULL, 0 };
		if (token < JSON_STRING || token == JSON_NULL || !is_at(names, scan.depth, path))
			continue;
		found = json_scan_text(&scan, arena);
		if (found.len == 0 || slice_find_byte(found, '\0') < found.len) /* a cell has no NUL */
			continue;
		if (values.len)
			buf_add_byte(&values, ';');
		buf_add(&values, found);
	}
	found = arena_copy(arena, buf_slice(&values));
	buf_release(&values);
	return found;
}

bool pick_cut(struct slice header, struct slice *column, struct slice *path)
{
	size_t at = slice_find(header, SLICE("[]."));

	*column = slice_first(header, at);
	*path = slice_skip(header, at + 3);
	return at > 0 && path->len > 0;
}
