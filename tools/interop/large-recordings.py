#!/usr/bin/env python3
"""Imports of 50 MB: bounded memory, and no more time for each byte than a small file takes.

    large-recordings.py STOKLAB

Files are made here, of several shapes, and removed again. Times are printed but only compared with
each other, in processor time, since how fast a machine is differs."""

import json
import os
import sys
import tempfile

SIZE = 50_000_000
MOST_MEMORY = 300_000_000
# Four times the size may take four times the time; twice that is left for noise. Sixteen times would
# be quadratic.
MOST_GROWTH = 8

TOKEN = "0123456789abcdef0123456789abcdef"
ORIGIN = "https://192.0.2.7"
COMMANDS = f"{ORIGIN}/stok={TOKEN}/ds"
REQUEST_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en",
    "Connection": "keep-alive",
    "Host": "192.0.2.7",
    "Referer": f"{ORIGIN}/",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
}


def headers(pairs):
    return [{"name": name, "value": value} for name, value in pairs.items()]


def entry(index, url, post, kind, text):
    seconds, milliseconds = divmod(index * 37, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    time = f"2026-11-25T{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}Z"
    request = {
        "method": "POST" if post else "GET",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": headers(REQUEST_HEADERS),
        "queryString": [],
        "cookies": [],
        "headersSize": 500,
        "bodySize": len(post),
    }
    if post:
        request["postData"] = {"mimeType": "application/json", "text": post}
    return {
        "_priority": "High",
        "_resourceType": "xhr",
        "startedDateTime": time,
        "time": 12.5,
        "request": request,
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "headers": headers({"Content-Type": kind, "Content-Length": str(len(text))}),
            "cookies": [],
            "content": {"size": len(text), "mimeType": kind, "text": text},
            "redirectURL": "",
            "headersSize": 200,
            "bodySize": len(text),
        },
        "cache": {},
        "timings": {"blocked": 1.2, "dns": -1, "connect": -1, "send": 0.1, "wait": 10.2, "receive": 1},
    }


def login():
    request = {"method": "do", "login": {"username": "admin", "password": "QmFzZTY0" * 20}}
    return f"{ORIGIN}/", json.dumps(request), json.dumps({"error_code": 0, "stok": TOKEN})


def script(size):
    line = 'function a(){return "\u00e9\\n"}\n'
    return line * (size // len(line))


def command(number):
    request = {"method": "get", "image": {"name": ["switch"]}, "device_info": {"name": ["basic_info"]}}
    answer = {
        "image": {"switch": {"flicker": "50hz", "ldc": "off"}, "common": {"luma": str(number % 100)}},
        "device_info": {
            "basic_info": {
                "device_model": "VIGI%20C350",
                "mac": f"00-00-5E-00-53-{number % 256:02X}",
                "dev_id": f"{number % 5000:040X}",
                "device_alias": f"camera%20{number % 5000}",
            }
        },
        "error_code": 0,
    }
    return json.dumps(request), json.dumps(answer)


def few_large_bodies(index, _size):
    if index % 2:
        return f"{ORIGIN}/{index}.js", "", "application/javascript", script(3_000_000)
    return COMMANDS, command(index)[0], "application/json", command(index)[1]


def one_large_body(index, size):
    if index == 1:
        return f"{ORIGIN}/app.js", "", "application/javascript", script(size * 3 // 4)
    return COMMANDS, command(index)[0], "application/json", command(index)[1]


def many_static_files(index, _size):
    return f"{ORIGIN}/{index}.png", "", "image/png", ""


def many_exchanges(index, _size):
    return COMMANDS, command(index)[0], "application/json", command(index)[1]


def write_archive(file, shape, size):
    """Returns how many entries it has."""
    file.write('{"log":{"version":"1.2","creator":{"name":"Test","version":"1"},"entries":[\n')
    url, post, answer = login()
    written = file.write(json.dumps(entry(0, url, post, "application/json", answer)))
    count = 1
    while written < size:
        url, post, kind, text = shape(count, size)
        written += file.write(",\n" + json.dumps(entry(count, url, post, kind, text), indent=1))
        count += 1
    file.write("\n]}}\n")
    return count


def import_archive(program, archive, trace):
    """Returns processor seconds and the most memory in bytes."""
    process = os.posix_spawn(
        program,
        [program, "trace", "import", archive, "--out", trace],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"the import of {archive} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measure(program, directory, shape, size):
    archive = os.path.join(directory, "large.har")
    trace = os.path.join(directory, "large.json")
    with open(archive, "w", encoding="utf-8") as file:
        count = write_archive(file, shape, size)
    seconds, memory = import_archive(program, archive, trace)
    with open(trace, encoding="utf-8") as file:
        if '"exchanges"' not in file.read(4000):
            sys.exit(f"{shape.__name__}: what was written is no trace")
    return seconds, memory, count, os.path.getsize(archive)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: large-recordings.py STOKLAB")
    bad = []
    for shape in (few_large_bodies, one_large_body, many_static_files, many_exchanges):
        with tempfile.TemporaryDirectory() as directory:
            small, _, _, _ = measure(sys.argv[1], directory, shape, SIZE // 4)
            seconds, memory, count, size = measure(sys.argv[1], directory, shape, SIZE)
        print(f"{shape.__name__}: {size / 1e6:.0f} MB, {count} entries: {seconds:.2f} s, "
              f"{memory / 1e6:.0f} MB of memory; a quarter of it: {small:.2f} s", flush=True)
        if memory > MOST_MEMORY:
            bad.append(f"{shape.__name__} took more than {MOST_MEMORY / 1e6:.0f} MB")
        # What takes next to no time has no growth that could be measured.
        if seconds > 0.5 and seconds > MOST_GROWTH * small:
            bad.append(f"{shape.__name__} grew more than {MOST_GROWTH} times with four times the size")
    for line in bad:
        print(line, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
