# shellcheck shell=bash disable=SC2154
# What ./demo shows of orders, with the companies that import files: sourced by it, uses what it defines.
# The demo plays the operator who imports the file into the ERP.
orders_dir=$work/orders

orders_config() {
    mkdir -p "$orders_dir"
    printf 'orders : {\n    writer = "epp";\n    epp_dir = "%s";\n};\n' "$orders_dir"
}

# A member of the JSON object on stdin.
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# $1: id, $2: its lines as JSON, $3: total.
place_order() {
    printf '{"id":"%s","number":"SKLEP/%s","revision":1,"placed_at":"%s","source":"demo","currency":"PLN","total_gross":"%s",
"buyer":{"name":"Żaneta Źdźbło","email":"zaneta@example.com","phone":"+48 600 100 200"},
"delivery":{"name":"Żaneta Źdźbło","street":"Długa 5/3","city":"Kraków","postcode":"30-001","country":"PL"},
"lines":[%s]}' "$1" "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$3" "$2" | panel order add - >/dev/null
}
order_line() { printf '{"id":"%s","sku":"%s","name":"%s","quantity":"%s","price_gross":"%s","vat_rate":"23"}' "$1" "$2" "$2" "$3" "$4"; }

# Wait (a minute) until the command "$@" succeeds.
await() {
    for _ in $(seq 600); do
        "$@" && return 0
        sleep 0.1
    done
    return 1
}
in_state() { [ "$(panel order show "$1" --json 2>/dev/null | member state)" = "$2" ]; }
find_file() { file=$(find "$orders_dir" -maxdepth 1 -name '*.epp' | head -n 1) && [ -n "$file" ]; }
# 7: only an order is red that waits for a person, here the one for the missing product.
green() { ctl status >/dev/null || [ $? = 7 ]; }
import_file() { "$build/endpoint-sandbox" import "$1" --data "$work/firma.db" --erp "$company" --import-dir "$orders_dir" >>"$work/import.log" 2>&1; }
documents() { erp "SELECT COUNT(*) FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = N'$1'"; }

# Place $1, wait for its file, import it, wait for its number. $2: "kill" the worker in between.
follow_order() {
    place_order "$1" "$(order_line 1 "$sku" 2 19.99)" 39.98
    if ! await find_file; then
        fail "order $1: no file within a minute"
        ctl orders || true
        return 0
    fi
    marker=$(basename "$file" .epp)
    pass "order SKLEP/$1: checked against the ERP, file ${file##*/} written"
    if [ "${2:-}" = kill ]; then
        worker=$({ ctl status --json || true; } | tr '{' '\n' | sed -n '/"kind": *"orders"/s/.*"pid": *\([0-9]*\).*/\1/p' | head -n 1)
        if [ -n "$worker" ] && kill -9 "$worker"; then
            pass "its worker (process $worker) killed with -9"
        else
            fail "there is no worker to kill"
        fi
    fi
    import_file "$file" || fail "the import failed: $(tail -n 1 "$work/import.log")"
    if await in_state "$1" done; then
        number=$(panel order show "$1" --json | member document)
        pass "imported by the operator; $number is back in the panel"
    else
        fail "order $1 has no number after a minute"
        return 0
    fi
    made=$(documents "$marker")
    if [ "$made" = 1 ]; then pass "one document with its marker $marker in the ERP"; else fail "$made documents with the marker $marker"; fi
}

orders_demo() {
    step "An order from the shop"
    printf '{"id":"orders","kind":"orders","name":"Demo orders","enabled":true,"channel":{"type":"panel"},"schedule":{"every":"1s"},"options":{}}' |
        panel plugin add --endpoint "$endpoint_id" - >/dev/null
    sku=$(erp "SELECT TOP (1) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")
    follow_order 1001

    step "An order for a product that the ERP does not have"
    place_order 1002 "$(order_line 1 "$sku" 1 10.00),$(order_line 2 NIE-MA-TAKIEGO 1 5.00)" 15.00
    if await in_state 1002 rejected; then
        pass "rejected in the panel: $(panel order show 1002 --json | member reason)"
    else
        fail "order 1002 was not rejected within a minute"
    fi
    if ctl orders --state rejected | grep -q NIE-MA-TAKIEGO; then
        pass "endpointctl orders names the product"
    else
        fail "endpointctl orders does not name the product"
    fi
    if find_file; then fail "a file was written for it"; else pass "nothing was written for it"; fi

    step "A worker killed between the file and the ERP's answer"
    follow_order 1003 kill
    ctl orders
    await green || fail "the plugin did not recover within a minute"
}
