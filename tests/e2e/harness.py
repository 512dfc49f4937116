"""The real programs, started for a test: sandbox ERP, panel and endpoint, on free loopback ports.

A House is a temporary directory with all of them in it. Everything that is started is stopped by its
pid. Tests wait for conditions with a deadline (House.until), never for a time.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.environ.get("ENDPOINT_BUILD", os.getcwd())
SOURCE = os.environ.get("ENDPOINT_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
SLOW = 4 if os.environ.get("SANITIZER_RUN") else 1


# The programs speak the tester's language otherwise.
for _name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"


class Failure(Exception):
    """What a user would see went wrong."""


class Skip(Exception):
    """The test cannot run here; says why."""


def check(condition, text):
    if not condition:
        raise Failure(text)


def equal(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: got {got!r}, wanted {wanted!r}")


def program(name):
    return os.path.join(BUILD, name)


# The sandbox's companies: mapping, database.
COMPANIES = {"subiekt-gt": ("subiekt-gt", "FIRMA"), "navireo": ("navireo", "NAVIREO"),
             "optima": ("optima", "CDN_Firma"), "nexo": ("nexo", "Nexo_Firma"),
             "generic": ("mssql-example", "SKLEP")}


class House:
    """One ERP, one panel, one endpoint."""

    def __init__(self, rows=300, encrypt="required", every="1s", plugins=("stock",), erp="subiekt-gt"):
        self.erp = erp
        self.mapping, self.database = COMPANIES[erp]
        self.dir = tempfile.mkdtemp(prefix="endpoint-test-")
        self.rows, self.encrypt, self.every = rows, encrypt, every
        self.wanted_plugins = plugins
        self.processes = {}
        self.password = "sandbox-Zażółć;{}'\"x}"
        self.write("erp-password", self.password)
        for name in ("etc", "state", "run", "panel"):
            os.mkdir(self.path(name), 0o700)
        self.endpoint = None
        self.environment = dict(os.environ, ENDPOINT_ERP_DIR=os.path.join(SOURCE, "etc", "erp"),
                                NO_COLOR="1")

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text, mode=0o600):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w",
                  encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def write_dir(self, name):
        os.makedirs(self.path(name), exist_ok=True)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    # ---- processes ------------------------------------------------------------------------------
    def start(self, name, arguments, ready=None, environment=None, preexec=None, within=60):
        log = open(self.path(name + ".log"), "ab")
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env=environment or self.environment, preexec_fn=preexec)
        log.close()
        self.processes[name] = process
        if ready:
            self.until(lambda: os.path.exists(ready) and os.path.getsize(ready) > 0,
                       f"{name} is up", within, alive=process)
        return process

    def stop(self, name, number=signal.SIGTERM, within=40):
        process = self.processes.pop(name, None)
        if not process:
            return None
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failure(f"{name} did not end within {within} s of signal {number}") from None

    def start_sandbox(self, *extra, port=None):
        port_file = self.path("sandbox.port")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(port_file)
        tls = ["--make-cert", self.path("erp-tls")]
        if os.path.exists(self.path("erp-tls", "server.pem")):
            tls = ["--cert", self.path("erp-tls", "server.pem"),
                   "--key", self.path("erp-tls", "server.key")]
        self.start("sandbox", [program("endpoint-sandbox"), "--erp", self.erp, "--rows",
                               str(self.rows), "--data", self.path("firma.db"), "--port",
                               str(port or 0), "--port-file", port_file, "--encrypt", self.encrypt,
                               "--user", "sa", "--password-file", self.path("erp-password"),
                               *tls, *extra], ready=port_file,
                   within=60 + self.rows // 5000)
        self.erp_port = int(self.read("sandbox.port"))
        self.write("freetds.conf", "[sandbox]\nhost = 127.0.0.1\nport = %d\ntds version = 7.4\n"
                   "client charset = UTF-8\n" % self.erp_port)

    def start_panel(self, *extra, port=None):
        port_file = self.path("panel.port")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(port_file)
        tls = ["--make-cert", self.path("panel-tls")]
        if os.path.exists(self.path("panel-tls", "server.pem")):
            tls = ["--cert", self.path("panel-tls", "server.pem"),
                   "--key", self.path("panel-tls", "server.key")]
        self.start("panel", [program("endpoint-panel"), "--data", self.path("panel"), "serve",
                             "--port", str(port or 0), "--port-file", port_file, *tls, *extra],
                   ready=port_file)
        self.panel_port = int(self.read("panel.port"))

    @property
    def panel_url(self):
        return f"https://localhost:{self.panel_port}"

    def configure(self, erp=None, panel=None, more=""):
        erp_settings = {"type": self.mapping, "server": "localhost", "port": self.erp_port,
                        "database": self.database, "user": "sa", "encryption": self.encrypt,
                        "tls_verify": "ca", "tls_ca": self.path("erp-tls", "ca.pem"),
                        "connect_timeout": "5s"}
        erp_settings.update(erp or {})
        panel_settings = {"url": self.panel_url, "ca": self.path("panel-tls", "ca.pem")}
        panel_settings.update(panel or {})
        def group(name, values):
            lines = "".join("    %s = %s;\n" % (key, json.dumps(value, ensure_ascii=False))
                            for key, value in values.items() if value is not None)
            return f"{name} : {{\n{lines}}};\n"
        self.write("etc/endpoint.conf", group("erp", erp_settings) + group("panel", panel_settings)
                   + more)
        self.ctl("config", "set", "erp.password", stdin=self.password)

    def start_daemon(self, preexec=None, environment=None):
        return self.start("endpointd", [program("endpointd"), "--config",
                                        self.path("etc/endpoint.conf"), "--state-dir",
                                        self.path("state"), "--runtime-dir", self.path("run")],
                          ready=None, preexec=preexec, environment=environment)

    def kill(self, name):
        self.stop(name, signal.SIGKILL)

    def workers(self):
        """pids of the workers, by plugin id, as the daemon reports them."""
        answer = self.status()
        return {p["id"]: p["pid"] for p in answer.get("plugins", []) if p.get("pid")}

    # ---- talking to them ------------------------------------------------------------------------
    def run(self, arguments, stdin=None, within=60, environment=None):
        return subprocess.run(arguments, input=stdin, capture_output=True, text=True,
                              timeout=within * SLOW, env=environment or self.environment,
                              check=False)

    def ctl(self, *arguments, stdin=None, expect=0, within=60, environment=None):
        done = self.run([program("endpointctl"), "--config", self.path("etc/endpoint.conf"),
                         "--state-dir", self.path("state"), "--runtime-dir", self.path("run"),
                         *arguments], stdin=stdin if stdin is not None else "", within=within,
                        environment=environment)
        if expect is not None and done.returncode != expect:
            raise Failure(f"endpointctl {' '.join(arguments)}: exit {done.returncode}, wanted "
                          f"{expect}\n{done.stdout}{done.stderr}")
        return done

    def status(self):
        done = self.ctl("status", "--json", expect=None)
        try:
            return json.loads(done.stdout)
        except ValueError:
            return {}

    def panel(self, *arguments, stdin=None, expect=0):
        done = self.run([program("endpoint-panel"), "--data", self.path("panel"), *arguments],
                        stdin=stdin if stdin is not None else "")
        if expect is not None and done.returncode != expect:
            raise Failure(f"endpoint-panel {' '.join(arguments)}: exit {done.returncode}, wanted "
                          f"{expect}\n{done.stdout}{done.stderr}")
        return done

    def sql(self, statement):
        """Rows of one statement run in the ERP by FreeTDS' own client, as lists of texts."""
        environment = dict(self.environment, FREETDSCONF=self.path("freetds.conf"), TDSVER="7.4")
        done = self.run(["tsql", "-S", "sandbox", "-U", "sa", "-P", self.password, "-D", self.database,
                         "-o", "qh", "-t", "\x1f"], stdin=statement + "\nGO\n",
                        environment=environment)
        if "Msg " in done.stderr or done.returncode != 0:
            raise Failure(f"SQL failed: {statement}\n{done.stderr}{done.stdout}")
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def value(self, statement):
        return self.sql(statement)[0][0]

    def realise_order(self, number, invoice=1):
        """What the operator does who makes an invoice (FS) of a customer order: by SQL. Returns its number."""
        order = self.value(f"SELECT d.dok_Id FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND d.dok_NrPelny = N'{number}'")
        new = self.value("SELECT i.ido_wartosc FROM dbo.ins_ident AS i WHERE i.ido_nazwa = 'dok__Dokument'")
        name = f"FS {invoice}/2026"
        self.sql("UPDATE dbo.ins_ident SET ido_wartosc = ido_wartosc + 1 WHERE ido_nazwa = 'dok__Dokument'")
        self.sql("INSERT INTO dbo.dok__Dokument (dok_Id, dok_Typ, dok_Podtyp, dok_Status, dok_MagId, dok_Nr, "
                 "dok_NrPelny, dok_DataWyst, dok_DataMag, dok_PlatnikId, dok_OdbiorcaId, dok_WartNetto, dok_WartVat, "
                 "dok_WartBrutto, dok_Waluta, dok_Algorytm, dok_DoDokId, dok_DoDokNrPelny) "
                 f"SELECT {new}, 2, 0, 1, d.dok_MagId, {invoice}, '{name}', d.dok_DataWyst, d.dok_DataMag, "
                 "d.dok_PlatnikId, d.dok_OdbiorcaId, d.dok_WartNetto, d.dok_WartVat, d.dok_WartBrutto, d.dok_Waluta, "
                 f"0, d.dok_Id, d.dok_NrPelny FROM dbo.dok__Dokument AS d WHERE d.dok_Id = {order}")
        self.sql(f"UPDATE dbo.dok__Dokument SET dok_Status = 8, dok_StatusEx = 4 WHERE dok_Id = {order}")
        return name

    def register(self):
        self.panel("account", "add", "Sklep Testowy")
        token = self.panel("token", "new").stdout.strip().split()[-1]
        self.write("token", token)
        done = self.ctl("register", "--token-file", self.path("token"), "--json")
        self.endpoint = json.loads(done.stdout).get("endpoint_id")
        return done

    def add_plugin(self, kind, identifier=None, every=None, enabled=True, options=None, channel=None):
        schedule = {"manual": True} if every == "manual" else {"every": every or self.every}
        plugin = {"id": identifier or kind, "kind": kind, "name": kind, "enabled": enabled,
                  "channel": channel or {"type": "panel"}, "schedule": schedule,
                  "options": options or {}}
        self.panel("plugin", "add", "--endpoint", self.endpoint, "-", stdin=json.dumps(plugin))

    def up(self, daemon=True):
        """All of it: ERP, panel, registered endpoint with its plugins."""
        self.start_sandbox()
        self.start_panel()
        self.configure()
        self.register()
        for kind in self.wanted_plugins:
            self.add_plugin(kind)
        if daemon:
            self.start_daemon()
        return self

    # ---- what is where --------------------------------------------------------------------------
    def panel_rows(self, stream):
        """What the panel holds: key → data."""
        done = self.panel("changes", stream, "--json")
        rows = {}
        for line in done.stdout.splitlines():
            row = json.loads(line)
            rows[row["key"]] = row["data"]
        return rows

    def panel_count(self, stream):
        return int(self.panel("changes", stream, "--count").stdout.strip() or 0)

    def erp_stock(self):
        """What the ERP holds, by SQL written here and not in the mapping: key → (on hand, reserved)."""
        rows = self.sql(
            "SELECT s.st_TowId, s.st_MagId, CAST(s.st_Stan AS DECIMAL(19,4)), "
            "CAST(s.st_StanRez AS DECIMAL(19,4)) FROM dbo.tw_Stan AS s INNER JOIN dbo.tw__Towar AS t "
            "ON t.tw_Id = s.st_TowId WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj <> 2")
        return {f"{r[0]}/{r[1]}": (number(r[2]), number(r[3])) for r in rows}

    def panel_stock(self):
        return {key: (number(data["on_hand"]), number(data["reserved"]))
                for key, data in self.panel_rows("stock").items()}

    def in_step(self):
        return self.panel_stock() == self.erp_stock()

    def until_in_step(self, within=60):
        self.until(self.in_step, "the panel holds the ERP's stock", within)

    def until(self, condition, what, within=30, alive=None):
        deadline = time.monotonic() + within * SLOW
        while True:
            value = condition()
            if value:
                return value
            if alive is not None and alive.poll() is not None:
                raise Failure(f"waiting until {what}: the program ended with {alive.returncode}")
            if time.monotonic() > deadline:
                raise Failure(f"not within {within * SLOW} s: {what}")
            time.sleep(0.05)

    def close(self):
        for name in list(self.processes)[::-1]:
            with contextlib.suppress(Failure):
                self.stop(name)
        shutil.rmtree(self.dir, ignore_errors=True)

    def logs(self):
        text = ""
        for name in sorted(os.listdir(self.dir)):
            if name.endswith(".log"):
                tail = self.read(name).splitlines()[-25:]
                text += f"--- {name}\n" + "\n".join(tail) + "\n"
        return text


def number(text):
    """Exact decimals compared as text: no trailing zeros."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run_tests(tests):
    """Run test functions, each with its own House unless it takes none; prints TAP."""
    only = sys.argv[1:]
    tests = [t for t in tests if not only or t.__name__ in only]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for index, test in enumerate(tests, 1):
        name = (test.__doc__ or test.__name__).strip().splitlines()[0]
        house = House(**getattr(test, "house", {}))
        began = time.monotonic()
        try:
            if os.environ.get("ENDPOINT_TEST_HOOKS") == "no":
                raise Skip("not a build made for tests: ./configure --enable-test-hooks")
            test(house)
            print(f"ok {index} - {name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Skip as why:
            print(f"ok {index} - {name} # SKIP {why}", flush=True)
        except Exception:  # a test's failure of any kind is the test's result
            failed += 1
            print(f"not ok {index} - {name}")
            for line in (traceback.format_exc() + house.logs()).splitlines():
                print("# " + line)
            sys.stdout.flush()
        finally:
            house.close()
    sys.exit(1 if failed else 0)


def house(**options):
    """Decorator: the House that a test wants."""
    def mark(test):
        test.house = options
        return test
    return mark
