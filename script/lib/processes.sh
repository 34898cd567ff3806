# shellcheck shell=bash disable=SC2034,SC2153
# Processes by pid and start time, so that a number the kernel has given to somebody else is never signalled.

process_born() {
    local stat
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
    # The name stands in brackets and may hold anything; what follows the last bracket is regular. Field 22 is the start time.
    read -ra stat <<<"${stat##*) }"
    [[ ${stat[0]} != Z ]] || return 1
    printf '%s %s\n' "${stat[19]}" "$(</proc/sys/kernel/random/boot_id)"
}

# record_process FILE PID
record_process() {
    local born
    born=$(process_born "$2") || return 0
    printf '%s %s\n' "$2" "$born" >"$1"
}

# recorded_process FILE: prints the pid if that very process still lives.
recorded_process() {
    local pid born
    read -r pid born 2>/dev/null <"$1" || return 1
    [[ $pid =~ ^[0-9]+$ && $(process_born "$pid") == "$born" ]] || return 1
    printf '%s\n' "$pid"
}

# ask_to_end FILE: once; a second SIGTERM is to many programs an order to drop everything.
ask_to_end() {
    local pid
    if pid=$(recorded_process "$1"); then kill -TERM "$pid" 2>/dev/null || true; fi
}

# see_end FILE SECONDS: waits for a process that was asked, and insists when the time is over.
see_end() {
    local pid deadline=$((SECONDS + $2))
    while recorded_process "$1" >/dev/null && ((SECONDS < deadline)); do pause 0.1; done
    if pid=$(recorded_process "$1"); then kill -KILL "$pid" 2>/dev/null || true; fi
    rm -f "$1"
}
