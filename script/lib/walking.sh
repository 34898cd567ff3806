# shellcheck shell=bash disable=SC2034
# Calls with curl, what came back, and whether it was as the contract says. Tokens stand in files, never in a command line.

STEPS=0
FAILED=0
STATUS=''

# expect WHAT WANTED FOUND
expect() {
    STEPS=$((STEPS + 1))
    if [[ $2 == "$3" ]]; then
        printf 'ok    %s\n' "$1"
    else
        FAILED=$((FAILED + 1))
        printf 'FAIL  %s: %s instead of %s\n' "$1" "${3:-nothing}" "$2"
        [[ ! -s $HERE/body ]] || printf '      %s\n' "$(head -c 300 "$HERE/body" | tr -d '\0')"
    fi
}

ended() {
    printf '%s steps, %s failed\n' "$STEPS" "$FAILED"
    ((FAILED == 0))
}

# token ROLE [ARGUMENT…]: keeps the header that carries it.
token() {
    printf 'Authorization: Bearer %s\n' "$(photoguard token --school "$SCHOOL" --role "$@")" >"$HERE/token-$1"
}

photoguard() { "${BASH_SOURCE%/*}/../photoguard" --data "$DATA" "$@"; }

# call ROLE METHOD PATH [CURL ARGUMENT…]: leaves the answer in $HERE/body and its status in $STATUS.
call() {
    local role=$1 method=$2 path=$3
    shift 3
    STATUS=$(curl -sS -m 60 -o "$HERE/body" -w '%{http_code}' -X "$method" -H "@$HERE/token-$role" "$@" "$URL$path" || true)
}

# send ROLE METHOD PATH JSON
send() { call "$1" "$2" "/api/v1/$3" -H 'Content-Type: application/json' --data-binary "$4"; }

get() { call "$1" GET "/api/v1/$2"; }

# field NAME: the first text or number of that name in the last answer.
field() { grep -oE "\"$1\":(\"[^\"]*\"|[0-9a-z.]+)" "$HERE/body" | head -n 1 | sed -E 's/^"[^"]*"://; s/^"(.*)"$/\1/'; }

problem() { field type | sed 's|.*/||'; }

# cleared CHANNEL: true or false, of the last answer that was a photo.
cleared() { grep -oE "\"$1\":\\{\"cleared\":(true|false)" "$HERE/body" | sed 's/.*://'; }

# until_is SECONDS WANTED COMMAND…: runs the command every 0.3 s until it prints that.
until_is() {
    local deadline=$((SECONDS + $1)) wanted=$2
    shift 2
    while [[ $("$@") != "$wanted" ]] && ((SECONDS < deadline)); do sleep 0.3; done
}

certificate_status() { get head "photos/$1/certificate"; printf '%s' "$STATUS"; }

# before SECONDS FORMAT: an instant by the service's own clock, which a demo shifts.
before() {
    local now
    now=$(curl -sS -o /dev/null -D - "$URL/healthz" | sed -n 's/\r$//; s/^[Dd]ate: //p')
    date -u -d "@$(($(date -d "$now" +%s) - $1))" "$2"
}

objects_of() { find "$DATA/blobs/photos/$1" -type f 2>/dev/null | wc -l; }

# gone_with_certificate PHOTO CAUSE NAME
gone_with_certificate() {
    until_is 60 200 certificate_status "$1"
    get head "photos/$1/certificate"
    expect "certificate of the $3" "200 $2" "$STATUS $(field cause)"
    expect "  with its tombstone, its key destroyed, and a look" yes \
        "$([[ -n $(field tombstonedAt) && -n $(field keyDestroyedAt) && -n $(field lookedAt) ]] && echo yes)"
    expect "  after which nothing of it is in the store" "0 objects" "$(objects_of "$1") objects"
    get head "photos/$1"
    expect "  and the photo is gone" 410 "$STATUS"
}
