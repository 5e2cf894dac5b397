//! Users of the account: shares, invitations, notifications, access tokens.

use crate::apis::celigo::resources::shares::{LEVEL, LEVELS_FIELD};
use crate::apis::celigo::resources::{ACCESS_TOKENS, ASHARES};
use crate::apis::celigo::routes::{
    CREATE, CREATE_REFERRING, CREATE_UNIQUE_REFERRING, LIST, READ, REMOVE, REPLACE, bodies,
};
use crate::apis::celigo::{access_tokens, users};
use crate::engine::api::route::Action::{Custom, List, Read, Remove, Replace};
use crate::engine::api::route::ResponseShape::{Nothing, One};
use crate::engine::api::route::{Route, delete, get, post, put};
use crate::engine::schema::field::{Field, Kind, field, text};

const CLIENTS: &str = "public clients of the service call it";
const PORTAL: &str = "the vendor's developer portal";

const TOKEN: &[Field] = &[text("name").required(), text("scope")];
const INVITE: &[Field] = &[text("email").required(), LEVEL, LEVELS_FIELD];
const INVITES: &[Field] = &[field("emails", Kind::Strings).required(), LEVEL, LEVELS_FIELD];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    get("/notifications", "notifications.list", Custom(users::notifications))
        .documented(PORTAL)
        .empty_live(204)
        .pages()
        .fails(LIST)
        .about("Lists what the user wants to hear of; with users=all, every user."),
    put("/notifications", "notifications.update", Custom(users::notify))
        .documented(PORTAL)
        .fails(CREATE_REFERRING)
        .body_schema(bodies::notifications)
        .needs_body()
        .about("Sets what the user wants to hear of: an array, merged into what is there."),
    post("/invite", "users.invite", Custom(users::invite))
        .documented(PORTAL)
        .fails(CREATE_UNIQUE_REFERRING)
        .takes(INVITE)
        .body_schema(bodies::with_access)
        .shows(One(&ASHARES))
        .about("Invites a user to the account: makes a share that is not accepted."),
    post("/invite/multiple", "users.inviteMultiple", Custom(users::invite_multiple))
        .observed(CLIENTS)
        .answers(200)
        .fails(CREATE)
        .takes(INVITES)
        .body_schema(bodies::with_access)
        .about("Invites users to the account, and tells of each what came of it."),
    put("/ashares/{id}/disable", "ashares.disable", Custom(users::disable))
        .observed(CLIENTS)
        .answers(204)
        .fails(REMOVE)
        .shows(Nothing)
        .about("Disables a share, or enables it again."),
    put("/ashares/{id}/reinvite", "ashares.reinvite", Custom(users::reinvite))
        .observed(CLIENTS)
        .answers(204)
        .fails(REMOVE)
        .shows(Nothing)
        .about("Sends an invitation again."),
    delete("/ashares/{id}", "ashares.delete", Remove(&ASHARES))
        .documented(PORTAL)
        .fails(REMOVE)
        .about("Takes a user's access away."),
    get("/accesstokens", "accesstokens.list", List(&ACCESS_TOKENS))
        .also(&["/accessTokens"])
        .observed(CLIENTS)
        .fails(LIST)
        .about("Lists access tokens, which stay hidden."),
    post("/accesstokens", "accesstokens.create", Custom(access_tokens::create))
        .also(&["/accessTokens"])
        .observed(CLIENTS)
        .whole_account()
        .takes(TOKEN)
        .fails(CREATE)
        .shows(One(&ACCESS_TOKENS))
        .about("Makes an access token, and shows it once."),
    get("/accesstokens/{id}", "accesstokens.get", Read(&ACCESS_TOKENS))
        .also(&["/accessTokens/{id}"])
        .observed(CLIENTS)
        .fails(READ)
        .about("Shows an access token, but for the token."),
    put("/accesstokens/{id}", "accesstokens.update", Replace(&ACCESS_TOKENS))
        .also(&["/accessTokens/{id}"])
        .observed(CLIENTS)
        .whole_account()
        .fails(REPLACE)
        .about("Replaces an access token; the token stays."),
    delete("/accesstokens/{id}", "accesstokens.delete", Remove(&ACCESS_TOKENS))
        .also(&["/accessTokens/{id}"])
        .observed(CLIENTS)
        .whole_account()
        .fails(REMOVE)
        .about("Deletes an access token."),
];
