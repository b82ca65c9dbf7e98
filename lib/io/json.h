/*
 * JSON, strictly (RFC 8259), through cJSON: lengths are checked, trailing text, invalid UTF-8, NUL (also as \u0000), and numbers
 * that are none are refused; names keep their case; a number keeps its text. Depth is limited to 512.
 * A parsed document is a cJSON tree; a number is a node of type cJSON_Raw that holds its text in valuestring.
 */
#ifndef CRM_IO_JSON_H
#define CRM_IO_JSON_H

#include <cjson/cJSON.h>

#include "base/diag.h"

/* What is accepted besides strict JSON. */
enum json_mode {
	JSON_STRICT,
	JSON_COMMENTS,  /* for files that people write: // and block comments, and a comma before ] or } */
};

/* The document in `text`, or NULL with diag: the place has file, line and column of the fault. Free with json_free. */
cJSON *json_parse(struct slice text, enum json_mode mode, const char *file, struct diag *diag);
/* A whole file, at most 64 MiB. */
cJSON *json_load(const char *path, enum json_mode mode, struct diag *diag);
void json_free(cJSON *document);

/* Member by exact name, or NULL. */
const cJSON *json_member(const cJSON *object, const char *name);
/* The text of a string node or, of a number, its digits; ptr NULL for anything else. */
struct slice json_text(const cJSON *node);
bool json_number(const cJSON *node, double *value);

/* Appends `s` as a JSON string, with its quotes. Only what must be escaped is. */
void json_write_string(struct buf *out, struct slice s);
/* A node with the text of a number, for cJSON_AddItemToObject. */
cJSON *json_number_node(double value);
/* The document printed (tabs: indented), to be freed with free(). */
char *json_print(const cJSON *document, bool indented);

#endif
