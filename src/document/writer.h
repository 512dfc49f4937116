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

#include "mapping/mapping.h"
#include "tds/session.h"
#include "model/order.h"

/* An order as the ERP's document. */
struct order_document {
    char marker[ORDER_MARKER + 1];
    json_t *fields; /* for people: what stands in which field */
    struct buf
        text;  /* the bytes that will be written (a file's, or what a program is told); for showing
                      * they are converted with order_document_show */
    bool utf8; /* how they are: cp1250 otherwise */
    json_t *notes; /* array of texts: what was changed to fit ("name cut to 50 characters") */
};
#define ORDER_DOCUMENT_MAX (4 << 20) /* bytes of a document */
void order_document_free(struct order_document *d);
/* The document's text as UTF-8. */
void order_document_show(const struct order_document *d, struct buf *b);

/* Everything that making a document needs beside the order. Borrowed. */
struct order_context {
    const struct config *config;
    const struct mapping *mapping;
    struct session *session; /* to the ERP; products, contractors are looked up there */
    const json_t *options;   /* of the plugin's scenario */
    char marker[ORDER_MARKER + 1];
};

/* The type of documents: as orders.document_type says, else the first that the mapping names. */
const char *order_document_type(const struct config *c, const struct mapping *m);
/* Is it one that the mapping names? STATUS_INVALID: no, and e says which there are. */
enum status order_type_known(const struct config *c, const struct mapping *m, struct error *e);

/* Check the order against the ERP and make its document. STATUS_OK: *d is ready. STATUS_REFUSED: the
 * order cannot become a document, `faults` lists every reason (order_fault). Any other: it could not be
 * asked (ERP away): the order waits. */
enum status order_prepare(const struct order_context *x, const struct order *o,
                          struct order_document **d, json_t *faults, struct error *e);

/* A document found in the ERP by its marker. */
struct order_found {
    char marker[ORDER_MARKER + 1];
    char document[64]; /* "ZK 12/2026" */
    char document_id[64];
    int count; /* documents with this marker: more than one is shown to people */
};
/* Look for many markers with one query per batch (bounded by the writer, ≤ 500 a batch). `found` has room
 * for `count` entries; *found_count are filled. A mapping without a statement for it finds nothing. */
enum status order_find(struct session *s, const struct mapping *m,
                       const char (*markers)[ORDER_MARKER + 1], size_t count,
                       struct order_found *found, size_t *found_count, struct error *e);

/* The same for one marker; found->count 0: the ERP does not have it. */
enum status order_find_one(struct session *s, const struct mapping *m, const char *marker,
                           struct order_found *found, struct error *e);

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
/* By its code in ledgers; NULL: there is none. */
const struct writer_ops *writer_of_code(int code);

#endif
