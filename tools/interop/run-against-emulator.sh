#!/usr/bin/env bash
# Starts an emulated camera, runs a script against it and stops it again.
#
#   run-against-emulator.sh [--with-pid] build/release/bin/stoklab login-with-curl-and-openssl.sh
#
# The script, which lies beside this one, gets the emulator's URL, and with --with-pid also its
# process, so that it can look at what it uses. Exit code 0 if the script passed and the emulator
# ended as it should, else 1.
set -euo pipefail

with_pid=no
if [[ ${1:-} == --with-pid ]]; then
  with_pid=yes
  shift
fi
here=$(dirname -- "$(realpath -- "$0")")
[[ $# == 2 && -x $1 && -x $here/$2 ]] || {
  echo "usage: $0 [--with-pid] PATH_OF_STOKLAB NAME_OF_SCRIPT" >&2
  exit 2
}
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

arguments=("https://127.0.0.1:$port")
[[ $with_pid == no ]] || arguments+=("$emulator")
"$here/$2" "${arguments[@]}"

kill -TERM "$emulator"
within_ten_seconds is_gone || { echo "failed: the emulator is still there ten seconds after SIGTERM" >&2; exit 1; }
code=0
wait "$emulator" || code=$?
[[ $code == 0 ]] || { echo "failed: the emulator ended with exit code $code after SIGTERM" >&2; exit 1; }
emulator=
echo "ok stop: the emulator ended with exit code 0"
