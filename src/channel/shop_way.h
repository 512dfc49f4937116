/* shop_way.h – checks of the connection to a shop: name, TCP, encryption, clock. */
#ifndef ENDPOINT_CHANNEL_SHOP_WAY_H
#define ENDPOINT_CHANNEL_SHOP_WAY_H

#include "check/check.h"
#include "net/http.h"

struct shop_way {
    const struct http_options *http;
    char host[256];
    int port;
};

/* Host and port of an address that begins with https://. False: it does not, or has no host. */
bool shop_way_split(const char *url, struct shop_way *w);

enum check_result shop_way_name(const struct shop_way *w, struct check *c);
enum check_result shop_way_tcp(const struct shop_way *w, struct check *c);
enum check_result shop_way_tls(const struct shop_way *w, struct check *c);

/* Judge the difference of the clocks (the shop's minus ours). */
enum check_result shop_way_clock(int64_t offset_ms, struct check *c);

#endif
