//! Edlink: the table.
