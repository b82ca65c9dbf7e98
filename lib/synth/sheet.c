/*
 * sales.xlsx, through libxlsxwriter with constant memory: a title row, a header row, dates as styled numbers, and a
 * hidden second sheet. The date of creation is fixed, as all else in the file.
 */
#include <errno.h>
#include <xlsxwriter.h>

#include "io/file.h"
#include "synth/synth.h"

static const struct {
	const char *header;
	enum field field;
	double width;
} columns[] = {
	{ "客户编号", FIELD_ID, 12 }, { "公司名称", FIELD_COMPANY, 30 }, { "*姓名", FIELD_NAME, 10 }, { "联系电话", FIELD_PHONE, 18 },
	{ "邮箱", FIELD_EMAIL, 26 }, { "省份", FIELD_PROVINCE, 8 }, { "城市", FIELD_CITY, 8 }, { "地址", FIELD_ADDRESS, 40 },
	{ "行业", FIELD_INDUSTRY, 12 }, { "客户等级", FIELD_LEVEL, 10 }, { "跟进阶段", FIELD_STAGE, 10 },
	{ "证件号", FIELD_ID_NUMBER, 20 }, { "销售负责人", FIELD_OWNER, 10 }, { "录入时间", FIELD_CREATED, 12 },
	{ "最后跟进时间", FIELD_UPDATED, 12 }, { "备注", FIELD_NOTE, 24 },
};
enum { COLUMNS = sizeof columns / sizeof columns[0], EXCEL_EPOCH = 25569 };

static lxw_error add_text(lxw_worksheet *sheet, uint32_t row, uint16_t c, struct slice s)
{
	char text[1024];
	size_t len = s.len < sizeof text ? s.len : sizeof text - 1;

	if (len == 0)
		return LXW_NO_ERROR;
	memcpy(text, s.ptr, len);
	text[len] = '\0';
	return worksheet_write_string(sheet, row, c, text, NULL);
}

static lxw_error add_row(lxw_worksheet *sheet, lxw_format *date, uint32_t row, const struct card *card)
{
	lxw_error error = LXW_NO_ERROR;

	for (uint16_t c = 0; c < COLUMNS && !error; c++) {
		if (columns[c].field == FIELD_CREATED)
			error = worksheet_write_number(sheet, row, c, card->created + EXCEL_EPOCH, date);
		else if (columns[c].field == FIELD_UPDATED)
			error = worksheet_write_number(sheet, row, c, card->updated + EXCEL_EPOCH, date);
		else if (columns[c].field == FIELD_ID_NUMBER && card->cell[FIELD_USCC].len)
			error = add_text(sheet, row, c, card->cell[FIELD_USCC]);
		else
			error = add_text(sheet, row, c, card->cell[columns[c].field]);
	}
	return error;
}

static lxw_error fill_sheet(struct synth *synth, struct emit_worker *worker, lxw_workbook *book, lxw_worksheet *sheet)
{
	lxw_format *date = workbook_add_format(book), *bold = workbook_add_format(book);
	lxw_error error = LXW_NO_ERROR;

	format_set_num_format(date, "yyyy-mm-dd");
	format_set_bold(bold);
	for (uint16_t c = 0; c < COLUMNS; c++)
		worksheet_set_column(sheet, c, c, columns[c].width, NULL);
	worksheet_write_string(sheet, 0, 0, "销售客户登记表", bold);
	for (uint16_t c = 0; c < COLUMNS && !error; c++)
		error = worksheet_write_string(sheet, 1, c, columns[c].header, bold);
	for (uint32_t i = 0; i < synth->plan.count[SOURCE_SALES] && !error; i++) {
		const struct place_in_file *where = synth_record(synth, SOURCE_SALES, i, worker);

		error = add_row(sheet, date, source_row(where) - 1, &worker->card);
	}
	return error;
}

static void fill_hidden(lxw_worksheet *sheet)
{
	static const char *const levels[] = { "重点客户", "一般客户", "潜在客户", "普通客户" };

	worksheet_write_string(sheet, 0, 0, "客户等级", NULL);
	for (uint32_t i = 0; i < 4; i++)
		worksheet_write_string(sheet, i + 1, 0, levels[i], NULL);
	worksheet_hide(sheet);
}

/* The workbook at `path`, which is a name of a temporary file. */
static int write_book(struct synth *synth, struct emit_worker *worker, const char *path, struct diag *diag)
{
	char *tmpdir = (char *)(uintptr_t)synth->options->tmpdir; /* read only */
	lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = tmpdir };
	lxw_doc_properties properties = { .title = (char *)(uintptr_t)"销售客户登记表",
					  .author = (char *)(uintptr_t)"crm-synth",
					  .created = 1577836800 }; /* 2020-01-01 */
	lxw_workbook *book = workbook_new_opt(path, &options);
	lxw_worksheet *sheet, *hidden;
	lxw_error error, closed;

	if (!book)
		return diag_errno(diag, path, "cannot write", ENOMEM);
	workbook_set_properties(book, &properties);
	sheet = workbook_add_worksheet(book, "客户");
	hidden = workbook_add_worksheet(book, "代码表");
	if (!sheet || !hidden) {
		workbook_close(book);
		return diag_fail(diag, STATUS_SYSTEM, NULL, NULL,
				 "cannot write sales.xlsx: no temporary file for a sheet");
	}
	error = fill_sheet(synth, worker, book, sheet);
	fill_hidden(hidden);
	closed = workbook_close(book);
	if (error || closed)
		return diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "cannot write sales.xlsx: %s",
				 lxw_strerror(error ? error : closed));
	return 0;
}

int sheet_write(struct synth *synth, const char *path, struct emit_worker *worker, struct diag *diag)
{
	struct outfile *file;

	if (outfile_open(&file, path, diag) < 0)
		return -1;
	if (!outfile_temporary(file) || write_book(synth, worker, outfile_temporary(file), diag) < 0) {
		outfile_abort(file);
		return diag->status == STATUS_OK
			       ? diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "sales.xlsx is no regular file")
			       : -1;
	}
	return outfile_commit(file, diag);
}
