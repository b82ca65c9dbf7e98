#include "io/reader.h"

int json_reader_open(struct reader **reader, struct source *source, enum format format,
		     const struct table_options *options, struct diag *diag)
{
	struct place place = { .file = source_name(source) };

	(void)reader, (void)format, (void)options;
	return diag_fail(diag, STATUS_USAGE, &place, NULL, "JSON tables cannot be read yet");
}
