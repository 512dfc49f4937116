#include "sandbox/tds/tds_login.h"

#include <string.h>

#include "base/crypto.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/engine_data.h"
#include "sandbox/tds/answers.h"
#include "sandbox/tds/tds.h"
#include "sandbox/tds/tds_packet.h"
#include "sandbox/tds/tds_session.h"
#include "sandbox/tds/tds_type.h"

enum { ENCRYPT_OFF = 0, ENCRYPT_ON = 1, ENCRYPT_NOT_SUP = 2, ENCRYPT_REQ = 3 };

/* The client's encryption byte of a PRELOGIN message; -1: malformed. */
static int prelogin_encryption(const struct buf *b)
{
    const uint8_t *p = (const uint8_t *)buf_text(b);
    for (size_t i = 0; i < b->length && p[i] != 0xFF; i += 5) {
        if (i + 5 > b->length)
            return -1;
        size_t offset = (size_t)(p[i + 1] << 8 | p[i + 2]),
               length = (size_t)(p[i + 3] << 8 | p[i + 4]);
        if (offset > b->length || length > b->length - offset)
            return -1;
        if (p[i] == 1 && length >= 1)
            return p[offset];
    }
    return ENCRYPT_NOT_SUP;
}

static void put_prelogin(struct tds *t, int encryption)
{
    /* VERSION, ENCRYPTION, INSTOPT, THREADID, MARS; then the data. SQL Server 2019. */
    const uint8_t reply[] = {0,  0,  26, 0,    6,  1, 0,    32,   0, 1, 2,
                             0,  33, 0,  1,    3,  0, 34,   0,    0, 4, 0,
                             34, 0,  1,  0xFF, 15, 0, 0x07, 0xD0, 0, 0, (uint8_t)encryption,
                             0,  0};
    tds_put(t, reply, sizeof reply);
    tds_flush(t);
}

/* What to answer, and whether a handshake follows. False: the client cannot be served. */
static bool agree(const struct tds *t, int theirs, int *ours, bool *handshake)
{
    switch (t->options->encrypt) {
    case TDS_ENCRYPT_OFF:
        *ours = ENCRYPT_NOT_SUP;
        *handshake = false;
        return theirs != ENCRYPT_ON && theirs != ENCRYPT_REQ;
    case TDS_ENCRYPT_LOGIN:
        *handshake = theirs != ENCRYPT_NOT_SUP;
        *ours = theirs == ENCRYPT_ON || theirs == ENCRYPT_REQ ? ENCRYPT_ON
                : theirs == ENCRYPT_NOT_SUP                   ? ENCRYPT_NOT_SUP
                                                              : ENCRYPT_OFF;
        return true;
    case TDS_ENCRYPT_REQUIRED: break;
    }
    *handshake = theirs != ENCRYPT_NOT_SUP;
    *ours = theirs == ENCRYPT_ON ? ENCRYPT_ON : ENCRYPT_REQ;
    return theirs != ENCRYPT_NOT_SUP;
}

/* A text of LOGIN7's offset table; false when it points outside. */
static bool login_text(const struct buf *b, size_t slot, char *target, size_t size, bool password)
{
    const uint8_t *p = (const uint8_t *)buf_text(b);
    size_t offset = (size_t)(p[slot] | p[slot + 1] << 8),
           units = (size_t)(p[slot + 2] | p[slot + 3] << 8);
    struct buf text;
    target[0] = '\0';
    if (units == 0)
        return true;
    if (offset > b->length || units * 2 > b->length - offset || units > 256)
        return false;
    uint8_t raw[512];
    memcpy(raw, p + offset, units * 2);
    for (size_t i = 0; password && i < units * 2; i++) {
        raw[i] ^= 0xA5;
        raw[i] = (uint8_t)(raw[i] << 4 | raw[i] >> 4);
    }
    buf_init(&text, 2048);
    text_from_utf16(&text, raw, units * 2);
    bool fits = text_copy(target, size, buf_text(&text));
    mem_wipe(raw, sizeof raw);
    mem_wipe(text.data, text.length);
    buf_free(&text);
    return fits;
}

static bool refuse(struct tds *t, int number, const char *format, const char *what)
{
    struct sql_message m = {.number = number, .severity = 14, .state = 1, .line = 1};
    text_format(m.text, sizeof m.text, "%s '%s'.", format, what);
    tds_put_message(t, &m);
    if (number != 18456 && number != 18452) { /* the general one comes as well */
        m.number = 18456;
        text_copy(m.text, sizeof m.text, "Login failed.");
        tds_put_message(t, &m);
    }
    tds_put_done(t, 0xFD, 2, -1);
    tds_flush(t);
    return false;
}

static bool password_ok(const struct tds *t, const char *given)
{
    uint8_t a[CRYPTO_HASH], b[CRYPTO_HASH];
    crypto_sha256(given, strlen(given), a);
    crypto_sha256(t->options->password, strlen(t->options->password), b);
    return crypto_equal(a, b, sizeof a);
}

static void put_info(struct tds *t, int number, const char *text)
{
    struct sql_message m = {.number = number, .severity = 10, .state = 1, .line = 1};
    text_copy(m.text, sizeof m.text, text);
    tds_put_message(t, &m);
}

void tds_put_moved(struct tds *t, const char *database, const char *before)
{
    char text[320];
    tds_put_env_text(t, 1, database, before);
    text_format(text, sizeof text, "Changed database context to '%s'.", database);
    put_info(t, 5701, text);
}

static void put_login_ack(struct tds *t)
{
    static const char name[] = "Microsoft SQL Server";
    uint8_t version[] = {15, 0, 0x07, 0xD0};
    size_t length = 1 + 4 + 1 + 2 * strlen(name) + 4;
    tds_put8(t, 0xAD);
    tds_put16(t, (unsigned)length);
    tds_put8(t, 1);
    tds_put(t, (const uint8_t[]){0x74, 0, 0, 4}, 4);
    tds_put_name(t, name);
    tds_put(t, version, 4);
}

static bool accept_login(struct tds *t, uint32_t packet_size)
{
    static const uint8_t collation[] = {0x15, 0x04, 0xD0, 0x00, 0x00};
    char now[16], old[16];
    tds_put_moved(t, t->database, "master");
    tds_put_env(t, 7, collation, sizeof collation, NULL, 0);
    tds_put_env_text(t, 2, "us_english", "");
    put_info(t, 5703, "Changed language setting to us_english.");
    put_login_ack(t);
    text_format(now, sizeof now, "%u", packet_size);
    text_format(old, sizeof old, "%zu", t->packet_size);
    tds_put_env_text(t, 4, now, old);
    tds_put_done(t, 0xFD, 0, -1);
    tds_flush(t);
    t->packet_size = packet_size;
    return !t->broken;
}

/* How a Windows account would prove itself; NULL: it is a login of the server itself. */
static const char *integrated(const struct buf *b)
{
    const uint8_t *p = (const uint8_t *)buf_text(b);
    size_t offset = (size_t)(p[78] | p[79] << 8), length = (size_t)(p[80] | p[81] << 8);
    if (!(p[25] & 0x80)) /* OptionFlags2: fIntSecurity */
        return NULL;
    if (offset <= b->length && length <= b->length - offset && length >= 8 &&
        memcmp(p + offset, "NTLMSSP", 8) == 0)
        return "NTLM";
    return "Kerberos";
}

/* What a test prescribes, before the login itself is checked. False: it ends here. */
static bool answer_as_told(struct tds *t)
{
    switch (answers_send(t, t->options->login_messages)) {
    case ANSWER_NONE: return true;
    case ANSWER_CUT:
        if (t->out_used > 8)
            tds_flush(t);
        t->broken = true;
        return false;
    case ANSWER_DENY: break;
    }
    tds_put_done(t, 0xFD, 2, -1);
    tds_flush(t);
    return false;
}

static bool read_login(struct tds *t)
{
    const char *windows = NULL;
    char user[520], password[520], database[520];
    bool ok = t->in.length >= 94;
    uint32_t packet_size = 4096;
    if (ok) {
        struct tds_in in = {(const uint8_t *)buf_text(&t->in) + 8,
                            (const uint8_t *)buf_text(&t->in) + 94, false};
        packet_size = tds_in32(&in);
        ok = login_text(&t->in, 40, user, sizeof user, false) &&
             login_text(&t->in, 44, password, sizeof password, true) &&
             login_text(&t->in, 68, database, sizeof database, false);
    }
    bool read_intent = false;
    if (ok) {
        windows = integrated(&t->in);
        read_intent = (uint8_t)buf_text(&t->in)[26] & 0x20; /* TypeFlags: fReadOnlyIntent */
    }
    mem_wipe(t->in.data, t->in.length);
    if (!ok) {
        t->broken = true;
        return false;
    }
    if (packet_size < 512 || packet_size > 32767)
        packet_size = 4096;
    if (!answer_as_told(t)) {
        mem_wipe(password, sizeof password);
        return false;
    }
    if (windows) {
        mem_wipe(password, sizeof password);
        return refuse(
            t, 18452,
            "Login failed. The login is from an untrusted domain and cannot be used with Integrated "
            "authentication:",
            windows);
    }
    bool known = text_compare_nocase(user, t->options->user) == 0 && password_ok(t, password);
    mem_wipe(password, sizeof password);
    if (!known)
        return refuse(t, 18456, "Login failed for user", user);
    if (t->options->secondary && !read_intent)
        return refuse(
            t, 978,
            "The target database is in an availability group and is currently accessible for "
            "connections when the application intent is set to read only. Database",
            database);
    t->database = engine_database(t->engine, database);
    if (!t->database) {
        return refuse(t, 4060,
                      "Cannot open the database requested by the login. The login failed. Database",
                      database);
    }
    return accept_login(t, packet_size);
}

bool tds_login(struct tds *t)
{
    int type, ours;
    bool handshake;
    if (!tds_read(t, &type))
        return false;
    if (type == TDS_PRELOGIN) {
        int theirs = prelogin_encryption(&t->in);
        if (theirs < 0)
            return false;
        bool served = agree(t, theirs & 3, &ours, &handshake);
        put_prelogin(t, ours);
        if (!served || (handshake && !tds_handshake(t)) || !tds_read(t, &type))
            return false;
        if (ours == ENCRYPT_OFF && handshake)
            t->tls_on = false; /* only the login packet was encrypted */
    } else if (t->options->encrypt == TDS_ENCRYPT_REQUIRED) {
        return false;
    }
    return type == TDS_LOGIN && read_login(t);
}
