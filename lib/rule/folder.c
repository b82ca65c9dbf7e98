#include "rule/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { PART_WAITS = 64 << 10, ALL_WAIT = 16 << 20, NAME_LONGEST = 100 };

struct part {
	char *path, *temporary;
	struct buf waiting;
	bool begun;
};

struct folder {
	const char *path, *ending;
	struct map values, names;   /* a part has the number of its value */
	struct part *parts;
	size_t capacity, waiting;
	struct slice header;
	struct arena arena;
	uint64_t mark;              /* in the names of temporary files */
};

int folder_open(struct folder **opened, const char *path, const char *ending, struct slice header, struct diag *diag)
{
	struct folder *folder;

	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return diag_errno(diag, path, "cannot make the folder", errno);
	folder = memory_zero(1, sizeof *folder);
	folder->path = path;
	folder->ending = ending;
	folder->mark = hash_random_seed();
	map_init(&folder->values);
	map_init(&folder->names);
	arena_init(&folder->arena);
	folder->header = arena_copy(&folder->arena, header);
	*opened = folder;
	return 0;
}

static bool is_safe(uint32_t c)
{
	if (c >= 0x80)
		return c >= 0xC0 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x3004) && !(c >= 0xD800 && c <= 0xF8FF) &&
		       !(c >= 0xFE00 && c <= 0xFF0F) && c < 0xFFF0;
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

struct slice folder_name(struct slice value, struct arena *arena)
{
	char *name = arena_bytes(arena, NAME_LONGEST + UTF8_LONGEST + 1);
	size_t length = 0;

	value = slice_trim(value);
	if (value.len == 0)
		return SLICE("_empty");
	while (value.len && length + UTF8_LONGEST <= NAME_LONGEST) {
		uint32_t c = utf8_next(&value);

		length += utf8_put(name + length, is_safe(c) ? c : '_');
	}
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	return (struct slice){ name, length };
}

/* Names in lower case, so that no two files differ by case only. */
static struct slice lower(struct slice name, struct arena *arena)
{
	char *copy = arena_cstr(arena, name);

	for (size_t i = 0; i < name.len; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + 32);
	return (struct slice){ copy, name.len };
}

static void name_part(struct folder *folder, struct part *part, struct slice value)
{
	struct slice base = folder_name(value, &folder->arena), name = base;
	size_t before = folder->names.count;

	map_add(&folder->names, lower(name, &folder->arena));
	for (unsigned n = 2; folder->names.count == before; n++) {
		name = arena_format(&folder->arena, "%.*s-%u", SLICE_ARG(base), n);
		map_add(&folder->names, lower(name, &folder->arena));
	}
	part->path = arena_cstr(&folder->arena, arena_format(&folder->arena, "%s/%.*s%s", folder->path, SLICE_ARG(name), folder->ending));
	part->temporary = arena_cstr(&folder->arena, arena_format(&folder->arena, "%s/.%.*s%s.%08" PRIx64, folder->path, SLICE_ARG(name),
								 folder->ending, folder->mark & 0xFFFFFFFF));
}

static int write_all(int fd, struct slice bytes)
{
	while (bytes.len) {
		ssize_t written = write(fd, bytes.ptr, bytes.len);

		if (written < 0 && errno != EINTR)
			return -1;
		bytes = slice_skip(bytes, written > 0 ? (size_t)written : 0);
	}
	return 0;
}

/* Appends what waits to the temporary file; `last`: and makes it safe on the disk. */
static int flush(struct folder *folder, struct part *part, bool last, struct diag *diag)
{
	int fd = open(part->temporary, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (part->begun ? 0 : O_CREAT | O_EXCL), 0666), failed;

	if (fd < 0)
		return diag_errno(diag, part->temporary, "cannot write", errno);
	failed = (!part->begun && write_all(fd, folder->header)) || write_all(fd, buf_slice(&part->waiting)) || (last && fsync(fd));
	part->begun = true;
	folder->waiting -= part->waiting.len;
	buf_clear(&part->waiting);
	if (close(fd) || failed)
		return diag_errno(diag, part->temporary, "cannot write", errno);
	return 0;
}

static struct part *part_of(struct folder *folder, struct slice value, struct diag *diag)
{
	size_t before = folder->values.count;
	uint32_t number = map_find(&folder->values, value);
	struct place place = { .file = folder->path };

	if (number != MAP_NONE)
		return &folder->parts[number];
	if (before == FOLDER_FILES_MOST) {
		diag_fail(diag, STATUS_INPUT, &place, "too-many-files", "the column has more than %d values; split by another",
			  FOLDER_FILES_MOST);
		return NULL;
	}
	number = map_add(&folder->values, value);
	folder->parts = memory_grow(folder->parts, &folder->capacity, number + 1, sizeof *folder->parts);
	folder->parts[number] = (struct part){ 0 };
	buf_init(&folder->parts[number].waiting, BUF_UNLIMITED);
	name_part(folder, &folder->parts[number], value);
	return &folder->parts[number];
}

int folder_add(struct folder *folder, struct slice value, struct slice text, struct diag *diag)
{
	struct part *part = part_of(folder, slice_trim(value), diag);

	if (!part)
		return -1;
	buf_add(&part->waiting, text);
	folder->waiting += text.len;
	if (part->waiting.len >= PART_WAITS && flush(folder, part, false, diag))
		return -1;
	for (size_t i = 0; i < folder->values.count && folder->waiting > ALL_WAIT; i++)
		if (folder->parts[i].waiting.len && flush(folder, &folder->parts[i], false, diag))
			return -1;
	return 0;
}

int folder_commit(struct folder *folder, size_t *count, struct diag *diag)
{
	int status = 0;

	*count = folder->values.count;
	for (size_t i = 0; i < folder->values.count && status == 0; i++)
		status = flush(folder, &folder->parts[i], true, diag);
	for (size_t i = 0; i < folder->values.count && status == 0; i++) {
		struct part *part = &folder->parts[i];

		if (rename(part->temporary, part->path))
			status = diag_errno(diag, part->path, "cannot put in place", errno);
		else
			part->begun = false;
	}
	folder_abort(folder);
	return status;
}

void folder_abort(struct folder *folder)
{
	if (!folder)
		return;
	for (size_t i = 0; i < folder->values.count; i++) {
		if (folder->parts[i].begun)
			unlink(folder->parts[i].temporary);
		buf_release(&folder->parts[i].waiting);
	}
	free(folder->parts);
	map_release(&folder->values);
	map_release(&folder->names);
	arena_release(&folder->arena);
	free(folder);
}
