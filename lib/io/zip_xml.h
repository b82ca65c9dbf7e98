/*
 * Workbooks are XML files, parts, in a zip archive. A part is unpacked and parsed a chunk at a time, within bounds: no
 * document type and no entities, no deep nesting, no part that unpacks to a multiple of itself (zip bomb).
 */
#ifndef CRM_IO_ZIP_XML_H
#define CRM_IO_ZIP_XML_H

#include <expat.h>
#include <zip.h>

#include "io/source.h"

/*
 * The archive in the source, which is kept (source_keep), or an error that says what the file is instead
 * ("bad-workbook").
 */
int zip_xml_open(zip_t **zip, struct source *source, const char *tmpdir, struct diag *diag) MUST_CHECK;

/* Called for elements by their local names, without prefix. `text` may come in several pieces. */
struct part_handlers {
	void (*start)(void *context, const char *name, const char **attributes);
	void (*end)(void *context, const char *name);
	void (*text)(void *context, struct slice text);
};

struct part {
	struct diag *diag;             /* of the part_run in progress, for the handlers: see part_fail */
	uint64_t row;                  /* set by the handlers: where in a sheet an error is; 0: nowhere */
	/* private */
	const struct part_handlers *handlers;
	void *context;
	const char *file, *name;
	zip_file_t *zip_file;
	XML_Parser parser;
	uint64_t unpacked, size, packed;
	uint64_t last_event;           /* `unpacked` when the parser last had something to tell */
	uint64_t ratio_from;           /* bytes from which a high ratio is a bomb */
	unsigned depth;
	bool suspended, ended;
};

enum part_kind {
	PART_KEPT,      /* what is read is kept in memory: stricter bounds */
	PART_STREAMED,
};

/* `name` and `file`, for messages, live as long as the part. 1: open; 0: the archive has no such part; -1. */
int part_open(struct part *part, zip_t *zip, const char *file, const char *name, enum part_kind kind,
	      const struct part_handlers *handlers, void *context, struct diag *diag) MUST_CHECK;
/* Goes on until a handler calls part_suspend (1), the part ends (0), or something fails (-1). */
int part_run(struct part *part, struct diag *diag) MUST_CHECK;
void part_close(struct part *part);

/* For handlers. part_fail: ends the run; the message names the file and the part, and the row. part_stop: diag says why already. */
void part_suspend(struct part *part);
void part_stop(struct part *part);
void part_fail(struct part *part, const char *what);
/* Value of the attribute with this local name, or NULL. */
const char *part_attribute(const char **attributes, const char *name);
/* Bytes of the archive that correspond to what has been read of the part. */
uint64_t part_progress(const struct part *part);

#endif
