#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/db.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/seed.h"

#define WAREHOUSES 3

const struct company *company_find(const char *name)
{
    static const struct company companies[] = {{"subiekt-gt", gt_schema, gt_indexes, gt_fill}};
    for (size_t i = 0; i < COUNT_OF(companies); i++)
        if (text_equal(companies[i].name, name))
            return &companies[i];
    return NULL;
}

/* SplitMix64: small, and the same everywhere. */
static uint64_t dice(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t below(uint64_t *state, uint64_t n)
{
    return dice(state) % n;
}

static const char *const nouns[] = {
    "Wiertarka udarowa", "Śrubokręt krzyżakowy", "Młotek ślusarski", "Żarówka LED", "Taśma izolacyjna",
    "Kątownik stalowy", "Łańcuch ogrodzeniowy", "Ściągacz łożysk", "Pędzel ławkowiec", "Farba akrylowa",
    "Zamek wpuszczany", "Klamka mosiężna", "Gniazdo hermetyczne", "Przewód miedziany", "Uszczelka kołnierzowa",
    "Grzejnik łazienkowy", "Bateria umywalkowa", "Wąż ogrodowy", "Nożyce dźwigniowe", "Rękawice ochronne",
    "Okulary spawalnicze", "Czajnik emaliowany", "Ręcznik frotté", "Pościel bawełniana", "Świeca zapachowa",
    "Kubek „Dzień dobry”", "Miód gryczany", "Kawa żółta – ziarnista", "Herbata Łowicka", "Ćwiczenia – zeszyt"};
static const char *const qualities[] = {
    "mała", "duża", "czarna", "biała", "żółta", "ocynkowana", "3/4\"", "1 l", "10 szt.", "20×30 cm", "ćwierć cala",
    "premium", "„Eko”", "O’Neill", "do wnętrz", "na zewnątrz", "100% bawełna", "±0,5 mm", "€co", "typ „Ł”"};

/* Every Polish letter, quotes and cp1250's odd characters, at the column's full width of 50. */
static const char full_width[] = "ZAŻÓŁĆ GĘŚLĄ JAŹŃ zażółć gęślą jaźń '\";--„”…€™§¶ß";

static const char *const cities[] = {"Kraków", "Łódź", "Gdańsk", "Wrocław", "Poznań", "Świdnica", "Żory",
                                     "Ćmielów", "Ząbki", "Bydgoszcz", "Rzeszów", "Nowy Sącz"};
static const char *const streets[] = {"Długa", "Krótka", "św. Jana", "Źródlana", "Łąkowa", "Ogrodowa",
                                      "Żeromskiego", "3 Maja", "Piłsudskiego", "Ćwiklińskiej"};
static const char *const levels[] = {"Detaliczna", "Hurtowa", "Specjalna", "Sklep internetowy", "Allegro",
                                     "Pracownicza", "VIP", "Eksport", "Wyprzedaż", "Zakupowa ż"};

struct filler {
    sqlite3 *db;
    uint64_t seed;
    struct error *e;
    enum status status;
    sqlite3_stmt *product, *stock, *price, *code;
    int64_t next_code;
};

static void text(sqlite3_stmt *s, int i, const char *value)
{
    sqlite3_bind_text(s, i, value, -1, SQLITE_TRANSIENT);
}

static void run(struct filler *f, sqlite3_stmt *s)
{
    if (f->status == STATUS_OK)
        f->status = db_run(s, f->e);
}

static void prepare(struct filler *f, const char *sql, sqlite3_stmt **s)
{
    if (f->status == STATUS_OK)
        f->status = db_prepare(f->db, sql, s, f->e);
}

/* EAN-13 with its check digit, in GS1's Polish range. */
static void ean13(uint64_t number, char target[16])
{
    int sum = 0;
    snprintf(target, 16, "590%09" PRIu64, number % 1000000000);
    for (int i = 0; i < 12; i++)
        sum += (target[i] - '0') * (i % 2 ? 3 : 1);
    target[12] = (char)('0' + (10 - sum % 10) % 10);
    target[13] = '\0';
}

/* NIP with its check digit, with dashes for two of three. */
static void nip(uint64_t *state, char target[20])
{
    static const int weights[] = {6, 5, 7, 2, 3, 4, 5, 6, 7};
    int digit[10], sum;
    do {
        sum = 0;
        for (int i = 0; i < 9; i++) {
            digit[i] = (int)below(state, 9) + (i < 3);
            sum += digit[i] * weights[i];
        }
        digit[9] = sum % 11;
    } while (digit[9] == 10);
    const char *format = below(state, 3) ? "%d%d%d-%d%d%d-%d%d-%d%d" : "%d%d%d%d%d%d%d%d%d%d";
    char made[20];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(made, sizeof made, format, digit[0], digit[1], digit[2], digit[3], digit[4], digit[5],
             digit[6], digit[7], digit[8], digit[9]);
#pragma GCC diagnostic pop
    memcpy(target, made, 20);
}

static int kind_of(uint64_t roll)
{
    return roll < 5 ? 2 : roll < 8 ? 8 : roll < 10 ? 4 : 1;
}

static void add_name(struct filler *f, uint64_t index, uint64_t id)
{
    char name[256], cut[64];
    if (index % 500 == 7) {
        text(f->product, 3, full_width);
        return;
    }
    snprintf(name, sizeof name, "%s %s %" PRIu64, nouns[below(&f->seed, COUNT_OF(nouns))],
             qualities[below(&f->seed, COUNT_OF(qualities))], id);
    text_copy(cut, 50, name); /* 50 bytes of UTF-8 are at most 50 characters */
    text(f->product, 3, text_trim(cut));
}

static void add_prices(struct filler *f, int64_t id, uint64_t rate)
{
    int64_t base = 100 * (int64_t)(99 + below(&f->seed, 99900)); /* money: four digits */
    sqlite3_bind_int64(f->price, 1, id);
    sqlite3_bind_int64(f->price, 2, id);
    for (int level = 0; level <= 10; level++) {
        int64_t net = level == 0 ? base * 7 / 10 : base * (100 + 5 * (level - 1)) / 100;
        int64_t gross = (net * (int64_t)(100 + rate) + 50) / 100;
        sqlite3_bind_int64(f->price, 3 + level, net);
        sqlite3_bind_int64(f->price, 14 + level, (gross + 50) / 100 * 100);
        text(f->price, 25 + level, "PLN");
    }
    run(f, f->price);
}

static void add_product(struct filler *f, uint64_t index)
{
    static const struct {
        int id;
        uint64_t rate;
    } vat[] = {{100001, 23}, {100001, 23}, {100001, 23}, {100002, 8}, {100003, 5}, {100005, 0}};
    int64_t id = (int64_t)(index + index / 9 + 1); /* with gaps, as deletions leave them */
    int kind = kind_of(below(&f->seed, 100));
    size_t v = below(&f->seed, COUNT_OF(vat));
    char symbol[24], ean[16];
    snprintf(symbol, sizeof symbol, "%s%06" PRId64, kind == 2 ? "USŁ-" : kind == 8 ? "KPL/" : "TOW", id);
    ean13((uint64_t)id, ean);
    sqlite3_bind_int64(f->product, 1, id);
    text(f->product, 2, symbol);
    add_name(f, index, (uint64_t)id);
    text(f->product, 4, below(&f->seed, 10) ? ean : "");
    sqlite3_bind_int(f->product, 5, kind);
    text(f->product, 6, kind == 2 ? "godz." : below(&f->seed, 8) ? "szt." : "kg");
    sqlite3_bind_int(f->product, 7, vat[v].id);
    sqlite3_bind_int(f->product, 8, below(&f->seed, 40) == 0);
    sqlite3_bind_int(f->product, 9, index > 3 && below(&f->seed, 50) == 0);
    sqlite3_bind_int(f->product, 10, (int)below(&f->seed, 8) + 1);
    sqlite3_bind_int(f->product, 11, below(&f->seed, 3) != 0);
    run(f, f->product);
    if (below(&f->seed, 6) == 0) {
        for (uint64_t n = 1 + below(&f->seed, 3); n > 0; n--) {
            ean13((uint64_t)(500000000 + f->next_code), ean);
            sqlite3_bind_int64(f->code, 1, f->next_code++);
            sqlite3_bind_int64(f->code, 2, id);
            text(f->code, 3, ean);
            run(f, f->code);
        }
    }
    for (int w = 1; w <= WAREHOUSES; w++) {
        int64_t on_hand = kind == 2 ? 0 : (int64_t)below(&f->seed, 500) * 10000;
        if (below(&f->seed, 20) == 0)
            on_hand += (int64_t)below(&f->seed, 10000);
        sqlite3_bind_int64(f->stock, 1, id);
        sqlite3_bind_int(f->stock, 2, w);
        sqlite3_bind_int64(f->stock, 3, on_hand);
        sqlite3_bind_int64(f->stock, 4, on_hand ? (int64_t)below(&f->seed, 4) * 10000 : 0);
        run(f, f->stock);
    }
    add_prices(f, id, vat[v].rate);
}

static void add_contractors(struct filler *f, uint64_t count)
{
    sqlite3_stmt *who = NULL, *where = NULL;
    prepare(f, "INSERT INTO \"dbo.kh__Kontrahent\"(kh_Id,kh_Symbol,kh_Rodzaj,kh_Zablokowany,kh_Osoba,kh_EMail,"
               "kh_DataDodania,kh_DataZmiany,kh_Cena) VALUES(?,?,?,?,?,?,'2024-01-02 08:00:00.000',"
               "'2025-03-04 09:30:00.000',1)", &who);
    prepare(f, "INSERT INTO \"dbo.adr__Ewid\"(adr_Id,adr_IdObiektu,adr_TypAdresu,adr_Nazwa,adr_NazwaPelna,adr_NIP,"
               "adr_Telefon,adr_Ulica,adr_NrDomu,adr_Kod,adr_Miejscowosc,adr_IdPanstwo,adr_IdWersja) "
               "VALUES(?,?,?,?,?,?,?,?,?,?,?,1,1)", &where);
    int64_t address = 1;
    for (uint64_t i = 1; i <= count && f->status == STATUS_OK; i++) {
        char symbol[24], name[64], number[20], house[12], postcode[12], mail[48];
        bool person = below(&f->seed, 3) == 0;
        const char *city = cities[below(&f->seed, COUNT_OF(cities))];
        snprintf(symbol, sizeof symbol, "KH%05" PRIu64, i);
        snprintf(name, sizeof name, person ? "Klient detaliczny nr %" PRIu64 : "Sklep „U Źródła” nr %" PRIu64,
                 i);
        snprintf(mail, sizeof mail, "biuro%" PRIu64 "@example.com", i);
        nip(&f->seed, number);
        sqlite3_bind_int64(who, 1, (int64_t)i);
        text(who, 2, symbol);
        sqlite3_bind_int(who, 3, (int)below(&f->seed, 3));
        sqlite3_bind_int(who, 4, below(&f->seed, 30) == 0);
        sqlite3_bind_int(who, 5, person);
        text(who, 6, mail);
        run(f, who);
        for (int type = 1; type <= (below(&f->seed, 5) ? 1 : 11); type += 10) {
            snprintf(house, sizeof house, "%" PRIu64, 1 + below(&f->seed, 200));
            snprintf(postcode, sizeof postcode, "%02" PRIu64 "-%03" PRIu64, below(&f->seed, 100),
                     below(&f->seed, 1000));
            sqlite3_bind_int64(where, 1, address++);
            sqlite3_bind_int64(where, 2, (int64_t)i);
            sqlite3_bind_int(where, 3, type);
            text(where, 4, name);
            text(where, 5, name);
            text(where, 6, person ? "" : number);
            text(where, 7, "12 345 67 89");
            text(where, 8, streets[below(&f->seed, COUNT_OF(streets))]);
            text(where, 9, house);
            text(where, 10, postcode);
            text(where, 11, city);
            run(f, where);
        }
    }
    sqlite3_finalize(who);
    sqlite3_finalize(where);
}

static void add_fixed(struct filler *f)
{
    static const char *const fixed[] = {
        "INSERT INTO \"sys.databases\" VALUES('FIRMA',5,'Polish_CI_AS',0),('master',1,'Polish_CI_AS',0)",
        "INSERT INTO \"sys.schemas\" VALUES('dbo',1)",
        "INSERT INTO \"sys.extended_properties\" VALUES(0,0,0,'inspdm','true')",
        "INSERT INTO \"dbo.sl_Magazyn\"(mag_Id,mag_Symbol,mag_Nazwa,mag_Status,mag_Glowny) VALUES"
        "(1,'MAG','Magazyn główny',1,1),(2,'SKL','Sklep – Łódź',1,0),(3,'ZWR','Zwroty i uszkodzone',1,0)",
        "INSERT INTO \"dbo.sl_StawkaVAT\"(vat_Id,vat_Symbol,vat_Nazwa,vat_Stawka) VALUES"
        "(100001,'23','Stawka 23%',230000),(100002,'8','Stawka 8%',80000),(100003,'5','Stawka 5%',50000),"
        "(100004,'0','Stawka 0%',0),(100005,'zw','Zwolniony',0),(100006,'np','Nie podlega',0)",
        "INSERT INTO \"dbo.sl_GrupaTw\" VALUES(1,'Narzędzia'),(2,'Oświetlenie'),(3,'Łazienka'),(4,'Ogród'),"
        "(5,'Odzież'),(6,'Żywność'),(7,'Usługi'),(8,'Pozostałe')",
        "INSERT INTO \"dbo.sl_Panstwo\" VALUES(1,'Polska')",
        "INSERT INTO \"dbo.sl_Kategoria\" VALUES(1,'Sprzedaż')",
        "INSERT INTO \"dbo.pd__Podmiot\" VALUES(1,'123456785',0)",
        "INSERT INTO \"dbo.pd_Uzytkownik\"(uz_Id,uz_Identyfikator,uz_Imie,uz_Nazwisko,uz_Status) VALUES"
        "(1,'SZE','','Szef',1),(2,'MAG','','Magazynier',1),(3,'ODE','','Odeszła',0)",
        "INSERT INTO \"dbo.pd_KonwersjaInfo\"(ki_DataKonwersji,ki_WersjaProgramu,ki_WersjaDo) VALUES"
        "('2023-05-11 07:12:00.000','1.74','1.74'),('2025-02-03 06:40:00.000','1.80 SP1','1.80 SP1')",
        "INSERT INTO \"dbo.pd_Produkt\" VALUES(1,'Subiekt GT',3)",
    };
    for (size_t i = 0; i < COUNT_OF(fixed) && f->status == STATUS_OK; i++)
        f->status = db_exec(f->db, fixed[i], f->e);
    sqlite3_stmt *s = NULL;
    prepare(f, "INSERT INTO \"dbo.tw_Parametr\" VALUES(1,?,?,?,?,?,?,?,?,?,?,0)", &s);
    for (int i = 0; i < 10 && f->status == STATUS_OK; i++)
        text(s, i + 1, levels[i]);
    run(f, s);
    sqlite3_finalize(s);
}

/* A few customer orders, open and done, each with two lines. */
static void add_orders(struct filler *f, uint64_t products)
{
    sqlite3_stmt *order = NULL, *line = NULL;
    prepare(f, "INSERT INTO \"dbo.dok__Dokument\"(dok_Id,dok_Typ,dok_Podtyp,dok_Status,dok_MagId,dok_Nr,"
               "dok_NrPelny,dok_DataWyst,dok_DataMag,dok_PlatnikId,dok_WartNetto,dok_WartVat,dok_WartBrutto,"
               "dok_Waluta,dok_WalutaKurs,dok_Algorytm,dok_CenyTyp) VALUES(?1,16,0,?2,1,?1,?3,"
               "'2025-04-01 00:00:00.000','2025-04-01 00:00:00.000',?4,2000000,460000,2460000,'PLN',10000,0,1)",
            &order);
    prepare(f, "INSERT INTO \"dbo.dok_Pozycja\"(ob_Id,ob_DokHanId,ob_DokHanLp,ob_TowId,ob_TowRodzaj,ob_Ilosc,"
               "ob_IloscMag,ob_Jm,ob_CenaNetto,ob_CenaBrutto,ob_CenaWaluta,ob_CenaMag,ob_Rabat,ob_WartNetto,"
               "ob_WartVat,ob_WartBrutto,ob_WartMag,ob_VatId,ob_VatProc,ob_MagId) VALUES(?,?,?,?,1,10000,10000,"
               "'szt.',1000000,1230000,1000000,0,0,1000000,230000,1230000,0,100001,230000,1)", &line);
    for (int i = 1; i <= 20 && f->status == STATUS_OK; i++) {
        char number[32];
        snprintf(number, sizeof number, "ZK %d/2025", i);
        sqlite3_bind_int(order, 1, i);
        sqlite3_bind_int(order, 2, i % 2 ? 7 : 8);
        text(order, 3, number);
        sqlite3_bind_int(order, 4, 1);
        run(f, order);
        for (int n = 1; n <= 2; n++) {
            sqlite3_bind_int(line, 1, 2 * i + n);
            sqlite3_bind_int(line, 2, i);
            sqlite3_bind_int(line, 3, n);
            sqlite3_bind_int64(line, 4, (int64_t)(1 + below(&f->seed, products < 8 ? products : 8)));
            run(f, line);
        }
    }
    sqlite3_finalize(order);
    sqlite3_finalize(line);
}

static void add_counters(struct filler *f)
{
    static const char *const tables[][2] = {{"tw__Towar", "tw_Id"}, {"kh__Kontrahent", "kh_Id"},
                                            {"adr__Ewid", "adr_Id"}, {"dok__Dokument", "dok_Id"},
                                            {"dok_Pozycja", "ob_Id"}, {"tw_Cena", "tc_Id"},
                                            {"adr_Historia", "adrh_Id"}, {"dok_Vat", "vt_Id"}};
    for (size_t i = 0; i < COUNT_OF(tables) && f->status == STATUS_OK; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "INSERT INTO \"dbo.ins_ident\" SELECT '%s',coalesce(max(%s),0)+1,1 FROM "
                                  "\"dbo.%s\"", tables[i][0], tables[i][1], tables[i][0]);
        f->status = db_exec(f->db, sql, f->e);
    }
}

enum status gt_fill(sqlite3 *db, uint64_t rows, uint64_t seed,
                    void (*progress)(uint64_t done, uint64_t of, void *user), void *user,
                    struct error *e)
{
    struct filler f = {.db = db, .seed = seed, .e = e, .status = STATUS_OK, .next_code = 1};
    add_fixed(&f);
    prepare(&f, "INSERT INTO \"dbo.tw__Towar\"(tw_Id,tw_Symbol,tw_Nazwa,tw_PodstKodKresk,tw_Rodzaj,tw_JednMiary,"
                "tw_IdVatSp,tw_Zablokowany,tw_Usuniety,tw_IdGrupa,tw_SklepInternet) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
            &f.product);
    prepare(&f, "INSERT INTO \"dbo.tw_KodKreskowy\" VALUES(?,?,?,10000)", &f.code);
    prepare(&f, "INSERT INTO \"dbo.tw_Stan\" VALUES(?,?,?,?,0,0)", &f.stock);
    prepare(&f, "INSERT INTO \"dbo.tw_Cena\" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
                ",?,?)", &f.price);
    for (uint64_t i = 0; i < rows && f.status == STATUS_OK; i++) {
        add_product(&f, i);
        if (progress && i % 10000 == 9999)
            progress(i + 1, rows, user);
    }
    add_contractors(&f, rows < 500 ? 50 : rows / 10 > 20000 ? 20000 : rows / 10);
    if (rows)
        add_orders(&f, rows);
    add_counters(&f);
    sqlite3_finalize(f.product);
    sqlite3_finalize(f.code);
    sqlite3_finalize(f.stock);
    sqlite3_finalize(f.price);
    return f.status;
}
