"""Calls of an emulator's control interface, in python3's standard library; and its memory."""

import http.client
import json
import re
import urllib.parse

from camera_wire import check


class Control:
    def __init__(self, url, token=None, timeout=30):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port)
        self.token, self.timeout = token, timeout

    def call(self, method, path, body=None, headers=None):
        """HTTP status and the answer."""
        link = http.client.HTTPConnection(*self.address, timeout=self.timeout)
        try:
            given = dict(headers or {})
            if self.token is not None:
                given["Authorization"] = f"Bearer {self.token}"
            text = None
            if body is not None:
                text = json.dumps(body)
                given.setdefault("Content-Type", "application/json")
            link.request(method, path, text, given)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            link.close()

    def ok(self, method, path, body=None):
        """The answer to a call that has to be served."""
        status, answer = self.call(method, path, body)
        check(200 <= status < 300, f"{method} {path}: HTTP {status} {answer}")
        return answer


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1])
