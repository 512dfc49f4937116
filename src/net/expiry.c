#include "net/expiry.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "net/probe.h"

#define DAY_MS    INT64_C(86400000)
#define SOON_DAYS 30 /* long enough to renew a certificate if people have to do it */

enum check_result expiry_check(const struct probe_certificate *certificate, int64_t now_ms,
                               struct check *c)
{
    char day[CLOCK_TEXT];
    int64_t left = certificate->not_after_ms - now_ms;
    enum { DATE_COLUMNS = 10 };
    if (certificate->not_after_ms == 0 || left > SOON_DAYS * DAY_MS) /* 0: no end known */
        return CHECK_OK;
    clock_format(day, certificate->not_after_ms);
    day[DATE_COLUMNS] = '\0';
    if (left < 0)
        return check_answer(c, CHECK_FAIL, "the certificate ended on %s (days ago: %d)", day,
                            (int)(-left / DAY_MS));
    return check_answer(c, CHECK_WARN, "the certificate ends on %s (days left: %d)", day,
                        (int)(left / DAY_MS));
}
