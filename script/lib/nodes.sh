# shellcheck shell=bash disable=SC2034,SC2153
# The api and worker processes: started apart from the terminal, recorded by pid and start time, started again when they die.

NODES=()
declare -A NODE_PID NODE_SINCE NODE_FAILURES NODE_DUE

# plan_nodes COUNT PORT
plan_nodes() {
    local number
    for ((number = 1; number <= $1; number++)); do NODES+=("api-n$number" "worker-n$number"); done
    FIRST_PORT=$2
    for number in "${NODES[@]}"; do NODE_FAILURES[$number]=0 NODE_DUE[$number]=0; done
}

node_port() { printf '%s\n' $((FIRST_PORT + ${1##*-n} - 1)); }

# place_metrics NAME: sets METRICS to where the node tells them, never the port that people reach: api-n1, worker-n1, api-n2, … one port
# each, from 4000 above --port on (below it, where there is no room), or from the address on that PHOTOGUARD_METRICS names.
place_metrics() {
    local first=${OUTSIDE_METRICS:-127.0.0.1:$((FIRST_PORT <= 61000 ? FIRST_PORT + 4000 : FIRST_PORT - 4000))} port
    METRICS=off
    [[ $first != off ]] || return 0
    port=$((${first##*:} + 2 * (${1##*-n} - 1)))
    [[ $1 != worker-* ]] || port=$((port + 1))
    if port_is_taken "$port"; then
        say "Port $port is in use by another program, so that $1 tells no metrics; PHOTOGUARD_METRICS chooses another."
    else
        METRICS=${first%:*}:$port
    fi
}

# Two machines over one database need names of their own: PHOTOGUARD_NODE, where it is set, comes first.
node_name() { printf '%s\n' "${OUTSIDE_NODE:+$OUTSIDE_NODE-}${1##*-}"; }

api_nodes() { printf '%s\n' "${NODES[@]}" | grep '^api-'; }

start_node() {
    local name=$1 log="$DATA/logs/$1.log" command folder=$DATA
    rotate "$log"
    place_metrics "$name"
    if [[ $name == api-* ]]; then
        folder="$ROOT/api"          # pages and static files are found from here
        command=("ASPNETCORE_URLS=$(listeners "$name")" dotnet "$API")
    else
        command=(dotnet "$WORKERS" work)
    fi
    # A session of its own: Ctrl-C reaches this script alone, which then stops everything in order. Should the script be killed,
    # the kernel asks its children to stop.
    (cd "$folder" && umask 077 && apart setsid setpriv --pdeathsig TERM env "${CLOCK[@]}" "PHOTOGUARD_NODE=$(node_name "$name")" "PHOTOGUARD_METRICS=$METRICS" "${command[@]}") \
        </dev/null >>"$log" 2>&1 &
    NODE_PID[$name]=$!
    disown                          # bash would have its own say about a child that was killed; tend says it better
    NODE_SINCE[$name]=$SECONDS
    record_process "$DATA/run/$name.pid" $!
}

start_nodes() {
    local name
    for name in "${NODES[@]}"; do start_node "$name"; done
}

# End what an earlier script/run on this folder left behind.
end_left_behind() {
    local file
    for file in "$DATA"/run/*.pid; do
        ! recorded_process "$file" >/dev/null || say "Ending $(basename "$file" .pid), left behind by an earlier start."
        ask_to_end "$file"
    done
    for file in "$DATA"/run/*.pid; do see_end "$file" 30; done
}

# A process that was killed a moment ago may still hold its port.
port_gets_free() {
    local tries
    for tries in {1..15}; do
        port_is_taken "$1" || return 0
        [[ -z $STOPPING ]] || return 0
        ((tries == 15)) || pause 0.2
    done
    return 1
}

# Looks once at every part and starts again what has died: at once the first time, then after 1, 2, 4 … 30 seconds.
tend() {
    local name
    [[ -z $PG ]] || cluster_lives || tend_cluster
    for name in "${NODES[@]}"; do tend_node "$name"; done
}

tend_cluster() {
    local port
    [[ -z $STOPPING ]] || return 0
    port=$(<"$PG/port")
    say "The database stopped; starting it again."
    revive_cluster || { say "The database does not start yet; its log is $PG/log."; return 0; }
    [[ $(<"$PG/port") != "$port" ]] || return 0
    export_environment "$FIRST_PORT"
    for name in "${NODES[@]}"; do kill -TERM "${NODE_PID[$name]:-}" 2>/dev/null || true; done
}

tend_node() {
    local name=$1 pid=${NODE_PID[$1]:-} wait_for
    [[ -z $STOPPING ]] || return 0
    if [[ -n $pid ]]; then
        if process_born "$pid" >/dev/null; then
            ((SECONDS - NODE_SINCE[$name] < 60)) || NODE_FAILURES[$name]=0
            return 0
        fi
        NODE_PID[$name]=
        wait_for=$((NODE_FAILURES[$name] == 0 ? 0 : 1 << (NODE_FAILURES[$name] - 1)))
        ((wait_for <= 30)) || wait_for=30
        ((NODE_FAILURES[$name] >= 6)) || NODE_FAILURES[$name]=$((NODE_FAILURES[$name] + 1))
        NODE_DUE[$name]=$((SECONDS + wait_for))
        say "$name stopped; starting it again$( ((wait_for == 0)) || echo " in $wait_for s"). Its log is $DATA/logs/$name.log."
    fi
    ((SECONDS < NODE_DUE[$name])) || start_node "$name"
}

# Waits until every api answers; gives up when one has died three times or five minutes have passed.
await_ready() {
    local name deadline=$((SECONDS + 300)) waiting=1
    while ((waiting > 0)); do
        [[ -z $STOPPING ]] || return 0
        tend
        waiting=0
        for name in $(api_nodes); do
            curl -fs -o /dev/null -m 2 "http://127.0.0.1:$(node_port "$name")/readyz" || waiting=$((waiting + 1))
        done
        for name in "${NODES[@]}"; do
            if ((waiting > 0 && (NODE_FAILURES[$name] >= 3 || SECONDS >= deadline))); then give_up "$name"; fi
        done
        ((waiting == 0)) || pause 0.2
    done
}

give_up() {
    last_lines "$DATA/logs/$1.log"
    say "$1 does not get ready; its log is $DATA/logs/$1.log."
    stop_everything
    exit 1
}

stop_nodes() {
    local name
    for name in "${NODES[@]}"; do ask_to_end "$DATA/run/$name.pid"; done
    for name in "${NODES[@]}"; do see_end "$DATA/run/$name.pid" 40; done
}
