# shellcheck shell=bash disable=SC2034,SC2153
# The data folder DIR: what it remembers, who works on it, and the environment that the processes get from it.
#   settings   where records, keys and pictures are, one name=value per line, without secrets
#   demo       there, if the folder was first started with --demo
#   run/       locks, pids and the place of the cluster;  logs/  keys/  blobs/  postgres/

DATA=

# open_data DIR: makes the folder where it is missing.
open_data() {
    DATA=$(realpath -m "$1")
    # As root the database's own user has to pass through the folder; what is inside is closed to it all the same.
    if [[ ! -d $DATA ]]; then
        mkdir -p "$DATA" 2>/dev/null || refuse "The data folder $DATA cannot be made."
        if ((EUID == 0)); then chmod 711 "$DATA"; else chmod 700 "$DATA"; fi
    fi
    [[ -O $DATA && -w $DATA ]] || refuse "The data folder $DATA belongs to another user; name one of your own with --data."
    (umask 077 && mkdir -p "$DATA/run" "$DATA/logs" "$DATA/keys")
}

# remembered NAME
remembered() { sed -n "s/^$1=//p" "$DATA/settings" 2>/dev/null | head -n 1 || true; }

# remember NAME VALUE
remember() {
    local others
    others=$(grep -v "^$1=" "$DATA/settings" 2>/dev/null || true)
    printf '%s\n' ${others:+"$others"} "$1=$2" >"$DATA/settings.new"
    mv -f "$DATA/settings.new" "$DATA/settings"
}

# Records and keys in the private cluster or in a database named from outside, pictures on disk or in Azure: decided at the
# first start. Another choice later would show an empty school, or pictures that nobody finds.
settle() {
    local records=private keys=private blobs=${1:-}
    [[ -z ${PHOTOGUARD_DATABASE:-} ]] || records=outside
    [[ -z ${PHOTOGUARD_KEYS:-} ]] || keys=outside
    settle_one records "$records" "PHOTOGUARD_DATABASE"
    settle_one keys "$keys" "PHOTOGUARD_KEYS"
    blobs=${blobs:-$(remembered blobs)}
    settle_one blobs "${blobs:-disk}" "--blobs"
    [[ $(remembered blobs) != azure || -n ${PHOTOGUARD_AZURE_CONNECTION:-} ]] ||
        refuse "The pictures of $DATA are kept in Azure: set PHOTOGUARD_AZURE_CONNECTION to the storage account's connection string."
}

settle_one() {
    local before
    before=$(remembered "$1")
    [[ -z $before || $before == "$2" ]] ||
        refuse "$DATA was started with $1=$before ($3), now it is $1=$2; if they have really moved, change that line in $DATA/settings."
    [[ -n $before ]] || remember "$1" "$2"
}

needs_cluster() { [[ -z ${PHOTOGUARD_DATABASE:-} || -z ${PHOTOGUARD_KEYS:-} ]]; }

# export_environment PORT: what api and workers read; nothing else of theirs comes from here.
export_environment() {
    export PHOTOGUARD_DATABASE=${OUTSIDE_DATABASE:-$(connection photoguard 50)}
    export PHOTOGUARD_KEYS=${OUTSIDE_KEYS:-$(connection photoguard_keys 20)}
    export PHOTOGUARD_DATA=$DATA PHOTOGUARD_ROOT_KEY=$DATA/keys/root.key
    export PHOTOGUARD_PUBLIC_URL=${OUTSIDE_PUBLIC_URL:-http://127.0.0.1:$1}
    if [[ $(remembered blobs) == azure ]]; then
        export PHOTOGUARD_BLOBS=azure:$PHOTOGUARD_AZURE_CONNECTION
    else
        export PHOTOGUARD_BLOBS=disk:$DATA/blobs
    fi
}

note_outside() {
    OUTSIDE_DATABASE=${PHOTOGUARD_DATABASE:-} OUTSIDE_KEYS=${PHOTOGUARD_KEYS:-} OUTSIDE_PUBLIC_URL=${PHOTOGUARD_PUBLIC_URL:-}
    OUTSIDE_NODE=${PHOTOGUARD_NODE:-} OUTSIDE_METRICS=${PHOTOGUARD_METRICS:-}
}

# rotate FILE: called before a log is opened.
rotate() {
    ! [[ $(stat -c %s "$1" 2>/dev/null) -gt 20000000 ]] || mv -f "$1" "$1.1"
}
