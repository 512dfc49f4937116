#include "erp/writer_internal.h"

#include "base/memory.h"
#include "base/text.h"

static const struct writer_ops *const writers[] = {&writer_epp};

const struct writer_ops *writer_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(writers); i++)
        if (text_equal(writers[i]->name, name))
            return writers[i];
    return NULL;
}
