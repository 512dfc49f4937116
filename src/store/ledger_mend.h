/* ledger_mend.h – what is done about a ledger whose rows are not as they were written: the damaged ones go,
 * what can be known again is made anew, and everything is sent once more. */
#ifndef ENDPOINT_STORE_LEDGER_MEND_H
#define ENDPOINT_STORE_LEDGER_MEND_H

#include "store/ledger.h"

/* Does the queue end where the numbers say? STATUS_INVALID (ledger_damaged): rows were lost. */
enum status ledger_sound(struct ledger *l, struct error *e);

/* Outside a transaction: drop what is not as it was written, make anew what can be, and have everything sent again
 * where that is needed. Another failure (a file that SQLite cannot read) comes through. */
enum status ledger_mend(struct ledger *l, struct error *e);

/* Was it mended since this was asked last? Then text says so, for people. */
bool ledger_was_mended(struct ledger *l, char *text, size_t size);

#endif
