/* whole.h – the rows of a file that is always written whole, although only changes arrive.
 *
 * The channel `file` keeps one such store per plugin, STATE/files/ID.db (SQLite): rows by key, and
 * whether the last written file has all of them. It is not a second truth: its life, a random name,
 * is the channel's mark. If the ledger knows another life (this file, or the ledger, was lost,
 * damaged or restored from a copy), everything is sent again.
 */
#ifndef ENDPOINT_STORE_WHOLE_H
#define ENDPOINT_STORE_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define WHOLE_LIFE 33 /* 32 hexadecimal digits and a NUL */

struct whole;

/* A damaged file is moved aside, and a new life begins. */
enum status whole_open(const char *state_dir, const char *plugin_id, struct whole **w,
                       struct error *e);
void whole_close(struct whole *w); /* NULL is fine */

const char *whole_life(const struct whole *w);
/* Are there rows that the last file lacks? */
bool whole_is_dirty(const struct whole *w);

/* Forget all rows and begin a new life. */
enum status whole_renew(struct whole *w, struct error *e);

/* Changes between begin and commit become durable together, and make it dirty. data: the record's JSON. */
enum status whole_begin(struct whole *w, struct error *e);
enum status whole_put(struct whole *w, const char *key, const char *data, size_t length,
                      struct error *e);
enum status whole_delete(struct whole *w, const char *key, struct error *e);
enum status whole_commit(struct whole *w, struct error *e);
void whole_rollback(struct whole *w);

/* All rows by key. row: not STATUS_OK ends it, and is returned. */
enum status whole_each(struct whole *w,
                       enum status (*row)(void *user, const char *key, const char *data,
                                          struct error *e),
                       void *user, struct error *e);

/* The file was written and is where it belongs. */
enum status whole_written(struct whole *w, struct error *e);

#endif
