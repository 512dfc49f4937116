/* store_sql.h – statements of the panel's store. Only the files of panel/store/ include it;
 * everybody else calls a function of the store that is named after what it does.
 *
 * Values are bound, never written into a statement. Numbers are bound as text, too, with a CAST.
 */
#ifndef ENDPOINT_PANEL_STORE_STORE_SQL_H
#define ENDPOINT_PANEL_STORE_STORE_SQL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/db.h"

struct store;

#define STORE_NUMBER 24 /* a number as text */

/* The rows of a query with text parameters: an array of objects named after its columns, integers as
 * numbers, NULL as null, everything else as text. The caller owns it, even after a failure (the
 * rows until then). */
enum status store_query(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, json_t **rows, struct error *e);
/* The same; *rows is NULL after a failure. */
enum status store_list(struct store *s, const char *sql, const char *const *parameters,
                       size_t count, json_t **rows, struct error *e);
/* The first row of a query; NULL: there is none, or a failure (*status). The caller owns it. */
json_t *store_first(struct store *s, const char *sql, const char *const *parameters, size_t count,
                    enum status *status, struct error *e);
/* Does the query have a row? */
enum status store_found(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, bool *found, struct error *e);
/* Run one statement with text parameters; *changed (may be NULL) counts the rows. */
enum status store_run(struct store *s, const char *sql, const char *const *parameters, size_t count,
                      int *changed, struct error *e);

/* Begin a transaction that writes; from here on the writes of others wait. */
enum status store_begin(struct store *s, struct error *e);
/* End it: COMMIT when status is STATUS_OK, else ROLLBACK. */
enum status store_end(struct store *s, enum status status, struct error *e);

/* Endpoints wait for something that changed: announce it once it is committed, which is now, or
 * when the transaction ends. */
void store_news(struct store *s);

/* A number as a parameter. Returns target. */
const char *store_number(char target[STORE_NUMBER], int64_t value);
/* Turn a member that SQLite keeps as 0 or 1 into true or false; a missing one stays missing. */
void store_flag(json_t *row, const char *name);
/* A member that is JSON as text, parsed; null if it is not JSON. The caller owns it. */
json_t *store_parsed(const json_t *row, const char *name);

#endif
