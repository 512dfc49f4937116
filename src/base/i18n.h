/* i18n.h – texts for people in the reader's language, from catalogues in gettext's format.
 *
 * _("…") translates where it stands; N_("…") only marks a text of a table for the translators, to be
 * translated when it is shown. Inside Endpoint every text is UTF-8, translated or not.
 */
#ifndef ENDPOINT_BASE_I18N_H
#define ENDPOINT_BASE_I18N_H

/* The translation of text; of "" it is "" (the catalogue has its header there). */
const char *i18n_text(const char *text) __attribute__((format_arg(1)));

#define _(text)  i18n_text(text)
#define N_(text) text

/* Append a text that was finished in English elsewhere, in another process or by another program, in the
 * reader's language: as the catalogue's formats fit it, texts within texts too. What fits none stays. Only
 * for texts, never for names and values: those could fit one by chance. */
struct buf;
struct catalogue;

/* Take the language from `language` ("pl", "en"; NULL: from LC_ALL, LC_MESSAGES, LANG and LANGUAGE as gettext does), the
 * catalogues from $ENDPOINT_LOCALEDIR or where they were installed. No locale of the system is needed: messages come in
 * UTF-8 whatever the character set of the terminal is, and the system's own (strerror) in English, to go through _(). */
void i18n_open(const char *language);

/* The catalogue in use, of base/catalogue.h; NULL: the texts are English. */
const struct catalogue *i18n_catalogue(void);

#endif
