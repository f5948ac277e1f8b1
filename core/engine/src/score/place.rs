//! Packs that do not fit among the others are left out, and say why: the others run.

use kehu_contract::{Hook, Manifest, did_you_mean};

use super::given::given_columns;
use super::order::{OrderError, order};
use crate::features::Catalogue;
use crate::packs::PackSet;
use crate::settings::Settings;

/// Names a pack that cannot be placed among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The pack.
    pub pack: String,
    /// What is wrong, as what the pack does or is, without its name.
    pub what: String,
    /// What to do next.
    pub hint: String,
    /// The column that it is about, where it is about one.
    pub column: Option<String>,
    /// The packs that are in its way.
    pub with: Vec<String>,
}

/// Finds the packs whose features, needs or gives do not fit together with those of the others. Of two
/// that are in each other's way it is the one that stands later in `[packs] on`.
pub fn misfits(packs: &PackSet, settings: &Settings) -> Vec<Misfit> {
    let manifests: Vec<&Manifest> = packs.manifests();
    let mut misfits = Vec::new();
    match Catalogue::new(settings, &manifests) {
        Ok(catalogue) => {
            for error in order(packs, settings, &catalogue).err().unwrap_or_default() {
                misfits.extend(of_order(error));
            }
        }
        Err(errors) => misfits.extend(errors.into_iter().map(|error| Misfit {
            what: format!("declares the feature \"{}\": {}", error.feature, error.message),
            hint: format!("correct the features of pack {}", error.pack),
            pack: error.pack,
            column: None,
            with: Vec::new(),
        })),
    }
    misfits
}

/// Leaves out what does not fit: such a pack becomes an absent one.
pub fn placed(mut packs: PackSet, settings: &Settings) -> PackSet {
    leave_out(&mut packs, settings);
    packs
}

/// Finds all packs that would be left out, those too that show only once others are, and what else is needed
/// and not given.
pub fn all_misfits(packs: &PackSet, settings: &Settings) -> Vec<Misfit> {
    let mut all = leave_out(&mut packs.clone(), settings);
    for misfit in unmet(packs, settings) {
        let same = |known: &Misfit| known.pack == misfit.pack && known.column == misfit.column;
        if !all.iter().any(same) {
            all.push(misfit);
        }
    }
    all
}

/// Finds what steps of all hooks need and nobody gives, also where packs before them are left out. A pack that
/// gives no columns of a run, such as one of `follow_up`, is not left out: it cannot be asked at that hook.
fn unmet(packs: &PackSet, settings: &Settings) -> Vec<Misfit> {
    // An absent pack may be the one that gives it.
    let Ok(catalogue) = Catalogue::new(settings, &packs.manifests()) else { return Vec::new() };
    if !packs.absent().is_empty() {
        return Vec::new();
    }
    let given = given_columns(packs, settings);
    let features = catalogue.declared().iter().map(|declared| declared.info.name.as_str());
    let known: Vec<&str> =
        features.chain(given.iter().map(|column| column.info.name.as_str())).collect();
    let mut unmet = Vec::new();
    for pack in packs.packs() {
        for step in pack.manifest().steps.iter().filter(|step| step.hook != Hook::VisitNeed) {
            let needs = step.needs.iter().filter(|need| !need.optional);
            for need in needs.filter(|need| !known.contains(&need.column.as_str())) {
                unmet.extend(of_order(OrderError::NobodyGives {
                    pack: pack.name().to_owned(),
                    step: step.name.clone(),
                    column: need.column.clone(),
                    hint: did_you_mean(&need.column, known.iter().copied()),
                    offered_by: packs.offers(&need.column).to_vec(),
                }));
            }
        }
    }
    unmet
}

fn leave_out(packs: &mut PackSet, settings: &Settings) -> Vec<Misfit> {
    let mut all = Vec::new();
    loop {
        let found = misfits(packs, settings);
        if found.is_empty() {
            return all;
        }
        for Misfit { pack, what, hint, .. } in &found {
            packs.leave_out(pack, format!("it {what}\nhint: {hint}"));
        }
        all.extend(found);
    }
}

fn of_order(error: OrderError) -> Vec<Misfit> {
    let choose = |table: &str, key: &str, pack: &str| {
        format!("say which counts in kehu.toml: [{table}] {key} = \"{pack}\"")
    };
    match error {
        OrderError::NobodyGives { pack, step, column, hint, offered_by } => {
            let (what, hint) = match offered_by.as_slice() {
                [] => (
                    format!("needs \"{column}\", which nobody gives (step {step}); {hint}"),
                    format!(
                        "turn on the pack that gives it, or write \"{column}?\" where it may be missing"
                    ),
                ),
                offered => (
                    format!("needs \"{column}\", which nobody gives (step {step})"),
                    format!(
                        "name the pack that gives it in [packs] on of kehu.toml: {}",
                        offered.join(", or ")
                    ),
                ),
            };
            vec![Misfit { pack, what, hint, column: Some(column), with: Vec::new() }]
        }
        OrderError::TwoGivers { column, first, second } => {
            let hint = choose("columns", &column, &first);
            let what = format!("gives \"{column}\", which pack {first} gives");
            vec![Misfit { pack: second, what, hint, column: Some(column), with: vec![first] }]
        }
        OrderError::ShadowsFeature { pack, column } => {
            let what =
                format!("gives \"{column}\", which is the name of a feature or a custom field");
            let hint = "rename one of them".to_owned();
            vec![Misfit { pack, what, hint, column: Some(column), with: Vec::new() }]
        }
        OrderError::ManyOwners { hook, packs } => {
            let Some((first, others)) = packs.split_first() else { return Vec::new() };
            let misfit = |pack: &String| Misfit {
                pack: pack.clone(),
                what: format!(
                    "answers {hook}, which pack {first} answers, and which has one owner"
                ),
                hint: choose("hooks", hook, first),
                column: None,
                with: vec![first.clone()],
            };
            others.iter().map(misfit).collect()
        }
        OrderError::Circle { circle } => of_circle(&circle),
    }
}

fn of_circle(circle: &[String]) -> Vec<Misfit> {
    let mut packs: Vec<String> =
        circle.iter().filter_map(|step| Some(step.split_once('.')?.0.to_owned())).collect();
    packs.sort();
    packs.dedup();
    let misfit = |pack: &String| Misfit {
        pack: pack.clone(),
        what: format!("has steps that need one another in a circle: {}", circle.join(" → ")),
        hint: "let one of them need less".to_owned(),
        column: None,
        with: packs.iter().filter(|other| *other != pack).cloned().collect(),
    };
    packs.iter().map(misfit).collect()
}
