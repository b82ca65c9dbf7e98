#include "match/side.h"

static int open_as(struct side *side, const char *path, const struct sink_options *options, const struct column *columns, size_t count,
		   struct diag *diag)
{
	if (sink_open(&side->sink, path, options, diag) < 0)
		return -1;
	sink_header(side->sink, columns, count);
	rows_init(&side->rows, side->sink);
	return 0;
}

int side_open(struct side *side, const char *path, const struct column *columns, size_t count, struct diag *diag)
{
	const struct sink_options options = { .to = format_of_path(path) };

	return open_as(side, path, &options, columns, count, diag);
}

int side_open_for_people(struct side *side, const char *path, const struct sink_options *as, const struct column *columns, size_t count,
			 struct diag *diag)
{
	enum format to = format_of_path(path);
	bool text = to == FORMAT_AUTO || to == FORMAT_CSV || to == FORMAT_TSV;
	const struct sink_options options = { .to = to, .bom = text && as->bom, .excel_safe = text && as->excel_safe };

	return open_as(side, path, &options, columns, count, diag);
}

int side_row_end(struct side *side, struct diag *diag)
{
	rows_end(&side->rows);
	return side->rows.out.len > 1 << 18 ? sink_write(side->sink, &side->rows, diag) : 0;
}

int side_close(struct side *side, int failed, struct diag *diag)
{
	if (!failed)
		failed = sink_write(side->sink, &side->rows, diag);
	rows_release(&side->rows);
	if (failed) {
		sink_abort(side->sink);
		return -1;
	}
	return sink_close(side->sink, diag);
}

void side_origin(struct side *side, const struct records *records, uint32_t record)
{
	struct origin origin;

	records_origin(records, record, &origin);
	rows_cell(&side->rows, origin.source);
	rows_cell(&side->rows, origin.row);
	rows_cell(&side->rows, origin.id);
}
