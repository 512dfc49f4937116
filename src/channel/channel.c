#include "channel/channel.h"

#include "base/memory.h"
#include "base/text.h"
#include "channel/baselinker.h"
#include "channel/files.h"
#include "channel/panel.h"
#include "channel/prestashop.h"
#include "channel/woocommerce.h"

/* One a line, so that several people may add theirs. */
static const struct channel_ops *const channels[] = {
    &channel_panel, &channel_baselinker, &files_ops, &channel_prestashop, &channel_woocommerce,
};

const struct channel_ops *channel_at(size_t index)
{
    return index < COUNT_OF(channels) ? channels[index] : NULL;
}

const struct channel_ops *channel_find(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(channels); i++)
        if (text_equal(channels[i]->type, type))
            return channels[i];
    return NULL;
}
