# Subiekt nexo PRO: an order becomes a ZK through Sfera (.NET). UNTESTED: see README.md.
# PowerShell 7.3 or later, 64-bit, started with -STA.

$sfera = 'C:\nexoSDK\Bin'       # where Sfera's libraries are, of the same version as the database
$server = '(local)\INSERTNEXO'
$database = 'Nexo_Firma'
$secrets = 'C:\Endpoint\erp.xml'

. (Join-Path $PSScriptRoot 'protocol.ps1')
$order = Read-Order

# ---- signing in: nothing is written yet, so any failure here may be tried again ----
try {
    $login = Import-Clixml $secrets
    Get-ChildItem $sfera -Filter 'InsERT.*.dll' | ForEach-Object { try { Add-Type -Path $_.FullName } catch { } }
    $place = [InsERT.Moria.Sfera.DanePolaczenia]::Jawne($server, $database, $false, $login.sql.UserName,
        (Plain-Password $login.sql))
    $manager = New-Object InsERT.Moria.Sfera.MenedzerPolaczen
    $handle = $manager.Polacz($place, [InsERT.Mox.Product.ProductId]::Subiekt)
    if (-not $handle.ZalogujOperatora($login.operator.UserName, (Plain-Password $login.operator))) {
        throw 'the operator is refused'
    }
    $orders = $handle.PodajObiektTypu[InsERT.Moria.Dokumenty.Logistyka.IZamowieniaOdKlientow]()
} catch { Exit-Later "signing in to nexo: $_" }

try {
    # ---- is it there already? Endpoint has asked the database a moment ago; with very many documents leave
    # this out, or put a query of your own here. ----
    try {
        foreach ($known in $orders.Dane.Wszystkie()) {
            if ($known.NumerZewnetrzny -eq $order.marker) {
                Send-Done $known.NumerWewnetrzny.PelnaSygnatura $known.Id
            }
        }
    } catch { Exit-Later "looking for $($order.marker): $_" }

    # No source of this sketch shows how to make a contractor.
    if (-not $order.buyer.id) {
        Send-Rejected "nexo has no contractor $($order.buyer.code) ($($order.buyer.name)): make one with this signature"
    }

    # ---- the document, until it is saved: nothing is written yet ----
    try {
        $zk = $orders.UtworzZamowienieOdKlienta()
        $zk.PodmiotyDokumentu.UstawZamawiajacegoWedlugSymbolu($order.buyer.code)
        $zk.Dane.NumerZewnetrzny = $order.marker
        $zk.Dane.Uwagi = $order.remarks
        if ($order.text) { $zk.Dane.Tytul = $order.text }
        $zk.Dane.DataWydaniaWystawienia = [datetime]::Today     # without it the document appears in no list
        foreach ($line in $order.lines) {
            $item = $zk.Pozycje.Dodaj($line.code, (To-Decimal $line.quantity), $line.unit)
            # unconfirmed: the price after the discount
            $item.Cena.BruttoPoRabacie = [math]::Round((To-Decimal $line.gross) / (To-Decimal $line.quantity), 4)
        }
        $zk.Przelicz()
        $gross = [decimal]$zk.Dane.KwotaDoZaplaty
        if ($gross -ne (To-Decimal $order.gross)) {
            Send-Rejected "nexo computes $($gross.ToString($invariant)), the order comes to $($order.gross)"
        }
    } catch { Exit-Later "making the document: $_" }

    # ---- saving: from here on a failure leaves a doubt ----
    try {
        if (-not $zk.Zapisz()) { Send-Rejected 'nexo refuses to save the document; enter it by hand to see why' }
        $number = $zk.Dane.NumerWewnetrzny.PelnaSygnatura
        $id = $zk.Dane.Id
    } catch { Exit-InDoubt "saving the document: $_" }
    Send-Done $number $id
} finally {
    try { $handle.Dispose() } catch { }
}
