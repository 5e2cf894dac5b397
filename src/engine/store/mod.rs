//! The records of a world.
//!
//! Collections are persistent: a copy of a store is one pointer, and the first write after a copy touches a path of
//! nodes, not the records. A record carries its serialised bytes, so reading one is a lookup and a reference count.

mod all;
mod collection;
mod found;
mod history;
mod lookups;
mod overlay_map;
mod page;
mod record;
#[cfg(test)]
mod tests;
mod total;

pub use all::Store;
pub use collection::Collection;
pub use found::Found;
pub(crate) use history::{GenerateBounds, Generated, HistoryBounds, RecordBounds};
pub use page::{Between, Page, Window};
pub(crate) use record::LazyRecord;
pub use record::Record;
pub(crate) use total::{Charge, Total};
