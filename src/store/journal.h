/* journal.h – what happened, for people: one SQLite file, written by the daemon, read by any of our
 * programs.
 *
 * Entries from workers arrive as events; they are stored here before they are shown or sent to the
 * panel, and kept until both the panel has them and they are older than the limit.
 */
#ifndef ENDPOINT_STORE_JOURNAL_H
#define ENDPOINT_STORE_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct journal;

/* Each opening for writing starts its own range of ids: they rise, and never repeat an id of an
 * earlier journal (lost, made anew, restored from a copy). */
enum status journal_open(const char *state_dir, struct journal **j, struct error *e);
enum status journal_open_read(const char *state_dir, struct journal **j, struct error *e);
void journal_close(struct journal *j);

/* Is the whole file readable, and are its tables ours? Otherwise an error with the code
 * "db_damaged". Reads all of it. */
enum status journal_verify(struct journal *j, struct error *e);
/* Was the file removed or replaced since it was opened? Then entries written to it are lost. */
bool journal_gone(struct journal *j);

struct journal_entry {
    int64_t at_ms;
    const char *level;          /* "info", "warning", "error" */
    const char *plugin, *order; /* an order's id; these and the next two may be NULL */
    const char *correlation;    /* the same in journal, orders and the shop */
    const char *code;
    const char *said; /* the text as it was made (base/said.h); the file has it in English, too */
};
enum status journal_add(struct journal *j, const struct journal_entry *entry, struct error *e);

/* Entries with id > after, oldest first, at most limit (newest `limit` ones when after < 0):
 * [{"id","at","level","plugin","order","code","text","said","correlation"}]. */
enum status journal_read(struct journal *j, int64_t after, int limit, const char *plugin,
                         json_t **entries, struct error *e);

/* Upload cursor: the last id that the panel has. */
enum status journal_sent(struct journal *j, int64_t *id, struct error *e);
enum status journal_mark_sent(struct journal *j, int64_t id, struct error *e);

/* How many entries the panel refused for good, so that they stay here, and when the last one was (0: none). */
enum status journal_refused(struct journal *j, int64_t *count, int64_t *at_ms, struct error *e);
enum status journal_mark_refused(struct journal *j, int64_t at_ms, struct error *e);

/* Keep at most `keep` entries that the panel has, and drop the older ones. Of entries that the
 * panel does not have (it may never come back) ten times as many are kept. */
enum status journal_trim(struct journal *j, int64_t keep, struct error *e);

#endif
