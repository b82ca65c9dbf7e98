/* The figures of a run, for --stats. */
#include <stdlib.h>

#include "base/version.h"
#include "cli/progress.h"
#include "cli/stats.h"
#include "io/file.h"
#include "io/json.h"

static cJSON *text_node(struct run *run, struct slice text)
{
	return cJSON_CreateString(arena_cstr(&run->arena, text));
}

void run_stat_node(struct run *run, const char *name, struct cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(run->stats, name);
	cJSON_AddItemToObject(run->stats, name, value);
}

void run_stat_number(struct run *run, const char *name, double value)
{
	run_stat_node(run, name, json_number_node(value));
}

void run_stat_text(struct run *run, const char *name, struct slice value)
{
	run_stat_node(run, name, text_node(run, value));
}

static cJSON *describe_columns(struct run *run, const struct intake *intake)
{
	cJSON *columns = cJSON_CreateArray();

	for (size_t i = 0; i < intake->columns; i++) {
		cJSON *column = cJSON_CreateObject();

		cJSON_AddItemToObject(column, "header", text_node(run, intake->headers[i]));
		if (intake->roles[i].role != ROLE_NONE)
			cJSON_AddStringToObject(column, "role", role_name(intake->roles[i].role));
		cJSON_AddItemToArray(columns, column);
	}
	return columns;
}

static cJSON *describe_profile(struct run *run, const struct profile_choice *choice)
{
	cJSON *profile = cJSON_CreateObject();

	cJSON_AddItemToObject(profile, "name", text_node(run, choice->profile ? choice->profile->name : SLICE("generic")));
	if (!choice->profile)
		return profile;
	cJSON_AddItemToObject(profile, "table", text_node(run, choice->table->name));
	cJSON_AddItemToObject(profile, "headers", json_number_node((double)choice->known));
	cJSON_AddItemToObject(profile, "tells", json_number_node((double)choice->told));
	cJSON_AddItemToObject(profile, "tells_of_table", json_number_node((double)choice->table->tells));
	return profile;
}

static void add_text(cJSON *object, const char *name, const char *text)
{
	if (text)
		cJSON_AddStringToObject(object, name, text);
}

/* Rows above the header, so that nothing is passed over unseen. */
static cJSON *describe_titles(struct run *run, const struct intake *intake)
{
	cJSON *titles = cJSON_CreateArray();

	for (size_t i = 0; i < intake->title_count; i++) {
		cJSON *title = cJSON_CreateObject();

		cJSON_AddItemToObject(title, "row", json_number_node((double)intake->titles[i].row));
		cJSON_AddItemToObject(title, "text", text_node(run, intake->titles[i].text));
		cJSON_AddItemToArray(titles, title);
	}
	return titles;
}

void run_stat_input(struct run *run, const struct intake *intake)
{
	const struct table_info *info = &intake->info;
	cJSON *inputs = cJSON_GetObjectItemCaseSensitive(run->stats, "inputs");
	cJSON *input = cJSON_CreateObject();
	uint64_t size = intake->size;
	const char delimiter[] = { info->delimiter, '\0' };

	run->total_bytes += size;
	run->total_unknown = run->total_unknown || size == 0;
	add_text(input, "name", intake->name);
	add_text(input, "format", format_name(info->format));
	add_text(input, "encoding", info->encoding);
	cJSON_AddBoolToObject(input, "bom", info->bom);
	add_text(input, "delimiter", info->delimiter ? delimiter : NULL);
	add_text(input, "line_end", info->line_end);
	add_text(input, "sheet", info->sheet);
	add_text(input, "hidden_sheets", info->hidden);
	add_text(input, "other_sheets", info->others);
	cJSON_AddItemToObject(input, "header_row", json_number_node((double)intake->header_row));
	if (intake->has_profiles)
		cJSON_AddItemToObject(input, "profile", describe_profile(run, &intake->profile));
	if (intake->two_rows)
		cJSON_AddItemToObject(input, "header_rows", json_number_node(2));
	if (intake->title_count)
		cJSON_AddItemToObject(input, "title_rows", describe_titles(run, intake));
	if (size)
		cJSON_AddItemToObject(input, "bytes", json_number_node((double)size));
	cJSON_AddItemToObject(input, "columns", describe_columns(run, intake));
	if (!inputs)
		inputs = cJSON_AddArrayToObject(run->stats, "inputs");
	cJSON_AddItemToArray(inputs, input);
}

void run_stat_rejects(struct run *run)
{
	const char *names[REJECT_CODES_MOST];
	uint64_t counts[REJECT_CODES_MOST];
	size_t count = rejects_by_code(run->rejects, names, counts, REJECT_CODES_MOST);
	cJSON *codes = cJSON_CreateObject();

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToObject(codes, names[i], json_number_node((double)counts[i]));
	run_stat_number(run, "rejected", (double)rejects_count(run->rejects));
	run_stat_node(run, "rejects", codes);
}

static void move_figures(cJSON *from, cJSON *to)
{
	while (from->child) {
		cJSON *item = cJSON_DetachItemViaPointer(from, from->child);

		cJSON_DeleteItemFromObjectCaseSensitive(to, item->string);
		cJSON_AddItemToObject(to, item->string, item);
	}
}

void run_stat_write(struct run *run, struct diag *diag)
{
	cJSON *all = cJSON_CreateObject();
	struct buf text;
	char *printed;

	cJSON_AddStringToObject(all, "tool", run->tool->name);
	cJSON_AddStringToObject(all, "version", CRM_VERSION);
	cJSON_AddItemToObject(all, "status", json_number_node(run->diag.status));
	if (run->diag.error[0])
		cJSON_AddStringToObject(all, "message", run->diag.error);
	cJSON_AddItemToObject(all, "seconds", json_number_node((double)(uint64_t)(progress_seconds(run) * 1e3) / 1e3));
	cJSON_AddItemToObject(all, "rows", json_number_node((double)run->seen_records));
	cJSON_AddItemToObject(all, "bytes", json_number_node((double)run->seen_bytes));
	move_figures(run->stats, all);
	printed = json_print(all, true);
	buf_init(&text, BUF_UNLIMITED);
	buf_add(&text, slice_of(printed));
	buf_add_byte(&text, '\n');
	(void)!file_write(run->common->stats, buf_slice(&text), diag); /* the caller looks at diag */
	buf_release(&text);
	free(printed);
	json_free(all);
}
