//! Records from files: the embedded ones, and a folder of the same shape.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use parking_lot::Mutex;

use crate::apis::APIS;
use crate::embed::files::Read;
use crate::embed::files::{entries, text_of};
use crate::embed::left_out::{self, Gone};
use crate::embed::start_error::StartError;
use crate::embed::survey::Survey;
use crate::embed::tokens;
use crate::engine::api::api::Api;
use crate::engine::api::api::hooks_of;
use crate::engine::api::check::table_faults;
use crate::engine::api::fixtures::{DataFault, RecordFile};
use crate::engine::api::router::Router;
use crate::engine::schema::suggest::nearest;
use crate::engine::state::settings::Settings;
use crate::engine::store::{RecordBounds, Store};
use crate::http::position::{PathSegment, Position};
use crate::http::positions::Positions;
use crate::scenario::Fixtures;
use crate::world::world::World;

/// The beginning of the names of embedded files in messages.
const EMBEDDED_NAME: &str = "(embedded)";

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures");

/// The routes of all APIs, built once per process.
pub(super) static ROUTER: LazyLock<Router> =
    LazyLock::new(|| Router::new(APIS).unwrap_or_else(|conflict| panic!("the route tables are wrong: {conflict}")));

/// The routers of other lists of APIs. There are few such lists, and their routers are never freed.
static OTHERS: Mutex<Vec<&'static Router>> = Mutex::new(Vec::new());

/// Returns the routes of these APIs, or the faults of their tables.
pub(super) fn router(apis: &[&'static Api]) -> Result<&'static Router, Vec<String>> {
    let is_of = |router: &Router| {
        router.apis().len() == apis.len()
            && router.apis().iter().zip(apis).all(|(one, other)| std::ptr::eq(*one, *other))
    };
    if is_of(&ROUTER) {
        return Ok(&ROUTER);
    }
    let mut others = OTHERS.lock();
    if let Some(router) = others.iter().copied().find(|router| is_of(router)) {
        return Ok(router);
    }
    let mut faults = table_faults(apis);
    let taken = own(apis).filter(|api| APIS.contains(api));
    faults.extend(taken.map(|api| format!("{} is built in: give your API another name", api.name)));
    if !faults.is_empty() {
        return Err(faults);
    }
    let router = Router::new(apis).map_err(|conflict| vec![conflict.to_string()])?;
    others.push(Box::leak(Box::new(router)));
    Ok(others[others.len() - 1])
}

/// Returns the built-in APIs, and those of the list that are not built in: all APIs whose records a server may hold.
pub(super) fn known(served: &[&'static Api]) -> Vec<&'static Api> {
    APIS.iter().copied().chain(own(served)).collect()
}

/// Returns the APIs of a list that are not built in.
fn own(apis: &[&'static Api]) -> impl Iterator<Item = &'static Api> {
    apis.iter().copied().filter(|api| !APIS.iter().any(|known| std::ptr::eq(*known, *api)))
}

/// The default fixtures, read once per process and shared by every world.
static DEFAULT: LazyLock<Store> = LazyLock::new(|| {
    load(APIS, &embedded(APIS)).unwrap_or_else(|faults| panic!("the embedded fixtures are wrong: {faults:?}"))
});

/// Returns a store without records.
pub(super) fn empty(apis: &[&'static Api]) -> Store {
    Store::new(apis.iter().flat_map(|api| api.schemas()))
}

/// Returns the records that these APIs start with, or the faults of those that are not built in.
pub(super) fn default(apis: &[&'static Api]) -> Result<Store, StartError> {
    let own: Vec<&'static Api> = own(apis).collect();
    if own.is_empty() {
        return Ok(DEFAULT.clone());
    }
    let store = DEFAULT.with(own.iter().flat_map(|api| api.schemas()));
    load_into(store, apis, &embedded(&own)).map_err(|faults| StartError::Invalid { faults: told(&faults) })
}

/// The embedded fixture sets: each has the default records of its API, and those of its own folder.
static SETS: LazyLock<Vec<(String, Store)>> = LazyLock::new(|| {
    let defaults = Fixtures::new(DEFAULT.clone(), APIS);
    let folders = EMBEDDED.dirs().flat_map(|api| api.dirs().map(move |set| (api, set)));
    let sets = folders.filter_map(|(api, set)| {
        let api = api.path().to_str()?;
        let store = defaults.get(&format!("{api}/{}", Fixtures::DEFAULT))?;
        let files: Vec<Read> = set.files().filter_map(|file| read_embedded(file, api)).collect();
        let store =
            load_into(store, APIS, &files).unwrap_or_else(|faults| panic!("an embedded set is wrong: {faults:?}"));
        Some((set.path().to_str()?.to_owned(), store))
    });
    sets.collect()
});

/// Returns the sets that scenarios can start from: these records, the part of them that belongs to each of these APIs,
/// and the sets that are folders of their own, embedded or `<api>/<set>/<collection>.json`.
pub(super) fn sets(all: &Store, folder: Option<&Path>, apis: &[&'static Api]) -> Result<Fixtures, StartError> {
    let mut sets = Fixtures::new(all.clone(), apis);
    let own = || own(apis).flat_map(Api::schemas);
    for (name, store) in SETS.iter() {
        sets = sets.with(name, if own().next().is_some() { store.with(own()) } else { store.clone() });
    }
    for api in apis {
        let Some(folder) = folder.map(|folder| folder.join(api.name)).filter(|folder| folder.is_dir()) else {
            continue;
        };
        for set in entries(&folder)?.iter().filter(|path| path.is_dir()) {
            let Some(name) = set.file_name().and_then(|name| name.to_str()) else { continue };
            let files = read_set(set, api)?;
            let store = load(apis, &files).map_err(|faults| StartError::Invalid { faults: told(&faults) })?;
            sets = sets.with(&format!("{}/{name}", api.name), store);
        }
    }
    Ok(sets)
}

fn read_set(folder: &Path, api: &Api) -> Result<Vec<Read>, StartError> {
    let mut files = Vec::new();
    for path in entries(folder)?.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let text = text_of(path)?;
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        let collection = format!("{}.{stem}", api.name);
        files.push(Read { name: path.display().to_string(), collection, text: text.into() });
    }
    Ok(files)
}

/// The records of a folder, and notes on them.
pub(super) struct FolderRecords {
    /// The records.
    pub store: Store,
    /// A line for each collection from which embedded records were left out, and for each field that no document knows.
    pub notes: Vec<String>,
}

/// Returns the records of a folder of the same shape as `fixtures/`: `<api>/<collection>.json`. Its records of a
/// collection replace all the embedded records of that collection, and embedded records of others that would refer to a
/// missing one are left out; without `over_embedded`, only the folder's records are returned.
pub(super) fn folder(folder: &Path, over_embedded: bool, apis: &[&'static Api]) -> Result<FolderRecords, StartError> {
    let read = read(folder)?;
    let has_sets =
        || apis.iter().any(|api| entries(&folder.join(api.name)).is_ok_and(|all| all.iter().any(|it| it.is_dir())));
    if read.is_empty() && !folder.join(tokens::FILE).exists() && !has_sets() {
        let message = format!(
            "{}: neither <api>/<collection>.json nor <api>/<set>/<collection>.json nor {} in this folder",
            folder.display(),
            tokens::FILE
        );
        return Err(StartError::Invalid { faults: vec![message] });
    }
    let mut files: Vec<Read> = if over_embedded { embedded(apis) } else { Vec::new() };
    files.retain(|file| !read.iter().any(|other| other.collection == file.collection));
    let mut gone = Gone::new();
    let (mut ids, mut unknown) = (HashMap::default(), Vec::new());
    for file in &read {
        let survey = survey(file, apis);
        unknown.push(survey.map(|survey| {
            ids.insert(survey.schema.name, survey.ids);
            survey.unknown
        }));
    }
    left_out::dangling(&mut files, ids, apis, &mut gone);
    let own = files.len();
    files.extend(read);
    loop {
        let faults = match load(apis, &files) {
            Ok(store) => {
                let mut notes = left_out::described(folder, &gone);
                for (file, unknown) in files[own..].iter().zip(&unknown) {
                    notes.extend(unknown.iter().flat_map(|unknown| unknown_fields(file, unknown, apis)));
                }
                return Ok(FolderRecords { store, notes });
            }
            Err(faults) => faults,
        };
        let is_embedded = |fault: &DataFault| fault.file.starts_with(EMBEDDED_NAME);
        if !faults.iter().all(is_embedded) {
            let own = faults.iter().filter(|fault| !is_embedded(fault));
            return Err(StartError::Invalid { faults: own.map(ToString::to_string).collect() });
        }
        // Each round leaves out at least one record, and the next round those that referred to it.
        let before: usize = gone.values().map(Vec::len).sum();
        files.iter_mut().for_each(|file| left_out::with_faults(file, apis, &faults, &mut gone));
        if gone.values().map(Vec::len).sum::<usize>() == before {
            return Err(StartError::Invalid { faults: faults.iter().map(ToString::to_string).collect() });
        }
    }
}

/// Describes the fields of records in sets that no document knows.
#[cfg(feature = "cli")]
pub(super) fn unknown_fields_of_sets(folder: &Path, apis: &[&'static Api]) -> Vec<String> {
    let mut files = Vec::new();
    for api in apis {
        for set in entries(&folder.join(api.name)).unwrap_or_default().iter().filter(|path| path.is_dir()) {
            files.extend(read_set(set, api).unwrap_or_default());
        }
    }
    let told = |file| Some(unknown_fields(file, &survey(file, apis)?.unknown, apis));
    files.iter().filter_map(told).flatten().collect()
}

/// Surveys a file of records, if an API has its collection.
fn survey<'t>(file: &'t Read, apis: &[&'static Api]) -> Option<Survey<'t>> {
    Some(Survey::of(&file.text, apis.iter().find_map(|api| api.resource(&file.collection))?))
}

/// Describes the fields of a file's records that no document knows: they may be meant, or slips.
fn unknown_fields(file: &Read, unknown: &[(usize, String)], apis: &[&'static Api]) -> Vec<String> {
    let Some(schema) = apis.iter().find_map(|api| api.resource(&file.collection)) else { return Vec::new() };
    let positions = Positions::of(&file.text);
    let line = |(n, name): &(usize, String)| {
        let Position { line, column } = positions.at(&[PathSegment::Item(*n), PathSegment::from(name.as_str())]);
        let meant = nearest(name, schema.fields.iter().map(|field| field.name));
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        format!("{}:{line}:{column}: {name} {}{meant}", file.name, schema.says_unknown())
    };
    unknown.iter().map(line).collect()
}

/// Describes the faults of a set of records.
fn told(faults: &[DataFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// Returns the records that these APIs bring: embedded here, or in their tables.
fn embedded(apis: &[&'static Api]) -> Vec<Read> {
    let is_json = |file: &&'static include_dir::File<'static>| file.path().extension().is_some_and(|it| it == "json");
    let mut all = Vec::new();
    for api in apis {
        let files = EMBEDDED.get_dir(api.name).into_iter().flat_map(Dir::files).filter(is_json);
        all.extend(files.filter_map(|file| read_embedded(file, api.name)));
        all.extend(api.fixtures.iter().map(|(collection, text)| Read {
            name: format!("{EMBEDDED_NAME} {}/{collection}.json", api.name),
            collection: format!("{}.{collection}", api.name),
            text: (*text).into(),
        }));
    }
    all
}

/// Reads an embedded file of records of an API.
fn read_embedded(file: &'static include_dir::File<'static>, api: &str) -> Option<Read> {
    let text = file.contents_utf8()?;
    let name = format!("{EMBEDDED_NAME} {}", file.path().display());
    let collection = format!("{api}.{}", file.path().file_stem()?.to_str()?);
    Some(Read { name, collection, text: text.into() })
}

fn read(folder: &Path) -> Result<Vec<Read>, StartError> {
    let mut files = Vec::new();
    for api in entries(folder)?.iter().filter(|path| path.is_dir()) {
        for path in entries(api)? {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let text = text_of(&path)?;
            let Some(collection) = collection(&path) else { continue };
            files.push(Read { name: path.display().to_string(), collection, text: text.into() });
        }
    }
    Ok(files)
}

/// Returns the collection of a file: `celigo/flows.json` holds `celigo.flows`.
fn collection(path: &Path) -> Option<String> {
    let api = path.parent()?.file_name()?.to_str()?;
    Some(format!("{api}.{}", path.file_stem()?.to_str()?))
}

fn load(apis: &[&'static Api], files: &[Read]) -> Result<Store, Vec<DataFault>> {
    load_into(empty(apis), apis, files)
}

/// Returns a store with these records, and those of the files.
fn load_into(store: Store, apis: &[&'static Api], files: &[Read]) -> Result<Store, Vec<DataFault>> {
    // All worlds share these records, which are never freed, so that no bound counts them.
    let settings = Settings { records: RecordBounds::NONE, ..Settings::default() };
    let mut world = World::new("fixtures", store, hooks_of(apis), Arc::new(settings));
    let files: Vec<RecordFile<'_>> = files
        .iter()
        .map(|file| RecordFile { name: &file.name, collection: file.collection.clone(), text: &file.text })
        .collect();
    world.state.load_fixtures(apis, &files)?;
    world.state.store.compact();
    Ok(world.state.store)
}
