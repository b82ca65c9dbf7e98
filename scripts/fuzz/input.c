/*
 * Fuzzes the readers, -DFORMAT=FORMAT_CSV, FORMAT_JSON, FORMAT_XLSX, FORMAT_XLS, FORMAT_ODS or FORMAT_AUTO: any bytes are opened as a file of
 * that format, its header is found and bound to roles, and every cell is brought to standard form, as crm-merge does.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clean/intake.h"
#include "clean/standard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_batch(const struct intake *intake, struct batch *batch)
{
	intake_split(intake, batch);
	for (size_t r = 0; r < batch->count; r++)
		for (size_t c = 0; c < intake->columns && !batch->records[r].dropped; c++)
			(void)standard_value(rule_of_role(intake->roles[c].role), intake_cell(intake, batch, r, c),
					     intake->roles[c].unit, intake->date_orders[c], &batch->arena);
}

static void read_all(const char *path)
{
	struct intake_options options = { .table = { .from = FORMAT, .max_field = 4096, .batch_bytes = 2048 }, .decide_dates = true };
	struct intake *intake;
	struct batch batch;
	struct diag diag;

	diag_init(&diag);
	batch_init(&batch);
	if (intake_open(&intake, path, &options, &diag) == 0) {
		while (intake_read(intake, &batch, &diag) > 0)
			read_batch(intake, &batch);
		intake_free(intake);
	}
	batch_release(&batch);
	diag_release(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("input", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_all(path);
	close(fd);
	return 0;
}
