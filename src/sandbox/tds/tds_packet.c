#include "sandbox/tds/tds_packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "os/net.h"
#include "sandbox/tds/tds.h"

#define HEADER 8

static bool raw_write(struct tds *t, const uint8_t *bytes, size_t length)
{
    while (length > 0 && !t->broken) {
        ptrdiff_t n = net_send(t->fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            t->broken = true;
            break;
        }
        bytes += n;
        length -= (size_t)n;
    }
    return !t->broken;
}

static ptrdiff_t raw_read(struct tds *t, uint8_t *bytes, size_t room)
{
    ptrdiff_t n;
    do
        n = net_receive(t->fd, bytes, room);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        t->broken = true;
    return n;
}

/* Send OpenSSL's output without packets around it. */
static void drain(struct tds *t)
{
    uint8_t chunk[16384];
    int n;
    while (!t->broken && (n = BIO_read(SSL_get_wbio(t->ssl), chunk, sizeof chunk)) > 0)
        raw_write(t, chunk, (size_t)n);
}

static void transport_write(struct tds *t, const uint8_t *bytes, size_t length)
{
    if (!t->tls_on) {
        raw_write(t, bytes, length);
    } else if (SSL_write(t->ssl, bytes, (int)length) != (int)length) {
        t->broken = true;
    } else {
        drain(t);
    }
}

static bool transport_read(struct tds *t, uint8_t *bytes, size_t length)
{
    while (length > 0 && !t->broken) {
        if (!t->tls_on) {
            ptrdiff_t n = raw_read(t, bytes, length);
            if (n > 0) {
                bytes += n;
                length -= (size_t)n;
            }
            continue;
        }
        int n = SSL_read(t->ssl, bytes, (int)length);
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        } else if (SSL_get_error(t->ssl, n) == SSL_ERROR_WANT_READ) {
            uint8_t chunk[16384];
            ptrdiff_t got = raw_read(t, chunk, sizeof chunk);
            if (got > 0)
                BIO_write(SSL_get_rbio(t->ssl), chunk, (int)got);
        } else {
            t->broken = true;
        }
    }
    return !t->broken;
}

bool tds_read(struct tds *t, int *type)
{
    bool last = false, first = true;
    buf_reset(&t->in);
    while (!last) {
        uint8_t header[HEADER];
        if (!transport_read(t, header, HEADER))
            return false;
        size_t length = (size_t)(header[2] << 8 | header[3]);
        if (length < HEADER || (!first && header[0] != *type)) {
            t->broken = true;
            return false;
        }
        *type = header[0];
        first = false;
        last = header[1] & 1;
        length -= HEADER;
        char *room = buf_reserve(&t->in, length);
        if (!room || (length && !transport_read(t, (uint8_t *)room, length))) {
            t->broken = true;
            return false;
        }
        buf_commit(&t->in, length);
    }
    return true;
}

static void send_packet(struct tds *t, bool last)
{
    t->out[0] = TDS_REPLY;
    t->out[1] = last ? 1 : 0;
    t->out[2] = (uint8_t)(t->out_used >> 8);
    t->out[3] = (uint8_t)t->out_used;
    t->out[4] = t->out[5] = 0;
    t->out[6] = ++t->packet_id;
    t->out[7] = 0;
    if (!t->broken)
        transport_write(t, t->out, t->out_used);
    t->out_used = HEADER;
}

void tds_put(struct tds *t, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;
    while (length > 0) {
        if (t->out_used == t->packet_size)
            send_packet(t, false);
        size_t some = t->packet_size - t->out_used;
        if (some > length)
            some = length;
        memcpy(t->out + t->out_used, p, some);
        t->out_used += some;
        p += some;
        length -= some;
    }
}

void tds_put8(struct tds *t, unsigned v)
{
    uint8_t b = (uint8_t)v;
    if (t->out_used < t->packet_size)
        t->out[t->out_used++] = b;
    else
        tds_put(t, &b, 1);
}

void tds_put16(struct tds *t, unsigned v)
{
    uint8_t b[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    tds_put(t, b, 2);
}

void tds_put32(struct tds *t, uint32_t v)
{
    uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
    tds_put(t, b, 4);
}

void tds_put64(struct tds *t, uint64_t v)
{
    tds_put32(t, (uint32_t)v);
    tds_put32(t, (uint32_t)(v >> 32));
}

void tds_flush(struct tds *t)
{
    send_packet(t, true);
    t->packet_id = 0;
}

bool tds_poll_attention(struct tds *t)
{
    int type;
    if (t->cancelled || t->broken)
        return true;
    if (!net_wait(t->fd, 0) && !(t->tls_on && SSL_pending(t->ssl) > 0))
        return false;
    /* While a response is under way a client may send nothing but an attention. */
    if (tds_read(t, &type)) {
        if (type == TDS_ATTENTION)
            t->cancelled = true;
        else
            t->broken = true;
    }
    return true;
}

/* TLS records of the handshake travel inside PRELOGIN packets. */
static void send_handshake(struct tds *t)
{
    uint8_t chunk[4096];
    int n;
    while (!t->broken &&
           (n = BIO_read(SSL_get_wbio(t->ssl), chunk + HEADER, (int)(sizeof chunk - HEADER))) > 0) {
        size_t length = (size_t)n + HEADER;
        bool more = BIO_ctrl_pending(SSL_get_wbio(t->ssl)) > 0;
        chunk[0] = TDS_PRELOGIN;
        chunk[1] = more ? 0 : 1;
        chunk[2] = (uint8_t)(length >> 8);
        chunk[3] = (uint8_t)length;
        chunk[4] = chunk[5] = chunk[6] = chunk[7] = 0;
        raw_write(t, chunk, length);
    }
}

bool tds_handshake(struct tds *t)
{
    t->ssl = SSL_new(t->options->tls);
    if (!t->ssl)
        return false;
    SSL_set_bio(t->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(t->ssl);
    for (int round = 0; round < 20 && !t->broken; round++) {
        int code = SSL_do_handshake(t->ssl), type;
        int error = SSL_get_error(t->ssl, code);
        send_handshake(t);
        if (code == 1) {
            t->tls_on = true;
            return !t->broken;
        }
        if (error != SSL_ERROR_WANT_READ || !tds_read(t, &type) || type != TDS_PRELOGIN)
            break;
        BIO_write(SSL_get_rbio(t->ssl), buf_text(&t->in), (int)t->in.length);
    }
    t->broken = true;
    return false;
}

/* ---- reading ----------------------------------------------------------------------------------- */

const uint8_t *tds_in_bytes(struct tds_in *in, size_t length)
{
    if (in->bad || (size_t)(in->end - in->at) < length) {
        in->bad = true;
        return NULL;
    }
    const uint8_t *p = in->at;
    in->at += length;
    return p;
}

uint64_t tds_in64(struct tds_in *in)
{
    uint64_t v = 0;
    const uint8_t *p = tds_in_bytes(in, 8);
    for (int i = 7; p && i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

uint32_t tds_in32(struct tds_in *in)
{
    const uint8_t *p = tds_in_bytes(in, 4);
    return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
             : 0;
}

unsigned tds_in16(struct tds_in *in)
{
    const uint8_t *p = tds_in_bytes(in, 2);
    return p ? (unsigned)(p[0] | p[1] << 8) : 0;
}

unsigned tds_in8(struct tds_in *in)
{
    const uint8_t *p = tds_in_bytes(in, 1);
    return p ? p[0] : 0;
}
