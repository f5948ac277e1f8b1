//! Expected purchases: the BG/NBD model.
//!
//! A customer buys at a rate of their own while alive, and may drop out after each purchase. Fader,
//! Hardie and Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
//! Marketing Science 24 (2005), give the likelihood and the expected purchases; the probability to be alive
//! follows from the two terms of that likelihood.

use libm::lgamma;
use serde::{Deserialize, Serialize};

use crate::optimum::{Optimum, greatest};

/// Describes when a customer bought, in any one unit of time; days of purchase count once.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct History {
    /// The days of purchase after the first one.
    pub repeats: f64,
    /// From the first purchase to the last one; 0 without repeats.
    pub last: f64,
    /// From the first purchase to the end of what is seen.
    pub age: f64,
}

/// Holds a fitted BG/NBD model: how rates and drop-out differ among customers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Purchases {
    /// Shape of the gamma distribution of the rates.
    pub r: f64,
    /// Scale of that distribution, in the unit of time.
    pub alpha: f64,
    /// First parameter of the beta distribution of the probability to drop out.
    pub a: f64,
    /// Second parameter of that distribution.
    pub b: f64,
}

impl Purchases {
    /// Fits the model by maximum likelihood; also gives the log-likelihood. None where the data do
    /// not settle the parameters.
    pub fn fit(histories: &[History]) -> Option<(Self, f64)> {
        let counted = count(histories);
        let Optimum { parameters: [r, alpha, a, b], log_likelihood } =
            greatest(|[r, alpha, a, b]| Self { r, alpha, a, b }.log_likelihood(&counted))?;
        Some((Self { r, alpha, a, b }, log_likelihood))
    }

    /// The sum over histories, each with the number of customers who share it.
    fn log_likelihood(&self, counted: &[(History, f64)]) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let alike = r * alpha.ln() - lgamma(r);
        let drop = lgamma(a + b) - lgamma(b);
        let mut sum = 0.0;
        let mut known: Option<(f64, f64)> = None;
        for (history, customers) in counted {
            let x = history.repeats;
            // The histories are sorted by repeats, and many share them.
            let shared = match known {
                Some((repeats, shared)) if repeats.to_bits() == x.to_bits() => shared,
                _ => {
                    let shared = alike + lgamma(r + x) + drop + lgamma(b + x) - lgamma(a + b + x);
                    known = Some((x, shared));
                    shared
                }
            };
            let alive = -(r + x) * (alpha + history.age).ln();
            let mixed = if x > 0.0 {
                let gone = a.ln() - (b + x - 1.0).ln() - (r + x) * (alpha + history.last).ln();
                let most = alive.max(gone);
                most + ((alive - most).exp() + (gone - most).exp()).ln()
            } else {
                alive
            };
            sum += customers * (shared + mixed);
        }
        sum
    }

    /// The probability that the customer has not dropped out: 1 without repeats, since drop-out
    /// follows a repeat.
    pub fn alive(&self, history: History) -> f64 {
        1.0 / (1.0 + self.gone(history))
    }

    /// The odds that the customer has dropped out.
    fn gone(&self, history: History) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let x = history.repeats;
        if x <= 0.0 {
            return 0.0;
        }
        let silence = ((alpha + history.age) / (alpha + history.last)).ln();
        (a.ln() - (b + x - 1.0).ln() + (r + x) * silence).exp()
    }

    /// The days of purchase that are expected within `time` after what is seen.
    pub fn expected(&self, history: History, time: f64) -> f64 {
        let Self { r, alpha, a: dropping, b } = *self;
        // At 1 the formula is 0/0; its value beside it is as good.
        let a = if (dropping - 1.0).abs() < 1e-5 { 1.0 + 1e-5 } else { dropping };
        let x = history.repeats;
        let z = time / (alpha + history.age + time);
        // Euler's transformation of the paper's series: it neither overflows nor creeps.
        let series = hypergeometric(a + b - 1.0 - r, a - 1.0, a + b + x - 1.0, z);
        let seen = 1.0 - (1.0 - z).powf(a - 1.0) * series;
        (a + b + x - 1.0) / (a - 1.0) * seen / (1.0 + self.gone(history))
    }
}

/// The histories in order, each with the number of customers who share it.
fn count(histories: &[History]) -> Vec<(History, f64)> {
    let mut sorted = histories.to_vec();
    let key = |history: &History| [history.repeats, history.last, history.age];
    sorted.sort_by(|left, right| {
        let pairs = key(left).into_iter().zip(key(right));
        pairs
            .map(|(left, right)| left.total_cmp(&right))
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut counted: Vec<(History, f64)> = Vec::new();
    for history in sorted {
        match counted.last_mut() {
            Some((last, customers)) if *last == history => *customers += 1.0,
            _ => counted.push((history, 1.0)),
        }
    }
    counted
}

/// Gauss's series 2F1(a, b; c; z) for 0 ≤ z < 1.
fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for step in 0..100_000 {
        let step = f64::from(step);
        term *= (a + step) * (b + step) / ((c + step) * (step + 1.0)) * z;
        sum += term;
        if term.abs() <= f64::EPSILON * sum.abs() {
            break;
        }
    }
    sum
}
