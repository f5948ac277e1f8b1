//! The host of packs that are native libraries.
//!
//! A native plugin is a pack whose steps are functions of a shared library, under the ABI of
//! `kehu-abi`. This crate checks a plugin's file, loads it in a process of its own, lends it columns in
//! shared memory and brings back columns with reasons. It implements [`kehu_contract::PackFactory`] and
//! [`kehu_contract::Pack`], so that the engine cannot tell a native pack from one in Lua.
//!
//! - [`Library`] is a file's bytes, checked and sealed: what was verified is what is loaded.
//! - [`inspect`] loads one in a worker and gives its [`Description`].
//! - [`NativeFactory`] is a described plugin, from a [`Library`] or linked into the program
//!   ([`Linked`]); each thread asks it for an instance of its own.
//! - [`check::all`] finds out whether a plugin keeps to the rules of the border.
//! - [`measure::run`] finds out how fast one is.
//! - [`worker_main`] is the other side: what the program does when it is started as a worker
//!   ([`WorkerCommand`]).
//!
//! A worker has limits of time, memory, files and processes, no environment, and inputs that it cannot
//! write; pages that nobody may touch lie behind each buffer of its outputs. When it dies, the host
//! halves the batch until it knows the customer ([`OnCrash`]). The host believes nothing that a worker
//! says: every value is copied first, then checked.
//!
//! A plugin that is linked in can be looked at without a worker:
//!
//! ```
//! use kehu_native::{Isolation, NativeFactory, OnCrash, Options, WorkerCommand};
//! # fn of(entry: &'static kehu_abi::Entry) -> Result<(), kehu_native::Refusal> {
//! let options = Options {
//!     worker: WorkerCommand {
//!         program: "/usr/bin/kehu".into(),
//!         arguments: vec!["plugin-worker".into()],
//!     },
//!     isolation: Isolation::Worker,
//!     on_crash: OnCrash::SkipRows,
//!     origin: kehu_contract::Origin::Shipped,
//! };
//! let factory = NativeFactory::of_linked(("clv", entry), options)?;
//! assert!(factory.description().abi.0 == kehu_abi::ABI_MAJOR);
//! # Ok(())
//! # }
//! ```

pub mod check;
mod collect;
mod columns;
mod decide;
mod deciding;
mod description;
mod desk;
mod ear;
mod elf;
mod factory;
mod file;
mod frame;
mod guest;
mod host;
mod jail;
mod lend;
pub mod measure;
mod memory;
mod pack;
mod refusal;
mod room;
mod search;
mod spawn;
mod state;
mod survey;
mod verify;
mod worker;

pub use description::{Description, OutputShape, RuleText, StepShape};
pub use factory::{Crash, Isolation, NativeFactory, OnCrash, Options, inspect};
pub use file::{Library, platform};
pub use kehu_abi::HEADER;
pub use refusal::Refusal;
pub use spawn::WorkerCommand;
pub use worker::{Linked, worker_main};
