/* words.h – words of endpointd in the reader's language. */
#ifndef ENDPOINT_CTL_WORDS_H
#define ENDPOINT_CTL_WORDS_H

#include "ctl/ctl.h"

/* A text for people that another process made, in the reader's language: a member of its JSON (base/said.h), or the
 * index-th of a member that is a list. The target is as in ctl.h. */
const char *words_said(char target[CTL_TEXT_SIZE], const json_t *object, const char *name);
const char *words_said_at(char target[CTL_TEXT_SIZE], const json_t *object, const char *name,
                          size_t index);

/* The same on stdout, of any length. */
void words_print(const json_t *object, const char *name);

/* A state's word in the reader's language; in English it is the word that --state takes. */
const char *words_state(char target[CTL_TEXT_SIZE], const char *word);

/* Pad with blanks to so many columns. */
const char *words_padded(char target[CTL_TEXT_SIZE], const char *text, int columns);

#endif
