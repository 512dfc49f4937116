/* What answers for SQL Server Browser: any datagram. */
#include "fuzz.h"

#include <string.h>

#include "tds/browser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct browser_instance list[BROWSER_INSTANCES];
    size_t count = 0;
    if (size > 65535)
        return 0;
    bool ok = browser_parse(data, size, list, BROWSER_INSTANCES, &count);
    MUST(ok || count == 0);
    MUST(count <= BROWSER_INSTANCES);
    for (size_t i = 0; i < count; i++) {
        MUST(list[i].name[0] && memchr(list[i].name, '\0', sizeof list[i].name));
        MUST(memchr(list[i].server, '\0', sizeof list[i].server) &&
             memchr(list[i].version, '\0', sizeof list[i].version));
        MUST(list[i].port >= 0 && list[i].port <= 65535);
    }
    size_t fewer = 0;
    browser_parse(data, size, list, 1, &fewer);
    MUST(fewer == (count ? 1 : 0));
    return 0;
}
