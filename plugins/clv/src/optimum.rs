//! The search for the parameters under which the data are most likely.

use argmin::core::{CostFunction, Error, Executor, State as _};
use argmin::solver::neldermead::NelderMead;

/// A simplex may fold up early, so it is begun again at its own result until two results agree.
const SEARCHES: usize = 6;
/// No search of a few parameters needs as many steps.
const STEPS: u64 = 2_000;
/// Two results agree if their log-likelihoods differ by less than this share.
const AGREEMENT: f64 = 1e-10;
/// Parameters beyond these have run away: the data do not say what they are.
const LEAST: f64 = 1e-5;
const GREATEST: f64 = 1e5;

/// Holds positive parameters and the log-likelihood that they reach.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Optimum<const N: usize> {
    pub(crate) parameters: [f64; N],
    pub(crate) log_likelihood: f64,
}

/// What the simplex walks down: it takes logarithms, so that every parameter is positive.
struct Slope<'a, const N: usize>(&'a dyn Fn([f64; N]) -> f64);

impl<const N: usize> CostFunction for Slope<'_, N> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, logarithms: &Self::Param) -> Result<f64, Error> {
        let cost = -(self.0)(positive(logarithms));
        Ok(if cost.is_finite() { cost } else { f64::MAX })
    }
}

fn positive<const N: usize>(logarithms: &[f64]) -> [f64; N] {
    std::array::from_fn(|at| logarithms.get(at).copied().unwrap_or_default().exp())
}

/// Finds the positive parameters at which `log_likelihood` is greatest; none if they run away or the
/// search does not settle.
///
/// Nelder and Mead's simplex asks for no derivative, and is quick in so few dimensions.
pub(crate) fn greatest<const N: usize>(
    log_likelihood: impl Fn([f64; N]) -> f64,
) -> Option<Optimum<N>> {
    let mut best = vec![0.0; N];
    let mut before = f64::NEG_INFINITY;
    for _ in 0..SEARCHES {
        let solver = NelderMead::new(simplex(&best)).with_sd_tolerance(1e-9).ok()?;
        let search = Executor::new(Slope(&log_likelihood), solver);
        let found = search.configure(|state| state.max_iters(STEPS)).run().ok()?;
        best.clone_from(found.state().get_best_param()?);
        let reached = -found.state().get_best_cost();
        if (reached - before).abs() <= AGREEMENT * reached.abs() {
            let parameters = positive(&best);
            let is_known = |value: &f64| (LEAST..=GREATEST).contains(value);
            let is_known = reached.is_finite() && parameters.iter().all(is_known);
            return is_known.then_some(Optimum { parameters, log_likelihood: reached });
        }
        before = reached;
    }
    None
}

/// A point, and the points a step away from it along each axis.
fn simplex(start: &[f64]) -> Vec<Vec<f64>> {
    let beside = (0..start.len()).map(|axis| {
        let mut point = start.to_vec();
        point[axis] += 0.5;
        point
    });
    std::iter::once(start.to_vec()).chain(beside).collect()
}
