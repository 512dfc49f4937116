# shellcheck shell=bash disable=SC2154
# What ./demo shows with a shop of its own: sourced by it, uses what it defines. The doubles of tests/shops play the
# shops; demo-shop.py is their seller and their buyers.
. build-aux/demo-orders.sh
shop_dir=$work/shop
shop_ca=
shop_secrets=()
kinds=(products stock prices)
[ "$takes_orders" = no ] || kinds+=(orders)

sells() { python3 build-aux/demo-shop.py "$shop" "$shop_url" "$shop_ca" "$@" 2>>"$work/seller.log"; }

# $1: the title, then the command.
shop_start() {
    local title=$1
    shift
    "$@" --port-file "$work/shop.port" >"$work/shop.log" 2>&1 </dev/null &
    pids+=($!)
    await_file "$work/shop.port" "the shop" $!
    shop_url=https://localhost:$(cat "$work/shop.port")
    pass "a program plays $title: $shop_url, certificate made for this run"
}

# Each sets shop_title, for each kind its settings and options as JSON members, and starts the shop.
shop_woocommerce() {
    local title=WooCommerce
    shop_title=$title
    shop_start "$title" python3 tests/shops/woocommerce.py --dir "$shop_dir" --stay
    shop_ca=$shop_dir/shop.pem
    shop_secrets=(key=ck_demo secret=cs_demo)
    settings[all]="\"url\":\"$shop_url\",\"ca\":\"$shop_ca\""
    settings[products]='"create":"publish","tax_classes":{"23":"standard","8":"reduced-rate","5":"reduced-rate","0":"zero-rate","zw":"zero-rate","np":"zero-rate","oo":"zero-rate"}'
    settings[orders]='"status_done":"completed"'
    options[stock]='"sum_as":"1"'
    options[prices]="\"levels\":[\"$level\"]"
}

shop_baselinker() {
    local title=BaseLinker
    shop_title=$title
    shop_start "$title" python3 tests/shops/baselinker.py --tls "$shop_dir"
    shop_ca=$shop_dir/ca.pem
    shop_secrets=(token=1-23-ABCDEFGH)
    settings[all]="\"url\":\"$shop_url/connector.php\",\"ca\":\"$shop_ca\""
    settings[products]='"inventory":"307","update":["name"]'
    settings[stock]='"inventory":"307","warehouse":"bl_206"'
    settings[prices]='"inventory":"307","price_group":"105"'
    settings[orders]='"status_done":"8070"'
    options[stock]='"sum_as":"all"'
    options[prices]="\"levels\":[\"$level\"]"
    erp_rows "$list_products" | sells fill
    say "its catalogue has the ERP's products already, without stock and prices:"
    say "with its limit of calls a minute it would take too long here to make them"
}

shop_prestashop() {
    local title=PrestaShop
    shop_title=$title
    shop_start "$title" python3 tests/shops/prestashop.py "$shop_dir" --stay
    shop_ca=$shop_dir/shop.pem
    shop_secrets=(key=ABCDEFGHIJKLMNOPQRSTUVWXYZ123456)
    settings[all]="\"url\":\"$shop_url\",\"ca\":\"$shop_ca\""
    settings[products]='"update":["name"]'
    settings[orders]='"status_done":"3"'
    options[stock]='"sum_as":"1"'
    options[prices]="\"levels\":[\"$level\"]"
    erp_rows "$list_products" | sells fill
    say "it has the ERP's products already, with a wrong stock and no price"
}

shop_file() {
    shop_title="the directory"
    shop_url=$shop_dir
    mkdir -p "$shop_dir/orders"
    pass "the shop is a directory: files for it in $shop_dir, its orders in $shop_dir/orders"
    settings[products]="\"place\":\"$shop_dir\""
    settings[stock]=${settings[products]} settings[prices]=${settings[products]}
    settings[orders]="\"place\":\"$shop_dir/orders\""
}

# $@: kinds
shop_plugins() {
    local kind every secret
    plugins_began=$(now_ms)
    for kind in "$@"; do
        every=1s
        [ "$kind" = products ] && every=5s
        local own=${settings[$kind]:-} all=${settings[all]:-} choice=${options[$kind]:-}
        [ "$kind" = orders ] || [ "$shop" = file ] || choice="${choice:+$choice,}\"catalogue_every\":\"1min\""
        printf '{"id":"%s","kind":"%s","name":"Demo %s","enabled":true,"channel":{"type":"%s"%s%s},"schedule":{"every":"%s"},"options":{%s}}' \
            "$kind" "$kind" "$kind" "$shop" "${all:+,$all}" "${own:+,$own}" "$every" "$choice" |
            panel plugin add --endpoint "$endpoint_id" - >/dev/null
    done
    for kind in "$@"; do
        await shop_has_plugin "$kind" || give_up "the plugin $kind did not come from the panel within a minute"
        for secret in "${shop_secrets[@]}"; do
            printf '%s\n' "${secret#*=}" | ctl channel set "$kind" "${secret%%=*}" >/dev/null
        done
    done
}
shop_has_plugin() { ctl channel show "$1" >/dev/null 2>&1; }

# Every check of every hop, and then of each plugin's shop: $@ are the kinds.
shop_tests() {
    step "Asking every check"
    if ctl test; then pass "all checks passed"; else fail "a check did not pass"; fi
    local kind said
    for kind in "$@"; do
        if said=$(ctl channel test "$kind"); then
            pass "endpointctl channel test $kind: $(grep -c '^\[' <<<"$said") checks, none red"
        else
            printf '%s\n' "$said"
            fail "endpointctl channel test $kind: a check did not pass"
        fi
    done
}

# Wait until the shop has as many products ($1), stocks ($2) and prices ($3); "-": however many.
shop_sync() {
    local deadline names=(products stock prices) wanted=("$@") have line i complete
    deadline=$(($(now_ms) + 600000))
    while :; do
        read -ra have <<<"$(sells look || echo 0 0 0)"
        complete=yes line=
        for i in 0 1 2; do
            [ "${wanted[i]}" != - ] || continue
            line="$line  ${names[i]} ${have[i]}/${wanted[i]}"
            [ "${have[i]}" = "${wanted[i]}" ] || complete=no
        done
        if [ -t 1 ]; then printf '\r%s[ .. ]%s%s' "$dim" "$plain" "$line"; else say "$line"; fi
        [ $complete = no ] || break
        if [ "$(now_ms)" -gt $deadline ]; then
            echo
            ctl status || true
            ctl held -n 5 || true
            give_up "the first sync did not complete"
        fi
        sleep 2
    done
    [ ! -t 1 ] || printf '\r%80s\r' ''
    took=$(($(now_ms) - plugins_began))
    took="$((took / 1000)).$((took % 1000 / 100)) s"
}

# What the shop itself says when it is asked as anybody would ask it.
shop_count() {
    local have names=(products stock prices) wanted=("$wanted_products" "$wanted_stock" "$wanted_prices") i
    read -ra have <<<"$(sells count || echo 0 0 0)"
    for i in 0 1 2; do
        if [ "${have[i]}" = "${wanted[i]}" ]; then
            pass "${names[i]}: ${wanted[i]} in the ERP (counted by SQL), as many in $shop_title"
        else
            fail "${names[i]}: ${wanted[i]} in the ERP, ${have[i]} in $shop_title"
        fi
    done
}

# Change the stock of $product in the ERP.
erp_change() {
    local change=${change_stock//'{product}'/$product}
    erp "${change//'{warehouse}'/$warehouse}" >/dev/null
}

# Wait ($2 seconds) until the shop shows another stock of $symbol than $1; after: that.
await_stock() {
    local end=$(($(now_ms) + $2 * 1000))
    while [ "$(now_ms)" -lt $end ]; do
        after=$(sells stock "$symbol" || true)
        [ -z "$after" ] || [ "$after" = None ] || [ "$after" = "$1" ] || return 0
        sleep 0.1
    done
    return 1
}

shop_change() {
    step "A stock level changes in the ERP"
    product=$(erp "$pick_product")
    warehouse=$(erp "$pick_warehouse")
    symbol=$(erp "${symbol_of//'{product}'/$product}")
    local before began
    before=$(sells stock "$symbol")
    erp_change
    began=$(now_ms)
    if await_stock "$before" 60; then
        pass "$symbol: $before -> $after in $shop_title after $(($(now_ms) - began)) ms"
        say "(the stock plugin looks every second here)"
    else
        fail "the change did not arrive within a minute"
    fi
}

is_held() { ctl held stock --json | grep -q "\"key\": *\"$product\(/[^\"]*\)\?\""; }

shop_lose() {
    step "A product that the shop does not know"
    sells lose "$symbol"
    erp_change
    say "$symbol was removed in the shop; then its stock changed in the ERP"
    if await is_held; then
        ctl held stock
        pass "it is held back, all others go on"
    else
        fail "it is not held back within a minute"
    fi
    sells make "$symbol"
    made=$(now_ms)
    say "now somebody makes it there again; the plugin looks for it every minute here, so first:"
}

shop_regain() {
    step "The product that was made again"
    if await_stock None 120; then
        pass "its stock of $after is in the shop, $((($(now_ms) - made) / 1000)) s after it was made there"
    else
        fail "its stock is not in the shop after two minutes"
    fi
    if await not_held; then pass "nothing is held back any more"; else fail "it is still held back"; fi
}
not_held() { ctl held | grep -q 'No row is held back'; }

order_told() {
    local state
    state=$(sells order-state "$order") && number=${state#*$'\t'} && state=${state%%$'\t'*} && [ -n "$number" ] && told=$state
}

shop_order() {
    step "An order from the shop"
    local sku
    sku=$(erp "SELECT TOP (1) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id DESC")
    order=$(sells order 1001 "$sku")
    say "order $order: one piece of $sku"
    if ! await find_file; then
        fail "no file within a minute"
        ctl orders || true
        return 0
    fi
    local marker
    marker=$(basename "$file" .epp)
    pass "checked against the ERP, file ${file##*/} written"
    import_file "$file" || fail "the import failed: $(tail -n 1 "$work/import.log")"
    if await order_told; then
        local has=" the number $number and"
        [ "$number" != - ] || has= # PrestaShop has no place for it
        pass "imported by the operator; the shop's order has$has the status \"$told\""
    else
        fail "the shop's order has no number after a minute"
    fi
    if [ "$(documents "$marker")" = 1 ]; then pass "one document with its marker $marker in the ERP"; else fail "$(documents "$marker") documents with the marker $marker"; fi
}

# Can this build talk to it?
shop_known() {
    local has
    has=$(ctl channel list | sed -n 's/^\([a-z][a-z]*\) .*/\1/p')
    grep -qx "$shop" <<<"$has" || give_up "this build has no channel \"$shop\"; it has: ${has//$'\n'/, }"
}

shop_demo() {
    local -A settings options
    local level
    level=$(ctl lookup price-levels --json | member id)
    step "Starting the shop"
    mkdir -p "$shop_dir"
    "shop_$shop"
    if [ "$shop" = file ]; then
        wanted_stock=$(erp "$count_stock") wanted_prices=$(erp "$count_prices")
    else
        wanted_stock=$(erp "$count_stocked") wanted_prices=$(erp "${count_level//'{level}'/$level}")
    fi
    wanted_products=$(erp "$count_products")
    if [ "$shop" = woocommerce ]; then
        shop_plugins products
        say "the shop is empty; the plugin products makes in it what the ERP has:"
        shop_sync "$wanted_products" - -
        pass "products: $wanted_products in the ERP (counted by SQL) made in $shop_title within $took"
        shop_plugins "${kinds[@]:1}"
    else
        shop_plugins "${kinds[@]}"
    fi
    pass "endpointd is running with the plugins ${kinds[*]}; their channel is $shop_title"

    step "First sync"
    shop_sync "$wanted_products" "$wanted_stock" "$wanted_prices"
    shop_count
    say "all of it within $took"

    shop_tests "${kinds[@]}"
    shop_change
    [ "$shop" = file ] || shop_lose
    [ "$takes_orders" = no ] || shop_order
    [ "$shop" = file ] || shop_regain
}

shop_tries() {
    if [ "$takes_orders" = yes ]; then echo "  ctl orders"; fi
    if [ "$shop" = file ]; then echo "  ls -R $shop_dir"; else echo "  ctl channel test stock"; fi
}
