/* part.h – a large file that is written piece by piece and gets its name when it is complete.
 *
 * Until part_finish it has another name in the same directory, which begins with a dot and ends in
 * ".tmp", so that readers of that directory never find an incomplete file. If the process dies in
 * between, the temporary file stays; the next part_open of the same path removes it.
 */
#ifndef ENDPOINT_OS_PART_H
#define ENDPOINT_OS_PART_H

#include <stddef.h>

#include "base/error.h"

struct part;

/* Begin to write the file that will become path. mode: of the new file, e.g. 0644. */
enum status part_open(const char *path, unsigned mode, struct part **p, struct error *e);

enum status part_write(struct part *p, const void *data, size_t length, struct error *e);

/* Make it durable and put it in the place of the old file. Frees p, whatever happens; on failure
 * the old file stays. */
enum status part_finish(struct part *p, struct error *e);

/* Give up and leave nothing behind. NULL is fine. */
void part_drop(struct part *p);

#endif
