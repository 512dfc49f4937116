/* Prints doc/codes.md from the table of codes. A test compares it with the file in the tree. */
#include <stdio.h>

#include "base/buf.h"
#include "base/codes.h"

int main(void)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    codes_print(&b);
    int ok = fwrite(buf_text(&b), 1, b.length, stdout) == b.length && fflush(stdout) == 0;
    buf_free(&b);
    return ok ? 0 : 1;
}
