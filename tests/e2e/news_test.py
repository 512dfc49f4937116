"""What people changed stands in the journal: plugins added, switched, changed, removed; settings; and the first sync."""
import json

from harness import check, equal, house, run_tests

CODES = ("first_sync", "first_sync_done", "plugin_added", "plugin_changed", "plugin_removed", "settings_changed")


def news(h):
    """(code, plugin, text) of what the journal says about them, the oldest first."""
    lines = h.ctl("journal", "--json", "-n", "500", expect=None).stdout.splitlines()
    entries = [json.loads(line) for line in lines if line.strip()]
    entries = [e for line in entries for e in (line if isinstance(line, list) else line.get("entries", [line])) if "plugin" in e]
    return [(e["code"], e["plugin"], e["text"]) for e in entries if e["code"] in CODES]


def said(h, code, text):
    return [n for n in news(h) if n[0] == code and text in n[2]]


@house(rows=20)
def test_plugins_and_settings(h):
    """The journal has the first sync, a plugin that came, was switched off, was changed and went, and names of settings, once each"""
    h.up()
    h.until(lambda: said(h, "first_sync_done", "the shop has everything"), "the first sync is said to be done")
    equal([n[1] for n in said(h, "first_sync", "rows were read")], ["stock"], "first syncs")
    check(h.in_step(), "it was said to be done and is not")
    before = len(news(h))
    h.ctl("sync", "stock")
    equal(len(news(h)), before, "a later pass is no first sync")
    h.add_plugin("prices", every="manual")
    h.until(lambda: said(h, "plugin_added", "plugin prices is new, from the panel"), "the new plugin is told")
    h.panel("plugin", "disable", "prices")
    h.until(lambda: said(h, "plugin_changed", "prices was switched off"), "that it was switched off")
    h.panel("plugin", "enable", "prices")
    h.until(lambda: said(h, "plugin_changed", "prices was switched on"), "that it was switched on")
    text = h.read("etc/endpoint.conf")
    h.write("etc/endpoint.conf", text + '''plugins = ( { id = "by-hand"; kind = "customers"; name = "By hand"; enabled = true;
        channel : { type = "panel"; }; schedule : { manual = true; }; options : { }; } );\n''')
    h.ctl("reload")
    h.until(lambda: said(h, "plugin_added", "plugin by-hand is new, from endpoint.conf"), "the file's plugin is told")
    h.write("etc/endpoint.conf", text)
    h.ctl("reload", "--accept")
    h.until(lambda: said(h, "plugin_removed", "by-hand was removed"), "that it was removed")
    h.ctl("config", "set", "erp.query_timeout", "4min")
    h.ctl("reload")
    h.until(lambda: said(h, "settings_changed", "erp.query_timeout"), "the setting is named")
    check(not any("4min" in n[2] or h.password in n[2] for n in news(h)), "a value is in the journal")
    h.ctl("reload")
    equal(len(said(h, "settings_changed", "")), 1, "changes of settings that were told")
    equal(len(said(h, "plugin_removed", "")), 1, "removals that were told")
    # What is there at a start is no news.
    known = news(h)
    h.stop("endpointd")
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "it is up again")
    h.ctl("sync", "stock")
    equal(news(h), known, "what a start makes news of")


run_tests([test_plugins_and_settings])
