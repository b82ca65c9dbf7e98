/*
 * The way back: the columns of a stream of crm-merge as those of a table that a system imports, by its profile: its headers in
 * its order, dates, empty cells, lists and words as it writes them. Columns for which it has no header come behind, as they
 * are, unless the user does not want them.
 */
#ifndef CRM_CLEAN_EXPORT_H
#define CRM_CLEAN_EXPORT_H

#include "clean/profile.h"
#include "io/sink.h"

struct export;

/* A column of the stream. */
struct export_source {
	struct slice name;
	enum role role;          /* ROLE_NONE: another column */
	enum column_type type;
};

/*
 * `wanted` is the name of a built-in profile or a file, with ":TABLE" behind it where a table is meant. STATUS_USAGE where there is no
 * such profile, or no such table of the kind.
 */
int export_open(struct export **export, const char *wanted, enum kind kind, struct diag *diag) MUST_CHECK;
void export_free(struct export *export);
/*
 * Plans the columns. Where no table was named it is that with the most headers for the sources, of equals the first. `drop`:
 * without the columns for which the table has no header. Names of the sources must outlive the export.
 */
void export_plan(struct export *export, const struct export_source *sources, size_t count, bool drop);
const struct column *export_columns(const struct export *export, size_t *count);
/* Number of the source of a column; *as_it_stands: its cells go without export_value. */
size_t export_source(const struct export *export, size_t column, bool *as_it_stands);
/* A cell of that column out of the source's standard value. Several threads at a time. */
struct slice export_value(const struct export *export, size_t column, struct slice value, struct arena *arena);
/* Adds the byte order mark and the line above the header that the system wants; CSV and TSV have them. NULL: none. */
void export_sink(const struct export *export, struct sink_options *options);
const struct system_profile *export_profile(const struct export *export);
/* One line for -v. */
struct slice export_describe(const struct export *export, struct arena *arena);

#endif
