/* import_dir.h – whose is the directory from which the ERP's operator imports orders?
 *
 * Endpoints on several machines share no lock, and locks on a mounted share cannot be relied on. So
 * the first endpoint to write into a directory leaves a mark there, a small file that is created
 * exclusively (every file system can do that) and stays. Others find it and refuse to write. Only a
 * person takes a directory over. The mark's name does not look like a file to import.
 */
#ifndef ENDPOINT_DOCUMENT_IMPORT_DIR_H
#define ENDPOINT_DOCUMENT_IMPORT_DIR_H

#include "base/clock.h"
#include "base/error.h"

#define IMPORT_MARK ".endpoint-owner"

struct import_owner {
    char endpoint[128]; /* its id; "" before it is registered */
    char host[256];
    char since[CLOCK_TEXT]; /* "" for ourselves */
};

/* Write this machine's name into me->host. */
void import_dir_host(struct import_owner *me);

/* Who has marked the directory? STATUS_END: nobody. STATUS_INVALID: the mark cannot be read as one. */
enum status import_dir_owner(const char *dir, struct import_owner *owner, struct error *e);

/* STATUS_OK: the directory is ours or nobody's. Errors as in import_dir_own. */
enum status import_dir_check(const char *dir, const struct import_owner *me, struct error *e);

/* STATUS_OK: the directory is ours; if it was nobody's, it is now marked. STATUS_REFUSED
 * (epp_owner): it belongs to another endpoint, or to another machine with our id. */
enum status import_dir_own(const char *dir, const struct import_owner *me, struct error *e);

/* A person says that it is ours from now on: replace the mark. */
enum status import_dir_take(const char *dir, const struct import_owner *me, struct error *e);

#endif
