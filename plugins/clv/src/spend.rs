//! Expected spend: the gamma-gamma model.
//!
//! A purchase varies around a mean of the customer's own, and these means differ among customers.
//! Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), give both formulas.

use libm::lgamma;
use serde::{Deserialize, Serialize};

use crate::optimum::{Optimum, greatest};

/// Describes what a customer spent on the days of purchase after the first one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    /// How many days that is; at least 1.
    pub repeats: f64,
    /// The mean amount of such a day; above 0.
    pub mean: f64,
}

/// Holds a fitted gamma-gamma model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spend {
    /// Shape of the amounts of one customer.
    pub p: f64,
    /// Shape of the distribution of scales among customers.
    pub q: f64,
    /// Scale of that distribution, in the currency.
    pub gamma: f64,
}

impl Spend {
    /// Fits the model by maximum likelihood; also gives the log-likelihood. None where the data do
    /// not settle the parameters.
    pub fn fit(spendings: &[Spending]) -> Option<(Self, f64)> {
        // Money has any unit; the search begins at 1.
        let unit = spendings.iter().map(|each| each.mean).sum::<f64>() / spendings.len() as f64;
        let scaled: Vec<(f64, f64, f64)> = spendings
            .iter()
            .map(|each| (each.repeats, each.mean / unit, (each.mean / unit).ln()))
            .collect();
        let Optimum { parameters: [p, q, gamma], log_likelihood } =
            greatest(|[p, q, gamma]| Self { p, q, gamma }.log_likelihood(&scaled))?;
        let log_likelihood = log_likelihood - spendings.len() as f64 * unit.ln();
        Some((Self { p, q, gamma: gamma * unit }, log_likelihood))
    }

    fn log_likelihood(&self, scaled: &[(f64, f64, f64)]) -> f64 {
        let Self { p, q, gamma } = *self;
        let alike = q * gamma.ln() - lgamma(q);
        let each = |(x, mean, logarithm): &(f64, f64, f64)| {
            lgamma(p * x + q) - lgamma(p * x) + (p * x - 1.0) * logarithm + p * x * x.ln()
                - (p * x + q) * (gamma + x * mean).ln()
        };
        scaled.iter().map(each).sum::<f64>() + alike * scaled.len() as f64
    }

    /// The amount that is expected of a day of purchase: the customer's own mean, drawn towards that
    /// of all, or that of all for who has no repeats. It is finite where `q` is above 1.
    pub fn expected(&self, spending: Option<Spending>) -> f64 {
        let Self { p, q, gamma } = *self;
        let (x, mean) = spending.map_or((0.0, 0.0), |each| (each.repeats, each.mean));
        (gamma + x * mean) * p / (p * x + q - 1.0)
    }
}
