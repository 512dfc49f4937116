/* import_dir.h – whose is the directory from which the ERP's operator imports orders?
 *
 * Endpoints on several machines share no lock, and on a mounted share none that can be relied on. So
 * the first one to write into a directory leaves a mark there, a small file that is made exclusively
 * (which every file system can do) and stays. Others find it and refuse. Only a person takes a
 * directory over. The mark's name is not that of a file to be imported.
 */
#ifndef ENDPOINT_DOCUMENT_IMPORT_DIR_H
#define ENDPOINT_DOCUMENT_IMPORT_DIR_H

#include "base/clock.h"
#include "base/error.h"

#define IMPORT_MARK ".endpoint-owner"

struct import_owner {
    char endpoint[128]; /* its id; "" before it is registered */
    char host[256];
    char since[CLOCK_TEXT]; /* "" when we ask */
};

/* This machine's name into me->host. */
void import_dir_host(struct import_owner *me);

/* Who has marked the directory? STATUS_END: nobody. STATUS_INVALID: the mark cannot be read as one. */
enum status import_dir_owner(const char *dir, struct import_owner *owner, struct error *e);

/* STATUS_OK: the directory is ours or nobody's. Errors as of import_dir_own. */
enum status import_dir_check(const char *dir, const struct import_owner *me, struct error *e);

/* STATUS_OK: the directory is ours; it is marked now if nobody had it. STATUS_REFUSED (epp_owner): it is
 * another's, or another machine's with our id. */
enum status import_dir_own(const char *dir, const struct import_owner *me, struct error *e);

/* A person says that it is ours from now on: the mark is replaced. */
enum status import_dir_take(const char *dir, const struct import_owner *me, struct error *e);

#endif
