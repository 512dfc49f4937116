# Subiekt GT: an order becomes a ZK through Sfera (COM). UNTESTED: see README.md.
# 32-bit PowerShell, a single-threaded apartment (-STA, the default of Windows PowerShell).

$server = '(local)\INSERTGT'
$database = 'FIRMA'
$secrets = 'C:\Endpoint\erp.xml'

. (Join-Path $PSScriptRoot 'protocol.ps1')
$order = Read-Order

# ---- signing in: nothing is written yet, so any failure here may be tried again ----
try {
    $login = Import-Clixml $secrets
    $tools = New-Object -ComObject InsERT.Dodatki
    $gt = New-Object -ComObject InsERT.GT
    $gt.Produkt = 1                 # Subiekt
    $gt.Autentykacja = 0            # a login of the SQL Server
    $gt.Serwer = $server
    $gt.Baza = $database
    $gt.Uzytkownik = $login.sql.UserName
    $gt.UzytkownikHaslo = $tools.Szyfruj((Plain-Password $login.sql))
    $gt.Operator = $login.operator.UserName
    $gt.OperatorHaslo = $tools.Szyfruj((Plain-Password $login.operator))
    $subiekt = $gt.Uruchom(0, 4)    # 4: in the background
} catch { Exit-Later "signing in to Subiekt GT: $_" }

try {
    # ---- is it there already? ----
    try {
        $known = $subiekt.SuDokumentyManager.OtworzKolekcje("dok_Typ=16 and dok_NrPelnyOryg='$($order.marker)'", '')
        if ($known.Liczba -gt 0) {
            $first = $known.Element(1)                          # unconfirmed
            Send-Done $first.NumerPelny $first.Identyfikator
        }
    } catch { Exit-Later "looking for $($order.marker): $_" }

    # No source of this sketch shows how to make a contractor.
    if ($order.buyer.create) {
        Send-Rejected "Subiekt has no contractor $($order.buyer.code) ($($order.buyer.name)): make one with this symbol"
    }

    # ---- the document, until it is saved: nothing is written yet ----
    try {
        $zk = $subiekt.SuDokumentyManager.DodajZK()
        if ($order.buyer.id) { $zk.KontrahentId = [int]$order.buyer.id }
        $zk.NumerOryginalny = $order.marker
        if ($order.text) { $zk.Tytul = $order.text }
        $zk.Uwagi = $order.remarks
        $zk.Rezerwacja = [bool]$order.reserve
        $zk.LiczonyOdCenBrutto = $order.prices -eq 'gross'
        foreach ($line in $order.lines) {
            $item = $zk.Pozycje.Dodaj([int]$line.product_id)
            $item.IloscJm = To-Decimal $line.quantity
            if ($order.prices -eq 'gross') { $item.WartoscBruttoPoRabacie = To-Decimal $line.gross }
            else { $item.WartoscNettoPoRabacie = To-Decimal $line.net }     # unconfirmed
        }
        $zk.Przelicz()
        $gross = [decimal]$zk.KwotaDoZaplaty                    # unconfirmed
        if ($gross -ne (To-Decimal $order.gross)) {
            Send-Rejected "Subiekt computes $($gross.ToString($invariant)), the order comes to $($order.gross)"
        }
    } catch { Exit-Later "making the document: $_" }

    # ---- saving: from here on a failure leaves a doubt ----
    try {
        $zk.Zapisz()
        $number = $zk.NumerPelny
        $id = $zk.Identyfikator
    } catch { Exit-InDoubt "saving the document: $_" }
    Send-Done $number $id
} finally {
    try { $subiekt.Zakoncz() } catch { }
}
