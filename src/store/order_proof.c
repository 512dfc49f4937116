#include "store/order_proof.h"

#include "store/db.h"
#include "store/orders_internal.h"

/* An order gets its proof when it comes from the shop, new or changed. Later moves leave the proof
 * unchanged, so they do not confirm bytes that flipped in the meantime. */
const char order_proof_schema[] =
    "ALTER TABLE orders ADD COLUMN proof INTEGER;"
    "UPDATE orders SET proof=proof(id,marker,content) WHERE content IS NOT NULL;"
    "CREATE TRIGGER orders_proof_new AFTER INSERT ON orders BEGIN "
    "UPDATE orders SET proof=proof(id,marker,content) WHERE num=new.num; END;"
    "CREATE TRIGGER orders_proof_changed AFTER UPDATE OF content ON orders WHEN "
    "(new.revision>old.revision OR new.content IS NOT old.content) AND new.content IS NOT NULL BEGIN "
    "UPDATE orders SET proof=proof(id,marker,content) WHERE num=new.num; END";

enum status order_proof_ask(struct orders *o, int64_t num, bool *whole, struct error *e)
{
    sqlite3_stmt *s = NULL;
    *whole = false;
    enum status status = db_prepare(
        o->db, "SELECT proof IS proof(id,marker,content) FROM orders WHERE num=?1", &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, num);
        status = db_step(s, e);
    }
    if (status == STATUS_OK)
        *whole = sqlite3_column_int(s, 0) != 0;
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}
