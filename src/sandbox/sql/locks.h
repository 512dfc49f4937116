/* locks.h – what an open transaction holds, and who waits for it: whole tables, where SQL Server
 * locks rows.
 *
 * As with READ COMMITTED, a reader waits until a change is committed or undone, but never waits for
 * other readers. Only one transaction at a time changes a SQLite file, so there are no deadlocks.
 */
#ifndef ENDPOINT_SANDBOX_SQL_LOCKS_H
#define ENDPOINT_SANDBOX_SQL_LOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table;
struct locks;

struct locks *locks_new(void);
void locks_free(struct locks *l);

/* owner has changed the table in its transaction, and holds it until locks_drop. */
void locks_take(struct locks *l, const void *owner, const struct table *t);
void locks_drop(struct locks *l, const void *owner);
/* Wait until nobody else holds one of the tables; timeout_ms < 0: without an end. stop (may be NULL) is asked a few
 * times a second. False: it took too long, or was stopped. */
bool locks_wait(struct locks *l, const void *owner, const struct table *const *tables, size_t count,
                int64_t timeout_ms, bool (*stop)(void *user), void *user);

#endif
