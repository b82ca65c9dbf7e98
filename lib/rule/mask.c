#include "rule/mask.h"

#include "base/utf8.h"
#include "clean/ids.h"
#include "clean/text.h"

/* Stars for the characters of s but the first `head` and the last `tail`; a value too short for that is hidden whole. */
static struct slice stars(struct slice s, size_t head, size_t tail, struct arena *arena)
{
	size_t count = utf8_count(s), length = 0;
	char *out = arena_bytes(arena, s.len + 1);

	if (count <= head + tail)
		head = tail = 0;
	for (size_t i = 0; i < count; i++) {
		struct slice here = s;

		utf8_next(&s);
		if (i < head || i >= count - tail) {
			memcpy(out + length, here.ptr, here.len - s.len);
			length += here.len - s.len;
		} else {
			out[length++] = '*';
		}
	}
	return (struct slice){ out, length };
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_sign(char c)
{
	return c == '+' || c == '-' || c == '(' || c == ')' || c == ' ' || c == '.';
}

/* Every run of digits (signs between them do not end it) keeps its first three and its last four. */
static struct slice mask_digits(struct slice s, struct arena *arena)
{
	char *out = arena_bytes(arena, s.len + 1);
	size_t begin = 0, end, digits, seen;

	memcpy(out, s.ptr, s.len);
	while (begin < s.len) {
		digits = seen = 0;
		for (end = begin; end < s.len && (is_digit(s.ptr[end]) || is_sign(s.ptr[end])); end++)
			digits += is_digit(s.ptr[end]);
		for (size_t i = begin; i < end; i++) {
			seen += is_digit(s.ptr[i]);
			if (is_digit(s.ptr[i]) && (digits < 8 || (seen > 3 && seen + 4 <= digits)))
				out[i] = '*';
		}
		begin = end + 1;
	}
	return (struct slice){ out, s.len };
}

/* One address, or a word beside it. */
static struct slice mask_address(struct slice s, struct arena *arena)
{
	size_t at = slice_find_byte(s, '@');
	struct slice rest = s;

	if (at == s.len || at == 0)
		return stars(s, 0, 0, arena);
	utf8_next(&rest);
	return arena_format(arena, "%.*s***%.*s", SLICE_ARG(slice_first(s, s.len - rest.len)), SLICE_ARG(slice_skip(s, at)));
}

/* Bytes of what stands between addresses at the start of s, or 0. */
static size_t gap(struct slice s)
{
	static const char *const signs[] = { " ", ";", ",", "/", "|", "<", ">", "\t", "\n", "；", "，", "、" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (slice_starts_with(s, slice_of(signs[i])))
			return strlen(signs[i]);
	return 0;
}

static struct slice mask_email(struct slice s, struct arena *arena)
{
	struct slice masked;
	struct buf out;

	buf_init(&out, BUF_UNLIMITED);
	while (s.len) {
		size_t word = 0, between = gap(s);

		while (word < s.len && gap(slice_skip(s, word)) == 0)
			word++;
		if (word)
			buf_add(&out, mask_address(slice_first(s, word), arena));
		else
			buf_add(&out, slice_first(s, between));
		s = slice_skip(s, word ? word : between);
	}
	masked = arena_copy(arena, buf_slice(&out));
	buf_release(&out);
	return masked;
}

/* A role by parts of headers in lower case. */
static const struct { enum role role; const char *part; } header_parts[] = {
	{ ROLE_PHONE, "phone" }, { ROLE_PHONE, "mobile" }, { ROLE_PHONE, "tel" }, { ROLE_PHONE, "fax" }, { ROLE_PHONE, "电话" }, { ROLE_PHONE, "手机" },
	{ ROLE_PHONE, "联系方式" }, { ROLE_PHONE, "传真" }, { ROLE_EMAIL, "mail" }, { ROLE_EMAIL, "邮箱" }, { ROLE_EMAIL, "邮件" },
	{ ROLE_ID_NUMBER, "身份证" }, { ROLE_ID_NUMBER, "证件" }, { ROLE_ID_NUMBER, "id_number" }, { ROLE_ID_NUMBER, "id number" },
	{ ROLE_ID_NUMBER, "idcard" }, { ROLE_ID_NUMBER, "id_card" }, { ROLE_ID_NUMBER, "id card" }, { ROLE_ID_NUMBER, "passport" },
	{ ROLE_ID_NUMBER, "护照" }, { ROLE_NAME, "姓名" }, { ROLE_NAME, "联系人" }, { ROLE_NAME, "given_name" }, { ROLE_NAME, "first_name" },
	{ ROLE_NAME, "family_name" }, { ROLE_NAME, "last_name" }, { ROLE_NAME, "name_raw" }, { ROLE_NAME, "first name" }, { ROLE_NAME, "last name" },
	{ ROLE_USCC, "信用代码" }, { ROLE_USCC, "税号" }, { ROLE_USCC, "uscc" }, { ROLE_ADDRESS, "地址" }, { ROLE_ADDRESS, "address" },
	{ ROLE_WECHAT, "微信" }, { ROLE_WECHAT, "wechat" }, { ROLE_BIRTHDAY, "生日" }, { ROLE_BIRTHDAY, "出生" }, { ROLE_BIRTHDAY, "birth" },
};

bool mask_header_is_like(enum role role, struct slice header)
{
	char lower[200];
	struct slice name = slice_first(header, sizeof lower);

	for (size_t i = 0; i < name.len; i++)
		lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
	name.ptr = lower;
	for (size_t i = 0; i < sizeof header_parts / sizeof *header_parts; i++)
		if (header_parts[i].role == role && slice_find(name, slice_of(header_parts[i].part)) < name.len)
			return true;
	return false;
}

bool mask_is_like(enum role role, struct slice value)
{
	size_t digits = 0;

	for (size_t i = 0; i < value.len; i++)
		digits += is_digit(value.ptr[i]) || (i + 2 < value.len && memcmp(value.ptr + i, "\xEF\xBC", 2) == 0); /* １２３ */
	switch (role) {
	case ROLE_PHONE: return digits >= 7;
	case ROLE_EMAIL: return slice_find_byte(value, '@') < value.len || slice_find(value, SLICE("＠")) < value.len;
	case ROLE_ID_NUMBER:
	case ROLE_USCC: return value.len >= 8 && digits >= 5;
	default: return value.len > 0;
	}
}

struct slice mask_value(enum role role, struct slice value, struct arena *arena)
{
	value = text_clean(value, arena); /* １３８ is 138 */
	if (value.len == 0)
		return value;
	switch (role) {
	case ROLE_PHONE: return mask_digits(value, arena);
	case ROLE_EMAIL: return mask_email(value, arena);
	case ROLE_ID_NUMBER:
	case ROLE_USCC: return ids_mask(value, arena);
	case ROLE_NAME:
	case ROLE_GIVEN_NAME:
	case ROLE_FAMILY_NAME: return utf8_count(value) > 1 ? stars(value, 1, 0, arena) : SLICE("*");
	default: return stars(value, 0, 0, arena);
	}
}
