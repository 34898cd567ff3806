# shellcheck shell=bash disable=SC2034,SC2153
# The private PostgreSQL cluster in $PG: made once, started, looked after, stopped. Two roles own a database each, records and
# keys, and cannot enter the other's. PostgreSQL refuses to run as root; then it runs as the user `postgres`.

PG=                                 # the cluster's folder, set by place_cluster
CLUSTER_SETTINGS=()                 # more lines for its configuration
CLUSTER_SIZE=210                    # connections

as_database_user() {
    local become=()
    ((EUID != 0)) || become=(setpriv --reuid=postgres --regid=postgres --init-groups --inh-caps=-all --no-new-privs)
    (cd / && umask 077 && apart "${become[@]}" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "HOME=$PG" "$@")
}

# place_cluster DATA: decides where the cluster of this data folder lies, and remembers it there.
place_cluster() {
    local remembered="$1/run/cluster" name elsewhere=/var/lib/photoguard other
    PG="$1/postgres"
    if [[ -s $remembered ]]; then
        PG=$(<"$remembered")
    elif ((EUID == 0)); then
        mkdir -p "$PG" && chown postgres:postgres "$PG" && chmod 700 "$PG"
        if ! as_database_user test -w "$PG" -a -x "$PG"; then
            rmdir "$PG"
            name=$(printf %s "$1" | sha256sum | head -c 16)
            for other in "$elsewhere/$name"-*; do
                [[ -d $other ]] || continue
                # A demo's pictures are ours; a school's are nobody's to throw away unasked.
                if [[ -e $other/demo ]] && ! PG=$other cluster_lives; then
                    rm -rf "$other"
                else
                    say "The database of an earlier $1 is still in $other; remove it if nobody needs it."
                fi
            done
            PG="$elsewhere/$name-$(head -c 4 /dev/urandom | od -An -tx4 | tr -d ' ')"
            mkdir -p "$elsewhere" && chmod 711 "$elsewhere"
            mkdir "$PG" && chown postgres:postgres "$PG" && chmod 700 "$PG"
            [[ ! -e $1/demo ]] || touch "$PG/demo"
            say "The database user cannot reach $1, so the database is in $PG."
        fi
    else
        mkdir -p "$PG" && chmod 700 "$PG"
    fi
    printf '%s\n' "$PG" >"$remembered"
}

cluster_binaries() {
    local found
    if [[ -s $PG/data/PG_VERSION ]]; then
        found="/usr/lib/postgresql/$(<"$PG/data/PG_VERSION")/bin"
        [[ -x $found/postgres ]] || refuse "The database in $PG was made by PostgreSQL $(<"$PG/data/PG_VERSION"), which is not installed."
    else
        found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)
        found=${found%/initdb}
    fi
    printf '%s\n' "$found"
}

# The postmaster's pid, when it is one and serves this folder; the number in the file alone may by now be somebody else's.
cluster_pid() {
    local pid
    read -r pid 2>/dev/null <"$PG/data/postmaster.pid" || return 1
    [[ $pid =~ ^[0-9]+$ && $(readlink "/proc/$pid/cwd") == "$PG/data" ]] && process_born "$pid" >/dev/null || return 1
    printf '%s\n' "$pid"
}

cluster_lives() { cluster_pid >/dev/null; }

# Lives and takes connections, which it does not yet while it recovers; the postmaster itself writes so.
cluster_answers() { cluster_lives && [[ $(sed -n 8p "$PG/data/postmaster.pid" 2>/dev/null) == ready* ]]; }

make_cluster() {
    local bin who
    [[ ! -s $PG/data/PG_VERSION ]] || return 0
    bin=$(cluster_binaries)
    say "Making the database in $PG."
    as_database_user rm -rf "$PG/making" "$PG"/prepared*
    as_database_user mkdir -p "$PG/passwords" "$PG/socket"
    for who in postgres photoguard photoguard_keys; do
        head -c 24 /dev/urandom | base64 | tr '+/' '-_' | write_in_cluster "passwords/$who"
    done
    echo "*:*:*:*:$(as_database_user cat "$PG/passwords/postgres")" | write_in_cluster passwords/pgpass
    # Made beside its place and then moved: a folder that was killed half-made is never taken for a cluster.
    as_database_user "$bin/initdb" -D "$PG/making" -U postgres --pwfile="$PG/passwords/postgres" --auth=scram-sha-256 --data-checksums \
        -E UTF8 --locale=C.UTF-8 --no-instructions >"$WORK/initdb.log" 2>&1 ||
        { last_lines "$WORK/initdb.log"; refuse "The database could not be made in $PG."; }
    echo "include_if_exists = 'photoguard.conf'" | as_database_user tee -a "$PG/making/postgresql.conf" >/dev/null
    as_database_user mv "$PG/making" "$PG/data"
}

write_in_cluster() { as_database_user tee "$PG/$1" >/dev/null; }

# Unix sockets take paths of at most 107 bytes, and neither PostgreSQL's list nor Npgsql takes every character.
cluster_socket() { [[ $PG =~ ^[A-Za-z0-9/._-]{1,80}$ ]] && printf '%s\n' "$PG/socket"; }

port_is_taken() { (exec {probe}<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

configure_cluster() {
    local port
    port=$(cat "$PG/port" 2>/dev/null) || port=
    while [[ -z $port ]] || port_is_taken "$port"; do
        port=$((20000 + SRANDOM % 12000))       # below the ports the kernel hands out itself
    done
    echo "$port" | write_in_cluster port
    {
        cat <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$(cluster_socket || true)'
unix_socket_permissions = 0700
password_encryption = scram-sha-256
max_connections = $CLUSTER_SIZE
shared_buffers = 128MB
timezone = 'UTC'
# Somebody's forgotten transaction neither keeps its locks nor what was deleted since.
idle_in_transaction_session_timeout = 60s
# What is written about a child never reaches a log: no statements, no values in messages.
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
CONF
        printf '%s\n' "${CLUSTER_SETTINGS[@]}"
    } | write_in_cluster data/photoguard.conf
}

start_cluster() {
    local bin pid tries
    make_cluster
    bin=$(cluster_binaries)
    configure_cluster
    ! [[ $(stat -c %s "$PG/log" 2>/dev/null) -gt 20000000 ]] || as_database_user mv -f "$PG/log" "$PG/log.1"
    for tries in {1..20}; do
        # A pid file whose number now belongs to another process would keep PostgreSQL from starting.
        if read -r pid 2>/dev/null <"$PG/data/postmaster.pid" && [[ -d /proc/$pid ]] && ! cluster_lives; then
            as_database_user rm -f "$PG/data/postmaster.pid"
        fi
        as_database_user "${CLOCK[@]}" "$bin/pg_ctl" -D "$PG/data" -l "$PG/log" -w -t 120 start >/dev/null 2>&1 && break
        ((tries < 20)) && [[ -z $STOPPING ]] || return 1
        pause 0.5                   # what a killed postmaster leaves behind needs a moment to notice
    done
    prepare_databases
}

prepare_databases() {
    [[ ! -e $PG/prepared-2 ]] || return 0
    local who
    for who in photoguard photoguard_keys; do
        cluster_sql <<SQL || return 1
select 'create role $who login' where not exists (select from pg_roles where rolname = '$who') \\gexec
alter role $who password '$(as_database_user cat "$PG/passwords/$who")';
select 'create database $who owner $who' where not exists (select from pg_database where datname = '$who') \\gexec
revoke all on database $who from public;
SQL
    done
    # It alone may delete records whose time is over; the product becomes it for that.
    cluster_sql <<'SQL' || return 1
select 'create role photoguard_lifetimes nologin' where not exists (select from pg_roles where rolname = 'photoguard_lifetimes') \gexec
select 'grant photoguard_lifetimes to photoguard' || case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' else '' end \gexec
SQL
    as_database_user touch "$PG/prepared-2"
}

cluster_sql() {
    as_database_user "PGPASSFILE=$PG/passwords/pgpass" "$(cluster_binaries)/psql" -X -q -v ON_ERROR_STOP=1 \
        -h "$(cluster_socket || echo 127.0.0.1)" -p "$(<"$PG/port")" -U postgres -d postgres >/dev/null
}

# A demo's clock was shifted another way than before.
forget_clock() {
    as_database_user "PGPASSFILE=$PG/passwords/pgpass" "$(cluster_binaries)/psql" -X -q -v ON_ERROR_STOP=1 \
        -h "$(cluster_socket || echo 127.0.0.1)" -p "$(<"$PG/port")" -U postgres -d photoguard >/dev/null 2>&1 <<'SQL'
do $$ begin
  if to_regclass('clock') is not null then
    update clock_jumps set ended_at = now(), ending = 'mended' where ended_at is null;
    delete from clock;
  end if;
end $$;
SQL
}

stop_cluster() {
    local bin pid
    bin=$(cluster_binaries)
    as_database_user "$bin/pg_ctl" -D "$PG/data" -m fast -w -t 60 stop >/dev/null 2>&1 && return 0
    ! cluster_lives || as_database_user "$bin/pg_ctl" -D "$PG/data" -m immediate -w -t 30 stop >/dev/null 2>&1 || true
}

# connection ROLE POOL: an Npgsql connection string to that role's database.
connection() {
    printf 'Host=%s;Port=%s;Database=%s;Username=%s;Password=%s;Maximum Pool Size=%s' "$(cluster_socket || echo 127.0.0.1)" \
        "$(<"$PG/port")" "$1" "$1" "$(as_database_user cat "$PG/passwords/$1")" "$2"
}
