#include "rule/lex.h"

#include "base/civil.h"
#include "base/utf8.h"

/* Longer signs stand before their beginnings. */
static const struct sign {
	const char *text;
	enum token_kind kind;
} signs[] = {
	{ ">=", TOKEN_GE }, { "≥", TOKEN_GE }, { "＞＝", TOKEN_GE }, { "＞=", TOKEN_GE },
	{ "<=", TOKEN_LE }, { "≤", TOKEN_LE }, { "＜＝", TOKEN_LE }, { "＜=", TOKEN_LE },
	{ "<>", TOKEN_NE }, { "!=", TOKEN_NE }, { "≠", TOKEN_NE }, { "！=", TOKEN_NE },
	{ "==", TOKEN_EQ }, { "=", TOKEN_EQ }, { "＝", TOKEN_EQ },
	{ ">", TOKEN_GT }, { "＞", TOKEN_GT }, { "<", TOKEN_LT }, { "＜", TOKEN_LT },
	{ "!~", TOKEN_NO_MATCH }, { "~", TOKEN_MATCH }, { "～", TOKEN_MATCH },
	{ "(", TOKEN_OPEN }, { "（", TOKEN_OPEN }, { ")", TOKEN_CLOSE }, { "）", TOKEN_CLOSE },
	{ ",", TOKEN_COMMA }, { "，", TOKEN_COMMA }, { "、", TOKEN_COMMA },
	{ "+", TOKEN_PLUS }, { "＋", TOKEN_PLUS }, { "-", TOKEN_MINUS }, { "－", TOKEN_MINUS },
	{ "*", TOKEN_TIMES }, { "×", TOKEN_TIMES }, { "/", TOKEN_OVER }, { "÷", TOKEN_OVER },
	{ "并且", TOKEN_AND }, { "而且", TOKEN_AND }, { "且", TOKEN_AND }, { "&&", TOKEN_AND }, { "或者", TOKEN_OR }, { "或", TOKEN_OR },
	{ "||", TOKEN_OR }, { "非", TOKEN_NOT }, { "!", TOKEN_NOT }, { "！", TOKEN_NOT },
};

static const struct word {
	const char *text;
	enum token_kind kind;
} words[] = {
	{ "and", TOKEN_AND }, { "or", TOKEN_OR }, { "not", TOKEN_NOT }, { "in", TOKEN_IN }, { "between", TOKEN_BETWEEN },
	{ "is", TOKEN_IS }, { "empty", TOKEN_EMPTY }, { "contains", TOKEN_CONTAINS }, { "starts", TOKEN_STARTS },
	{ "ends", TOKEN_ENDS }, { "within", TOKEN_WITHIN }, { "true", TOKEN_TRUE }, { "false", TOKEN_FALSE },
	{ "today", TOKEN_TODAY }, { "null", TOKEN_EMPTY }, { "大于", TOKEN_GT }, { "大于等于", TOKEN_GE }, { "不小于", TOKEN_GE }, { "小于", TOKEN_LT },
	{ "小于等于", TOKEN_LE }, { "不大于", TOKEN_LE }, { "等于", TOKEN_EQ }, { "不等于", TOKEN_NE }, { "包含", TOKEN_CONTAINS }, { "属于", TOKEN_IN },
};

static const struct quote {
	const char *open, *close;
	enum token_kind kind;
} quotes[] = {
	{ "\"", "\"", TOKEN_TEXT }, { "'", "'", TOKEN_TEXT }, { "“", "”", TOKEN_TEXT }, { "‘", "’", TOKEN_TEXT },
	{ "`", "`", TOKEN_QUOTED },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct slice rest_of(const struct lexer *lexer)
{
	return slice_skip(lexer->source, lexer->at);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000 || c == 0xFEFF;
}

/* Letters of any script; signs and punctuation are none. */
static bool is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	return c >= 0xC0 && c != 0xD7 && c != 0xF7 && c != 0xFEFF && c != 0xFFFD && !(c >= 0x2000 && c <= 0x2BFF) &&
	       !(c >= 0x3000 && c <= 0x3004) && !(c >= 0x3008 && c <= 0x3020) && !(c >= 0xFF00 && c <= 0xFF0F) &&
	       !(c >= 0xFF1A && c <= 0xFF20) && !(c >= 0xFF3B && c <= 0xFF40) && !(c >= 0xFF5B && c <= 0xFF65);
}

static void skip_space(struct lexer *lexer)
{
	while (lexer->at < lexer->source.len) {
		struct slice rest = rest_of(lexer);
		size_t before = rest.len;

		if (!is_space(utf8_next(&rest)))
			return;
		lexer->at += before - rest.len;
	}
}

static void take(struct lexer *lexer, enum token_kind kind, size_t bytes)
{
	lexer->token.kind = kind;
	lexer->at += bytes;
	lexer->token.to = lexer->at;
}

/* Digits at the start of s. */
static size_t digit_run(struct slice s)
{
	size_t n = 0;

	while (n < s.len && is_digit(s.ptr[n]))
		n++;
	return n;
}

static int two_digits(struct slice s, size_t at)
{
	return (s.ptr[at] - '0') * 10 + s.ptr[at + 1] - '0';
}

/* 2024-03-05 or 2024/3/5 at the start of s, which nobody means as a sum: its bytes, or 0. */
static size_t plain_date(struct slice s, int *year, int *month, int *day)
{
	size_t m, d;
	char sign = s.len > 4 ? s.ptr[4] : 0;

	if (digit_run(s) != 4 || (sign != '-' && sign != '/'))
		return 0;
	m = digit_run(slice_skip(s, 5));
	if (m == 0 || m > 2 || s.len <= 5 + m || s.ptr[5 + m] != sign)
		return 0;
	d = digit_run(slice_skip(s, 6 + m));
	if (d == 0 || d > 2)
		return 0;
	*year = two_digits(s, 0) * 100 + two_digits(s, 2);
	*month = m == 2 ? two_digits(s, 5) : s.ptr[5] - '0';
	*day = d == 2 ? two_digits(s, 6 + m) : s.ptr[6 + m] - '0';
	if ((sign == '-' && m + d == 4) || (*year >= 1900 && *year < 2200 && *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31))
		return 6 + m + d;
	return 0;
}

/* One number of 2024年3月5日 and the sign after it: its bytes, or 0. */
static size_t chinese_part(struct slice s, size_t most, const char *sign, int *value)
{
	size_t n = digit_run(s);

	if (n == 0 || n > most || !slice_starts_with(slice_skip(s, n), slice_of(sign)))
		return 0;
	*value = 0;
	for (size_t i = 0; i < n; i++)
		*value = *value * 10 + s.ptr[i] - '0';
	return n + strlen(sign);
}

/* A date: 1, or 0 when there is none here, or -1. */
static int lex_date(struct lexer *lexer)
{
	struct slice s = rest_of(lexer);
	int year = 0, month = 0, day = 0;
	size_t a, b, c;

	if ((a = plain_date(s, &year, &month, &day))) {
		take(lexer, TOKEN_DATE, a);
	} else if ((a = chinese_part(s, 4, "年", &year)) && (b = chinese_part(slice_skip(s, a), 2, "月", &month)) &&
		   (c = chinese_part(slice_skip(s, a + b), 2, "日", &day))) {
		take(lexer, TOKEN_DATE, a + b + c);
	} else {
		return 0;
	}
	lexer->token.date = civil_to_days(year, month, day);
	if (lexer->token.date == CIVIL_NONE)
		return fault_set(lexer->fault, lexer->token.from, lexer->token.to, "bad-date", "there is no such day");
	return 1;
}

static bool word_goes_on(struct slice rest)
{
	uint32_t c = rest.len ? utf8_next(&rest) : ' ';

	return is_letter(c) || (c >= '0' && c <= '9');
}

/* 千 百 万 (w) 亿 % and 元 behind a number. */
static void lex_scale(struct lexer *lexer)
{
	static const struct { const char *text; double factor; } scales[] = {
		{ "百", 1e2 }, { "千", 1e3 }, { "万", 1e4 }, { "亿", 1e8 }, { "元", 1 }, { "w", 1e4 }, { "W", 1e4 },
	};
	size_t i;

	do {
		struct slice rest = rest_of(lexer);
		size_t spaces = 0;

		while (spaces < rest.len && rest.ptr[spaces] == ' ')
			spaces++;
		rest = slice_skip(rest, spaces);
		for (i = 0; i < COUNT(scales); i++)
			if (slice_starts_with(rest, slice_of(scales[i].text)) && !(scales[i].text[1] == 0 && (spaces || word_goes_on(slice_skip(rest, 1)))))
				break;
		if (i < COUNT(scales)) {
			lexer->token.number *= scales[i].factor;
			lexer->at += spaces + strlen(scales[i].text);
		}
	} while (i < COUNT(scales));
	if (slice_starts_with(rest_of(lexer), SLICE("%")) || slice_starts_with(rest_of(lexer), SLICE("％"))) {
		lexer->token.number /= 100;
		lexer->at += lexer->source.ptr[lexer->at] == '%' ? 1 : strlen("％");
	}
}

/* The bytes of a plain number at the start of s: 12, 12.5, 1e3. */
static size_t number_length(struct slice s)
{
	size_t n = digit_run(s), sign;

	if (n + 1 < s.len && s.ptr[n] == '.' && is_digit(s.ptr[n + 1]))
		n += 1 + digit_run(slice_skip(s, n + 1));
	if (n + 1 < s.len && (s.ptr[n] == 'e' || s.ptr[n] == 'E')) {
		sign = s.ptr[n + 1] == '+' || s.ptr[n + 1] == '-';
		if (digit_run(slice_skip(s, n + 1 + sign)) > 0)
			n += 1 + sign + digit_run(slice_skip(s, n + 1 + sign));
	}
	return n;
}

static size_t significant_digits(struct slice s)
{
	size_t count = 0, i = 0;

	while (i < s.len && (s.ptr[i] == '0' || s.ptr[i] == '.'))
		i++;
	for (; i < s.len && s.ptr[i] != 'e' && s.ptr[i] != 'E'; i++)
		count += is_digit(s.ptr[i]);
	return count;
}

static int lex_number(struct lexer *lexer)
{
	struct slice s = rest_of(lexer), number = slice_first(s, number_length(s));
	struct token *token = &lexer->token;

	take(lexer, TOKEN_NUMBER, number.len);
	if (significant_digits(number) > 15)
		return fault_set(lexer->fault, token->from, token->to, "bad-number",
				 "a number has at most 15 digits; an id is text: put it in quotes");
	if (!slice_to_double(number, &token->number))
		return fault_set(lexer->fault, token->from, token->to, "bad-number", "the number is too large");
	lex_scale(lexer);
	token->to = lexer->at;
	s = rest_of(lexer);
	if (s.len && (unsigned char)s.ptr[0] < 0x80 && is_letter((unsigned char)s.ptr[0]))
		return fault_set(lexer->fault, token->from, token->to + 1, "syntax",
				 "a letter follows a number; a column whose name begins with a digit stands in `backticks`");
	return 0;
}

/* １２．５万, as an input method leaves it: 1 when one begins here, else 0, or -1. */
static int lex_wide_number(struct lexer *lexer)
{
	struct slice rest = rest_of(lexer), here = rest;
	char digits[32];
	size_t count = 0;

	for (; rest.len && count < sizeof digits; here = rest) {
		uint32_t c = utf8_next(&rest);
		bool wide = (c >= 0xFF10 && c <= 0xFF19) || c == 0xFF0E;

		if (!wide && (count == 0 || (!(c >= '0' && c <= '9') && c != '.')))
			break;
		digits[count++] = (char)(wide ? c - 0xFF10 + '0' : c);
	}
	if (count == 0 || digits[0] == '.')
		return 0;
	take(lexer, TOKEN_NUMBER, rest_of(lexer).len - here.len);
	if (count > 16 || !slice_to_double((struct slice){ digits, count }, &lexer->token.number))
		return fault_set(lexer->fault, lexer->token.from, lexer->token.to, "bad-number", "a number has at most 15 digits and one point");
	lex_scale(lexer);
	lexer->token.to = lexer->at;
	return 1;
}

/* A quote that stands for itself; typographic quotes have two forms and need none. */
static bool is_doubled(struct slice s, struct slice quote)
{
	return quote.len == 1 && s.len >= 2 && s.ptr[0] == quote.ptr[0] && s.ptr[1] == quote.ptr[0];
}

/* A quoted text or name: 1, 0 when none begins here, -1. */
static int lex_quoted(struct lexer *lexer)
{
	struct slice s = rest_of(lexer), inner, close;
	size_t i = 0, at, length = 0;
	char *text;

	while (i < COUNT(quotes) && !slice_starts_with(s, slice_of(quotes[i].open)))
		i++;
	if (i == COUNT(quotes))
		return 0;
	close = slice_of(quotes[i].close);
	inner = slice_skip(s, strlen(quotes[i].open));
	for (at = 0; !slice_starts_with(slice_skip(inner, at), close) || is_doubled(slice_skip(inner, at), close); at++) {
		if (at >= inner.len)
			return fault_set(lexer->fault, lexer->at, lexer->source.len, "syntax", "the quote is not closed");
		at += is_doubled(slice_skip(inner, at), close);
	}
	text = arena_bytes(lexer->arena, at + 1);
	for (size_t j = 0; j < at; j++) {
		text[length++] = inner.ptr[j];
		j += is_doubled(slice_skip(inner, j), close);
	}
	take(lexer, quotes[i].kind, (size_t)(inner.ptr - s.ptr) + at + close.len);
	lexer->token.text = (struct slice){ text, length };
	return 1;
}

static int lex_sign(struct lexer *lexer)
{
	struct slice s = rest_of(lexer);

	for (size_t i = 0; i < COUNT(signs); i++) {
		if (slice_starts_with(s, slice_of(signs[i].text))) {
			take(lexer, signs[i].kind, strlen(signs[i].text));
			return 1;
		}
	}
	return 0;
}

/* The bytes of a name at the start of s; 且 (并且, 而且) and 或 end one, for Chinese puts no spaces round them. */
static size_t name_length(struct slice s)
{
	struct slice rest = s;

	while (rest.len) {
		struct slice here = rest;
		uint32_t c = utf8_next(&rest);

		if ((!is_letter(c) && !(c >= '0' && c <= '9')) || c == 0x4E14 || c == 0x6216)
			return s.len - here.len;
		if ((c == 0x5E76 || c == 0x800C) && here.ptr != s.ptr && slice_starts_with(rest, SLICE("且")))
			return s.len - here.len;
	}
	return s.len;
}

static int lex_name(struct lexer *lexer)
{
	struct slice s = rest_of(lexer), rest = s;
	struct token *token = &lexer->token;

	if (!is_letter(utf8_next(&rest)))
		return fault_set(lexer->fault, lexer->at, lexer->source.len - rest.len, "syntax", "this sign has no meaning here; a name with signs or spaces stands in `backticks`");
	take(lexer, TOKEN_NAME, name_length(s));
	token->text = slice_first(s, token->to - token->from);
	for (size_t i = 0; i < COUNT(words); i++)
		if (slice_equal_nocase(token->text, slice_of(words[i].text)))
			token->kind = words[i].kind;
	return 0;
}

int lexer_next(struct lexer *lexer)
{
	int got;

	skip_space(lexer);
	lexer->token = (struct token){ .kind = TOKEN_END, .from = lexer->at, .to = lexer->at };
	if (lexer->at >= lexer->source.len)
		return 0;
	if (is_digit(lexer->source.ptr[lexer->at])) {
		got = lex_date(lexer);
		return got ? (got < 0 ? -1 : 0) : lex_number(lexer);
	}
	got = lex_quoted(lexer);
	if (got == 0)
		got = lex_wide_number(lexer);
	if (got == 0)
		got = lex_sign(lexer);
	return got ? (got < 0 ? -1 : 0) : lex_name(lexer);
}

static int pattern_flags(struct lexer *lexer, unsigned *flags)
{
	*flags = 0;
	for (; lexer->at < lexer->source.len; lexer->at++) {
		switch (lexer->source.ptr[lexer->at]) {
		case 'i': *flags |= FLAG_NOCASE; break;
		case 'm': *flags |= FLAG_MULTILINE; break;
		case 's': *flags |= FLAG_DOTALL; break;
		case 'x': *flags |= FLAG_EXTENDED; break;
		default:
			if (!is_letter((unsigned char)lexer->source.ptr[lexer->at]))
				return 1;
			return fault_set(lexer->fault, lexer->at, lexer->at + 1, "syntax",
					 "a pattern has the flags i (any case), m, s and x");
		}
	}
	return 1;
}

int lexer_pattern(struct lexer *lexer, struct slice *pattern, unsigned *flags)
{
	struct slice s;
	size_t at;

	skip_space(lexer);
	s = rest_of(lexer);
	if (s.len == 0 || s.ptr[0] != '/')
		return 0;
	for (at = 1; at < s.len && s.ptr[at] != '/'; at++)
		if (s.ptr[at] == '\\')
			at++;
	if (at >= s.len)
		return fault_set(lexer->fault, lexer->at, lexer->source.len, "syntax", "the pattern is not closed with /");
	*pattern = slice_skip(slice_first(s, at), 1);
	lexer->token.from = lexer->at;
	lexer->at += at + 1;
	return pattern_flags(lexer, flags);
}
