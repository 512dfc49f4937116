/* The sandbox's wire: what a client sends on one connection, any bytes. The first byte chooses
 * where it begins: 'L' before the login (prelogin, login), anything else after a good one (batches,
 * remote procedure calls, transactions), so that both are reached. */
#include "fuzz.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "sandbox/tds/tds.h"
#include "sandbox/sql/engine_data.h"
#include "sandbox/tds/tds_session.h"

#define INPUT_MAX 65536 /* less than a socket takes without anybody reading */

static struct engine *engine;

static void close_engine(void)
{
    engine_close(engine);
}

static void add16(struct buf *b, size_t v)
{
    buf_add_byte(b, (int)(v & 0xFF));
    buf_add_byte(b, (int)(v >> 8));
}

/* PRELOGIN without encryption, and LOGIN7 of user "sa" with the password "x" ([MS-TDS] 2.2.6.4). */
static void good_login(struct buf *b)
{
    static const uint8_t prelogin[] = {18, 1, 0, 15, 0, 0, 0, 0, 1, 0, 6, 0, 1, 0xFF, 2};
    static const uint8_t texts[] = {'s', 0, 'a', 0, 0x87 ^ 0xA5, 0xA5};
    enum { FIXED = 94, LENGTH = FIXED + sizeof texts };
    buf_add(b, prelogin, sizeof prelogin);
    buf_add(b, (const uint8_t[]){16, 1, 0, 8 + LENGTH, 0, 0, 0, 0}, 8);
    add16(b, LENGTH);
    add16(b, 0);
    buf_add(b, (const uint8_t[]){4, 0, 0, 0x74, 0, 16, 0, 0}, 8); /* version, packets of 4096 */
    for (size_t at = 12; at < FIXED; at += 2) {
        /* offset and length of the user (40) and of the password (44); nothing else is given */
        add16(b, at == 40 ? FIXED : at == 42 ? 2 : at == 44 ? FIXED + 4 : at == 46 ? 1 : 0);
    }
    buf_add(b, texts, sizeof texts);
}

struct reader {
    int fd;
    size_t bytes;
};

static void *drain(void *argument)
{
    struct reader *r = argument;
    char chunk[65536];
    ssize_t n;
    while ((n = recv(r->fd, chunk, sizeof chunk, 0)) > 0)
        r->bytes += (size_t)n;
    return NULL;
}

/* One connection on which all of this is said; the number of bytes that were answered. */
static size_t talk(const struct buf *all)
{
    struct tds_options options = {.encrypt = TDS_ENCRYPT_OFF};
    pthread_t thread;
    int pair[2], used = 0;
    options.fault_used = &used;
    text_copy(options.user, sizeof options.user, "sa");
    text_copy(options.password, sizeof options.password, "x");
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    struct reader r = {.fd = pair[0]};
    MUST(pthread_create(&thread, NULL, drain, &r) == 0);
    MUST(send(pair[0], buf_text(all), all->length, MSG_NOSIGNAL) == (ssize_t)all->length);
    shutdown(pair[0], SHUT_WR);
    tds_serve(pair[1], engine, &options); /* must come back, whatever was said */
    pthread_join(thread, NULL);
    close(pair[0]);
    return r.bytes;
}

/* The company, and that what comes after the login is reached at all. */
static void open_engine(void)
{
    static const uint8_t batch[] = {
        1,   1, 0,   28, 0,   0, 0,   0, 4,   0, 0,   0, /* no headers */
        'S', 0, 'E', 0,  'L', 0, 'E', 0, 'C', 0, 'T', 0, ' ', 0, '1', 0};
    struct error e = {0};
    struct buf b;
    MUST(engine_open(NULL, "subiekt-gt", &(struct engine_filling){.rows = 3, .seed = 20}, &engine,
                     &e) == STATUS_OK);
    atexit(close_engine);
    buf_init(&b, INPUT_MAX);
    good_login(&b);
    size_t login = talk(&b);
    MUST(login > 200);
    buf_add(&b, batch, sizeof batch);
    MUST(talk(&b) >= login + 20);
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf all;
    if (size > INPUT_MAX)
        return 0;
    if (!engine)
        open_engine();
    buf_init(&all, INPUT_MAX + 1024);
    if (size > 0 && data[0] != 'L')
        good_login(&all);
    if (size > 0)
        buf_add(&all, data + 1, size - 1);
    talk(&all);
    buf_free(&all);
    return 0;
}
