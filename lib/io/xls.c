/*
 * XLS (Excel 97 to 2003), through freexl, which holds the whole workbook in memory: such a sheet has at most 65,536 rows. freexl does
 * not tell which sheets are hidden, gives TRUE as 1, and elapsed times without their days. It also reads past its memory in files made to
 * harm, so a workbook is read in a process of its own first: what ends that one is said to be damaged, and does not end the run.
 */
#include <errno.h>
#include <fcntl.h>
#include <freexl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/reader.h"
#include "io/sheet_row.h"
#include "io/sheet_value.h"
#include "io/sheets.h"

enum { DEFAULT_BATCH = 256 << 10, TRIAL_SECONDS = 60 };

struct xls {
	struct reader reader;      /* first */
	struct source *source;
	const void *workbook;
	struct arena arena;
	size_t batch_bytes;
	unsigned rows;             /* of the sheet */
	unsigned short columns;
	unsigned next;             /* row to be read, from 0 */
	bool row_waits;            /* `row` is complete, and not yet in a batch */
	struct sheet_row row;
	uint64_t told;             /* bytes of the file already given as progress */
};

static int bad_workbook(const struct xls *xls, struct diag *diag, const char *why)
{
	struct place place = { .file = source_name(xls->source) };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook", "%s", why);
}

/* Whether the compound file holds an encrypted package, as workbooks with a password are kept: looks into its first folder. */
static bool is_encrypted(const struct xls *xls)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	int file = source_descriptor(xls->source);
	unsigned char header[512];
	char folder[4096];
	uint32_t sector;
	ssize_t got;

	if (pread(file, header, sizeof header, 0) != sizeof header || header[30] < 9 || header[30] > 12)
		return false;
	sector = header[48] | (uint32_t)header[49] << 8 | (uint32_t)header[50] << 16 | (uint32_t)header[51] << 24;
	got = pread(file, folder, (size_t)1 << header[30], ((off_t)sector + 1) << header[30]);
	return got > 0 && memmem(folder, (size_t)got, name, sizeof name - 1);
}

static int fail_not_found(const struct xls *xls, struct diag *diag)
{
	if (is_encrypted(xls))
		return bad_workbook(xls, diag, "the workbook has a password; open it in a spreadsheet program and save it without one");
	return bad_workbook(xls, diag, "this is no workbook, but another kind of file of Microsoft Office; save it as .xlsx");
}

/* Reads every cell of every sheet, as the run may, without a word; freexl's errors are told by the run itself. */
static _Noreturn void try_all_cells(const char *path)
{
	const struct rlimit seconds = { TRIAL_SECONDS, TRIAL_SECONDS }, no_core = { 0, 0 };
	const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGINT, SIGTERM, SIGHUP };
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	unsigned sheets = 0, rows;
	unsigned short columns;
	const void *workbook;
	FreeXL_CellValue cell;

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		signal(signals[i], SIG_DFL); /* the run's handlers remove its unfinished outputs */
	dup2(nowhere, STDERR_FILENO);
	setrlimit(RLIMIT_CPU, &seconds);
	setrlimit(RLIMIT_CORE, &no_core);
	if (freexl_open(path, &workbook) != FREEXL_OK)
		_exit(0);
	freexl_get_info(workbook, FREEXL_BIFF_SHEET_COUNT, &sheets);
	for (unsigned s = 0; s < sheets && s < UINT16_MAX; s++) {
		if (freexl_select_active_worksheet(workbook, (unsigned short)s) != FREEXL_OK ||
		    freexl_worksheet_dimensions(workbook, &rows, &columns) != FREEXL_OK)
			continue;
		for (unsigned r = 0; r < rows; r++)
			for (unsigned short c = 0; c < columns; c++)
				(void)freexl_get_cell_value(workbook, r, c, &cell);
	}
	_exit(0);
}

static int try_workbook(const struct xls *xls, const char *path, struct diag *diag)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return diag_errno(diag, source_name(xls->source), "cannot start a process to try the workbook", errno);
	if (child == 0)
		try_all_cells(path);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return diag_errno(diag, source_name(xls->source), "cannot wait for the process that tries the workbook", errno);
	return status == 0 ? 0 : bad_workbook(xls, diag, "the workbook is damaged; open it in a spreadsheet program and save it as .xlsx");
}

static int open_workbook(struct xls *xls, struct diag *diag)
{
	unsigned protection = FREEXL_UNKNOWN;
	char path[64];
	int error;

	snprintf(path, sizeof path, "/proc/self/fd/%d", source_descriptor(xls->source));
	if (try_workbook(xls, path, diag) < 0)
		return -1;
	error = freexl_open(path, &xls->workbook);
	if (error == FREEXL_INSUFFICIENT_MEMORY)
		memory_exhausted();
	if (error == FREEXL_BIFF_WORKBOOK_NOT_FOUND)
		return fail_not_found(xls, diag);
	if (error == FREEXL_OK)
		freexl_get_info(xls->workbook, FREEXL_BIFF_PASSWORD, &protection);
	if (protection == FREEXL_BIFF_OBFUSCATED)
		return bad_workbook(xls, diag, "the workbook has a password; open it in a spreadsheet program and save it without one");
	return error == FREEXL_OK ? 0 : bad_workbook(xls, diag, "this is no .xls workbook, or it is damaged");
}

/* Makes it the sheet that cells come from; false when freexl cannot read it. */
static bool select_sheet(struct xls *xls, size_t number)
{
	return freexl_select_active_worksheet(xls->workbook, (unsigned short)number) == FREEXL_OK &&
	       freexl_worksheet_dimensions(xls->workbook, &xls->rows, &xls->columns) == FREEXL_OK;
}

static bool is_filled(const struct xls *xls)
{
	FreeXL_CellValue cell;

	for (unsigned r = 0; r < xls->rows; r++)
		for (unsigned short c = 0; c < xls->columns; c++)
			if (freexl_get_cell_value(xls->workbook, r, c, &cell) == FREEXL_OK && cell.type != FREEXL_CELL_NULL)
				return true;
	return false;
}

static int choose_sheet(struct xls *xls, const char *wanted, const struct table_options *options, struct diag *diag)
{
	const char *file = source_name(xls->source), *name;
	unsigned count = 0;
	struct sheet *sheets;
	size_t chosen;

	freexl_get_info(xls->workbook, FREEXL_BIFF_SHEET_COUNT, &count);
	count = count > UINT16_MAX ? UINT16_MAX : count;
	sheets = arena_zero(&xls->arena, count, sizeof *sheets);
	for (size_t i = 0; i < count; i++) {
		name = NULL;
		if (freexl_get_worksheet_name(xls->workbook, (unsigned short)i, &name) == FREEXL_OK && name)
			sheets[i].name = slice_of(name);
		sheets[i].unreadable = !name || !select_sheet(xls, i);
		sheets[i].filled = !sheets[i].unreadable && is_filled(xls);
	}
	if (sheets_choose(sheets, count, wanted, file, options, &xls->reader.info, &xls->arena, &chosen, diag) < 0)
		return -1;
	return select_sheet(xls, chosen) ? 0 : bad_workbook(xls, diag, "its sheet cannot be read");
}

/* freexl writes 2024-03-05 13:22:01. */
static void add_date(struct buf *out, struct slice text)
{
	size_t space = slice_find_byte(text, ' ');
	struct slice time = slice_skip(text, space + 1);

	buf_add(out, slice_first(text, space));
	if (time.len == 0 || slice_equal(time, SLICE("00:00:00")))
		return;
	buf_add_byte(out, 'T');
	buf_add(out, time);
}

static void add_cell(struct xls *xls, unsigned short column)
{
	struct buf *out = &xls->row.text;
	size_t from = out->len;
	FreeXL_CellValue cell;

	if (freexl_get_cell_value(xls->workbook, xls->next, column, &cell) != FREEXL_OK)
		return;
	switch (cell.type) {
	case FREEXL_CELL_INT:
		sheet_number(out, cell.value.int_value);
		break;
	case FREEXL_CELL_DOUBLE:
		sheet_number(out, cell.value.double_value);
		break;
	case FREEXL_CELL_DATE:
	case FREEXL_CELL_DATETIME:
		add_date(out, slice_of(cell.value.text_value));
		break;
	case FREEXL_CELL_TEXT:
	case FREEXL_CELL_SST_TEXT:
	case FREEXL_CELL_TIME:
		buf_add(out, slice_of(cell.value.text_value));
		break;
	default:
		return;
	}
	sheet_row_set(&xls->row, column, from);
}

/* Gets the next row that is not empty; false at the end. */
static bool next_row(struct xls *xls)
{
	while (!xls->row_waits && xls->next < xls->rows) {
		sheet_row_begin(&xls->row, xls->next + UINT64_C(1));
		for (unsigned short c = 0; c < xls->columns; c++)
			add_cell(xls, c);
		xls->next++;
		xls->row_waits = xls->row.width > 0;
	}
	return xls->row_waits;
}

static int xls_read(struct reader *reader, struct batch *batch, struct diag *diag)
{
	struct xls *xls = (struct xls *)reader;
	uint64_t taken;

	(void)diag;
	batch->form = FORM_VALUE;
	while (next_row(xls) && sheet_row_add(&xls->row, batch, reader->columns, xls->batch_bytes))
		xls->row_waits = false;
	taken = xls->rows ? source_size(xls->source) * xls->next / xls->rows : 0;
	batch->bytes = taken - xls->told;
	xls->told = taken;
	return batch->count > 0;
}

static void xls_rescan(struct reader *reader, struct batch *batch)
{
	sheet_pad(batch, reader->columns);
}

static int xls_rewind(struct reader *reader, struct diag *diag)
{
	struct xls *xls = (struct xls *)reader;

	(void)diag;
	xls->next = 0;
	xls->told = 0;
	xls->row_waits = false;
	return 0;
}

static void xls_free(struct reader *reader)
{
	struct xls *xls = (struct xls *)reader;

	if (xls->workbook)
		freexl_close(xls->workbook);
	sheet_row_release(&xls->row);
	arena_release(&xls->arena);
	free(xls);
}

int xls_reader_open(struct reader **opened, struct source *source, const char *sheet,
		    const struct table_options *options, struct diag *diag)
{
	static const struct reader_class class = {
		.read = xls_read, .rescan = xls_rescan, .rewind = xls_rewind, .free = xls_free,
	};
	struct xls *xls = memory_zero(1, sizeof *xls);

	xls->reader.class = &class;
	xls->reader.info.format = FORMAT_XLS;
	xls->reader.info.encoding = "UTF-8";
	xls->source = source;
	xls->batch_bytes = options->batch_bytes ? options->batch_bytes : DEFAULT_BATCH;
	sheet_row_init(&xls->row);
	arena_init(&xls->arena);
	if (source_keep(source, options->tmpdir, diag) < 0 || open_workbook(xls, diag) < 0 ||
	    choose_sheet(xls, sheet, options, diag) < 0) {
		xls_free(&xls->reader);
		return -1;
	}
	*opened = &xls->reader;
	return 0;
}
