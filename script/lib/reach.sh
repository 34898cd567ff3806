# shellcheck shell=bash disable=SC2034
# From where people reach the service besides this machine: a name, and a listener that speaks HTTPS. Cameras of pages and passkeys need both.

LISTEN=

# note_reach PUBLIC_URL LISTEN CERTIFICATE KEY: each may be empty.
note_reach() {
    if [[ -n $1 ]]; then
        [[ $1 =~ ^https?://[^/]+/?$ ]] || refuse "--public-url is like https://photos.school.example, without a path."
        export PHOTOGUARD_PUBLIC_URL=${1%/}
    fi
    if [[ -z $2 ]]; then
        [[ -z $3$4 ]] || refuse "--certificate belongs to --listen ADDRESS:PORT."
        return 0
    fi
    [[ $2 =~ ^([0-9.]+|\[[0-9a-fA-F:]+\]):([1-9][0-9]{0,4})$ && ${BASH_REMATCH[2]} -le 65000 ]] ||
        refuse "--listen takes an address of this machine and a port, e.g. 0.0.0.0:443 or [::]:443."
    [[ ${PHOTOGUARD_PUBLIC_URL:-} == https://* ]] || refuse "--listen needs --public-url https://…: the name that iPads and passkeys know."
    [[ -n $3 && -n $4 ]] ||
        refuse "Pictures of children do not go over a network in plain text: name --certificate FILE and --certificate-key FILE (PEM), or put a proxy on this machine in front."
    [[ -r $3 && -r $4 ]] || refuse "The certificate or its key cannot be read."
    [[ $(stat -Lc %a "$4") =~ ^[0-7]00$ ]] || refuse "The key $4 can be read by others: chmod 600 it."
    LISTEN=$2
    export Kestrel__Certificates__Default__Path=$(realpath "$3") Kestrel__Certificates__Default__KeyPath=$(realpath "$4")
}

# listeners NAME: where this node's api listens. The plain one is for this machine alone; further nodes take the ports behind.
listeners() {
    printf 'http://127.0.0.1:%s' "$(node_port "$1")"
    [[ -z $LISTEN ]] || printf ';https://%s:%s' "${LISTEN%:*}" "$((${LISTEN##*:} + ${1##*-n} - 1))"
}
