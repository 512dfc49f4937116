/* trust.h – is the SQL Server's certificate the one that erp.encryption and erp.tls_* ask for?
 *
 * When FreeTDS refuses a certificate, it only says that there is no connection. So the certificate
 * is also fetched and verified here: it is blamed only if its verification failed.
 */
#ifndef ENDPOINT_TDS_TRUST_H
#define ENDPOINT_TDS_TRUST_H

#include "tds/options.h"
#include "tds/prelogin.h"

/* Ask the server for its certificate and verify its chain as erp.tls_verify says; errors of prelogin_probe. */
enum status trust_look(const struct session_options *o, const char *host, int port,
                       struct prelogin_seen *seen, struct error *e);

/* Judge the certificate. DENIED: tls_off (it does not encrypt), tls_pin (another certificate than
 * the pinned one), tls_expired, tls_untrusted, tls_host (it is for another name). */
enum status trust_judge(const struct session_options *o, const char *host,
                        const struct prelogin_seen *seen, struct error *e);

/* Is it the certificate that a SQL Server without its own makes at each start
 * (CN=SSL_Self_Signed_Fallback)? A pin on it fits only until the next start. */
bool trust_passing(const struct probe_certificate *certificate);
/* What to do about such a certificate, translated. */
const char *trust_lasting_remedy(void);

#endif
