/* Whole files: small ones read into memory, and outputs put in place in one step. */
#ifndef CRM_IO_FILE_H
#define CRM_IO_FILE_H

#include <stdio.h>

#include "base/arena.h"
#include <stdbool.h>

#include "base/diag.h"

/* The bytes of a file ("-": standard input), owned by the arena; over `maximum` bytes is an error. */
int file_read(const char *path, size_t maximum, struct arena *arena, struct slice *bytes, struct diag *diag) MUST_CHECK;

/*
 * A file being written beside its place. open: path NULL or "-" is standard output. commit: fsync and rename
 * (standard output: flush and check). Both commit and abort free it. Where the file system can, the file has no name until commit,
 * so that nothing is left of a program that is killed.
 */
struct outfile;
int outfile_open(struct outfile **out, const char *path, struct diag *diag) MUST_CHECK;
int outfile_write(struct outfile *out, struct slice bytes, struct diag *diag) MUST_CHECK;
int outfile_commit(struct outfile *out, struct diag *diag) MUST_CHECK;
void outfile_abort(struct outfile *out);
/* A name to open the temporary file by, for libraries that want one (NULL for standard output). */
const char *outfile_temporary(const struct outfile *out);
const char *outfile_name(const struct outfile *out);

/* One call for small outputs: bytes to path. */
int file_write(const char *path, struct slice bytes, struct diag *diag) MUST_CHECK;
/* A file without a name in tmpdir (NULL: TMPDIR or /tmp); its descriptor or -1. */
int file_temporary(const char *tmpdir, struct diag *diag) MUST_CHECK;

/*
 * After a failed read (event: POLLIN) or write (POLLOUT): whether to try again, as after a signal. Waits until a descriptor
 * that somebody else has set to non-blocking is ready.
 */
bool file_may_retry(int fd, short event);

/* Whether a side file is not there, though its folder is: the first night of a job that reads what it wrote the night before. path may end in #Sheet. */
bool file_is_missing(const char *path);

#endif
