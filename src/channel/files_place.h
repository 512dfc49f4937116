/* files_place.h – where a file of the channel `file` goes: a directory here, or an address of another machine. */
#ifndef ENDPOINT_CHANNEL_FILES_PLACE_H
#define ENDPOINT_CHANNEL_FILES_PLACE_H

#include <jansson.h>
#include <stdbool.h>

#include "check/check.h"
#include "channel/channel.h"
#include "os/part.h"

struct files_place {
    char directory[512], url[1000]; /* one of them is "" */
    char user[128], password[256], key_file[512], host_key[80];
    char name[200]; /* pattern of the file's name: {stream}, {plugin}, {time} */
    char stream[32], plugin[80], suffix[8];
    char spool[700]; /* for an address: the file before it is sent */
    const struct http_options *http;
    const volatile int *cancel;
};

/* Read the settings. STATUS_INVALID: files_place. */
enum status files_place_read(struct files_place *p, const struct channel_place *place,
                             const char *stream, const char *suffix, bool changes, struct error *e);
void files_place_wipe(struct files_place *p);

/* Begin a file that will go there. now_ms: for {time}. If the pattern has a time and the name
 * exists already in the directory, a later time is used, so that nothing is replaced. */
enum status files_place_begin(struct files_place *p, int64_t now_ms, struct part **part, char *name,
                              size_t size, struct error *e);
/* The file is complete: put it where it belongs. Frees it. */
enum status files_place_finish(struct files_place *p, struct part *part, const char *name,
                               struct error *e);

/* Can our present user write a file there? Writes one, and removes it if possible. */
enum check_result files_place_try(struct files_place *p, struct check *c);

#endif
