# shellcheck shell=bash disable=SC2034,SC2153
# What every script shares: where the project lies, how it speaks, how it refuses, and the locks it holds.

ROOT=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
WORK="$ROOT/.build"                 # logs and stamps of set-up and builds; never data
SAY_TO=1                            # script/photoguard speaks on 2, because its output belongs to the verb
LOCKS=()

# The order of the redirections counts: a reader that has gone away is nothing to complain about.
# shellcheck disable=SC2261
say() { printf '%s\n' "$*" >&"$SAY_TO" 2>/dev/null || true; }

refuse() {
    printf '%s\n' "$*" >&2 || true
    exit 1
}

# open_lock NAME FILE: opens FILE and leaves its descriptor in $NAME.
open_lock() {
    local descriptor
    (umask 077 && : >>"$2") 2>/dev/null || refuse "$2 cannot be written: does the folder belong to another user?"
    exec {descriptor}<>"$2"
    LOCKS+=("$descriptor")
    printf -v "$1" %s "$descriptor"
}

close_lock() {
    local kept=() each
    for each in "${LOCKS[@]}"; do [[ $each == "$1" ]] || kept+=("$each"); done
    LOCKS=("${kept[@]}")
    eval "exec $1>&-"
}

# Becomes the command, without our locks: a lock must end with the script that took it, not with a process that outlives it.
apart() {
    local each
    for each in "${LOCKS[@]}"; do eval "exec $each>&-"; done
    exec "$@"
}

pause() {
    (apart sleep "$1") &
    # A signal ends the wait at once, so that stopping never waits for a pause. Bash's own word on children that were killed
    # is dropped; tend says it better.
    { wait $! || true; } 2>/dev/null
}

# Runs a command to its end as a child that hears of a stop at once, while bash itself would wait for it first.
STOPPING=
ATTENDED=
attend() {
    local code=0
    (apart "$@") <&0 &
    ATTENDED=$!
    while :; do
        code=0
        { wait "$ATTENDED" || code=$?; } 2>/dev/null
        kill -0 "$ATTENDED" 2>/dev/null || break
    done
    ATTENDED=
    return "$code"
}

stop_asked() {
    STOPPING=1
    [[ -z $ATTENDED ]] || kill -TERM "$ATTENDED" 2>/dev/null || true
}

last_lines() { tail -n "${2:-15}" "$1" 2>/dev/null | sed 's/^/    /' >&2 || true; }
