/* ids.h – long ids in the way people handle them: read aloud in groups, typed in part. */
#ifndef ENDPOINT_BASE_IDS_H
#define ENDPOINT_BASE_IDS_H

#include <stdbool.h>

#define ID_LEAST 8 /* how many characters of a long id are enough */

#define ID_TEXT 200 /* bytes that a grouped or plain id needs at most; longer ones are cut */

/* A long id (16 hex digits or more) in groups of four: "3f2a-91c0-…". Others stay. Returns target. */
const char *id_grouped(char target[ID_TEXT], const char *id);
/* A typed id in the stored form: without blanks and, in hex, without dashes and in lower case.
 * Returns target. */
const char *id_plain(char target[ID_TEXT], const char *typed);
/* Does the typed text mean this id: all of it, or at least its first ID_LEAST characters? Blanks,
 * dashes and case do not matter. */
bool id_meant(const char *typed, const char *id);

#endif
