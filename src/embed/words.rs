//! The words of settings and answers: each closed set of them is an enum.

use std::fmt;
use std::str::FromStr;

use crate::apis::APIS;
use crate::embed::error::Error;
use crate::engine::api::api;
use crate::engine::api::route;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::suggest::nearest;
use crate::http::message::{Delivery, Method, TlsFault};

/// An API that standin fakes.
///
/// ```
/// use standin::{Api, Standin};
///
/// let standin = Standin::builder().api([Api::Celigo]).start();
/// assert_eq!(standin.apis(), ["celigo".parse::<Api>()?]);
/// # Ok::<(), standin::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Api {
    /// Celigo integrator.io, at `/v1`.
    Celigo,
    /// Edlink, at `/api`.
    Edlink,
    /// An API of your own, of these tables. Unstable until 1.0, as is all of [`api`](crate::api).
    #[cfg(feature = "api")]
    Own(&'static api::Api),
}

impl Api {
    /// All built-in APIs, in the order of lists.
    pub const ALL: &[Self] = &[Self::Celigo, Self::Edlink];

    /// Returns the name, with which the names of operations and collections begin: `celigo`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Celigo => "celigo",
            Self::Edlink => "edlink",
            #[cfg(feature = "api")]
            Self::Own(table) => table.name,
        }
    }

    /// Returns the name in prose: `Celigo integrator.io`.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.table().title
    }

    /// Returns the API's tables.
    pub(crate) fn table(self) -> &'static api::Api {
        match self {
            #[cfg(feature = "api")]
            Self::Own(table) => table,
            built_in => {
                let found = APIS.iter().find(|api| api.name == built_in.as_str());
                found.expect("every API of the enum has tables")
            }
        }
    }

    /// Returns the API with these tables.
    pub(crate) fn of(table: &'static api::Api) -> Self {
        let found = Self::ALL.iter().copied().find(|api| std::ptr::eq(api.table(), table));
        #[cfg(feature = "api")]
        let found = found.or(Some(Self::Own(table)));
        found.expect("every table's API is in the enum")
    }
}

/// The mode of the page for people.
///
/// ```
/// use standin::{PageMode, Standin};
///
/// let standin = Standin::builder().page(PageMode::ReadOnly).start(); // a browser at standin.url() shows it
/// # drop(standin);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PageMode {
    /// It shows worlds, and changes them.
    #[default]
    Full,
    /// It only shows.
    ReadOnly,
}

impl PageMode {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Full, Self::ReadOnly];

    /// Returns the mode as a word: `read-only`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read-only",
        }
    }
}

/// The treatment of requests for other hosts that reach the proxy.
///
/// ```
/// use standin::{OtherHosts, Standin};
///
/// let standin = Standin::builder().intercept().intercept_others(OtherHosts::Tunnel).start();
/// assert!(standin.other_hosts().is_empty()); // no client asked for one yet
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OtherHosts {
    /// The proxy refuses them, and [names them](crate::Standin::other_hosts) at the end.
    #[default]
    Refuse,
    /// The proxy tunnels them; those to private networks only with [`allow_private`](crate::Builder::allow_private).
    Tunnel,
}

impl OtherHosts {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Refuse, Self::Tunnel];

    /// Returns the treatment as a word: `tunnel`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Tunnel => "tunnel",
        }
    }
}

/// The kind of action that an operation takes.
///
/// ```
/// use standin::{Action, operations};
///
/// let not_modelled = operations().into_iter().filter(|operation| operation.action == Action::NotModelled);
/// assert!(not_modelled.count() > 0); // they answer 501, and say so
/// assert_eq!("create".parse(), Ok(Action::Create));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Lists records.
    List,
    /// Returns one record.
    Read,
    /// Makes a record.
    Create,
    /// Replaces a record.
    Replace,
    /// Removes a record.
    Remove,
    /// Does what a function of the API says.
    Custom,
    /// Is known but not modelled: answers 501.
    NotModelled,
}

impl Action {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::List, Self::Read, Self::Create, Self::Replace, Self::Remove, Self::Custom, Self::NotModelled];

    /// Returns the action as a word: `not modelled`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Remove => "remove",
            Self::Custom => "custom",
            Self::NotModelled => "not modelled",
        }
    }

    pub(crate) fn of(action: route::Action) -> Self {
        match action {
            route::Action::List(_) => Self::List,
            route::Action::Read(_) => Self::Read,
            route::Action::Create(_) => Self::Create,
            route::Action::Replace(_) => Self::Replace,
            route::Action::Remove(_) => Self::Remove,
            route::Action::Custom(_) => Self::Custom,
            route::Action::NotModelled => Self::NotModelled,
        }
    }
}

/// Implements `Display` by the words of a type and, with a list of all, `FromStr`.
macro_rules! words {
    ($($type:ty $(: $what:literal in $all:expr)?),* $(,)?) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        $(
            /// Reads the word of [`as_str`](Self::as_str). The error names the nearest one.
            impl FromStr for $type {
                type Err = Error;

                fn from_str(word: &str) -> Result<Self, Error> {
                    let all = $all;
                    all.iter().copied().find(|known| known.as_str() == word).ok_or_else(|| {
                        unknown($what, word, &all.iter().map(|known| known.as_str()).collect::<Vec<_>>())
                    })
                }
            }
        )?
    )*};
}

words! {
    Api: "API" in Api::ALL,
    Profile: "profile" in Profile::ALL,
    PageMode: "page mode" in PageMode::ALL,
    OtherHosts: "choice for other hosts" in OtherHosts::ALL,
    TlsFault: "TLS fault" in TlsFault::ALL,
    Evidence: "evidence" in Evidence::ALL,
    Action: "action" in Action::ALL,
    Method: "method" in Method::ALL,
    Delivery,
}

fn unknown(what: &str, word: &str, known: &[&str]) -> Error {
    let hint = match nearest(word, known.iter().copied()) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("there are {}", known.join(", ")),
    };
    Error::invalid(format!("there is no {what} {word:?}; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_it_is_shown() {
        fn check<T: Copy + fmt::Display + fmt::Debug + FromStr<Err = Error> + PartialEq>(all: &[T]) {
            for one in all {
                assert_eq!(one.to_string().parse::<T>(), Ok(*one));
            }
        }
        check(Api::ALL);
        check(Profile::ALL);
        check(PageMode::ALL);
        check(OtherHosts::ALL);
        check(&TlsFault::ALL);
        check(Evidence::ALL);
        check(Action::ALL);
        check(&Method::ALL);
        let error = "celgo".parse::<Api>().unwrap_err();
        assert_eq!(error.to_string(), "there is no API \"celgo\"; did you mean celigo?");
    }

    #[test]
    fn every_api_of_the_tables_is_in_the_enum() {
        assert_eq!(APIS.iter().map(|api| Api::of(api)).collect::<Vec<_>>(), Api::ALL);
    }
}
