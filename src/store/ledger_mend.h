/* ledger_mend.h – repairs a ledger whose rows differ from what was written: damaged rows go, those
 * that can be recovered are recovered, and everything is sent again. */
#ifndef ENDPOINT_STORE_LEDGER_MEND_H
#define ENDPOINT_STORE_LEDGER_MEND_H

#include "store/ledger.h"

/* Does the queue end where the numbers say? STATUS_INVALID (ledger_damaged): rows were lost. */
enum status ledger_sound(struct ledger *l, struct error *e);

/* Call it outside a transaction: drop damaged rows, recover what can be recovered, and have
 * everything sent again where needed. Another failure (a file that SQLite cannot read) is passed
 * on. */
enum status ledger_mend(struct ledger *l, struct error *e);

/* Was it repaired since the last question? Then said says so (base/said.h). */
bool ledger_was_mended(struct ledger *l, char *said, size_t size);

#endif
