#include "clean/operands.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"

enum { NAMED_MOST = 10 };  /* files in a warning */

void operands_init(struct operands *operands)
{
	*operands = (struct operands){ 0 };
	arena_init(&operands->arena);
}

void operands_release(struct operands *operands)
{
	free(operands->items);
	free(operands->passed);
	arena_release(&operands->arena);
}

static void add(struct operands *operands, const char *path, bool found)
{
	operands->items = memory_grow(operands->items, &operands->capacity, operands->count + 1, sizeof *operands->items);
	operands->items[operands->count++] = (struct operand){ path, found };
}

void operands_pass_over(struct operands *operands, const char *path, const char *why)
{
	operands->passed = memory_grow(operands->passed, &operands->passed_capacity, operands->passed_count + 1,
				       sizeof *operands->passed);
	operands->passed[operands->passed_count++] = (struct passed_over){ path, why };
}

static bool has_data_ending(const char *name)
{
	static const char *const endings[] = { "csv",  "tsv",    "tab",  "txt",  "json", "jsonl",
					       "ndjson", "xlsx", "xlsm", "xls", "et", "ods" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
		if (slice_equal_nocase(slice_of(dot + 1), slice_of(endings[i])))
			return true;
	return false;
}

static bool is_output(const struct stat *file, const char *const *outputs)
{
	struct stat output;

	for (; outputs && *outputs; outputs++)
		if (stat(*outputs, &output) == 0 && output.st_dev == file->st_dev && output.st_ino == file->st_ino)
			return true;
	return false;
}

/* Why the file in a folder is not read; NULL: it is. */
static const char *reason_against(const char *path, const char *name, const char *const *outputs)
{
	struct stat about;

	if (stat(path, &about) < 0)
		return "cannot be found";
	if (S_ISDIR(about.st_mode))
		return "a folder";
	if (!S_ISREG(about.st_mode))
		return "no regular file";
	if (is_output(&about, outputs))
		return "an output of this run";
	if (!has_data_ending(name))
		return "no table by its name";
	return about.st_size == 0 ? "empty" : NULL;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct operand *)a)->path, ((const struct operand *)b)->path);
}

static int by_passed_path(const void *a, const void *b)
{
	return strcmp(((const struct passed_over *)a)->path, ((const struct passed_over *)b)->path);
}

static void warn_of_passed(const struct operands *operands, const char *folder, size_t first, struct diag *diag)
{
	size_t count = operands->passed_count - first;
	struct place place = { .file = folder };
	struct buf names;

	buf_init(&names, BUF_UNLIMITED);
	for (size_t i = 0; i < count && i < NAMED_MOST; i++) {
		const struct passed_over *passed = &operands->passed[first + i];
		const char *slash = strrchr(passed->path, '/');

		buf_format(&names, "%s%s (%s)", i ? ", " : "", slash ? slash + 1 : passed->path, passed->why);
	}
	if (count > NAMED_MOST)
		buf_format(&names, " and %zu more", count - NAMED_MOST);
	if (count)
		diag_warn(diag, &place, "passed-over", "not read: %.*s", SLICE_ARG(buf_slice(&names)));
	buf_release(&names);
}

static void add_entry(struct operands *operands, const char *folder, const char *name, const char *const *outputs)
{
	size_t length = strlen(folder);
	const char *slash = length && folder[length - 1] == '/' ? "" : "/", *path, *why;

	if (name[0] == '.' || strncmp(name, "~$", 2) == 0)
		return;
	path = arena_format(&operands->arena, "%s%s%s%c", folder, slash, name, '\0').ptr;
	why = reason_against(path, name, outputs);
	if (why)
		operands_pass_over(operands, path, why);
	else
		add(operands, path, true);
}

static int add_folder(struct operands *operands, const char *path, const char *const *outputs, struct diag *diag)
{
	size_t first = operands->count, first_passed = operands->passed_count;
	struct place place = { .file = path };
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder)
		return diag_errno(diag, path, "cannot read the folder", errno);
	while ((entry = readdir(folder)))
		add_entry(operands, path, entry->d_name, outputs);
	closedir(folder);
	if (operands->passed_count > first_passed)
		qsort(operands->passed + first_passed, operands->passed_count - first_passed, sizeof *operands->passed,
		      by_passed_path);
	warn_of_passed(operands, path, first_passed, diag);
	if (operands->count == first)
		return diag_fail(diag, STATUS_INPUT, &place, "empty-input", "there is no data file in this folder");
	qsort(operands->items + first, operands->count - first, sizeof *operands->items, by_path);
	return 0;
}

int operands_find(struct operands *operands, const char *const *paths, size_t count, const char *const *outputs,
		  struct diag *diag)
{
	struct stat about;

	for (size_t i = 0; i < count; i++) {
		if (stat(paths[i], &about) < 0 || !S_ISDIR(about.st_mode))
			add(operands, paths[i], false);
		else if (add_folder(operands, paths[i], outputs, diag) < 0)
			return -1;
	}
	return 0;
}
