/* clock.h – reads the clocks, and waits. What is done with a time is in base/clock.h.
 *
 * Modules that decide by time take `now` as a parameter, or a struct clock when they last, and are tested
 * with any; only loops and programs ask the system's clock.
 */
#ifndef ENDPOINT_OS_CLOCK_H
#define ENDPOINT_OS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

int64_t clock_wall_ms(void); /* since 1970-01-01T00:00:00Z; may jump */
int64_t clock_mono_ms(void); /* since some start; never goes back */

/* The clocks of the system, for those who are given one. */
extern const struct clock clock_system;

/* Sleep for so many milliseconds. False: a signal came before they were over. */
bool clock_sleep_ms(int64_t ms);

#endif
