/*
 * How far apart two short texts are, by letters. Bit-parallel, one 64-bit word: what is longer than LETTERS_MOST characters is
 * measured by its first LETTERS_MOST.
 */
#ifndef CRM_MATCH_DISTANCE_H
#define CRM_MATCH_DISTANCE_H

#include <stdint.h>

#include "base/slice.h"

enum { LETTERS_MOST = 64 };

/* Characters of 16 bits; one outside the basic plane stands by its low 16 bits. */
struct letters {
	uint16_t at[LETTERS_MOST];
	unsigned len;
};

/* The characters of s (UTF-8) but for spaces. */
void letters_read(struct letters *letters, struct slice s);

/* Levenshtein. G. Myers, A fast bit-vector algorithm for approximate string matching, 1999. */
unsigned distance_levenshtein(const struct letters *a, const struct letters *b);
/*
 * Optimal string alignment: Levenshtein with a swap of two neighbours as one edit (restricted Damerau).
 * H. Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau edit distances, 2003.
 */
unsigned distance_osa(const struct letters *a, const struct letters *b);
/* 0 … 1. Two empty texts are 1. Jaro 1989. */
double similarity_jaro(const struct letters *a, const struct letters *b);
/* Jaro plus a tenth of what is missing to 1 for each of up to four first letters in common. Winkler 1990. */
double similarity_jaro_winkler(const struct letters *a, const struct letters *b);
/* Dice coefficient of the multisets of letter pairs, 0 … 1; texts of one letter are equal or not. */
double similarity_bigrams(const struct letters *a, const struct letters *b);

/*
 * How a Latin word sounds: the first letter and the classes of the consonants that follow, at most `most` characters, written to out
 * (room for most); returns the length. With most 4 and padded by '0' this is American Soundex (US National Archives).
 */
unsigned sound_code(const struct letters *letters, unsigned most, char *out);

#endif
