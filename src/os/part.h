/* part.h – a large file that is written piece by piece and gets its name when it is whole.
 *
 * Until part_finish it has another name in the same directory, which begins with a dot and ends in ".tmp", so that whoever
 * reads that directory never meets a part. Of a process that dies in between the temporary file stays; the next part_open of
 * the same path removes it.
 */
#ifndef ENDPOINT_OS_PART_H
#define ENDPOINT_OS_PART_H

#include <stddef.h>

#include "base/error.h"

struct part;

/* Begin to write what shall become path. mode: of the new file, e.g. 0644. */
enum status part_open(const char *path, unsigned mode, struct part **p, struct error *e);

enum status part_write(struct part *p, const void *data, size_t length, struct error *e);

/* Durable, and in place of what had the name before. Frees p, whatever happens; on failure what was there stands. */
enum status part_finish(struct part *p, struct error *e);

/* Give up: nothing was there. NULL is fine. */
void part_drop(struct part *p);

#endif
