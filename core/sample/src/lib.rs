//! Seeded bases to show, test and measure with: the same seed and day give the same bytes for ever.
//!
//! - [`Demo`] is a distributor of packaged foods with 300 dealers: small, typed, and such that every
//!   segment, tier, phase and part of the funnel occurs. Its [`Sheet`]s are written as CSV, and
//!   [`Demo::MAPPING`] says how they are imported.
//! - [`Crowd`] is as large as one likes: customers and interactions streamed as CSV, skewed as real
//!   bases are.
//! - [`Random`] is the generator below both; no number passes through a function of the platform's
//!   mathematical library, so that results are the same everywhere.
//!
//! All people and firms are invented. The library never reads the clock: the last day is given.
//!
//! ```
//! use kehu_domain::Day;
//! use kehu_sample::{Demo, Sheet};
//! let demo = Demo::new(7, Day::parse("2026-06-30").unwrap());
//! let mut csv = Vec::new();
//! demo.write(Sheet::Dealers, &mut csv).unwrap();
//! assert_eq!(demo.dealers.len(), 300);
//! assert_eq!(String::from_utf8(csv).unwrap().lines().count(), 301);
//! ```

mod crowd;
mod csv;
mod demo;
mod names;
mod random;

pub use crowd::Crowd;
pub use demo::{Demo, Sheet};
pub use random::Random;
