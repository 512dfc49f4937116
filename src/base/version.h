/* version.h – the only place that states the version. */
#ifndef ENDPOINT_BASE_VERSION_H
#define ENDPOINT_BASE_VERSION_H

#ifndef ENDPOINT_VERSION
#define ENDPOINT_VERSION "0.1.0"
#endif

#endif
