#!/usr/bin/env python3
"""What the known clients of a camera send, each in its own way: a camera accepts them all."""

import json
import urllib.parse

from camera_wire import Connection, check, request, run

GET_LED = '{"method":"get","led":{"name":"config"}}'


def expect_led(answer):
    check(answer.status == 200, f"HTTP {answer.status}")
    check(answer.json()["error_code"] == 0, f"error_code {answer.json()['error_code']}")
    check("enabled" in answer.json()["led"]["config"], "the section is not in the answer")


def no_content_type(camera):
    """a body without Content-Type"""
    expect_led(camera.exchange(request(camera.login(), GET_LED)))


def form_content_type(camera):
    """a body that claims to be a form, as curl's -d says"""
    header = "Content-Type: application/x-www-form-urlencoded"
    expect_led(camera.exchange(request(camera.login(), GET_LED, header)))


def http_1_0(camera):
    """HTTP/1.0, and the connection closes afterwards"""
    path = camera.login()
    with Connection(camera) as connection:
        connection.send(request(path, GET_LED, version="HTTP/1.0"))
        expect_led(connection.answer())
        check(connection.is_closed(), "the connection stays open")


def connection_close(camera):
    """Connection: close"""
    path = camera.login()
    with Connection(camera) as connection:
        connection.send(request(path, GET_LED, "Connection: close"))
        expect_led(connection.answer())
        check(connection.is_closed(), "the connection stays open")


def keep_alive(camera):
    """twenty requests on one connection"""
    path = camera.login()
    with Connection(camera) as connection:
        for _ in range(20):
            connection.send(request(path, GET_LED))
            expect_led(connection.answer())


def expect_100_continue(camera):
    """Expect: 100-continue, the body held back until it is asked for"""
    path = camera.login()
    with Connection(camera) as connection:
        whole = request(path, GET_LED, "Expect: 100-continue")
        head, body = whole[: -len(GET_LED)], whole[-len(GET_LED):]
        connection.send(head)
        check(connection.answer().status == 100, "no interim answer")
        connection.send(body)
        expect_led(connection.answer())


def chunked_body(camera):
    """a body in chunks"""
    path = camera.login()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part)
                      for part in (GET_LED[:5].encode(), GET_LED[5:].encode()))
    head = f"POST {path} HTTP/1.1\r\nHost: camera\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Connection(camera) as connection:
        connection.send(head.encode() + chunks + b"0\r\n\r\n")
        expect_led(connection.answer())


def byte_by_byte(camera):
    """a request that arrives one byte at a time"""
    path = camera.login()
    with Connection(camera) as connection:
        for byte in request(path, GET_LED):
            connection.send(bytes([byte]))
        expect_led(connection.answer())


def pipelined(camera):
    """two requests sent before the first answer"""
    path = camera.login()
    with Connection(camera) as connection:
        connection.send(request(path, GET_LED) * 2)
        expect_led(connection.answer())
        expect_led(connection.answer())


def method_last(camera):
    """the method as the last key, as the web UI sends it"""
    expect_led(camera.exchange(request(camera.login(), '{"led":{"name":"config"},"method":"get"}')))


def two_modules_in_one_set(camera):
    """a set that reaches two modules"""
    path = camera.login()
    read = {"method": "get", "led": {"name": "config"}, "image": {"name": "switch"}}
    before = camera.command(path, read)
    old = {"led": before["led"]["config"]["enabled"], "flicker": before["image"]["switch"]["flicker"]}
    new = {"led": "off" if old["led"] == "on" else "on",
           "flicker": "60hz" if old["flicker"] == "50hz" else "50hz"}
    for values in (new, old):
        body = {"method": "set", "led": {"config": {"enabled": values["led"]}},
                "image": {"switch": {"flicker": values["flicker"]}}}
        check(camera.command(path, body) == {"error_code": 0}, "the set was refused")
        after = camera.command(path, read)
        check(after["led"]["config"]["enabled"] == values["led"], "the first module did not change")
        check(after["image"]["switch"]["flicker"] == values["flicker"], "nor the second")


def encoded_token(camera):
    """the token percent-encoded in the path"""
    token = camera.login().split("=")[1].split("/")[0]
    encoded = "".join(f"%{ord(character):02X}" for character in token)
    expect_led(camera.exchange(request(f"/stok={encoded}/ds", GET_LED)))


def raw_password(camera):
    """the password as raw base64"""
    expect_led(camera.exchange(request(camera.login(), GET_LED)))


def encoded_password(camera):
    """the password percent-encoded, in upper and in lower case"""
    upper = camera.login(lambda text: urllib.parse.quote(text, safe=""))
    expect_led(camera.exchange(request(upper, GET_LED)))
    lower = camera.login(lambda text: text.replace("+", "%2b").replace("/", "%2f")
                         .replace("=", "%3d"))
    expect_led(camera.exchange(request(lower, GET_LED)))


def partly_encoded_password(camera):
    """the password with only its '+' and '=' percent-encoded"""
    path = camera.login(lambda text: text.replace("+", "%2B").replace("=", "%3D"))
    expect_led(camera.exchange(request(path, GET_LED)))


def login_for_every_call(camera):
    """a client that logs in anew for each of eighty calls, and never out"""
    for _ in range(80):
        expect_led(camera.exchange(request(camera.login(), GET_LED)))


def index_page(camera):
    """a page at /, which is not empty"""
    with Connection(camera) as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost: camera\r\n\r\n")
        answer = connection.answer("GET")
    check(answer.status == 200 and b"<html" in answer.body, "no page")
    check(answer.headers["content-type"].startswith("text/html"), answer.headers["content-type"])


def unicode_text(camera):
    """text outside ASCII, raw and percent-encoded"""
    path = camera.login()
    read = {"method": "get", "OSD": {"table": "label_info"}}
    rows = camera.command(path, read)["OSD"]["label_info"]
    old = rows[0]["label_info_1"]["text"]
    for text in ("Tür 1", urllib.parse.quote("Tür 1"), old):
        body = json.dumps({"method": "set", "OSD": {"label_info_1": {"text": text}}})
        check(camera.exchange(request(path, body)).json()["error_code"] == 0, "refused")
        stored = camera.command(path, read)["OSD"]["label_info"][0]["label_info_1"]["text"]
        check(urllib.parse.unquote(stored) == urllib.parse.unquote(text), f"stored as {stored}")


run([no_content_type, form_content_type, http_1_0, connection_close, keep_alive,
     expect_100_continue, chunked_body, byte_by_byte, pipelined, method_last,
     two_modules_in_one_set, encoded_token, raw_password, encoded_password,
     partly_encoded_password, login_for_every_call, index_page, unicode_text])
