#!/usr/bin/env python3
"""Judges the judge: plants every fault of the emulator in turn, runs the whole suite against it,
and demands that exactly the requirements fail which the fault names, and no other.

    kill_matrix.py --stoklab build/release/bin/stoklab            judges, and compares matrix.md
    kill_matrix.py --stoklab ... --write                          writes matrix.md anew
    kill_matrix.py --stoklab ... --fault NAME [--fault NAME]      some faults only

A fault may name requirements by a pattern, "SETTING-*-TYPES": every one that matches, and there has
to be one, must fail.

Every requirement has to be broken by some fault, unless UNBROKEN below says why none can.

A requirement that could not be judged, because what it builds on is broken by the fault, is
"blocked": it neither counts as failed nor as kept. Without a fault, everything has to pass, except
for what does not apply to the default profile (NOT_THERE).

Exit code: 0 as demanded, 1 a difference, 5 the judge did not work.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

MATRIX = pathlib.Path(__file__).with_name("matrix.md")
RUN_SECONDS = 600

# Requirements about what the default profile does not have. They are judged on another one, by
# conform_profile/.
NOT_THERE = {"AUTH-LOGIN-KEY2"}

# Requirements that no fault can break, or a pattern of them, with the reason. Any other that no
# fault breaks is a difference.
UNBROKEN = {
    "AUTH-LOGIN-KEY2": "the emulator of the runs has no second key, so it does not apply",
    "CLIENT-DEADLINE-*": "no device is behind it; the judge plays one that is silent",
    "CLIENT-NOBODY-THERE": "no device is behind it",
    "CLIENT-PIN": "any certificate will do; the client alone is judged",
    "CLIENT-WRONG-PIN": "any certificate will do; the client alone is judged",
    "CLIENT-SET-ONCE": "the judge loses the answer itself; the client alone is judged",
    "CLIENT-GET-AGAIN": "the judge loses the answer itself; the client alone is judged",
    "CLIENT-ONE-LOGIN": "it counts what the client sends, whatever the device answers",
    "CLIENT-WRONG-PASSWORD-ONCE": "it counts what the client sends, whatever the device answers",
    "CLIENT-GET-SECTION": "it compares two readings of one device, and a fault changes both alike",
}


class Broken(Exception):
    """A run that says nothing about the fault."""


def list_faults(stoklab):
    """[{name, sentence, breaks}], as the program prints them."""
    answer = subprocess.run([stoklab, "emulate", "--list-faults", "--format", "json"],
                            capture_output=True, text=True, check=True, timeout=60)
    return json.loads(answer.stdout)["faults"]


def list_requirements(stoklab):
    answer = subprocess.run([stoklab, "conform", "--list", "--format", "json"],
                            capture_output=True, text=True, check=True, timeout=60)
    return [r for r in json.loads(answer.stdout)["requirements"] if not r["not_tested"]]


def judge(stoklab, fault):
    """One run of the suite: {slug: "pass" | "fail" | "blocked" | ...}."""
    with tempfile.TemporaryDirectory(prefix="stoklab-selftest-") as directory:
        report = pathlib.Path(directory, "report.json")
        command = [stoklab, "conform", "--quiet", "--report", f"json={report}"]
        if fault:
            command += ["--fault", fault]
        run = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS,
                             stdin=subprocess.DEVNULL)
        if run.returncode not in (0, 1) or not report.exists():
            raise Broken(f"exit code {run.returncode}: {run.stderr.strip()[-400:]}")
        told = json.loads(report.read_text(encoding="utf-8"))
    if told["faults"] or told["stopped"]:
        raise Broken(f"{told['faults'] or told['stopped']}")
    return {r["slug"]: "blocked" if r["blocked"] else r["state"] for r in told["requirements"]}


def with_state(states, state):
    return sorted(slug for slug, found in states.items() if found == state)


def matching(pattern, known):
    """The requirements that a name in `breaks` stands for; a `*` in it is any text."""
    return {slug for slug in known if fnmatch.fnmatchcase(slug, pattern)}


def compare(fault, states, known):
    """What is not as the fault demands, as sentences."""
    wanted = set().union(*(matching(pattern, known) for pattern in fault["breaks"]))
    failed = set(with_state(states, "fail"))
    wrong = [f"{pattern} names no requirement that has a test"
             for pattern in sorted(fault["breaks"]) if not matching(pattern, known)]
    wrong += [f"{slug} is not noticed: {states.get(slug, 'not run')}"
              for slug in sorted(wanted - failed)]
    wrong += [f"{slug} fails, too" for slug in sorted(failed - wanted)]
    wrong += [f"{slug} ended in an error of the judge" for slug in with_state(states, "error")]
    return wrong


def by_aspect(slugs, requirements):
    """The slugs, with those together that stand for one aspect of every module of a profile."""
    shown = set(slugs)
    for aspect in {r["aspect"] for r in requirements if r["aspect"]}:
        every = {r["slug"] for r in requirements if r["aspect"] == aspect}
        if len(every) > 1 and every <= shown:
            shown = (shown - every) | {f"SETTING-*-{aspect} ({len(every)} modules)"}
    return sorted(shown)


def caught_by(results):
    return {slug for _, states in results for slug in with_state(states, "fail")}


def unbroken(results, requirements):
    """{slug: why no fault breaks it, or None}. The requirements of one aspect share their test, so
    that one that is broken speaks for all."""
    caught = caught_by(results)
    aspects = {r["aspect"] for r in requirements if r["slug"] in caught and r["aspect"]}
    left = [r["slug"] for r in requirements
            if r["slug"] not in caught and r["aspect"] not in aspects]
    return {slug: next((reason for pattern, reason in UNBROKEN.items()
                        if fnmatch.fnmatchcase(slug, pattern)), None) for slug in left}


def spoken_for(results, requirements):
    """One line for each aspect that is broken in some modules only."""
    caught = caught_by(results)
    for aspect in sorted({r["aspect"] for r in requirements if r["aspect"]}):
        every = [r["slug"] for r in requirements if r["aspect"] == aspect]
        broken = sum(slug in caught for slug in every)
        if 0 < broken < len(every):
            yield f"- SETTING-*-{aspect}: broken in {broken} of {len(every)} modules"


def matrix_of(results, requirements):
    """The page that is kept in the repository: the same for the same results."""
    left = unbroken(results, requirements)
    lines = [
        "# Which fault breaks which requirement",
        "",
        "Written by `kill_matrix.py --write` and compared by it. Each fault is planted in an emulator by itself",
        "(`stoklab conform --fault NAME`), and the whole suite is run; exactly these requirements failed.",
        "",
        f"{len(results)} faults; {len(requirements) - len(left)} of {len(requirements)} requirements "
        "are broken by one, in their own module or in another.",
        "",
        "| fault | what is wrong | requirements that fail |",
        "| --- | --- | --- |",
    ]
    for fault, states in results:
        failed = "<br>".join(by_aspect(with_state(states, "fail"), requirements))
        lines.append(f"| `{fault['name']}` | {fault['sentence']} | {failed} |")
    lines += ["", "## Requirements that no fault breaks", ""]
    lines += [f"- {slug}: {reason or 'not yet'}" for slug, reason in left.items()] or ["None."]
    lines += ["", "## Requirements of one test", ""]
    lines += ["The settings of all modules are judged by the same tests; one that is broken speaks for all.",
              ""]
    lines += spoken_for(results, requirements)
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stoklab", required=True, metavar="PROGRAM", type=os.path.abspath)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME")
    # A run waits half of its time: for a reboot, for a lock and for a session to end.
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), metavar="N",
                        help="runs at a time; by default twice as many as there are processors")
    parser.add_argument("--write", action="store_true", help="write the matrix that is kept")
    options = parser.parse_args()

    started = time.monotonic()
    faults = list_faults(options.stoklab)
    requirements = list_requirements(options.stoklab)
    known = {r["slug"] for r in requirements}
    unknown = set(options.fault) - {f["name"] for f in faults}
    if unknown:
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    everything = not options.fault
    if not everything:
        faults = [f for f in faults if f["name"] in options.fault]

    healthy = judge(options.stoklab, None)
    ill = {slug: state for slug, state in healthy.items()
           if state != ("not-applicable" if slug in NOT_THERE else "pass")}
    if ill:
        print(f"without any fault: {ill}", file=sys.stderr)
        return 5

    results, differences = [], 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [(fault, pool.submit(judge, options.stoklab, fault["name"])) for fault in faults]
        for fault, run in runs:
            try:
                states = run.result()
                wrong = compare(fault, states, known)
            except (Broken, subprocess.TimeoutExpired) as problem:
                states, wrong = {}, [f"the run says nothing: {problem}"]
            results.append((fault, states))
            differences += bool(wrong)
            blocked = len(with_state(states, "blocked"))
            print(f"{'ok  ' if not wrong else 'WRONG'} {fault['name']}: "
                  f"{', '.join(by_aspect(with_state(states, 'fail'), requirements)) or 'nothing fails'}"
                  f"{f' ({blocked} blocked)' if blocked else ''}", flush=True)
            for sentence in wrong:
                print(f"        {sentence}", flush=True)

    print(f"{len(results) - differences} of {len(results)} faults break exactly what they name; "
          f"{time.monotonic() - started:.0f} s")
    if everything:
        for slug, reason in unbroken(results, requirements).items():
            if reason is None:
                print(f"WRONG {slug}: no fault breaks it, and UNBROKEN gives no reason")
                differences += 1
    matrix = matrix_of(results, requirements)
    if options.write and everything:
        MATRIX.write_text(matrix, encoding="utf-8")
    elif everything and (not MATRIX.exists() or MATRIX.read_text(encoding="utf-8") != matrix):
        print(f"{MATRIX.name} is not what this run found: write it with --write", file=sys.stderr)
        differences += 1
    return 1 if differences else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Broken, subprocess.SubprocessError, OSError, ValueError) as problem:
        print(f"kill_matrix: {problem}", file=sys.stderr)
        sys.exit(5)
