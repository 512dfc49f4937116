"""What those who look after an endpoint use: the support bundle, numbers for Prometheus, the log file."""
import glob
import io
import json
import os
import re
import socket
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import Failure, check, equal, free_port, house, run_tests  # noqa: E402

PROXY_PASSWORD = "proxy-Pass-778"
CHANNEL_SECRET = "ck_channel-consumer-secret"


def unpack(path):
    """The archive by tar and zstd's own programs' library: name → bytes."""
    plain = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}
    folders = {name.split("/")[0] for name in files}
    check(len(folders) == 1 and re.fullmatch(r"endpoint-bundle-\d{8}-\d{6}", min(folders)), f"one folder of its own: {folders}")
    return {name.split("/", 1)[1]: text for name, text in files.items()}


def secrets(h):
    """Every secret of this endpoint, in the forms that a file could show it in."""
    with open(h.path("state/identity.json"), encoding="utf-8") as file:
        identity = json.load(file)
    with open(h.path("state/secrets.key"), "rb") as file:
        key = file.read()
    plain = [h.password, identity["private_key"], h.read("token").strip(), PROXY_PASSWORD, CHANNEL_SECRET, key.hex()]
    for text in list(plain):
        plain += [json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], urllib.parse.quote(text)]
    return [text.encode() for text in plain] + [key]


@house(plugins=("stock",))
def bundle(h):
    """a support bundle holds what helps and none of the secrets"""
    h.up(daemon=False)
    # A secret typed into the file, one that was pasted into a name, one in a URL, one of a channel.
    config = h.read("etc/endpoint.conf")
    config = config.replace("panel : {", f'panel : {{\n    proxy = "http://user:{PROXY_PASSWORD}@127.0.0.1:9";')
    config += ('plugins = ( { id = "woo"; kind = "stock"; name = "Woo"; enabled = false; channel = { type = "panel"; '
               f'consumer_secret = "{CHANNEL_SECRET}"; }}; schedule = {{ every = "1h"; }}; }} );\n')
    h.write("etc/endpoint.conf", config)
    os.makedirs(h.path("etc/erp"))
    h.write("etc/erp/site.conf", f"# the password is {h.password}\nname = \"site\";\n")
    h.write("endpoint.log", f"2026 info endpointd: somebody logged {h.password} here\n")
    h.ctl("config", "set", "log.file", h.path("endpoint.log"))
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "the daemon answers")
    listed = h.ctl("bundle", "--list").stdout
    check(not glob.glob(h.path("*.zst")), "--list wrote a file")
    done = json.loads(h.ctl("bundle", h.path("b.tar.zst"), "--json").stdout)
    equal(os.stat(h.path("b.tar.zst")).st_mode & 0o777, 0o600, "mode")
    files = unpack(h.path("b.tar.zst"))
    equal(sorted(files), sorted(f["name"] for f in done["files"]), "files that it says are in it")
    for name in ("about.json", "status.json", "checks.json", "settings.json", "plugins.json", "ledgers.json",
                 "journal.jsonl", "overrides/site.conf", "log.txt", "metrics.txt", "service.json"):
        check(name in files and files[name], f"{name} is not in the bundle, or empty")
        check(name in listed, f"--list does not say {name}")
    whole = b"\n".join(files.values())
    for secret in secrets(h):
        check(secret not in whole, f"the secret {secret!r} is in "
              f"{[n for n, t in files.items() if secret in t]}")
    check(b"FIRMA" in files["settings.json"] and b"***" in files["settings.json"], "settings are not told")
    equal(json.loads(files["about.json"])["endpoint"], json.loads(h.ctl("version", "--json").stdout)["version"],
          "version")
    check(b"***" in files["log.txt"] and b"here" in files["log.txt"], "the log is not there")
    done = h.ctl("bundle", h.path("b.tar.zst"), expect=None)
    check(done.returncode != 0, "a file that is there was overwritten")


@house(plugins=("stock",))
def bundle_without_anything(h):
    """a bundle can be made of an endpoint whose configuration is faulty and whose daemon is down"""
    h.write("etc/endpoint.conf", 'erp : { password = "typed-Secret-1"; port = "no number"; };\n')
    h.ctl("bundle", h.path("b.tar.zst"))
    files = unpack(h.path("b.tar.zst"))
    check(b"erp.port" in files["config-check.txt"], "the fault is not told")
    check(b"typed-Secret-1" not in b"".join(files.values()), "the password of a faulty file is in it")


def parse(text):
    """Samples by Prometheus' own parser where it is installed, by the format's grammar in any case."""
    samples = {}
    types = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ", 3)
            check(name not in types, f"{name} has two types")
            types[name] = kind
            continue
        if line.startswith("# HELP "):
            continue
        match = re.fullmatch(r'([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (-?[0-9.]+)', line)
        check(match, f"no sample: {line!r}")
        check(match.group(1) in types, f"{line!r} comes before its type")
        samples[match.group(1) + (match.group(2) or "")] = float(match.group(3))
    for name, kind in types.items():
        equal(kind == "counter", name.endswith("_total"), f"{name} is a {kind}; the name says otherwise")
    try:
        from prometheus_client.parser import text_string_to_metric_families
    except ImportError:
        return samples
    theirs = sum(len(f.samples) for f in text_string_to_metric_families(text))
    equal(theirs, len(samples), "samples that Prometheus' parser sees")
    return samples


def get(port, path="/metrics", method="GET"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, ""


@house(plugins=("stock",))
def metrics(h):
    """metrics say what the status says, over the socket and at the port on loopback"""
    h.up()
    h.until_in_step()
    def settled(): # what the daemon has heard of the worker, not only what the panel has got already
        p = h.status()["plugins"][0]
        return p.get("queued") == 0 and p.get("acked") and p.get("last_ok") and p.get("next_run")
    h.until(settled, "the first pass is over and told")
    samples = parse(h.ctl("metrics").stdout)
    plugin = h.status()["plugins"][0]
    label = '{plugin="stock",kind="stock"}'
    equal(samples["endpoint_plugin_known_rows" + label], plugin["snapshot"], "known rows")
    equal(samples["endpoint_plugin_acknowledged_changes_total" + label], plugin["acked"], "acknowledged")
    equal((samples["endpoint_plugin_ok" + label], samples["endpoint_panel_connected"]), (1, 1), "all is well")
    port = free_port()
    h.ctl("config", "set", "metrics.port", str(port))
    h.processes["endpointd"].send_signal(1)
    def up():
        try:
            return get(port)
        except OSError:
            return None
    status, text = h.until(up, "the port answers")
    equal(status, 200, "status")
    parse(text)
    h.until(lambda: set(parse(get(port)[1])) == set(samples), "the port has the same numbers")
    equal(get(port, "/")[0], 404, "another path")
    equal(get(port, method="POST")[0], 405, "another method")
    with open("/proc/net/tcp", encoding="utf-8") as file:
        bound = [line.split()[1] for line in file if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"]
    equal(bound, [f"0100007F:{port:04X}"], "it listens on loopback only")
    with socket.create_connection(("127.0.0.1", port)) as s: # garbage, longer than a request may be
        s.sendall(b"\0" * 10000)
        s.settimeout(20)
        try:
            equal(s.recv(100), b"", "answer to garbage")
        except ConnectionResetError:
            pass
    equal(get(port)[0], 200, "after garbage")
    h.stop("sandbox")
    h.until(lambda: parse(get(port)[1])["endpoint_plugin_ok" + label] == 0, "the fault shows")
    h.ctl("config", "set", "metrics.port", "0")
    h.processes["endpointd"].send_signal(1)
    h.until(lambda: up() is None, "the port is closed")


@house(plugins=("stock",))
def log_file(h):
    """the log file gets daemon's and workers' lines with their fields"""
    h.up(daemon=False)
    path = h.path("endpoint.log")
    h.ctl("config", "set", "log.file", path)
    h.start_daemon()
    h.until(lambda: h.status().get("plugins"), "the daemon answers")
    h.stop("sandbox")
    pattern = re.compile(r"^[-0-9]{10}T[^ ]+Z (error|warning) +endpoint[a-z-]*: .*plugin=stock", re.M)
    h.until(lambda: pattern.search(h.read("endpoint.log")), "a line about the plugin")
    check("code=started" in h.read("endpoint.log"), "no line about the start")
    equal(os.stat(path).st_mode & 0o007, 0, "others may read the log")


run_tests([bundle, bundle_without_anything, metrics, log_file])
