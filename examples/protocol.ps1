# Shared by all scripts: an order comes in, one answer goes out. Dot-source it.
#
# Nothing but an answer may reach standard output. A script that ends in any other way leaves the order in
# doubt, which is what it should do when it cannot tell whether a document was saved.

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2

$invariant = [Globalization.CultureInfo]::InvariantCulture
$utf8 = New-Object Text.UTF8Encoding($false)

function Read-Order {
    $reader = New-Object IO.StreamReader([Console]::OpenStandardInput(), $utf8)
    $message = $reader.ReadToEnd() | ConvertFrom-Json
    if ($message.do -ne 'write') { throw "asked to do '$($message.do)'" }
    $message.document
}

function Send-Answer($answer) {
    $bytes = $utf8.GetBytes((ConvertTo-Json $answer -Compress) + "`n")
    $out = [Console]::OpenStandardOutput()
    $out.Write($bytes, 0, $bytes.Length)
    $out.Flush()
}

# The document is in the ERP.
function Send-Done([string] $document, [string] $id) {
    Send-Answer @{ result = 'done'; document = $document; document_id = $id }
    exit 0
}

# Nothing was written, and a second try would be refused again.
function Send-Rejected([string[]] $reasons) {
    Send-Answer @{ result = 'rejected'; reasons = @($reasons) }
    exit 0
}

# Nothing was written; it may be tried again.
function Exit-Later([string] $why) {
    [Console]::Error.WriteLine($why)
    exit 75
}

# Nobody knows.
function Exit-InDoubt([string] $why) {
    [Console]::Error.WriteLine($why)
    exit 1
}

function To-Decimal([string] $text) { [decimal]::Parse($text, $invariant) }

function Plain-Password($credential) { $credential.GetNetworkCredential().Password }
