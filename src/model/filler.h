/* filler.h – texts that people and shops put where they have nothing to say: "-", "brak", "n/a". */
#ifndef ENDPOINT_MODEL_FILLER_H
#define ENDPOINT_MODEL_FILLER_H

#include <stdbool.h>

/* No letter and no digit, or a word for "none" or for a private person. "" is one. */
bool filler_text(const char *text);

/* The same of an e-mail address; also what is no address, or one that everybody could give
 * ("brak@brak.pl", "noemail@shop.pl"). */
bool filler_email(const char *text);

#endif
