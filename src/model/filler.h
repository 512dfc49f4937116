/* filler.h – texts that people and shops enter when they have nothing to say: "-", "brak", "n/a". */
#ifndef ENDPOINT_MODEL_FILLER_H
#define ENDPOINT_MODEL_FILLER_H

#include <stdbool.h>

/* Is it a filler: no letter and no digit, or a word for "none" or for a private person? "" is one. */
bool filler_text(const char *text);

/* The same for an e-mail address: also true for a text that is not an address, or for one that
 * anybody could give ("brak@brak.pl", "noemail@shop.pl"). */
bool filler_email(const char *text);

#endif
