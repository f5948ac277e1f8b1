//! Both models together: their fit, and the value of what they expect.

use serde::{Deserialize, Serialize};

use crate::{History, Purchases, Spend, Spending};

/// The least number of customers who came back: fewer do not tell four parameters apart.
pub const LEAST_REPEATERS: usize = 30;
/// The weeks of a month: 365.25 days in 12 months.
const MONTH: f64 = 365.25 / 12.0 / 7.0;

/// Holds both fitted models, with what they were fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// When customers buy; times are in weeks.
    #[serde(flatten)]
    pub purchases: Purchases,
    /// How well the purchases are explained.
    pub purchases_log_likelihood: f64,
    /// What they spend on a day of purchase; none where too few amounts are known, or where they are too
    /// much alike, or too wild, for any mean to explain them best.
    #[serde(flatten)]
    pub spend: Option<Spend>,
    /// How well the spend is explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend_log_likelihood: Option<f64>,
    /// The customers whose purchases were fitted.
    pub customers: usize,
    /// Those among them who bought on another day again.
    pub repeaters: usize,
    /// Those among the repeaters whose amounts are known and more than nothing.
    pub spenders: usize,
}

/// Says why there is no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "refused", rename_all = "snake_case")]
pub enum Refusal {
    /// There are too few customers with repeats.
    #[error(
        "{repeaters} of {customers} customers bought on a second day; the model needs at least 30 of them"
    )]
    TooFew {
        /// Those with repeats.
        repeaters: usize,
        /// All who bought.
        customers: usize,
    },
    /// Times of purchase do not differ, or not as the model says they may.
    #[error(
        "the purchases of {customers} customers are too much alike to tell how customers differ: no rates of \
         purchase and of drop-out explain them best"
    )]
    Purchases {
        /// All who bought.
        customers: usize,
    },
}

impl Model {
    /// Fits both models to the customers who bought at least once. That of purchases must settle; that
    /// of spend may be left out.
    ///
    /// # Errors
    /// Why these customers do not settle them.
    pub fn fit(customers: &[(History, Option<Spending>)]) -> Result<Self, Refusal> {
        let histories: Vec<History> = customers.iter().map(|(history, _)| *history).collect();
        let spendings: Vec<Spending> = customers.iter().filter_map(|(_, each)| *each).collect();
        let repeaters = histories.iter().filter(|history| history.repeats > 0.0).count();
        let (customers, spenders) = (histories.len(), spendings.len());
        if repeaters < LEAST_REPEATERS {
            return Err(Refusal::TooFew { repeaters, customers });
        }
        let (purchases, purchases_log_likelihood) =
            Purchases::fit(&histories).ok_or(Refusal::Purchases { customers })?;
        let spent = spend_of(&spendings);
        Ok(Self {
            purchases,
            purchases_log_likelihood,
            spend: spent.map(|(spend, _)| spend),
            spend_log_likelihood: spent.map(|(_, likelihood)| likelihood),
            customers,
            repeaters,
            spenders,
        })
    }

    /// The purchases that are expected within `months`, and their number discounted by `discount`
    /// a month: each month's at its end.
    pub fn ahead(&self, history: History, months: u32, discount: f64) -> (f64, f64) {
        let (mut expected, mut discounted) = (0.0, 0.0);
        for month in 1..=months {
            let month = f64::from(month);
            let until = self.purchases.expected(history, month * MONTH);
            discounted += (until - expected) / (1.0 + discount).powf(month);
            expected = until;
        }
        (expected, discounted)
    }
}

/// The model of spend with its log-likelihood; none where the amounts do not settle one.
fn spend_of(spendings: &[Spending]) -> Option<(Spend, f64)> {
    if spendings.len() < LEAST_REPEATERS {
        return None;
    }
    Spend::fit(spendings).filter(|(spend, _)| spend.q > 1.0)
}
