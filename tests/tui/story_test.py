"""What people do with endpoint-tui, against the real ERP stand-in, panel and daemon: first use, and what
goes wrong."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from terminal import Failure, Skip, Terminal, check, equal, options, program, run_tests, start  # noqa: E402


def fill(house, t, password=None, database="FIRMA", trust=True):
    """The Connection tab of a fresh endpoint, by keys, as a person does."""
    t.see("[1 Connection")
    t.go("ERP")
    t.keys("Enter")
    t.see("Comarch ERP Optima")
    t.go("InsERT Subiekt GT", key="Down")
    t.keys("Enter")
    t.see("‹ InsERT Subiekt GT ›", "SQL Server")
    for label, value in (("SQL Server", "localhost"), ("SQL login", "sa"), ("Password", password or house.password)):
        t.go(label)
        t.field(value)
    t.go("TCP port")
    t.field(str(house.erp_port))
    if trust:
        t.go("Certificate check")
        t.keys("Tab", "Enter")
        t.see("Certificate of the SQL Server", "endpoint-sandbox")
        t.press("Trust this certificate only")
        t.see("‹ this certificate only ›")
    # Nothing is saved yet: the lists ask with what stands on the screen.
    t.go("Database")
    if database == "FIRMA":
        t.keys("Tab", "Enter")
        t.see("> FIRMA")
        t.keys("Enter")
        t.see("[1 Connection")
        t.go("Operator")
        t.keys("Tab", "Enter")
        t.see("Operators", "Szef")
        t.keys("Escape")
        t.see("[1 Connection")
    else:
        t.field(database)


def browser_answer(*instances):
    """What SQL Server Browser says of these: (name, version, port or 0)."""
    text = "".join(f"ServerName;SRV;InstanceName;{name};IsClustered;No;Version;{version};" +
                   (f"tcp;{port};" if port else "") + ";" for name, version, port in instances).encode()
    return b"\x05" + len(text).to_bytes(2, "little") + text


class Browser:
    """Answers every datagram with the same bytes; None: never."""

    def __init__(self, answer):
        self.answer, self.closing = answer, False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while not self.closing:
            _, sender = self.socket.recvfrom(100)
            if self.answer is not None:
                self.socket.sendto(self.answer, sender)

    def close(self):
        if self.closing:
            return
        self.closing, self.answer = True, None
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()


def ask_for_instances(t, server="localhost"):
    t.go("SQL Server")
    t.field(server)
    t.keys("Tab")
    t.see("> List... <")
    t.keys("Enter")


def test_instances(house):
    """The instances of a machine are picked from a list, with the port that is right for each; the connection works"""
    probe = Browser(None)
    probe.close()
    house.start_sandbox("--browser-port", str(probe.port), "--instance", "INSERTGT")
    house.start_panel()
    house.configure(erp={"port": 1433, "browser_port": probe.port})
    t = on_connection(house, house.read("etc/endpoint.conf"))
    try:
        t.go("SQL Server")
        t.field("")
        t.keys("Tab", "Enter")
        t.see("Type the name or address of the machine first.")
        ask_for_instances(t)
        t.see("Instances of SQL Server", f"> INSERTGT   15.0.2000.5   port {house.erp_port}")
        t.keys("Enter")
        t.see("[1 Connection*]", "localhost\\INSERTGT__", "TCP port            ______", "asked for its port")
        tested(t, "Test connection", {title: "OK" for title in TITLES[:6]},
               f"the instance INSERTGT listens on port {house.erp_port}")
        t.keys("C-s")
        t.see("Saved.")
        check('server = "localhost\\\\INSERTGT"' in house.read("etc/endpoint.conf"), house.read("etc/endpoint.conf"))
    finally:
        t.close()


def test_instances_odd(house):
    """A Browser that is off, deaf, talks nonsense, knows nobody or too much: a reason and what to do, and no key waits"""
    def with_browser(answer, *texts, then=None, **where):
        browser = Browser(answer)
        text = COMMENTED.replace('"Szef"', f'"Szef"; browser_port = {browser.port}; connect_timeout = "60s"')
        if answer == b"off":
            browser.close()
        t = on_connection(house, text, **where)
        try:
            ask_for_instances(t)
            t.see(*texts)
            if then:
                then(t)
        finally:
            t.close()
            browser.close()

    def typing(t):
        t.go("Database")
        t.field("INNA")
        t.see("INNA")
        t.keys("Escape")
        t.see("Cancelled.")

    def stands(*texts):
        def pick(t):
            t.see("Instances of SQL Server")
            t.keys("Enter")
            t.see("[1 Connection*]", *texts)
        return pick

    def closes(t):
        t.see("Instances of SQL Server")
        t.keys("Escape")
        t.gone("Instances of SQL Server")

    with_browser(b"off", "Browser does not answer on localhost", "Start the service")
    with_browser(None, "Asking the SQL Server...", then=typing)
    with_browser(b"HTTP/1.1 400 Bad Request\r\n", "the program that answers on", 'Set "TCP port" (tab 1)')
    with_browser(browser_answer(), "lists no instance", "installed and started?", then=closes)
    with_browser(browser_answer(("STARY", "9.00.5000.00", 0)), "STARY   9.00.5000.00   TCP/IP is off",
                 then=stands("localhost\\STARY", "does not listen on TCP", "Enable TCP/IP"))
    with_browser(browser_answer(("MSSQLSERVER", "15.0.2000.5", 1444)), "port 1444",
                 then=stands("localhost____", "TCP port            1444__"))
    with_browser(browser_answer(("MSSQLSERVER", "15.0.2000.5", 1433)), "port 1433",
                 then=stands("localhost____", "TCP port            ______"))
    with_browser(browser_answer(("A\x1b]0x\x07", "15\x1b[31m", 1444)), "A?]0x?   15?[31m   port 1444", then=closes)
    # More than there is room for; the last that are shown can be picked.
    many = browser_answer(*((f"INSTANCJA{n:03}", "15.0", 5000 + n) for n in range(100)))
    with_browser(many, "INSTANCJA000   15.0   port 5000", columns=60, rows=20,
                 then=lambda t: (t.go("Back", key="BTab"), t.keys("Up"), t.see("> INSTANCJA063   15.0   port 5063"),
                                 t.keys("Enter"), t.see("asked for its port"), t.go("SQL Server"),
                                 t.see("localhost\\INSTANCJA063")))


TITLES = ("ERP: server's name", "ERP: connection", "ERP: encryption", "ERP: login", "ERP: right database", "ERP: version",
          "ERP: operator", "ERP: rights to read", "Panel: name", "Panel: connection", "Panel: encryption", "Panel: clock",
          "Panel: identity")


def blocks_of(screen):
    """title → word, of the checks that the screen shows."""
    blocks = {}
    for line in screen.splitlines():
        match = re.match(r" ■ (OK|FAIL|WARN|--|\.\.) +(.*)", line)
        for title in TITLES if match else ():
            if match.group(2).startswith(title):
                blocks[title] = match.group(1)
    return blocks


def tested(t, what, wanted, *texts):
    """Press a test; in the end the blocks are as wanted (title → word; others: OK or not tried) and say this."""
    t.press(what)
    t.resize(100, 70)

    def good(screen):
        blocks = blocks_of(screen)
        return ("< Cancel >" not in screen and len(blocks) >= 5 and all(blocks.get(k) == v for k, v in wanted.items()) and
                all(v in ("OK", "--") for k, v in blocks.items() if k not in wanted) and
                all(text in screen for text in texts))
    screen = t.wait(good, f"{what} ends with {wanted} and {texts}")
    t.resize(80, 24)
    t.wait(lambda s: len(s.splitlines()) == 24 and " F1 ? " in s.splitlines()[23], "the screen is small again")
    return blocks_of(screen)


def test_first_use(house):
    """From nothing to a finished first sync: register, fill, trust, test, save, watch"""
    house.start_sandbox()
    house.start_panel()
    house.panel("account", "add", "Hurtownia Żuk")
    token = house.panel("token", "new").stdout.strip().split()[-1]
    t = start(house)
    try:
        t.see("Register this endpoint", "not registered")
        t.go("Panel")
        t.field(house.panel_url)
        t.go("The panel is behind", key="BTab")
        t.keys("Space")
        t.see("Proxy")
        t.go("Authorities' file")
        t.field(house.path("panel-tls", "ca.pem"))
        t.go("Token")
        t.field("EP1-not-one-of-theirs")
        t.press("Register")
        t.see("registration token is unknown", "Check the token")
        t.go("Token")
        t.field(token)
        t.press("Register")
        t.see("[1 Connection]", "Hurtownia Żuk")
        fill(house, t)
        check(house.password not in t.screen(), "the password is readable")
        blocks = tested(t, "Test all", {title: "OK" for title in TITLES if title != "ERP: operator"})
        equal(set(blocks), set(TITLES), "what was tested")
        t.keys("C-s")
        t.see("Saved. endpointd is not running")
        house.start_daemon()
        endpoint = json.loads(house.read("state/identity.json"))["endpoint_id"]
        check(endpoint in house.panel("endpoint", "list").stdout, "the panel does not know the endpoint")
        house.endpoint = endpoint
        house.add_plugin("stock", every="1h")
        t.keys("M-3")
        t.see("[3 Summary]", "-".join(re.findall("....", endpoint)), "■ running", "■ panel OK")
        t.wait(lambda s: re.search(r"■ OK +stock .* rows read, [1-9][0-9,]* changed", s), "the first sync is done")
        house.until_in_step()
        t.keys("M-1")
        t.go("Connect time-out")
        t.field("7s")
        t.keys("C-s")
        t.see("endpointd uses it now")
        t.keys("M-3")
        t.see("[3 Summary]")
        text = house.read("etc/endpoint.conf")
        check(house.password not in text and "sealed:erp.password" in text, f"the password is in the file:\n{text}")
        equal(os.stat(house.path("etc/endpoint.conf")).st_mode & 0o777, 0o600, "mode of endpoint.conf")
        t.keys("q")
        t.ended()
    finally:
        t.close()


def test_reasons(house):
    """A wrong password, database, certificate, a server and a panel that are off: red, why, and what hangs on it waits"""
    house.start_sandbox()
    house.start_panel()
    house.configure(erp={"tls_verify": "system", "tls_ca": None})
    house.register()
    t = start(house)
    try:
        t.keys("M-1")
        t.see("[1 Connection]")
        refused = {"ERP: encryption": "OK", "ERP: login": "FAIL", "ERP: right database": "--", "ERP: version": "--"}
        untrusted = {"ERP: encryption": "FAIL", "ERP: login": "--", "ERP: right database": "--", "ERP: version": "--"}
        tested(t, "Test connection", untrusted, "not trusted", "\"Authorities' file\" (tab 1)")
        t.go("Certificate check")
        t.keys("Right")
        t.see("Authorities' file")
        t.go("Authorities' file")
        t.field(house.path("erp-tls", "ca.pem"))
        good = {title: "OK" for title in TITLES[:6]}
        tested(t, "Test connection", good)
        t.go("Password")
        t.field("guess")
        tested(t, "Test connection", refused, "password")
        t.go("Password")
        t.keys("C-u")
        t.go("Database")
        t.field("NIEMA")
        tested(t, "Test connection", refused, "NIEMA")
        t.go("Database")
        t.field("FIRMA")
        tested(t, "Test connection", good)
        house.stop("sandbox")
        tested(t, "Test connection", {"ERP: connection": "FAIL", "ERP: encryption": "--", "ERP: login": "--"}, "refused")
        house.stop("panel")
        tested(t, "panel", {"Panel: connection": "FAIL", "Panel: encryption": "--", "Panel: identity": "--"}, "refused")
        t.keys("F10")
        t.see("Unsaved changes")
        t.press("Discard")
        t.ended()
    finally:
        t.close()


COMMENTED = """# The head of the file.
erp : { type = "subiekt-gt"; # which one
    server = "erp.example.pl"; /* the old one */  port=1433;
    database = "FIRMA"; user = "sa"; operator = "Szef" }; // end
panel : { url = "https://panel.example.pl"; };
"""


def on_connection(house, text=COMMENTED, **where):
    house.write("etc/endpoint.conf", text)
    t = start(house, **where)
    t.see("Register this endpoint")
    t.press("Later")
    t.see("[1 Connection]")
    return t


def change_server(t, value):
    t.go("SQL Server")
    t.field(value)
    t.see("[1 Connection*]")


def test_comments(house):
    """Saving changes the one value and keeps every other byte of the file"""
    t = on_connection(house)
    try:
        change_server(t, "10.0.0.9")
        t.keys("C-s")
        t.see("Saved. endpointd is not running")
        equal(house.read("etc/endpoint.conf"), COMMENTED.replace("erp.example.pl", "10.0.0.9"), "the file")
    finally:
        t.close()


def test_full_disk(house):
    """A full disk: the old file stays whole, the reason is on the screen, the change is not lost"""
    house.write("etc/endpoint.conf", COMMENTED)
    command = "ulimit -f 0; " + " ".join([program("endpoint-tui"), *options(house)])
    t = Terminal(house.dir, command="sh -c '" + command + "'")
    try:
        t.press("Later")
        t.see("[1 Connection]")
        change_server(t, "10.0.0.9")
        t.keys("C-s")
        t.see("■ FAIL", "cannot write", "large")
        equal(house.read("etc/endpoint.conf"), COMMENTED, "the file after a failed save")
        equal(os.listdir(house.path("etc")), ["endpoint.conf"], "what is in the directory")
        t.see("10.0.0.9", "[1 Connection*]")
    finally:
        t.close()


def test_read_only(house):
    """A directory that may not be written to: the same"""
    house.write("etc/endpoint.conf", COMMENTED)
    user = []
    if os.geteuid() == 0: # root may write everywhere
        os.chmod(house.dir, 0o755)
        for name in ("etc", "state", "run"):
            os.chown(house.path(name), 65534, 65534)
        os.chown(house.path("etc/endpoint.conf"), 65534, 65534)
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        if house.run([*user, program("endpoint-tui"), "--version"]).returncode != 0:
            raise Skip("no other user can run the programs here")
    os.chmod(house.path("etc"), 0o500)
    t = Terminal(house.dir, command=" ".join([*user, program("endpoint-tui"), *options(house)]))
    try:
        t.press("Later")
        t.see("[1 Connection]")
        change_server(t, "10.0.0.9")
        t.keys("C-s")
        t.see("■ FAIL", "ermission")
        equal(house.read("etc/endpoint.conf"), COMMENTED, "the file after a failed save")
        t.see("10.0.0.9", "[1 Connection*]")
    finally:
        t.close()
        os.chmod(house.path("etc"), 0o700)


def test_concurrent(house):
    """Somebody edits the file meanwhile: told, shown both, and either can be had"""
    t = on_connection(house)
    try:
        change_server(t, "10.0.0.9")
        theirs = COMMENTED.replace('database = "FIRMA"', 'database = "HURTOWNIA"').replace("end", "theirs")
        house.write("etc/endpoint.conf", theirs)
        t.keys("C-s")
        t.see("The file has changed in the meantime", "erp.database: FIRMA → HURTOWNIA", "erp.server: erp.example.pl → 10.0.0.9")
        t.keys("Escape")
        t.see("[1 Connection*]")
        equal(house.read("etc/endpoint.conf"), theirs, "the file before a decision")
        t.keys("C-s")
        t.press("Save mine too")
        t.see("Saved")
        equal(house.read("etc/endpoint.conf"), theirs.replace("erp.example.pl", "10.0.0.9"), "the file with both changes")
        change_server(t, "10.0.0.10")
        house.write("etc/endpoint.conf", COMMENTED)
        t.keys("C-s")
        t.press("Drop mine")
        t.see("your changes are dropped", "erp.example.pl", "FIRMA")
        equal(house.read("etc/endpoint.conf"), COMMENTED, "the file of the other")
    finally:
        t.close()


def test_resize_storm(house):
    """A storm of sizes: nothing is lost, and the screen is whole afterwards"""
    t = on_connection(house)
    try:
        change_server(t, "10.0.0.9")
        before = t.see("[1 Connection*]")
        for turn in range(60):
            t.resize(20 + turn * 37 % 140, 5 + turn * 13 % 50)
        t.resize(80, 24)
        t.wait(lambda s: s == before, "the screen is as before")
        t.keys("C-l")
        t.wait(lambda s: s == before, "the screen is as before, painted anew")
    finally:
        t.close()


def test_hangup(house):
    """An unplugged terminal: it ends, and so does what it had started"""
    t = on_connection(house)
    pid = t.pid()
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    check(children, "endpoint-tui is not under the shell")
    tui = int(children[-1])
    # A server that never answers: the test of the connection hangs in its child.
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(8)
        change_server(t, "127.0.0.1")
        t.go("TCP port")
        t.field(str(mute.getsockname()[1]))
        t.press("Test connection")
        t.see("< Cancel >")
        def offspring():
            return subprocess.run(["ps", "-o", "pid=", "--ppid", str(tui)], capture_output=True, text=True,
                                  check=False).stdout.split()
        child = house.until(offspring, "endpointctl runs")
        t.close()
        def alive(process):
            try:
                os.kill(int(process), 0)
            except ProcessLookupError:
                return False
            with open(f"/proc/{process}/stat", encoding="utf-8") as file:
                return file.read().split()[2] != "Z"
        house.until(lambda: not alive(tui), "endpoint-tui ends with its terminal")
        for process in child:
            house.until(lambda p=process: not alive(p), "its child ends too")
    equal(house.read("etc/endpoint.conf"), COMMENTED, "the file")
    equal(os.listdir(house.path("etc")), ["endpoint.conf"], "what is in the directory")


def test_cancel(house):
    """A test that hangs is cancelled by Esc; the keys never wait for it"""
    t = on_connection(house)
    try:
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen(8)
            change_server(t, "127.0.0.1")
            t.go("TCP port")
            t.field(str(mute.getsockname()[1]))
            t.press("Test connection")
            t.see("< Cancel >", "ERP: encryption")
            t.go("SQL login")
            t.field("somebody")
            t.see("somebody")
            t.keys("Escape")
            t.see("ancelled")
            t.press("Test connection")
            t.see("< Cancel >")
            t.keys("Escape")
            t.gone("< Cancel >")
            t.see("ancelled")
    finally:
        t.close()


def test_terminals(house):
    """A terminal that cannot do it, no terminal, a wrong option: said in words, with exit code 2"""
    environment = dict(house.environment, TERM="dumb")
    done = subprocess.run(["script", "-qec", program("endpoint-tui") + " " + " ".join(options(house)), "/dev/null"],
                          capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, timeout=60, check=False)
    check(done.returncode == 2 and "dumb" in done.stdout and "endpointctl" in done.stdout, f"TERM=dumb: {done}")
    done = house.run([program("endpoint-tui"), *options(house)])
    check(done.returncode == 2 and "endpointctl" in done.stderr, f"without a terminal: {done}")
    for bad in (["--color=maybe"], ["--scheme=pink"], ["--nonsense"], ["argument"]):
        done = house.run([program("endpoint-tui"), *bad])
        check(done.returncode == 2 and done.stderr, f"{bad}: {done}")
    done = house.run([program("endpoint-tui"), "--help"])
    check(done.returncode == 0 and "--scheme" in done.stdout and not done.stderr, f"--help: {done}")
    check(house.run([program("endpoint-tui"), "--version"]).stdout.startswith("endpoint-tui "), "--version")


def test_crash(house):
    """A crash gives the terminal back"""
    t = on_connection(house)
    try:
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(t.pid())], capture_output=True, text=True,
                                  check=False).stdout.split()
        os.kill(int(children[-1]), signal.SIGSEGV)
        screen = t.see("ENDED ")
        check("Connection" not in screen, f"the full screen was not left:\n{screen}")
        t.type("readable")
        t.see("readable") # the terminal echoes again
    finally:
        t.close()


run_tests([test_first_use, test_instances, test_instances_odd, test_reasons, test_comments, test_full_disk, test_read_only, test_concurrent, test_resize_storm,
           test_hangup, test_cancel, test_terminals, test_crash])
