/* writer.h – how a shop's order becomes a document in the ERP: checked against the ERP, made, written,
 * and found again.
 *
 * The caller (sync) keeps the order's state durable between these steps, in this order:
 *
 *     check ─▶ [ledger: sending] ─▶ stage ─▶ [ledger: staged] ─▶ write ─▶ [ledger: handed-over | done | …]
 *
 * stage prepares what write needs, in a place where nobody takes it for a document (a temporary
 * file); write is the only step that the ERP can see. So after a crash recover() can prove whether
 * that step happened. Not staged, or the staged thing is still there: not written. Staged and gone:
 * written.
 */
#ifndef ENDPOINT_DOCUMENT_WRITER_H
#define ENDPOINT_DOCUMENT_WRITER_H

#include "document/order_lookup.h"
#include "document/order_prepare.h"
#include "document/order_settings.h"
#include "mapping/mapping.h"
#include "model/order.h"
#include "tds/session.h"

enum written {
    WRITTEN_NOT,         /* provably not written: it may be tried again */
    WRITTEN_HANDED_OVER, /* given to the ERP; done once order_find sees it */
    WRITTEN_DONE,        /* outcome.document says which */
    WRITTEN_REJECTED,    /* by the ERP's side; outcome.error says why */
    WRITTEN_UNKNOWN,     /* in doubt */
    WRITTEN_LATER,       /* unknown now, but recover() will find out */
};

struct writer_outcome {
    char document[64], document_id[64];
    struct error error; /* text and remedy for NOT, REJECTED, UNKNOWN */
};

struct writer;

struct writer_ops {
    const char *name; /* "epp" */
    int code;         /* its number in ledgers, from 2; never changes */
    bool makes_files; /* MARKER.NAME, which somebody imports */
    size_t batch;     /* documents between stage and settle that may share commits; 0: no limit */
    /* STATUS_INVALID/IO/FULL/DENIED: cannot write now (a red check); orders wait. */
    enum status (*open)(const struct order_settings *o, const struct mapping *m, struct session *s,
                        struct writer **w, struct error *e);
    /* Open only to judge what an earlier writer of this kind began in a place ("": where it would
     * begin now), and to remove what it had prepared: only recover, unstage and close are called.
     * It uses no setting that only writing needs. */
    enum status (*reopen)(const struct order_settings *o, const struct mapping *m,
                          struct session *s, const char *place, struct writer **w, struct error *e);
    void (*close)(struct writer *w);
    /* The directory in which it prepares things; NULL: none. */
    const char *(*place)(const struct writer *w);
    /* Is something with this marker still waiting to be imported? Call it before order_find: if it
     * is imported between the two calls, order_find sees it. NULL: this writer never leaves
     * anything waiting. */
    bool (*there)(struct writer *w, const char *marker);
    /* Prepare. STATUS_OK: durable after flush. Otherwise nothing was left behind, and the order
     * waits. */
    enum status (*stage)(struct writer *w, const struct order_document *d, struct error *e);
    /* Make everything staged since the last flush durable. */
    enum status (*flush)(struct writer *w, struct error *e);
    enum written (*write)(struct writer *w, const struct order_document *d,
                          struct writer_outcome *out);
    /* Make everything written since the last settle durable (a directory's fsync). After a failure
     * it is unknown whether the writes are durable: the orders stay `staged`, and recover()
     * decides. */
    enum status (*settle)(struct writer *w, struct error *e);
    /* After a crash or an unclear answer, when order_find did not see the document: what is known
     * about it. staged: what the ledger says. */
    enum written (*recover)(struct writer *w, const char *marker, bool staged,
                            struct writer_outcome *out);
    /* Drop what was staged but provably not written. */
    void (*unstage)(struct writer *w, const char *marker);
};

/* NULL: no such writer. "off" is not a writer. */
const struct writer_ops *writer_find(const char *name);
/* Does the mapping offer this writer? If not, STATUS_INVALID with a remedy. */
enum status writer_offered(const struct mapping *m, const char *name, struct error *e);
/* By its code in ledgers; NULL: there is none. */
const struct writer_ops *writer_of_code(int code);

#endif
