/* ids.h – long ids as people handle them: read aloud in groups, typed in part. */
#ifndef ENDPOINT_BASE_IDS_H
#define ENDPOINT_BASE_IDS_H

#include <stdbool.h>

#define ID_LEAST 8 /* characters of a long id that are enough to mean it */

#define ID_TEXT 200 /* bytes that a grouped or plain id needs at most; longer ones are cut */

/* A long id (16 hex digits or more) in groups of four: "3f2a-91c0-…". Others stay. Returns target. */
const char *id_grouped(char target[ID_TEXT], const char *id);
/* What was typed for an id, as ids are kept: without blanks and, in hex, without dashes, in small letters. Returns
 * target. */
const char *id_plain(char target[ID_TEXT], const char *typed);
/* Was this id typed, whole or its first ID_LEAST characters at least? Blanks, dashes and case do not matter. */
bool id_meant(const char *typed, const char *id);

#endif
