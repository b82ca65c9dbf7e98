/*
 * An output file goes through three names: the one the user gave, the target behind its symbolic links, and a temporary
 * file beside the target, which rename() turns into it. So a reader, or a kill at any moment, meets the old file or the
 * new one. The temporary file gets its name only when it is complete, where the file system allows (O_TMPFILE), so that
 * a kill, Ctrl-C or a closed pipe leaves nothing beside the target. What can not be replaced like that (a device, a pipe, standard output) is written directly.
 */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"

enum { LINKS_FOLLOWED = 40, NAME_ATTEMPTS = 100, BASE_BYTES = 200 };

struct outfile {
	int fd;
	const char *name;  /* for messages */
	char *target;      /* NULL: written directly */
	char *temporary;   /* NULL while it has no name */
	char descriptor_name[32];  /* of a file without a name: /proc/self/fd/N */
};

bool file_may_retry(int fd, short event)
{
	struct pollfd wait = { .fd = fd, .events = event };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

static int read_all(int fd, const char *name, struct buf *bytes, struct diag *diag)
{
	for (;;) {
		ssize_t got;

		/* A byte over the maximum is asked for, to know that it is there. */
		if (!buf_reserve(bytes, bytes->maximum - bytes->len < 65536 ? bytes->maximum - bytes->len : 65536))
			return -1;
		got = read(fd, bytes->ptr + bytes->len, bytes->capacity - bytes->len < bytes->maximum - bytes->len ?
			   bytes->capacity - bytes->len : bytes->maximum - bytes->len);
		if (got < 0 && file_may_retry(fd, POLLIN))
			continue;
		if (got < 0)
			return diag_errno(diag, name, "cannot read", errno);
		if (got == 0)
			return 0;
		bytes->len += (size_t)got;
		if (bytes->len == bytes->maximum)
			return diag_fail(diag, STATUS_INPUT, &(struct place){ .file = name }, NULL,
					 "is larger than %zu bytes", bytes->maximum - 1);
	}
}

int file_read(const char *path, size_t maximum, struct arena *arena, struct slice *bytes, struct diag *diag)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct buf read;
	int result;

	*bytes = (struct slice){ 0 };
	if (fd < 0)
		return diag_errno(diag, path, "cannot open", errno);
	buf_init(&read, maximum + 1);
	result = read_all(fd, standard ? "standard input" : path, &read, diag);
	if (result == 0)
		*bytes = arena_copy(arena, buf_slice(&read));
	buf_release(&read);
	if (!standard)
		close(fd);
	return result;
}

/* Length of the folder part of path, with its last slash. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The file behind the symbolic links of path, whether it exists or not; to be freed. NULL with errno. */
static char *follow_links(const char *path)
{
	char *target = memory_text(path), link[PATH_MAX];

	for (int i = 0; i < LINKS_FOLLOWED; i++) {
		ssize_t len = readlink(target, link, sizeof link - 1);
		size_t folder = len > 0 && link[0] != '/' ? folder_length(target) : 0;
		char *next;

		if (len < 0)  /* no link, or nothing there */
			return target;
		next = memory_get(folder + (size_t)len + 1, 1);
		memcpy(next, target, folder);
		memcpy(next + folder, link, (size_t)len);
		next[folder + (size_t)len] = '\0';
		free(target);
		target = next;
	}
	free(target);
	errno = ELOOP;
	return NULL;
}

/* A name beside target that is probably free; to be freed. */
static char *name_beside(const char *target)
{
	size_t folder = folder_length(target), room = strlen(target) + 32;
	char *name = memory_get(room, 1);

	snprintf(name, room, "%.*s.%.*s.%08x", (int)folder, target, BASE_BYTES, target + folder,
		 (unsigned)(uint32_t)hash_random_seed());
	return name;
}

/* A new file in the folder of target, with a name of its own; the rights are `mode` less the umask. */
static int create_beside(const char *target, mode_t mode, char **name)
{
	int fd = -1;

	errno = EEXIST;
	for (int i = 0; i < NAME_ATTEMPTS && fd < 0 && errno == EEXIST; i++) {
		if (i)
			free(*name);
		*name = name_beside(target);
		fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	}
	return fd;
}

/* The same without a name, where the file system can do so: then not even a kill leaves it behind. */
static int create_nameless(const char *target, mode_t mode)
{
	size_t len = folder_length(target);
	char *folder = memory_text(len ? target : ".");
	int fd;

	if (len)
		folder[len] = '\0';
	fd = access("/proc/self/fd", X_OK) == 0 ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode) : -1;
	free(folder);
	return fd;
}

/* Gives a nameless file a name beside its target. */
static int link_beside(struct outfile *out)
{
	int failed = -1;

	errno = EEXIST;
	for (int i = 0; i < NAME_ATTEMPTS && failed && errno == EEXIST; i++) {
		free(out->temporary);
		out->temporary = name_beside(out->target);
		failed = linkat(AT_FDCWD, out->descriptor_name, AT_FDCWD, out->temporary, AT_SYMLINK_FOLLOW);
	}
	if (failed) {
		free(out->temporary);
		out->temporary = NULL;
	}
	return failed;
}

/* The new file belongs to whom the old one did, as far as that is allowed, and has its rights. */
static int take_over_rights(int fd, const struct stat *old)
{
	struct stat new;

	if (fstat(fd, &new) != 0)
		return -1;
	if ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid) != 0)
		return 0;  /* rights meant for others than its owner and group now */
	return fchmod(fd, old->st_mode & 0777);
}

static int open_beside(struct outfile *out, const char *path, const struct stat *old, struct diag *diag)
{
	mode_t mode = old ? old->st_mode & 0777 : 0666;

	out->target = follow_links(path);
	if (!out->target)
		return diag_errno(diag, path, "cannot open", errno);
	if (old && access(out->target, W_OK) != 0)
		return diag_errno(diag, path, "cannot write", errno);
	out->fd = create_nameless(out->target, mode);
	if (out->fd >= 0)
		snprintf(out->descriptor_name, sizeof out->descriptor_name, "/proc/self/fd/%d", out->fd);
	else
		out->fd = create_beside(out->target, mode, &out->temporary);
	if (out->fd < 0) {
		free(out->temporary);
		out->temporary = NULL;
		return diag_errno(diag, path, "cannot create a temporary file beside it", errno);
	}
	if (old && take_over_rights(out->fd, old) != 0)
		return diag_errno(diag, path, "cannot set the rights of the old file", errno);
	return 0;
}

static int open_directly(struct outfile *out, const char *path, bool standard, struct diag *diag)
{
	out->fd = standard ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_WRONLY | O_CLOEXEC);
	if (out->fd < 0)
		return diag_errno(diag, out->name, "cannot open", errno);
	return 0;
}

int outfile_open(struct outfile **result, const char *path, struct diag *diag)
{
	bool standard = !path || strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
	struct outfile *out = memory_zero(1, sizeof *out);
	struct stat old;
	bool exists = !standard && stat(path, &old) == 0;
	int failed;

	out->fd = -1;
	out->name = memory_text(standard ? "standard output" : path);
	if (standard || (exists && !S_ISREG(old.st_mode)))
		failed = open_directly(out, path, standard, diag);
	else
		failed = open_beside(out, path, exists ? &old : NULL, diag);
	if (failed) {
		outfile_abort(out);
		return -1;
	}
	*result = out;
	return 0;
}

int outfile_write(struct outfile *out, struct slice bytes, struct diag *diag)
{
	while (bytes.len) {
		ssize_t put = write(out->fd, bytes.ptr, bytes.len);

		if (put < 0 && !file_may_retry(out->fd, POLLOUT))
			return diag_errno(diag, out->name, "cannot write", errno);
		if (put > 0)
			bytes = slice_skip(bytes, (size_t)put);
	}
	return 0;
}

/*
 * So that the new name outlives a power cut. The file itself is in place already: a folder that cannot be opened or
 * synced is no failure.
 */
static int sync_folder(const char *target)
{
	size_t len = folder_length(target);
	char *folder = memory_text(len ? target : ".");
	int fd, result = 0;

	if (len)
		folder[len] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return 0;
	if (fsync(fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
		result = -1;
	close(fd);
	return result;
}

static int close_checked(struct outfile *out)
{
	int fd = out->fd;

	out->fd = -1;
	/* On Linux the descriptor is gone after EINTR, too. */
	return close(fd) != 0 && errno != EINTR ? -1 : 0;
}

int outfile_commit(struct outfile *out, struct diag *diag)
{
	int failed = 0;

	if (out->target && fsync(out->fd) != 0)
		failed = -1;
	if (!failed && out->target && !out->temporary)
		failed = link_beside(out);
	if (close_checked(out) != 0)
		failed = -1;
	if (!failed && out->target) {
		failed = rename(out->temporary, out->target);
		if (!failed) {
			free(out->temporary);
			out->temporary = NULL;
			failed = sync_folder(out->target);
		}
	}
	if (failed)
		diag_errno(diag, out->name, "cannot write", errno);
	outfile_abort(out);
	return failed;
}

void outfile_abort(struct outfile *out)
{
	if (!out)
		return;
	if (out->fd >= 0)
		close(out->fd);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->target);
	free((void *)(uintptr_t)out->name);
	free(out);
}

const char *outfile_temporary(const struct outfile *out)
{
	return out->temporary ? out->temporary : out->target ? out->descriptor_name : NULL;
}

const char *outfile_name(const struct outfile *out)
{
	return out->name;
}

int file_write(const char *path, struct slice bytes, struct diag *diag)
{
	struct outfile *out;

	if (outfile_open(&out, path, diag) != 0)
		return -1;
	if (outfile_write(out, bytes, diag) != 0) {
		outfile_abort(out);
		return -1;
	}
	return outfile_commit(out, diag);
}

int file_temporary(const char *tmpdir, struct diag *diag)
{
	const char *folder = tmpdir ? tmpdir : getenv("TMPDIR");
	char *name = NULL, *stem;
	int fd;

	if (!folder || !*folder)
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	/* A file system without O_TMPFILE: create and unlink. */
	stem = memory_get(strlen(folder) + 8, 1);
	memcpy(stem, folder, strlen(folder));
	memcpy(stem + strlen(folder), "/crmkit", 8);
	fd = create_beside(stem, 0600, &name);
	if (fd >= 0)
		unlink(name);
	else
		diag_errno(diag, folder, "cannot create a temporary file in it", errno);
	free(name);
	free(stem);
	return fd;
}

bool file_is_missing(const char *path)
{
	char *file = memory_text(path), *mark = strrchr(file, '#'), *slash;
	bool missing = strcmp(path, "-") != 0 && access(path, F_OK) != 0 && errno == ENOENT;

	if (mark)
		*mark = '\0';
	missing = missing && access(file, F_OK) != 0;
	slash = strrchr(file, '/');
	if (slash)
		slash[1] = '\0';
	missing = missing && access(slash ? file : ".", F_OK) == 0;
	free(file);
	return missing;
}
