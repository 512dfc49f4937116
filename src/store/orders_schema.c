/* The tables of orders in a plugin's ledger, as its migrations bring them. */
#include "store/orders_schema.h"

/* content NULL: trimmed. State and the rest of a trimmed order stay, to recognise a late
 * repetition. */
const char orders_schema[] =
    "CREATE TABLE orders(num INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, id TEXT NOT "
    "NULL,"
    " marker TEXT NOT NULL UNIQUE, number TEXT NOT NULL, revision INTEGER NOT NULL,"
    " late INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0, state INTEGER NOT "
    "NULL,"
    " staged INTEGER NOT NULL DEFAULT 0, by_hand INTEGER NOT NULL DEFAULT 0,"
    " copies INTEGER NOT NULL DEFAULT 0, document TEXT, document_id TEXT, reason TEXT, remedy TEXT,"
    " faults TEXT, correlation TEXT NOT NULL, received_ms INTEGER NOT NULL, changed_ms INTEGER NOT "
    "NULL,"
    " handed_ms INTEGER NOT NULL DEFAULT 0, done_ms INTEGER NOT NULL DEFAULT 0,"
    " told_ms INTEGER NOT NULL DEFAULT 0, watch_ms INTEGER NOT NULL DEFAULT 0, content TEXT,"
    " late_content TEXT,"
    " UNIQUE(scope,id));"
    "CREATE INDEX orders_live ON orders(state,num) WHERE content IS NOT NULL;"
    "CREATE INDEX orders_old ON orders(changed_ms) WHERE content IS NOT NULL;"
    "CREATE INDEX orders_done ON orders(done_ms) WHERE done_ms>0;"
    "CREATE INDEX orders_watch ON orders(num) WHERE watch_ms>0;"
    "CREATE INDEX orders_id ON orders(id);"
    "CREATE INDEX orders_number ON orders(number);"
    "CREATE TABLE order_history(seq INTEGER PRIMARY KEY, num INTEGER NOT NULL, at_ms INTEGER NOT "
    "NULL,"
    " state INTEGER NOT NULL, reason TEXT, remedy TEXT);"
    "CREATE INDEX order_history_num ON order_history(num,seq);"
    "CREATE TABLE order_outcomes(num INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE order_cursors(scope TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID";

const char arrived_schema[] = "ALTER TABLE orders ADD COLUMN arrived_ms INTEGER NOT NULL DEFAULT 0";

/* Waiting orders must cost nothing: numbers are updated as they change and never counted, and each
 * kind of lookup has its own index.
 *
 * place: the directory that an order's file was made in. away: its file has to leave that directory, as the ERP
 * has the document. warned: its overdue import was reported. Tallies: 0 to 5 are live orders by
 * state; see TALLY_… for the others. */
const char tally_schema[] =
    "ALTER TABLE orders ADD COLUMN place TEXT;"
    "ALTER TABLE orders ADD COLUMN away INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE orders ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX orders_away ON orders(num) WHERE away>0;"
    "CREATE INDEX orders_handed ON orders(handed_ms) WHERE state=2;"
    "CREATE INDEX orders_unwarned ON orders(handed_ms) WHERE state=2 AND warned=0;"
    "CREATE INDEX orders_unwatch ON orders(watch_ms) WHERE watch_ms>0;"
    "CREATE INDEX outcomes_due ON order_outcomes(due_ms,num);"
    "CREATE TABLE order_tallies(name INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
    "INSERT INTO order_tallies VALUES(0,0),(1,0),(2,0),(3,0),(4,0),(5,0),(6,0),(7,0);"
    "UPDATE order_tallies SET n=(SELECT count(*) FROM orders WHERE state=name AND content IS NOT NULL) "
    "WHERE name<6;"
    "UPDATE order_tallies SET n=(SELECT count(*) FROM order_outcomes) WHERE name=6;"
    "UPDATE order_tallies SET n=(SELECT count(*) FROM orders WHERE state=3) WHERE name=7;"
    "CREATE TRIGGER order_comes AFTER INSERT ON orders BEGIN"
    " UPDATE order_tallies SET n=n+1 WHERE name=new.state AND new.content IS NOT NULL;"
    "END;"
    "CREATE TRIGGER order_moves AFTER UPDATE OF state,content ON orders"
    " WHEN old.state<>new.state OR (old.content IS NULL)<>(new.content IS NULL) BEGIN"
    " UPDATE order_tallies SET n=n-1 WHERE name=old.state AND old.content IS NOT NULL;"
    " UPDATE order_tallies SET n=n+1 WHERE name=new.state AND new.content IS NOT NULL;"
    " UPDATE order_tallies SET n=n+1 WHERE name=7 AND new.state=3 AND old.state<>3;"
    "END;"
    "CREATE TRIGGER outcome_comes AFTER INSERT ON order_outcomes BEGIN"
    " UPDATE order_tallies SET n=n+1 WHERE name=6;"
    "END;"
    "CREATE TRIGGER outcome_goes AFTER DELETE ON order_outcomes BEGIN"
    " UPDATE order_tallies SET n=n-1 WHERE name=6;"
    "END";

const char order_said_schema[] = "ALTER TABLE orders ADD COLUMN reason_said TEXT;"
                                 "ALTER TABLE orders ADD COLUMN remedy_said TEXT;"
                                 "ALTER TABLE order_history ADD COLUMN reason_said TEXT;"
                                 "ALTER TABLE order_history ADD COLUMN remedy_said TEXT";
