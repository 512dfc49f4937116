#!/bin/sh
# libconfig reads one number in three ways, and one that does not fit without a word.
#
# Version:   Debian's libconfig 1.5 (Debian 12) and 1.7.3 (Debian 13, built from its source)
# Expected:  a leading zero means one thing; a number that does not fit is a syntax error.
# Seen:      01433 is 1433 with 1.5 and 795 (octal) with 1.7.3; 0800 is 800 or a syntax error.
#            4294977296 is 10000 with 1.5 and 4294977296 with 1.7.3; 0x1FFFFFFFF is -1 with both, and config_read
#            reports success. A file that works here is another one, or none, after an upgrade of the system.
# Follows:   src/config/wellformed.c refuses such numbers before libconfig sees them (tests/unit/config_test.c).
#
# Needs apt, gcc, and for 1.7.3 a source entry (deb-src) for Debian 13, made here from the machine's own; installs
# nothing outside a temporary directory.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >read.c <<'C'
#include <libconfig.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    config_t c;
    long long value;
    char text[100];
    for (int i = 1; i < argc; i++) {
        config_init(&c);
        snprintf(text, sizeof text, "x = %s;", argv[i]);
        if (config_read_string(&c, text) != CONFIG_TRUE)
            printf("%s: %s\n", argv[i], config_error_text(&c));
        else {
            value = config_setting_get_int64(config_lookup(&c, "x"));
            printf("%s: %lld\n", argv[i], value);
        }
    }
    return 0;
}
C
numbers="01433 0800 4294977296 0x1FFFFFFFF"
fail=0

# $1: what was built, $2: its version, $3: what it must print.
judge()
{
    # shellcheck disable=SC2086
    "./$1" $numbers >"$1.seen"
    printf '%b' "$3" >"$1.wanted"
    echo "libconfig $2:"
    sed 's/^/    /' "$1.seen"
    cmp -s "$1.seen" "$1.wanted" || { echo "FAIL: the behaviour of $2 has changed"; fail=1; }
}

apt-get -qq download libconfig-dev=1.5-0.4 libconfig9=1.5-0.4 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
gcc -Iroot/usr/include read.c -o read15 "$(find root -name libconfig.a)" -lpthread
judge read15 1.5 '01433: 1433\n0800: 800\n4294977296: 10000\n0x1FFFFFFFF: -1\n'

# Debian 13's source, by the same mirror as the machine's own packages.
mirror=$(apt-cache policy | sed -n 's/.*500 \(http[^ ]*debian\) .*/\1/p' | head -n 1)
mkdir -p apt/lists/partial apt/cache/archives/partial
: >apt/status
echo "deb-src [trusted=yes] $mirror trixie main" >apt/sources
own="-o Dir::Etc::sourcelist=$work/apt/sources -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$work/apt/lists
    -o Dir::Cache=$work/apt/cache -o Dir::State::status=$work/apt/status"
# shellcheck disable=SC2086
apt-get $own -qq update
# shellcheck disable=SC2086
apt-get $own -qq --download-only source libconfig=1.7.3-2 >/dev/null 2>&1 || true
tar -xf libconfig_1.7.3.orig.tar.gz
(cd libconfig-1.7.3*/lib && gcc -w -D_GNU_SOURCE -DHAVE_USELOCALE -DHAVE_NEWLOCALE -DHAVE_FREELOCALE -I. -o "$work/read173" \
    "$work/read.c" grammar.c libconfig.c scanctx.c scanner.c strbuf.c strvec.c util.c wincompat.c)
judge read173 1.7.3 '01433: 795\n0800: syntax error\n4294977296: 4294977296\n0x1FFFFFFFF: -1\n'
exit $fail
