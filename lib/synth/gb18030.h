/* UTF-8 to GB18030, through ICU. */
#ifndef CRM_SYNTH_GB18030_H
#define CRM_SYNTH_GB18030_H

#include "base/buf.h"
#include "base/diag.h"

struct gb18030;

/* Appends s to out; *encoder is made at first use and kept for the next. */
int gb18030_encode(struct gb18030 **encoder, struct slice s, struct buf *out, struct diag *diag) MUST_CHECK;
void gb18030_free(struct gb18030 *encoder);

#endif
