/* words.h – words of endpointd in the reader's language. */
#ifndef ENDPOINT_CTL_WORDS_H
#define ENDPOINT_CTL_WORDS_H

#include "ctl/ctl.h"

/* Translate a text that endpointd or a worker made in English; any other text comes back as from
 * ctl_shown. Never use it for names and values. */
const char *words_told(const char *text);

/* A state's word in the reader's language; in English it is the word that --state takes. */
const char *words_state(const char *word);

/* Pad with blanks to so many columns. All three share ctl_shown's buffers. */
const char *words_padded(const char *text, int columns);

#endif
