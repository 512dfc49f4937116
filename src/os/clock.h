/* clock.h – reads the clocks, and waits. Calculations with times are in base/clock.h.
 *
 * Modules that decide by time take `now` as a parameter, or a struct clock if they are long-lived,
 * so tests can use any time; only loops and programs read the system's clock.
 */
#ifndef ENDPOINT_OS_CLOCK_H
#define ENDPOINT_OS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

int64_t clock_wall_ms(void); /* since 1970-01-01T00:00:00Z; may jump */
int64_t clock_mono_ms(void); /* since some start; never goes back */

/* The system's clocks, to pass to modules. */
extern const struct clock clock_system;

/* Sleep for ms milliseconds. False: a signal came before they were over. */
bool clock_sleep_ms(int64_t ms);

#endif
