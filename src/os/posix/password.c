#include "os/password.h"

#include "config.h"

#ifdef HAVE_PAM
#include <security/pam_appl.h>
#endif

#include "base/i18n.h"
#include "base/memory.h"

#ifdef HAVE_PAM
/* PAM asks questions; answer each one that hides its answer with the password. */
static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *user)
{
    if (count <= 0 || count > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    struct pam_response *r = mem_array((size_t)count, sizeof *r); /* PAM frees it and its content */
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            r[i].resp = mem_string(user);
    *responses = r;
    return PAM_SUCCESS;
}

enum status password_verify(const char *name, const char *password, struct error *e)
{
    struct pam_conv conversation = {converse, (void *)password};
    pam_handle_t *pam = NULL;
    int code = pam_start("endpoint", name, &conversation, &pam);
    if (code == PAM_SUCCESS)
        code = pam_authenticate(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (code == PAM_SUCCESS)
        code = pam_acct_mgmt(pam, PAM_SILENT);
    enum status status = STATUS_OK;
    if (code != PAM_SUCCESS) {
        status =
            error_set(e, STATUS_DENIED, "password_wrong", "the password of %s is not right: %s",
                      name, i18n_text(pam_strerror(pam, code)));
        error_remedy(e, "Nothing was changed. Type it again, or ask %s for it.", name);
    }
    if (pam)
        pam_end(pam, code);
    return status;
}
#else
enum status password_verify(const char *name, const char *password, struct error *e)
{
    (void)password;
    error_set(e, STATUS_DENIED, "no_pam",
              "the password of %s cannot be verified: built without PAM", name);
    return error_remedy(e, "Let root do it (not through sudo) without a password.");
}
#endif
