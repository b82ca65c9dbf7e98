#include "clean/ids.h"

#include "base/civil.h"

static const char USCC_ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int position(char c, const char *alphabet)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* GB 11714: eight characters and a check digit or X. */
static bool organisation_is_valid(const char *code)
{
	static const int weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, check;

	for (int i = 0; i < 8; i++) {
		int value = position(code[i], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		if (value < 0)
			return false;
		sum += value * weights[i];
	}
	check = 11 - sum % 11;
	return code[8] == (check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check));
}

bool ids_uscc_is_valid(struct slice s)
{
	static const int weights[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
	int sum = 0;

	if (s.len != 18)
		return false;
	for (int i = 0; i < 17; i++) {
		int value = position(s.ptr[i], USCC_ALPHABET);

		if (value < 0)
			return false;
		sum += value * weights[i];
	}
	return s.ptr[17] == USCC_ALPHABET[(31 - sum % 31) % 31] && organisation_is_valid(s.ptr + 8);
}

static bool digits_only(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static int number(const char *text, int n)
{
	int value = 0;

	while (n--)
		value = value * 10 + (*text++ - '0');
	return value;
}

bool ids_resident_is_valid(struct slice s)
{
	static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	if (s.len == 15)
		return digits_only(s.ptr, 15) &&
		       civil_to_days(1900 + number(s.ptr + 6, 2), number(s.ptr + 8, 2), number(s.ptr + 10, 2)) != CIVIL_NONE;
	if (s.len != 18 || !digits_only(s.ptr, 17) || s.ptr[0] == '0')
		return false;
	for (int i = 0; i < 17; i++)
		sum += (s.ptr[i] - '0') * weights[i];
	return (s.ptr[17] & ~0x20 & 0x7f) == ("10X98765432"[sum % 11] & ~0x20 & 0x7f) &&
	       civil_to_days(number(s.ptr + 6, 4), number(s.ptr + 10, 2), number(s.ptr + 12, 2)) != CIVIL_NONE;
}

bool ids_is_damaged(struct slice s)
{
	size_t i = 0, digits = 0;

	for (; i < s.len && ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '.'); i++)
		digits += s.ptr[i] != '.';
	if (digits == 0 || digits > 16 || i + 2 >= s.len || (s.ptr[i] != 'E' && s.ptr[i] != 'e') || s.ptr[i + 1] != '+')
		return false;
	return s.len - i - 2 <= 3 && digits_only(s.ptr + i + 2, s.len - i - 2);
}

struct slice ids_mask(struct slice s, struct arena *arena)
{
	bool is_short = s.len < 12;
	char *to = arena_bytes(arena, s.len);

	for (size_t i = 0; i < s.len; i++)
		to[i] = is_short || (i >= 6 && i + 4 < s.len) ? '*' : s.ptr[i];
	return (struct slice){ to, s.len };
}
