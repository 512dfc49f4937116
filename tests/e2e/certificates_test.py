"""Certificates that the programs make, before verifiers that take nothing which is not in order."""
import os
import re
import socket
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import check, equal, house, run_tests  # noqa: E402


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def extensions(path):
    """Name → (critical, value) of a certificate's extensions, as openssl tells them."""
    code, text = openssl("x509", "-in", path, "-noout", "-text")
    equal(code, 0, text)
    found = re.findall(r"^ {12}X509v3 ([A-Za-z ]+):( critical)?\s*\n {16}(.*?) *$", text, re.M)
    return {name: (bool(critical), value) for name, critical, value in found}


def made(directory):
    """Both certificates in a directory that --make-cert filled."""
    ca, server = os.path.join(directory, "ca.pem"), os.path.join(directory, "server.pem")
    for path in (ca, server):
        code, text = openssl("verify", "-x509_strict", "-check_ss_sig", "-CAfile", ca, path)
        equal((code, text.strip()), (0, f"{path}: OK"), "openssl verify -x509_strict")
    code, text = openssl("verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost", "-CAfile", ca, server)
    equal(code, 0, text)
    code, text = openssl("verify", "-x509_strict", "-verify_ip", "127.0.0.1", "-CAfile", ca, server)
    equal(code, 0, text)
    code, _ = openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", ca, server)
    check(code != 0, "the server's certificate is good for a client as well")
    of_ca, of_server = extensions(ca), extensions(server)
    key = of_ca["Subject Key Identifier"][1]
    check(re.fullmatch("([0-9A-F]{2}:){19}[0-9A-F]{2}", key), key)
    for who in (of_ca, of_server):
        check(who["Authority Key Identifier"][1].replace("keyid:", "") == key, f"{who}")
    check(of_server["Subject Key Identifier"][1] != key, "server and authority have one key")
    equal(of_ca["Basic Constraints"], (True, "CA:TRUE, pathlen:0"), "the authority's constraints")
    equal(of_ca["Key Usage"], (True, "Certificate Sign, CRL Sign"), "the authority's usage")
    equal(of_server["Basic Constraints"], (True, "CA:FALSE"), "the server's constraints")
    equal(of_server["Key Usage"], (True, "Digital Signature"), "the server's usage")
    equal(of_server["Extended Key Usage"], (False, "TLS Web Server Authentication"), "the server's purpose")
    return ca


def greet(port, ca, name):
    """A TLS handshake as Python 3.13 and later does it by itself, without anything left out."""
    context = ssl.create_default_context(cafile=ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_connection(("127.0.0.1", port), 20) as raw, context.wrap_socket(raw, server_hostname=name) as wrapped:
        check(wrapped.version(), "no TLS")


@house(rows=20)
def sandbox(h):
    """endpoint-sandbox --make-cert: identifiers, constraints and usages; openssl takes it in its strict mode"""
    h.start_sandbox()
    made(h.path("erp-tls"))


@house()
def panel(h):
    """endpoint-panel --make-cert: the same, and a strict client's handshake by name and by address"""
    h.start_panel()
    ca = made(h.path("panel-tls"))
    greet(h.panel_port, ca, "localhost")
    greet(h.panel_port, ca, "127.0.0.1")


@house()
def refused(h):
    """the strict verifier that is used here does refuse: one without an authority's identifier"""
    h.write("bad.cnf", "[req]\ndistinguished_name = dn\n[dn]\n[ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = keyCertSign\n"
            "subjectKeyIdentifier = hash\n[server]\nsubjectAltName = DNS:localhost\nauthorityKeyIdentifier = none\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", h.path("bad.cnf")]
    code, text = openssl("req", "-x509", *key, "-subj", "/CN=ca", "-extensions", "ca", "-keyout", h.path("ca.key"), "-out", h.path("ca.pem"))
    equal(code, 0, text)
    code, text = openssl("req", *key, "-subj", "/CN=localhost", "-keyout", h.path("s.key"), "-out", h.path("s.csr"))
    equal(code, 0, text)
    code, text = openssl("x509", "-req", "-in", h.path("s.csr"), "-CA", h.path("ca.pem"), "-CAkey", h.path("ca.key"), "-CAcreateserial",
                         "-extfile", h.path("bad.cnf"), "-extensions", "server", "-out", h.path("s.pem"))
    equal(code, 0, text)
    code, text = openssl("verify", "-x509_strict", "-CAfile", h.path("ca.pem"), h.path("s.pem"))
    check(code != 0 and "Authority Key Identifier" in text, text)


run_tests([sandbox, panel, refused])
