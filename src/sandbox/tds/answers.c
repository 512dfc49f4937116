#include "sandbox/tds/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/file.h"
#include "sandbox/tds/tds_session.h"

/* "18456 14 Login failed for user 'x'." False: no message. */
static bool take_message(const char *line, struct sql_message *m)
{
    char *end;
    *m = (struct sql_message){.state = 1, .line = 1};
    m->number = (int)strtol(line, &end, 10);
    if (end == line || *end != ' ')
        return false;
    m->severity = (int)strtol(end, &end, 10);
    if (*end != ' ' || m->severity < 0 || m->severity > 25)
        return false;
    text_copy(m->text, sizeof m->text, end + 1);
    return true;
}

enum answer answers_send(struct tds *t, const char *file)
{
    enum answer answer = ANSWER_NONE;
    struct sql_message m;
    struct buf b;
    if (!file)
        return answer;
    buf_init(&b, 1 << 20);
    if (file_read(file, &b, NULL, NULL) == STATUS_OK && b.data) {
        char *save = NULL;
        for (char *line = strtok_r((char *)b.data, "\n", &save); line && answer != ANSWER_CUT;
             line = strtok_r(NULL, "\n", &save)) {
            if (text_equal(line, "cut"))
                answer = ANSWER_CUT;
            else if (text_equal(line, "deny"))
                answer = ANSWER_DENY;
            else if (take_message(line, &m))
                tds_put_message(t, &m);
        }
    }
    buf_free(&b);
    return answer;
}
