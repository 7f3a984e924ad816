# What the scripts of this folder share; sourced, never run. It leaves the caller in the root of
# the tree, whatever folder it was started from.
# shellcheck shell=bash

script_file=$(realpath -- "$0")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." || exit 1

say() { printf '%s\n' "$*" >&2; }

# The comment at the top of the script.
usage() { sed -n '2,/^[^#]/{/^#/s/^#\( \|$\)//p}' "$script_file"; }

die() {
  say "error: $*"
  exit 1
}

# The files that belong to the tree, zero-terminated; without a git checkout, those on disk.
tree_files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
  else
    find . \( -name build -o -name .git -o -name node_modules \) -prune -o -type f -print0 | sed -z 's|^\./||'
  fi
}

# Configures build/<preset> if that is not done yet, or was done for another place or other
# presets; CMake itself notices everything else at build time.
configure() {
  local preset=$1 dir="build/$1" options=()
  if [[ -f $dir/build.ninja && ! CMakePresets.json -nt $dir/build.ninja ]] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$dir/CMakeCache.txt"; then
    return
  fi
  if [[ -f $dir/CMakeCache.txt ]] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$dir/CMakeCache.txt"; then
    options=(--fresh)
  fi
  cmake --preset "$preset" "${options[@]}"
}

# Runs a command with its output in a file, and shows the end of that file only if it fails.
quietly() {
  local log=$1
  shift
  mkdir -p -- "$(dirname -- "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 -- "$log" >&2
    die "failed: $* (everything it said is in $log)"
  fi
}
