//! The order of the steps: each after those whose columns it needs.

use std::collections::BTreeMap;

use kehu_contract::{Give, Hook, Need, Step, did_you_mean};

use crate::features::Catalogue;
use crate::packs::{EnabledPack, PackSet};
use crate::settings::Settings;

/// Names one step of one pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepRef {
    /// The place of the pack among those that are on.
    pub pack: usize,
    /// The place of the step in the pack's manifest.
    pub step: usize,
}

/// Says why the steps have no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// A step needs what nobody gives.
    #[error("pack {pack}, step {step}, needs \"{column}\", which nobody gives; {hint}")]
    NobodyGives {
        /// The pack.
        pack: String,
        /// The step.
        step: String,
        /// The column.
        column: String,
        /// The nearest name, or all.
        hint: String,
        /// The packs that would give it, and are not on.
        offered_by: Vec<String>,
    },
    /// Two packs give the same column.
    #[error(
        "packs {first} and {second} both give \"{column}\"; say which in kehu.toml: [columns] {column} = \"{first}\""
    )]
    TwoGivers {
        /// The column.
        column: String,
        /// One pack.
        first: String,
        /// The other.
        second: String,
    },
    /// A pack gives a column by the name of a feature or a field.
    #[error(
        "pack {pack} gives \"{column}\", which is the name of a feature or a custom field; rename one of them"
    )]
    ShadowsFeature {
        /// The pack.
        pack: String,
        /// The column.
        column: String,
    },
    /// Several packs own a hook that has one owner.
    #[error("packs {} all answer {hook}, which has one owner; say which in kehu.toml: [hooks] {hook} = \"{}\"", packs.join(", "), packs[0])]
    ManyOwners {
        /// The hook.
        hook: &'static str,
        /// The packs.
        packs: Vec<String>,
    },
    /// Steps need one another.
    #[error("the steps need one another in a circle: {}", circle.join(" → "))]
    Circle {
        /// Each step as `pack.step`, the first one again at the end.
        circle: Vec<String>,
    },
}

/// Orders the steps that give columns.
///
/// Steps that do not depend on one another keep the order of `[packs] on` and of the manifests.
///
/// # Errors
/// Everything that is wrong with needs and gives.
pub fn order(
    packs: &PackSet,
    settings: &Settings,
    catalogue: &Catalogue,
) -> Result<Vec<StepRef>, Vec<OrderError>> {
    let steps = giving_steps(packs, settings)?;
    let givers = givers(packs, &steps, settings, catalogue)?;
    let known: Vec<&str> = catalogue
        .declared()
        .iter()
        .map(|each| each.info.name.as_str())
        .chain(givers.keys().map(String::as_str))
        .collect();
    let is_feature = |name: &str| catalogue.declared().iter().any(|each| each.info.name == name);
    let mut errors = Vec::new();
    let mut needed: BTreeMap<StepRef, Vec<StepRef>> = BTreeMap::new();
    for at in &steps {
        let (pack, step) = resolve(packs, *at);
        for Need { column, optional, .. } in &step.needs {
            match givers.get(column) {
                Some(giver) => needed.entry(*at).or_default().push(*giver),
                None if *optional || is_feature(column) => {}
                // An absent pack may be the one that gives it: then the run says so of this step.
                None if !packs.absent().is_empty() => {}
                None => errors.push(OrderError::NobodyGives {
                    pack: pack.name().to_owned(),
                    step: step.name.clone(),
                    column: column.clone(),
                    hint: did_you_mean(column, known.iter().copied()),
                    offered_by: packs.offers(column).to_vec(),
                }),
            }
        }
    }
    if errors.is_empty() { sort(packs, steps, &needed) } else { Err(errors) }
}

fn resolve(packs: &PackSet, at: StepRef) -> (&EnabledPack, &Step) {
    let pack = &packs.packs()[at.pack];
    (pack, &pack.manifest().steps[at.step])
}

/// All `score` steps, and those of the pack that owns `visit_need`.
fn giving_steps(packs: &PackSet, settings: &Settings) -> Result<Vec<StepRef>, Vec<OrderError>> {
    let owners: Vec<&str> = {
        let mut names: Vec<&str> = packs
            .answering(Hook::VisitNeed, settings)
            .iter()
            .map(|(pack, _)| pack.name())
            .collect();
        names.dedup();
        names
    };
    if owners.len() > 1 {
        let packs = owners.into_iter().map(str::to_owned).collect();
        return Err(vec![OrderError::ManyOwners { hook: Hook::VisitNeed.name(), packs }]);
    }
    let mut steps = Vec::new();
    for (pack, enabled) in packs.packs().iter().enumerate() {
        for (step, declared) in enabled.manifest().steps.iter().enumerate() {
            let gives = match declared.hook {
                Hook::Score => true,
                Hook::VisitNeed => owners.contains(&enabled.name()),
                _ => false,
            };
            if gives {
                steps.push(StepRef { pack, step });
            }
        }
    }
    Ok(steps)
}

/// True if a step's column is the one that counts, where several packs give it.
pub fn is_chosen(pack: &str, give: &Give, settings: &Settings) -> bool {
    settings.column_givers.get(&give.info.name).is_none_or(|chosen| chosen == pack)
}

fn givers(
    packs: &PackSet,
    steps: &[StepRef],
    settings: &Settings,
    catalogue: &Catalogue,
) -> Result<BTreeMap<String, StepRef>, Vec<OrderError>> {
    let mut givers: BTreeMap<String, StepRef> = BTreeMap::new();
    let mut errors = Vec::new();
    for at in steps {
        let (pack, step) = resolve(packs, *at);
        for give in step.gives.iter().filter(|give| is_chosen(pack.name(), give, settings)) {
            let column = give.info.name.clone();
            if catalogue.declared().iter().any(|each| each.info.name == column) {
                let pack = pack.name().to_owned();
                errors.push(OrderError::ShadowsFeature { pack, column });
            } else if let Some(other) = givers.insert(column.clone(), *at) {
                let first = resolve(packs, other).0.name().to_owned();
                let second = pack.name().to_owned();
                errors.push(OrderError::TwoGivers { column, first, second });
            }
        }
    }
    if errors.is_empty() { Ok(givers) } else { Err(errors) }
}

fn sort(
    packs: &PackSet,
    mut waiting: Vec<StepRef>,
    needed: &BTreeMap<StepRef, Vec<StepRef>>,
) -> Result<Vec<StepRef>, Vec<OrderError>> {
    let mut sorted: Vec<StepRef> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|at| {
            needed.get(at).is_none_or(|needs| needs.iter().all(|each| sorted.contains(each)))
        });
        match ready {
            Some(place) => sorted.push(waiting.remove(place)),
            None => {
                return Err(vec![OrderError::Circle { circle: circle(packs, &waiting, needed) }]);
            }
        }
    }
    Ok(sorted)
}

/// Follows the needs from a step that waits for ever until one comes again.
fn circle(
    packs: &PackSet,
    waiting: &[StepRef],
    needed: &BTreeMap<StepRef, Vec<StepRef>>,
) -> Vec<String> {
    let name = |at: StepRef| {
        let (pack, step) = resolve(packs, at);
        format!("{}.{}", pack.name(), step.name)
    };
    let mut path = vec![waiting[0]];
    loop {
        let last = path[path.len() - 1];
        let next = needed
            .get(&last)
            .and_then(|needs| needs.iter().find(|each| waiting.contains(each)))
            .copied();
        let Some(next) = next else { break };
        if let Some(start) = path.iter().position(|each| *each == next) {
            path.drain(..start);
            path.push(next);
            break;
        }
        path.push(next);
    }
    path.into_iter().map(name).collect()
}
