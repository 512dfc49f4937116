/* Codes of the panel and the way to it, as the endpoint and as endpoint-panel say them: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"account_name", CODE_ERROR, N_("An account's name cannot be taken."),
     N_("It is empty, longer than 200 bytes, or has control characters."),
     N_("Give a name like that of the shop or company.")},
    {"bad_batch", CODE_ERROR, N_("A batch of changes does not say which rows it has."),
     N_("The header Endpoint-Batch is missing or malformed."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"bad_request", CODE_ERROR, N_("A request's body cannot be read."),
     N_("It is not a JSON object, or a part of it is not of its type."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"bad_row", CODE_ERROR, N_("A row of a batch is refused."),
     N_("It is not as doc/panel-api.yaml says; row and reason are in the message."),
     N_("The endpoint sends the row once more alone and then holds it back: endpointctl held "
        "says what to correct.")},
    {"batch_long", CODE_ERROR, N_("Queued changes do not fit into a batch."),
     N_("A single change is longer than a request may be."),
     N_("Shorten in the ERP the longest text of the record, mostly its description.")},
    {"body_long", CODE_ERROR, N_("A request is too long to be sent."),
     N_("What belongs into one request exceeds its bound."),
     N_("Nothing to do when it is a batch: a smaller one is sent. Otherwise it is a fault of "
        "the sender.")},
    {"command_unknown", CODE_ERROR, N_("The panel does not know the command that is answered."),
     N_("It was answered before, or was removed."), N_("Nothing to do.")},
    {"curl", CODE_ERROR, N_("libcurl could not be initialised."),
     N_("The library is damaged or there is no memory."),
     N_("Install the package libcurl4 again, and look at the memory.")},
    {"encoding_unknown", CODE_ERROR,
     N_("A request is packed in a way that the panel does not know."),
     N_("Content-Encoding is neither zstd nor identity."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"endpoint_revoked", CODE_ERROR, N_("This endpoint was revoked in the panel."),
     N_("Somebody removed it there, or it was registered anew elsewhere."),
     N_("If that was not meant, make a new registration token in the panel, then: endpointctl "
        "register --again")},
    {"endpoint_superseded", CODE_ERROR,
     N_("Another start of this endpoint has taken this one's place."),
     N_("The state directory was copied or restored, and the endpoint was started from it on "
        "another machine later."),
     N_("Decide which machine is to run. On that one: endpointctl take-over; on the other: "
        "endpointctl service stop")},
    {"endpoint_twin", CODE_ERROR, N_("A copy of this endpoint runs elsewhere."),
     N_("The state directory was copied, and two machines speak for one endpoint; the later "
        "one is held."),
     N_("Stop the one that is not to run, or take its place from here: endpointctl take-over")},
    {"hole", CODE_ERROR, N_("A batch does not follow on what the panel has."),
     N_("The panel was restored from a backup, or an earlier batch was lost."),
     N_("Nothing to do: the endpoint sends again from where the panel stands.")},
    {"http_cancelled", CODE_ERROR, N_("A request was cancelled."),
     N_("The program was told to stop while it waited for the answer."), N_("Nothing to do.")},
    {"http_long", CODE_ERROR, N_("An answer is longer than is taken."),
     N_("Something else than the panel answers, such as a page of a web server or a proxy."),
     N_("Check panel.url and the proxy: endpointctl test panel")},
    {"http_name", CODE_ERROR, N_("The panel's name cannot be resolved."),
     N_("No name server of this machine knows it, it is misspelled, or no name server answers."),
     N_("Check panel.url, then: getent hosts NAME")},
    {"http_plain", CODE_ERROR, N_("The address is not encrypted."),
     N_("It begins with http://, and secrets travel over https:// only."),
     N_("Write the address with https://. A panel without a certificate gets one: "
        "endpoint-panel(1), --make-cert.")},
    {"http_timeout", CODE_ERROR, N_("The other side did not answer in time."),
     N_("The panel, a proxy or the network is slow, or a firewall drops what is sent."),
     N_("It is tried again by itself. If it lasts: endpointctl test panel; panel.timeout may "
        "be raised.")},
    {"http_unreachable", CODE_ERROR, N_("The other side cannot be reached."),
     N_("Nothing listens there, a firewall refuses the connection, or the network is down."),
     N_("It is tried again by itself. If it lasts: endpointctl test panel finds the step that "
        "fails.")},
    {"identity_away", CODE_ERROR, N_("The endpoint's identity is gone or cannot be read."),
     N_("identity.json was removed, or belongs to another user."),
     N_("Put it back from a backup, with the service's user as its owner, or register again: "
        "endpointctl register")},
    {"identity_damaged", CODE_ERROR, N_("The endpoint's identity is damaged."),
     N_("Something wrote into identity.json, or the disk did not keep it."),
     N_("Put it back from a backup, or move it away and register again: endpointctl register")},
    {"identity_open", CODE_ERROR, N_("Others can read the endpoint's identity."),
     N_("The file's mode lets its group or everybody read the key."),
     N_("chmod 600 identity.json; if somebody may have read it: endpointctl key renew")},
    {"jwt_long", CODE_ERROR, N_("A request's signature would be too long."),
     N_("A part that is signed exceeds its bound."),
     N_("This is a fault of the program: report it with a support bundle (endpointctl bundle).")},
    {"key_invalid", CODE_ERROR, N_("The public key of a registration is not one."),
     N_("It is not an Ed25519 key in base64url."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"method_unknown", CODE_ERROR, N_("The panel's path does not take this method."),
     N_("A request was made with GET, POST or another method where it does not belong."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"not_registered", CODE_ERROR, N_("This endpoint is not registered with a panel."),
     N_("It never was, or its identity was removed."),
     N_("Make a registration token in the panel, then: sudo endpoint-tui, or endpointctl "
        "register")},
    {"notice", CODE_ERROR, N_("endpoint-panel does not hear at once what its commands change."),
     N_("Its data directory may not be written, so notice.sock cannot be made there."),
     N_("Let its user make files in that directory. Until then changes reach endpoints some "
        "seconds later.")},
    {"order_differs", CODE_ERROR, N_("An order's revision is here already with another content."),
     N_("The shop sent two different orders under one revision."),
     N_("Have the shop's connector raise the revision with each change.")},
    {"order_older", CODE_ERROR, N_("An order's revision is older than the one that is here."),
     N_("The shop sent an earlier state after a later one."),
     N_("Nothing to do when the later one is right; otherwise have the shop send a higher "
        "revision.")},
    {"outcome_invalid", CODE_ERROR, N_("An order's outcome cannot be stored."),
     N_("It is not as doc/panel-api.yaml says; the message names the part."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"outcomes_invalid", CODE_ERROR, N_("A request with outcomes cannot be taken."),
     N_("It is not a list of outcomes, or has too many."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"panel_answer", CODE_ERROR, N_("The panel's answer cannot be used."),
     N_("A part is missing or is not as doc/panel-api.yaml says; panel and endpoint may be of "
        "versions that do not fit."),
     N_("Update the older of panel and endpoint. It is tried again by itself.")},
    {"panel_error", CODE_ERROR, N_("Something answers that is not the panel."),
     N_("A proxy, a firewall or a web server before the panel gave this answer."),
     N_("Check panel.url; have requests below /api/v1 let through unchanged.")},
    {"panel_none", CODE_ERROR, N_("No panel is configured."),
     N_("panel.url is not set, and none was named."),
     N_("endpointctl register --panel https://…, or set panel.url")},
    {"panel_redirect", CODE_ERROR, N_("The panel's address leads to another one."),
     N_("A web server answers with a redirect, which is not followed, so that nothing is sent "
        "where nobody meant it."),
     N_("Set panel.url to the address that the message names, if it is the right one.")},
    {"panel_start", CODE_ERROR, N_("The panel could not be asked about this start yet."),
     N_("The panel does not answer, and only it knows whether the endpoint runs elsewhere."),
     N_("It goes on by itself when the panel answers: endpointctl test panel")},
    {"panel_stuck", CODE_ERROR, N_("The panel stores nothing of what it is sent."),
     N_("It answers that it has no more than before; its own disk or database may be full."),
     N_("Tell the panel's administrator; its log says why. It is tried again by itself.")},
    {"panel_way", CODE_ERROR, N_("There is no way to the panel; the token was not used."),
     N_("One of the checks of the way to the panel is red."),
     N_("Do what the red check says, then register again with the same token.")},
    {"path_unknown", CODE_ERROR, N_("There is nothing at this path of the panel."),
     N_("The address below /api/v1 is wrong, or panel and endpoint are of versions that do "
        "not fit."),
     N_("Check panel.url; update the older of panel and endpoint.")},
    {"plugin_exists", CODE_ERROR, N_("The panel has such a plugin already, or no such endpoint."),
     N_("An id is used once for each endpoint."),
     N_("Choose another id; endpoint-panel endpoint list shows the endpoints.")},
    {"plugin_unknown", CODE_ERROR, N_("There is no such plugin."),
     N_("Its id is misspelled, or it was removed in the panel."),
     N_("endpointctl plugins lists those there are.")},
    {"proxy_login", CODE_ERROR, N_("The proxy wants a login, or refuses this one."),
     N_("panel.proxy_user or panel.proxy_password is missing or wrong."),
     N_("Set panel.proxy_user, then: endpointctl config set panel.proxy_password")},
    {"proxy_name", CODE_ERROR, N_("The proxy's name cannot be resolved."),
     N_("It is misspelled in panel.proxy, or no name server answers."),
     N_("Check panel.proxy, then: getent hosts NAME")},
    {"proxy_refused", CODE_ERROR, N_("The proxy does not let us through to the panel."),
     N_("Its rules refuse the panel's address, or it cannot reach the panel itself."),
     N_("Have the proxy's administrator allow CONNECT to the panel's host and port.")},
    {"proxy_unreachable", CODE_ERROR, N_("The proxy does not answer."),
     N_("Address or port in panel.proxy is wrong, or the proxy is down."),
     N_("Check panel.proxy, and that the proxy runs (nc -vz HOST PORT).")},
    {"refused_all", CODE_ERROR, N_("The shop refuses one change after the other."),
     N_("It is not one row's fault: the shop's data or rights do not allow any of them."),
     N_("Do what the last refusal says, in the shop; it is tried again by itself.")},
    {"registered", CODE_ERROR, N_("This endpoint is registered already."),
     N_("It has an identity; a second registration would replace it."),
     N_("If that is meant: endpointctl register --again")},
    {"registration_invalid", CODE_ERROR, N_("A registration cannot be taken."),
     N_("Token, public key or one of the texts is missing or too long."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"resync", CODE_ERROR, N_("The panel has other changes than were sent here."),
     N_("The panel or this endpoint was restored from a backup."),
     N_("Nothing to do: everything is sent again once.")},
    {"signature_invalid", CODE_ERROR, N_("A request's signature is not accepted."),
     N_("This machine's clock is wrong, the request was changed on its way, or the panel does "
        "not know the endpoint's key."),
     N_("Check this machine's clock (timedatectl) and panel.url; if both are right: "
        "endpointctl register --again")},
    {"start_invalid", CODE_ERROR, N_("A start's announcement cannot be taken."),
     N_("Its parts are not as doc/panel-api.yaml says."),
     N_("Meant for whoever writes a program against the panel's interface: correct the "
        "request, see doc/panel-api.yaml. If Endpoint sent it, update the older of panel and "
        "endpoint.")},
    {"start_missing", CODE_ERROR,
     N_("A request does not say by which start of the endpoint it is made."),
     N_("The endpoint's program is older than this, while the endpoint has announced a start "
        "before."),
     N_("Update the endpoint on the machine that sent it.")},
    {"take_over", CODE_ERROR, N_("The panel has not answered the take-over yet."),
     N_("It waits until the other start can surely write no more."),
     N_("endpointd goes on asking; look at endpointctl status in a minute.")},
    {"token_expired", CODE_ERROR, N_("The registration token has expired."),
     N_("A token works for a limited time."), N_("Make a new registration token in the panel.")},
    {"token_none", CODE_ERROR, N_("No registration token was given."),
     N_("The prompt was left empty, or the file or input had none."),
     N_("The panel makes one: Plugins, your plugin, Generate registration token.")},
    {"token_replayed", CODE_ERROR, N_("A request was sent before."),
     N_("The same signed request arrived twice, as after a lost answer."),
     N_("Nothing to do: it is tried again by itself.")},
    {"token_ttl", CODE_ERROR, N_("A token cannot be valid for that time."),
     N_("--ttl is none, or not from one minute to seven days."),
     N_("Write it like 60m, 12h or 2d.")},
    {"token_unknown", CODE_ERROR, N_("The registration token is unknown."),
     N_("It is misspelled, cut, or belongs to another panel."),
     N_("Copy the whole token again, check panel.url, or make a new token in the panel.")},
    {"token_used", CODE_ERROR, N_("The registration token was used already."),
     N_("A token works once; an endpoint has registered with it."),
     N_("Make a new registration token in the panel.")},
    {"too_many_requests", CODE_ERROR, N_("The panel turns requests away for a while."),
     N_("Too many came from one address, or too many registrations failed."),
     N_("Nothing to do: it is tried again by itself. For a registration: wait a few minutes "
        "and check the token.")},
    {"twin_none", CODE_ERROR, N_("No copy of the endpoint is held."),
     N_("The copy was stopped, or there never was one."), N_("Nothing to do.")},
    {"unknown", CODE_ERROR, N_("endpoint-panel does not know what was named."),
     N_("The id is misspelled, or it was removed."),
     N_("The command's list shows what there is: endpoint-panel --help")},
    {"unregister", CODE_ERROR, N_("The identity could not be removed."),
     N_("Its file belongs to another user, or the directory may not be written."),
     N_("Repeat the command with sudo.")},
    {"url_long", CODE_ERROR, N_("The panel's address is too long."),
     N_("panel.url exceeds what is taken, or carries more than an address."),
     N_("Set panel.url to the panel's address alone: https://HOST")},
};

const struct code_table codes_panel = {rows, COUNT_OF(rows)};
