/*
 * Options. One table per tool, the common ones included, is the single source of --help, of the OPTIONS of the man page and of
 * the completions. Values are stored into the tool's own struct at an offset, typed and checked here.
 */
#ifndef CRM_CLI_OPTIONS_H
#define CRM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "io/table.h"

enum option_type {
	OPTION_FLAG,      /* bool */
	OPTION_TEXT,      /* const char * */
	OPTION_FILE,      /* const char *, completed as a file */
	OPTION_TEXTS,     /* struct texts: repeatable */
	OPTION_FILES,     /* struct texts: repeatable, completed as files */
	OPTION_LIST,      /* struct texts: COL,COL,… (also repeatable) */
	OPTION_UINT,      /* uint64_t */
	OPTION_SIZE,      /* uint64_t bytes: 64M, 2G */
	OPTION_REAL,      /* double */
	OPTION_DATE,      /* int32_t days: YYYY-MM-DD */
	OPTION_CHOICE,    /* int: index into choices, "csv|tsv|json" */
	OPTION_CHAR,      /* char: one byte, or \t or "tab" */
	OPTION_OUTPUT,    /* const char *, completed as a file; written, so it must be no input and no other output */
};

struct texts {
	const char **items;
	size_t count, capacity;
};

struct option_spec {
	char letter;               /* 0: none */
	const char *name;          /* without -- */
	const char *argument;      /* FILE, N … for the help; NULL for flags */
	enum option_type type;
	size_t offset;             /* in the tool's struct */
	const char *choices;       /* OPTION_CHOICE */
	double least, most;        /* of numbers; both 0: no bounds */
	const char *help;          /* one sentence, lower case, no full stop */
};

/* The options that every tool has. First member of each tool's struct, named `common`. */
struct common_options {
	const char *output, *encoding, *config, *rejects, *tmpdir, *stats;
	int from, to;              /* enum format */
	char delimiter;
	bool no_header, strict, bom, excel_safe, quiet, verbose, help, version;
	struct texts maps;         /* ROLE=COLUMN */
	int32_t as_of;
	int language;              /* enum language */
	uint64_t threads, memory, max_field;
	int progress;              /* 0 auto, 1 always, 2 never */
	int date_order;            /* enum date_order of clean/date.h: 0 decided per column */
	bool dump_options;         /* --dump-options: the table as JSON, for the man page and completions; not in --help */
	struct texts operands;     /* what is left */
};
enum language { LANGUAGE_EN, LANGUAGE_ZH };

struct tool {
	const char *name;            /* crm-tag */
	const char *synopsis;        /* [OPTION]... [FILE]... */
	const char *summary;         /* one line */
	const struct option_spec *options;  /* ended by a spec without a name */
	const char *examples;        /* for --help; may be NULL */
};

/*
 * Parses the configuration (--config, CRM_CONFIG: section "common", then the one of the tool), then the command line, into `values` (the
 * tool's struct, whose defaults are set before). Returns -1 with diag (STATUS_USAGE, nearest known name) on a mistake. Long options
 * may be shortened where unique, --name=value and --name value, -j4 and -j 4, "--" ends them.
 */
int options_parse(const struct tool *tool, void *values, int argc, char **argv, struct arena *arena, struct diag *diag) MUST_CHECK;
/* --help, --version, --dump-options: prints on standard output. True when one was asked for, and the tool is done. */
bool options_answered(const struct tool *tool, const struct common_options *common);
/*
 * Defaults of the common options: as_of today, a thread per processor, half of the machine's memory, TMPDIR or /tmp, 1 MiB
 * a field. Over these come the configuration, then CRM_LANG and CRM_THREADS, then the command line.
 */
void options_defaults(struct common_options *common);

#endif
