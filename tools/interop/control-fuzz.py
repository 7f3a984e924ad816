#!/usr/bin/python3
"""The control interface, asked what its own OpenAPI document allows and what it does not: every
answer is a documented one of the documented form, none is a 5xx, none holds a secret, and the camera
serves as before. What is tried is chosen at random from a fixed seed."""

import http.client
import json
import os
import random
import socket
import subprocess
import time
import urllib.parse

import jsonschema

from camera_wire import Camera, check
from capture_harness import main
from control_calls import Control

CALLS = 2500
SECONDS = 60  # whatever the machine
# What an HTTP server may say to anything before the interface sees it.
REFUSALS = {400, 403, 404, 405, 408, 413, 415, 431, 501, 505}
NASTY = ["", " ", "%00", "%", "%zz", "..", "../etc", "a" * 300, "1e9", "-1", "0", "99999999999999999999",
         "\u00e4", "<script>", "image.switch", "None", "true", "'", '"', "{}"]


class Document:
    """The OpenAPI document, and the schemas of its answers."""

    def __init__(self, text):
        self.whole = json.loads(text)
        check(self.whole["openapi"].startswith("3."), "this is no OpenAPI 3 document")
        self.operations = [
            (method.upper(), path, operation) for path, item in self.whole["paths"].items()
            for method, operation in item.items()
            if method in ("get", "put", "post", "patch", "delete")]

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.whole
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def check_answer(self, method, path, operation, status, body):
        """Nothing but what is promised."""
        check(status < 500 or status in (501, 505), f"{method} {path}: HTTP {status} {body[:200]}")
        answer = operation["responses"].get(str(status))
        if answer is None:
            check(status in REFUSALS, f"{method} {path}: HTTP {status} is not documented")
            return
        content = self.resolve(answer).get("content", {}).get("application/json")
        if content is None:
            return
        schema = {**content["schema"], "components": self.whole["components"]}
        try:
            value = json.loads(body)
        except ValueError:
            check(False, f"{method} {path}: HTTP {status} is no JSON: {body[:200]}")
        error = jsonschema.exceptions.best_match(
            jsonschema.Draft7Validator(schema).iter_errors(value))
        check(error is None, f"{method} {path}: HTTP {status}: {error and error.message}")


def check_document(document):
    """Each reference leads somewhere, each name in a path is declared, each call says its answers."""
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                document.resolve(node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document.whole)
    for method, path, operation in document.operations:
        item = document.whole["paths"][path]
        declared = {document.resolve(each)["name"]
                    for each in operation.get("parameters", []) + item.get("parameters", [])
                    if document.resolve(each)["in"] == "path"}
        named = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        check(named == declared, f"{method} {path} names {named} and declares {declared}")
        check(operation["responses"], f"{method} {path} says no answer")


class Maker:
    """Values that fit a schema, and values that do not."""

    def __init__(self, document, chance):
        self.document, self.chance = document, chance

    def good(self, schema, depth=0):
        schema, chance = self.document.resolve(schema), self.chance
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return chance.choice(schema["enum"])
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return self.good(chance.choice(schema[several]), depth + 1)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = chance.choice(kind)
        if kind == "integer":
            low = schema.get("minimum", 0)
            return chance.randint(low, min(schema.get("maximum", low + 1000), low + 1000))
        if kind == "boolean":
            return chance.random() < 0.5
        if kind == "string":
            return chance.choice(["image", "set", "x" * max(schema.get("minLength", 1), 3)])
        if kind == "array":
            return [self.good(schema.get("items", {}), depth + 1)
                    for _ in range(0 if depth > 4 else chance.randint(0, 2))]
        if kind == "object" or "properties" in schema:
            wanted = set(schema.get("required", []))
            return {name: self.good(each, depth + 1)
                    for name, each in schema.get("properties", {}).items()
                    if name in wanted or (depth < 4 and chance.random() < 0.4)}
        return chance.choice([None, 1, "text", {"image": {"switch": {"flicker": "60hz"}}}, []])

    def bad(self, schema):
        value = self.good(schema)
        chance = self.chance
        if isinstance(value, dict) and value and chance.random() < 0.6:
            name = chance.choice(list(value))
            value[name] = chance.choice([None, [], {}, -1, 1e300, "x" * 100_000, NASTY[-1], True])
            return value
        return chance.choice([None, [], 7, "text", {"no_such_member": 1}, {"": {}}, value])

    def body(self, operation):
        """Bytes, and a content type."""
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        schema = content["schema"] if content else {}
        pick = self.chance.random()
        if pick < 0.1 and content and "example" in content:
            return json.dumps(content["example"]).encode(), "application/json"
        if pick < 0.5:
            return json.dumps(self.good(schema)).encode() if content else b"", "application/json"
        if pick < 0.75:
            return json.dumps(self.bad(schema)).encode(), "application/json"
        return self.chance.choice([
            (b"{", "application/json"), (b"\xff\xfe{}", "application/json"),
            (b'{"a":"\x00"}', "application/json"), (b"[" * 5000, "application/json"),
            (b'{"a":1,"a":2}', "application/json"), (b"{}", "text/plain"), (b"{}", ""),
            (b" " * 200_000, "application/json"), (b'{"n":1e999}', "application/json")])

    def path(self, path, operation, item):
        """The path with names filled in, and a query."""
        chance = self.chance
        for name in ("id", "name"):
            value = "1" if name == "id" else chance.choice(["1", "2", "before"])
            if chance.random() < 0.15:
                value = urllib.parse.quote(chance.choice(NASTY), safe=chance.choice(["", "%"]))
            path = path.replace("{" + name + "}", value)
        query = []
        for each in operation.get("parameters", []) + item.get("parameters", []):
            each = self.document.resolve(each)
            waits = each["name"] == "timeout_ms"
            if each["in"] != "query" or (chance.random() < 0.6 and not waits):
                continue
            value = self.good(each["schema"]) if chance.random() < 0.7 else chance.choice(NASTY)
            if waits:
                value = 1
            query.append((each["name"], value))
        if chance.random() < 0.05:
            query.append(("no_such_name", "1"))
        return path + ("?" + urllib.parse.urlencode(query) if query else "")


def secrets_of(control, camera, work):
    """What nobody may read: password, token, nonce, and what the camera calls its own."""
    state = control.ok("GET", "/state?path=device_info.basic_info")["value"]
    own = [state[name] for name in ("mac", "dev_id", "hw_id") if name in state]
    path = camera.login()
    return [work.password, urllib.parse.unquote(path.split("=")[1].split("/")[0]),
            camera.challenge()["nonce"]] + [text for text in own if len(text) > 6 and "*" not in text]


def seldom(control, camera, seen):
    """Calls that hit something by chance too seldom; each is good."""
    for place, documented in (("", ""), ("/cameras/1", "/cameras/{id}")):
        camera.challenge()
        control.ok("GET", f"{place}/journal/wait?kind=challenge&timeout_ms=1")
        fault = control.ok("POST", f"{place}/faults", {"do": {"code": -1}})["ids"][0]
        control.ok("DELETE", f"{place}/faults/{fault}")
        control.ok("POST", f"{place}/reboot")
        control.ok("POST", f"{place}/reset")
        seen[("POST", documented + "/reboot")] = {2}
        seen[("GET", documented + "/journal/wait")] = {2}
        seen[("DELETE", documented + "/faults/{name}")] = {2}


def fuzz(work):
    """thousands of calls, right and wrong: documented answers, no secret, and a camera that serves"""
    os.environ["STOKLAB_PASSWORD"] = work.password
    emulator = work.emulator("--control-port", "0", "--seed", "3")
    control, camera = Control(emulator.ready["control_url"]), Camera(emulator.ready["url"])
    link = http.client.HTTPConnection(*control.address, timeout=30)
    link.request("GET", "/openapi.json")
    document = Document(link.getresponse().read())
    check_document(document)
    seen = {}
    seldom(control, camera, seen)
    secrets = secrets_of(control, camera, work)
    chance = random.Random(7)
    maker = Maker(document, chance)
    end, calls = time.monotonic() + SECONDS, 0
    while calls < CALLS and time.monotonic() < end:
        calls += 1
        method, path, operation = chance.choice(document.operations)
        body, content_type = maker.body(operation)
        if method == "GET" and chance.random() < 0.9:
            body = b""
        asked = maker.path(path, operation, document.whole["paths"][path])
        if path.endswith("/reboot") and chance.random() < 0.9:
            continue
        try:
            link.request(method, asked, body or None,
                         {"Content-Type": content_type} if content_type else {})
            answer = link.getresponse()
            text = answer.read()
        except (http.client.HTTPException, ConnectionError):
            link.close()  # it may hang up on what is no request
            check(emulator.process.poll() is None, f"{method} {asked} ends the program")
            continue
        document.check_answer(method, path, operation, answer.status, text)
        seen.setdefault((method, path), set()).add(answer.status // 100)
        for secret in secrets:
            check(secret.encode() not in text, f"{method} {asked} shows a secret: {text[:200]}")
    check(calls > 500, f"only {calls} calls in {SECONDS} s")
    never = [key for key in ((m, p) for m, p, _ in document.operations) if 2 not in seen.get(key, ())]
    # Nothing is there to upgrade to.
    check(all(path.endswith("/upgrade") for _, path in never), f"never served: {never}")
    print(f"   {calls} calls of {len(document.operations)} kinds")
    control.ok("POST", "/reset")
    camera.login()
    check(emulator.end() == 0, "the emulator does not end well")


def odd_requests(work):
    """heads that are no HTTP, methods and versions that nobody uses: refused, and nothing worse"""
    emulator = work.emulator("--control-port", "0")
    control = Control(emulator.ready["control_url"])
    odd = [b"\x00" * 50, b"GET\r\n\r\n", b"GET /camera HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n",
           b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
           b"GET /camera HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
           b"GET /camera HTTP/1.1\r\n\r\n", b"GET " + b"/" * 20000 + b" HTTP/1.1\r\n\r\n",
           b"POST /clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
           b"POST /clock HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
           b"POST /clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"]
    for text in odd:
        with socket.create_connection(control.address, timeout=30) as link:
            link.sendall(text)
            link.shutdown(socket.SHUT_WR)
            answer = b""
            while part := link.recv(65536):
                answer += part
        status = int(answer.split(b" ", 2)[1]) if answer else 400
        check(status in REFUSALS, f"{text[:60]!r}: HTTP {status}")
        check(control.call("GET", "/healthz")[0] == 200, f"after {text[:60]!r} it does not answer")
    check(emulator.end() == 0, "the emulator does not end well")


def who_may(work):
    """addresses beyond loopback want a token; strange pages and host names are refused"""
    def refused(reason, *options):
        code, out, errors = work.run("emulate", "--port", "0", *options)
        check(code in (2, 4) and reason in errors and "READY" not in out,
              f"{options}: {code} {errors}")

    work.environment["STOKLAB_PASSWORD"] = work.password
    refused("token", "--control-port", "0", "--control-listen", "0.0.0.0")
    work.environment["STOKLAB_CONTROL_TOKEN"] = "a-token-of-a-test"
    refused("loopback only", "--control-port", "0", "--control-listen", "0.0.0.0",
            "--reveal-secrets")
    emulator = work.emulator("--control-port", "0")
    url = emulator.ready["control_url"]
    check(Control(url).call("GET", "/camera")[0] == 401, "no token is asked for")
    check(Control(url, "wrong-token").call("GET", "/camera")[0] == 401, "any token will do")
    check(Control(url, "a-token-of-a-test").call("GET", "/camera")[0] == 200, "it is not taken")
    emulator.end()
    del work.environment["STOKLAB_CONTROL_TOKEN"]
    emulator = work.emulator("--control-port", "0")
    control = Control(emulator.ready["control_url"])
    for headers in ({"Origin": "http://attacker.example"}, {"Origin": "null"},
                    {"Host": "attacker.example"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Origin": emulator.ready["control_url"]}):
        for method, path in (("GET", "/camera"), ("POST", "/reset"), ("OPTIONS", "/reset")):
            status, _ = control.call(method, path, headers=headers)
            check(status in (403, 405), f"{method} {path} with {headers}: HTTP {status}")
    own = {"Origin": emulator.ready["url"]}
    check(control.call("GET", "/camera", headers=own)[0] == 200, "its own page is refused")
    emulator.end()


def revealed(work):
    """--reveal-secrets shows tokens and identities, and nothing else does"""
    os.environ["STOKLAB_PASSWORD"] = work.password

    def tells(*options):
        emulator = work.emulator("--control-port", "0", *options)
        token = urllib.parse.unquote(Camera(emulator.ready["url"]).login()[6:-3])
        sessions = json.dumps(Control(emulator.ready["control_url"]).ok("GET", "/sessions"))
        emulator.end()
        return token in sessions

    check(not tells(), "a token is shown")
    check(tells("--reveal-secrets"), "no token is shown")


def can_fail(work):
    """answers that are wrong are noticed"""
    emulator = work.emulator("--control-port", "0")
    link = http.client.HTTPConnection(*Control(emulator.ready["control_url"]).address, timeout=30)
    link.request("GET", "/openapi.json")
    document = Document(link.getresponse().read())
    emulator.end()
    method, path, operation = next(each for each in document.operations if each[1] == "/clock")
    for status, body in ((500, b"{}"), (418, b"{}"), (200, b"nothing"), (200, b'{"now":1}')):
        try:
            document.check_answer(method, path, operation, status, body)
        except Exception:
            continue
        check(False, f"HTTP {status} {body!r} passes")


if __name__ == "__main__":
    main([fuzz, odd_requests, who_may, revealed, can_fail])
