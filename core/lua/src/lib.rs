//! The host of packs that are written in Lua.
//!
//! A pack is a folder with `pack.toml` and `main.lua`. This crate checks its files, runs its
//! functions in a sandbox with limits, hands them columns of many customers and brings back columns
//! with reasons. It implements [`kehu_contract::PackFactory`] and [`kehu_contract::Pack`], and reads
//! no file, clock or environment: the files come in as data, the day as an argument.
//!
//! - [`PackFiles`] are a pack's files as data; [`load`] checks them.
//! - [`LuaPackFactory`] is a checked pack; each thread asks it for an instance of its own.
//! - [`LuaPack`] is such an instance: one VM.
//! - [`testing`] runs the tests that a pack brings, [`check`] looks at it as a text.
//!
//! The VM is Luau. Scripts see columns through a loop that this crate writes for each step: it
//! builds a frozen table per customer and calls the author's function; what the function gives goes
//! into buffers, so that no customer costs a call from one language into the other.
//!
//! ```
//! use std::borrow::Cow;
//! use std::sync::Arc;
//!
//! use kehu_contract::{
//!     Batch, ColumnData, ColumnType, Columns, Limits, Origin, Pack as _, PackFactory as _, RunContext,
//! };
//!
//! let manifest = r#"
//! name = "silence"
//! version = "1.0.0"
//! api = "0.1"
//! [[step]]
//! hook = "score"
//! needs = ["recency_days"]
//! [step.gives.silence]
//! type = "number"
//! "#;
//! let script = r#"
//! local quiet = kehu.rule{
//!   id = "quiet", input = "recency_days", op = ">", limit = 30, points = 10,
//!   en = "silent for {value} days, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
//! }
//! return {
//!   score = function(c, ctx)
//!     local s = ctx:column("silence")
//!     s:apply(quiet)
//!     return { silence = s }
//!   end,
//! }
//! "#;
//! let factory = kehu_lua::load(kehu_lua::PackFiles {
//!     origin: Origin::Workspace,
//!     dir: "scripts/silence".to_owned(),
//!     files: vec![
//!         ("pack.toml".to_owned(), Cow::Borrowed(manifest.as_bytes())),
//!         ("main.lua".to_owned(), Cow::Borrowed(script.as_bytes())),
//!     ],
//! })
//! .unwrap();
//! let context = RunContext {
//!     as_of: 20_000,
//!     settings: factory.manifest().defaults(),
//!     seed: 1,
//!     limits: Limits::default(),
//! };
//! let mut pack = factory.create(&context).unwrap();
//! let mut columns = Columns::new(2);
//! columns.insert("recency_days", ColumnType::Number, Arc::new(ColumnData::Number(vec![5.0, 45.0])));
//! let batch = Batch { ids: vec![1, 2], columns };
//! let scored = pack.score(0, &batch, &serde_json::Value::Null).unwrap();
//! assert_eq!(scored[0].data, ColumnData::Number(vec![0.0, 10.0]));
//! assert_eq!(pack.rules()[0].line, 2);
//! ```

pub mod api;
mod batch;
mod bell;
mod caller;
mod causes;
pub mod check;
mod collect;
mod convert;
mod evaluate;
mod exact;
mod factory;
mod failure;
mod fault;
mod files;
mod fit;
mod follow_up;
mod frame;
mod gate;
mod generate;
mod hints;
mod import_row;
mod machine;
mod mark;
mod on_event;
mod pack;
mod plan;
mod random;
mod review;
mod rules;
pub mod script;
mod stage;
pub mod testing;
mod tray;
mod view;

pub use factory::LuaPackFactory;
pub use files::{PackFiles, Refused, decides, is_report, load};
pub use pack::LuaPack;
