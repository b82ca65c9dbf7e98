/* Inside of cli: the options of a tool as one table, its own first, and how a text becomes a value. */
#ifndef CRM_CLI_TABLE_H
#define CRM_CLI_TABLE_H

#include "cli/options.h"

/* The options that every tool has; ended by a spec without a name. Offsets are in struct common_options. */
extern const struct option_spec common_option_specs[];

/* Options of a tool, the common ones included, by number; a tool's own option hides a common one of the same name. */
size_t option_count(const struct tool *tool);
const struct option_spec *option_at(const struct tool *tool, size_t number);
bool option_is_common(const struct option_spec *spec);
/* Not shown and not completed. */
bool option_is_hidden(const struct option_spec *spec);
/* Their number by exact name or letter, or option_count. */
size_t option_by_name(const struct tool *tool, struct slice name);
size_t option_by_letter(const struct tool *tool, char letter);
/* "; did you mean --NAME?", or nothing when no name is near. `common_only`: the tool's own are no candidates. */
struct slice option_hint(const struct tool *tool, struct slice name, bool common_only, const char *dashes,
			 struct arena *arena);

/*
 * Checks `text` against the type and puts it into `values`; lists are added to. `who` is where it was said, for the message.
 * A flag takes "true" or "false". Text is copied into the arena.
 */
int option_store(const struct option_spec *spec, void *values, struct slice text, const struct place *who,
		 struct arena *arena, struct diag *diag) MUST_CHECK;
/* Empties a list, before a stronger place begins to fill it. */
void option_forget(const struct option_spec *spec, void *values);
/* Index of text among "a|b|c", or -1. */
int option_choice(const char *choices, struct slice text);
void texts_add(struct texts *texts, const char *item, struct arena *arena);

/* Reads the configuration file into `values`. */
int config_apply(const struct tool *tool, const char *path, void *values, struct arena *arena, struct diag *diag) MUST_CHECK;

#endif
