#!/usr/bin/env bash
# Starts an emulated camera, runs the login script against it and stops it again.
#
#   run-against-emulator.sh build/release/bin/stoklab
#
# Exit code 0 if the script passed and the emulator ended as it should, else 1.
set -euo pipefail

[[ $# == 1 && -x $1 ]] || {
  echo "usage: $0 PATH_OF_STOKLAB" >&2
  exit 2
}
here=$(dirname -- "$(realpath -- "$0")")
work=$(mktemp -d)
emulator=

finish() {
  local code=$?
  trap - EXIT
  if [[ -n $emulator ]]; then
    kill -KILL "$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
    sed 's/^/emulator: /' "$work/log" >&2
  fi
  rm -rf -- "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

# True as soon as the command is, false after ten seconds.
within_ten_seconds() {
  local attempt
  for ((attempt = 0; attempt < 200; ++attempt)); do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  return 1
}
is_ready() { [[ -s $work/port ]] || ! kill -0 "$emulator" 2>/dev/null; }
is_gone() { ! kill -0 "$emulator" 2>/dev/null; }

STOKLAB_PASSWORD=$(openssl rand -hex 8)
export STOKLAB_PASSWORD
export XDG_STATE_HOME=$work/state

"$1" emulate --port 0 --port-file "$work/port" --auto-shutdown 120 >"$work/log" 2>&1 &
emulator=$!
within_ten_seconds is_ready || { echo "failed: the emulator is not ready after ten seconds" >&2; exit 1; }
[[ -s $work/port ]] || { echo "failed: the emulator ended before it was ready" >&2; exit 1; }
read -r port <"$work/port" || true

"$here/login-with-curl-and-openssl.sh" "https://127.0.0.1:$port" admin

kill -TERM "$emulator"
within_ten_seconds is_gone || { echo "failed: the emulator is still there ten seconds after SIGTERM" >&2; exit 1; }
code=0
wait "$emulator" || code=$?
[[ $code == 0 ]] || { echo "failed: the emulator ended with exit code $code after SIGTERM" >&2; exit 1; }
emulator=
echo "ok stop: the emulator ended with exit code 0"
