//! What a step implements.

use kehu_contract::{Case, Plan, PlanningProblem, Proposal};

use crate::{Batch, Call, Context, Given, Output, Result};

/// Gives columns: the hooks `score` and `visit_need`.
///
/// One instance serves many batches. What a customer gets depends on its columns, the settings, the
/// state and the day, never on the other customers of a batch or on what was asked before.
pub trait Scorer: Sized + 'static {
    /// The columns that the step gives, in the order of `pack.toml`, each with its rules.
    const OUTPUTS: &'static [Output];

    /// Makes an instance for a run.
    ///
    /// # Errors
    /// What is wrong with the settings or the state.
    fn new(context: &Context<'_>) -> Result<Self>;

    /// Looks at the whole base and returns a state of at most 64 KiB, which [`Context::state`] then
    /// has. A state that is text is shown to people who look at a run.
    ///
    /// # Errors
    /// Why it could not be made.
    fn fit(context: &Context<'_>, base: &Batch<'_>) -> Result<Vec<u8>> {
        let _ = (context, base);
        Err("pack.toml names a fit, which the plugin does not have".into())
    }

    /// Gives the columns of a batch. Rows that are left out are missing.
    ///
    /// # Errors
    /// Why it could not be done; nothing of the batch then counts.
    fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result;
}

/// Plans visits: the hook `plan_visits`.
pub trait Planner: Sized + 'static {
    /// Makes an instance for a run.
    ///
    /// # Errors
    /// What is wrong with the settings.
    fn new(context: &Context<'_>) -> Result<Self>;

    /// Makes the plan of one rep. When [`Call::is_cancelled`], the best so far is wanted.
    ///
    /// # Errors
    /// Why there is none.
    fn plan(&mut self, problem: &PlanningProblem, call: &Call<'_>) -> Result<Plan>;
}

/// Proposes what to do next: the hook `follow_up`.
pub trait FollowUp: Sized + 'static {
    /// Makes an instance for a run.
    ///
    /// # Errors
    /// What is wrong with the settings.
    fn new(context: &Context<'_>) -> Result<Self>;

    /// Proposes what to do with the customers of a batch; `cases` has one for each row.
    ///
    /// # Errors
    /// Why it could not be done.
    fn follow_up(&mut self, batch: &Batch<'_>, cases: &[Case]) -> Result<Vec<Proposal>>;
}
