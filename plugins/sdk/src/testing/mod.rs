//! Runs a plugin under `cargo test`, without loading anything.
//!
//! A [`Kit`] calls the plugin as kehu does, through the same tables of functions, with the manifest's
//! default settings. It is strict: rows that were not written, sums that are not the sum of their
//! points, values without a reason, answers that depend on the other customers of a batch, and answers
//! that differ the second time are errors.
//!
//! The crate's front page has an example.

mod lend;

use std::ffi::c_void;
use std::sync::Arc;

use kehu_abi as abi;
use kehu_contract::{
    Case, ColumnData, ColumnType, Columns, Hook, MISSING_DAY, MISSING_FLAG, Manifest, Plan,
    PlanningProblem, Proposal, Step, TextBuilder, Value,
};
use serde_json::{Map, Value as Json};

use lend::{Desk, Input, Room, text};

/// Calls the steps of one plugin.
#[derive(Debug)]
pub struct Kit {
    entry: &'static abi::Entry,
    manifest: Manifest,
    settings: Map<String, Json>,
    as_of: i32,
    seed: u64,
}

/// The customers that a step sees.
#[derive(Debug, Clone)]
pub struct Customers {
    columns: Columns,
}

/// What a step gave.
#[derive(Debug, Clone)]
pub struct Scored {
    columns: Vec<(String, Vec<Value>, Reasons)>,
}

/// For each row the rules that held, each with its points and the arguments that the plugin wrote.
type Reasons = Vec<Vec<(String, f64, Vec<f64>)>>;

impl Kit {
    /// Makes a kit for a plugin.
    ///
    /// # Panics
    /// If its manifest or its rules are wrong.
    pub fn new(entry: &'static abi::Entry) -> Self {
        let manifest = text(&entry.manifest);
        let manifest = Manifest::parse("pack.toml", manifest).unwrap_or_else(|problems| {
            let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", said.join("\n"))
        });
        let settings = manifest.defaults();
        Self { entry, manifest, settings, as_of: 19_000, seed: 1 }
    }

    /// What the plugin says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Changes a setting.
    ///
    /// # Panics
    /// If the manifest declares none of that name.
    #[must_use]
    pub fn setting(mut self, name: &str, value: impl Into<Json>) -> Self {
        assert!(self.manifest.setting(name).is_some(), "there is no setting \"{name}\"");
        self.settings.insert(name.to_owned(), value.into());
        self
    }

    /// Changes the day as of which all is seen, counted from 1970-01-01.
    #[must_use]
    pub fn as_of(mut self, day: i32) -> Self {
        self.as_of = day;
        self
    }

    /// Changes the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Begins a list of customers. A needed column that it is not given is missing.
    pub fn customers(&self, rows: usize) -> Customers {
        Customers { columns: Columns::new(rows) }
    }

    /// Asks a step for its columns: fit first, if it has one.
    ///
    /// # Errors
    /// What the plugin said, or what it did wrong.
    pub fn score(&self, step: &str, customers: &Customers) -> Result<Scored, String> {
        let (step, table) = self.scorer(step)?;
        let state = match step.fit {
            Some(_) => self.fit(&step.name, customers)?,
            None => Vec::new(),
        };
        let instance = self.create(table.create, &state)?;
        let score = |columns: &Columns| self.score_with(instance, step, table, columns);
        let answer = score(&customers.columns).and_then(|scored| {
            let rows = customers.columns.rows();
            if !score(&customers.columns)?.is(&scored) {
                return Err("the second answer to the same call is another one".to_owned());
            }
            for row in 0..rows {
                if !score(&customers.columns.slice(row, row + 1))?.is(&scored.row(row)) {
                    return Err(format!("row {row} gets another answer when it is asked alone"));
                }
            }
            Ok(scored)
        });
        destroy(table.destroy, instance);
        answer
    }

    /// Asks a step for the state that it makes of the whole base.
    ///
    /// # Errors
    /// What the plugin said, or what it did wrong.
    #[expect(unsafe_code, reason = "the plugin's function is called")]
    pub fn fit(&self, step: &str, base: &Customers) -> Result<Vec<u8>, String> {
        let (step, table) = self.scorer(step)?;
        let fit = table.fit.ok_or("the plugin has no fit")?;
        let input = Input::new(step, &base.columns, false);
        let settings = self.settings_text();
        let desk = Desk::new(self.as_of, self.seed);
        // SAFETY: all that is passed lives until the call returns.
        let code = unsafe { fit(desk.call(), settings.as_ptr(), settings.len(), input.batch()) };
        let state = desk.finish(code)?;
        if state.len() > 64 * 1024 {
            return Err(format!("the state has {} bytes, at most 65536 are kept", state.len()));
        }
        Ok(state)
    }

    /// Asks a step for a plan.
    ///
    /// # Errors
    /// What the plugin said, or what it did wrong.
    #[expect(unsafe_code, reason = "the plugin's function is called")]
    pub fn plan(&self, step: &str, problem: &PlanningProblem) -> Result<Plan, String> {
        let table: &abi::Planner = self.table(step, Hook::PlanVisits, abi::PLANNER)?.1;
        let plan = table.plan.ok_or("the planner has no function plan")?;
        let instance = self.create(table.create, &[])?;
        let problem = serde_json::to_string(problem).map_err(|error| error.to_string())?;
        let desk = Desk::new(self.as_of, self.seed);
        // SAFETY: as above; the instance is the plugin's own.
        let code = unsafe { plan(instance, desk.call(), problem.as_ptr(), problem.len()) };
        let answer = desk.finish(code);
        destroy(table.destroy, instance);
        serde_json::from_slice(&answer?).map_err(|error| error.to_string())
    }

    /// Asks a step for proposals; `cases` has one for each customer.
    ///
    /// # Errors
    /// What the plugin said, or what it did wrong.
    #[expect(unsafe_code, reason = "the plugin's function is called")]
    pub fn follow_up(
        &self,
        step: &str,
        customers: &Customers,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, String> {
        let (step, table): (_, &abi::FollowUp) =
            self.table(step, Hook::FollowUp, abi::FOLLOW_UP)?;
        let follow_up = table.follow_up.ok_or("the step has no function follow_up")?;
        let instance = self.create(table.create, &[])?;
        let cases = serde_json::to_string(cases).map_err(|error| error.to_string())?;
        let input = Input::new(step, &customers.columns, true);
        let desk = Desk::new(self.as_of, self.seed);
        // SAFETY: as above.
        let code =
            unsafe { follow_up(instance, desk.call(), input.batch(), cases.as_ptr(), cases.len()) };
        let answer = desk.finish(code);
        destroy(table.destroy, instance);
        serde_json::from_slice(&answer?).map_err(|error| error.to_string())
    }

    #[expect(unsafe_code, reason = "the plugin's functions are called")]
    fn table<T>(&self, step: &str, hook: Hook, id: &str) -> Result<(&Step, &'static T), String> {
        let declared = self.manifest.steps.iter().find(|each| each.name == step);
        let declared = declared.ok_or_else(|| format!("pack.toml has no step \"{step}\""))?;
        let fits =
            declared.hook == hook || (hook == Hook::Score && declared.hook == Hook::VisitNeed);
        if !fits {
            return Err(format!("step \"{step}\" serves the hook {}", declared.hook.name()));
        }
        let get = self.entry.get_extension.ok_or("the entry has no get_extension")?;
        // SAFETY: both texts live until the call returns; what it returns is a static table.
        let table =
            unsafe { get(id.as_ptr(), id.len(), step.as_ptr(), step.len()).cast::<T>().as_ref() };
        let table = table.ok_or_else(|| format!("the plugin does not serve \"{step}\""))?;
        Ok((declared, table))
    }

    fn scorer(&self, step: &str) -> Result<(&Step, &'static abi::Scorer), String> {
        self.table(step, Hook::Score, abi::SCORER)
    }

    fn settings_text(&self) -> String {
        Json::Object(self.settings.clone()).to_string()
    }

    #[expect(unsafe_code, reason = "the plugin's function is called")]
    fn create(
        &self,
        create: Option<abi::CreateFunction>,
        state: &[u8],
    ) -> Result<*mut c_void, String> {
        let mut instance = std::ptr::null_mut();
        let Some(create) = create else { return Ok(instance) };
        let settings = self.settings_text();
        let desk = Desk::new(self.as_of, self.seed);
        // SAFETY: all that is passed lives until the call returns.
        let code = unsafe {
            create(
                desk.call(),
                settings.as_ptr(),
                settings.len(),
                state.as_ptr().cast(),
                state.len(),
                &raw mut instance,
            )
        };
        desk.finish(code).map(|_| instance)
    }

    #[expect(unsafe_code, reason = "the plugin's function is called")]
    fn score_with(
        &self,
        instance: *mut c_void,
        step: &Step,
        table: &abi::Scorer,
        columns: &Columns,
    ) -> Result<Scored, String> {
        let score = table.score.ok_or("the scorer has no function score")?;
        let input = Input::new(step, columns, true);
        let room =
            Room::new(self.entry, &self.manifest, step, table, &self.settings, columns.rows())?;
        let desk = Desk::new(self.as_of, self.seed);
        // SAFETY: as above; the room's buffers have a place for each row.
        let code = unsafe { score(instance, desk.call(), input.batch(), room.outcome()) };
        let texts = desk.texts();
        desk.finish(code)?;
        Ok(Scored { columns: room.read(&texts)? })
    }
}

#[expect(unsafe_code, reason = "the plugin's function is called")]
fn destroy(destroy: Option<abi::DestroyFunction>, instance: *mut c_void) {
    if let Some(destroy) = destroy {
        // SAFETY: the instance is the plugin's own and is not used again.
        unsafe { destroy(instance) }
    }
}

impl Customers {
    fn with(mut self, name: &str, kind: ColumnType, data: ColumnData) -> Self {
        self.columns.insert(name, kind, Arc::new(data));
        self
    }

    /// Adds a column of numbers or amounts, one for each customer.
    #[must_use]
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values = values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        self.with(name, ColumnType::Number, ColumnData::Number(values))
    }

    /// Adds a column of days.
    #[must_use]
    pub fn days(self, name: &str, values: impl IntoIterator<Item = Option<i32>>) -> Self {
        let values = values.into_iter().map(|value| value.unwrap_or(MISSING_DAY)).collect();
        self.with(name, ColumnType::Day, ColumnData::Day(values))
    }

    /// Adds a column of flags.
    #[must_use]
    pub fn flags(self, name: &str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        let values = values.into_iter().map(|value| value.map_or(MISSING_FLAG, u8::from)).collect();
        self.with(name, ColumnType::Flag, ColumnData::Flag(values))
    }

    /// Adds a column of labels or texts.
    #[must_use]
    pub fn texts<'t>(self, name: &str, values: impl IntoIterator<Item = Option<&'t str>>) -> Self {
        let mut builder = TextBuilder::default();
        values.into_iter().for_each(|value| builder.push(value));
        self.with(name, ColumnType::Text, builder.finish())
    }
}

impl Scored {
    /// True if both are the same to the last bit; a missing argument is one too.
    fn is(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }

    fn row(&self, row: usize) -> Self {
        let one = |(name, values, reasons): &(String, Vec<Value>, Reasons)| {
            (name.clone(), vec![values[row].clone()], vec![reasons[row].clone()])
        };
        Self { columns: self.columns.iter().map(one).collect() }
    }

    fn column(&self, name: &str) -> (&[Value], &Reasons) {
        let found = self.columns.iter().find(|(column, ..)| column == name);
        let Some((_, values, reasons)) = found else { panic!("there is no column \"{name}\"") };
        (values, reasons)
    }

    /// The values of a column.
    ///
    /// # Panics
    /// If the step gives none of that name.
    pub fn values(&self, name: &str) -> &[Value] {
        self.column(name).0
    }

    /// The values of a column of numbers or amounts; none where they are missing.
    ///
    /// # Panics
    /// If the step gives none of that name.
    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let number = |value: &Value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        };
        self.values(name).iter().map(number).collect()
    }

    /// The values of a column of labels or texts; none where they are missing.
    ///
    /// # Panics
    /// If the step gives none of that name.
    pub fn texts(&self, name: &str) -> Vec<Option<&str>> {
        fn text(value: &Value) -> Option<&str> {
            match value {
                Value::Text(text) => Some(text),
                _ => None,
            }
        }
        self.values(name).iter().map(text).collect()
    }

    /// The rules that held for a row, each with its points.
    ///
    /// # Panics
    /// If the step gives no such column, or there is no such row.
    pub fn reasons(&self, name: &str, row: usize) -> Vec<(&str, f64)> {
        let reasons = self.column(name).1[row].iter();
        reasons.map(|(rule, points, _)| (rule.as_str(), *points)).collect()
    }

    /// The arguments that the plugin wrote for a rule that held for a row.
    ///
    /// # Panics
    /// If the step gives no such column, or there is no such row.
    pub fn arguments(&self, name: &str, row: usize, rule: &str) -> Option<&[f64]> {
        let mut reasons = self.column(name).1[row].iter();
        reasons.find(|(held, ..)| held == rule).map(|(_, _, arguments)| arguments.as_slice())
    }
}
