/* What sink.c and rows.c share. */
#ifndef CRM_IO_SINK_PRIVATE_H
#define CRM_IO_SINK_PRIVATE_H

#include "io/file.h"
#include "io/sink.h"
#include "io/xlsx_sink.h"

struct sink {
	enum format format;
	char delimiter;
	bool bom, excel_safe;
	struct slice above;
	char *path;                /* NULL: standard output */
	struct outfile *out;
	const char *tmpdir;
	int workbook_copy;         /* XLSX to standard output: the file without a name that it is made in; else -1 */
	struct xlsx_sink *workbook;
	struct column *columns;
	size_t column_count;
	struct slice *keys;        /* JSON: "name": of each column */
	struct arena arena;
	bool begun;
	uint64_t count;
	struct slice *cells;       /* XLSX: one row, taken apart */
};

static inline bool sink_is_text(const struct sink *sink)
{
	return sink->format == FORMAT_CSV || sink->format == FORMAT_TSV;
}

#endif
