/* Rows that decide what is sent carry a proof: a checksum of their values. So a byte that flips on
 * the disk is noticed when the row is read, instead of sending something that the ERP never said,
 * or deleting something that it still has. A fingerprint needs none: a flipped one is unequal, and
 * its row is sent again. */
#include "store/ledger_proof.h"
#include "base/i18n.h"

#include "store/ledger_internal.h"

#include <string.h>
#define XXH_INLINE_ALL /* its streaming state is opaque otherwise */
#include <xxhash.h>

#include "store/db.h"

const char proof_schema[] =
    "ALTER TABLE facts ADD COLUMN proof INTEGER; UPDATE facts SET proof=proof(name,value);"
    "ALTER TABLE texts ADD COLUMN proof INTEGER; UPDATE texts SET proof=proof(name,value);"
    "ALTER TABLE doomed ADD COLUMN proof INTEGER; DELETE FROM doomed;"
    "ALTER TABLE snapshot ADD COLUMN proof INTEGER; UPDATE snapshot SET proof=proof(key);"
    "ALTER TABLE outbox ADD COLUMN proof INTEGER;"
    "UPDATE outbox SET proof=proof(seq,stream,op,key,data)";

/* proof(value, …): 32 bits over types, lengths and bytes. */
static void proof(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (int i = 0; i < count; i++) {
        int64_t head[2] = {sqlite3_value_type(values[i]), 0};
        const void *bytes = NULL;
        if (head[0] == SQLITE_INTEGER) {
            head[1] = sqlite3_value_int64(values[i]);
        } else if (head[0] != SQLITE_NULL) {
            bytes = sqlite3_value_blob(values[i]);
            head[1] = sqlite3_value_bytes(values[i]);
        }
        XXH3_64bits_update(&state, head, sizeof head);
        if (bytes && head[1])
            XXH3_64bits_update(&state, bytes, (size_t)head[1]);
    }
    sqlite3_result_int64(ctx, (int64_t)(XXH3_64bits_digest(&state) & 0xFFFFFFFF));
}

enum status ledger_proof_open(sqlite3 *db, struct error *e)
{
    if (sqlite3_create_function_v2(db, "proof", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, proof,
                                   NULL, NULL, NULL) == SQLITE_OK)
        return STATUS_OK;
    return db_error(db, e, N_("a function could not be made"));
}
