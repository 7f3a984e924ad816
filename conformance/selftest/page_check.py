#!/usr/bin/env python3
"""Opens the HTML report of a run in a browser without a window, and looks at it as a person would:
no console error, a row for each requirement, filters that work, and nothing wider than the screen.

    page_check.py --stoklab build/release/bin/stoklab [--pictures DIRECTORY]

Exit code: 0 all is well, 1 it is not, 77 there is no Chromium to open it with.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1280, 400)


class Wrong(Exception):
    """Something about the page is not as it has to be."""


class Browser:
    """Chromium, driven through the two pipes that --remote-debugging-pipe reads and writes."""

    def __init__(self, program, directory):
        read_end, self._write = os.pipe()
        self._read, write_end = os.pipe()
        # Chromium wants to read from 3 and write to 4; ends that lie there already are moved first.
        theirs = (os.dup2(read_end, 103), os.dup2(write_end, 104))

        def descriptors():
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        self._process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-extensions", "--disable-background-networking", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={directory}", "about:blank"],
            preexec_fn=descriptors, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (read_end, write_end, *theirs):
            os.close(end)
        self._buffer, self._last, self._session = b"", 0, None
        self.complaints = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target,
                                  flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        os.close(self._write)
        self._process.terminate()
        self._process.wait(timeout=30)
        os.close(self._read)

    def _message(self):
        while b"\0" not in self._buffer:
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise Wrong("the browser has ended")
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        message = json.loads(text)
        self._listen(message)
        return message

    def _listen(self, message):
        said = message.get("params", {})
        method = message.get("method")
        if method == "Runtime.exceptionThrown":
            self.complaints.append(said["exceptionDetails"].get("text", "an exception"))
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(said["entry"]["text"])

    def call(self, name, **arguments):
        self._last += 1
        request = {"id": self._last, "method": name, "params": arguments}
        if self._session:
            request["sessionId"] = self._session
        os.write(self._write, json.dumps(request).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") != self._last:
                continue
            if "error" in message:
                raise Wrong(f"{name}: {message['error']['message']}")
            return message["result"]

    def open(self, file):
        self.call("Page.navigate", url=file.as_uri())
        while self._message().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression):
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise Wrong(f"{expression}: {found['exceptionDetails']['text']}")
        return found["result"].get("value")

    def wait_for(self, condition):
        for _ in range(100):
            if self.evaluate(condition):
                return
            time.sleep(0.05)
        raise Wrong(f"it never came to this: {condition}")

    def resize(self, width):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=1000,
                  deviceScaleFactor=1, mobile=False)

    def picture(self, file):
        shot = self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(shot["data"]))


def same(what, found, expected):
    if found != expected:
        raise Wrong(f"{what}: {found!r}, expected {expected!r}")


ROWS = "document.querySelectorAll('#requirements tbody tr')"
SHOWN = f"[...{ROWS}].filter((row) => row.offsetHeight > 0).length"


def press(browser, key, code, text=""):
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text,
                     windowsVirtualKeyCode=code)


def check_filters(browser, requirements):
    should = sum(r["level"] == "should" for r in requirements)
    challenge = sum("challenge" in (r["slug"] + " " + r["sentence"] + " " + r["reason"]).lower()
                    for r in requirements)
    if not 0 < should < len(requirements) or not 0 < challenge < len(requirements):
        raise Wrong("the run has too little in it to filter")
    # With the keyboard alone: to the search field, type, and on to the button that shows all again.
    browser.evaluate("document.getElementById('requirements-heading').focus()")
    press(browser, "Tab", 9)
    same("the first thing after the heading", browser.evaluate("document.activeElement.id"),
         "filter-text")
    browser.call("Input.insertText", text="challenge")
    same("rows with the word", browser.evaluate(SHOWN), challenge)
    same("what is said about them", browser.evaluate("document.getElementById('shown').textContent"),
         f"{challenge} of {len(requirements)} shown")
    for _ in range(5):
        press(browser, "Tab", 9)
    same("the last of the filters", browser.evaluate("document.activeElement.type"), "reset")
    press(browser, "Enter", 13, "\r")
    browser.wait_for(f"{SHOWN} === {len(requirements)}")
    browser.evaluate(
        "{ const level = document.getElementById('filter-level'); level.value = 'should';"
        " level.dispatchEvent(new Event('input', {bubbles: true})); }")
    same("rows of that level", browser.evaluate(SHOWN), should)
    browser.evaluate("document.getElementById('filters').reset()")


def check_page(browser, page, report, pictures):
    requirements = report["requirements"]
    browser.open(page)
    same("rows", browser.evaluate(ROWS + ".length"), len(requirements))
    same("rows that are shown", browser.evaluate(SHOWN), len(requirements))
    same("names in the rows",
         browser.evaluate(f"[...{ROWS}].map((row) => row.id)"), [r["slug"] for r in requirements])
    failures = sum(r["state"] == "fail" for r in requirements)
    same("cards of failures", browser.evaluate("document.querySelectorAll('article').length"),
         failures)
    check_filters(browser, requirements)
    for width in WIDTHS:
        browser.resize(width)
        wide = browser.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            raise Wrong(f"the page is {wide} pixels wide on a screen of {width}")
        if pictures:
            browser.picture(pictures / f"report-{width}.png")
    same("complaints of the browser", browser.complaints, [])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stoklab", required=True, metavar="PROGRAM", type=os.path.abspath)
    parser.add_argument("--pictures", metavar="DIRECTORY", type=pathlib.Path)
    options = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("SKIP: there is no Chromium here (looked for " + ", ".join(BROWSERS) + ")")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="stoklab-page-", ignore_cleanup_errors=True) as name:
        directory = pathlib.Path(name)
        page, told = directory / "report.html", directory / "report.json"
        # A few failures, so that every part of the page has something to show.
        subprocess.run([options.stoklab, "conform", "--quiet", "--fault", "dead-token-status-200",
                        "--select", "AUTH-CHALLENGE", "--select", "SESS-DEAD", "--select", "TLS-",
                        "--report", f"html={page}", "--report", f"json={told}"],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False,
                       stderr=subprocess.DEVNULL, timeout=300)
        report = json.loads(told.read_text(encoding="utf-8"))
        browser = Browser(program, directory / "browser")
        try:
            check_page(browser, page, report, options.pictures)
        finally:
            browser.close()
    print(f"{len(report['requirements'])} requirements, all of them shown")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Wrong, OSError, ValueError, KeyError, subprocess.SubprocessError) as problem:
        print(f"page_check: {problem}", file=sys.stderr)
        sys.exit(1)
