/* Subiekt nexo PRO's tables, as far as the producer's database documentation and public code name
 * them. Nearly every entity table carries a row version, TimeStamp. */
#include "sandbox/company/schema_nexo.h"

#define M "ModelDanychContainer."

const char nexo_schema[] =
    "CREATE TABLE InsLauncher.InstalledProducts (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Name nvarchar(50) NOT "
    "NULL, VersionMajor int NOT NULL, VersionMinor int NOT NULL, VersionBuild int NOT NULL, VersionRevision int "
    "NOT NULL);"
    "CREATE TABLE " M
    "Uzytkownicy (Id uniqueidentifier NOT NULL PRIMARY KEY, Nazwa nvarchar(50) NULL, Login "
    "nvarchar(50) NOT NULL, Ukryty bit NOT NULL DEFAULT 0, Osoba_Id int NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "StawkiVat (Id uniqueidentifier NOT NULL PRIMARY KEY, Symbol nvarchar(10) NOT NULL, Stawka "
    "decimal(9,4) NOT NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "JednostkiMiar (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Symbol nvarchar(10) NOT NULL, "
    "TimeStamp rowversion);"
    "CREATE TABLE " M
    "RodzajeAsortymentu (Id int NOT NULL PRIMARY KEY, Nazwa nvarchar(50) NOT NULL, TimeStamp "
    "rowversion);"
    "CREATE TABLE " M
    "Asortymenty (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Symbol nvarchar(64) NOT NULL, Nazwa "
    "nvarchar(512) NOT NULL, Opis nvarchar(4000) NULL, Rodzaj_Id int NOT NULL, Grupa_Id int NULL, "
    "StawkaVatSprzedaz_Id uniqueidentifier NULL, StawkaVatKupno_Id uniqueidentifier NULL, CenaEwidencyjna "
    "decimal(18,4) NULL, IsInRecycleBin bit NOT NULL DEFAULT 0, SklepInternetowy bit NOT NULL DEFAULT 0, "
    "SerwisAukcyjny bit NOT NULL DEFAULT 0, SprzedazMobilna bit NOT NULL DEFAULT 0, PKWiU nvarchar(50) NULL, KodCN "
    "nvarchar(50) NULL, Numer int NULL, Uwagi nvarchar(255) NULL, StronaWWW nvarchar(255) NULL, Naglowek_Id int "
    "NULL, Znaczniki int NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "JednostkiMiarAsortymentow (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Asortyment_Id int NOT "
    "NULL, AsortymentPodstawowej_Id int NULL, AsortymentMagazynowy_Id int NULL, JednostkaMiary_Id int NOT NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "PrzelicznikiJednostekMiarAsortymentu (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, JednostkaNadrzedna_Id int NULL, "
    "JednostkaPodrzedna_Id int NULL, LiczbaJednostkiNadrzednej decimal(18,4) NOT NULL, LiczbaJednostkiPodrzednej "
    "decimal(18,4) NOT NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "SkladnikiKompletu (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, BlokujIlosc bit NOT NULL DEFAULT 0, Cena "
    "decimal(18,4) NULL, Ilosc decimal(18,4) NOT NULL, JednostkaMiaryAsortymentu_Id int NULL, Komplet_Id int NOT NULL, "
    "LiczbaPorzadkowa int NULL, Skladnik_Id int NOT NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "Asortymenty_PolaWlasneAsortyment (Id int NOT NULL PRIMARY KEY, PoleWlasne1 nvarchar(64) NULL, PoleWlasne2 "
    "nvarchar(64) NULL, PoleWlasne3 nvarchar(64) NULL, PoleWlasne4 nvarchar(64) NULL, PoleWlasne5 nvarchar(64) NULL, "
    "PoleWlasne6 nvarchar(64) NULL, PoleWlasne7 nvarchar(64) NULL, PoleWlasne8 nvarchar(64) NULL);"
    "CREATE TABLE " M
    "FormyPlatnosci (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Nazwa nvarchar(255) NOT NULL, Aktywna bit NOT NULL "
    "DEFAULT 1, TerminPlatnosci int NULL, TypPlatnosci_Id int NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "KodyKreskowe (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Kod nvarchar(50) NOT NULL, "
    "JednostkaMiaryAsortymentu_Id int NOT NULL, JednostkaMiaryAsortymentuZKodemPodstawowym_Id int NULL, TimeStamp "
    "rowversion);"
    "CREATE TABLE " M
    "Magazyny (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Symbol nvarchar(10) NOT NULL, Nazwa "
    "nvarchar(255) NOT NULL, Opis nvarchar(255) NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "StanyMagazynowe (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Asortyment_Id int NOT NULL, "
    "Magazyn_Id int NOT NULL, IloscDostepna decimal(18,4) NOT NULL, IloscZarezerwowanaIlosciowo decimal(18,4) NOT "
    "NULL DEFAULT 0, IloscZarezerwowanaDostawowo decimal(18,4) NOT NULL DEFAULT 0, IloscZadysponowana "
    "decimal(18,4) NOT NULL DEFAULT 0, TimeStamp rowversion);"
    "CREATE TABLE " M
    "PoziomyCen (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Nazwa nvarchar(50) NOT NULL, "
    "TimeStamp rowversion);"
    "CREATE TABLE " M
    "Cenniki (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Tytul nvarchar(255) NOT NULL, Status int "
    "NOT NULL, Bazowy bit NOT NULL DEFAULT 0, PoziomCen_Id int NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "PozycjeCennika (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Cennik_Id int NOT NULL, "
    "Asortyment_Id int NOT NULL, JednostkaMiaryAsortymentu_Id int NULL, CenaNetto decimal(18,4) NOT NULL, "
    "CenaBrutto decimal(18,4) NOT NULL, Glowna bit NOT NULL DEFAULT 1, IloscMinAsortymentu decimal(18,4) NOT NULL "
    "DEFAULT 0, DataAktualizacji datetime2(7) NULL, RabatDomyslny decimal(9,4) NULL, IdPozycjiEdytowanej int NULL, "
    "SesjaRezerwujacaCennika uniqueidentifier NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "Podmioty (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, NazwaSkrocona nvarchar(255) NOT NULL, "
    "NIP nvarchar(20) NULL, NIPSformatowany nvarchar(20) NULL, Telefon nvarchar(50) NULL, Sygnatura_PelnaSygnatura "
    "nvarchar(64) NULL, Aktywny bit NOT NULL DEFAULT 1, Kontrahent bit NOT NULL DEFAULT 0, Typ int NOT NULL, "
    "Podtyp int NOT NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "Firmy (Firma_Podmiot_Id int NOT NULL PRIMARY KEY, Nazwa nvarchar(512) NOT NULL, TimeStamp "
    "rowversion);"
    "CREATE TABLE " M
    "Konfiguracje (Id uniqueidentifier NOT NULL PRIMARY KEY, TypDokumentu int NOT NULL, Symbol "
    "nvarchar(20) NULL, Nazwa nvarchar(255) NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "StatusyDokumentow (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Nazwa nvarchar(255) NOT NULL, "
    "Zamkniety bit NOT NULL DEFAULT 0, Uniewazniony bit NOT NULL DEFAULT 0, Zaakceptowany bit NOT NULL DEFAULT 0, "
    "Przejsciowy bit NOT NULL DEFAULT 0, TypRezerwacji int NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "Dokumenty (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Symbol nvarchar(20) NOT NULL, "
    "SymbolRzeczywisty nvarchar(20) NULL, KlasaDokumentu nvarchar(64) NULL, NumerWewnetrzny_PelnaSygnatura "
    "nvarchar(64) NULL, NumerWewnetrzny_Numer int NULL, DataWprowadzenia datetime2(7) NULL, DataSprzedazy "
    "datetime2(7) NULL, PodmiotId int NULL, PodmiotWybranyId int NULL, MagazynId int NULL, StatusDokumentuId int "
    "NULL, Zamkniety bit NOT NULL DEFAULT 0, Wartosc_NettoPoRabacie decimal(18,4) NULL, Wartosc_VatPoRabacie "
    "decimal(18,4) NULL, Wartosc_BruttoPoRabacie decimal(18,4) NULL, KwotaDoZaplaty decimal(18,4) NULL, Uwagi "
    "nvarchar(4000) NULL, KonfiguracjaId uniqueidentifier NOT NULL, KonfiguracjaRzeczywistaId uniqueidentifier "
    "NULL, ZrodloDokumentu tinyint NULL, NumerReferencyjny nvarchar(50) NULL, NumerZewnetrzny nvarchar(64) NULL, "
    "TerminRealizacji datetime2(7) NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "PozycjeDokumentu (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, Dokument_Id int NOT NULL, "
    "AsortymentAktualnyId int NULL, Ilosc decimal(18,4) NOT NULL, IloscWJednostceBazowej decimal(18,4) NOT NULL, "
    "MagazynId int NULL, LP int NOT NULL, JednostkaMiaryAsId int NULL, StawkaVatId uniqueidentifier NULL, "
    "Cena_NettoPrzedRabatem decimal(18,4) NULL, Cena_NettoPoRabacie decimal(18,4) NULL, Cena_BruttoPrzedRabatem "
    "decimal(18,4) NULL, Cena_BruttoPoRabacie decimal(18,4) NULL, Cena_RabatProcent decimal(9,4) NULL, CennikId "
    "int NULL, NumerReferencyjny nvarchar(50) NULL, Opis nvarchar(4000) NULL, TimeStamp rowversion);"
    "CREATE TABLE " M
    "StanyRealizacjiZamowien (Id int NOT NULL IDENTITY(1,1) PRIMARY KEY, DokumentZK_Id int NULL, "
    "PozycjaDokumentuZK_Id int NULL, ZrealizowanaIlosc decimal(18,4) NULL, ProcentowyStanRealizacji decimal(9,4) "
    "NULL, SkompletowanaIlosc decimal(18,4) NULL, NumeryDokumentowRealizujacych nvarchar(4000) NULL, "
    "DataOstatniejRealizacji datetime2(7) NULL, TimeStamp rowversion)";

const char nexo_indexes[] =
    "CREATE INDEX ix_as ON \"ModelDanychContainer.Asortymenty\"(TimeStamp);"
    "CREATE INDEX ix_as_symbol ON \"ModelDanychContainer.Asortymenty\"(Symbol COLLATE PL);"
    "CREATE INDEX ix_jma ON \"ModelDanychContainer.JednostkiMiarAsortymentow\"(Asortyment_Id);"
    "CREATE INDEX ix_jma_base ON \"ModelDanychContainer.JednostkiMiarAsortymentow\"(AsortymentPodstawowej_Id);"
    "CREATE INDEX ix_jma_unit ON \"ModelDanychContainer.JednostkiMiarAsortymentow\"(JednostkaMiary_Id);"
    "CREATE INDEX ix_as_vat ON \"ModelDanychContainer.Asortymenty\"(StawkaVatSprzedaz_Id);"
    "CREATE INDEX ix_sm_place ON \"ModelDanychContainer.StanyMagazynowe\"(Magazyn_Id);"
    "CREATE INDEX ix_pc_list ON \"ModelDanychContainer.PozycjeCennika\"(Cennik_Id);"
    "CREATE INDEX ix_vat_ts ON \"ModelDanychContainer.StawkiVat\"(TimeStamp);"
    "CREATE INDEX ix_unit_ts ON \"ModelDanychContainer.JednostkiMiar\"(TimeStamp);"
    "CREATE INDEX ix_place_ts ON \"ModelDanychContainer.Magazyny\"(TimeStamp);"
    "CREATE INDEX ix_list_ts ON \"ModelDanychContainer.Cenniki\"(TimeStamp);"
    "CREATE INDEX ix_jma_store ON \"ModelDanychContainer.JednostkiMiarAsortymentow\"(AsortymentMagazynowy_Id);"
    "CREATE INDEX ix_pj ON \"ModelDanychContainer.PrzelicznikiJednostekMiarAsortymentu\"(JednostkaNadrzedna_Id);"
    "CREATE INDEX ix_pj_child ON \"ModelDanychContainer.PrzelicznikiJednostekMiarAsortymentu\"(JednostkaPodrzedna_Id);"
    "CREATE INDEX ix_sk ON \"ModelDanychContainer.SkladnikiKompletu\"(Komplet_Id, Skladnik_Id);"
    "CREATE INDEX ix_jma_ts ON \"ModelDanychContainer.JednostkiMiarAsortymentow\"(TimeStamp);"
    "CREATE INDEX ix_kk ON \"ModelDanychContainer.KodyKreskowe\"(JednostkaMiaryAsortymentu_Id, Kod COLLATE PL);"
    "CREATE INDEX ix_kk_main ON "
    "\"ModelDanychContainer.KodyKreskowe\"(JednostkaMiaryAsortymentuZKodemPodstawowym_Id);"
    "CREATE INDEX ix_kk_ts ON \"ModelDanychContainer.KodyKreskowe\"(TimeStamp);"
    "CREATE UNIQUE INDEX ix_sm ON \"ModelDanychContainer.StanyMagazynowe\"(Asortyment_Id, Magazyn_Id);"
    "CREATE INDEX ix_sm_ts ON \"ModelDanychContainer.StanyMagazynowe\"(TimeStamp);"
    "CREATE INDEX ix_pc ON \"ModelDanychContainer.PozycjeCennika\"(Asortyment_Id, Cennik_Id);"
    "CREATE INDEX ix_pc_ts ON \"ModelDanychContainer.PozycjeCennika\"(TimeStamp);"
    "CREATE INDEX ix_po_ts ON \"ModelDanychContainer.Podmioty\"(TimeStamp);"
    "CREATE INDEX ix_fi_ts ON \"ModelDanychContainer.Firmy\"(TimeStamp);"
    "CREATE INDEX ix_do ON \"ModelDanychContainer.Dokumenty\"(KonfiguracjaId, NumerZewnetrzny COLLATE PL)";
