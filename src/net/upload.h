/* upload.h – a file put to another machine: by HTTPS PUT, FTP over TLS or SFTP, over libcurl.
 *
 * Always encrypted, and the other side always known: by its certificate, or by the fingerprint of its SSH host key. FTP and
 * SFTP write under a temporary name first and rename; as neither can replace a file by renaming, the name is gone for a
 * moment in between. An HTTPS server gets the file in one PUT.
 */
#ifndef ENDPOINT_NET_UPLOAD_H
#define ENDPOINT_NET_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/http.h"

struct upload {
    /* Of the file itself: "https://…"; "sftp://host:22/in/stock.csv", from the root; "ftpes://…" (FTP that turns to TLS,
     * usually port 21), "ftps://…" (TLS from the start, port 990). */
    const char *url;
    const char *path;            /* the file here */
    const char *user, *password; /* "" for none */
    const char *key_file;        /* of SFTP: a private key instead of the password; "" for none */
    /* Of SFTP: SHA-256 of the host's key in base64, as `ssh-keygen -l` prints it behind "SHA256:". */
    const char *host_key;
    const char *content_type; /* of HTTPS */
    int64_t timeout_ms;       /* without progress */
    bool trial;               /* of SFTP and FTP: write the temporary file, and remove it */
};

/* Does the address have one of the schemes that are taken? */
bool upload_is_url(const char *text);

/* STATUS_OK: it is there under its name. UNREACHABLE, TIMEOUT: try again. DENIED: login, certificate or host key. REFUSED: the
 * server said no. CANCELLED. INVALID: an address that cannot be used. */
enum status upload_put(const struct http_options *o, const struct upload *u,
                       const volatile int *cancel, struct error *e);

#endif
