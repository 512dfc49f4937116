/* words.h – words of endpointd in the reader's language. */
#ifndef ENDPOINT_CTL_WORDS_H
#define ENDPOINT_CTL_WORDS_H

#include "ctl/ctl.h"

/* A text for people that another process made, in the reader's language: a member of its JSON (base/said.h), or the
 * index-th of a member that is a list. */
const char *words_said(const json_t *object, const char *name);
const char *words_said_at(const json_t *object, const char *name, size_t index);

/* A state's word in the reader's language; in English it is the word that --state takes. */
const char *words_state(const char *word);

/* Pad with blanks to so many columns. All three share ctl_shown's buffers. */
const char *words_padded(const char *text, int columns);

#endif
