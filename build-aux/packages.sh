# Sourced by ./check and ./demo: what has to be installed, in Debian's words, and how.

# Needed to build.
packages_build="gcc make autoconf automake pkg-config libuv1-dev libjansson-dev libsqlite3-dev
libcurl4-openssl-dev libssl-dev libconfig-dev unixodbc-dev tdsodbc libmicrohttpd-dev libzstd-dev
libexpat1-dev libxxhash-dev libpam0g-dev libncurses-dev gettext"
# Needed to see the demo: an independent SQL client to look into the ERP with.
packages_demo="freetds-bin ca-certificates"
# Needed by ./demo --shop: the program that plays the shop, and its certificate.
packages_shop="python3 openssl"
# Needed by the tests: cmocka, independent TDS clients, JSON schema validation, a moved clock.
packages_check="libcmocka-dev freetds-bin unixodbc sqlite3 python3 python3-pymssql python3-yaml
python3-jsonschema python3-cryptography python3-prometheus-client python3-paramiko openssh-sftp-server zstd openssl faketime mandoc tmux
build-essential dpkg-dev debhelper lintian debootstrap systemd-container"

# Install those of the given packages that are missing. Says what it does.
packages_install()
{
    packages_missing=""
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "No dpkg here: make sure that the equivalents of these packages are installed:"
        echo "   " $*
        return 0
    fi
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || packages_missing="$packages_missing $package"
    done
    [ -n "$packages_missing" ] || return 0
    packages_sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "These packages are missing and there is no sudo; run as root:" >&2
            echo "    apt-get install$packages_missing" >&2
            return 1
        fi
        packages_sudo=sudo
    fi
    echo "Installing with apt:$packages_missing"
    $packages_sudo apt-get -qq update </dev/null || true
    # shellcheck disable=SC2086
    $packages_sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
        $packages_missing </dev/null >/dev/null
}

# Build in the directory $1 with the further configure arguments; output only on failure.
packages_configure()
{
    packages_dir=$1
    shift
    [ -x ./configure ] && [ ./configure -nt ./configure.ac ] || ./bootstrap >/dev/null 2>&1 || ./bootstrap
    mkdir -p "$packages_dir"
    packages_top=$PWD
    (cd "$packages_dir" && { [ -f Makefile ] && [ config.status -nt "$packages_top/configure" ] ||
        "$packages_top/configure" -q "$@"; })
}
