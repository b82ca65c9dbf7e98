#define PCRE2_CODE_UNIT_WIDTH 8
#include "clean/regex.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"

enum { DEPTH_LIMIT = 10000, HEAP_LIMIT_KIB = 20000, STACK_START = 32 << 10, STACK_MOST = 1 << 20 };

struct regex {
	pcre2_code *code;
	bool jit;
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

static uint32_t compile_flags(unsigned flags)
{
	return PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (flags & REGEX_NOCASE ? PCRE2_CASELESS : 0) |
	       (flags & REGEX_MULTILINE ? PCRE2_MULTILINE : 0) | (flags & REGEX_DOTALL ? PCRE2_DOTALL : 0) |
	       (flags & REGEX_EXTENDED ? PCRE2_EXTENDED : 0);
}

struct regex *regex_new(struct slice pattern, unsigned flags, char message[256], size_t *offset)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code;
	struct regex *regex;
	int error;

	if (!context)
		memory_exhausted();
	pcre2_set_max_pattern_length(context, REGEX_LONGEST);
	code = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len, compile_flags(flags), &error, offset, context);
	pcre2_compile_context_free(context);
	if (!code) {
		pcre2_get_error_message(error, (PCRE2_UCHAR *)message, 256);
		return NULL;
	}
	regex = memory_get(1, sizeof *regex);
	*regex = (struct regex){ code, pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0 };
	return regex;
}

void regex_free(struct regex *regex)
{
	if (regex)
		pcre2_code_free(regex->code);
	free(regex);
}

struct regex_scratch *regex_scratch_new(void)
{
	struct regex_scratch *scratch = memory_get(1, sizeof *scratch);

	scratch->data = pcre2_match_data_create(1, NULL);
	scratch->context = pcre2_match_context_create(NULL);
	scratch->stack = pcre2_jit_stack_create(STACK_START, STACK_MOST, NULL);
	if (!scratch->data || !scratch->context)
		memory_exhausted();
	pcre2_set_match_limit(scratch->context, REGEX_MATCH_LIMIT);
	pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
	if (scratch->stack)
		pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_jit_stack_free(scratch->stack);
	free(scratch);
}

enum regex_result regex_match(const struct regex *regex, struct regex_scratch *scratch, struct slice text)
{
	PCRE2_SPTR subject = (PCRE2_SPTR)(text.ptr ? text.ptr : "");
	int got;

	/* The fast entry of the JIT takes any bytes on trust. */
	if (!utf8_is_valid(text))
		return REGEX_ENCODING;
	if (regex->jit)
		got = pcre2_jit_match(regex->code, subject, text.len, 0, 0, scratch->data, scratch->context);
	else
		got = pcre2_match(regex->code, subject, text.len, 0, PCRE2_NO_UTF_CHECK, scratch->data, scratch->context);
	if (got == PCRE2_ERROR_NOMATCH)
		return REGEX_NO;
	return got >= 0 ? REGEX_YES : REGEX_LIMIT;
}
