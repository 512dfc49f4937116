/* net.h – names, addresses and sockets of the network. A socket is a number, -1 none; net_close closes it. */
#ifndef ENDPOINT_OS_NET_H
#define ENDPOINT_OS_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_ADDRESSES 16 /* the most that are tried for one name */
#define NET_TEXT      64 /* room for an address as text */

enum net_kind { NET_TCP, NET_UDP };

/* An address and a port, in the system's form. */
struct net_address {
    _Alignas(8) unsigned char system[128];
    uint32_t length;
};

/* The addresses of a name, in the order in which to try them. NULL: found; otherwise the system's
 * reason, in English (_() translates it). */
const char *net_resolve(const char *host, int port, enum net_kind kind,
                        struct net_address list[NET_ADDRESSES], size_t *count);

/* "192.0.2.1", "2001:db8::1", without the port. False: it has no text form. */
bool net_address_text(const struct net_address *a, char target[NET_TEXT]);
/* The same for the 4 or 16 bytes of an address alone. */
bool net_bytes_text(const void *bytes, size_t length, char target[NET_TEXT]);

/* Connect within the timeout; later reads and writes have the same timeout. -1 with errno. */
int net_connect(const struct net_address *a, int64_t timeout_ms);

/* A datagram socket to and from that address alone. -1 with errno. */
int net_connect_udp(const struct net_address *a);

/* Send or receive once. The number of bytes, or -1 with errno. If the other side is gone, that is
 * an error, not a signal. */
ptrdiff_t net_send(int fd, const void *data, size_t length);
ptrdiff_t net_receive(int fd, void *data, size_t size);

/* Wait until there is something to receive; false: the time is up. */
bool net_wait(int fd, int64_t timeout_ms);

/* No read or write on it waits longer than this. */
void net_patience(int fd, int64_t ms);

/* End the connection in both directions; the socket stays open. May be called from any thread. */
void net_shut(int fd);
void net_close(int *fd);

/* A socket for libcurl (with the system's numbers); no program that we start gets it. */
int net_socket(int family, int type, int protocol);

/* ---- connections that a library has open
 * ------------------------------------------------------------- */

/* Call take for each TCP connection of this process. */
void net_each_connection(void (*take)(void *user, int fd), void *user);

/* A number that changes whenever the connection sends or receives a byte, or its owner reads one.
 * 0: not known. */
uint64_t net_traffic(int fd);

/* ---- for servers ----------------------------------------------------------------------------------- */

/* The address of a text such as "127.0.0.1", IPv4 only; false: it is none. */
bool net_address_parse(const char *text, int port, struct net_address *a);
/* The address that a library of ours gives as a struct sockaddr; false: NULL, or of another kind than IP. */
bool net_address_take(const void *sockaddr, struct net_address *a);
/* The port, and the address as text; of IPv6 its network (/64), as whoever has one address there has them all. */
int net_address_port(const struct net_address *a);
bool net_address_network(const struct net_address *a, char target[NET_TEXT]);

/* A socket that listens there (NET_TCP), or gets datagrams (NET_UDP); *port: its port, chosen by the system where a asks
 * for 0. -1 with errno. */
int net_listen(const struct net_address *a, enum net_kind kind, int *port);
/* The next connection. -1 with errno. */
int net_accept(int fd);
/* A second number for the same socket, to be closed by itself. -1 with errno. */
int net_twin(int fd);
/* What is sent goes at once, small as it may be. */
void net_send_at_once(int fd);

/* One datagram, and from whom, or to whom. The number of bytes, or -1 with errno. */
ptrdiff_t net_receive_from(int fd, void *data, size_t size, struct net_address *from);
ptrdiff_t net_send_to(int fd, const void *data, size_t length, const struct net_address *to);

#endif
