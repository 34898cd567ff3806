# shellcheck shell=bash disable=SC2034,SC2153
# Several scripts use one cluster: whoever needs it first starts it, and the last one out stops it. A cluster that runs while
# nobody holds the users' lock was left behind by something that was killed, with a clock and settings we do not know.

open_sharing() {
    open_lock CHANGING "$DATA/run/cluster.lock"
    open_lock USING "$DATA/run/users.lock"
}

# For script/run, which owns the cluster as long as it lives.
own_cluster() {
    local deadline=$((SECONDS + 60))
    open_sharing
    flock "$CHANGING"
    until flock -n -x "$USING"; do
        ((${#CLOCK[@]} > 0)) || { share_cluster; return; }
        [[ -z $STOPPING && $SECONDS -lt $deadline ]] ||
            refuse "A script/photoguard is using the database; its clock cannot be shifted until it ends."
        flock -u "$CHANGING"
        pause 0.5
        flock "$CHANGING"
    done
    share_cluster
}

# For script/photoguard while no script/run lives on this folder; with one, wait_for_cluster.
borrow_cluster() {
    open_sharing
    flock "$CHANGING"
    share_cluster
}

share_cluster() {
    if flock -n -x "$USING" && cluster_lives; then stop_cluster; fi
    cluster_lives || start_cluster || { last_lines "$PG/log"; refuse "The database in $PG does not start; its log is $PG/log."; }
    flock -s "$USING"
    flock -u "$CHANGING"
}

wait_for_cluster() {
    local deadline=$((SECONDS + 120))
    open_sharing
    # In use and answering: then script/run has started it and not merely found it.
    until cluster_answers && ! flock -n -x "$USING" && flock -n -s "$USING"; do
        flock -u "$USING"
        [[ -z $STOPPING && $SECONDS -lt $deadline ]] || refuse "script/run is working on $DATA, but its database does not answer."
        pause 0.3
    done
}

revive_cluster() {
    flock "$CHANGING"
    local code=0
    cluster_lives || start_cluster || code=1
    flock -u "$CHANGING"
    return "$code"
}

# Fails where somebody else still uses it.
leave_cluster() {
    local code=0
    flock "$CHANGING"
    if flock -n -x "$USING"; then stop_cluster; else code=1; fi
    close_lock "$USING"
    close_lock "$CHANGING"
    return "$code"
}
