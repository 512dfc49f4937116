#!/bin/sh
# gettext(3) translates nothing in the locale C.UTF-8 since glibc 2.41, whatever LANGUAGE says.
#
# Version:   Debian's libc6 2.36 (Debian 12) and 2.41 (Debian 13)
# Expected:  LANGUAGE is left out "if the locale is set to C" (gettext manual, "The LANGUAGE variable"); C.UTF-8, the one
#            UTF-8 locale that every system has, is another locale.
# Seen:      LC_ALL=C.UTF-8 LANGUAGE=pl is Polish with 2.36 and untranslated with 2.41; setlocale() succeeds and says
#            C.UTF-8 with both. A program that takes C.UTF-8 so that LANGUAGE works on a server without other locales
#            speaks English after an upgrade of the system, without an error.
# Follows:   the catalogue is read without gettext(3) and the system's locales (src/base/catalogue.c;
#            tests/unit/catalogue_test.c, tests/tui/language_test.py).
#
# Needs apt, gcc and msgfmt; installs nothing outside a temporary directory.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mirror=$(apt-cache policy | sed -n 's/.*500 \(http[^ ]*debian\) .*/\1/p' | head -n 1)
cat >say.c <<'C'
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    const char *now = setlocale(LC_ALL, "") ? setlocale(LC_MESSAGES, NULL) : "no such locale";
    bindtextdomain("say", argv[argc - 1]);
    bind_textdomain_codeset("say", "UTF-8");
    textdomain("say");
    printf("%s: %s\n", now, gettext("yes"));
    return 0;
}
C
gcc say.c -o say
cat >say.po <<'PO'
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"
msgid "yes"
msgstr "tak"
PO
mkdir -p pl/LC_MESSAGES
msgfmt -o pl/LC_MESSAGES/say.mo say.po

fail=0
# $1: a release of Debian, $2: its libc6's version, $3: what must be said.
judge()
{
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
    : >"$1/status"
    echo "deb [trusted=yes] $mirror $1 main" >"$1/sources"
    own="-o Dir::Etc::sourcelist=$work/$1/sources -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$work/$1/lists
        -o Dir::Cache=$work/$1/cache -o Dir::State::status=$work/$1/status -o Acquire::Check-Valid-Until=false
        -o APT::Sandbox::User=root"
    # shellcheck disable=SC2086
    apt-get $own -qq update
    # shellcheck disable=SC2086
    (cd "$1" && apt-get $own -qq download "libc6=$2" "libc-bin=$2" 2>/dev/null) ||
        { echo "FAIL: $1 has no libc6 $2"; exit 1; }
    for package in "$1"/*.deb; do dpkg -x "$package" "$1/root"; done
    loader=$(find "$1/root" -name 'ld-linux*.so.*' | head -n 1)
    library=$(dirname "$(find "$1/root" -name libc.so.6 | head -n 1)")
    locales=$(dirname "$(find "$1/root" -iname 'C.utf8' | head -n 1)")
    said=$(LOCPATH=$work/$locales LC_ALL=C.UTF-8 LANGUAGE=pl "$loader" --library-path "$library" ./say "$work")
    echo "libc6 $2: $said"
    [ "$said" = "$3" ] || { echo "FAIL: the behaviour has changed, it was: $3"; fail=1; }
}

judge bookworm 2.36-9+deb12u14 'C.UTF-8: tak'
judge trixie 2.41-12+deb13u5 'C.UTF-8: yes'
exit $fail
