/*
 * A pattern of up to 64 letters is one word; the bits at which a letter of the other text stands in it are found by comparing
 * whole vectors, so no table per pattern has to be filled or cleared.
 */
#include "match/distance.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"

/* Widens blocks of ASCII without spaces; returns how many bytes it took. */
static unsigned read_plain(struct letters *letters, struct slice s)
{
	unsigned len = 0;

#ifdef __SSE2__
	const __m128i spaces = _mm_set1_epi8(' '), zero = _mm_setzero_si128();

	while (len + 16 <= LETTERS_MOST && s.len - len >= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + len));

		if (_mm_movemask_epi8(_mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, spaces))))
			break;
		_mm_storeu_si128((__m128i *)(void *)(letters->at + len), _mm_unpacklo_epi8(bytes, zero));
		_mm_storeu_si128((__m128i *)(void *)(letters->at + len + 8), _mm_unpackhi_epi8(bytes, zero));
		len += 16;
	}
#else
	(void)letters;
	(void)s;
#endif
	return len;
}

void letters_read(struct letters *letters, struct slice s)
{
	unsigned len = read_plain(letters, s);

	s = slice_skip(s, len);
	while (s.len && len < LETTERS_MOST) {
		uint32_t c = (unsigned char)*s.ptr;

		if (c < 0x80)
			s = slice_skip(s, 1);
		else
			c = utf8_next(&s);
		if (c != ' ')
			letters->at[len++] = (uint16_t)c;
	}
	letters->len = len;
}

/* Bits of the positions of `letter` among the first len of at. */
static inline uint64_t letter_positions(const uint16_t *at, unsigned len, uint16_t letter)
{
	uint64_t mask = 0;

#ifdef __SSE2__
	const __m128i wanted = _mm_set1_epi16((short)letter);

	for (unsigned i = 0; i < len; i += 16) {
		__m128i low = _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(const void *)(at + i)), wanted);
		__m128i high = _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(const void *)(at + i + 8)), wanted);

		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << i;
	}
	return len < 64 ? mask & ((UINT64_C(1) << len) - 1) : mask;
#else
	for (unsigned i = 0; i < len; i++)
		mask |= (uint64_t)(at[i] == letter) << i;
	return mask;
#endif
}

static unsigned distance(const struct letters *a, const struct letters *b, bool swaps)
{
	uint64_t vp = ~UINT64_C(0), vn = 0, d0 = 0, before = 0;
	unsigned edits = a->len;

	if (a->len == 0)
		return b->len;
	for (unsigned j = 0; j < b->len; j++) {
		uint64_t here = letter_positions(a->at, a->len, b->at[j]);
		uint64_t swap = swaps ? ((~d0 & here) << 1) & before : 0;

		d0 = ((((here & vp) + vp) ^ vp) | here | vn) | swap;
		uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;

		edits += hp >> (a->len - 1) & 1;
		edits -= hn >> (a->len - 1) & 1;
		hp = hp << 1 | 1;
		hn <<= 1;
		vp = hn | ~(d0 | hp);
		vn = hp & d0;
		before = here;
	}
	return edits;
}

unsigned distance_levenshtein(const struct letters *a, const struct letters *b)
{
	return distance(a, b, false);
}

unsigned distance_osa(const struct letters *a, const struct letters *b)
{
	return distance(a, b, true);
}

/* Half the number of matched letters that stand in another order. */
static unsigned transpositions(const struct letters *a, const struct letters *b, uint64_t in_a, uint64_t in_b)
{
	unsigned different = 0;

	for (; in_b; in_a &= in_a - 1, in_b &= in_b - 1)
		different += a->at[__builtin_ctzll(in_a)] != b->at[__builtin_ctzll(in_b)];
	return different / 2;
}

double similarity_jaro(const struct letters *a, const struct letters *b)
{
	unsigned longer = a->len > b->len ? a->len : b->len;
	unsigned bound = longer / 2 ? longer / 2 - 1 : 0;
	uint64_t in_a = 0, in_b = 0;

	if (longer == 0)
		return 1;
	for (unsigned j = 0; j < b->len; j++) {
		unsigned from = j > bound ? j - bound : 0;
		uint64_t window = bound * 2 + 1 >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (j + bound + 1 - from)) - 1;
		uint64_t found = letter_positions(a->at, a->len, b->at[j]) & window << from & ~in_a;

		in_a |= found & -found;
		in_b |= (uint64_t)(found != 0) << j;
	}
	double common = __builtin_popcountll(in_a);

	if (common == 0)
		return 0;
	return (common / a->len + common / b->len + (common - transpositions(a, b, in_a, in_b)) / common) / 3;
}

double similarity_jaro_winkler(const struct letters *a, const struct letters *b)
{
	double jaro = similarity_jaro(a, b);
	unsigned prefix = 0;

	while (prefix < 4 && prefix < a->len && prefix < b->len && a->at[prefix] == b->at[prefix])
		prefix++;
	return jaro + prefix * 0.1 * (1 - jaro);
}

double similarity_bigrams(const struct letters *a, const struct letters *b)
{
	uint64_t used = 0;
	unsigned shared = 0;

	if (a->len < 2 || b->len < 2)
		return a->len == b->len && (a->len == 0 || a->at[0] == b->at[0]);
	for (unsigned j = 0; j + 1 < b->len; j++) {
		uint64_t both = letter_positions(a->at, a->len, b->at[j]) &
				letter_positions(a->at, a->len, b->at[j + 1]) >> 1 & ~used;

		used |= both & -both;
		shared += both != 0;
	}
	return 2.0 * shared / (a->len + b->len - 2);
}

unsigned sound_code(const struct letters *letters, unsigned most, char *out)
{
	/* a … z: the class of each consonant, 0 for the others; h and w do not part two letters of a class. */
	static const char classes[] = "01230120022455012623010202";
	unsigned len = 0;
	char last = 0;

	for (unsigned i = 0; i < letters->len && len < most; i++) {
		uint16_t c = letters->at[i];

		if (c < 'a' || c > 'z')
			continue;
		char class = classes[c - 'a'];

		if (len == 0)
			out[len++] = (char)c;
		else if (class != '0' && class != last)
			out[len++] = class;
		if (len == 1 || (c != 'h' && c != 'w'))
			last = class;
	}
	return len;
}
