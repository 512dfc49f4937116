/* erp.h – what the rest of the house sees of an ERP: a session, its mapping, its streams, lookups and
 * checks. No table name of any ERP stands in C.
 */
#ifndef ENDPOINT_ERP_ERP_H
#define ENDPOINT_ERP_ERP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "check/check.h"
#include "config/config.h"
#include "model/record.h"

struct mapping; /* an ERP's file, loaded and validated */

#define STAMP_TEXT 48

/* Load NAME.conf: the program's own from erp_dir, then the site's copy from config_dir/erp/ over it,
 * stream by stream. All faults are collected, with file and line, as in config_load. */
enum status mapping_load(const char *erp_dir, const char *config_dir, const char *name,
                         struct mapping **m, struct config_fault faults[CONFIG_FAULTS],
                         size_t *count, struct error *e);
/* The same with the file `path`, NAME.conf, in the place of the site's copy. */
enum status mapping_load_file(const char *erp_dir, const char *path, struct mapping **m,
                              struct config_fault faults[CONFIG_FAULTS], size_t *count,
                              struct error *e);
void mapping_free(struct mapping *m);
const char *mapping_title(const struct mapping *m); /* "InsERT Subiekt GT" */
bool mapping_has_stream(const struct mapping *m, const char *stream);
/* Names of lookups, NULL after the last. */
const char *mapping_lookup_at(const struct mapping *m, size_t index);
/* The database in which a lookup is asked, when it is another than the company's; else NULL. */
const char *mapping_lookup_database(const struct mapping *m, const char *lookup);
/* Mappings that there are: an array of {"name","title","file"}. */
enum status mapping_list(const char *erp_dir, const char *config_dir, json_t **list,
                         struct error *e);
/* The whole mapping as JSON, for `endpointctl erp show`. */
json_t *mapping_to_json(const struct mapping *m);

/* Machine and TCP port of the erp.* settings; SQL Server Browser is asked for a named instance without a
 * port (codes erp_browser, erp_instance). */
enum status erp_address(const struct config *c, char *host, size_t size, int *port,
                        struct error *e);
/* The instances of the machine in erp.server: [{"id":"host\\NAME","name","version","port"}]. */
enum status erp_instances(const struct config *c, json_t **rows, struct error *e);

struct session; /* one TDS connection; one thread */

/* Connect and log in with the erp.* settings: verified TLS as erp.encryption and erp.tls_* say, TDS
 * 7.4, UTF-8, time-outs. private_dir: where the process may write its FreeTDS file (0600).
 * UNREACHABLE and TIMEOUT pass by themselves; DENIED and INVALID need a person (codes: erp/messages.h, and tls_*
 * when the certificate's verification failed). */
enum status session_open(const struct config *c, const char *private_dir, struct session **s,
                         struct error *e);
/* The same on the primary, whatever erp.read_intent says: for orders, which a secondary knows of later. */
enum status session_open_primary(const struct config *c, const char *private_dir,
                                 struct session **s, struct error *e);
void session_close(struct session *s);
/* As what this process's sessions show on the server from now on ("endpoint stock"), where an administrator looks who
 * is there. At first "endpoint". */
void session_name(const char *name);
/* Has the connection died? Then only session_close helps. */
bool session_dead(const struct session *s);
/* For a session that writes: erp.snapshot is for reading, a write in it fails when another was quicker. */
enum status session_for_writing(struct session *s, struct error *e);
/* erp.snapshot, and what the database says to it. */
enum erp_snapshot {
    ERP_SNAPSHOT_UNKNOWN, /* no session has begun */
    ERP_SNAPSHOT_OFF,     /* it is not set */
    ERP_SNAPSHOT_ON,
    ERP_SNAPSHOT_REFUSED /* the database does not allow it */
};
/* What this process's sessions had to wait for since it was asked last. A call is a wait when it takes a third of
 * erp.lock_timeout, or more. */
struct erp_waits {
    unsigned count;     /* of long calls */
    int64_t longest_ms; /* one call */
    char longest[160];  /* what for: "stream stock (subiekt-gt.conf:12)" */
    unsigned locked;    /* lock time-outs */
    unsigned deadlocks; /* in which we were the victim */
    enum erp_snapshot snapshot;
    char database[200];
};
void erp_waits_take(struct erp_waits *taken);
/* What they mean, in amber, with a remedy; green when they mean nothing. */
enum check_result erp_waits_check(const struct erp_waits *waits, struct check *c);
enum check_result erp_snapshot_check(enum erp_snapshot snapshot, const char *database,
                                     struct check *c);
/* Call alive before each statement from now on: a transaction of many may take long. NULL: no more. */
void session_on_alive(struct session *s, void (*alive)(void *user), void *user);
/* Ends a running statement from a signal handler or another thread. */
void session_cancel(struct session *s);

/* Run one statement with text parameters and give each row's columns (UTF-8, NULL for SQL NULL) to
 * row(); a row() that does not return STATUS_OK ends it. For lookups and checks, not for streams. */
enum status session_query(struct session *s, const char *sql, const char *const *parameters,
                          size_t parameter_count,
                          enum status (*row)(void *user, size_t columns, const char *const *names,
                                             const char *const *values, struct error *e),
                          void *user, struct error *e);

/* How an ERP tells what changed in a stream's rows; endpoint-erp(5), "Stamps". */
enum stamp_kind {
    STAMP_NONE,       /* it does not */
    STAMP_ROWVERSION, /* a number that grows with every change in the database */
    STAMP_DATETIME    /* the time of the change, as the ERP writes it down */
};

#define READER_FIELDS 2

/* What is read of a stream. */
struct reader_choice {
    bool filters; /* with the columns that scenarios choose by */
    bool kits;    /* amounts of kits counted from their parts */
    const char
        *fields[READER_FIELDS]; /* custom fields that scenarios choose by, with filters; NULL:
                                        * none */
    const char *since;          /* only what changed since this stamp; NULL: everything */
};

/* STAMP_NONE, too, when what changed cannot be told of what is chosen. */
enum stamp_kind mapping_stamp(const struct mapping *m, const char *stream,
                              const struct reader_choice *choice);
/* What the records of a stream depend on in the mapping, as 32 hexadecimal digits: a site's own
 * statement has another one. */
#define MAPPING_PRINT 33
void mapping_stream_print(const struct mapping *m, const char *stream,
                          const struct reader_choice *choice, char print[MAPPING_PRINT]);
/* The server's safe stamp now: whatever is not committed yet will have this one or a later. "" when
 * it gives none (an empty database). */
enum status erp_safe_stamp(struct session *s, const struct mapping *m, const char *stream,
                           char stamp[STAMP_TEXT], struct error *e);

/* Whose database it is and of which version, for people: company, tax_id, version; null: it does not
 * say, or may not be asked. */
void erp_about(struct session *s, const struct mapping *m, json_t *about);

/* Are there the custom fields of the choice? STATUS_INVALID (erp_field): the ERP lists its fields, this is
 * none of them, and the mapping gives no column of this name either. */
enum status erp_check_fields(struct session *s, const struct mapping *m, const char *stream,
                             const struct reader_choice *choice, struct error *e);

/* A stream being read: records in key order, one at a time, array-fetched, no allocation per row. */
struct reader;
/* choice may be NULL: everything, without filters. STATUS_INVALID (erp_kits): the mapping does not say
 * what kits are made of. */
enum status reader_open(struct session *s, const struct mapping *m, const char *stream,
                        const struct reader_choice *choice, struct reader **r, struct error *e);
/* Append its columns to list, as erp_check_mapping has them. */
void reader_columns(const struct reader *r, json_t *list);
/* The next record (valid until the next call). One with a value that cannot be taken is given, too, with its
 * fault (model/record.h). STATUS_END only when the server finished the result
 * cleanly. Keys not strictly ascending are STATUS_INVALID (code erp_order): the mapping's ORDER BY
 * does not fit its key. */
enum status reader_next(struct reader *r, const struct record **record, struct error *e);
void reader_close(struct reader *r);

/* A lookup's rows: [{"id","name",…}]. */
enum status erp_lookup(struct session *s, const struct mapping *m, const char *lookup,
                       json_t **rows, struct error *e);

/* The first records of a stream as it is sent: [{"key":TEXT,"data":{…}}]. */
enum status erp_preview(struct session *s, const struct mapping *m, const char *stream,
                        size_t limit, json_t **records, struct error *e);

/* Append the T-SQL script that gives a login the rights to read what the mapping reads, and no others.
 * A login with a backslash is one of Windows. */
void erp_grants(const struct mapping *m, bool rows, const char *database, const char *login,
                struct buf *script);

/* Run every statement of the mapping against the database without side effects; an array of
 * {"statement","file","line","ok","columns":[{"name","type","as"}],"rows","took_ms","sorted","warnings":[],
 * "error"}. "as": key, field, extra or filter; null for statements that are no stream. "sorted": whether the
 * rows of a stream came in the order of its key; null when it was not seen. */
enum status erp_check_mapping(struct session *s, const struct mapping *m, json_t **report,
                              struct error *e);

/* The list of checks for the ERP, for check_run with a struct erp_checks. */
struct import_owner;
struct erp_checks {
    const struct config *config;
    const char *private_dir;
    const struct mapping *mapping;
    const char *erp_dir,
        *config_dir;         /* where other ERPs' mappings are, to know their databases; or NULL */
    struct session *session; /* left open by erp.login for those after it */
    struct mapping_tables *tables; /* what the login may read, once it was asked */
    const struct import_owner *us; /* for whose the import directory is; NULL: that is not asked */
};
/* Close what the checks left open. */
void erp_checks_end(struct erp_checks *x);
extern const struct check_def erp_check_list[];
extern const size_t erp_check_count;

#endif
