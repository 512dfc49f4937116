/* mapping_writer.h – the group "sql" of a mapping's orders: the rows that the writer "sql" makes
 * for a document. */
#ifndef ENDPOINT_MAPPING_MAPPING_WRITER_H
#define ENDPOINT_MAPPING_MAPPING_WRITER_H

#include "mapping/mapping_load.h"

/* Its group "sql": what the writer "sql" does. */
void mapping_take_writer(struct mapping_loader *l, const config_setting_t *group);

void mapping_check_writer(struct mapping_loader *l);

void mapping_writer_free(struct mapping_writer *w);

json_t *mapping_writer_to_json(const struct mapping_writer *w);

#endif
