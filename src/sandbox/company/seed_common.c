#include "sandbox/company/seed_common.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/company/schema_gt.h"
#include "sandbox/company/schema_nexo.h"
#include "sandbox/company/schema_optima.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/seed_gt.h"
#include "sandbox/company/gt_import.h"
#include "sandbox/company/seed_optima.h"
#include "sandbox/company/seed_nexo.h"
#include "sandbox/company/seed_generic.h"

const struct company *seed_company_at(size_t index)
{
    static const struct company companies[] = {
        {"subiekt-gt", {{"FIRMA", gt_schema, gt_indexes, seed_gt, gt_procedures}}, 1, gt_import},
        {"navireo", {{"NAVIREO", gt_schema, gt_indexes, seed_gt, gt_procedures}}, 1, gt_import},
        {"optima",
         {{"CDN_Firma", optima_schema, optima_indexes, seed_optima, NULL},
          {"CDN_KNF_Konfiguracja", optima_config_schema, optima_config_indexes, seed_optima_config,
           NULL}},
         2,
         NULL},
        {"nexo", {{"Nexo_Firma", nexo_schema, nexo_indexes, seed_nexo, NULL}}, 1, NULL},
        {"generic", {{"SKLEP", generic_schema, generic_indexes, seed_generic, NULL}}, 1, NULL},
    };
    return index < COUNT_OF(companies) ? &companies[index] : NULL;
}

const struct company *seed_company_find(const char *name)
{
    for (size_t i = 0; seed_company_at(i); i++)
        if (text_equal(seed_company_at(i)->name, name))
            return seed_company_at(i);
    return NULL;
}

void seed_prepare(struct filler *f, const char *sql, sqlite3_stmt **s)
{
    if (f->status == STATUS_OK)
        f->status = db_prepare(f->db, sql, s, f->e);
}

void seed_exec(struct filler *f, const char *sql)
{
    if (f->status == STATUS_OK)
        f->status = db_exec(f->db, sql, f->e);
}

void seed_run(struct filler *f, sqlite3_stmt *s)
{
    if (f->status == STATUS_OK)
        f->status = db_run(s, f->e);
}

void seed_text(sqlite3_stmt *s, int i, const char *value)
{
    sqlite3_bind_text(s, i, value, -1, SQLITE_TRANSIENT);
}

uint64_t seed_below(struct filler *f, uint64_t n)
{
    uint64_t z = f->seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (z ^ z >> 31) % n;
}

const char *seed_pick(struct filler *f, const char *const *list, size_t count)
{
    return list[seed_below(f, count)];
}

const char *const seed_cities[12] = {"Kraków", "Łódź",      "Gdańsk",  "Wrocław",
                                     "Poznań", "Świdnica",  "Żory",    "Ćmielów",
                                     "Ząbki",  "Bydgoszcz", "Rzeszów", "Nowy Sącz"};
const char *const seed_streets[10] = {"Długa",        "Krótka",      "św. Jana",    "Źródlana",
                                      "Łąkowa",       "Ogrodowa",    "Żeromskiego", "3 Maja",
                                      "Piłsudskiego", "Ćwiklińskiej"};
static const char *const nouns[] = {"Wiertarka udarowa",     "Śrubokręt krzyżakowy",
                                    "Młotek ślusarski",      "Żarówka LED",
                                    "Taśma izolacyjna",      "Kątownik stalowy",
                                    "Łańcuch ogrodzeniowy",  "Ściągacz łożysk",
                                    "Pędzel ławkowiec",      "Farba akrylowa",
                                    "Zamek wpuszczany",      "Klamka mosiężna",
                                    "Gniazdo hermetyczne",   "Przewód miedziany",
                                    "Uszczelka kołnierzowa", "Grzejnik łazienkowy",
                                    "Bateria umywalkowa",    "Wąż ogrodowy",
                                    "Nożyce dźwigniowe",     "Rękawice ochronne",
                                    "Okulary spawalnicze",   "Czajnik emaliowany",
                                    "Ręcznik frotté",        "Pościel bawełniana",
                                    "Świeca zapachowa",      "Kubek „Dzień dobry”",
                                    "Miód gryczany",         "Kawa żółta – ziarnista",
                                    "Herbata Łowicka",       "Ćwiczenia – zeszyt"};
static const char *const qualities[] = {
    "mała",      "duża",        "czarna",       "biała",       "żółta",   "ocynkowana", "3/4\"",
    "1 l",       "10 szt.",     "20×30 cm",     "ćwierć cala", "premium", "„Eko”",      "O’Neill",
    "do wnętrz", "na zewnątrz", "100% bawełna", "±0,5 mm",     "€co",     "typ „Ł”"};

/* Every Polish letter, quotes and cp1250's odd characters, at the column's full width of 50. */
static const char full_width[] = "ZAŻÓŁĆ GĘŚLĄ JAŹŃ zażółć gęślą jaźń '\";--„”…€™§¶ß";

/* The start of text, at most `width` characters of UTF-8. */
static void copy_characters(char *target, size_t size, const char *text, size_t width)
{
    size_t at = 0;
    for (; text[at] && at + 4 < size; at++) {
        if (((unsigned char)text[at] & 0xC0) != 0x80 && width-- == 0)
            break;
        target[at] = text[at];
    }
    target[at] = '\0';
}

void seed_product_name(struct filler *f, uint64_t index, uint64_t id, size_t width, char *target,
                       size_t size)
{
    char name[256];
    if (index % 500 == 7) {
        copy_characters(target, size, full_width, width);
        return;
    }
    const char *noun = SEED_PICK(f, nouns), *quality = SEED_PICK(f, qualities);
    snprintf(name, sizeof name, "%s %s %" PRIu64, noun, quality, id);
    copy_characters(target, size, name, width);
    memmove(target, text_trim(target), strlen(text_trim(target)) + 1);
}

void seed_ean13(uint64_t number, char target[16])
{
    int sum = 0;
    snprintf(target, 16, "590%09" PRIu64, number % 1000000000);
    for (int i = 0; i < 12; i++)
        sum += (target[i] - '0') * (i % 2 ? 3 : 1);
    target[12] = (char)('0' + (10 - sum % 10) % 10);
    target[13] = '\0';
}

void seed_nip(struct filler *f, int dashes, char target[20])
{
    static const int weights[] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    int digit[10], sum;
    do {
        sum = 0;
        for (int i = 0; i < 9; i++) {
            digit[i] = (int)seed_below(f, 9) + (i < 3);
            sum += digit[i] * weights[i];
        }
        digit[9] = sum % 11;
    } while (digit[9] == 10);
    size_t at = 0;
    for (int i = 0; i < 10; i++) {
        if (dashes && (i == 3 || i == 6 || i == 8))
            target[at++] = '-';
        target[at++] = (char)('0' + digit[i]);
    }
    target[at] = '\0';
}
