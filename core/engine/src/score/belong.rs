//! Which tests belong to which column.
//!
//! A pack declares its rules for all its steps together, and a script alone says which of them it asks
//! for which column. What a run shows is sound: a rule belongs to a column for which it fired for any
//! customer of the run. One that fired for nobody belongs to a column only if no other column of the pack
//! can have it: the only one whose step reads the rule's input and, for a rule with points, that is a
//! number. What is left is claimed for no column.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{ColumnType, Rule};
use kehu_store::{Result, RunColumn, RunPack};

use super::view::RunView;

/// Finds the rules of a pack's columns, by their places in the pack's table.
pub(super) struct Belonging(BTreeMap<String, BTreeSet<u16>>);

impl Belonging {
    /// Looks at the reasons of all customers for the columns of a pack.
    pub(super) fn of(run: &RunView<'_>, pack: &RunPack) -> Result<Self> {
        let columns: Vec<&RunColumn> = run.header().columns.iter().filter(given_by(pack)).collect();
        let mut rules = BTreeMap::new();
        for column in &columns {
            rules.insert(column.info.name.clone(), fired(run, &column.info.name)?);
        }
        let fired: BTreeSet<u16> = rules.values().flatten().copied().collect();
        for (at, rule) in (0_u16..).zip(&pack.rules) {
            if !fired.contains(&at)
                && let Some(column) = only_one(&columns, rule)
            {
                rules.entry(column.to_owned()).or_default().insert(at);
            }
        }
        Ok(Self(rules))
    }

    /// True if a rule belongs to a column.
    pub(super) fn holds(&self, column: &str, rule: u16) -> bool {
        self.0.get(column).is_some_and(|rules| rules.contains(&rule))
    }
}

fn given_by(pack: &RunPack) -> impl Fn(&&RunColumn) -> bool {
    |column| column.given_by.as_ref().is_some_and(|(name, _)| *name == pack.name)
}

/// The rules that fired for a column for any customer.
fn fired(run: &RunView<'_>, column: &str) -> Result<BTreeSet<u16>> {
    let mut fired = BTreeSet::new();
    for batch in 0..run.batches() {
        let reasons = run.reasons(column, batch)?;
        fired.extend(reasons.iter().flat_map(|each| &each.entries).map(|reason| reason.rule));
    }
    Ok(fired)
}

/// The only column that can have a rule, if there is only one.
fn only_one<'a>(columns: &[&'a RunColumn], rule: &Rule) -> Option<&'a str> {
    let input = rule.input.as_ref()?;
    let mut able = columns.iter().filter(|column| {
        column.inputs.iter().any(|name| reads(name, input))
            && (rule.points.is_none() || is_sum(column.info.kind))
    });
    able.next().filter(|_| able.next().is_none()).map(|column| column.info.name.as_str())
}

fn is_sum(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Number | ColumnType::Money)
}

/// True if a rule's input is a column that the step reads, or that column's rank.
pub(super) fn reads(column: &str, input: &str) -> bool {
    input == column || input.strip_suffix("_rank") == Some(column)
}
