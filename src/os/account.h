/* account.h – users of the machine, by name and by number. */
#ifndef ENDPOINT_OS_ACCOUNT_H
#define ENDPOINT_OS_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
    char name[64], group[64], home[256], shell[128];
    int64_t id, group_id;
};

int64_t account_own_id(void); /* the user whose rights we have */
int64_t account_own_group(void);
bool account_is_root(void); /* do we have the administrator's rights? */

/* The account with a name or a number; false: there is none, or its names are too long. */
bool account_find(const char *name, struct account *a);
bool account_by_id(int64_t id, struct account *a);

/* Call take for each account of the machine, until it returns false. about: the account's full
 * name. */
void account_each(bool (*take)(void *user, const char *name, const char *about, int64_t id),
                  void *user);

/* Answer a question with the account's rights, in a separate process: it fills size bytes of answer
 * there. had: the process really has those rights. False: no answer. */
bool account_ask_as(const struct account *a, void (*question)(void *user, bool had, void *answer),
                    void *user, void *answer, size_t size);

#endif
