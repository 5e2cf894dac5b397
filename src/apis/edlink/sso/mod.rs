//! Signing in: a person comes from an application's page, and goes back to it with a code that becomes a token.
//!
//! [`login`] chooses the person who signs in, [`back`] redirects to the application, [`page`] lets a person at a
//! browser choose, [`token`] exchanges codes and refresh tokens. [`collections`] holds the records that a test can set
//! up.

mod back;
mod collections;
mod login;
mod page;
mod table;
mod token;

pub(super) use back::redirected;
pub(super) use collections::{
    APPLICATIONS, EARLIER_TOKENS, LOGINS, OUTCOMES, SIGN_ONS, application_of_secret, login_of,
};
pub(super) use page::error as error_page;
pub(super) use table::ROUTES;
