/*
 * Builds a data file into the program: EMBED(names, "lib/clean/names.txt") at file level defines
 * `static struct slice names(void)`, the file's bytes. The path is from the top folder, where the compiler runs.
 */
#ifndef CRM_BASE_EMBED_H
#define CRM_BASE_EMBED_H

#include "base/slice.h"

#define EMBED(name, path)                                                                 \
	__asm__(".pushsection .rodata\n"                                                  \
		".local embed_" #name "_begin\n.local embed_" #name "_end\n"              \
		"embed_" #name "_begin: .incbin \"" path "\"\n"                           \
		"embed_" #name "_end: .byte 0\n.popsection\n");                            \
	extern const char embed_##name##_begin[], embed_##name##_end[];                   \
	static inline struct slice name(void)                                             \
	{                                                                                 \
		return (struct slice){ embed_##name##_begin,                              \
				       (size_t)(embed_##name##_end - embed_##name##_begin) }; \
	}

#endif
