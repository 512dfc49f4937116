/* words.h – words of endpointd in the reader's language. */
#ifndef ENDPOINT_CTL_WORDS_H
#define ENDPOINT_CTL_WORDS_H

#include "ctl/ctl.h"

/* A text that endpointd or a worker made in English, in the reader's language; else as ctl_shown. Never for names
 * and values. */
const char *words_told(const char *text);

/* A state's word in the reader's language; in English as it is typed after --state. */
const char *words_state(const char *word);

/* With blanks up to so many columns. All three share ctl_shown's turns. */
const char *words_padded(const char *text, int columns);

#endif
