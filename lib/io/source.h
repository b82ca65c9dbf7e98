/*
 * A source is bytes from a file or a pipe, as they stand. One reader; "-" is standard input. Opening takes the file itself
 * (not its name), so that an output of the same name may be put in its place meanwhile.
 */
#ifndef CRM_IO_SOURCE_H
#define CRM_IO_SOURCE_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/diag.h"

struct source;

int source_open(struct source **source, const char *path, struct diag *diag) MUST_CHECK;
void source_free(struct source *source);

/* Up to `size` bytes; 0 at the end; -1 with diag. Short only at the end. */
ssize_t source_read(struct source *source, void *to, size_t size, struct diag *diag) MUST_CHECK;
/* The first bytes, up to `want`, without consuming them; only before the first source_read. */
int source_peek(struct source *source, size_t want, struct slice *seen, struct diag *diag) MUST_CHECK;
/*
 * Goes back to the first byte. What is no regular file must have been told so by source_keep, before the first read:
 * its bytes are then kept in a file in tmpdir that has no name.
 */
int source_keep(struct source *source, const char *tmpdir, struct diag *diag) MUST_CHECK;
int source_rewind(struct source *source, struct diag *diag) MUST_CHECK;

/* What tells one state of a file from another. */
struct source_mark {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};
/* False: it is no regular file with a name, and can be read only while it is open. */
bool source_mark(const struct source *source, struct source_mark *mark);
bool source_mark_equal(const struct source_mark *a, const struct source_mark *b);

/* As given; "-" for standard input. */
const char *source_name(const struct source *source);
/* Bytes of a regular file, or 0 where that is not known. */
uint64_t source_size(const struct source *source);
/* Bytes taken so far: for progress; any thread may ask. */
uint64_t source_taken(const struct source *source);
/* The descriptor of a regular file, or after source_keep of the copy: for readers that need to seek (zip). */
int source_descriptor(const struct source *source);

#endif
