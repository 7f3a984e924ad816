"""The protocol of a VIGI camera in python3's standard library: sockets, TLS, and a login whose RSA
is integer arithmetic. It shares no code with stoklab, so what it finds is not a bug that both have.

The password comes from the environment variable STOKLAB_PASSWORD.
"""

import base64
import hashlib
import json
import os
import re
import socket
import ssl
import sys
import time
import urllib.parse

SALT = "TPCQ75NF2Y:"


class Failed(Exception):
    """Something is not as a client needs it."""


def check(condition, what):
    if not condition:
        raise Failed(what)


def tls_context():
    """TLS 1.2 with static RSA only, any certificate: what the strictest known clients offer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-GCM-SHA384:@SECLEVEL=0")
    return context


class Answer:
    def __init__(self, version, status, headers, body):
        self.version, self.status, self.headers, self.body = version, status, headers, body

    def json(self):
        return json.loads(self.body)


def read_answer(stream, method="POST"):
    """One HTTP answer from a buffered stream; interim answers are returned like any other."""
    line = stream.readline(65536)
    if not line:
        raise Failed("the connection was closed before an answer came")
    match = re.fullmatch(rb"(HTTP/1\.[01]) (\d{3})[^\r\n]*\r\n", line)
    check(match, f"this is no status line: {line!r}")
    headers = {}
    while True:
        line = stream.readline(65536)
        check(line.endswith(b"\r\n"), "the answer's head is cut off")
        if line == b"\r\n":
            break
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    status = int(match[2])
    length = 0 if status == 100 or method == "HEAD" else int(headers.get("content-length", "0"))
    body = stream.read(length)
    check(len(body) == length, "the answer's body is cut off")
    return Answer(match[1].decode(), status, headers, body)


class Connection:
    """One TLS connection; requests are bytes, so that nothing is made well-formed on the way."""

    def __init__(self, camera, timeout=10):
        raw = socket.create_connection(camera.address, timeout=timeout)
        self.socket = camera.context.wrap_socket(raw)
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, method="POST"):
        return read_answer(self.stream, method)

    def is_closed(self):
        """True once the other side has ended the connection."""
        try:
            return self.stream.read(1) == b""
        except (ConnectionError, ssl.SSLError):
            return True


def request(path, body, *headers, method="POST", version="HTTP/1.1"):
    """A request with the headers given and a Content-Length, and none besides Host."""
    if isinstance(body, str):
        body = body.encode()
    lines = [f"{method} {path} {version}", "Host: camera", *headers]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Camera:
    def __init__(self, url, username="admin"):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port or 443)
        self.username = username
        self.password = os.environ["STOKLAB_PASSWORD"]
        self.context = tls_context()

    def exchange(self, data):
        with Connection(self) as connection:
            connection.send(data)
            return connection.answer()

    def challenge(self):
        body = '{"method":"do","user_management":{"get_encrypt_info":null}}'
        return self.exchange(request("/", body)).json()["data"]

    def prepare(self, challenge):
        """base64(RSA-PKCS#1 v1.5(UPPERHEX(MD5(salt + password)) + ":" + nonce))"""
        digest = hashlib.md5((SALT + self.password).encode()).hexdigest().upper()
        text = f"{digest}:{challenge['nonce']}".encode()
        der = base64.b64decode(urllib.parse.unquote(challenge["key"]))
        check(len(der) == 162, f"the key has {len(der)} bytes instead of 162")
        modulus = int.from_bytes(der[29:157], "big")
        exponent = int.from_bytes(der[159:162], "big")
        padding = bytes(1 + byte % 255 for byte in os.urandom(128 - 3 - len(text)))
        block = b"\x00\x02" + padding + b"\x00" + text
        number = pow(int.from_bytes(block, "big"), exponent, modulus)
        return base64.b64encode(number.to_bytes(128, "big")).decode()

    def login_body(self, password):
        login = {"username": self.username, "password": password}
        login.update({"passwdType": "md5", "encrypt_type": "2"})
        return json.dumps({"method": "do", "login": login})

    def login(self, encode=lambda text: text):
        """A new session; returns the path that its commands go to."""
        body = self.login_body(encode(self.prepare(self.challenge())))
        answer = self.exchange(request("/", body))
        check(answer.status == 200, f"the login was answered with HTTP {answer.status}")
        return f"/stok={answer.json()['stok']}/ds"

    def command(self, path, body):
        return self.exchange(request(path, json.dumps(body))).json()


def wait_until(what, condition, seconds=10):
    """Bounded; for things that happen in another process."""
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"after {seconds} s still not: {what}")
        time.sleep(0.02)


def run(cases):
    """Runs the functions, prints a line for each, and ends the program."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: STOKLAB_PASSWORD=... {sys.argv[0]} https://HOST:PORT [PID]")
    camera = Camera(sys.argv[1])
    failures = 0
    for case in cases:
        name = case.__doc__
        try:
            case(camera)
            print(f"ok {name}", flush=True)
        except (Failed, OSError, ValueError, KeyError) as error:
            failures += 1
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
    sys.exit(1 if failures else 0)
