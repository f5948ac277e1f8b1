//! The use cases of kehu: what a command does, apart from how it is typed and shown.
//!
//! The engine knows the store and the packs only by their traits.

pub mod day;
pub mod features;
pub mod hooks;
pub mod import;
pub mod packs;
pub mod query;
pub mod records;
pub mod score;
pub mod settings;
mod views;
pub mod wording;
