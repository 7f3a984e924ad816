#!/usr/bin/env bash
# Runs one of the scripts of this folder with node, after a look at whether everything is there.
#
#   run-in-browser.sh build/release/bin/stoklab round_trip.mjs
set -euo pipefail
here=$(dirname -- "$(realpath -- "$0")")
[[ $# == 2 && -x $1 && -f $here/$2 ]] || {
  echo "usage: $0 PATH_OF_STOKLAB NAME_OF_SCRIPT" >&2
  exit 2
}
chromium=${STOKLAB_CHROMIUM:-/usr/bin/chromium}
for program in "$chromium" node mitmdump; do
  command -v "$program" >/dev/null || {
    echo "failed: $program is not there; tools/setup --browser installs it" >&2
    exit 1
  }
done
"$here/prepare" >&2
# What Chromium and mitmproxy keep in a home directory goes away with the test.
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
timeout --kill-after=10 580 node "$here/$2" "$(realpath -- "$1")"
