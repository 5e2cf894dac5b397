//! The state of a world that an API may read and change.

use std::sync::Arc;

use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::state::clock::Clock;
use crate::engine::state::hooks::HookTable;
use crate::engine::state::rate_limit::Buckets;
use crate::engine::state::settings::Settings;
use crate::engine::state::unknown_fields::UnknownFields;
use crate::engine::state::world_token::is_token_of;
use crate::engine::store::Store;
use crate::http::redact::{MOST_KNOWN, Redactor, secrets_in};

/// The state of a world: its records, its time, its ids to come. Copying it copies pointers, not records.
#[derive(Clone, Debug)]
pub struct State {
    /// The name of the world: `default`, or the part of the path behind `/w/`.
    pub name: Arc<str>,
    /// The records.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The source of ids, tokens and draws.
    pub rng: SeededRng,
    /// The hooks of the APIs.
    pub hooks: HookTable,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The number of the call that is being answered.
    pub call_number: u64,
    /// The requests that each API still lets through.
    pub rate_limits: Buckets,
    /// The number of records that may still be generated, while a generation runs.
    pub may_generate: Option<usize>,
    /// True if administrators may give records fields that are almost documented ones.
    pub admits_unknown: bool,
    /// The fields that administrators wrote though no document knows them, unless they were marked as meant.
    pub unknown_fields: UnknownFields,
}

impl State {
    /// Returns a state with these records and settings, at the start of its time.
    pub fn new(name: impl Into<Arc<str>>, store: Store, hooks: HookTable, settings: Arc<Settings>) -> Self {
        Self {
            name: name.into(),
            store,
            clock: Clock::new(settings.clock_mode, settings.clock_start_ms),
            rng: SeededRng::new(settings.seed),
            hooks,
            settings,
            call_number: 0,
            rate_limits: Buckets::default(),
            may_generate: None,
            admits_unknown: false,
            unknown_fields: UnknownFields::default(),
        }
    }

    /// Tells whether an API takes a token: a listed one, or any when none is listed. The world's own token is always
    /// good, and can do everything unless it is listed too.
    pub fn admits(&self, api: &str, token: &str) -> bool {
        let Some(listed) = self.settings.credentials(api) else { return true };
        listed.iter().any(|credential| credential.token == token) || is_token_of(&self.name, token)
    }

    /// Returns the credential of an API that sees and does the most, where the world lists any.
    pub fn strongest_token(&self, api: &str) -> Option<&str> {
        self.settings.strongest_credential(api).map(|credential| credential.token.as_str())
    }

    /// Fires all timers that are due. Call this before reading records.
    pub fn catch_up(&mut self) -> Result<(), Problem> {
        let mut latest = None;
        while let Some((resource, record)) = self.store.due(self.clock.now_ms()) {
            let place = (resource.name, record.sequence());
            if latest == Some(place) {
                let what = format!("{} {:?} is due and stays so", resource.name, record.id());
                return Err(Problem::Internal { what });
            }
            latest = Some(place);
            let timer = self.hooks.of(resource).timer.expect("a kind of record that is due has a timer");
            timer(self, &record)?;
        }
        Ok(())
    }

    /// Returns the redactor for texts about this world: it knows the listed credentials, and those in the records.
    pub fn redactor(&self) -> Redactor {
        let mut known: Vec<&str> = self.settings.listed_credentials().collect();
        for collection in self.store.collections().filter(|collection| collection.resource().holds_secrets()) {
            for record in collection.iter().take(MOST_KNOWN) {
                let fields = record.fields().iter();
                fields.for_each(|(name, value)| secrets_in(name, value, false, &mut known));
            }
        }
        Redactor::new(self.settings.show_secrets, known)
    }
}
