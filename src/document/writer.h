/* writer.h – how a shop's order becomes a document in the ERP: checked against the ERP, made, written,
 * and found again.
 *
 * The caller (sync) keeps the order's state durable between these steps, in this order:
 *
 *     check ─▶ [ledger: sending] ─▶ stage ─▶ [ledger: staged] ─▶ write ─▶ [ledger: handed-over | done | …]
 *
 * stage makes ready what write needs where nobody takes it for a document (a temporary file); write is
 * the one step that the ERP can see. So after a crash recover() can prove which side of it we stand on:
 * not staged, or the staged thing is still there: not written. Staged and gone: written.
 */
#ifndef ENDPOINT_DOCUMENT_WRITER_H
#define ENDPOINT_DOCUMENT_WRITER_H

#include "document/order_lookup.h"
#include "document/order_prepare.h"
#include "mapping/mapping.h"
#include "model/order.h"
#include "tds/session.h"

enum written {
    WRITTEN_NOT,         /* provably not written: it may be tried again */
    WRITTEN_HANDED_OVER, /* given to the ERP; done when order_find sees it */
    WRITTEN_DONE,        /* outcome.document says which */
    WRITTEN_REJECTED,    /* by the ERP's side; outcome.error says why */
    WRITTEN_UNKNOWN,     /* in doubt */
    WRITTEN_LATER,       /* cannot be told at this moment, but recover() will: it stays as it is */
};

struct writer_outcome {
    char document[64], document_id[64];
    struct error error; /* text and remedy for NOT, REJECTED, UNKNOWN */
};

struct writer;

struct writer_ops {
    const char *name; /* "epp" */
    int code;         /* of it in ledgers, from 2; never changes */
    bool makes_files; /* MARKER.NAME, which somebody imports */
    size_t
        batch; /* documents between stage and settle that may share commits; 0: as many as you like */
    /* config: orders.*; STATUS_INVALID/IO/FULL/DENIED: cannot write now (a red check), orders wait. */
    enum status (*open)(const struct config *c, const struct mapping *m, struct session *s,
                        struct writer **w, struct error *e);
    /* Only to judge what an earlier writer of this kind began in a place ("": where it would begin now), and to
     * take away what it had made ready: recover, unstage and close are all that is called. Asks no setting
     * that only writing needs. */
    enum status (*reopen)(const struct config *c, const struct mapping *m, struct session *s,
                          const char *place, struct writer **w, struct error *e);
    void (*close)(struct writer *w);
    /* Where it makes things ready: a directory; NULL: in none. */
    const char *(*place)(const struct writer *w);
    /* Does something of this marker lie where it is only waiting to be imported? Asked before order_find: what
     * is imported between the two questions is seen by the second. NULL: nothing ever lies anywhere. */
    bool (*there)(struct writer *w, const char *marker);
    /* Make ready. STATUS_OK: durable after flush. Otherwise nothing was left behind: the order waits. */
    enum status (*stage)(struct writer *w, const struct order_document *d, struct error *e);
    /* All that was staged since the last flush is durable. */
    enum status (*flush)(struct writer *w, struct error *e);
    enum written (*write)(struct writer *w, const struct order_document *d,
                          struct writer_outcome *out);
    /* All that was written since the last settle is durable (a directory's fsync). A failure means that
     * the writes are of unknown durability: the orders stay `staged`, recover() decides. */
    enum status (*settle)(struct writer *w, struct error *e);
    /* After a crash or an unclear answer, when order_find did not see the document: what is known of it.
     * staged: as the ledger says. */
    enum written (*recover)(struct writer *w, const char *marker, bool staged,
                            struct writer_outcome *out);
    /* Drop what was staged but provably not written. */
    void (*unstage)(struct writer *w, const char *marker);
};

/* NULL when there is no such writer. "off" is none. */
const struct writer_ops *writer_find(const char *name);
/* Does the mapping offer this writer? STATUS_INVALID with what to do when it does not. */
enum status writer_offered(const struct mapping *m, const char *name, struct error *e);
/* By its code in ledgers; NULL: there is none. */
const struct writer_ops *writer_of_code(int code);

#endif
