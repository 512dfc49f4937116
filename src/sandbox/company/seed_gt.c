#include "sandbox/company/seed_gt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/db.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/seed_common.h"

#define WAREHOUSES 3

static const char *const levels[] = {"Detaliczna", "Hurtowa",     "Specjalna", "Sklep internetowy",
                                     "Allegro",    "Pracownicza", "VIP",       "Eksport",
                                     "Wyprzedaż",  "Zakupowa ż"};

struct gt {
    struct filler f;
    sqlite3_stmt *product, *stock, *price, *code;
    int64_t next_code;
};

static int kind_of(uint64_t roll)
{
    return roll < 5 ? 2 : roll < 8 ? 8 : roll < 10 ? 4 : 1;
}

static void add_prices(struct gt *g, int64_t id, uint64_t rate)
{
    int64_t base = 100 * (int64_t)(99 + seed_below(&g->f, 99900)); /* money: four digits */
    sqlite3_bind_int64(g->price, 1, id);
    sqlite3_bind_int64(g->price, 2, id);
    for (int level = 0; level <= 10; level++) {
        int64_t net = level == 0 ? base * 7 / 10 : base * (100 + 5 * (level - 1)) / 100;
        int64_t gross = (net * (int64_t)(100 + rate) + 50) / 100;
        sqlite3_bind_int64(g->price, 3 + level, net);
        sqlite3_bind_int64(g->price, 14 + level, (gross + 50) / 100 * 100);
        seed_text(g->price, 25 + level, "PLN");
    }
    seed_run(&g->f, g->price);
}

static void add_product(struct gt *g, uint64_t index)
{
    static const struct {
        int id;
        uint64_t rate;
    } vat[] = {{100001, 23}, {100001, 23}, {100001, 23}, {100002, 8}, {100003, 5}, {100005, 0}};
    int64_t id = (int64_t)(index + index / 9 + 1); /* with gaps, as deletions leave them */
    int kind = kind_of(seed_below(&g->f, 100));
    size_t v = seed_below(&g->f, COUNT_OF(vat));
    char symbol[24], ean[16], name[256];
    snprintf(symbol, sizeof symbol, "%s%06" PRId64,
             kind == 2   ? "USŁ-"
             : kind == 8 ? "KPL/"
                         : "TOW",
             id);
    seed_ean13((uint64_t)id, ean);
    sqlite3_bind_int64(g->product, 1, id);
    seed_text(g->product, 2, symbol);
    seed_product_name(&g->f, index, (uint64_t)id, 50, name, sizeof name);
    seed_text(g->product, 3, name);
    seed_text(g->product, 4, seed_below(&g->f, 10) ? ean : "");
    sqlite3_bind_int(g->product, 5, kind);
    seed_text(g->product, 6, kind == 2 ? "godz." : seed_below(&g->f, 8) ? "szt." : "kg");
    sqlite3_bind_int(g->product, 7, vat[v].id);
    sqlite3_bind_int(g->product, 8, seed_below(&g->f, 40) == 0);
    sqlite3_bind_int(g->product, 9, index > 3 && seed_below(&g->f, 50) == 0);
    sqlite3_bind_int(g->product, 10, (int)seed_below(&g->f, 8) + 1);
    sqlite3_bind_int(g->product, 11, seed_below(&g->f, 3) != 0);
    seed_run(&g->f, g->product);
    if (seed_below(&g->f, 6) == 0) {
        for (uint64_t n = 1 + seed_below(&g->f, 3); n > 0; n--) {
            seed_ean13((uint64_t)(500000000 + g->next_code), ean);
            sqlite3_bind_int64(g->code, 1, g->next_code++);
            sqlite3_bind_int64(g->code, 2, id);
            seed_text(g->code, 3, ean);
            seed_run(&g->f, g->code);
        }
    }
    for (int w = 1; w <= WAREHOUSES; w++) {
        int64_t on_hand = kind == 2 ? 0 : (int64_t)seed_below(&g->f, 500) * 10000;
        if (seed_below(&g->f, 20) == 0)
            on_hand += (int64_t)seed_below(&g->f, 10000);
        sqlite3_bind_int64(g->stock, 1, id);
        sqlite3_bind_int(g->stock, 2, w);
        sqlite3_bind_int64(g->stock, 3, on_hand);
        sqlite3_bind_int64(g->stock, 4, on_hand ? (int64_t)seed_below(&g->f, 4) * 10000 : 0);
        seed_run(&g->f, g->stock);
    }
    add_prices(g, id, vat[v].rate);
}

static void add_contractors(struct filler *f, uint64_t count)
{
    sqlite3_stmt *who = NULL, *where = NULL;
    seed_prepare(
        f,
        "INSERT INTO "
        "\"dbo.kh__Kontrahent\"(kh_Id,kh_Symbol,kh_Rodzaj,kh_Zablokowany,kh_Osoba,kh_EMail,"
        "kh_DataDodania,kh_DataZmiany,kh_Cena) VALUES(?,?,?,?,?,?,'2024-01-02 08:00:00.000',"
        "'2025-03-04 09:30:00.000',1)",
        &who);
    seed_prepare(
        f,
        "INSERT INTO "
        "\"dbo.adr__Ewid\"(adr_Id,adr_IdObiektu,adr_TypAdresu,adr_Nazwa,adr_NazwaPelna,adr_NIP,"
        "adr_Telefon,adr_Ulica,adr_NrDomu,adr_Kod,adr_Miejscowosc,adr_IdPanstwo,adr_IdWersja) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,1,1)",
        &where);
    int64_t address = 1;
    for (uint64_t i = 1; i <= count && f->status == STATUS_OK; i++) {
        char symbol[24], name[64], number[20], house[12], postcode[12], mail[48];
        bool person = seed_below(f, 3) == 0;
        const char *city = SEED_PICK(f, seed_cities);
        snprintf(symbol, sizeof symbol, "KH%05" PRIu64, i);
        snprintf(name, sizeof name,
                 person ? "Klient detaliczny nr %" PRIu64 : "Sklep „U Źródła” nr %" PRIu64, i);
        snprintf(mail, sizeof mail, "biuro%" PRIu64 "@example.com", i);
        seed_nip(f, seed_below(f, 3) != 0, number);
        sqlite3_bind_int64(who, 1, (int64_t)i);
        seed_text(who, 2, symbol);
        sqlite3_bind_int(who, 3, (int)seed_below(f, 3));
        sqlite3_bind_int(who, 4, seed_below(f, 30) == 0);
        sqlite3_bind_int(who, 5, person);
        seed_text(who, 6, mail);
        seed_run(f, who);
        for (int type = 1; type <= (seed_below(f, 5) ? 1 : 11); type += 10) {
            snprintf(house, sizeof house, "%" PRIu64, 1 + seed_below(f, 200));
            snprintf(postcode, sizeof postcode, "%02" PRIu64 "-%03" PRIu64, seed_below(f, 100),
                     seed_below(f, 1000));
            sqlite3_bind_int64(where, 1, address++);
            sqlite3_bind_int64(where, 2, (int64_t)i);
            sqlite3_bind_int(where, 3, type);
            seed_text(where, 4, name);
            seed_text(where, 5, name);
            seed_text(where, 6, person ? "" : number);
            seed_text(where, 7, "12 345 67 89");
            seed_text(where, 8, SEED_PICK(f, seed_streets));
            seed_text(where, 9, house);
            seed_text(where, 10, postcode);
            seed_text(where, 11, city);
            seed_run(f, where);
        }
    }
    sqlite3_finalize(who);
    sqlite3_finalize(where);
    /* Each address has only one version so far, with the same id. */
    seed_exec(
        f, "INSERT INTO \"dbo.adr_Historia\" SELECT adr_Id,adr_Id,adr_Nazwa,adr_NazwaPelna,adr_NIP,"
           "adr_Ulica,adr_Kod,adr_Miejscowosc FROM \"dbo.adr__Ewid\"");
    seed_exec(f, "UPDATE \"dbo.adr__Ewid\" SET adr_IdWersja=adr_Id");
}

static void add_fixed(struct filler *f)
{
    static const char *const fixed[] = {
        "INSERT INTO \"sys.schemas\" VALUES('dbo',1)",
        "INSERT INTO \"sys.extended_properties\" VALUES(0,0,0,'inspdm','true')",
        "INSERT INTO \"dbo.sl_Magazyn\"(mag_Id,mag_Symbol,mag_Nazwa,mag_Status,mag_Glowny) VALUES"
        "(1,'MAG','Magazyn główny',1,1),(2,'SKL','Sklep – Łódź',1,0),(3,'ZWR','Zwroty i "
        "uszkodzone',1,0)",
        "INSERT INTO \"dbo.sl_StawkaVAT\"(vat_Id,vat_Symbol,vat_Nazwa,vat_Stawka) VALUES"
        "(100001,'23','Stawka 23%',230000),(100002,'8','Stawka 8%',80000),(100003,'5','Stawka "
        "5%',50000),"
        "(100004,'0','Stawka 0%',0),(100005,'zw','Zwolniony',0),(100006,'np','Nie podlega',0),"
        "(100007,'oo','Odwrotne obciążenie',0)",
        "INSERT INTO \"dbo.sl_FormaPlatnosci\"(fp_Id,fp_Nazwa,fp_Termin,fp_Typ,fp_Glowna,fp_Aktywna) VALUES"
        "(1,'Przelew 14 dni',14,0,1,1),(2,'Karta płatnicza',0,1,0,1),(3,'Płatność online',0,1,0,1),"
        "(4,'Pobranie – kurier',14,3,0,1),(5,'Bon podarunkowy',0,1,0,0)",
        "INSERT INTO \"dbo.sl_GrupaTw\" "
        "VALUES(1,'Narzędzia'),(2,'Oświetlenie'),(3,'Łazienka'),(4,'Ogród'),"
        "(5,'Odzież'),(6,'Żywność'),(7,'Usługi'),(8,'Pozostałe')",
        "INSERT INTO \"dbo.sl_Panstwo\" VALUES(1,'Polska')",
        "INSERT INTO \"dbo.sl_Kategoria\" VALUES(1,'Sprzedaż')",
        "INSERT INTO \"dbo.pd__Podmiot\" VALUES(1,'123456785',0)",
        "INSERT INTO \"dbo.vwFeniksFirmaSync\" VALUES('Narzędzia i Światło sp. z o.o.','526-000-12-46',"
        "'123456785')",
        "INSERT INTO \"dbo.pd_Uzytkownik\"(uz_Id,uz_Identyfikator,uz_Imie,uz_Nazwisko,uz_Status) "
        "VALUES"
        "(1,'SZE','','Szef',1),(2,'MAG','','Magazynier',1),(3,'ODE','','Odeszła',0)",
        "INSERT INTO \"dbo.pd_KonwersjaInfo\"(ki_DataKonwersji,ki_WersjaProgramu,ki_WersjaDo) "
        "VALUES"
        "('2023-05-11 07:12:00.000','1.74','1.74'),('2025-02-03 06:40:00.000','1.80 SP1','1.80 "
        "SP1')",
        "INSERT INTO \"dbo.pd_Produkt\" VALUES(1,'Subiekt GT',3)",
    };
    for (size_t i = 0; i < COUNT_OF(fixed) && f->status == STATUS_OK; i++)
        f->status = db_exec(f->db, fixed[i], f->e);
    sqlite3_stmt *s = NULL;
    seed_prepare(f, "INSERT INTO \"dbo.tw_Parametr\" VALUES(1,?,?,?,?,?,?,?,?,?,?,0)", &s);
    for (int i = 0; i < 10 && f->status == STATUS_OK; i++)
        seed_text(s, i + 1, levels[i]);
    seed_run(f, s);
    sqlite3_finalize(s);
}

/* A few customer orders, open and done, each with two lines. */
static void add_orders(struct filler *f, uint64_t products)
{
    sqlite3_stmt *order = NULL, *line = NULL;
    seed_prepare(
        f,
        "INSERT INTO \"dbo.dok__Dokument\"(dok_Id,dok_Typ,dok_Podtyp,dok_Status,dok_MagId,dok_Nr,"
        "dok_NrPelny,dok_DataWyst,dok_DataMag,dok_PlatnikId,dok_WartNetto,dok_WartVat,dok_"
        "WartBrutto,"
        "dok_Waluta,dok_WalutaKurs,dok_Algorytm,dok_CenyTyp) VALUES(?1,16,0,?2,1,?1,?3,"
        "'2025-04-01 00:00:00.000','2025-04-01 "
        "00:00:00.000',?4,2000000,460000,2460000,'PLN',10000,0,1)",
        &order);
    seed_prepare(f,
                 "INSERT INTO "
                 "\"dbo.dok_Pozycja\"(ob_Id,ob_DokHanId,ob_DokHanLp,ob_TowId,ob_TowRodzaj,ob_Ilosc,"
                 "ob_IloscMag,ob_Jm,ob_CenaNetto,ob_CenaBrutto,ob_CenaWaluta,ob_CenaMag,ob_Rabat,"
                 "ob_WartNetto,"
                 "ob_WartVat,ob_WartBrutto,ob_WartMag,ob_VatId,ob_VatProc,ob_MagId) "
                 "VALUES(?,?,?,?,1,10000,10000,"
                 "'szt.',1000000,1230000,1000000,0,0,1000000,230000,1230000,0,100001,230000,1)",
                 &line);
    for (int i = 1; i <= 20 && f->status == STATUS_OK; i++) {
        char number[32];
        snprintf(number, sizeof number, "ZK %d/2025", i);
        sqlite3_bind_int(order, 1, i);
        sqlite3_bind_int(order, 2, i % 2 ? 7 : 8);
        seed_text(order, 3, number);
        sqlite3_bind_int(order, 4, 1);
        seed_run(f, order);
        for (int n = 1; n <= 2; n++) {
            sqlite3_bind_int(line, 1, 2 * i + n);
            sqlite3_bind_int(line, 2, i);
            sqlite3_bind_int(line, 3, n);
            sqlite3_bind_int64(line, 4, (int64_t)(1 + seed_below(f, products < 8 ? products : 8)));
            seed_run(f, line);
        }
    }
    sqlite3_finalize(order);
    sqlite3_finalize(line);
}

/* What the kits are made of: two to four parts, some of them short of stock; sometimes also work. A
 * few kits have no parts at all. */
static void add_kits(struct filler *f)
{
    sqlite3_stmt *kits = NULL, *part = NULL;
    int number = 0;
    seed_prepare(
        f,
        "INSERT INTO \"dbo.tw_Komplet\" SELECT ?1,?2,tw_Id,CASE WHEN tw_Rodzaj=2 THEN 10000 ELSE ?4 END "
        "FROM \"dbo.tw__Towar\" WHERE tw_Rodzaj<>8 AND tw_Id>=?3 ORDER BY tw_Id LIMIT 1",
        &part);
    seed_prepare(f, "SELECT tw_Id FROM \"dbo.tw__Towar\" WHERE tw_Rodzaj=8 ORDER BY tw_Id", &kits);
    while (f->status == STATUS_OK && sqlite3_step(kits) == SQLITE_ROW) {
        int64_t kit = sqlite3_column_int64(kits, 0);
        if (seed_below(f, 12) == 0)
            continue;
        for (uint64_t n = 2 + seed_below(f, 3); n > 0; n--) {
            static const int64_t quantities[] = {10000,  10000,  20000,   40000,
                                                 120000, 500000, 5000000, 2500};
            sqlite3_bind_int(part, 1, ++number);
            sqlite3_bind_int64(part, 2, kit);
            sqlite3_bind_int64(part, 3, 1 + (int64_t)seed_below(f, (uint64_t)kit));
            sqlite3_bind_int64(part, 4, quantities[seed_below(f, COUNT_OF(quantities))]);
            seed_run(f, part);
        }
    }
    sqlite3_finalize(kits);
    sqlite3_finalize(part);
}

static void add_counters(struct filler *f)
{
    static const char *const tables[][2] = {
        {"tw__Towar", "tw_Id"},      {"kh__Kontrahent", "kh_Id"}, {"adr__Ewid", "adr_Id"},
        {"dok__Dokument", "dok_Id"}, {"dok_Pozycja", "ob_Id"},    {"tw_Cena", "tc_Id"},
        {"adr_Historia", "adrh_Id"}, {"dok_Vat", "vt_Id"}};
    for (size_t i = 0; i < COUNT_OF(tables) && f->status == STATUS_OK; i++) {
        char sql[256];
        snprintf(sql, sizeof sql,
                 "INSERT INTO \"dbo.ins_ident\" SELECT '%s',coalesce(max(%s),0)+1,1 FROM "
                 "\"dbo.%s\"",
                 tables[i][0], tables[i][1], tables[i][0]);
        f->status = db_exec(f->db, sql, f->e);
    }
}

enum status seed_gt(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                    void *user, struct error *e)
{
    struct gt g = {.f = {.db = db, .seed = seed, .e = e, .status = STATUS_OK}, .next_code = 1};
    add_fixed(&g.f);
    seed_prepare(
        &g.f,
        "INSERT INTO "
        "\"dbo.tw__Towar\"(tw_Id,tw_Symbol,tw_Nazwa,tw_PodstKodKresk,tw_Rodzaj,tw_JednMiary,"
        "tw_IdVatSp,tw_Zablokowany,tw_Usuniety,tw_IdGrupa,tw_SklepInternet) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        &g.product);
    seed_prepare(&g.f, "INSERT INTO \"dbo.tw_KodKreskowy\" VALUES(?,?,?,10000)", &g.code);
    seed_prepare(&g.f, "INSERT INTO \"dbo.tw_Stan\" VALUES(?,?,?,?,0,0)", &g.stock);
    seed_prepare(&g.f,
                 "INSERT INTO \"dbo.tw_Cena\" "
                 "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
                 ",?,?)",
                 &g.price);
    for (uint64_t i = 0; i < rows && g.f.status == STATUS_OK; i++) {
        add_product(&g, i);
        if (progress && i % 10000 == 9999)
            progress(i + 1, rows, user);
    }
    add_contractors(&g.f, rows < 500 ? 50 : rows / 10 > 20000 ? 20000 : rows / 10);
    if (rows)
        add_orders(&g.f, rows);
    add_kits(&g.f);
    /* What a site keeps in its custom fields: a colour, and the shop's name for the product. */
    seed_exec(
        &g.f,
        "UPDATE \"dbo.tw__Towar\" SET tw_Pole1=CASE tw_Id%5 WHEN 0 THEN 'żółty' WHEN 1 THEN 'zielony' WHEN 2 "
        "THEN '' END,tw_Pole2=CASE WHEN tw_Id%4<>0 THEN printf('WWW-%06d',tw_Id) END WHERE tw_Id<=5000");
    add_counters(&g.f);
    sqlite3_finalize(g.product);
    sqlite3_finalize(g.code);
    sqlite3_finalize(g.stock);
    sqlite3_finalize(g.price);
    return g.f.status;
}
