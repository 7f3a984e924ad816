#!/usr/bin/env python3
"""What can go wrong around a capture: no device, a wrong one, one that says nonsense or nothing,
clients that leave, wrong passwords, a file that cannot be written. And what must go right although
it has nothing to do with the protocol: pages, uploads, redirections, old clients."""

import contextlib
import http.client
import json
import os
import pty
import re
import resource
import signal
import socket
import ssl
import threading
import time
import urllib.parse

from camera_wire import Camera, Connection, Failed, check, read_answer, request, wait_until
from capture_harness import check_absent, main

CHALLENGE = '{"method":"do","user_management":{"get_encrypt_info":null}}'
READ = '{"method":"get","led":{"name":"config"}}'
LOGIN = '{"method":"do","login":{"username":"admin","password":"hunter2hunter2","encrypt_type":"2"}}'
REFUSED = '{"error_code":-40401,"data":{"code":-40401,"time":8,"max_time":10}}'


class Device:
    """A server that answers each request with the bytes that a function makes of it; None: it says
    nothing, as long as it lives. Plain HTTP."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []  # (head, body)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for each in self.open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.open.append(connection)
                threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            while True:
                lines = []
                while line := stream.readline():
                    lines.append(line)
                    if line == b"\r\n":
                        break
                if not lines or lines[-1] != b"\r\n":
                    return
                head = b"".join(lines)
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                body = stream.read(int(length[1]) if length else 0)
                self.requests.append((head, body))
                answer = self.answer(head, body)
                if answer is None:
                    threading.Event().wait(120)
                connection.sendall(answer)


def ok(body, *headers, status="200 OK"):
    if isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_ok(body, status="200 OK"):
    return ok(body, "Content-Type: application/json", status=status)


def camera_at(capture, work):
    os.environ["STOKLAB_PASSWORD"] = work.password
    return Camera(capture.ready["url"])


def ask(camera, body, path="/"):
    return camera.exchange(request(path, body, "Content-Type: application/json"))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def nobody_there(work):
    """a target that is not there, is no HTTPS, or shows another certificate ends it with 3"""
    code, out, err = work.run("capture", "--target", f"https://127.0.0.1:{free_port()}",
                              "--out", work.out())
    check(code == 3 and not out, f"no device: {code}, {out}, {err}")
    with Device(lambda *_: b"") as device:
        code, out, err = work.run("capture", "--target", device.url.replace("http:", "https:"),
                                  "--timeout", "1", "--out", work.out())
        check(code == 3 and not out, f"no TLS: {code}, {out}, {err}")
    emulator = work.emulator()
    code, out, err = work.run("capture", "--target", emulator.ready["url"], "--tls-pin", "0" * 64,
                              "--out", work.out())
    check(code == 3 and not out, f"wrong pin: {code}, {out}, {err}")
    check(not os.listdir(work.out_folder), "a file was made")


def wrong_options(work):
    """options that make no sense end it with 2 before anything is connected"""
    target = ["--target", "https://127.0.0.1:1"]
    out = ["--out", work.out()]
    for options, told in [
            (out, "--target"), (target, "--out"), ([*target, *out, "--listen", "0.0.0.0:0"], "--expose"),
            ([*target, *out, "--listen", "[::]:0"], "--expose"),
            ([*target, *out, "--listen", "here:x"], "--listen"),
            ([*target, *out, "--listen", "127.0.0.1:1", "--port", "2"], "different ports"),
            ([*target, *out, "--keep", "label"], "FIELD=REASON"),
            ([*target, *out, "--cert", "x"], "--key"),
            ([*target, *out, "--profile", "no such profile"], "no such profile"),
            (["--target", "ftp://x", *out], "ftp"), ([*target, *out, "--max-exchanges", "0"], "0")]:
        code, said, err = work.run("capture", *options)
        check(code == 2 and not said, f"{options}: {code}, {said}, {err}")
        check(told in err, f"{options}: it does not say {told}: {err}")


def unwritable_file(work):
    """a file that is there is left alone, one that cannot be written is told at the start"""
    with Device(lambda *_: json_ok(REFUSED, "401 Unauthorized")) as device:
        target = ["capture", "--target", device.url]
        with open(work.out(), "w", encoding="utf-8") as file:
            file.write("precious")
        code, out, err = work.run(*target, "--out", work.out())
        check(code == 2 and "--overwrite" in err and not out, f"{code}, {out}, {err}")
        code, out, err = work.run(*target, "--out", work.out("missing/trace.json"))
        check(code == 2 and "missing" in err and not out, f"{code}, {out}, {err}")
        code, out, err = work.run(*target, "--out", work.out_folder, "--overwrite")
        check(code == 2 and not out, f"{code}, {out}, {err}")
        # Nothing recorded: the old file is still there.
        capture = work.capture(device.url, "--overwrite")
        check(capture.end(signal.SIGINT) == 6, "nothing was recorded, and that was a success")
        check("nothing was recorded" in capture.errors(), "it does not say so")
        with open(work.out(), encoding="utf-8") as file:
            check(file.read() == "precious", "the old file is gone")
        check(os.listdir(work.out_folder) == ["trace.json"], "something was left behind")


def full_disk(work):
    """a full disk ends it with what was recorded intact, and the client has its answer"""

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, resource.RLIM_INFINITY))

    with Device(lambda *_: json_ok('{"led":{"config":{"enabled":"on"}},"error_code":0}')) as device:
        capture = work.capture(device.url, preexec=small_files)
        camera = camera_at(capture, work)
        answered = 0
        for _ in range(200):
            try:
                status = ask(camera, READ, "/stok=0123456789abcdef/ds").status
            except (OSError, Failed):
                break
            if status != 200:
                check(status == 503, f"HTTP {status} after the end of the recording")
                break
            answered += 1
        check(capture.wait() == 2, f"it ended otherwise: {capture.errors()}")
        check("File too large" in capture.errors(), f"it does not say why: {capture.errors()}")
        recorded = len(work.check_trace(verbs=["fmt"])["exchanges"])
        check(0 < recorded <= answered <= recorded + 1, f"{recorded} of {answered} are recorded")
        check(os.listdir(work.out_folder) == ["trace.json"], "something was left behind")


def nonsense_and_silence(work):
    """nonsense is a 502, silence a 504 after one deadline for all who wait; both are recorded"""
    with Device(lambda head, body: None if b"silence" in body else b"\x00\xff nonsense") as device:
        capture = work.capture(device.url, "--timeout", "5")
        camera = camera_at(capture, work)
        answer = ask(camera, CHALLENGE)
        check(answer.status == 502, f"HTTP {answer.status} for nonsense")
        check("error_code" not in answer.json(), "it pretends to be the device")
        silent = '{"method":"get","silence":{"name":"x"}}'
        statuses = []

        def wait_for_it():
            statuses.append(ask(camera, silent, "/stok=0123456789abcdef/ds").status)

        clients = [threading.Thread(target=wait_for_it) for _ in range(6)]
        start = time.monotonic()
        for client in clients:
            client.start()
        for client in clients:
            client.join(30)
        took = time.monotonic() - start
        check(statuses == [504] * 6, f"{statuses} for silence")
        check(took < 14, f"six clients waited {took:.1f} s for a deadline of 5 s")
        check(ask(camera, CHALLENGE).status == 502, "the proxy is not itself any more")
        check(len(device.requests) == 3, f"the device got {len(device.requests)} requests")
        check(capture.end() == 0, f"it did not end well: {capture.errors()}")
        exchanges = work.check_trace(verbs=["fmt"])["exchanges"]
        check(len(exchanges) == 3, f"{len(exchanges)} exchanges are recorded")
        check(all(each.get("reply") is None for each in exchanges), "an answer was made up")


def clients_that_leave(work):
    """a client that leaves in the middle of a request sends nothing to the device"""
    with Device(lambda *_: json_ok('{"error_code":0}')) as device:
        capture = work.capture(device.url)
        camera = camera_at(capture, work)
        whole = request("/stok=0123456789abcdef/ds", READ)
        for end in (1, 20, len(whole) - 1):
            with Connection(camera) as connection:
                connection.send(whole[:end])
        with Connection(camera) as connection:  # and one that does not wait for its answer
            connection.send(whole)
        wait_until("the device has the whole request", lambda: device.requests)
        check(ask(camera, READ, "/stok=0123456789abcdef/ds").status == 200, "it serves nobody else")
        check(len(device.requests) == 2, f"the device got {len(device.requests)} requests")
        check(capture.end() == 0, f"it did not end well: {capture.errors()}")
        check(len(work.check_trace(verbs=["fmt"])["exchanges"]) == 2, "not both are recorded")


def wrong_passwords(work):
    """after three refused logins the proxy says no itself, over all its runs, and tells nothing"""
    with Device(lambda *_: json_ok(REFUSED, "401 Unauthorized")) as device:
        capture = work.capture(device.url)
        camera = camera_at(capture, work)
        answers = [ask(camera, LOGIN) for _ in range(5)]
        check([each.status for each in answers] == [401] * 5, "not every login was refused")
        check(len(device.requests) == 3, f"the device got {len(device.requests)} logins")
        check([each.json()["error_code"] for each in answers] == [-40401] * 5, "a strange code")
        check("data" in answers[4].json() and "time" not in answers[4].json()["data"],
              "it tells of attempts that the device did not count")
        check(ask(camera, CHALLENGE).status == 401, "a challenge does not pass any more")
        check(len(device.requests) == 4, "a challenge does not pass any more")
        check(capture.end() == 0, "it did not end well")
        check(capture.errors().count("a login was not passed on") == 2, capture.errors())
        check("logins that were not passed on: 2" in capture.errors(), capture.errors())
        check(len(work.check_trace()["exchanges"]) == 4, "what was not sent is recorded")
        with open(work.out(), "rb") as file:
            check_absent([("the ciphertext", "hunter2hunter2")],
                         [file.read(), capture.errors().encode()], "a file")
        again = work.capture(device.url, out="again.json")
        check(ask(camera_at(again, work), LOGIN).status == 401, "it did not refuse")
        check(len(device.requests) == 4, "the budget did not outlive the first run")
        check(again.end() == 6, "nothing was recorded, and that was a success")


def pages_and_old_clients(work):
    """pages, uploads, redirections, conditions, HTTP/1.0 and pipelining pass; none is recorded"""

    def site(head, body):
        if head.startswith(b"POST /upload"):
            return ok(body[::-1], "Content-Type: application/octet-stream")
        if b"\r\nIf-None-Match: \"e\"\r\n" in head:
            return b"HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n"
        if head.startswith(b"GET /old"):
            host = re.search(rb"\r\nHost: ([^\r]*)", head)[1].decode()
            return ok("", f"Location: http://{host}/new?x=y", status="302 Found")
        if head.startswith(b"HEAD"):
            return b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"
        return ok(b"\x00\xffpage " + head.split(b" ")[1], "Content-Type: text/html",
                  "Set-Cookie: a=b; Path=/", "ETag: \"e\"")

    with Device(site) as device:
        capture = work.capture(device.url, "--http")
        parts = urllib.parse.urlsplit(capture.ready["url"])
        check(parts.scheme == "http", "it does not speak plain HTTP")
        client = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)

        def get(method, path, body=None, headers=None):
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            return answer, answer.read()

        answer, body = get("GET", "/index.html?a=b")
        check(body == b"\x00\xffpage /index.html?a=b", f"another page: {body}")
        check(answer.getheader("Set-Cookie") == "a=b; Path=/", "the cookie is gone")
        answer, body = get("GET", "/index.html", headers={"If-None-Match": '"e"'})
        check(answer.status == 304 and not body, f"HTTP {answer.status}")
        answer, _ = get("GET", "/old")
        check(answer.getheader("Location") == f"{capture.ready['url']}/new?x=y",
              f"it leads to {answer.getheader('Location')}")
        answer, body = get("HEAD", "/x")
        check(answer.getheader("Content-Length") == "12345" and not body, "another length")
        image = os.urandom(5_000_000)
        answer, body = get("POST", "/upload", image)
        check(body == image[::-1], "the upload is not what was sent")
        client.close()

        with socket.create_connection((parts.hostname, parts.port), timeout=20) as old:
            old.sendall(b"GET /1 HTTP/1.0\r\n\r\n")
            check(b"page /1" in old.makefile("rb").read(), "HTTP/1.0 has no answer and an end")
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as pipe:
            pipe.sendall(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % i for i in range(10)))
            stream = pipe.makefile("rb")
            for i in range(10):
                check(read_answer(stream).body == b"\x00\xffpage /%d" % i, f"not the answer to {i}")
        check(capture.end() == 6, "something of the protocol was recorded")
        check("left out:" in capture.errors(), f"nothing was counted: {capture.errors()}")


def ends_well(work):
    """what is under way at the end is finished and recorded; the summary and the exit code say so"""
    arrived = threading.Event()

    def slow(_, body):
        if b"led" in body:
            arrived.set()
            time.sleep(1)
        return json_ok('{"error_code":0}')

    with Device(slow) as device:
        capture = work.capture(device.url, "--format", "json")
        camera = camera_at(capture, work)
        statuses = []
        client = threading.Thread(target=lambda: statuses.append(
            ask(camera, READ, "/stok=0123456789abcdef/ds").status))
        client.start()
        check(arrived.wait(20), "the request did not arrive")
        check(capture.end() == 0, f"it did not end well: {capture.errors()}")
        client.join(20)
        check(statuses == [200], f"the client was answered {statuses}")
        check(len(work.check_trace(verbs=["fmt"])["exchanges"]) == 1, "it is not recorded")
        summary = json.loads(b"".join(capture.out[1:]))
        check(summary["exchanges"] == 1 and summary["schema_version"] == 1, f"{summary}")
        bounded = work.capture(device.url, "--max-exchanges", "2", out="bounded.json")
        with contextlib.suppress(OSError, Failed):
            for _ in range(10):
                ask(camera_at(bounded, work), CHALLENGE)
        check(bounded.wait() == 0, f"it did not end well: {bounded.errors()}")
        check(len(work.check_trace("bounded.json")["exchanges"]) == 2, "not two are recorded")


def live_lines(work):
    """a terminal shows a line for each exchange, without secrets or escapes; a file shows none"""
    token = "0123456789abcdef0123456789abcdef"
    escape = '{"method":"get","\\u001b[31mled":{"name":"con\\u009bfig"}}'
    with Device(lambda *_: json_ok('{"error_code":-40106}')) as device:
        quiet = work.capture(device.url, out="quiet.json")
        ask(camera_at(quiet, work), READ, f"/stok={token}/ds")
        check(quiet.end() == 0, "it did not end well")
        check("led.config" not in quiet.errors(), "there is a line although nobody looks")
        ours, theirs = pty.openpty()
        try:
            shown = work.capture(device.url, errors=theirs)
            for body in (READ, escape):
                ask(camera_at(shown, work), body, f"/stok={token}/ds")
            check(shown.end() == 0, "it did not end well")
            lines = os.read(ours, 65536).decode("latin-1").replace("\r\n", "\n")
        finally:
            os.close(ours)
            os.close(theirs)
        check(re.search(r"(?m)^ +\d+\.\d{3} s .* get led\.config  200 -40106  \d+ ms$", lines),
              f"there is no line for the read: {lines!r}")
        check(token not in lines, "the token is shown")
        check(all(each == "\n" or " " <= each <= "~" for each in lines), f"escapes: {lines!r}")


def browsers_and_cameras(work):
    """both TLS 1.3 and the static RSA of a camera's clients are spoken, with one certificate"""
    with Device(lambda *_: json_ok(REFUSED, "401 Unauthorized")) as device:
        capture = work.capture(device.url)
        address = ("127.0.0.1", capture.ready["port"])
        for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(address, timeout=20) as raw, \
                    context.wrap_socket(raw) as secure:
                shown = ssl.DER_cert_to_PEM_cert(secure.getpeercert(True))
                check(shown.startswith("-----BEGIN CERTIFICATE"), "no certificate")
        check(camera_at(capture, work).exchange(request("/", CHALLENGE)).status == 401,
              "static RSA is not spoken")
        check(re.fullmatch("[0-9a-f]{64}", capture.ready["certificate_sha256"]), "no fingerprint")
        check(capture.end() == 0, "it did not end well")


main([nobody_there, wrong_options, unwritable_file, full_disk, nonsense_and_silence,
      clients_that_leave, wrong_passwords, pages_and_old_clients, ends_well, live_lines,
      browsers_and_cameras])
