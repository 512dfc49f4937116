/* tds_packet.h – bytes and packets of TDS. */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_PACKET_H
#define ENDPOINT_SANDBOX_TDS_TDS_PACKET_H

#include "sandbox/tds/tds.h"

/* ---- transport: tds_packet.c ---- */
/* Read a message. False: broken or ended. */
bool tds_read(struct tds *t, int *type);

void tds_put(struct tds *t, const void *bytes, size_t length);

void tds_put8(struct tds *t, unsigned v);

void tds_put16(struct tds *t, unsigned v);

void tds_put32(struct tds *t, uint32_t v);

void tds_put64(struct tds *t, uint64_t v);

void tds_flush(struct tds *t); /* end of message */

/* Is an attention waiting? Reads it; sets cancelled. */
bool tds_poll_attention(struct tds *t);

bool tds_handshake(struct tds *t);

unsigned tds_in8(struct tds_in *in);

unsigned tds_in16(struct tds_in *in);

uint32_t tds_in32(struct tds_in *in);

uint64_t tds_in64(struct tds_in *in);

const uint8_t *tds_in_bytes(struct tds_in *in, size_t length); /* NULL when there are not so many */

#endif
