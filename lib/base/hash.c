#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

uint64_t hash_bytes(struct slice s, uint64_t seed)
{
	uint64_t state = hash_mix(seed, s.len);
	const char *p = s.ptr;
	size_t left = s.len;

	for (; left > 16; p += 16, left -= 16)
		state = hash_mix(state ^ hash_word(p, 8), hash_word(p + 8, 8));
	if (left > 8)
		return hash_mix(state ^ hash_word(p, 8), hash_word(p + 8, left - 8));
	return hash_mix(state ^ hash_word(p, left), left);
}

uint64_t hash_random_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		seed = (uint64_t)time(NULL);
	return seed;
}

uint64_t hash_stable(struct slice s)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}
