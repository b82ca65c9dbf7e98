/* The sheets of a workbook: which one is read, and what the user is told of the others. */
#ifndef CRM_IO_SHEETS_H
#define CRM_IO_SHEETS_H

#include "io/table.h"

struct sheet {
	struct slice name;          /* ended by NUL */
	bool hidden;
	bool unreadable;            /* a chart, a dialog: as if it were not there */
	bool filled;                /* some cell is not empty; only looked for where no sheet is asked for */
	struct slice relation;      /* XLSX: its id in the relations of the workbook */
	const char *path;           /* XLSX: of its part */
};

/*
 * The number of the sheet to be read: the `wanted` one (case does not matter), or else the first that is shown and
 * filled, or else the first that is shown. Sets info->sheet, and, where none is wanted, info->hidden, ->others and
 * ->more; shown and filled sheets that are not read are warned of unless options->all_sheets says that they will be.
 */
int sheets_choose(const struct sheet *sheets, size_t count, const char *wanted, const char *file,
		  const struct table_options *options, struct table_info *info, struct arena *arena, size_t *chosen,
		  struct diag *diag) MUST_CHECK;
/* Whether there is a choice: then the reader finds out which of them are filled. */
bool sheets_are_several(const struct sheet *sheets, size_t count);

#endif
