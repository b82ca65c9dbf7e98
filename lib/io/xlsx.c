#include "io/reader.h"

int xlsx_reader_open(struct reader **reader, struct source *source, const char *sheet,
		     const struct table_options *options, struct diag *diag)
{
	struct place place = { .file = source_name(source) };

	(void)reader, (void)sheet, (void)options;
	return diag_fail(diag, STATUS_USAGE, &place, NULL, "workbooks cannot be read yet");
}
