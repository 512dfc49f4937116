/* A Subiekt nexo PRO company: codes belong to units of measure, VAT is a fraction, stock is net of
 * reservations, prices are in price lists. */
#include "sandbox/company/seed_nexo.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/seed_common.h"

#define T(name)     "\"ModelDanychContainer." name "\""
#define WAREHOUSES  3
#define PRICE_LISTS 3 /* approved ones; a fourth is still being prepared */

struct nexo {
    struct filler f;
    sqlite3_stmt *product, *unit, *code, *stock, *price;
    int64_t units;
};

static const struct {
    const char *id, *symbol;
    int fraction; /* four digits */
} rates[] = {
    {"A0000000-0000-4000-8000-000000000023", "23", 2300},
    {"A0000000-0000-4000-8000-000000000008", "8", 800},
    {"A0000000-0000-4000-8000-000000000005", "5", 500},
    {"A0000000-0000-4000-8000-000000000000", "0", 0},
    {"A0000000-0000-4000-8000-0000000000AA", "zw", 0},
};

static int64_t add_unit(struct nexo *n, uint64_t product, bool base, int unit)
{
    sqlite3_bind_int64(n->unit, 1, ++n->units);
    sqlite3_bind_int64(n->unit, 2, (int64_t)product);
    if (base)
        sqlite3_bind_int64(n->unit, 3, (int64_t)product);
    else
        sqlite3_bind_null(n->unit, 3);
    sqlite3_bind_int(n->unit, 4, unit);
    seed_run(&n->f, n->unit);
    return n->units;
}

static void add_code(struct nexo *n, uint64_t number, int64_t unit, bool primary)
{
    char ean[16];
    seed_ean13(number, ean);
    seed_text(n->code, 1, ean);
    sqlite3_bind_int64(n->code, 2, unit);
    if (primary)
        sqlite3_bind_int64(n->code, 3, unit);
    else
        sqlite3_bind_null(n->code, 3);
    seed_run(&n->f, n->code);
}

static void add_codes(struct nexo *n, uint64_t product, bool service)
{
    struct filler *f = &n->f;
    int64_t base = add_unit(n, product, true, service ? 3 : seed_below(f, 8) ? 1 : 2);
    if (seed_below(f, 10))
        add_code(n, product, base, true);
    for (uint64_t i = seed_below(f, 6) ? 0 : 1 + seed_below(f, 2); i > 0; i--)
        add_code(n, 500000000 + product * 4 + i, base, false);
    if (seed_below(f, 10) == 0) { /* a carton with its own code */
        int64_t carton = add_unit(n, product, false, 4);
        add_code(n, 700000000 + product, carton, false);
    }
}

static void add_stock(struct nexo *n, uint64_t product)
{
    struct filler *f = &n->f;
    for (int w = 1; w <= WAREHOUSES; w++) {
        sqlite3_bind_int64(n->stock, 1, (int64_t)product);
        sqlite3_bind_int(n->stock, 2, w);
        sqlite3_bind_int64(n->stock, 3,
                           (int64_t)seed_below(f, 400) * 10000 + (seed_below(f, 15) ? 0 : 3333));
        sqlite3_bind_int64(n->stock, 4, (int64_t)seed_below(f, 4) * 10000);
        sqlite3_bind_int64(n->stock, 5, seed_below(f, 6) ? 0 : 20000);
        sqlite3_bind_int64(n->stock, 6, seed_below(f, 30) ? 0 : 10000);
        seed_run(f, n->stock);
    }
}

static void add_prices(struct nexo *n, uint64_t product, int fraction)
{
    int64_t base = 100 * (int64_t)(99 + seed_below(&n->f, 99900));
    for (int list = 1; list <= PRICE_LISTS + 1; list++) {
        /* A second row for quantities and a row under edit: not main prices. */
        int rows = list == 1 && seed_below(&n->f, 12) == 0 ? 3 : 1;
        for (int row = 0; row < rows; row++) {
            int64_t net = base * (100 + 7 * (list - 1) - 5 * row) / 100 / 100 * 100;
            sqlite3_bind_int(n->price, 1, list);
            sqlite3_bind_int64(n->price, 2, (int64_t)product);
            sqlite3_bind_int64(n->price, 3, net);
            sqlite3_bind_int64(n->price, 4, (net * (10000 + fraction) / 10000 + 50) / 100 * 100);
            sqlite3_bind_int(n->price, 5, row != 1);
            sqlite3_bind_int(n->price, 6, row == 1 ? 100000 : 0);
            if (row == 2)
                sqlite3_bind_int(n->price, 7, 1);
            else
                sqlite3_bind_null(n->price, 7);
            seed_run(&n->f, n->price);
        }
    }
}

static void add_product(struct nexo *n, uint64_t index)
{
    struct filler *f = &n->f;
    uint64_t id = 100000 + index + index / 9,
             roll = seed_below(f, 100); /* user rows start at 100000 */
    int kind = roll < 5 ? 1 : roll < 8 ? 4 : roll < 10 ? 3 : 2;
    size_t rate = seed_below(f, 8) ? 0 : seed_below(f, COUNT_OF(rates));
    char symbol[40], name[512];
    snprintf(symbol, sizeof symbol, "%s%06" PRIu64,
             kind == 1   ? "USŁ."
             : kind == 4 ? "KOMPLET."
                         : "NX.",
             id);
    seed_product_name(f, index, id, 400, name, sizeof name);
    sqlite3_bind_int64(n->product, 1, (int64_t)id);
    seed_text(n->product, 2, symbol);
    seed_text(n->product, 3, name);
    sqlite3_bind_int(n->product, 4, kind);
    seed_text(n->product, 5, rates[rate].id);
    sqlite3_bind_int(n->product, 6, index > 3 && seed_below(f, 50) == 0);
    sqlite3_bind_int(n->product, 7, seed_below(f, 3) != 0);
    seed_run(f, n->product);
    add_codes(n, id, kind == 1);
    if (kind != 1)
        add_stock(n, id);
    add_prices(n, id, rates[rate].fraction);
}

static void add_contractors(struct filler *f, uint64_t count)
{
    sqlite3_stmt *who = NULL, *firm = NULL;
    seed_prepare(
        f,
        "INSERT INTO " T(
            "Podmioty") "(Id,NazwaSkrocona,NIP,NIPSformatowany,Telefon,"
                        "Sygnatura_PelnaSygnatura,Aktywny,Typ,Podtyp) VALUES(?,?,?,?,'12 345 67 89',?,?,?,?)",
        &who);
    seed_prepare(f, "INSERT INTO " T("Firmy") "(Firma_Podmiot_Id,Nazwa) VALUES(?,?)", &firm);
    for (uint64_t i = 0; i < count && f->status == STATUS_OK; i++) {
        char name[80], whole[160], nip[20], plain[20], signature[24];
        bool own = i == 0, person = !own && seed_below(f, 3) == 0;
        snprintf(name, sizeof name, person ? "Klient %" PRIu64 : "Sklep „Pod Gęsią” %" PRIu64, i);
        snprintf(whole, sizeof whole, "%s spółka z ograniczoną odpowiedzialnością",
                 own ? "Firma" : name);
        snprintf(signature, sizeof signature, "K/%05" PRIu64, i);
        uint64_t before = f->seed;
        seed_nip(f, 0, plain);
        f->seed = before;
        seed_nip(f, 1, nip);
        sqlite3_bind_int64(who, 1, (int64_t)(100000 + i));
        seed_text(who, 2, own ? "Firma" : name);
        seed_text(who, 3, person ? NULL : plain);
        seed_text(who, 4, person ? NULL : nip);
        seed_text(who, 5, signature);
        sqlite3_bind_int(who, 6, seed_below(f, 30) != 0);
        sqlite3_bind_int(who, 7, person ? 1 : 2);
        sqlite3_bind_int(who, 8, own ? 11 : 1);
        seed_run(f, who);
        if (!person) {
            sqlite3_bind_int64(firm, 1, (int64_t)(100000 + i));
            seed_text(firm, 2, whole);
            seed_run(f, firm);
        }
    }
    sqlite3_finalize(who);
    sqlite3_finalize(firm);
}

static void add_fixed(struct filler *f)
{
    static const char *const fixed[] = {
        "INSERT INTO \"sys.schemas\" VALUES('dbo',1),('ModelDanychContainer',5),('InsLauncher',6)",
        "INSERT INTO \"InsLauncher.InstalledProducts\"(Name,VersionMajor,VersionMinor,VersionBuild,"
        "VersionRevision) VALUES('Nexo',61,1,0,9431)",
        "INSERT INTO " T(
            "Uzytkownicy") "(Id,Nazwa,Login,Ukryty,Osoba_Id) VALUES"
                           "('B0000000-0000-4000-8000-000000000001','Szef','Szef',0,1),"
                           "('B0000000-0000-4000-8000-000000000002','Sklep','Sklep',0,2),"
                           "('B0000000-0000-4000-8000-000000000003','Były','Byly',1,3)",
        "INSERT INTO " T(
            "RodzajeAsortymentu") "(Id,Nazwa) VALUES(1,'usługa'),(2,'towar'),(3,'opakowanie'),"
                                  "(4,'komplet')",
        "INSERT INTO " T("JednostkiMiar") "(Symbol) VALUES('szt.'),('kg'),('godz.'),('karton')",
        "INSERT INTO " T(
            "Magazyny") "(Symbol,Nazwa) VALUES('MAG','Magazyn główny'),('SKL','Sklep – Żory'),"
                        "('ZWR','Zwroty')",
        "INSERT INTO " T(
            "FormyPlatnosci") "(Nazwa,Aktywna,TerminPlatnosci,TypPlatnosci_Id) VALUES('Gotówka',1,NULL,1),"
                              "('Przelew',1,7,2),('Karta',1,NULL,3),('Pobranie',1,14,4),('Bon',0,NULL,5)",
        "INSERT INTO " T("PoziomyCen") "(Nazwa) VALUES('Detaliczny'),('Hurtowy'),('Internet')",
        "INSERT INTO " T(
            "Cenniki") "(Tytul,Status,Bazowy,PoziomCen_Id) VALUES('Detaliczny',1,1,1),"
                       "('Hurtowy',1,0,2),('Sklep internetowy',1,0,3),('Wiosna – w przygotowaniu',0,0,3)",
        "INSERT INTO " T(
            "Konfiguracje") "(Id,TypDokumentu,Symbol,Nazwa) VALUES"
                            "('C0000000-0000-4000-8000-000000000001',1,'ZK','Zamówienie od klienta'),"
                            "('C0000000-0000-4000-8000-000000000040',64,'FS','Faktura sprzedaży')",
        "INSERT INTO " T(
            "StatusyDokumentow") "(Nazwa,Zamkniety,Uniewazniony,Zaakceptowany,Przejsciowy) VALUES"
                                 "('Do realizacji',0,0,1,0),('W realizacji',0,0,1,1),('Zrealizowane',1,0,1,0),('Unieważnione',1,1,0,0)",
        "INSERT INTO " T(
            "Dokumenty") "(Symbol,KlasaDokumentu,NumerWewnetrzny_PelnaSygnatura,NumerWewnetrzny_Numer,"
                         "DataWprowadzenia,PodmiotId,MagazynId,StatusDokumentuId,Wartosc_BruttoPoRabacie,KonfiguracjaId,"
                         "NumerZewnetrzny) VALUES('ZK','DokumentZK','ZK 1/2025',1,'2025-04-01 10:00:00.0000000',100001,1,1,1230000,"
                         "'C0000000-0000-4000-8000-000000000001','sklep-1'),('ZK','DokumentZK','ZK 2/2025',2,"
                         "'2025-04-01 11:00:00.0000000',100001,1,3,1230000,'C0000000-0000-4000-8000-000000000001',NULL)",
    };
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        seed_exec(f, fixed[i]);
    sqlite3_stmt *s = NULL;
    seed_prepare(f, "INSERT INTO " T("StawkiVat") "(Id,Symbol,Stawka) VALUES(?,?,?)", &s);
    for (size_t i = 0; i < COUNT_OF(rates) && f->status == STATUS_OK; i++) {
        seed_text(s, 1, rates[i].id);
        seed_text(s, 2, rates[i].symbol);
        sqlite3_bind_int(s, 3, rates[i].fraction);
        seed_run(f, s);
    }
    sqlite3_finalize(s);
}

/* A carton with a converter holds twelve basic units. Every other unit is kept in stock as the
 * basic one, and some are kept in cartons. */
static void add_converters(struct filler *f)
{
    seed_exec(
        f,
        "INSERT INTO " T(
            "PrzelicznikiJednostekMiarAsortymentu") "(JednostkaNadrzedna_Id,"
                                                    "JednostkaPodrzedna_Id,LiczbaJednostkiNadrzednej,LiczbaJednostkiPodrzednej) SELECT b.Id,c.Id,"
                                                    "120000,10000 FROM " T("JednostkiMiarAsortymentow") " c," T(
                                                        "JednostkiMiarAsortymentow") " b "
                                                                                     "WHERE c.JednostkaMiary_Id=4 AND b.AsortymentPodstawowej_Id=c.Asortyment_Id AND c.Id%5<>0");
    seed_exec(
        f,
        "UPDATE " T("JednostkiMiarAsortymentow") " SET AsortymentMagazynowy_Id=Asortyment_Id WHERE "
                                                 "JednostkaMiary_Id=4 AND Id%3=0");
    seed_exec(
        f,
        "UPDATE " T(
            "JednostkiMiarAsortymentow") " SET AsortymentMagazynowy_Id=AsortymentPodstawowej_Id "
                                         "WHERE AsortymentPodstawowej_Id IS NOT NULL AND Asortyment_Id NOT IN (SELECT "
                                         "AsortymentMagazynowy_Id FROM " T(
                                             "JednostkiMiarAsortymentow") " WHERE AsortymentMagazynowy_Id IS NOT NULL)");
}

/* What the kits are made of, in one or another of the parts' units. Some were never in stock, a few
 * have no parts. */
static void add_kits(struct filler *f)
{
    sqlite3_stmt *kits = NULL, *part = NULL;
    seed_prepare(
        f,
        "INSERT INTO " T(
            "SkladnikiKompletu") "(Komplet_Id,Skladnik_Id,JednostkaMiaryAsortymentu_Id,Ilosc,"
                                 "LiczbaPorzadkowa) SELECT ?1,u.Asortyment_Id,u.Id,?3,?4 FROM " T(
                                     "JednostkiMiarAsortymentow") " u," T("Asortymenty") " a WHERE a.Id=u.Asortyment_Id AND a.Rodzaj_Id<>4 AND u.Id>=?2 ORDER BY u.Id LIMIT 1",
        &part);
    seed_prepare(f, "SELECT Id FROM " T("Asortymenty") " WHERE Rodzaj_Id=4 ORDER BY Id", &kits);
    while (f->status == STATUS_OK && sqlite3_step(kits) == SQLITE_ROW) {
        int64_t kit = sqlite3_column_int64(kits, 0);
        if (seed_below(f, 12) == 0)
            continue;
        for (int n = 2 + (int)seed_below(f, 3); n > 0; n--) {
            static const int64_t quantities[] = {10000,  10000,  20000,   40000,
                                                 120000, 500000, 5000000, 2500};
            sqlite3_bind_int64(part, 1, kit);
            sqlite3_bind_int64(part, 2, 100000 + (int64_t)seed_below(f, (uint64_t)(kit - 99999)));
            sqlite3_bind_int64(part, 3, quantities[seed_below(f, COUNT_OF(quantities))]);
            sqlite3_bind_int(part, 4, n);
            seed_run(f, part);
        }
    }
    sqlite3_finalize(kits);
    sqlite3_finalize(part);
    seed_exec(f, "DELETE FROM " T(
                     "StanyMagazynowe") " WHERE Asortyment_Id%3=0 AND Asortyment_Id IN (SELECT "
                                        "Komplet_Id FROM " T("SkladnikiKompletu") ")");
}

static void add_own_fields(struct filler *f)
{
    seed_exec(
        f,
        "INSERT INTO " T(
            "Asortymenty_PolaWlasneAsortyment") "(Id,PoleWlasne1,PoleWlasne2) SELECT Id,"
                                                "CASE Id%5 WHEN 0 THEN 'żółty' WHEN 1 THEN 'zielony' WHEN 2 THEN '' ELSE NULL END,"
                                                "CASE WHEN Id%4<>0 THEN printf('WWW-%06d',Id) END FROM " T(
                                                    "Asortymenty") " WHERE Id%11<>0");
}

enum status seed_nexo(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                      void *user, struct error *e)
{
    struct nexo n = {.f = {.db = db, .seed = seed + 22, .e = e, .status = STATUS_OK},
                     .units = 100000};
    struct filler *f = &n.f;
    add_fixed(f);
    seed_prepare(
        f,
        "INSERT INTO " T("Asortymenty") "(Id,Symbol,Nazwa,Rodzaj_Id,StawkaVatSprzedaz_Id,"
                                        "IsInRecycleBin,SklepInternetowy) VALUES(?,?,?,?,?,?,?)",
        &n.product);
    seed_prepare(
        f,
        "INSERT INTO " T("JednostkiMiarAsortymentow") "(Id,Asortyment_Id,AsortymentPodstawowej_Id,"
                                                      "JednostkaMiary_Id) VALUES(?,?,?,?)",
        &n.unit);
    seed_prepare(f,
                 "INSERT INTO " T(
                     "KodyKreskowe") "(Kod,JednostkaMiaryAsortymentu_Id,"
                                     "JednostkaMiaryAsortymentuZKodemPodstawowym_Id) VALUES(?,?,?)",
                 &n.code);
    seed_prepare(
        f,
        "INSERT INTO " T(
            "StanyMagazynowe") "(Asortyment_Id,Magazyn_Id,IloscDostepna,"
                               "IloscZarezerwowanaIlosciowo,IloscZarezerwowanaDostawowo,IloscZadysponowana) "
                               "VALUES(?,?,?,?,?,?)",
        &n.stock);
    seed_prepare(
        f,
        "INSERT INTO " T(
            "PozycjeCennika") "(Cennik_Id,Asortyment_Id,CenaNetto,CenaBrutto,Glowna,"
                              "IloscMinAsortymentu,IdPozycjiEdytowanej) VALUES(?,?,?,?,?,?,?)",
        &n.price);
    for (uint64_t i = 0; i < rows && f->status == STATUS_OK; i++) {
        add_product(&n, i);
        if (progress && i % 10000 == 9999)
            progress(i + 1, rows, user);
    }
    add_contractors(f, rows < 500 ? 50 : rows / 10 > 20000 ? 20000 : rows / 10);
    add_converters(f);
    add_kits(f);
    add_own_fields(f);
    sqlite3_finalize(n.product);
    sqlite3_finalize(n.unit);
    sqlite3_finalize(n.code);
    sqlite3_finalize(n.stock);
    sqlite3_finalize(n.price);
    return f->status;
}
