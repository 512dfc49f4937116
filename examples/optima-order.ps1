# Comarch ERP Optima: an order becomes an RO in the buffer through COM. UNTESTED: see README.md.
# 32-bit PowerShell, a single-threaded apartment (-STA, the default of Windows PowerShell).

$optima = 'C:\Program Files (x86)\Comarch ERP Optima'
$company = 'Firma'              # its name in the list where people sign in
$series = 'RO'                  # symbol of the document's definition
$secrets = 'C:\Endpoint\erp.xml'

. (Join-Path $PSScriptRoot 'protocol.ps1')
$order = Read-Order

# ---- signing in: nothing is written yet, so any failure here may be tried again ----
$none = [Type]::Missing
try {
    $login = Import-Clixml $secrets
    Set-Location $optima
    [Environment]::CurrentDirectory = $optima      # its libraries are looked for there
    $application = New-Object -ComObject CDNBase.Application
    $application.LockApp(256, 5000, $none, $none, $none, $none) | Out-Null
    $signed = $application.Login($login.operator.UserName, (Plain-Password $login.operator), $company,
        $none, $none, $none, $none, $none, $none, $none, $none, $none, $none, $none, $none, $none, $none, $none,
        $none, $none)
    $session = $signed.CreateSession()
} catch { Exit-Later "signing in to Optima: $_" }

# One object by a condition, or nothing.
function Find-One([string] $collection, [string] $condition) {
    try { $session.CreateObject($collection).Item($condition) } catch { $null }
}

try {
    # ---- is it there already? ----
    $known = Find-One 'CDN.DokumentyHaMag' "TrN_TypDokumentu=308 AND TrN_NumerObcy='$($order.marker)'"
    if ($known) { Send-Done $known.NumerPelny $known.ID }

    # ---- who buys ----
    if ($order.buyer.id) { $contractor = Find-One 'CDN.Kontrahenci' "Knt_KntId=$([int]$order.buyer.id)" }
    elseif ($order.buyer.create) {
        $contractor = Find-One 'CDN.Kontrahenci' "Knt_Kod='$($order.buyer.code)'"
        if (-not $contractor) {
            Send-Rejected "Optima has no contractor $($order.buyer.code) ($($order.buyer.name)): make one with this code"
        }
    } else { $contractor = Find-One 'CDN.Kontrahenci' 'Knt_KntId=1' }     # nobody in particular
    if (-not $contractor) { Exit-Later "the contractor of $($order.marker) cannot be read" }

    # ---- the document, until it is saved: nothing is written yet ----
    try {
        $ro = $session.CreateObject('CDN.DokumentyHaMag').AddNew()
        $ro.Rodzaj = 308000
        $ro.TypDokumentu = 308
        $ro.Numerator.DefinicjaDokumentu = $session.CreateObject('CDN.DefinicjeDokumentow').Item("DDf_Symbol='$series'")
        $ro.Bufor = 1
        $ro.Podmiot = $contractor
        $ro.WalutaSymbol = $order.currency
        $ro.NumerObcy = $order.marker
        $ro.Opis = $order.remarks                               # unconfirmed
        foreach ($line in $order.lines) {
            $item = $ro.Elementy.AddNew()
            $item.TowarID = [int]$line.product_id
            $item.Ilosc = To-Decimal $line.quantity
            # The price after the discount; whether it is net or gross is up to the document's definition.
            $value = if ($order.prices -eq 'gross') { $line.gross } else { $line.net }
            $item.CenaT = [math]::Round((To-Decimal $value) / (To-Decimal $line.quantity), 2)
        }
        $gross = [decimal]$ro.RazemBrutto                       # unconfirmed
        if ($gross -ne (To-Decimal $order.gross)) {
            Send-Rejected "Optima computes $($gross.ToString($invariant)), the order comes to $($order.gross)"
        }
    } catch { Exit-Later "making the document: $_" }

    # ---- saving: from here on a failure leaves a doubt ----
    try {
        $session.Save()
        $number = $ro.NumerPelny                                # unconfirmed
        $id = $ro.ID
    } catch { Exit-InDoubt "saving the document: $_" }
    Send-Done $number $id
} finally {
    try { $application.UnlockApp() | Out-Null } catch { }
}
