/*
 * JSON, strictly (RFC 8259): trailing text, invalid UTF-8, lone surrogates, and numbers that are none are refused;
 * names keep their case; a number keeps its text; depth is limited to 512. A byte order mark before the document is
 * passed over.
 *
 * One scanner checks all JSON and gives it token by token (json_scan); json_parse makes a cJSON tree of it. In a tree a
 * number is a node of type cJSON_Raw that holds its text in valuestring, and \u0000, which ends a C string, is refused.
 * Of members with the same name all are kept, and json_member finds the last.
 */
#ifndef CRM_IO_JSON_H
#define CRM_IO_JSON_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/diag.h"

/* What is accepted besides strict JSON. */
enum json_mode {
	JSON_STRICT,
	JSON_COMMENTS,  /* for files that people write: // and block comments, and a comma before ] or } */
};

/*
 * The document in `text`, or NULL with diag: the place has file, line and column of the fault; STATUS_INPUT, or, for
 * JSON_COMMENTS, STATUS_USAGE: what people write are rules and configurations. Free with json_free.
 */
cJSON *json_parse(struct slice text, enum json_mode mode, const char *file, struct diag *diag);
/* A whole file ("-": standard input), at most 64 MiB. */
cJSON *json_load(const char *path, enum json_mode mode, struct diag *diag);
void json_free(cJSON *document);

/* Member by exact name, or NULL. */
const cJSON *json_member(const cJSON *object, const char *name);
/* The text of a string node or, of a number, its digits; ptr NULL for anything else. */
struct slice json_text(const cJSON *node);
bool json_number(const cJSON *node, double *value);

/*
 * Appends `s` as a JSON string, with its quotes. Only what must be escaped is; a byte that is not UTF-8 becomes
 * U+FFFD.
 */
void json_write_string(struct buf *out, struct slice s);
/* A node with the shortest text that gives the number back, for cJSON_AddItemToObject; null when it is not finite. */
cJSON *json_number_node(double value);
/* The document printed (tabs: indented), to be freed with free(). */
char *json_print(const cJSON *document, bool indented);

enum json_token {
	JSON_FAULT,  /* not JSON: `fault` says what is wrong, `at` where; so is every token after it */
	JSON_END,    /* the document is complete, and so is the text */
	JSON_OBJECT, JSON_OBJECT_END, JSON_ARRAY, JSON_ARRAY_END,
	JSON_NAME,   /* of a member; its value comes next */
	JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL,
};

enum { JSON_DEPTH = 512 };

struct json_scan {
	struct slice token;       /* as it stands; names and strings with their quotes */
	bool escaped;             /* the name or string has a backslash */
	unsigned depth;           /* objects and arrays open after this token */
	const char *fault, *at;
	/* private */
	const char *begin, *next, *end;
	enum json_mode mode;
	int state;
	bool broken_utf8;         /* at `end` */
	uint64_t is_object[JSON_DEPTH / 64];  /* one bit per level */
};

/* `text` holds one JSON document and outlives the scan. */
void json_scan_init(struct json_scan *scan, struct slice text, enum json_mode mode);
enum json_token json_scan_next(struct json_scan *scan);
/* What the last name or string says; of another token, its text. In `arena` where it is not the same as it stands. */
struct slice json_scan_text(const struct json_scan *scan, struct arena *arena);
/* The place of `at` in its text, which begins at line `line` of the file, column 1. Columns count characters. */
struct place json_scan_place(const struct json_scan *scan, const char *file, uint64_t line);

#endif
