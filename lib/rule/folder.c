#include "rule/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/file.h"

enum { PART_WAITS = 64 << 10, ALL_WAIT = 16 << 20, NAME_LONGEST = 100, LIST_LONGEST = 16 << 20 };

#define TEMPORARY ".crm-tag-temporary-"

struct part {
	char *path, *temporary;
	struct slice name;      /* of the file in the folder */
	struct buf waiting;
	bool begun;
};

struct folder {
	const char *path, *ending;
	int lock;                   /* the folder, open; while it is, no other run writes there */
	struct map values, names;   /* a part has the number of its value */
	struct part *parts;
	size_t capacity, waiting;
	struct slice header;
	struct arena arena;
	uint64_t mark;              /* in the names of temporary files */
};

/* What a run that was killed has left: no other one runs. */
static void clear_temporary(int folder)
{
	int copy = dup(folder);
	DIR *listing = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!listing) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((entry = readdir(listing)))
		if (strncmp(entry->d_name, TEMPORARY, sizeof TEMPORARY - 1) == 0)
			unlinkat(folder, entry->d_name, 0);
	closedir(listing);
}

static int lock_folder(const char *path, struct diag *diag)
{
	const struct place place = { .file = path };
	int fd;

	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return diag_errno(diag, path, "cannot make the folder", errno);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return diag_errno(diag, path, "cannot open the folder", errno);
	/* A file system without locks has none that somebody could hold. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(fd);
		return diag_fail(diag, STATUS_SYSTEM, &place, "busy", "another run is writing into this folder; wait for it, or name another one");
	}
	clear_temporary(fd);
	return fd;
}

int folder_open(struct folder **opened, const char *path, const char *ending, struct slice header, struct diag *diag)
{
	struct folder *folder;
	int lock = lock_folder(path, diag);

	if (lock < 0)
		return -1;
	folder = memory_zero(1, sizeof *folder);
	folder->path = path;
	folder->ending = ending;
	folder->lock = lock;
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
	part->name = arena_format(&folder->arena, "%.*s%s", SLICE_ARG(name), folder->ending);
	part->path = arena_cstr(&folder->arena, arena_format(&folder->arena, "%s/%.*s", folder->path, SLICE_ARG(part->name)));
	part->temporary = arena_cstr(&folder->arena, arena_format(&folder->arena, "%s/" TEMPORARY "%08" PRIx64 "-%zu", folder->path,
								 folder->mark & 0xFFFFFFFF, folder->values.count));
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

/* All of them on the disk, and nothing in their places that a file could not replace. */
static int finish_all(struct folder *folder, struct diag *diag)
{
	for (size_t i = 0; i < folder->values.count; i++) {
		struct part *part = &folder->parts[i];
		struct stat there;

		if (flush(folder, part, true, diag))
			return -1;
		if (lstat(part->path, &there) == 0 && S_ISDIR(there.st_mode))
			return diag_errno(diag, part->path, "cannot put in place", EISDIR);
	}
	return 0;
}

static const char *list_path(struct folder *folder)
{
	return arena_format(&folder->arena, "%s/%s", folder->path, FOLDER_LIST).ptr;
}

/* The files that the runs before this one have written. A line that is no plain name is not one of ours. */
static int read_list(struct folder *folder, struct map *old, struct diag *diag)
{
	struct slice rest;

	if (access(list_path(folder), F_OK) != 0 && errno == ENOENT)
		return 0;
	if (file_read(list_path(folder), LIST_LONGEST, &folder->arena, &rest, diag))
		return -1;
	while (rest.len) {
		struct slice name = slice_cut(&rest, '\n');

		if (name.len && name.ptr[0] != '.' && slice_find_byte(name, '/') == name.len && slice_find_byte(name, '\0') == name.len)
			map_add(old, name);
	}
	return 0;
}

/* `old`: names that may still be there, or NULL. */
static int write_list(struct folder *folder, const struct map *old, struct diag *diag)
{
	struct buf list;
	int status;

	buf_init(&list, BUF_UNLIMITED);
	for (size_t i = 0; i < folder->values.count; i++)
		buf_format(&list, "%.*s\n", SLICE_ARG(folder->parts[i].name));
	for (size_t i = 0; old && i < old->count; i++)
		buf_format(&list, "%.*s\n", SLICE_ARG(old->keys[i]));
	status = file_write(list_path(folder), buf_slice(&list), diag);
	buf_release(&list);
	return status;
}

static int put_in_place(struct folder *folder, struct diag *diag)
{
	for (size_t i = 0; i < folder->values.count; i++) {
		struct part *part = &folder->parts[i];

		if (rename(part->temporary, part->path))
			return diag_errno(diag, part->path, "cannot put in place", errno);
		part->begun = false;
	}
	return 0;
}

static int remove_stale(struct folder *folder, const struct map *old, size_t *removed, struct diag *diag)
{
	struct map now;
	int status = 0;

	*removed = 0;
	map_init(&now);
	for (size_t i = 0; i < folder->values.count; i++)
		map_add(&now, folder->parts[i].name);
	for (size_t i = 0; i < old->count && status == 0; i++) {
		const char *name = arena_cstr(&folder->arena, old->keys[i]);
		struct stat there;

		if (map_find(&now, old->keys[i]) != MAP_NONE || fstatat(folder->lock, name, &there, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(there.st_mode))
			continue;
		if (unlinkat(folder->lock, name, 0) == 0)
			++*removed;
		else if (errno != ENOENT)
			status = diag_errno(diag, arena_format(&folder->arena, "%s/%s", folder->path, name).ptr, "cannot remove", errno);
	}
	map_release(&now);
	return status;
}

/* The list names what is there at any moment of this: first old and new files, at the end the new ones. */
int folder_commit(struct folder *folder, size_t *count, size_t *removed, struct diag *diag)
{
	struct map old;
	int status;

	*count = folder->values.count;
	map_init(&old);
	status = finish_all(folder, diag) || read_list(folder, &old, diag) || write_list(folder, &old, diag) || put_in_place(folder, diag) ||
		 remove_stale(folder, &old, removed, diag) || write_list(folder, NULL, diag) ? -1 : 0;
	if (status == 0 && fsync(folder->lock) != 0 && errno != EINVAL)
		status = diag_errno(diag, folder->path, "cannot write", errno);
	map_release(&old);
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
	close(folder->lock);
	free(folder->parts);
	map_release(&folder->values);
	map_release(&folder->names);
	arena_release(&folder->arena);
	free(folder);
}
