#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/file.h"

struct source {
	char *name;
	int descriptor;
	bool regular;              /* can be read again */
	bool marked;               /* `mark` is set */
	struct source_mark mark;
	off_t start;               /* where the first byte is */
	uint64_t size;
	_Atomic uint64_t taken;
	char *seen;                /* bytes peeked at and not yet read */
	size_t seen_length, seen_at;
};

static int inspect(struct source *source, struct diag *diag)
{
	struct place place = { .file = source->name };
	struct stat status;

	if (fstat(source->descriptor, &status) != 0)
		return diag_errno(diag, source->name, "cannot open", errno);
	if (S_ISDIR(status.st_mode))
		return diag_fail(diag, STATUS_INPUT, &place, NULL, "is a folder, not a file");
	source->start = lseek(source->descriptor, 0, SEEK_CUR);
	source->regular = S_ISREG(status.st_mode) && source->start >= 0;
	if (!source->regular)
		return 0;
	source->marked = strcmp(source->name, "-") != 0;
	source->mark = (struct source_mark){ status.st_dev, status.st_ino, status.st_size, status.st_mtim };
	source->size = status.st_size > source->start ? (uint64_t)(status.st_size - source->start) : 0;
	(void)posix_fadvise(source->descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

int source_open(struct source **opened, const char *path, struct diag *diag)
{
	bool standard = strcmp(path, "-") == 0;
	int descriptor = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	struct source *source;

	if (descriptor < 0)
		return diag_errno(diag, path, "cannot open", errno);
	source = memory_zero(1, sizeof *source);
	source->name = memory_text(path);
	source->descriptor = descriptor;
	if (inspect(source, diag) < 0) {
		source_free(source);
		return -1;
	}
	*opened = source;
	return 0;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	close(source->descriptor);
	free(source->name);
	free(source->seen);
	free(source);
}

/*
 * At the end of a file: that it was not cut or written anew while it was read, which would lose rows. One that has only grown is whole up to
 * where it was.
 */
static int check_whole(const struct source *source, struct diag *diag)
{
	struct place place = { .file = source->name };
	const struct source_mark *before = &source->mark;
	struct stat now;

	if (!source->marked || fstat(source->descriptor, &now) != 0 || now.st_size > before->size ||
	    (now.st_size == before->size && now.st_mtim.tv_sec == before->changed.tv_sec && now.st_mtim.tv_nsec == before->changed.tv_nsec))
		return 0;
	return diag_fail(diag, STATUS_INPUT, &place, "changed-input", "the file was changed while it was read; run again when nobody writes it");
}

/* read(2) until `size` bytes or the end. */
static ssize_t read_fully(struct source *source, char *to, size_t size, struct diag *diag)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(source->descriptor, to + got, size - got);

		if (n < 0 && file_may_retry(source->descriptor, POLLIN))
			continue;
		if (n < 0)
			return diag_errno(diag, source->name, "cannot read", errno);
		if (n == 0 && check_whole(source, diag) < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

ssize_t source_read(struct source *source, void *to, size_t size, struct diag *diag)
{
	size_t held = source->seen_length - source->seen_at;
	size_t first = held < size ? held : size;
	ssize_t more = 0;

	if (first) {
		memcpy(to, source->seen + source->seen_at, first);
		source->seen_at += first;
	}
	if (first < size) {
		more = read_fully(source, (char *)to + first, size - first, diag);
		if (more < 0)
			return -1;
	}
	atomic_fetch_add(&source->taken, first + (size_t)more);
	return (ssize_t)first + more;
}

int source_peek(struct source *source, size_t want, struct slice *seen, struct diag *diag)
{
	if (source->seen_length < want) {
		ssize_t more;

		source->seen = memory_resize(source->seen, want, 1);
		more = read_fully(source, source->seen + source->seen_length, want - source->seen_length, diag);
		if (more < 0)
			return -1;
		source->seen_length += (size_t)more;
	}
	*seen = slice_first((struct slice){ source->seen, source->seen_length }, want);
	return 0;
}

static int write_fully(int descriptor, const char *bytes, size_t size, const char *name, struct diag *diag)
{
	while (size) {
		ssize_t n = write(descriptor, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_errno(diag, name, "cannot keep a copy in the temporary folder", errno);
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

enum { COPY_BYTES = 1 << 20 };

static int copy_rest(struct source *source, int copy, struct diag *diag)
{
	char *buffer = memory_get(COPY_BYTES, 1);
	int result = 0;
	ssize_t got;

	while ((got = source_read(source, buffer, COPY_BYTES, diag)) > 0 && result == 0)
		result = write_fully(copy, buffer, (size_t)got, source->name, diag);
	free(buffer);
	return got < 0 ? -1 : result;
}

int source_keep(struct source *source, const char *tmpdir, struct diag *diag)
{
	int copy;

	if (source->regular)
		return 0;
	copy = file_temporary(tmpdir, diag);
	if (copy < 0)
		return -1;
	if (copy_rest(source, copy, diag) < 0) {
		close(copy);
		return -1;
	}
	close(source->descriptor);
	source->descriptor = copy;
	source->regular = true;
	source->start = 0;
	source->size = atomic_load(&source->taken);
	return source_rewind(source, diag);
}

int source_rewind(struct source *source, struct diag *diag)
{
	source->seen_length = source->seen_at = 0;
	atomic_store(&source->taken, 0);
	if (lseek(source->descriptor, source->start, SEEK_SET) < 0)
		return diag_errno(diag, source->name, "cannot read from the start again", errno);
	return 0;
}

bool source_mark(const struct source *source, struct source_mark *mark)
{
	*mark = source->mark;
	return source->marked;
}

bool source_mark_equal(const struct source_mark *a, const struct source_mark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

const char *source_name(const struct source *source)
{
	return source->name;
}

uint64_t source_size(const struct source *source)
{
	return source->size;
}

uint64_t source_taken(const struct source *source)
{
	return atomic_load(&source->taken);
}

int source_descriptor(const struct source *source)
{
	return source->descriptor;
}
