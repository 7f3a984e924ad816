#!/usr/bin/env python3
"""curl, and a HAR of what it sent and received: stands in front of the real one in PATH.

  REAL_CURL=/usr/bin/curl CURL_HAR=conversation.har curl --silent --config FILE --data-binary @- ...

It adds one entry to the archive for each call, so calls must follow each other. What it writes is
what an archive holds: everything, secrets included.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time


def read_config(arguments):
    """The URL that a --config file names, and the arguments with its text at hand again."""
    place = arguments.index("--config") + 1
    with open(arguments[place], encoding="utf-8") as file:
        text = file.read()
    url = text.split('url = "', 1)[1].split('"', 1)[0]
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return url, reader, [*arguments[:place], f"/dev/fd/{reader}", *arguments[place + 1:]]


def read_heads(text):
    """Status line and headers of the last answer."""
    lines = text.replace("\r\n", "\n").strip().split("\n\n")[-1].split("\n")
    version, status, *reason = lines[0].split(" ", 2)
    pairs = [line.partition(":") for line in lines[1:]]
    headers = [{"name": name, "value": value.strip()} for name, _, value in pairs]
    return version, int(status), "".join(reason), headers


def value_of(headers, name):
    return next((each["value"] for each in headers if each["name"].lower() == name), "")


def main():
    body = sys.stdin.buffer.read()
    url, config, arguments = read_config(sys.argv[1:])
    sent = [arguments[i + 1].partition(":") for i, each in enumerate(arguments) if each == "--header"]
    request_headers = [{"name": name, "value": value.strip()} for name, _, value in sent]
    with tempfile.NamedTemporaryFile("r", encoding="latin-1", newline="") as heads:
        started = datetime.datetime.now(datetime.timezone.utc)
        begun = time.monotonic()
        done = subprocess.run([os.environ["REAL_CURL"], *arguments, "--dump-header", heads.name],
                              input=body, stdout=subprocess.PIPE, pass_fds=[config], check=False)
        took = (time.monotonic() - begun) * 1000
        head = heads.read()
    sys.stdout.buffer.write(done.stdout)
    if done.returncode == 0:
        version, status, reason, headers = read_heads(head)
        text = done.stdout.rsplit(b"\n", 1)[0].decode()  # without what --write-out added
        add({
            "startedDateTime": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "time": took,
            "request": {
                "method": "POST", "url": url, "httpVersion": version, "cookies": [],
                "headers": request_headers, "queryString": [], "headersSize": -1,
                "bodySize": len(body),
                "postData": {"mimeType": value_of(request_headers, "content-type"),
                             "text": body.decode()},
            },
            "response": {
                "status": status, "statusText": reason, "httpVersion": version, "cookies": [],
                "headers": headers, "redirectURL": "", "headersSize": -1, "bodySize": len(text),
                "content": {"size": len(text), "mimeType": value_of(headers, "content-type"),
                            "text": text},
            },
            "cache": {},
            "timings": {"send": 0, "wait": took, "receive": 0},
        })
    return done.returncode


def add(entry):
    name = os.environ["CURL_HAR"]
    archive = {"log": {"version": "1.2", "creator": {"name": "recording curl", "version": "1"},
                       "entries": []}}
    if os.path.exists(name):
        with open(name, encoding="utf-8") as file:
            archive = json.load(file)
    archive["log"]["entries"].append(entry)
    with open(name, "w", encoding="utf-8") as file:
        json.dump(archive, file)


sys.exit(main())
