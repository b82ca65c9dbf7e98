#include "synth/gb18030.h"

#include <stdlib.h>
#include <unicode/ucnv.h>

#include "base/memory.h"

struct gb18030 {
	UConverter *from, *to;
};

static int fail(UErrorCode error, struct diag *diag)
{
	return diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "ICU cannot encode GB18030: %s", u_errorName(error));
}

void gb18030_free(struct gb18030 *encoder)
{
	if (!encoder)
		return;
	ucnv_close(encoder->from);
	ucnv_close(encoder->to);
	free(encoder);
}

static int make_encoder(struct gb18030 **encoder, struct diag *diag)
{
	UErrorCode error = U_ZERO_ERROR;

	*encoder = memory_zero(1, sizeof **encoder);
	(*encoder)->from = ucnv_open("UTF-8", &error);
	(*encoder)->to = ucnv_open("GB18030", &error);
	return U_FAILURE(error) ? fail(error, diag) : 0;
}

int gb18030_encode(struct gb18030 **encoder, struct slice s, struct buf *out, struct diag *diag)
{
	UErrorCode error = U_ZERO_ERROR;
	const char *from = s.ptr;
	char *to;

	if (!*encoder && make_encoder(encoder, diag) < 0)
		return -1;
	if (!buf_reserve(out, s.len * 2 + 16)) /* a byte of UTF-8 never becomes more than two */
		return diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "a block of rows is too large");
	to = out->ptr + out->len;
	ucnv_convertEx((*encoder)->to, (*encoder)->from, &to, to + s.len * 2 + 16, &from, s.ptr + s.len, NULL, NULL,
		       NULL, NULL, true, true, &error);
	if (U_FAILURE(error))
		return fail(error, diag);
	out->len = (size_t)(to - out->ptr);
	return 0;
}
