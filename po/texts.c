/* For xgettext only, compiled by nobody: texts that stand where no keyword sees them. They are translated where they are
 * shown (base/said.h). */

/* What a panel of ours answers (src/panel is not looked through, as it speaks English). */
N_("this registration token was used on %.10s by \"%.100s\"")
N_("this registration token was used a moment ago")
N_("this registration token is unknown")
N_("this registration token has expired")
N_("this endpoint was revoked")
N_("the request is signed by an endpoint that is not known")
N_("this request was sent before")

/* For the log and for systemd. */
N_("%s: its configuration cannot work; it is tried again later")
N_("%s: the process is gone")
N_("%s: did not stop in time and is ended")
N_("reports nothing and was not ended")
N_("has no process")
N_("was not started again")
N_("did not end when it was told to")
N_("was not given its turn")
N_("is enabled but was not started")
N_("room for every statement")
