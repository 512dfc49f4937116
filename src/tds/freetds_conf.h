/* freetds_conf.h – a session's private freetds.conf, which tells FreeTDS about server and
 * certificate.
 *
 * FreeTDS takes the authority and the host name check only from this file. A value in it ends at
 * "#" and ";", runs of blanks become one, and a line has at most 255 bytes (tds_read_conf_section,
 * 1.3 to 1.5).
 */
#ifndef ENDPOINT_TDS_FREETDS_CONF_H
#define ENDPOINT_TDS_FREETDS_CONF_H

#include "tds/options.h"
#include "tds/prelogin.h"

/* Write dir/freetds.conf with the server [erp], and name it in FREETDSCONF. seen: what the server
 * showed, for erp.tls_verify = "pin". If an authority's path cannot be written there, the file is
 * copied into dir. */
enum status freetds_conf_write(const struct session_options *o, const char *host, int port,
                               const char *dir, const struct prelogin_seen *seen, struct error *e);

/* Write dir/odbc.ini with the data source [erp], which is that server, and name it in ODBCINI. */
enum status freetds_conf_source(const char *dir, struct error *e);

#endif
