/* collate.h – how SQL Server's Polish collation orders texts. */
#ifndef ENDPOINT_SANDBOX_SQL_COLLATE_H
#define ENDPOINT_SANDBOX_SQL_COLLATE_H

#include <stddef.h>

/* Compare as Polish_CI_AS does: case-insensitive, Polish letters in their places, trailing blanks
 * ignored. */
int collate_polish(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
