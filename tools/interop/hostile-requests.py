#!/usr/bin/env python3
"""A thousand requests that no client should send, and clients that are slow: the camera keeps
serving everybody else, and its settings stay as they were."""

import json
import random
import socket
import ssl
import time

from camera_wire import Connection, Failed, check, request, run

SEED = 20260101
GET_ALL = {"method": "get", "image": {"name": ["switch", "common"]}, "led": {"name": "config"},
           "OSD": {"table": "label_info"}, "firewall": {"table": "blacklist"}}


def wrong_bodies(path, chance):
    """Bodies that are not a request, for a path with a session."""
    good = json.dumps({"method": "set", "led": {"config": {"enabled": "off"}}})
    yield from (b"", b" ", b"\x00", b"null", b"[]", b"{}", b"{", b'"x"', b"\xff\xfe", b"1e999")
    yield b"[" * 100000
    yield b'{"a":' * 50000
    yield b'{"method":"get","' + b"x" * 60000 + b'":{"name":"a"}}'
    for wrong in (None, 1, True, [], {}, 1.5, "", "x" * 1000, ["a", 1], {"a": {"b": []}}):
        yield json.dumps({"method": wrong, "led": {"name": "config"}}).encode()
        yield json.dumps({"method": "set", "led": wrong}).encode()
        yield json.dumps({"method": "set", "led": {"config": wrong}}).encode()
        yield json.dumps({"method": "set", "image": {"switch": {"flicker": wrong}}}).encode()
        yield json.dumps({"method": "get", "led": {"name": wrong}}).encode()
        yield json.dumps({"method": "get", "led": {"table": wrong}}).encode()
        yield json.dumps({"method": "do", "led": wrong}).encode()
        yield json.dumps({"method": "add", "firewall": wrong}).encode()
        yield json.dumps({"method": "delete", "firewall": {"name": wrong}}).encode()
        yield json.dumps({"method": "do", "msg_alarm": {"manual_msg_alarm": wrong}}).encode()
    for _ in range(380):  # a good request with bytes changed, always ended too early
        damaged = bytearray(good.encode()[: chance.randrange(1, len(good) - 1)])
        for _ in range(chance.randrange(4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        yield bytes(damaged)


def wrong_heads(path, chance):
    """Bytes that are not an HTTP request, or one over every limit."""
    yield b"\r\n\r\n\r\nnonsense\r\n\r\n"
    yield b"GET\r\n\r\n"
    yield b"POST / HTTP/9.9\r\n\r\n"
    yield b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    yield f"POST {path} HTTP/1.1\r\nContent-Length: -1\r\n\r\n".encode()
    yield f"POST {path} HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n".encode()
    yield f"POST {path} HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx".encode()
    yield (f"POST {path} HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
           "0\r\n\r\n").encode()
    yield f"POST {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".encode()
    yield f"POST {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n".encode()
    yield f"POST {path} HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n".encode()
    yield f"POST {path} HTTP/1.1\r\nX: {'y' * 200000}\r\n\r\n".encode()
    yield f"POST /{'a' * 200000} HTTP/1.1\r\n\r\n".encode()
    yield (f"POST {path} HTTP/1.1\r\n" + "X: y\r\n" * 5000 + "\r\n").encode()
    yield request(path, b"x" * 3000000)
    yield request(path, b"{}", method="BREW")
    yield request("/stok=" + "a" * 5000 + "/ds", b"{}")
    yield request("/stok=%00%ff%zz/ds", b"{}")
    yield request("/../../etc/passwd", b"", method="GET")
    for _ in range(300):
        yield chance.randbytes(chance.randrange(1, 400)) + b"\r\n\r\n"


def send_and_ignore(camera, data):
    """Whatever the answer is, it must come or the connection must end, soon."""
    with Connection(camera, timeout=10) as connection:
        try:
            connection.send(data)
            connection.socket.settimeout(10)
            connection.answer()
        except TimeoutError as error:
            raise Failed(f"neither an answer nor an end for {data[:60]!r}") from error
        except (Failed, ConnectionError, ssl.SSLError, BrokenPipeError):
            pass


def thousand_malformed_requests(camera):
    """1000 malformed requests change nothing"""
    chance = random.Random(SEED)
    path = camera.login()
    before = camera.command(path, GET_ALL)
    sent = 0
    for body in wrong_bodies(path, chance):
        answer = camera.exchange(request(path, body))
        check(answer.status < 500, f"HTTP {answer.status} for {body[:60]!r}")
        if answer.body:
            check(answer.json()["error_code"] != 0, f"accepted {body[:60]!r}")
        sent += 1
    for data in wrong_heads(path, chance):
        send_and_ignore(camera, data)
        sent += 1
    for _ in range(200):  # garbage where TLS should begin
        with socket.create_connection(camera.address, timeout=10) as raw:
            raw.sendall(chance.randbytes(chance.randrange(1, 600)))
        sent += 1
    check(sent >= 1000, f"only {sent} requests were sent")
    check(camera.command(path, GET_ALL) == before, "the settings are not what they were")


def cut_off_bodies(camera):
    """bodies that end early are not executed"""
    path = camera.login()
    before = camera.command(path, GET_ALL)
    body = json.dumps({"method": "set", "led": {"config": {"enabled": "off"}}})
    whole = request(path, body + " " * 100)
    for end in range(len(whole) - 120, len(whole) - 1, 7):
        with Connection(camera) as connection:
            connection.send(whole[:end])
    check(camera.command(path, GET_ALL) == before, "the settings are not what they were")


def slow_senders(camera):
    """thirty clients that never finish their request block nobody"""
    path = camera.login()
    slow = [Connection(camera) for _ in range(30)]
    stalled = [socket.create_connection(camera.address, timeout=10) for _ in range(30)]
    try:
        for connection in slow:
            connection.send(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{")
        for raw in stalled:
            raw.sendall(b"\x16\x03\x01")
        start = time.monotonic()
        for _ in range(50):
            check(camera.command(path, GET_ALL)["error_code"] == 0, "refused")
            for connection in slow[:2]:
                connection.send(b" ")
        took = time.monotonic() - start
        check(took < 20, f"fifty requests took {took:.1f} s beside slow senders")
    finally:
        for connection in slow:
            connection.socket.close()
        for raw in stalled:
            raw.close()


run([thousand_malformed_requests, cut_off_bodies, slow_senders])
