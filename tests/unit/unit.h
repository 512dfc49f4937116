/* unit.h – what the unit tests share. */
#ifndef ENDPOINT_TESTS_UNIT_H
#define ENDPOINT_TESTS_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A new directory (0700) for one test, in memory where the machine has such a place: tests fsync a lot. The
 * test removes it. */
static inline void unit_directory(char *path, size_t size)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, size, "%s/endpoint-unit.XXXXXX", base);
    if (!mkdtemp(path))
        abort();
}

/* That low <= value <= high. cmocka 2 deprecates its own assert_in_range, cmocka 1 has not what it names instead. */
#define assert_between(value, low, high)                                                   \
    do {                                                                                   \
        long long unit_value = (long long)(value), unit_low = (low), unit_high = (high);   \
        if (unit_value < unit_low || unit_value > unit_high) {                             \
            print_error("%s is %lld, wanted %lld to %lld\n", #value, unit_value, unit_low, \
                        unit_high);                                                        \
            fail();                                                                        \
        }                                                                                  \
    } while (0)

/* SQL that takes a ledger back by one version each, the newest first; then set user_version. */
#define UNIT_UNDO_TALLIES                                                             \
    "DROP TRIGGER order_comes; DROP TRIGGER order_moves; DROP TRIGGER outcome_comes;" \
    "DROP TRIGGER outcome_goes; DROP TABLE order_tallies; DROP INDEX outcomes_due;"   \
    "DROP INDEX orders_away; DROP INDEX orders_handed; DROP INDEX orders_unwarned;"   \
    "DROP INDEX orders_unwatch; ALTER TABLE orders DROP COLUMN place;"                \
    "ALTER TABLE orders DROP COLUMN away; ALTER TABLE orders DROP COLUMN warned;"
#define UNIT_UNDO_ITEMS "DROP TABLE items; DROP TABLE sent; ALTER TABLE held DROP COLUMN sought;"
#define UNIT_UNDO_MARK \
    "DROP INDEX held_name; DELETE FROM texts WHERE name='mark'; DELETE FROM facts WHERE name='marked';"
#define UNIT_UNDO_ORDER_PROOFS                                          \
    "DROP TRIGGER orders_proof_new; DROP TRIGGER orders_proof_changed;" \
    "ALTER TABLE orders DROP COLUMN proof;"
#define UNIT_UNDO_PROOFS                                                            \
    "ALTER TABLE facts DROP COLUMN proof; ALTER TABLE texts DROP COLUMN proof;"     \
    "ALTER TABLE doomed DROP COLUMN proof; ALTER TABLE snapshot DROP COLUMN proof;" \
    "ALTER TABLE outbox DROP COLUMN proof;"
#define UNIT_UNDO_HELD "DROP TABLE held;"
#define UNIT_UNDO_ORDERS_SAID                                                                 \
    "ALTER TABLE orders DROP COLUMN reason_said; ALTER TABLE orders DROP COLUMN remedy_said;" \
    "ALTER TABLE order_history DROP COLUMN reason_said;"                                      \
    "ALTER TABLE order_history DROP COLUMN remedy_said;"
#define UNIT_UNDO_HELD_SAID \
    "ALTER TABLE held DROP COLUMN text_said; ALTER TABLE held DROP COLUMN remedy_said;"

#endif
