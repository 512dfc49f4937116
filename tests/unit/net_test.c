/* os/net: addresses as they are told to people, and sockets that give up in time and end nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <string.h>
#include <cmocka.h>

#include "os/clock.h"
#include "os/net.h"

enum { PATIENCE_MS = 20000, SHORT_MS = 50 };

static void addresses(void **state)
{
    (void)state;
    struct net_address a;
    char text[NET_TEXT];
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(7)};
    assert_true(net_address_parse("192.0.2.7", 1433, &a));
    assert_int_equal(net_address_port(&a), 1433);
    assert_true(net_address_text(&a, text));
    assert_string_equal(text, "192.0.2.7");
    assert_true(net_address_network(&a, text));
    assert_string_equal(text, "192.0.2.7");
    assert_false(net_address_parse("192.0.2", 1, &a));
    assert_false(net_address_parse("localhost", 1, &a));
    inet_pton(AF_INET6, "2001:db8:1:2:3:4:5:6", &six.sin6_addr);
    assert_true(net_address_take(&six, &a));
    assert_int_equal(net_address_port(&a), 7);
    assert_true(net_address_network(&a, text));
    assert_string_equal(text, "2001:db8:1:2::");
    assert_false(net_address_take(NULL, &a));
    assert_false(net_address_network(&a, text));
    assert_false(net_bytes_text("12345", 5, text));
    assert_true(net_bytes_text("\x7f\0\0\1", 4, text));
    assert_string_equal(text, "127.0.0.1");
}

static void names(void **state)
{
    (void)state;
    struct net_address list[NET_ADDRESSES];
    size_t count;
    assert_null(net_resolve("127.0.0.1", 99, NET_TCP, list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(net_address_port(&list[0]), 99);
    assert_non_null(net_resolve("no such name", 1, NET_TCP, list, &count));
    assert_int_equal(count, 0);
}

static void conversation(void **state)
{
    (void)state;
    struct net_address a;
    int port = 0;
    char byte;
    assert_true(net_address_parse("127.0.0.1", 0, &a));
    int listening = net_listen(&a, NET_TCP, &port);
    assert_true(listening >= 0 && port > 0);
    assert_true(net_address_parse("127.0.0.1", port, &a));
    int ours = net_connect(&a, SHORT_MS);
    assert_true(ours >= 0);
    int theirs = net_accept(listening), twin = net_twin(theirs);
    assert_true(theirs >= 0 && twin >= 0 && twin != theirs);
    net_send_at_once(theirs);
    assert_int_equal(net_send(theirs, "x", 1), 1);
    assert_true(net_wait(ours, PATIENCE_MS));
    assert_int_equal(net_receive(ours, &byte, 1), 1);
    assert_int_equal(byte, 'x');
    /* Nothing more comes: the read gives up by itself. */
    assert_int_equal(net_receive(ours, &byte, 1), -1);
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    uint64_t before = net_traffic(ours);
    assert_int_equal(net_send(ours, "y", 1), 1);
    assert_true(net_wait(theirs, PATIENCE_MS));
    assert_true(net_traffic(ours) != before);
    /* Ended from one side, over a second number of it; writing to who is gone is an error and no signal. */
    net_shut(twin);
    net_close(&twin);
    assert_int_equal(twin, -1);
    net_close(&theirs);
    int64_t until = clock_mono_ms() + PATIENCE_MS;
    while (net_send(ours, "z", 1) >= 0 && clock_mono_ms() < until)
        clock_sleep_ms(1);
    assert_true(clock_mono_ms() < until);
    net_close(&ours);
    net_close(&listening);
    assert_int_equal(net_connect(&a, SHORT_MS), -1);
    assert_int_equal(errno, ECONNREFUSED);
}

static void datagrams(void **state)
{
    (void)state;
    struct net_address a, from;
    int port = 0;
    char word[8] = "";
    assert_true(net_address_parse("127.0.0.1", 0, &a));
    int server = net_listen(&a, NET_UDP, &port);
    assert_true(server >= 0 && net_address_parse("127.0.0.1", port, &a));
    int client = net_connect_udp(&a);
    assert_int_equal(net_send(client, "ask", 3), 3);
    assert_true(net_wait(server, PATIENCE_MS));
    assert_int_equal(net_receive_from(server, word, sizeof word, &from), 3);
    assert_int_equal(net_send_to(server, "told", 4, &from), 4);
    assert_true(net_wait(client, PATIENCE_MS));
    assert_int_equal(net_receive(client, word, sizeof word), 4);
    assert_memory_equal(word, "told", 4);
    net_close(&client);
    net_close(&server);
}

static void count_one(void *user, int fd)
{
    (void)fd;
    ++*(int *)user;
}

/* What a driver has open is found by what was not there before. */
static void own_connections(void **state)
{
    (void)state;
    struct net_address a;
    int port = 0, before = 0, after = 0;
    net_each_connection(count_one, &before);
    assert_true(net_address_parse("127.0.0.1", 0, &a));
    int listening = net_listen(&a, NET_TCP, &port);
    int datagrams = net_listen(&a, NET_UDP, &port);
    net_each_connection(count_one, &after);
    assert_int_equal(after, before + 1);
    net_close(&listening);
    net_close(&datagrams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses), cmocka_unit_test(names),
                                       cmocka_unit_test(conversation), cmocka_unit_test(datagrams),
                                       cmocka_unit_test(own_connections)};
    return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
