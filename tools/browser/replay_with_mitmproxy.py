#!/usr/bin/python3
"""Lets mitmproxy (Debian's package) read the requests of an exported HAR and send them again.

    replay_with_mitmproxy.py FILE.har https://127.0.0.1:PORT WORK_FOLDER

mitmproxy 8 cannot read a HAR itself, so its own classes make flows of the entries here; its own
format carries them into mitmdump, whose HTTP/1 and TLS send them. A live session takes the place
of the placeholder of the token. Exit code 0 if every command is answered with the status that the
HAR tells; a login is refused, because its password is a placeholder.

The password comes from STOKLAB_PASSWORD.
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

from mitmproxy import connection, http, io

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
from camera_wire import Camera, Failed, check  # noqa: E402

TOKEN = "{stok}"
MITMDUMP = ["mitmdump", "--quiet", "--no-server", "--ssl-insecure", "--set", "connection_strategy=lazy",
            "--set", "ciphers_server=ALL:@SECLEVEL=0"]


def pairs(headers):
    return [(each["name"].encode(), each["value"].encode()) for each in headers
            if not each["name"].startswith(":")]


def request_of(entry, origin, command_path):
    """The entry as a request of mitmproxy's to another origin, checked against what it says itself."""
    told = entry["request"]
    path = urllib.parse.unquote(urllib.parse.urlsplit(told["url"]).path)
    if TOKEN in path:
        check(path == f"/stok={TOKEN}/ds", f"a path with a token, but no command: {path}")
        path = command_path
    content = told.get("postData", {}).get("text", "")
    original = http.Request.make(told["method"], told["url"], content, http.Headers(pairs(told["headers"])))
    check(original.pretty_url == told["url"], f"read as {original.pretty_url}: {told['url']}")
    check(original.method == told["method"], f"read as {original.method}: {told['method']}")
    if content:
        check(json.loads(original.get_text()) == json.loads(content), "the body is read otherwise")
    return http.Request.make(told["method"], origin + path, content, {"Content-Type": "application/json"})


def response_of(entry):
    told = entry["response"]
    text = told["content"].get("text", "")
    answer = http.Response.make(told["status"], text, http.Headers(pairs(told["headers"])))
    if text:
        check(isinstance(json.loads(answer.get_text()), dict), "an answer is no JSON object")
    return answer


def is_login(entry):
    return "login" in json.loads(entry["request"].get("postData", {}).get("text", "") or "{}")


def flow_of(request):
    client = connection.Client(("127.0.0.1", 0), ("127.0.0.1", 0), 0)
    server = connection.Server((request.host, request.port))
    flow = http.HTTPFlow(client, server)
    flow.request = request
    return flow


def main(har_file, origin, work):
    entries = json.loads(pathlib.Path(har_file).read_text(encoding="utf-8"))["log"]["entries"]
    check(len(entries) >= 20, f"only {len(entries)} entries")
    for entry in entries:
        response_of(entry)
    command_path = Camera(origin).login()
    # The session must not end before the last request.
    entries = [each for each in entries if "logout" not in each["request"]["postData"]["text"]]

    asked, answered = pathlib.Path(work, "asked.flows"), pathlib.Path(work, "answered.flows")
    with open(asked, "wb") as file:
        writer = io.FlowWriter(file)
        for entry in entries:
            writer.add(flow_of(request_of(entry, origin, command_path)))
    done = subprocess.run(
        MITMDUMP + ["--set", f"confdir={work}/mitmproxy", "--client-replay", asked,
                    "--save-stream-file", answered],
        timeout=120, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"mitmdump ended with {done.returncode}: {done.stderr}{done.stdout}")
    with open(answered, "rb") as file:
        flows = list(io.FlowReader(file).stream())
    check(len(flows) == len(entries), f"{len(flows)} of {len(entries)} requests were sent: {done.stdout}")
    for entry, flow in zip(entries, flows):
        what = entry["request"]["postData"]["text"][:80]
        check(flow.error is None, f"{flow.error}: {what}")
        expected = 401 if is_login(entry) else entry["response"]["status"]
        check(flow.response.status_code == expected,
              f"answered with {flow.response.status_code}, not {expected}: {what}")
        check("error_code" in json.loads(flow.response.get_text()), f"no answer of the protocol: {what}")
    print(f"{len(flows)} requests read, sent and answered as the archive says")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Failed as failure:
        sys.exit(f"failed: {failure}")
