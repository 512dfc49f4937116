#!/bin/sh
# libxml2 says one kind of error to nobody but standard error, with bytes of the document in it.
#
# Version:   Debian's libxml2 2.9.14 (Debian 12)
# Expected:  a parser that was given handlers for errors of its own tells them every error of its document.
# Seen:      it tells them of a wrong tag; a byte that the declared encoding does not have it prints, several times, with
#            the bytes that follow. xmlParseChunk answers that the chunk is fine, and only the call that ends the document
#            fails, without a reason. So a file in windows-1250 with one bad byte writes a piece of itself into the log of
#            the service, and the program cannot say what is wrong.
# Follows:   src/base/xml.c reads with expat, which says all it has to say by its answer (tests/unit/xml_test.c).
#
# Needs apt and gcc; installs nothing outside a temporary directory.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=2.9.14+dfsg-1.3~deb12u6
apt-get -qq download libxml2="$version" libxml2-dev="$version" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
library=$(dirname "$(find root -name libxml2.so)")
cat >read.c <<'C'
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
static void told(void *user, xmlErrorPtr error)
{
    (void)user;
    printf("told: %s", error->message);
}
int main(void)
{
    static const char *const documents[] = {
        "<?xml version=\"1.0\" encoding=\"windows-1250\"?><a>price</b>",
        "<?xml version=\"1.0\" encoding=\"windows-1250\"?><a>\x88price</a>"};
    for (int i = 0; i < 2; i++) {
        xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC, .serror = told};
        xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
        int middle = xmlParseChunk(parser, documents[i], (int)strlen(documents[i]), 0);
        int end = xmlParseChunk(parser, NULL, 0, 1);
        printf("document %d: chunk %s, end %s\n", i + 1, middle ? "failed" : "fine", end ? "failed" : "fine");
        xmlFreeParserCtxt(parser);
    }
    return 0;
}
C
gcc -Iroot/usr/include/libxml2 read.c -o read "$library/libxml2.so" -Wl,-rpath,"$PWD/$library"
./read >told 2>printed
echo "libxml2 $version tells its handler:"
sed 's/^/    /' told
echo "and prints:"
sed 's/^/    /' printed
if grep -q '^told: Opening and ending tag' told && [ "$(grep -c '^told:' told)" = 1 ] &&
    grep -q '^document 2: chunk fine, end failed' told && grep -q 'bytes 0x88 0x70 0x72 0x69' printed; then
    echo "as stated"
else
    echo "FAIL: the behaviour has changed"
    exit 1
fi
