"""What the doubles of shops share: a TLS server on a free loopback port that answers as a shop would, keeps what it was
asked, and misbehaves where a test or an operator wants it.

A double is a subclass of Shop with `kind(request)`, the name of a call, and `serve(request)`, its Answer. A test holds
it in its own process and looks into it; the demo and people start it as a program (`main` of the double) and steer it
through /-/ on the same port:

    GET  /-/calls              what was asked so far
    POST /-/faults             [{"kind": "PUT orders/{id}", "at": 3, "do": "lose"}], see Fault
    POST /-/release            what hangs goes on
    POST /-/set                {"name": value}: settings of the double
"""
import datetime
import email.utils
import gzip
import json
import os
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit


def certificate(folder):
    """A certificate for localhost that is its own authority; paths of it and its key."""
    pem, key = os.path.join(folder, "shop.pem"), os.path.join(folder, "shop.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "90", "-subj", "/CN=shop", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", pem], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return pem, key


class Request:
    def __init__(self, method, target, headers, body):
        parts = urlsplit(target)
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path = unquote(parts.path)
        self.pairs = parse_qsl(parts.query, keep_blank_values=True)
        self.query = dict(self.pairs)
        self.at = time.monotonic()

    @property
    def content_type(self):
        return (self.headers.get("Content-Type") or "").split(";")[0].strip()


class Answer:
    def __init__(self, code=200, body=b"", kind="application/json; charset=UTF-8", headers=None):
        self.code, self.kind, self.headers = code, kind, dict(headers or {})
        self.body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def html(code, text="<!DOCTYPE html><html><body><h1>Error</h1></body></html>", **headers):
    return Answer(code, text.encode(), "text/html; charset=UTF-8", {k.replace("_", "-"): v for k, v in headers.items()})


class Fault:
    """What goes wrong with the `at`th call of a kind from now on ("*": any), and `times` - 1 calls behind it.

    do: "lose"    the work is done, the connection is closed without an answer
        "refuse"  the connection is closed before any work
        "hang"    the work is done, the answer comes when the test releases it, at the latest when the shop closes
        "late"    as hang, but the work, too, is done only then
        "cut"     half of the answer, then the end of the connection
        "html"    200 and a page          "502", "503", "403", "500", "429"   that code and a page
        "done-502"  the work is done and then 502
        "bom", "warning"  a byte order mark, a PHP warning before the JSON, with 200
        "empty"   200 and no body         "bomb"  a gzip bomb of 1 GiB     "long"  64 MiB of blanks before the JSON
    """

    def __init__(self, kind, do, at=1, times=1, retry_after=None):
        self.kind, self.do, self.at, self.times, self.retry_after = kind, do, at, times, retry_after


WORK_FIRST = ("lose", "hang", "cut", "bom", "warning", "bomb", "long", "done-502")


class Shop:
    def __init__(self, folder, port=0):
        self.ca, key = certificate(folder)
        self.lock = threading.RLock()
        self.calls = []           # (kind, Request), those of /-/ not among them
        self.faults = []
        self.held = threading.Event()
        self.closing = False
        self.ahead = 0            # seconds that its clock is wrong
        self.frozen = None        # its time of day in seconds since 1970, when a test sets it
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes: no wait for the client's acknowledgement

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(shop.now(), usegmt=True)

            def log_message(self, *_):
                pass

            def any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                shop.handle(self, Request(self.command, self.path, self.headers, body))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = any

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        # The handshake is the connection's own thread's, so that a silent one holds nobody up.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    # ---- for the test ---------------------------------------------------------------------------
    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def close(self):
        self.closing = True
        self.release()
        self.server.shutdown()
        self.server.server_close()

    def release(self):
        """What hangs goes on; the next one hangs again."""
        held, self.held = self.held, threading.Event()
        held.set()

    def now(self):
        return (time.time() if self.frozen is None else self.frozen) + self.ahead

    def stamp(self, seconds=None):
        """Its time as "2026-01-31T23:59:59", UTC."""
        when = int(self.now() if seconds is None else seconds)
        return datetime.datetime.fromtimestamp(when, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")

    def fault(self, kind, do, at=1, times=1, retry_after=None):
        with self.lock:
            self.faults.append(Fault(kind, do, at, times, retry_after))

    def count(self, kind):
        """Calls whose kind is or begins with this."""
        with self.lock:
            return sum(1 for k, _ in self.calls if k == kind or k.startswith(kind + " "))

    def forget(self):
        with self.lock:
            self.calls.clear()
            self.faults.clear()

    # ---- for the double -------------------------------------------------------------------------
    def kind(self, request):
        return f"{request.method} {request.path}"

    def serve(self, request):
        raise NotImplementedError

    def set(self, name, value):
        if not hasattr(self, name) or callable(getattr(self, name)):
            raise KeyError(name)
        setattr(self, name, value)

    # ---- inside ---------------------------------------------------------------------------------
    def due(self, kind):
        """The fault of this call, if any; every call counts the waiting ones of its kind down."""
        found = None
        for fault in list(self.faults):
            if fault.kind not in ("*", kind) or found:
                continue
            fault.at -= 1
            if fault.at <= 0:
                found = fault
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
        return found

    def handle(self, handler, request):
        if request.path.startswith("/-/"):
            self.reply(handler, self.control(request))
            return
        with self.lock:
            kind = self.kind(request)
            self.calls.append((kind, request))
            fault = self.due(kind)
            held = self.held
            done = self.serve(request) if not fault or fault.do in WORK_FIRST else None
        if not fault:
            self.reply(handler, done)
        else:
            self.misbehave(handler, request, fault, done, held)

    def misbehave(self, handler, request, fault, done, held):
        do = fault.do
        if do in ("hang", "late"):
            held.wait(120)
            if do == "late":
                with self.lock:
                    done = self.serve(request)
            self.reply(handler, done)
        elif do in ("lose", "refuse"):
            handler.close_connection = True
        elif do == "cut":
            self.reply(handler, done, cut=True)
        elif do in ("502", "done-502"):
            self.reply(handler, html(502, "<html><head><title>502 Bad Gateway</title></head></html>"))
        elif do in ("503", "429"):
            page = "<!DOCTYPE html><html><body>Briefly unavailable for scheduled maintenance.</body></html>"
            self.reply(handler, html(int(do), page, Retry_After=str(fault.retry_after or 600)))
        elif do in ("403", "500"):
            self.reply(handler, html(int(do)))
        elif do == "html":
            self.reply(handler, html(200, "<!DOCTYPE html><html><body>Welcome</body></html>"))
        elif do == "empty":
            self.reply(handler, Answer(200, b""))
        else:
            self.reply(handler, self.spoiled(do, done))

    @staticmethod
    def spoiled(do, done):
        if do == "bom":
            done.body = b"\xef\xbb\xbf" + done.body
        elif do == "warning":
            done.body = (b"<br />\n<b>Warning</b>:  Undefined array key \"x\" in <b>/srv/plugins/a.php</b> on line "
                         b"<b>12</b><br />\n[notice] {x}\n") + done.body
        elif do == "bomb":
            block = gzip.compress(b" " * (1 << 20), 9)
            done.body = block * 1024
            done.headers["Content-Encoding"] = "gzip"
        elif do == "long":
            done.body = b" " * (64 << 20) + done.body
        return done

    def reply(self, handler, answer, cut=False):
        try:
            handler.send_response(answer.code)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            if answer.kind and answer.code != 204:
                handler.send_header("Content-Type", answer.kind)
            handler.send_header("Content-Length", str(len(answer.body)))
            handler.end_headers()
            handler.wfile.write(answer.body[:len(answer.body) // 2] if cut else answer.body)
            if cut:
                handler.close_connection = True
        except OSError:
            handler.close_connection = True  # a client that went away

    def control(self, request):
        try:
            body = json.loads(request.body) if request.body else None
            if request.path == "/-/calls":
                with self.lock:
                    return Answer(200, [{"kind": k, "target": r.target} for k, r in self.calls])
            if request.path == "/-/faults":
                for fault in body:
                    self.fault(**fault)
            elif request.path == "/-/release":
                self.release()
            elif request.path == "/-/set":
                for name, value in body.items():
                    self.set(name, value)
            else:
                return Answer(404, {"error": "unknown"})
            return Answer(200, {})
        except (ValueError, TypeError, KeyError) as e:
            return Answer(400, {"error": str(e)})


def run(make, arguments):
    """The double as a program: serves until its standard input ends or it is told to stop."""
    import signal
    import sys
    shop = make(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if arguments.port_file:
        with open(arguments.port_file + ".new", "w", encoding="ascii") as file:
            file.write(f"{shop.port}\n")
        os.replace(arguments.port_file + ".new", arguments.port_file)
    print(shop.url, flush=True)
    try:
        if arguments.stay:
            threading.Event().wait()
        for _ in sys.stdin:
            pass
    except KeyboardInterrupt:
        pass
    finally:
        shop.close()
