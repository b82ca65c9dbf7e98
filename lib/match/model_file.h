/* Models as JSON: {"tool", "version", "model", "params": {name: number}, "log_likelihood", "rows"}. Parameters are named by columns and levels. */
#ifndef CRM_MATCH_MODEL_FILE_H
#define CRM_MATCH_MODEL_FILE_H

#include "base/diag.h"
#include "match/model.h"

/* headers: of the input, by column. */
int model_save(const struct model *model, const struct fields *fields, const struct slice *headers, const char *path, struct diag *diag) MUST_CHECK;
/* A column that the model does not know says nothing; a model that knows none of the columns is an error. */
int model_load(struct model *model, const struct fields *fields, const struct slice *headers, const char *path, struct diag *diag) MUST_CHECK;

#endif
