# shellcheck shell=bash disable=SC2154
# What ./demo shows with the panel as the shop: sourced by it, uses what it defines.
panel_plugins() {
    local kind every
    for kind in products stock prices; do
        every=5s
        [ $kind = stock ] && every=1s
        printf '{"id":"%s","kind":"%s","name":"Demo %s","enabled":true,"channel":{"type":"panel"},"schedule":{"every":"%s"},"options":{}}' \
            $kind $kind $kind $every | panel plugin add --endpoint "$endpoint_id" - >/dev/null
    done
    pass "endpointd is running with three plugins: products, stock, prices"
}

panel_sync() {
    step "First sync"
    local -A wanted
    wanted[products]=$(erp "$count_products")
    wanted[stock]=$(erp "$count_stock")
    wanted[prices]=$(erp "$count_prices")
    began=$(now_ms)
    deadline=$((began + 600000))
    while :; do
        complete=yes
        line=''
        for kind in products stock prices; do
            have=$(panel changes $kind --count)
            line="$line  $kind $have/${wanted[$kind]}"
            [ "$have" = "${wanted[$kind]}" ] || complete=no
        done
        if [ -t 1 ]; then printf '\r%s[ .. ]%s%s' "$dim" "$plain" "$line"; else say "$line"; fi
        [ $complete = yes ] && break
        if [ "$(now_ms)" -gt $deadline ]; then
            echo
            ctl status || true
            give_up "the first sync did not complete"
        fi
        sleep 0.5
    done
    [ -t 1 ] && printf '\r%80s\r' ''
    took=$(($(now_ms) - began))
    for kind in products stock prices; do
        pass "$kind: ${wanted[$kind]} rows in the ERP (counted by SQL), as many in the panel"
    done
    say "all of it within $((took / 1000)).$((took % 1000 / 100)) s"
}

held() { panel changes stock --key "$key" --json | sed -n 's/.*"on_hand": *"\([^"]*\)".*/\1/p' | head -n 1; }
panel_change() {
    step "A stock level changes in the ERP"
    product=$(erp "$pick_product")
    warehouse=$(erp "$pick_warehouse")
    key=$product/$warehouse
    before=$(held)
    change=${change_stock//'{product}'/$product}
    erp "${change//'{warehouse}'/$warehouse}" >/dev/null
    began=$(now_ms)
    after=$before
    while [ "$after" = "$before" ] && [ $(($(now_ms) - began)) -lt 60000 ]; do
        sleep 0.05
        after=$(held)
    done
    took=$(($(now_ms) - began))
    if [ "$after" != "$before" ]; then
        pass "product $product, warehouse $warehouse: $before -> $after in the panel after $took ms"
        say "(the stock plugin looks every second here)"
    else
        fail "the change did not arrive within a minute"
    fi
}

panel_demo() {
    panel_plugins
    step "Asking every check"
    if ctl test; then pass "all checks passed"; else fail "a check did not pass"; fi
    panel_sync
    panel_change
    [ "$takes_orders" = no ] || orders_demo
}

# What one can type while it stays up.
panel_tries() {
    if [ "$takes_orders" = yes ]; then printf '  ctl orders\n  ctl order show 1002\n'; fi
    echo "  $build/endpoint-panel --data $work/panel changes stock --key $key"
}
