#!/usr/bin/env python3
"""The script that logs in with curl and openssl talks to a camera through the proxy, while a HAR is
recorded on its side. The trace of the proxy and the trace that is imported from the HAR are the
same, apart from time and from how they came to be; and no secret of the conversation ever stood on
the disk."""

import json
import os
import re
import shutil
import stat
import subprocess
import urllib.parse

from camera_wire import check
from capture_harness import check_absent, main, watched

HERE = os.path.dirname(os.path.realpath(__file__))


def put_curl_first(work):
    """A PATH in which `curl` is the one that records."""
    folder = work.path("bin")
    os.mkdir(folder)
    curl = os.path.join(folder, "curl")
    shutil.copy(os.path.join(HERE, "recording_curl.py"), curl)
    os.chmod(curl, os.stat(curl).st_mode | stat.S_IXUSR)
    return folder + os.pathsep + os.environ["PATH"]


def converse(work, url, har):
    done = subprocess.run(
        [os.path.join(HERE, "login-with-curl-and-openssl.sh"), url], capture_output=True,
        timeout=120, check=False,
        env={**os.environ, "PATH": put_curl_first(work), "REAL_CURL": shutil.which("curl"),
             "CURL_HAR": har, "STOKLAB_PASSWORD": work.password})
    check(done.returncode == 0, f"the script failed: {done.stdout.decode()}{done.stderr.decode()}")


def texts_in(value):
    if isinstance(value, dict):
        for key, each in value.items():
            yield from texts_in(key)
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value
        yield urllib.parse.unquote(value)


def secrets_of(entries):
    """Every token, nonce, key and ciphertext of the archive, decoded and as on the wire."""
    for entry in entries:
        token = re.search(r"/stok=([^/]+)/", entry["request"]["url"])
        if token:
            yield "a token", token[1]
        for text in (entry["request"]["postData"]["text"], entry["response"]["content"]["text"]):
            body = json.loads(text)
            for holder in (body, body.get("data"), body.get("login")):
                if not isinstance(holder, dict):
                    continue
                for name in ("stok", "nonce", "key", "key_2", "password"):
                    for each in texts_in(holder.get(name)):
                        yield f"a {name}", each


def exchanges_as_text(name):
    """The exchanges, byte for byte but for when each was and how long it took."""
    with open(name, encoding="utf-8") as file:
        text = file.read()
    text = text[text.index('"exchanges":'):]
    return re.sub(r'"(at_ms|duration_ms)": *\d+', r'"\1": 0', text)


def without_time(name):
    with open(name, encoding="utf-8") as file:
        trace = json.load(file)
    for key in ("date", "method", "exporter"):
        trace["source"].pop(key, None)
    for exchange in trace["exchanges"]:
        check(exchange.pop("at_ms") >= 0, "an exchange before the first one")
        exchange.pop("duration_ms", None)
    return trace


def same_conversation(work):
    """a conversation gives one trace, captured or imported, and no secret reaches the disk"""
    har = work.path("conversation.har")
    emulator = work.emulator()
    with watched(work.out_folder) as seen:
        capture = work.capture(emulator.ready["url"], "--verbose")
        converse(work, capture.ready["url"], har)
        check(capture.end() == 0, "it did not end well")
    with open(har, encoding="utf-8") as file:
        entries = json.load(file)["log"]["entries"]
    check(len(entries) >= 9, f"only {len(entries)} exchanges were recorded by curl")

    hidden = {("the password", work.password), *secrets_of(entries)}
    check(len(hidden) >= 6, f"only {len(hidden)} secrets are known")
    check(len(seen) >= len(entries), "the file was not seen to grow")
    check_absent(hidden, seen, "a file of the output folder")
    said = capture.errors().encode() + b"".join(capture.out)
    check_absent(hidden, [said], "what the program said")
    check(capture.errors().count("get image.switch") == 4, "there is no line for each read")

    trace = work.check_trace()
    check(len(trace["exchanges"]) == len(entries),
          f"{len(trace['exchanges'])} exchanges are in the trace, {len(entries)} in the HAR")
    code, out, err = work.run("trace", "import", har, "--out", work.out("imported.json"))
    check(code == 0, f"the import ended with {code}: {out}{err}")
    work.check_trace("imported.json")
    captured, imported = work.out(), work.out("imported.json")
    check(without_time(captured) == without_time(imported), "the traces differ")
    check(exchanges_as_text(captured) == exchanges_as_text(imported),
          "the traces differ in their bytes")


main([same_conversation])
