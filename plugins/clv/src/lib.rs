//! Customer lifetime value, for kehu: how often a customer will buy again, for how much, and what
//! that is worth today.
//!
//! A [`Purchases`] model (BG/NBD) and a [`Spend`] model (gamma-gamma) are fitted to the workspace's
//! own purchases by maximum likelihood; a [`Model`] holds both, and is kept with the run. Time is
//! counted in weeks, and purchases of one day count once.
//!
//! - `purchases`, `spend`: the two models, each with the paper that it follows.
//! - `model`: what is fitted, and when fitting is refused; the value of what is expected.
//! - `pack`: the step that kehu calls; [`ENTRY`] hands it out.
//!
//! ```
//! use kehu_clv::{History, Purchases};
//! // The parameters that were published for the sample of CDNOW's customers.
//! let model = Purchases { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
//! let customer = History { repeats: 2.0, last: 30.43, age: 38.86 };
//! assert!((model.expected(customer, 39.0) - 1.226).abs() < 0.001);
//! ```

mod model;
mod optimum;
mod pack;
mod purchases;
mod spend;

pub use model::{LEAST_REPEATERS, Model, Refusal};
pub use pack::ENTRY;
pub use purchases::{History, Purchases};
pub use spend::{Spend, Spending};
