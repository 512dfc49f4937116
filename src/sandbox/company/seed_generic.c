/* A company of an unknown ERP: the database that the example mapping mssql-example.conf describes.
 * Text keys, a flag instead of deletion, prices as rows. */
#include "sandbox/company/seed_generic.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "sandbox/company/seed.h"
#include "sandbox/company/seed_common.h"

const char generic_schema[] =
    "CREATE TABLE sklep.Towary (Kod nvarchar(30) NOT NULL PRIMARY KEY, Nazwa nvarchar(200) NOT NULL, EAN "
    "varchar(20) NULL, Jm nvarchar(10) NOT NULL, VAT varchar(5) NOT NULL, Aktywny bit NOT NULL, WSklepie bit NOT "
    "NULL, Skasowany bit NOT NULL, Kolor nvarchar(40) NULL, Zmieniono datetime2(3) NOT NULL);"
    "CREATE TABLE sklep.Magazyny (Symbol varchar(10) NOT NULL PRIMARY KEY, Nazwa nvarchar(50) NOT NULL);"
    "CREATE TABLE sklep.Stany (Kod nvarchar(30) NOT NULL, Magazyn varchar(10) NOT NULL, Stan decimal(18,4) NOT "
    "NULL, Rezerwacja decimal(18,4) NOT NULL, PRIMARY KEY (Kod, Magazyn));"
    "CREATE TABLE sklep.Ceny (Kod nvarchar(30) NOT NULL, Cennik int NOT NULL, Netto decimal(18,4) NOT NULL, Brutto "
    "decimal(18,4) NOT NULL, Waluta char(3) NOT NULL, PRIMARY KEY (Kod, Cennik));"
    "CREATE TABLE sklep.Cenniki (Numer int NOT NULL PRIMARY KEY, Nazwa nvarchar(50) NOT NULL);"
    "CREATE TABLE sklep.Klienci (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Kod nvarchar(30) NOT NULL, Nazwa "
    "nvarchar(200) NOT NULL, NIP varchar(20) NULL, Ulica nvarchar(100) NULL, Miasto nvarchar(60) NULL, KodPocztowy "
    "varchar(10) NULL, Email nvarchar(120) NULL, Aktywny bit NOT NULL);"
    "CREATE TABLE sklep.Zamowienia (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Numer nvarchar(30) NOT NULL, "
    "NumerObcy nvarchar(50) NULL, Stan varchar(20) NOT NULL, Faktura nvarchar(30) NULL, Uwagi nvarchar(500) NULL, "
    "Wystawiono datetime2(3) NOT NULL);"
    "CREATE TABLE sklep.Wersja (Numer varchar(20) NOT NULL PRIMARY KEY)";

const char generic_indexes[] = "CREATE INDEX ix_towary_zm ON \"sklep.Towary\"(Zmieniono);"
                               "CREATE INDEX ix_zam ON \"sklep.Zamowienia\"(NumerObcy COLLATE PL)";

static void add_product(struct filler *f, sqlite3_stmt *product, sqlite3_stmt *stock,
                        sqlite3_stmt *price, uint64_t index)
{
    static const char *const rates[] = {"23", "23", "23", "8", "5", "zw"};
    static const char *const colours[] = {"czarny", "biały", "żółty", "Ćwikłowy"};
    static const char *const warehouses[] = {"CENTR", "ŁÓDŹ"};
    char code[32], ean[16], name[256];
    snprintf(code, sizeof code, "%s-%05" PRIu64, index % 3 ? "ART" : "żel", index);
    seed_ean13(index + 1, ean);
    seed_product_name(f, index, index, 200, name, sizeof name);
    seed_text(product, 1, code);
    seed_text(product, 2, name);
    seed_text(product, 3, seed_below(f, 10) ? ean : NULL);
    seed_text(product, 4, seed_below(f, 8) ? "szt." : "kg");
    seed_text(product, 5, SEED_PICK(f, rates));
    sqlite3_bind_int(product, 6, seed_below(f, 40) != 0);
    sqlite3_bind_int(product, 7, seed_below(f, 3) != 0);
    sqlite3_bind_int(product, 8, seed_below(f, 50) == 0);
    seed_text(product, 9, seed_below(f, 2) ? SEED_PICK(f, colours) : NULL);
    seed_run(f, product);
    for (size_t w = 0; w < COUNT_OF(warehouses); w++) {
        seed_text(stock, 1, code);
        seed_text(stock, 2, warehouses[w]);
        sqlite3_bind_int64(stock, 3,
                           (int64_t)seed_below(f, 400) * 10000 - (seed_below(f, 50) ? 0 : 50000));
        sqlite3_bind_int64(stock, 4, (int64_t)seed_below(f, 4) * 10000);
        seed_run(f, stock);
    }
    int64_t base = 100 * (int64_t)(99 + seed_below(f, 99900));
    for (int list = 1; list <= 2; list++) {
        seed_text(price, 1, code);
        sqlite3_bind_int(price, 2, list);
        sqlite3_bind_int64(price, 3, base * (8 + 2 * list) / 10 / 100 * 100);
        sqlite3_bind_int64(price, 4, base * (8 + 2 * list) / 10 * 123 / 100 / 100 * 100);
        seed_run(f, price);
    }
}

enum status seed_generic(sqlite3 *db, uint64_t rows, uint64_t seed, engine_progress *progress,
                         void *user, struct error *e)
{
    struct filler f = {.db = db, .seed = seed + 33, .e = e, .status = STATUS_OK};
    sqlite3_stmt *product = NULL, *stock = NULL, *price = NULL, *who = NULL;
    seed_exec(&f, "INSERT INTO \"sys.schemas\" VALUES('dbo',1),('sklep',5)");
    seed_exec(
        &f,
        "INSERT INTO \"sklep.Magazyny\" VALUES('CENTR','Magazyn centralny'),('ŁÓDŹ','Punkt w Łodzi')");
    seed_exec(&f, "INSERT INTO \"sklep.Cenniki\" VALUES(1,'Detaliczny'),(2,'Hurtowy – żółty')");
    seed_exec(&f, "INSERT INTO \"sklep.Wersja\" VALUES('3.2')");
    seed_prepare(&f,
                 "INSERT INTO \"sklep.Towary\" VALUES(?,?,?,?,?,?,?,?,?,'2025-03-04 09:30:00.000')",
                 &product);
    seed_prepare(&f, "INSERT INTO \"sklep.Stany\" VALUES(?,?,?,?)", &stock);
    seed_prepare(&f, "INSERT INTO \"sklep.Ceny\" VALUES(?,?,?,?,'PLN')", &price);
    seed_prepare(
        &f,
        "INSERT INTO \"sklep.Klienci\"(Kod,Nazwa,NIP,Ulica,Miasto,KodPocztowy,Email,Aktywny) "
        "VALUES(?,?,?,?,?,'30-001',?,1)",
        &who);
    for (uint64_t i = 0; i < rows && f.status == STATUS_OK; i++) {
        add_product(&f, product, stock, price, i);
        if (progress && i % 10000 == 9999)
            progress(i + 1, rows, user);
    }
    for (uint64_t i = 1; i <= (rows < 1000 ? 50 : rows / 20) && f.status == STATUS_OK; i++) {
        char code[32], name[64], nip[20], mail[48];
        snprintf(code, sizeof code, "K%05" PRIu64, i);
        snprintf(name, sizeof name, "Firma „Źdźbło” %" PRIu64, i);
        snprintf(mail, sizeof mail, "firma%" PRIu64 "@example.com", i);
        seed_nip(&f, i % 2 == 0, nip);
        seed_text(who, 1, code);
        seed_text(who, 2, name);
        seed_text(who, 3, i % 4 ? nip : NULL);
        seed_text(who, 4, SEED_PICK(&f, seed_streets));
        seed_text(who, 5, SEED_PICK(&f, seed_cities));
        seed_text(who, 6, mail);
        seed_run(&f, who);
    }
    sqlite3_finalize(product);
    sqlite3_finalize(stock);
    sqlite3_finalize(price);
    sqlite3_finalize(who);
    return f.status;
}
