/* XLSX out, through libxlsxwriter in constant memory: only io/sink uses this. */
#ifndef CRM_IO_XLSX_SINK_H
#define CRM_IO_XLSX_SINK_H

#include "io/sink.h"

struct xlsx_sink;

/*
 * Writes the workbook to the file named `path` (a temporary one); its parts are gathered in files without names in
 * `tmpdir` (NULL: TMPDIR or /tmp). Rows come as cells: text, or a number where the
 * column says so and the value is one of at most 15 significant digits. Over 1,048,575 rows go on in a further sheet
 * with the header again; a cell over 32,767 characters is an error that names the row.
 */
int xlsx_sink_open(struct xlsx_sink **sink, const char *path, const char *tmpdir,
		   const struct column *columns, size_t count, struct diag *diag) MUST_CHECK;
int xlsx_sink_row(struct xlsx_sink *sink, const struct slice *cells, struct diag *diag) MUST_CHECK;
int xlsx_sink_close(struct xlsx_sink *sink, struct diag *diag) MUST_CHECK;
void xlsx_sink_abort(struct xlsx_sink *sink);

#endif
