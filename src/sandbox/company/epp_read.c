#include "sandbox/company/epp_read.h"

#include "sandbox/company/epp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cp1250.h"
#include "base/memory.h"
#include "base/text.h"

#define FIELDS_MAX 128
#define AMOUNT_MAX INT64_C(100000000000000) /* ten thousand millions, in ten-thousandths */

enum kind { TEXT, AMOUNT, DATE, LOGICAL, BYTE, LONG };

struct spec {
    enum kind kind;
    int longest; /* of a text, in characters */
};

#define T(n)    \
    {           \
        TEXT, n \
    }
#define K         \
    {             \
        AMOUNT, 0 \
    }
#define D       \
    {           \
        DATE, 0 \
    }
#define L          \
    {              \
        LOGICAL, 0 \
    }
#define B       \
    {           \
        BYTE, 0 \
    }
#define N       \
    {           \
        LONG, 0 \
    }

static const struct spec info_spec[EPP_INFO] = {
    T(50), B,      N,    T(255), T(20), T(40), T(80), T(30), T(6),  T(50), T(13), T(20),
    T(40), T(255), T(5), L,      D,     D,     T(35), D,     T(50), T(2),  T(20), L};

static const struct spec header_spec[EPP_HEADER] = {
    T(3),   B,     B,     N,     T(20), T(10), T(30), T(30), D,    T(30),  T(3),  T(20), T(40),
    T(255), T(30), T(6),  T(50), T(20), T(30), T(50), T(30), D,    D,      D,     N,     L,
    T(20),  K,     K,     K,     K,     T(30), K,     T(30), D,    K,      K,     B,     B,
    L,      B,     T(35), T(35), T(35), K,     K,     T(3),  K,    T(255), T(50), T(50), T(50),
    B,      L,     B,     T(50), K,     T(50), K,     T(50), T(2), L};

static const struct spec line_spec[EPP_LINE] = {N, B, T(20), L, L, L, L, K, K, T(10),  K,
                                                K, K, K,     K, K, K, K, K, K, T(250), T(50)};

static const struct spec contractor_spec[EPP_CONTRACTOR + 1] = {
    B,     T(40), T(40), T(80), T(30), T(6),  T(50), T(20), T(20), T(50), T(50),
    T(50), T(50), T(50), T(50), T(5),  T(5),  T(50), T(50), T(50), T(50), T(50),
    T(50), T(50), T(50), T(50), T(50), T(50), T(2),  L,     T(2)};

/* Catalogues whose rows are only counted and not used. */
static const struct {
    const char *name;
    size_t fields;
    bool after_goods;
} catalogues[] = {{"TOWARY", 42, false},           {"CENNIK", 7, true},
                  {"GRUPYTOWAROW", 3, true},       {"CECHYTOWAROW", 2, true},
                  {"GRUPYKONTRAHENTOW", 2, false}, {"CECHYKONTRAHENTOW", 2, false}};

struct reader {
    struct arena *arena;
    const char *bytes;
    size_t length, at;
    int line;
    const char *now; /* the current line, without its CRLF; NULL at the end */
    size_t now_length;
    struct epp_value fields[FIELDS_MAX];
    bool quoted[FIELDS_MAX];
    size_t count;
    bool goods_seen, ended_empty, give_up;
    struct buf *faults;
    int fault_count;
};

static const struct epp_value nothing = {false, "", 0, 0};

const struct epp_value *epp_at(const struct epp_record *r, size_t field)
{
    return field >= 1 && field <= r->count ? &r->fields[field - 1] : &nothing;
}

void epp_fault(struct buf *faults, int *count, const char *format, ...)
{
    char text[600];
    va_list arguments;
    if (++*count > EPP_FAULTS_MAX) {
        if (*count == EPP_FAULTS_MAX + 1)
            buf_add_text(faults, "there are more\n");
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_repair(faults, text, strlen(text));
    buf_add_byte(faults, '\n');
}

#define FAULT(r, ...) epp_fault((r)->faults, &(r)->fault_count, __VA_ARGS__)

/* A fault after which reading on makes no sense. */
static bool stop(struct reader *r, const char *text)
{
    if (!r->give_up)
        FAULT(r, "line %d: %s", r->line, text);
    r->give_up = true;
    r->now = NULL;
    return false;
}

/* ---- lines and fields -------------------------------------------------------------------------
 */

static bool next_line(struct reader *r)
{
    if (r->give_up || r->at >= r->length) {
        r->now = NULL;
        return false;
    }
    if (arena_full(r->arena))
        return stop(r, "the file is too large");
    const char *start = r->bytes + r->at;
    size_t left = r->length - r->at, n = 0;
    r->line++;
    while (n < left && start[n] != '\r' && start[n] != '\n')
        n++;
    if (n == left)
        return stop(r, "the file ends in the middle of a line");
    if (start[n] == '\n' || n + 1 == left || start[n + 1] != '\n')
        return stop(r, "a line must end with CR and LF");
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)start[i];
        if (c < 0x20 || c == 0x7F)
            return stop(r, "a control character");
        if (cp1250_point(c) == 0xFFFD)
            return stop(r, "a byte that code page 1250 does not have");
    }
    r->now = start;
    r->now_length = n;
    r->at += n + 2;
    r->ended_empty = n == 0;
    return true;
}

static bool is_label(const struct reader *r, const char *label)
{
    return r->now && r->now_length == strlen(label) && memcmp(r->now, label, r->now_length) == 0;
}

/* cp1250 to UTF-8; a doubled quote becomes one. */
static void keep_text(struct reader *r, struct epp_value *v, const char *bytes, size_t length)
{
    char *text = arena_alloc(r->arena, 3 * length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        used += text_encode(text + used, cp1250_point((uint8_t)bytes[i]));
        if (bytes[i] == '"')
            i++;
    }
    v->text = text;
    v->length = used;
    v->given = used > 0;
}

/* Cut the current line into r->fields. */
static bool split(struct reader *r)
{
    size_t at = 0;
    r->count = 0;
    for (;;) {
        if (r->count == FIELDS_MAX)
            return stop(r, "more fields than any record of the format has");
        struct epp_value *v = &r->fields[r->count];
        *v = nothing;
        bool quoted = at < r->now_length && r->now[at] == '"';
        size_t start = at += quoted;
        if (quoted) {
            while (at < r->now_length &&
                   (r->now[at] != '"' || (at + 1 < r->now_length && r->now[at + 1] == '"')))
                at += r->now[at] == '"' ? 2 : 1;
            if (at >= r->now_length)
                return stop(r, "a text that begins with a quote does not end with one");
        } else {
            while (at < r->now_length && r->now[at] != ',' && r->now[at] != '"')
                at++;
        }
        keep_text(r, v, r->now + start, at - start);
        at += quoted;
        r->quoted[r->count++] = quoted;
        if (at >= r->now_length)
            return true;
        if (r->now[at] != ',')
            return stop(r, "a quote in the middle of a field");
        at++;
    }
}

/* ---- values ------------------------------------------------------------------------------------
 */

static bool digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return length > 0;
}

/* "-12.3400": exactly four decimals. */
static bool amount(struct epp_value *v)
{
    const char *text = v->text + (v->text[0] == '-');
    size_t length = strlen(text);
    if (length < 6 || length > 16 || text[length - 5] != '.' || !digits(text, length - 5) ||
        !digits(text + length - 4, 4) || (text[0] == '0' && length > 6))
        return false;
    for (const char *c = text; *c; c++)
        if (*c != '.')
            v->number = 10 * v->number + (*c - '0');
    if (v->number > AMOUNT_MAX)
        return false;
    if (text != v->text)
        v->number = -v->number;
    return true;
}

static int part(const char *text, int length)
{
    int n = 0;
    while (length-- > 0)
        n = 10 * n + (*text++ - '0');
    return n;
}

/* yyyymmddhhnnss, of the calendar. */
static bool date(struct reader *r, struct epp_value *v)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const char *t = v->text;
    char *written = arena_alloc(r->arena, 32);
    if (v->length != 14 || !digits(t, 14))
        return false;
    int year = part(t, 4), month = part(t + 4, 2), day = part(t + 6, 2);
    int hour = part(t + 8, 2), minute = part(t + 10, 2), second = part(t + 12, 2);
    if (year < 1900 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day < 1 || day > days[month - 1] + (month == 2 && leap))
        return false;
    text_format(written, 32, "%04d-%02d-%02d %02d:%02d:%02d.000", year, month, day, hour, minute,
                second);
    v->text = written;
    v->length = strlen(written);
    return true;
}

static bool whole(struct epp_value *v, int64_t most)
{
    return v->length <= 10 && digits(v->text, v->length) && (v->text[0] != '0' || v->length == 1) &&
           text_to_i64(v->text, &v->number) && v->number <= most;
}

static void value(struct reader *r, size_t i, const struct spec *spec)
{
    struct epp_value *v = &r->fields[i];
    const char *wanted = NULL;
    if (spec->kind == TEXT) {
        if (v->given && !r->quoted[i])
            wanted = "a text stands in quotes";
        else if (text_points(v->text, v->length) > (size_t)spec->longest)
            FAULT(r, "line %d, field %zu: a text of more than %d characters", r->line, i + 1,
                  spec->longest);
    } else if (r->quoted[i]) {
        wanted = "a number or date stands without quotes";
    } else if (v->given) {
        bool ok = spec->kind == AMOUNT    ? amount(v)
                  : spec->kind == DATE    ? date(r, v)
                  : spec->kind == LOGICAL ? whole(v, 1)
                  : spec->kind == BYTE    ? whole(v, 255)
                                          : whole(v, INT32_MAX);
        static const char *const words[] = {[AMOUNT] = "an amount has four decimals after a point",
                                            [DATE] = "a date is yyyymmddhhnnss",
                                            [LOGICAL] = "a logical value is 0 or 1",
                                            [BYTE] = "a number from 0 to 255 belongs here",
                                            [LONG] = "a whole number belongs here"};
        if (!ok)
            wanted = words[spec->kind];
    }
    if (wanted)
        FAULT(r, "line %d, field %zu: %s, not \"%.40s\"", r->line, i + 1, wanted, v->text);
}

static struct epp_record *keep(struct reader *r)
{
    struct epp_record *record = arena_alloc(r->arena, sizeof *record);
    record->fields = arena_alloc(r->arena, r->count * sizeof r->fields[0]);
    memcpy(record->fields, r->fields, r->count * sizeof r->fields[0]);
    record->count = r->count;
    record->line = r->line;
    return record;
}

/* The current line as a record of `most` fields (`least` are enough). NULL: a fault was noted. */
static struct epp_record *record(struct reader *r, const char *what, const struct spec *spec,
                                 size_t least, size_t most)
{
    if (!r->now) {
        stop(r, "the file ends where a record belongs");
        return NULL;
    }
    if (!split(r))
        return NULL;
    if (r->count < least || r->count > most) {
        FAULT(r, "line %d: %s has %zu fields, not %zu", r->line, what, least, r->count);
        return NULL;
    }
    for (size_t i = 0; i < r->count; i++)
        value(r, i, &spec[i]);
    return keep(r);
}

/* ---- sections ----------------------------------------------------------------------------------
 */

static void skip_empty(struct reader *r)
{
    while (r->now && r->now_length == 0)
        next_line(r);
}

static bool row_here(const struct reader *r)
{
    return r->now && r->now_length > 0 && r->now[0] != '[';
}

/* After a section: an empty line, a label, or the end. */
static void end_section(struct reader *r)
{
    skip_empty(r);
    if (row_here(r))
        stop(r, "a record outside of a section");
}

static bool open_content(struct reader *r)
{
    next_line(r);
    end_section(r);
    if (!is_label(r, "[ZAWARTOSC]"))
        return stop(r, "[ZAWARTOSC] belongs here");
    return next_line(r);
}

static void read_document(struct reader *r, struct epp_file *file, struct epp_document ***tail)
{
    struct epp_document *d = arena_alloc(r->arena, sizeof *d);
    d->header = record(r, "a document's header", header_spec, EPP_HEADER, EPP_HEADER);
    struct epp_record **next = &d->lines;
    if (!r->give_up && !open_content(r) && !r->give_up)
        return;
    for (; row_here(r); next_line(r)) {
        struct epp_record *line = record(r, "a line of a document", line_spec, EPP_LINE, EPP_LINE);
        if (++d->line_count > EPP_LINES_MAX)
            stop(r, "more lines than one document may have");
        if (line) {
            *next = line;
            next = &line->next;
        }
    }
    if (++file->document_count > EPP_DOCUMENTS_MAX)
        stop(r, "more documents than one file may have");
    **tail = d;
    *tail = &d->next;
}

/* Rows of a catalogue that is not used: only their form is checked. */
static void read_catalogue(struct reader *r, const char *name)
{
    size_t wanted = 0;
    for (size_t i = 0; i < COUNT_OF(catalogues); i++) {
        if (!text_equal(catalogues[i].name, name))
            continue;
        wanted = catalogues[i].fields;
        if (catalogues[i].after_goods && !r->goods_seen)
            FAULT(r, "line %d: %s must come after TOWARY", r->line, name);
    }
    r->goods_seen |= text_equal(name, "TOWARY");
    if (!open_content(r))
        return;
    for (; row_here(r); next_line(r))
        if (split(r) && wanted && r->count != wanted)
            FAULT(r, "line %d: a record of %s has %zu fields, not %zu", r->line, name, wanted,
                  r->count);
}

static void read_contractors(struct reader *r, struct epp_file *file)
{
    struct epp_record **next = &file->contractors;
    while (*next)
        next = &(*next)->next;
    if (!open_content(r))
        return;
    for (; row_here(r); next_line(r)) {
        struct epp_record *c =
            record(r, "a contractor", contractor_spec, EPP_CONTRACTOR, EPP_CONTRACTOR + 1);
        if (c) {
            *next = c;
            next = &c->next;
        }
    }
}

/* The keyword of a catalogue, or NULL when the line is a document's header. */
static const char *keyword(struct reader *r)
{
    if (!split(r) || r->count != 1)
        return NULL;
    const char *name = r->fields[0].text;
    for (const char *c = name; *c; c++)
        if (*c < 'A' || *c > 'Z')
            return NULL;
    return *name && r->quoted[0] ? name : NULL;
}

static void read_info(struct reader *r, struct epp_file *file)
{
    if (!next_line(r) || !is_label(r, "[INFO]")) {
        stop(r, "the file must begin with [INFO]");
        return;
    }
    next_line(r);
    file->info = record(r, "[INFO]", info_spec, EPP_INFO, EPP_INFO);
    if (!file->info)
        return;
    if (strncmp(epp_at(file->info, 1)->text, "1.", 2) != 0)
        FAULT(r, "line %d, field 1: \"%s\" is no version of the format that is known here", r->line,
              epp_at(file->info, 1)->text);
    if (epp_at(file->info, 2)->number < 1 || epp_at(file->info, 2)->number > 3)
        FAULT(r, "line %d, field 2: with purpose %lld the records would be no lines of documents",
              r->line, (long long)epp_at(file->info, 2)->number);
    if (epp_at(file->info, 3)->number != 1250)
        FAULT(r, "line %d, field 3: code page %lld is not 1250", r->line,
              (long long)epp_at(file->info, 3)->number);
    next_line(r);
    end_section(r);
}

bool epp_read(struct arena *arena, const char *bytes, size_t length, struct epp_file *file,
              struct buf *faults)
{
    struct reader *r = arena_alloc(arena, sizeof *r);
    struct epp_document **tail = &file->documents;
    *file = (struct epp_file){0};
    *r = (struct reader){.arena = arena, .bytes = bytes, .length = length, .faults = faults};
    read_info(r, file);
    while (r->now) {
        const char *name;
        if (!is_label(r, "[NAGLOWEK]")) {
            stop(r, "[NAGLOWEK] belongs here");
            break;
        }
        if (!next_line(r)) {
            stop(r, "the file ends after [NAGLOWEK]");
        } else if (!(name = keyword(r))) {
            read_document(r, file, &tail);
        } else if (text_equal(name, "KONTRAHENCI")) {
            read_contractors(r, file);
        } else {
            read_catalogue(r, name);
        }
        end_section(r);
    }
    if (!r->give_up && !r->ended_empty)
        FAULT(r, "line %d: the file must end with an empty line", r->line);
    if (!r->fault_count && !file->documents)
        FAULT(r, "the file holds no document");
    return r->fault_count == 0;
}
