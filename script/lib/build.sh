# shellcheck shell=bash disable=SC2034,SC2153
# Builds the product once and knows when it is up to date. A build never replaces files that a running PhotoGuard has open.

API="$ROOT/api/bin/Release/net10.0/PhotoGuard.Api.dll"
WORKERS="$ROOT/workers/bin/Release/net10.0/PhotoGuard.Workers.dll"
SOURCES=(records ingest workers api lib)
# No compiler or build server stays behind when the script has ended.
NO_SERVERS=(-nodeReuse:false -p:UseSharedCompilation=false)

product_is_built() {
    [[ -e $WORK/built && -e $API && -e $WORKERS ]] || return 1
    # Folders count too: a file that was removed changes nothing but its folder.
    [[ -z $(cd "$ROOT" && find "${SOURCES[@]}" Directory.*.props global.json .editorconfig \
        \( -name bin -o -name obj \) -prune -o -newer "$WORK/built" -print -quit) ]]
}

# Leaves the build in use until the script ends.
build_product() {
    local building using
    mkdir -p "$WORK"
    open_lock building "$WORK/building.lock"
    open_lock using "$WORK/using.lock"
    flock "$building"
    if ! product_is_built; then
        if flock -n -x "$using"; then
            compile_product
        elif [[ -e $API && -e $WORKERS ]]; then
            say "The sources have changed, but a PhotoGuard of this checkout is running; going on with what it was built from."
        else
            refuse "A PhotoGuard of this checkout is running, but its build is gone; stop it and start again."
        fi
    fi
    flock -s "$using"
    close_lock "$building"
}

compile_product() {
    need_dotnet
    say "Building PhotoGuard (half a minute the first time)."
    local project started
    started=$(mktemp "$WORK/started.XXXXXX")        # an edit made while the compiler runs is newer than this
    for project in records ingest workers api lib/System.IO.Hashing; do mkdir -p "$ROOT/$project/bin" "$ROOT/$project/obj"; done
    touch "$started"
    if ! attend dotnet build "$ROOT/script/lib/product.slnf" -c Release -v quiet --nologo -p:RestoreLockedMode=true \
        "${NO_SERVERS[@]}" >"$WORK/build.log" 2>&1 || [[ -n $STOPPING ]]; then
        rm -f "$started"
        [[ -z $STOPPING ]] || exit "${STOP_EXIT:-143}"    # a build that was cut short may say that it succeeded
        last_lines "$WORK/build.log"
        refuse "PhotoGuard could not be built; the whole answer is in $WORK/build.log."
    fi
    mv -f "$started" "$WORK/built"
}
