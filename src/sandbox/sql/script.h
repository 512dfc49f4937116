/* script.h – a company's schema as a T-SQL script. */
#ifndef ENDPOINT_SANDBOX_SQL_SCRIPT_H
#define ENDPOINT_SANDBOX_SQL_SCRIPT_H

#include "sandbox/sql/engine.h"

/* The company as a T-SQL script for a real SQL Server. */
enum status script_print(struct engine *engine, int fd, struct error *e);

#endif
