#include "io/xlsx_sink.h"

int xlsx_sink_open(struct xlsx_sink **sink, const char *path, const struct column *columns, size_t count,
		   struct diag *diag)
{
	struct place place = { .file = path };

	(void)sink, (void)columns, (void)count;
	return diag_fail(diag, STATUS_USAGE, &place, NULL, "workbooks cannot be written yet");
}

int xlsx_sink_row(struct xlsx_sink *sink, const struct slice *cells, struct diag *diag)
{
	(void)sink, (void)cells, (void)diag;
	return -1;
}

int xlsx_sink_close(struct xlsx_sink *sink, struct diag *diag)
{
	(void)sink, (void)diag;
	return -1;
}

void xlsx_sink_abort(struct xlsx_sink *sink)
{
	(void)sink;
}
