/* ledger_proof.h – rows that decide what is sent carry a proof: a checksum of their values. */
#ifndef ENDPOINT_STORE_LEDGER_PROOF_H
#define ENDPOINT_STORE_LEDGER_PROOF_H

#include "store/ledger_internal.h"

/* ---- ledger_proof.c ---- */
/* The SQL function proof(…), a 32-bit check of its arguments, for this connection. */
enum status ledger_proof_open(sqlite3 *db, struct error *e);

#endif
