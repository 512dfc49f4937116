# shellcheck shell=bash disable=SC2034
# The companies that ./demo can show, and what it counts and changes in them by SQL of its own: company_choose ERP
# sets title, mapping, database, and the statements. {product}, {warehouse} and {level} stand for the ones that were
# picked. A shop has one stock of a product and one price: count_stocked and count_level say of how many products.
company_gt() {
    count_products="SELECT COUNT(*) FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0"
    count_stock="SELECT COUNT(*) FROM dbo.tw_Stan AS s INNER JOIN dbo.tw__Towar AS t ON t.tw_Id = s.st_TowId INNER JOIN dbo.sl_Magazyn AS m ON m.mag_Id = s.st_MagId WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj <> 2"
    count_prices="SELECT COUNT(*) * 10 FROM dbo.tw_Cena AS c INNER JOIN dbo.tw__Towar AS t ON t.tw_Id = c.tc_IdTowar WHERE t.tw_Usuniety = 0"
    count_stocked="SELECT COUNT(DISTINCT s.st_TowId) FROM dbo.tw_Stan AS s INNER JOIN dbo.tw__Towar AS t ON t.tw_Id = s.st_TowId INNER JOIN dbo.sl_Magazyn AS m ON m.mag_Id = s.st_MagId WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj <> 2"
    count_level="SELECT COUNT(*) FROM dbo.tw_Cena AS c INNER JOIN dbo.tw__Towar AS t ON t.tw_Id = c.tc_IdTowar WHERE t.tw_Usuniety = 0"
    list_products="SELECT t.tw_Symbol, t.tw_Nazwa FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0"
    symbol_of="SELECT t.tw_Symbol FROM dbo.tw__Towar AS t WHERE t.tw_Id = {product}"
    pick_product="SELECT TOP (1) t.tw_Id FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj = 1 ORDER BY t.tw_Id"
    pick_warehouse="SELECT TOP (1) m.mag_Id FROM dbo.sl_Magazyn AS m ORDER BY m.mag_Id"
    change_stock="UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 7 WHERE st_TowId = {product} AND st_MagId = {warehouse}"
}

company_choose() {
    mapping=$1
    takes_orders=no # of these, Subiekt GT and Navireo import files
    case $1 in
    subiekt-gt)
        title='Subiekt GT' database=FIRMA takes_orders=yes
        company_gt
        ;;
    navireo)
        title=Navireo database=NAVIREO takes_orders=yes
        company_gt
        ;;
    optima)
        title='Comarch ERP Optima' database=CDN_Firma
        count_products="SELECT COUNT(*) FROM CDN.Towary AS t"
        count_stock="SELECT COUNT(*) FROM (SELECT i.TwI_TwrId AS p, i.TwI_MagId AS m FROM CDN.TwrIlosci AS i INNER JOIN CDN.Towary AS t ON t.Twr_TwrId = i.TwI_TwrId WHERE i.TwI_MagId IS NOT NULL AND i.TwI_Data <= GETDATE() AND t.Twr_Typ <> 0 GROUP BY i.TwI_TwrId, i.TwI_MagId) AS x"
        count_prices="SELECT COUNT(*) FROM CDN.TwrCeny AS c WHERE c.TwC_Typ IN (1, 2)"
        count_stocked="SELECT COUNT(DISTINCT i.TwI_TwrId) FROM CDN.TwrIlosci AS i INNER JOIN CDN.Towary AS t ON t.Twr_TwrId = i.TwI_TwrId WHERE i.TwI_MagId IS NOT NULL AND i.TwI_Data <= GETDATE() AND t.Twr_Typ <> 0"
        count_level="SELECT COUNT(*) FROM CDN.TwrCeny AS c WHERE c.TwC_Typ IN (1, 2) AND c.TwC_TwCNumer = {level}"
        list_products="SELECT t.Twr_Kod, t.Twr_Nazwa FROM CDN.Towary AS t"
        symbol_of="SELECT t.Twr_Kod FROM CDN.Towary AS t WHERE t.Twr_TwrId = {product}"
        pick_product="SELECT TOP (1) t.Twr_TwrId FROM CDN.Towary AS t INNER JOIN CDN.TwrIlosci AS i ON i.TwI_TwrId = t.Twr_TwrId WHERE t.Twr_Typ <> 0 AND i.TwI_MagId = 1 AND i.TwI_Data <= GETDATE() ORDER BY t.Twr_TwrId"
        pick_warehouse="SELECT TOP (1) m.Mag_MagId FROM CDN.Magazyny AS m ORDER BY m.Mag_MagId"
        # Stock is a history there: what counts is the newest row that is not in the future.
        change_stock="UPDATE CDN.TwrIlosci SET TwI_Ilosc = TwI_Ilosc + 7 WHERE TwI_TwIId = (SELECT TOP (1) i.TwI_TwIId FROM CDN.TwrIlosci AS i WHERE i.TwI_TwrId = {product} AND i.TwI_MagId = {warehouse} AND i.TwI_Data <= GETDATE() ORDER BY i.TwI_Data DESC)"
        ;;
    nexo)
        title='Subiekt nexo PRO' database=Nexo_Firma
        local m=ModelDanychContainer
        count_products="SELECT COUNT(*) FROM $m.Asortymenty AS a WHERE a.IsInRecycleBin = 0"
        count_stock="SELECT COUNT(*) FROM $m.StanyMagazynowe AS s INNER JOIN $m.Asortymenty AS a ON a.Id = s.Asortyment_Id WHERE a.IsInRecycleBin = 0 AND a.Rodzaj_Id <> 1"
        count_prices="SELECT COUNT(*) FROM $m.PozycjeCennika AS c INNER JOIN $m.Cenniki AS l ON l.Id = c.Cennik_Id INNER JOIN $m.Asortymenty AS a ON a.Id = c.Asortyment_Id WHERE a.IsInRecycleBin = 0 AND l.Status = 1 AND c.Glowna = 1 AND c.IdPozycjiEdytowanej IS NULL"
        count_stocked="SELECT COUNT(DISTINCT s.Asortyment_Id) FROM $m.StanyMagazynowe AS s INNER JOIN $m.Asortymenty AS a ON a.Id = s.Asortyment_Id WHERE a.IsInRecycleBin = 0 AND a.Rodzaj_Id <> 1"
        count_level="SELECT COUNT(*) FROM $m.PozycjeCennika AS c INNER JOIN $m.Asortymenty AS a ON a.Id = c.Asortyment_Id WHERE a.IsInRecycleBin = 0 AND c.Cennik_Id = {level} AND c.Glowna = 1 AND c.IdPozycjiEdytowanej IS NULL"
        list_products="SELECT a.Symbol, a.Nazwa FROM $m.Asortymenty AS a WHERE a.IsInRecycleBin = 0"
        symbol_of="SELECT a.Symbol FROM $m.Asortymenty AS a WHERE a.Id = {product}"
        pick_product="SELECT TOP (1) a.Id FROM $m.Asortymenty AS a INNER JOIN $m.StanyMagazynowe AS s ON s.Asortyment_Id = a.Id WHERE a.IsInRecycleBin = 0 AND a.Rodzaj_Id = 2 AND s.Magazyn_Id = 1 ORDER BY a.Id"
        pick_warehouse="SELECT TOP (1) w.Id FROM $m.Magazyny AS w ORDER BY w.Id"
        change_stock="UPDATE $m.StanyMagazynowe SET IloscDostepna = IloscDostepna + 7 WHERE Asortyment_Id = {product} AND Magazyn_Id = {warehouse}"
        ;;
    generic)
        title='another program' mapping=mssql-example database=SKLEP
        count_products="SELECT COUNT(*) FROM sklep.Towary AS t WHERE t.Skasowany = 0"
        count_stock="SELECT COUNT(*) FROM sklep.Stany AS s INNER JOIN sklep.Towary AS t ON t.Kod = s.Kod WHERE t.Skasowany = 0"
        count_prices="SELECT COUNT(*) FROM sklep.Ceny AS c INNER JOIN sklep.Towary AS t ON t.Kod = c.Kod WHERE t.Skasowany = 0"
        count_stocked="SELECT COUNT(DISTINCT s.Kod) FROM sklep.Stany AS s INNER JOIN sklep.Towary AS t ON t.Kod = s.Kod WHERE t.Skasowany = 0"
        count_level="SELECT COUNT(*) FROM sklep.Ceny AS c INNER JOIN sklep.Towary AS t ON t.Kod = c.Kod WHERE t.Skasowany = 0 AND c.Cennik = {level}"
        list_products="SELECT t.Kod, t.Nazwa FROM sklep.Towary AS t WHERE t.Skasowany = 0"
        symbol_of="SELECT t.Kod FROM sklep.Towary AS t WHERE t.Kod = N'{product}'"
        pick_product="SELECT TOP (1) t.Kod FROM sklep.Towary AS t WHERE t.Skasowany = 0 ORDER BY t.Kod"
        pick_warehouse="SELECT TOP (1) m.Symbol FROM sklep.Magazyny AS m ORDER BY m.Symbol"
        change_stock="UPDATE sklep.Stany SET Stan = Stan + 7 WHERE Kod = N'{product}' AND Magazyn = N'{warehouse}'"
        ;;
    *) return 1 ;;
    esac
}
