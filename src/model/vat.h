/* vat.h – Polish VAT, as documents compute it. Tax numbers: model/tax_id.h.
 *
 * Money is rounded to the grosz, half away from zero. On a document in gross prices the tax is
 * taken out of the gross sum of each rate: VAT = round(gross × rate / (100 + rate)). On a document
 * in net prices it is added to the net sum: VAT = round(net × rate / 100). (Act on VAT, article
 * 106e; the two may differ by a grosz, which is why a document says which one it uses.)
 */
#ifndef ENDPOINT_MODEL_VAT_H
#define ENDPOINT_MODEL_VAT_H

#include <stdbool.h>

#include "base/error.h"
#include "model/decimal.h"

/* A rate by its symbol on Polish documents: 23, 8, 5, 0, zw (exempt), np (not subject), oo (reverse
 * charge). Rates in letters carry no tax. */
struct vat_rate {
    const char *symbol;
    unsigned percent;
    bool in_letters;
};

#define VAT_RATES 7
const struct vat_rate *vat_at(size_t index); /* NULL after the last */

/* By symbol, in any case; "23.00", "23%" and "23 %" are 23. NULL: not a known rate. */
const struct vat_rate *vat_find(const char *text);

/* Tax within a gross amount, and on a net one, both to the grosz. */
enum status vat_in_gross(const struct decimal *gross, const struct vat_rate *rate,
                         struct decimal *vat, struct error *e);
enum status vat_on_net(const struct decimal *net, const struct vat_rate *rate, struct decimal *vat,
                       struct error *e);

#endif
