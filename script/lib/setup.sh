# shellcheck shell=bash disable=SC2034,SC2153
# What the machine lacks: looks for the thing itself, not for a package, and asks apt for what is missing, once more if it fails.

have_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_libvips42() { compgen -G '/usr/lib/*/libvips.so.42' >/dev/null; }
have_libturbojpeg0() { compgen -G '/usr/lib/*/libturbojpeg.so.0' >/dev/null; }
have_bubblewrap() { command -v bwrap >/dev/null; }
have_curl() { command -v curl >/dev/null; }
have_tzdata() { [[ -e /usr/share/zoneinfo/Europe/London ]]; }
have_faketime() { compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null; }
have_strace() { command -v strace >/dev/null; }
have_chromium() { [[ -x ${PHOTOGUARD_CHROMIUM:-/usr/bin/chromium} ]]; }
have_fonts-liberation() { [[ -d /usr/share/fonts/truetype/liberation || -d /usr/share/fonts/truetype/liberation2 ]]; }
have_libjpeg-turbo-progs() { command -v djpeg >/dev/null; }
have_libimage-exiftool-perl() { command -v exiftool >/dev/null; }
have_libvips-tools() { command -v vipsthumbnail >/dev/null; }
have_imagemagick() { command -v convert >/dev/null; }
have_exiv2() { command -v exiv2 >/dev/null; }
have_jhead() { command -v jhead >/dev/null; }
have_mat2() { command -v mat2 >/dev/null; }
have_nodejs() { command -v node >/dev/null; }
have_npm() { command -v npm >/dev/null; }
have_python3-pil() { /usr/bin/python3 -c 'import PIL' 2>/dev/null; }
have_clamav-daemon() { [[ -x /usr/sbin/clamd ]]; }
have_libheif-examples() { command -v heif-convert >/dev/null; }

# need PACKAGE…: Debian packages, each with a have_ function above.
need() {
    local missing=() package
    for package in "$@"; do "have_$package" || missing+=("$package"); done
    ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

need_dotnet() {
    [[ $(dotnet --list-sdks 2>/dev/null) =~ (^|$'\n')10\. ]] ||
        refuse "The .NET 10 SDK is missing: install it (https://dotnet.microsoft.com/download/dotnet/10.0) and start again."
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
    [[ -n ${HOME:-} ]] || export DOTNET_CLI_HOME="$WORK/home"
}

install_packages() {
    local as_root=() log="$WORK/setup.log"
    if ((EUID != 0)); then
        # A password can only be asked for on a terminal.
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; then
            as_root=(sudo)
        else
            refuse "PhotoGuard needs packages that only an administrator can install: apt-get install --no-install-recommends $*"
        fi
    fi
    command -v apt-get >/dev/null || refuse "PhotoGuard needs these packages and finds no apt-get to install them with: $*"
    mkdir -p "$WORK"
    say "Installing $* (apt)."
    keep_out_default_cluster "$@"
    apt_install "$@" >"$log" 2>&1 && return 0
    say "That failed; trying once more with a fresh package list."
    { "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qy update &&
        "${as_root[@]}" dpkg --configure -a && apt_install "$@"; } >>"$log" 2>&1 && return 0
    last_lines "$log"
    refuse "apt could not install $*; the whole answer is in $log."
}

apt_install() {
    # A package list that was never fetched cannot find anything.
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qy update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qy install --no-install-recommends "$@"
}

# Debian makes and starts a cluster of its own with the package; ours is private, so that one would only listen for nothing.
keep_out_default_cluster() {
    local folder=/etc/postgresql-common/createcluster.d
    [[ " $* " == *' postgresql '* && ! -e /etc/postgresql-common ]] || return 0
    "${as_root[@]}" mkdir -p "$folder"
    echo 'create_main_cluster = false' | "${as_root[@]}" tee "$folder/photoguard.conf" >/dev/null
}
