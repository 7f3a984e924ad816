#!/usr/bin/env bash
# Installs stoklab into a folder of its own, builds the example beside this file with nothing but
# what is there, and runs its tests with an emulator in their process and with the program.
#
# usage: use-installed-package.sh BUILD_FOLDER COMPILER
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$1" --prefix "$work/installed" >"$work/install.log"
cmake -S "$here/example" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_COMPILER="$2" -DCMAKE_PREFIX_PATH="$work/installed" >"$work/configure.log" ||
  { cat "$work/configure.log" && exit 1; }
cmake --build "$work/build"
env -u STOKLAB "$work/build/client_test" --gtest_brief=1
STOKLAB="$work/installed/bin/stoklab" "$work/build/client_test" --gtest_brief=1
"$work/installed/bin/stoklab" version
