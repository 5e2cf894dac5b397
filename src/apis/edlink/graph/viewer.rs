//! The viewer of records: an integration by its own token, or a person who signed in by it.

use crate::apis::edlink::graph::permissions;
use crate::apis::edlink::graph::scope::IntegrationScope;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::sso::LOGINS;
use crate::engine::api::caller::Caller;
use crate::engine::api::context::Context;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::store::{Record, Store};

/// A caller with a token of an integration or of a person.
#[derive(Clone, Copy)]
pub(crate) struct Viewer<'w> {
    /// The state of the world.
    pub state: &'w State,
    /// The integration behind the token.
    pub integration: &'w Record,
    targets: Option<&'w [String]>,
    login: Option<&'w Record>,
}

impl<'w> Viewer<'w> {
    /// Returns the viewer of a caller, if its token is of an integration or a person.
    pub(crate) fn of_caller(state: &'w State, caller: &'w Caller) -> Option<Self> {
        let subject = caller.subject.as_ref()?;
        let login = Some(subject).filter(|subject| *subject.resource() == LOGINS);
        let integration = match login {
            Some(login) => state.store.of(&INTEGRATIONS).get(login.text("integration_id")?)?,
            None => subject,
        };
        Some(Self { state, integration, targets: caller.sees.as_deref(), login })
    }

    /// Returns the viewer of a request to a route that takes such a token.
    pub(crate) fn of(context: &'w Context<'_>) -> Self {
        Self::of_caller(context.state, &context.caller).expect("the route takes a token of an integration or a person")
    }

    /// Returns the id of the person, if the token is a person's.
    pub(crate) fn person(&self) -> Option<&'w str> {
        self.login.and_then(|login| login.text("person_id"))
    }

    /// Returns the id of the login, if the token is a person's.
    pub(crate) fn login(&self) -> Option<&'w str> {
        self.login.map(Record::id)
    }

    /// Returns the part of the records that it sees.
    pub(crate) fn scope(&self) -> IntegrationScope<'w> {
        IntegrationScope::new(&self.state.store, self.integration, self.targets)
    }

    /// Returns the store it looks at.
    pub(crate) fn store(&self) -> &'w Store {
        &self.state.store
    }

    /// Returns the name of the permission that it lacks to read that kind of records. People need none.
    pub(crate) fn missing(&self, resource: &Schema) -> Option<String> {
        if self.login.is_some() {
            return None;
        }
        permissions::missing(self.state, self.integration, permissions::kind_of(resource))
    }

    /// Returns the fields of that kind of records that it may not read.
    pub(crate) fn hidden(&self, resource: &Schema) -> Vec<String> {
        if self.login.is_some() { Vec::new() } else { permissions::hidden(self.state, self.integration, resource) }
    }
}
