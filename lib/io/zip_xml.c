#include "io/zip_xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

enum {
	CHUNK_BYTES = 64 << 10,
	TAG_MAXIMUM = 1 << 20,   /* bytes of one tag, comment … */
	DEPTH_MAXIMUM = 64,
	BOMB_RATIO = 200,
};
static const uint64_t KEPT_BOMB_FROM = 64 << 20, STREAMED_BOMB_FROM = 256 << 20, PART_MAXIMUM = UINT64_C(8) << 30;

static int refuse(const char *file, struct diag *diag, const char *why)
{
	struct place place = { .file = file };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook", "%s", why);
}

int zip_xml_open(zip_t **zip, struct source *source, const char *tmpdir, struct diag *diag)
{
	const char *file = source_name(source);
	struct slice seen;
	int copy, error = 0;

	if (source_peek(source, 8, &seen, diag) < 0)
		return -1;
	if (slice_starts_with(seen, SLICE("\xD0\xCF\x11\xE0")))
		return refuse(file, diag, "this is an old .xls or a password-protected workbook; "
			      "save it as .xlsx without a password");
	if (source_keep(source, tmpdir, diag) < 0)
		return -1;
	copy = dup(source_descriptor(source));
	if (copy < 0)
		return diag_errno(diag, file, "cannot read", errno);
	*zip = zip_fdopen(copy, 0, &error);
	if (*zip)
		return 0;
	close(copy);
	if (error == ZIP_ER_NOZIP)
		return refuse(file, diag, "this is no workbook: it is no zip archive, or the end of it is missing; fetch it again");
	if (error == ZIP_ER_READ || error == ZIP_ER_SEEK || error == ZIP_ER_MEMORY)
		return diag_errno(diag, file, "cannot read", errno);
	return refuse(file, diag, "this is no workbook: its zip archive is damaged; fetch it again");
}

static const char *local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

const char *part_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(local_name(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

void part_fail(struct part *part, const char *what)
{
	struct place place = { part->file, part->row, 0 };

	diag_fail(part->diag, STATUS_INPUT, &place, "bad-workbook", "%s: %s", part->name, what);
	XML_StopParser(part->parser, XML_FALSE);
}

void part_stop(struct part *part)
{
	XML_StopParser(part->parser, XML_FALSE);
}

void part_suspend(struct part *part)
{
	XML_StopParser(part->parser, XML_TRUE);
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct part *part = context;

	part->last_event = part->unpacked;
	if (++part->depth > DEPTH_MAXIMUM)
		part_fail(part, "elements are nested too deep");
	else
		part->handlers->start(part->context, local_name(name), attributes);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct part *part = context;

	part->last_event = part->unpacked;
	part->depth--;
	part->handlers->end(part->context, local_name(name));
}

static void XMLCALL on_text(void *context, const char *text, int length)
{
	struct part *part = context;

	part->last_event = part->unpacked;
	part->handlers->text(part->context, (struct slice){ text, (size_t)length });
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	part_fail(context, "a document type has no place in a workbook");
}

static int fail_zip(struct part *part, const char *error, struct diag *diag)
{
	struct place place = { part->file, part->row, 0 };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook", "%s: %s", part->name, error);
}

int part_open(struct part *part, zip_t *zip, const char *file, const char *name, enum part_kind kind,
	      const struct part_handlers *handlers, void *context, struct diag *diag)
{
	zip_stat_t stat;

	*part = (struct part){ .handlers = handlers, .context = context, .file = file, .name = name };
	part->ratio_from = kind == PART_KEPT ? KEPT_BOMB_FROM : STREAMED_BOMB_FROM;
	if (zip_stat(zip, name, ZIP_FL_NOCASE, &stat) != 0)
		return 0;
	part->size = stat.size;
	part->packed = stat.comp_size;
	part->zip_file = zip_fopen_index(zip, stat.index, 0);
	if (!part->zip_file)
		return fail_zip(part, zip_strerror(zip), diag);
	part->parser = XML_ParserCreate(NULL);
	if (!part->parser)
		memory_exhausted();
	XML_SetUserData(part->parser, part);
	XML_SetElementHandler(part->parser, on_start, on_end);
	XML_SetCharacterDataHandler(part->parser, on_text);
	XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
	return 1;
}

void part_close(struct part *part)
{
	if (part->parser)
		XML_ParserFree(part->parser);
	if (part->zip_file)
		zip_fclose(part->zip_file);
	part->parser = NULL;
	part->zip_file = NULL;
}

static int check_bounds(struct part *part)
{
	if (part->unpacked > PART_MAXIMUM ||
	    (part->unpacked > part->ratio_from && part->unpacked / BOMB_RATIO > part->packed)) {
		part_fail(part, "it unpacks to far more than a sheet would (a zip bomb?)");
		return -1;
	}
	return 0;
}

/* Unpacks the next chunk into the parser's own buffer and parses it. */
static enum XML_Status parse_chunk(struct part *part)
{
	void *buffer = XML_GetBuffer(part->parser, CHUNK_BYTES);
	zip_int64_t got;

	if (!buffer)
		memory_exhausted();
	got = zip_fread(part->zip_file, buffer, CHUNK_BYTES);
	if (got < 0) {
		part_fail(part, zip_file_strerror(part->zip_file));
		return XML_STATUS_ERROR;
	}
	part->unpacked += (uint64_t)got;
	if (check_bounds(part) < 0)
		return XML_STATUS_ERROR;
	part->ended = got == 0;
	if (part->unpacked - part->last_event > TAG_MAXIMUM + 2 * CHUNK_BYTES) {
		part_fail(part, "a tag is too long");
		return XML_STATUS_ERROR;
	}
	return XML_ParseBuffer(part->parser, (int)got, part->ended);
}

int part_run(struct part *part, struct diag *diag)
{
	part->diag = diag;
	for (;;) {
		enum XML_Status status = part->suspended ? XML_ResumeParser(part->parser) : parse_chunk(part);

		part->suspended = status == XML_STATUS_SUSPENDED;
		if (part->suspended)
			return 1;
		if (status == XML_STATUS_ERROR && diag->status == STATUS_OK)
			part_fail(part, XML_ErrorString(XML_GetErrorCode(part->parser)));
		if (status == XML_STATUS_ERROR)
			return -1;
		if (part->ended)
			return 0;
	}
}

uint64_t part_progress(const struct part *part)
{
	double share = part->size ? (double)part->unpacked / (double)part->size : 1;

	return (uint64_t)((share < 1 ? share : 1) * (double)part->packed);
}
