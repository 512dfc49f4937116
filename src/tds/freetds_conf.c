#include "tds/freetds_conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "os/file.h"
#include "os/path.h"
#include "os/host.h"
#include "config.h"

#define VALUE_MAX 230 /* bytes of a line's 255 */
#define AUTHORITY_MAX \
    (4 << 20) /* a bundle of all public authorities takes a quarter of a megabyte */

/* Would FreeTDS read the value as it is? */
static bool sayable(const char *value)
{
    size_t length = strlen(value);
    return length > 0 && length <= VALUE_MAX && !strpbrk(value, "#;\t\r\n\v\f") &&
           !strstr(value, "  ") && value[0] != ' ' && value[length - 1] != ' ';
}

static enum status unsayable(const char *path, struct error *e)
{
    error_set(e, STATUS_INVALID, "erp_path", "FreeTDS cannot use the path %s", path);
    return error_remedy(
        e, "Give Endpoint a state directory whose path is shorter than 200 bytes and contains "
           "neither # nor ; nor two blanks in a row.");
}

/* Write one of our files beside freetds.conf. */
static enum status keep(const char *dir, const char *name, const char *data, size_t length,
                        char *path, size_t size, struct error *e)
{
    enum status status = path_join(path, size, dir, name, e);
    if (status == STATUS_OK && !sayable(path))
        status = unsayable(path, e);
    return status == STATUS_OK ? file_replace(path, data, length, 0600, NULL, e) : status;
}

/* FreeTDS cannot read the path of the administrator's file: copy it to a better one. */
static enum status copy_authority(const char *from, const char *dir, char *path, size_t size,
                                  struct error *e)
{
    struct buf data;
    buf_init(&data, AUTHORITY_MAX);
    enum status status = file_read(from, &data, NULL, e);
    if (status == STATUS_OK)
        status = keep(dir, "erp-ca.pem", buf_text(&data), data.length, path, size, e);
    buf_free(&data);
    return status;
}

/* Whom FreeTDS should trust; "": no verification. A pinned certificate becomes the only authority. */
static enum status authority(const struct session_options *o, const char *dir,
                             const struct prelogin_seen *seen, char *ca, size_t size,
                             struct error *e)
{
    const char *verify = o->tls_verify, *pem = seen->certificate.pem, *file = o->tls_ca;
    *ca = '\0';
    if (text_equal(o->encryption, "off"))
        return STATUS_OK;
    if (text_equal(verify, "pin"))
        return keep(dir, "erp-pin.pem", pem, strlen(pem), ca, size, e);
    if (text_equal(verify, "ca") && *file && !sayable(file))
        return copy_authority(file, dir, ca, size, e);
    if (text_equal(verify, "ca"))
        text_copy(ca, size, file);
    else if (text_equal(verify, "system"))
        text_copy(ca, size, "system");
    return STATUS_OK;
}

static void compose(const struct session_options *o, const char *host, int port, const char *ca,
                    struct buf *b)
{
    const char *encryption = o->encryption, *verify = o->tls_verify;
    bool off = text_equal(encryption, "off");
    bool by_name = (text_equal(verify, "ca") || text_equal(verify, "system")) &&
                   !*o->tls_host; /* otherwise it was checked before */
    buf_printf(b,
               "[erp]\nhost = %s\nport = %d\ntds version = 7.4\nclient charset = UTF-8\n"
               "encryption = %s\n",
               host, port,
               off                               ? "off"
               : text_equal(encryption, "login") ? "request"
                                                 : "require");
    if (o->read_intent)
        buf_add_text(b, "read-only intent = yes\n");
    if (*ca)
        buf_printf(b, "ca file = %s\n", ca);
    buf_printf(b, "check certificate hostname = %s\n", !off && by_name ? "yes" : "no");
}

enum status freetds_conf_write(const struct session_options *o, const char *host, int port,
                               const char *dir, const struct prelogin_seen *seen, struct error *e)
{
    char path[1024], ca[1024];
    struct buf b;
    if (!sayable(host))
        return error_set(e, STATUS_INVALID, "erp_server",
                         "erp.server: \"%s\" is not the name of a machine", host);
    enum status status = path_join(path, sizeof path, dir, "freetds.conf", e);
    if (status == STATUS_OK)
        status = authority(o, dir, seen, ca, sizeof ca, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&b, 8192);
    compose(o, host, port, ca, &b);
    status = file_replace(path, buf_text(&b), b.length, 0600, NULL, e);
    buf_free(&b);
    if (status == STATUS_OK)
        host_set_variable("FREETDSCONF", path);
    return status;
}

enum status freetds_conf_source(const char *dir, struct error *e)
{
    static const char source[] = "[erp]\nDriver = " TDSODBC_PATH "\nServername = erp\n";
    char path[1024];
    enum status status = path_join(path, sizeof path, dir, "odbc.ini", e);
    if (status == STATUS_OK)
        status = file_replace(path, source, strlen(source), 0600, NULL, e);
    if (status == STATUS_OK)
        host_set_variable("ODBCINI", path);
    return status;
}
