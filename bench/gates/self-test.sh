#!/usr/bin/env bash
# A gate that cannot fail is none: adds one system call, one allocation and one copy to each request
# on purpose, and expects the gate to name just that.
#
# usage: self-test.sh PATH_OF_BENCH_COUNTS EXPECTED.json
set -euo pipefail
for case in system-call:system_calls allocation:allocations copy:copied_bytes; do
  spoil=${case%:*} name=${case#*:}
  if found=$("$1" "$2" --spoil "$spoil"); then
    echo "FAILED: one more $spoil a request passes" >&2
    exit 1
  fi
  for request in get set; do
    grep -qE "^$request\.server\.$name .* MORE$" <<<"$found" ||
      { echo "FAILED: one more $spoil is not named for a $request:"$'\n'"$found" >&2 && exit 1; }
  done
  if grep -E ' (MORE|LESS)' <<<"$found" | grep -vq "\.server\.$name "; then
    echo "FAILED: one more $spoil changes something else:"$'\n'"$found" >&2
    exit 1
  fi
  echo "ok one more $spoil a request is named"
done
