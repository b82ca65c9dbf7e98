# shellcheck shell=bash
# Test Anything Protocol for the scripts beside this one: source it, then ok / not_ok / skip, and `plan` at the end.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
top=$PWD
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
tap_count=0 tap_failed=0

# What a tool must not be told by the environment of whoever runs the tests.
unset CRM_CONFIG CRM_LANG CRM_THREADS
export LC_ALL=C.UTF-8 TZ=UTC PATH=$BUILD/bin:$PATH
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:allocator_may_return_null=1} UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}

tap_line() { printf '%s %d - %s\n' "$1" "$((++tap_count))" "$2"; }
ok() { tap_line ok "$1"; }
# not_ok NAME [FILE]: FILE says why.
not_ok() {
	tap_line 'not ok' "$1"
	tap_failed=$((tap_failed + 1))
	[ -z "${2:-}" ] || head -n 60 "$2" | sed 's/^/# /'
}
skip() { tap_line ok "$1 # skip $2"; }
# check NAME CONDITION…: runs the rest as a command.
check() {
	local name=$1
	shift
	if "$@" >"$scratch/why" 2>&1; then ok "$name"; else not_ok "$name" "$scratch/why"; fi
}
# same NAME EXPECTED GOT: two files.
same() { check "$1" diff -u "$2" "$3"; }
plan() {
	echo "1..$tap_count"
	[ "$tap_count" -gt 0 ] || { echo '# no tests were found'; exit 1; }
	[ "$tap_failed" -eq 0 ]
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
