/* Says where in a rules file something is wrong: line and column of the file, and the expression with carets under the place. */
#ifndef CRM_RULE_REPORT_H
#define CRM_RULE_REPORT_H

#include "io/json.h"
#include "rule/ast.h"

/* A rules file while it is in use. */
struct rules_file {
	const char *path;
	struct slice text;
	cJSON *document;   /* NULL for a table, which has no text here either */
	uint64_t header_line;   /* of a table */
	bool *unknown;          /* by column of a table: the input has none of its name, which has been told */
};

/* Fails (STATUS_USAGE) at a node of the document, or, with `name` true, at the node's name. Returns -1. */
int report_node(const struct rules_file *file, const cJSON *node, bool name, const char *code, struct diag *diag,
		const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Fails with a fault of the expression that is the string `node`. Returns -1. */
int report_fault(const struct rules_file *file, const cJSON *node, struct slice expression, const struct fault *fault,
		 struct diag *diag);
/* The expression, cut to what surrounds the fault, and a line of carets under it: two lines, each after a line end and four spaces. */
void report_carets(struct slice expression, const struct fault *fault, struct buf *out);

#endif
