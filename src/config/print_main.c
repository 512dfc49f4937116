/* Prints the texts made from the table of settings: the example file, or a man page's list. A test
 * compares them with the files in the tree. */
#include <stdio.h>
#include <string.h>

#include "config/channel_types.h"
#include "config/config.h"
#include "config/options.h"
#include "config/config_print.h"

int main(int argc, char **argv)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    if (argc == 2 && strcmp(argv[1], "example") == 0) {
        config_print_example(&b);
    } else if (argc == 2 && strcmp(argv[1], "mdoc") == 0) {
        config_print_mdoc(&b);
    } else if (argc == 2 && strcmp(argv[1], "options") == 0) {
        options_print_mdoc(&b);
    } else if (argc == 2 && strcmp(argv[1], "kinds") == 0) {
        channel_types_print_kinds(&b);
    } else if (argc == 3 && strcmp(argv[1], "channel") == 0 && channel_type_find(argv[2])) {
        channel_type_print_mdoc(channel_type_find(argv[2]), &b);
    } else {
        fputs("usage: config-print example|mdoc|options|kinds|channel TYPE\n", stderr);
        return 2;
    }
    int ok = fwrite(buf_text(&b), 1, b.length, stdout) == b.length && fflush(stdout) == 0;
    buf_free(&b);
    return ok ? 0 : 1;
}
