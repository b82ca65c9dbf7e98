/* A fast hash of bytes for tables in memory: not for security, and not stable between versions. */
#ifndef CRM_BASE_HASH_H
#define CRM_BASE_HASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

uint64_t hash_bytes(struct slice s, uint64_t seed);

/* The first n bytes, at most 8, as a number: the first in the lowest bits, zeros above. By loads that overlap: a memcpy of n would be a call. */
static inline uint64_t hash_word(const char *p, size_t n)
{
	const unsigned char *byte = (const unsigned char *)p;
	uint64_t word;
	uint32_t low, high;

	if (n == 8) {
		memcpy(&word, p, 8);
		return le64toh(word);
	}
	if (n >= 4) {
		memcpy(&low, p, 4);
		memcpy(&high, p + n - 4, 4);
		return le32toh(low) | (uint64_t)le32toh(high) << 8 * (n - 4);
	}
	return n ? byte[0] | (uint64_t)byte[n / 2] << 8 * (n / 2) | (uint64_t)byte[n - 1] << 8 * (n - 1) : 0;
}

/* The same on every machine and in every version, so that it may decide what is written: FNV-1a with the final mix of MurmurHash3. */
uint64_t hash_stable(struct slice s);

/* Folds a 128-bit product: a good mixer of two 64-bit words. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)(a ^ UINT64_C(0x9E3779B97F4A7C15)) *
				    (b ^ UINT64_C(0xD1B54A32D192ED03));

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A seed that a writer of input cannot know (getrandom); never let it influence output. */
uint64_t hash_random_seed(void);

#endif
