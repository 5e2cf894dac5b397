//! The hooks of a kind of record: functions of an API that the state calls when records of that kind change.

use std::sync::Arc;

use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::store::Record;

/// The hooks of a kind of record. Each is optional.
#[derive(Clone, Copy, Default)]
pub struct Hooks {
    /// Fills in what the caller left out, where one field's default cannot.
    pub before_write: Option<BeforeWrite>,
    /// Refuses changes that break a rule between records.
    pub guard: Option<Guard>,
    /// Does what follows from a change.
    pub after_change: Option<AfterChange>,
    /// Does what follows when a record goes.
    pub after_remove: Option<AfterRemove>,
    /// Writes a change down.
    pub audit: Option<Audit>,
    /// Changes a record that is due.
    pub timer: Option<Timer>,
    /// Names the records that a record belongs to.
    pub scope: Option<Scope>,
    /// Makes up the fields of a record.
    pub generator: Option<Generator>,
    /// Reckons what comes with records before they are made up.
    pub(crate) comes_with: Option<ComesWith>,
    /// Makes what comes with records that were just made up.
    pub after_generate: Option<AfterGenerate>,
}

/// A kind of record in an API: its schema, and the hooks that the API attaches to it.
pub struct Resource {
    /// The schema.
    pub schema: &'static Schema,
    /// The hooks.
    pub hooks: Hooks,
}

impl Resource {
    /// Returns a resource without hooks.
    pub const fn new(schema: &'static Schema) -> Self {
        let hooks = Hooks {
            before_write: None,
            guard: None,
            after_change: None,
            after_remove: None,
            audit: None,
            timer: None,
            scope: None,
            generator: None,
            comes_with: None,
            after_generate: None,
        };
        Self { schema, hooks }
    }

    /// Attaches the hook that fills in what the caller left out.
    pub const fn before_write(mut self, hook: BeforeWrite) -> Self {
        self.hooks.before_write = Some(hook);
        self
    }

    /// Attaches the hook that refuses changes.
    pub const fn guard(mut self, hook: Guard) -> Self {
        self.hooks.guard = Some(hook);
        self
    }

    /// Attaches the hook that does what follows from a change.
    pub const fn after_change(mut self, hook: AfterChange) -> Self {
        self.hooks.after_change = Some(hook);
        self
    }

    /// Attaches the hook that does what follows when a record goes.
    pub const fn after_remove(mut self, hook: AfterRemove) -> Self {
        self.hooks.after_remove = Some(hook);
        self
    }

    /// Attaches the hook that writes changes down.
    pub const fn audit(mut self, hook: Audit) -> Self {
        self.hooks.audit = Some(hook);
        self
    }

    /// Attaches the hook that changes a record that is due.
    pub const fn timer(mut self, hook: Timer) -> Self {
        self.hooks.timer = Some(hook);
        self
    }

    /// Attaches the hook that names the records a record belongs to.
    pub const fn scope(mut self, hook: Scope) -> Self {
        self.hooks.scope = Some(hook);
        self
    }

    /// Attaches the hook that makes up records.
    pub const fn generator(mut self, hook: Generator) -> Self {
        self.hooks.generator = Some(hook);
        self
    }

    /// Attaches the hook that reckons what comes with made-up records.
    pub(crate) const fn comes_with(mut self, hook: ComesWith) -> Self {
        self.hooks.comes_with = Some(hook);
        self
    }

    /// Attaches the hook that makes what comes with made-up records.
    pub const fn after_generate(mut self, hook: AfterGenerate) -> Self {
        self.hooks.after_generate = Some(hook);
        self
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.schema.name)
    }
}

/// The hooks of all kinds of records, found by schema. Cheap to clone.
#[derive(Clone, Default)]
pub struct HookTable(Arc<[(&'static Schema, Hooks)]>);

impl HookTable {
    /// Returns the table of these resources.
    pub fn new<'r>(resources: impl IntoIterator<Item = &'r Resource>) -> Self {
        Self(resources.into_iter().map(|resource| (resource.schema, resource.hooks)).collect())
    }

    /// Returns the hooks of a kind of record; none for a schema that is not listed.
    pub fn of(&self, schema: &'static Schema) -> Hooks {
        // Schemas are statics: comparing their addresses is quicker than comparing their names.
        let found = self.0.iter().find(|(known, _)| std::ptr::eq(*known, schema));
        found.map_or(Hooks::default(), |(_, hooks)| *hooks)
    }
}

impl std::fmt::Debug for HookTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(schema, _)| schema)).finish()
    }
}

/// Fills in values that were not given, before defaults and checks: from the record's id, the given fields, the record
/// that they replace, and the actor. May draw from the world's random source, and must not change records.
pub(crate) type BeforeWrite = fn(&mut State, &str, Document, Option<&Record>, Actor) -> Document;

/// Returns the records that a record belongs to, of the kind that a caller may be narrowed to; `None` among them says
/// that the record is used outside of them too. Every caller sees a record that belongs to none.
pub(crate) type Scope = for<'w> fn(&'w State, &'w Record) -> Vec<Option<&'w str>>;

/// Generates the fields of a record, from its place in the collection and the world's random source. The records that
/// it refers to are taken from the world, or made first.
pub(crate) type Generator = fn(&mut State, usize) -> Result<Document, Problem>;

/// Returns the number of records that come at least with this number of made-up ones, which get the fields of `like`.
pub(crate) type ComesWith = fn(&State, usize, Option<&Document>) -> usize;

/// Makes what comes with records that were just made up.
pub(crate) type AfterGenerate = fn(&mut State, &[Record]) -> Result<(), Problem>;

/// Changes a record because its time has come.
pub(crate) type Timer = fn(&mut State, &Record) -> Result<(), Problem>;

/// May refuse a change, and must not make one.
pub(crate) type Guard = fn(&State, PendingChange<'_>, Actor) -> Result<(), Problem>;

/// Does what follows from a change.
pub(crate) type AfterChange = fn(&mut State, Change<'_>, Actor) -> Result<(), Problem>;

/// Does what follows when a record goes.
pub(crate) type AfterRemove = fn(&mut State, &Record, Actor) -> Result<(), Problem>;

/// Writes a change down. It can refuse nothing.
pub(crate) type Audit = fn(&mut State, &'static Schema, Change<'_>, Actor);

/// A change that an actor wants to make.
#[derive(Clone, Copy)]
pub enum PendingChange<'a> {
    /// A new record with these fields.
    Create(&'a Document),
    /// These fields in place of that record's.
    Replace(&'a Record, &'a Document),
    /// That record goes.
    Remove(&'a Record),
}

/// A change that was made.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// This record is new.
    Created(&'a Record),
    /// The second stands where the first stood.
    Replaced(&'a Record, &'a Record),
    /// This record is gone.
    Removed(&'a Record),
}
