/* A Comarch ERP Optima company: stock is a history of rows, prices are net or gross by their type. */
#include "sandbox/company/seed_optima.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/seed_common.h"

#define WAREHOUSES 3
#define LEVELS     5

struct optima {
    struct filler f;
    sqlite3_stmt *product, *code, *amount, *price;
};

static const char *const dates[] = {"2024-12-31 00:00:00.000", "2025-03-15 00:00:00.000",
                                    "2025-09-01 00:00:00.000", "2041-01-01 00:00:00.000"};

static void add_amount(struct optima *o, uint64_t product, int warehouse, const char *date,
                       int64_t amount, int64_t reserved, int64_t ordered)
{
    sqlite3_bind_int64(o->amount, 1, (int64_t)product);
    if (warehouse)
        sqlite3_bind_int(o->amount, 2, warehouse);
    else
        sqlite3_bind_null(o->amount, 2);
    seed_text(o->amount, 3, date);
    sqlite3_bind_int64(o->amount, 4, amount);
    sqlite3_bind_int64(o->amount, 5, reserved);
    sqlite3_bind_int64(o->amount, 6, ordered);
    seed_run(&o->f, o->amount);
}

/* One row per date of change and warehouse, one more for all warehouses together (no warehouse),
 * and for some products a row with a future date. */
static void add_stock(struct optima *o, uint64_t product)
{
    struct filler *f = &o->f;
    size_t first = seed_below(f, 3);
    for (size_t d = first; d < 3; d++) {
        int64_t all = 0, all_reserved = 0;
        for (int w = 1; w <= WAREHOUSES; w++) {
            int64_t amount = (int64_t)seed_below(f, 300) * 10000 + (seed_below(f, 15) ? 0 : 2500);
            int64_t reserved = (int64_t)seed_below(f, 4) * 10000;
            int64_t ordered = seed_below(f, 12) ? 0 : (int64_t)seed_below(f, 500) * 10000;
            add_amount(o, product, w, dates[d], amount, reserved, ordered);
            all += amount;
            all_reserved += reserved;
        }
        add_amount(o, product, 0, dates[d], all, all_reserved, 0);
    }
    if (seed_below(f, 20) == 0)
        add_amount(o, product, 1, dates[3], 7770000, 0, 0);
}

static void add_prices(struct optima *o, uint64_t product, int64_t rate)
{
    int64_t base = 100 * (int64_t)(99 + seed_below(&o->f, 49900)); /* four digits after the point */
    for (int level = 1; level <= LEVELS; level++) {
        bool gross = level == 2 || level == 4;
        int64_t net = base * (100 + 4 * level) / 100 / 100 * 100;
        sqlite3_bind_int64(o->price, 1, (int64_t)product);
        sqlite3_bind_int(o->price, 2, level);
        sqlite3_bind_int(o->price, 3, gross ? 2 : 1);
        sqlite3_bind_int64(o->price, 4, gross ? net * (100 + rate) / 100 / 100 * 100 : net);
        seed_text(o->price, 5, level == 5 ? "EUR" : "PLN");
        seed_run(&o->f, o->price);
    }
}

static void add_product(struct optima *o, uint64_t index)
{
    static const struct {
        int rate, flag;
    } vat[] = {{23, 2}, {23, 2}, {23, 2}, {8, 2}, {5, 2}, {0, 2}, {0, 1}};
    struct filler *f = &o->f;
    uint64_t id = index + index / 9 + 1;
    bool service = seed_below(f, 20) == 0, composed = !service && seed_below(f, 30) == 0;
    size_t v = seed_below(f, COUNT_OF(vat));
    char code[32], ean[16], name[256];
    snprintf(code, sizeof code, "%s%06" PRIu64,
             service    ? "USŁUGA_"
             : composed ? "ZESTAW_"
                        : "T/",
             id);
    seed_ean13(id, ean);
    seed_product_name(f, index, id, 200, name, sizeof name);
    sqlite3_bind_int64(o->product, 1, (int64_t)id);
    sqlite3_bind_int(o->product, 2, service ? 0 : 1);
    sqlite3_bind_int(o->product, 3, composed);
    seed_text(o->product, 4, code);
    seed_text(o->product, 5, name);
    seed_text(o->product, 6, service ? "godz" : seed_below(f, 8) ? "szt" : "kg");
    sqlite3_bind_int(o->product, 7, vat[v].rate * 100);
    sqlite3_bind_int(o->product, 8, vat[v].flag);
    seed_text(o->product, 9, seed_below(f, 10) ? ean : "");
    sqlite3_bind_int(o->product, 10, seed_below(f, 40) == 0);
    seed_run(f, o->product);
    for (uint64_t n = seed_below(f, 6) ? 0 : 1 + seed_below(f, 3); n > 0; n--) {
        seed_ean13(400000000 + id * 4 + n, ean);
        sqlite3_bind_int64(o->code, 1, (int64_t)id);
        seed_text(o->code, 2, ean);
        seed_run(f, o->code);
    }
    if (!service)
        add_stock(o, id);
    add_prices(o, id, vat[v].rate);
}

static void add_contractors(struct filler *f, uint64_t count)
{
    sqlite3_stmt *s = NULL;
    seed_prepare(
        f,
        "INSERT INTO \"CDN.Kontrahenci\"(Knt_Kod,Knt_Nazwa1,Knt_Nazwa2,Knt_Nip,Knt_NipE,Knt_Ulica,"
        "Knt_NrDomu,Knt_Miasto,Knt_KodPocztowy,Knt_Kraj,Knt_Email,Knt_Telefon1,Knt_Nieaktywny,"
        "Knt_TS_Zal,Knt_TS_Mod) VALUES(?,?,?,?,?,?,?,?,?,'Polska',?,'12 345 67 89',?,"
        "'2024-01-02 08:00:00.000','2025-03-04 09:30:00.000')",
        &s);
    for (uint64_t i = 0; i < count && f->status == STATUS_OK; i++) {
        char code[32], name[64], nip[20], plain[20], house[12], postcode[12], mail[48];
        bool nobody = i == 0, person = !nobody && seed_below(f, 3) == 0;
        snprintf(code, sizeof code, "KLIENT_%05" PRIu64, i);
        snprintf(name, sizeof name,
                 person ? "Klient detaliczny %" PRIu64 : "Hurtownia „Żuk” %" PRIu64, i);
        uint64_t before = f->seed;
        seed_nip(f, 0, plain);
        f->seed = before;
        seed_nip(f, i % 2 == 0, nip);
        snprintf(house, sizeof house, "%" PRIu64, 1 + seed_below(f, 200));
        snprintf(postcode, sizeof postcode, "%02" PRIu64 "-%03" PRIu64, seed_below(f, 100),
                 seed_below(f, 1000));
        snprintf(mail, sizeof mail, "biuro%" PRIu64 "@example.com", i);
        seed_text(s, 1, nobody ? "!NIEOKREŚLONY!" : code);
        seed_text(s, 2, nobody ? "" : name);
        seed_text(s, 3, person || nobody ? "" : "spółka z o.o.");
        seed_text(s, 4, person || nobody ? "" : plain);
        seed_text(s, 5, person || nobody ? "" : nip);
        seed_text(s, 6, nobody ? "" : SEED_PICK(f, seed_streets));
        seed_text(s, 7, nobody ? "" : house);
        seed_text(s, 8, nobody ? "" : SEED_PICK(f, seed_cities));
        seed_text(s, 9, nobody ? "" : postcode);
        seed_text(s, 10, nobody ? "" : mail);
        sqlite3_bind_int(s, 11, !nobody && seed_below(f, 30) == 0);
        seed_run(f, s);
    }
    sqlite3_finalize(s);
}

static void add_fixed(struct filler *f)
{
    static const char *const fixed[] = {
        "INSERT INTO \"sys.schemas\" VALUES('dbo',1),('CDN',5)",
        "INSERT INTO \"CDN.SystemCDN\" VALUES(1,'CDN_Firma'),(3,'2025.30'),(1001,'SERWER\\OPTIMA'),"
        "(1002,'CDN_KNF_Konfiguracja')",
        "INSERT INTO \"CDN.OperatorzyView\" VALUES(1,'ADMIN','Administrator',0),(2,'SKLEP','Sklep internetowy',0),"
        "(3,'STARY','Były pracownik',1)",
        "INSERT INTO \"CDN.Magazyny\"(Mag_Symbol,Mag_Nazwa,Mag_Typ,Mag_NieAktywny,Mag_TS_Mod) VALUES"
        "('MAGAZYN','Magazyn główny',1,0,'2024-01-01 00:00:00.000'),('ŁÓDŹ','Sklep w Łodzi',1,0,"
        "'2024-01-01 00:00:00.000'),('ZWROTY','Zwroty',1,0,'2024-01-01 00:00:00.000')",
        "INSERT INTO \"CDN.DefCeny\"(DfC_Lp,DfC_Nazwa,DfC_Typ,DfC_Waluta) VALUES(1,'zakupu',1,'PLN'),"
        "(2,'hurtowa 1',2,'PLN'),(3,'hurtowa 2',1,'PLN'),(4,'detaliczna',2,'PLN'),(5,'eksportowa',1,'EUR')",
        "INSERT INTO \"CDN.FormyPlatnosci\"(FPl_Nazwa,FPl_Typ,FPl_Termin,FPl_NieAktywny) VALUES"
        "('gotówka',1,0,0),('przelew',3,14,0),('karta',4,0,0),('pobranie',3,7,0),('czek',2,0,1)",
        "INSERT INTO \"CDN.DefAtrybuty\"(DeA_Typ,DeA_Kod,DeA_Nazwa,DeA_Format) VALUES(1,'KOLOR','Kolor',3),"
        "(1,'SYMBOL W SKLEPIE','Symbol w sklepie',1),(2,'OPIEKUN','Opiekun klienta',1),(4,'KANAŁ','Kanał sprzedaży',3),"
        "(1,'KARTA','Karta katalogowa',5)",
        "INSERT INTO \"CDN.DokDefinicje\"(DDf_Klasa,DDf_Symbol,DDf_Nazwa,DDf_Numeracja,DDf_TS_Mod) VALUES"
        "(308,'RO','Rezerwacja odbiorcy','@symbol/@numerS/@rok_kal','2024-01-01 00:00:00.000'),"
        "(308,'ROI','Zamówienie internetowe','@symbol/@numerS/@rok_kal','2024-01-01 00:00:00.000'),"
        "(302,'FA','Faktura sprzedaży','@symbol/@numerS/@rok_kal','2024-01-01 00:00:00.000'),"
        "(305,'PA','Paragon','@symbol/@numerS/@rok_kal','2024-01-01 00:00:00.000')",
    };
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        seed_exec(f, fixed[i]);
}

/* Customer orders: in the buffer, confirmed, cancelled, invoiced. */
static void add_orders(struct filler *f)
{
    sqlite3_stmt *order = NULL;
    seed_prepare(
        f,
        "INSERT INTO \"CDN.TraNag\"(TrN_Pesel,TrN_OpeModKod,TrN_SplitPay,TrN_KSeFStatus,TrN_KSeFData,TrN_DDfId,TrN_TypDokumentu,TrN_Rodzaj,TrN_NumerNr,TrN_NumerString,"
        "TrN_NumerPelny,TrN_NumerObcy,TrN_Bufor,TrN_Anulowany,TrN_DataDok,TrN_DataWys,TrN_DataOpe,"
        "TrN_PodmiotTyp,TrN_PodID,TrN_Termin,TrN_RazemNetto,TrN_RazemVAT,TrN_RazemBrutto,TrN_MagZrdId,"
        "TrN_TS_Zal,TrN_TS_Mod) VALUES('','',0,0,'1900-01-01 00:00:00.000',1,308,308000,?1,'RO/@numerS/2025',?2,?3,?4,?5,"
        "'2025-04-01 00:00:00.000','2025-04-01 00:00:00.000','2025-04-01 00:00:00.000',1,2,"
        "'2025-04-15 00:00:00.000',10000,2300,12300,1,'2025-04-01 10:00:00.000',"
        "'2025-04-01 10:00:00.000')",
        &order);
    for (int i = 1; i <= 12 && f->status == STATUS_OK; i++) {
        char number[32], foreign[32];
        snprintf(number, sizeof number, "RO/%d/2025", i);
        snprintf(foreign, sizeof foreign, "sklep-%d", i);
        sqlite3_bind_int(order, 1, i);
        seed_text(order, 2, number);
        seed_text(order, 3, i % 3 ? "" : foreign);
        sqlite3_bind_int(order, 4, i % 4 == 0);
        sqlite3_bind_int(order, 5, i == 5);
        seed_run(f, order);
    }
    sqlite3_finalize(order);
    seed_exec(
        f,
        "INSERT INTO \"CDN.TraNag\"(TrN_Pesel,TrN_OpeModKod,TrN_SplitPay,TrN_KSeFStatus,TrN_KSeFData,TrN_DDfId,TrN_TypDokumentu,TrN_Rodzaj,TrN_NumerNr,TrN_NumerString,"
        "TrN_NumerPelny,TrN_Bufor,TrN_DataDok,TrN_DataWys,TrN_DataOpe,TrN_Termin,TrN_TS_Zal,TrN_TS_Mod) "
        "VALUES('','',0,0,'1900-01-01 00:00:00.000',3,302,302000,1,'FA/@numerS/2025','FA/1/2025',0,'2025-04-02 00:00:00.000',"
        "'2025-04-02 00:00:00.000','2025-04-02 00:00:00.000','2025-04-16 00:00:00.000',"
        "'2025-04-02 10:00:00.000','2025-04-02 10:00:00.000')");
    seed_exec(f, "INSERT INTO \"CDN.TraNagRelacje\"(TrR_TrNTyp,TrR_TrNId,TrR_FaTyp,TrR_FaId) VALUES"
                 "(308,1,302,13),(302,13,308,1)");
}

/* Attributes that a shop uses, on most products; a few have an empty colour. */
static void add_attributes(struct filler *f)
{
    static const char *const colours[] = {"żółty", "zielony", "brązowy", "biały", ""};
    sqlite3_stmt *s = NULL;
    seed_prepare(f,
                 "INSERT INTO \"CDN.TwrAtrybuty\"(TwA_DeAId,TwA_TwrId,TwA_WartoscTxt) "
                 "SELECT 1,Twr_TwrId,?1 FROM \"CDN.Towary\" WHERE Twr_TwrId%7=?2",
                 &s);
    for (int i = 0; i < (int)COUNT_OF(colours) && f->status == STATUS_OK; i++) {
        seed_text(s, 1, colours[i]);
        sqlite3_bind_int(s, 2, i);
        seed_run(f, s);
    }
    sqlite3_finalize(s);
    seed_exec(
        f,
        "INSERT INTO \"CDN.TwrAtrybuty\"(TwA_DeAId,TwA_TwrId,TwA_WartoscTxt) "
        "SELECT 2,Twr_TwrId,printf('WWW-%06d',Twr_TwrId) FROM \"CDN.Towary\" WHERE Twr_TwrId%4<>0");
}

/* What the composed products are made of, for one piece or for three; a second recipe that is not
 * the default; work. Some were never in stock, a few have no recipe. */
static void add_recipes(struct filler *f)
{
    sqlite3_stmt *kits = NULL, *recipe = NULL, *part = NULL;
    int number = 0;
    seed_prepare(
        f,
        "INSERT INTO \"CDN.ProdReceptury\"(PdR_PdRId,PdR_TwrId,PdR_Kod,PdR_Nazwa,PdR_Domyslna,PdR_Ilosc) "
        "VALUES(?1,?2,printf('REC%d',?1),'Receptura',?3,?4)",
        &recipe);
    seed_prepare(
        f,
        "INSERT INTO \"CDN.ProdSkladniki\"(PdS_PdRId,PdS_ProdId,PdS_TwrId,PdS_Ilosc) SELECT "
        "?1,?2,Twr_TwrId,?4 FROM \"CDN.Towary\" WHERE Twr_Produkt=0 AND Twr_TwrId>=?3 ORDER BY "
        "Twr_TwrId LIMIT 1",
        &part);
    seed_prepare(f, "SELECT Twr_TwrId FROM \"CDN.Towary\" WHERE Twr_Produkt<>0 ORDER BY Twr_TwrId",
                 &kits);
    while (f->status == STATUS_OK && sqlite3_step(kits) == SQLITE_ROW) {
        int64_t kit = sqlite3_column_int64(kits, 0);
        static const int64_t quantities[] = {10000, 10000, 20000, 40000, 120000, 900000, 2500};
        if (seed_below(f, 12) == 0)
            continue;
        for (int usual = 1; usual >= (seed_below(f, 3) ? 1 : 0); usual--) {
            sqlite3_bind_int(recipe, 1, ++number);
            sqlite3_bind_int64(recipe, 2, kit);
            sqlite3_bind_int(recipe, 3, usual);
            sqlite3_bind_int(recipe, 4, seed_below(f, 4) ? 10000 : 30000);
            seed_run(f, recipe);
            for (uint64_t n = 2 + seed_below(f, 3); n > 0; n--) {
                sqlite3_bind_int(part, 1, number);
                sqlite3_bind_int64(part, 2, kit);
                sqlite3_bind_int64(part, 3, 1 + (int64_t)seed_below(f, (uint64_t)kit));
                sqlite3_bind_int64(part, 4, quantities[seed_below(f, COUNT_OF(quantities))]);
                seed_run(f, part);
            }
        }
    }
    sqlite3_finalize(kits);
    sqlite3_finalize(recipe);
    sqlite3_finalize(part);
    seed_exec(
        f,
        "DELETE FROM \"CDN.TwrIlosci\" WHERE TwI_TwrId IN (SELECT PdR_TwrId FROM \"CDN.ProdReceptury\" "
        "WHERE PdR_PdRId%3=0)");
}

enum status seed_optima(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                        void *user, struct error *e)
{
    struct optima o = {.f = {.db = db, .seed = seed + 11, .e = e, .status = STATUS_OK}};
    struct filler *f = &o.f;
    add_fixed(f);
    seed_prepare(
        f,
        "INSERT INTO \"CDN.Towary\"(Twr_TwrId,Twr_Typ,Twr_Produkt,Twr_Kod,Twr_Nazwa,Twr_JM,Twr_Stawka,"
        "Twr_Flaga,Twr_EAN,Twr_NieAktywny,Twr_TS_Zal,Twr_TS_Mod) VALUES(?,?,?,?,?,?,?,?,?,?,"
        "'2024-01-02 08:00:00.000','2025-03-04 09:30:00.000')",
        &o.product);
    seed_prepare(f, "INSERT INTO \"CDN.TwrEan\"(TwE_TwrID,TwE_EAN) VALUES(?,?)", &o.code);
    seed_prepare(
        f,
        "INSERT INTO \"CDN.TwrIlosci\"(TwI_TwrId,TwI_MagId,TwI_Data,TwI_Ilosc,TwI_Rezerwacje,"
        "TwI_RezerwacjeZlecenia) VALUES(?,?,?,?,?,?)",
        &o.amount);
    seed_prepare(
        f,
        "INSERT INTO \"CDN.TwrCeny\"(TwC_TwrID,TwC_TwCNumer,TwC_Typ,TwC_Wartosc,TwC_Waluta) "
        "VALUES(?,?,?,?,?)",
        &o.price);
    for (uint64_t i = 0; i < rows && f->status == STATUS_OK; i++) {
        add_product(&o, i);
        if (progress && i % 10000 == 9999)
            progress(i + 1, rows, user);
    }
    add_contractors(f, rows < 500 ? 50 : rows / 10 > 20000 ? 20000 : rows / 10);
    add_orders(f);
    add_attributes(f);
    add_recipes(f);
    sqlite3_finalize(o.product);
    sqlite3_finalize(o.code);
    sqlite3_finalize(o.amount);
    sqlite3_finalize(o.price);
    return f->status;
}

enum status seed_optima_config(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                               void *user, struct error *e)
{
    struct filler f = {.db = db, .seed = seed, .e = e, .status = STATUS_OK};
    (void)rows;
    (void)progress;
    (void)user;
    seed_exec(&f, "INSERT INTO \"sys.schemas\" VALUES('dbo',1),('CDN',5)");
    seed_exec(
        &f,
        "INSERT INTO \"CDN.Bazy\"(Baz_Nazwa,Baz_Dostep,Baz_Nieaktywna,Baz_NazwaBazy,Baz_NazwaSerwera,"
        "Baz_Nip) VALUES('Firma','NET:CDN_Firma,SERWER\\OPTIMA,NT=0',0,'CDN_Firma','SERWER\\OPTIMA',"
        "'5260001246'),('Dawna firma','NET:CDN_Dawna,SERWER\\OPTIMA,NT=0',1,'CDN_Dawna',"
        "'SERWER\\OPTIMA','')");
    seed_exec(
        &f,
        "INSERT INTO \"CDN.Operatorzy\"(Ope_Kod,Ope_Nazwisko,Ope_Administrator,Ope_Nieaktywny) VALUES"
        "('ADMIN','Administrator',1,0),('SKLEP','Sklep internetowy',0,0),('STARY','Były pracownik',0,1)");
    return f.status;
}
