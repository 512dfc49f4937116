"""Checks of an ERP: every broken set-up is named by its root cause, and what to do is said exactly."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time

from harness import Skip, check, equal, house, run_tests


def started(h, *extra, erp=None):
    h.start_sandbox(*extra)
    h.panel_port = 1
    h.configure(erp=erp)


def checks(h, what="all", expect=None):
    done = h.ctl("test", what, "--json", expect=expect)
    return {c["code"]: c for c in json.loads(done.stdout)["checks"]}


def erp(h, *values):
    """The ERP's checks, with settings that are not saved."""
    found = checks(h)
    return {code: c for code, c in found.items() if not code.startswith("panel.")}


def results(found):
    return {code: c["result"] for code, c in found.items() if code.startswith("erp.")}


def all_good(h, company, tax_id, version):
    started(h, "--read-only", erp={"operator": {"optima": "SKLEP", "nexo": "Szef"}.get(h.mapping, "SZE")
                    if h.erp != "generic" else ""})
    found = erp(h)
    bad = {code: c for code, c in found.items() if code.startswith("erp.") and c["result"] not in ("ok", "skipped")}
    equal(bad, {}, "every check is green")
    equal(found["erp.company"]["text"], f"{company}, NIP {tax_id}" if tax_id else company, "the company's name")
    check(version in found["erp.version"]["text"], found["erp.version"]["text"])
    check("SQL Server 2019, version 15.0.2000.5, Express Edition" in found["erp.server"]["text"], str(found["erp.server"]))
    check("Polish_CI_AS" in found["erp.collation"]["text"], str(found["erp.collation"]))
    check("records of products" in found["erp.speed"]["text"], str(found["erp.speed"]))
    return found


@house(erp="subiekt-gt")
def good_gt(h):
    """Subiekt GT: all green; whose database, which versions, how fast"""
    found = all_good(h, "Narzędzia i Światło sp. z o.o.", "526-000-12-46", "1.80 SP1")
    equal(found["erp.operator"]["result"], "ok", "operator")
    for zone, other in (("UTC", True), ("Europe/Warsaw", False)):
        h.environment["TZ"] = zone
        clock = erp(h)["erp.clock"]
        equal((clock["result"], "dates of Europe/Warsaw" in clock["text"]), ("ok", other), f"{zone}: {clock['text']}")


@house(erp="optima")
def good_optima(h):
    """Optima: all green"""
    all_good(h, "CDN_Firma", "", "2025.30")


@house(erp="nexo")
def good_nexo(h):
    """nexo: all green"""
    started(h)
    name = h.value("SELECT f.Nazwa FROM ModelDanychContainer.Firmy AS f INNER JOIN ModelDanychContainer.Podmioty AS p "
                   "ON p.Id = f.Firma_Podmiot_Id WHERE p.Typ = 2 AND p.Podtyp = 11")
    nip = h.value("SELECT p.NIP FROM ModelDanychContainer.Podmioty AS p WHERE p.Typ = 2 AND p.Podtyp = 11")
    h.stop("sandbox")
    all_good(h, name, nip, "61.1.0.9431")


@house(erp="navireo")
def good_navireo(h):
    """Navireo: all green"""
    all_good(h, "Narzędzia i Światło sp. z o.o.", "526-000-12-46", "1.80 SP1")


def only_cause(found, code, result="fail"):
    """One check has this result; nothing else is red, and what hangs on it waits."""
    equal([c for c, r in results(found).items() if r == "fail"], [code] if result == "fail" else [],
          "the root cause stands alone")
    equal(found[code]["result"], result, code)
    return found[code]


def wrong_erp(h, configured, title, setting):
    h.start_sandbox()
    h.panel_port = 1
    h.configure(erp={"type": configured})
    c = only_cause(erp(h), "erp.kind")
    check(f"the database {h.database} belongs to {title}, not to" in c["text"], c["text"])
    check(f"Set erp.type = {setting}" in c["remedy"], c["remedy"])


@house(erp="nexo")
def nexo_behind_gt(h):
    """a database of nexo behind a configuration of Subiekt GT is recognised and named"""
    wrong_erp(h, "subiekt-gt", "InsERT Subiekt nexo PRO", '"nexo"')


@house(erp="subiekt-gt")
def gt_behind_optima(h):
    """a database of Subiekt GT or Navireo, which have the same tables, behind a configuration of Optima"""
    h.start_sandbox()
    h.panel_port = 1
    h.configure(erp={"type": "optima"})
    c = only_cause(erp(h), "erp.kind")
    for word in ("InsERT Subiekt GT", "InsERT Navireo", " or "):
        check(word in c["text"], c["text"])
    check('"subiekt-gt"' in c["remedy"] and '"navireo"' in c["remedy"], c["remedy"])


@house(erp="optima")
def optima_configuration(h):
    """Optima's configuration database is told from a company's; databases are listed to pick from"""
    started(h, erp={"database": "CDN_KNF_Konfiguracja"})
    c = only_cause(erp(h), "erp.kind")
    equal(c["text"], "the database CDN_KNF_Konfiguracja is the configuration database of Optima, not a company's", "text")
    check("endpointctl erp databases" in c["remedy"], c["remedy"])
    listed = json.loads(h.ctl("erp", "databases", "--json").stdout)["databases"]
    equal([d["id"] for d in listed], ["CDN_Firma"], "the companies")


@house(erp="optima")
def comarch_xl(h):
    """Comarch ERP XL, which has Optima's schema and table names, is named"""
    started(h)
    h.sql("DROP TABLE CDN.TraNag")
    h.sql("DROP TABLE CDN.Towary")
    h.sql("CREATE TABLE CDN.TraNag (TrN_GIDTyp int NOT NULL, TrN_GIDNumer int NOT NULL)")
    h.sql("CREATE TABLE CDN.TwrKarty (Twr_GIDNumer int NOT NULL, Twr_Kod varchar(40) NOT NULL)")
    c = only_cause(erp(h), "erp.kind")
    check("is one of Comarch ERP XL" in c["text"], c["text"])


@house(erp="subiekt-gt")
def rights(h):
    """each missing right is named, with the GRANT that gives exactly it; rights are told from a wrong database"""
    denied = ["dbo.tw_Cena", "dbo.tw_Stan", "dbo.sl_StawkaVAT", "dbo.adr__Ewid"]
    started(h, *[word for table in denied for word in ("--deny", table)])
    found = erp(h)
    c = only_cause(found, "erp.rights")
    for table in denied:
        schema, name = table.split(".")
        check(table in c["text"], f"{table} in {c['text']}")
        check(f"GRANT SELECT ON OBJECT::[{schema}].[{name}] TO [sa];" in c["remedy"], c["remedy"])
    check("dbo.tw__Towar" not in c["text"] and "tw__Towar" not in c["remedy"], "and no other")
    equal(found["erp.kind"]["result"], "warn", "a login without rights does not see what database it is")
    equal(found["erp.speed"]["result"], "skipped", "what hangs on it waits")
    h.stop("sandbox")
    h.start_sandbox()
    h.configure()
    equal(erp(h)["erp.rights"]["result"], "ok", "with the rights")


@house(erp="generic")
def every_right(h):
    """whichever table may not be read is named: every table of the example"""
    started(h)
    script = h.ctl("erp", "grants").stdout
    tables = [line.split("OBJECT::")[1].split(" TO ")[0].replace("[", "").replace("]", "")
              for line in script.splitlines() if "GRANT SELECT" in line]
    equal(sorted(tables), sorted("sklep." + t for t in ("Towary", "Stany", "Ceny", "Klienci", "Magazyny", "Cenniki",
                                                        "Zamowienia", "Wersja")), "the tables")
    for table in tables:
        h.stop("sandbox")
        h.start_sandbox("--deny", table)
        h.configure()
        c = erp(h)["erp.rights"]
        equal(c["result"], "fail", table)
        check(f"1 of {len(tables)} tables: {table}" in c["text"], c["text"])


@house(erp="optima")
def grants(h):
    """erp grants: a whole script of least privilege, its names and texts quoted"""
    started(h, erp={"user": "end]po'int", "database": "CDN_Fir]ma's"})
    script = h.ctl("erp", "grants").stdout
    for text in ("USE [CDN_Fir]]ma's];", "IF SUSER_ID(N'end]po''int') IS NULL", "CREATE LOGIN [end]]po'int] WITH PASSWORD = N''",
                 "CREATE USER [end]]po'int] FOR LOGIN [end]]po'int];",
                 "GRANT SELECT ON OBJECT::[CDN].[Towary] TO [end]]po'int];",
                 "GRANT SELECT ON OBJECT::[CDN].[TraNagRelacje] TO [end]]po'int];"):
        check(text in script, f"{text} in\n{script}")
    for word in ("INFORMATION_SCHEMA", "[sys]", "db_datareader", "db_owner", "sysadmin"):
        check(word not in script, f"no {word} in\n{script}")
    equal(script.count("GRANT "), script.count("GRANT SELECT ON OBJECT::"), "only SELECT is granted")
    check("[nowy]" in h.ctl("erp", "grants", "nowy").stdout, "for another login")
    windows = h.ctl("erp", "grants", "FIRMA\\endpoint").stdout
    check("CREATE LOGIN [FIRMA\\endpoint] FROM WINDOWS" in windows and "PASSWORD" not in windows, windows)


@house(erp="generic")
def grants_cover_a_site(h):
    """a site's own stream is covered by the script, whatever way it names its tables"""
    started(h)
    os.makedirs(h.path("etc", "erp"), exist_ok=True)
    h.write("etc/erp/mssql-example.conf", """
streams : { customers : { keys = ( "integer" );
  sql = "SELECT k.Id AS customer_id, k.Kod AS code, k.Nazwa AS name, k.NIP AS tax_id, k.Ulica AS street, "
        "k.Miasto AS city, k.KodPocztowy AS postcode, k.Email AS email, 1 AS active FROM [sklep].[Klienci] AS k "
        "LEFT JOIN (SELECT o.Id AS x FROM sklep . [Opie]]kun] AS o, sklep.Dwa AS d) AS q ON q.x = k.Id "
        "WHERE k.Kod <> N'FROM sklep.Nie' /* JOIN sklep.Nic */ ORDER BY k.Id"; }; };
""")
    script = h.ctl("erp", "grants").stdout
    for name in ("[sklep].[Klienci]", "[sklep].[Opie]]kun]", "[sklep].[Dwa]"):
        check(f"OBJECT::{name} TO" in script, f"{name} in\n{script}")
    check("Nie" not in script.replace("CREATE", "") and "Nic" not in script, script)


@house(erp="subiekt-gt")
def others(h):
    """login, database, operator, collation, clock, certificate: each is the only red or amber one"""
    started(h, "--fault", "clock-ahead=7230", erp={"operator": "NIKT"})
    found = erp(h)
    c = only_cause(found, "erp.operator")
    check('no active operator "NIKT"' in c["text"], c["text"])
    equal(found["erp.clock"]["result"], "warn", "clock")
    check("2 h" in found["erp.clock"]["text"] and "ahead of" in found["erp.clock"]["text"], found["erp.clock"]["text"])
    h.configure(erp={"operator": "ODE"})
    equal(erp(h)["erp.operator"]["result"], "fail", "an operator that is no longer active")
    h.configure(erp={"database": "NIE_MA"})
    c = only_cause(erp(h), "erp.login")
    check("Cannot open the database" in c["text"] and "erp.database" in c["remedy"], str(c))
    h.configure(erp={"user": "kto"})
    check("erp.user" in only_cause(erp(h), "erp.login")["remedy"], "a login that is not there")
    h.configure(erp={"tls_verify": "system", "tls_ca": None})
    check("erp.tls_pin" in only_cause(erp(h), "erp.tls")["remedy"], "a certificate that nobody vouches for")
    h.configure(erp={"server": "nie-ma-takiej.invalid"})
    only_cause(erp(h), "erp.name")
    h.stop("sandbox")
    h.configure()
    only_cause(erp(h), "erp.tcp")
    with sqlite3.connect(h.path("firma.db")) as db:
        db.execute("""UPDATE "sys.databases" SET collation_name = 'SQL_Latin1_General_CP1_CI_AS'""")
        db.execute("""UPDATE "dbo.pd_KonwersjaInfo" SET ki_WersjaDo = ''""")
    h.start_sandbox()
    h.configure()
    found = erp(h)
    equal((found["erp.collation"]["result"], found["erp.version"]["result"]), ("warn", "warn"), "collation, version")
    check("Polish letters" in found["erp.collation"]["text"], found["erp.collation"]["text"])


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@house(erp="subiekt-gt")
def instances(h):
    """a named instance is found by SQL Server Browser, with and without upper case; all that it can be is said"""
    port = free_udp_port()
    started(h, "--browser-port", str(port), "--instance", "INSERTGT")

    def use(server, **more):
        h.configure(erp={"server": server, "port": None, "browser_port": port, "connect_timeout": "3s", **more})
        return erp(h)
    found = use("localhost\\insertgt")
    equal(found["erp.port"]["text"], f"SQL Server Browser says that the instance insertgt listens on port {h.erp_port}", "port")
    equal((found["erp.rights"]["result"], found["erp.tls"]["result"]), ("ok", "ok"), "the certificate is the machine's")
    check(len(json.loads(h.ctl("lookup", "warehouses", "--json").stdout)) > 0, "and it works")
    equal(json.loads(h.ctl("erp", "certificate", "--json").stdout)["ok"], True, "its certificate is shown")
    listed = json.loads(h.ctl("erp", "instances", "--json").stdout)["instances"]
    equal(listed, [{"id": "localhost\\INSERTGT", "name": "INSERTGT", "version": "15.0.2000.5", "port": h.erp_port}], "list")
    check("INSERTGT" in h.ctl("erp", "instances").stdout, "for people")
    c = only_cause(use("localhost\\INSERTGT", tls_host="inny.example"), "erp.tls")
    check("not for inny.example" in c["text"], "a certificate for another name is refused")
    equal(use(".\\INSERTGT")["erp.login"]["result"], "ok", "a dot is this machine")
    c = only_cause(use("localhost\\OPTIMA"), "erp.port")
    check('localhost has no running instance "OPTIMA"' in c["text"] and "Running instance: INSERTGT." in c["remedy"], str(c))
    c = only_cause(use("localhost\\"), "erp.name")
    check("name of an instance is expected" in c["text"], str(c))
    equal(use(f"localhost\\INSERTGT,{h.erp_port}", browser_port=free_udp_port())["erp.login"]["result"], "ok",
          "with a port nobody is asked")
    equal(use("localhost\\INSERTGT", port=h.erp_port, browser_port=free_udp_port())["erp.port"]["text"],
          f"port {h.erp_port}", "a fixed port")
    c = only_cause(use("localhost\\INSERTGT", browser_port=free_udp_port()), "erp.port")
    check("SQL Server Browser does not answer on localhost" in c["text"] and "erp.port" in c["remedy"], str(c))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        c = only_cause(use("localhost\\INSERTGT", browser_port=deaf.getsockname()[1], connect_timeout="1s"), "erp.port")
        check("does not answer" in c["text"] and c["duration_ms"] < 20000, str(c))
    h.stop("sandbox")
    h.start_sandbox("--browser-port", str(port), "--instance", "INSERTGT", "--fault", "no-tcp")
    c = only_cause(use("localhost\\INSERTGT"), "erp.port")
    check("does not listen on TCP" in c["text"] and "TCP/IP" in c["remedy"], str(c))


@house(erp="subiekt-gt")
def windows(h):
    """an account of Windows is offered by NTLM, which the sandbox recognises and refuses; mistakes are said"""
    started(h, erp={"user": "FIRMA\\endpoint", "auth": "ntlm"})
    c = only_cause(erp(h), "erp.login")
    check("'NTLM'" in c["text"] and "domain" in c["remedy"], str(c))
    h.configure(erp={"user": "FIRMA\\endpoint"})
    c = only_cause(erp(h), "erp.login")
    check("a Windows account" in c["text"] and 'erp.auth = "ntlm"' in c["remedy"], str(c))
    h.configure(erp={"user": "endpoint", "auth": "ntlm"})
    check("DOMAIN" in only_cause(erp(h), "erp.login")["text"], "no domain")
    h.configure(erp={"user": "FIRMA\\endpoint", "auth": "kerberos"})
    equal(only_cause(erp(h), "erp.login")["result"], "fail", "no ticket here")


DAY = 86400


def utc(seconds, form):
    return time.strftime(form, time.gmtime(seconds))


def make_certificate(h, name, ends):
    """ca.pem, server.pem and server.key of h's directory `name`: for localhost, signed by itself, good until `ends`."""
    where = h.write_dir(name)
    subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                    "/CN=localhost", "-keyout", f"{where}/server.key", "-out", f"{where}/request"], check=True, capture_output=True)
    for file, text in (("index", ""), ("serial", "01\n"), ("ca.cnf", f"""[ca]
default_ca = a
[a]
database = {where}/index
serial = {where}/serial
new_certs_dir = {where}
default_md = sha256
policy = p
x509_extensions = e
unique_subject = no
[p]
commonName = supplied
[e]
subjectAltName = DNS:localhost
basicConstraints = CA:TRUE
""")):
        h.write(f"{name}/{file}", text)
    subprocess.run(["openssl", "ca", "-batch", "-config", f"{where}/ca.cnf", "-selfsign", "-keyfile", f"{where}/server.key", "-in",
                    f"{where}/request", "-startdate", "20200101000000Z", "-enddate", utc(ends, "%Y%m%d%H%M%SZ"), "-notext",
                    "-out", f"{where}/server.pem"], check=True, capture_output=True)
    shutil.copy(f"{where}/server.pem", f"{where}/ca.pem")


# Days from now, result, what is said beside the date.
ENDS = [(31.5, "ok", None), (29.5, "warn", "days left: 29"), (0.5, "warn", "days left: 0"), (-0.5, "fail", "days ago: 0"),
        (-400.5, "fail", "days ago: 400")]


@house(erp="subiekt-gt")
def certificates(h):
    """a certificate that ends soon is amber and one that has ended red, at the panel and at the SQL Server: when, who renews"""
    if not shutil.which("openssl"):
        raise Skip("no openssl here")

    def says(c, result, date, *texts):
        verb = "ended on" if result == "fail" else "ends on"
        check(c["result"] == result and all(text in c["text"] + c["remedy"] for text in (f"{verb} {date}", *texts)), str(c))

    for days, result, text in ENDS:
        ends = time.time() + days * DAY
        date = utc(ends, "%Y-%m-%d")
        for name in ("erp-tls", "panel-tls"):
            make_certificate(h, name, ends)
        h.start_panel()
        h.start_sandbox()
        h.configure()
        found = checks(h)
        pin = json.loads(h.ctl("erp", "certificate", "--json").stdout)["fingerprint"]
        h.configure(erp={"tls_verify": "pin", "tls_pin": pin, "tls_ca": None})
        pinned = checks(h, "connection")
        h.configure(erp={"tls_verify": "none", "tls_ca": None})
        anyhow = checks(h, "connection")
        if text is None:
            equal([found[code]["result"] for code in ("erp.tls", "panel.tls", "erp.login")], ["ok", "ok", "ok"], str(days))
            equal(pinned["erp.tls"]["result"], "ok", "pinned")
        else:
            says(found["erp.tls"], result, date, text, "SQL Server's administrator must renew it", "CN = localhost")
            says(found["panel.tls"], result, date, text, "Whoever runs the panel must renew it", "CN = localhost")
            says(pinned["erp.tls"], result, date, text, "erp.tls_pin")
        for one in (found, pinned):
            equal(one["erp.login"]["result"], "skipped" if result == "fail" else "ok", "what hangs on it")
        check("is not verified" in anyhow["erp.tls"]["text"] and anyhow["erp.login"]["result"] == "ok", str(anyhow["erp.tls"]))
        equal(h.ctl("test", "connection", expect=None).returncode, 0, "the code of an unverified one")
        h.stop("sandbox")
        h.stop("panel")


if __name__ == "__main__":
    run_tests([good_gt, good_optima, good_nexo, good_navireo, nexo_behind_gt, gt_behind_optima, optima_configuration,
               comarch_xl, rights, every_right, grants, grants_cover_a_site, others,
               instances, windows, certificates])
