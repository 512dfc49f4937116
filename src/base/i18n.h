/* i18n.h – texts for people in the reader's language, from catalogues in gettext's format.
 *
 * _("…") translates on the spot; N_("…") only marks a text in a table for the translators, to be
 * translated when it is shown. Inside Endpoint every text is UTF-8, translated or not.
 */
#ifndef ENDPOINT_BASE_I18N_H
#define ENDPOINT_BASE_I18N_H

/* The translation of text; of "" it is "" (the catalogue has its header there). */
const char *i18n_text(const char *text) __attribute__((format_arg(1)));

#define _(text)  i18n_text(text)
#define N_(text) text

/* Take the language from `language` ("pl", "en"; NULL: from LC_ALL, LC_MESSAGES, LANG and LANGUAGE as gettext does), the
 * catalogues from $ENDPOINT_LOCALEDIR or where they were installed. No system locale is needed:
 * messages come in UTF-8 whatever the terminal's character set is, and the system's own (strerror)
 * come in English, to go through _(). */
void i18n_open(const char *language);

/* The catalogue in use, of base/catalogue.h; NULL: the texts are English. */
struct catalogue;
const struct catalogue *i18n_catalogue(void);

#endif
