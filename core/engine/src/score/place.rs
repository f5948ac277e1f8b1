//! Packs that do not fit among the others are left out, and say why: the others run.

use kehu_contract::Manifest;

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
        })),
    }
    misfits
}

/// Leaves out what does not fit: such a pack becomes an absent one.
pub fn placed(mut packs: PackSet, settings: &Settings) -> PackSet {
    loop {
        let misfits = misfits(&packs, settings);
        if misfits.is_empty() {
            return packs;
        }
        for Misfit { pack, what, hint } in misfits {
            packs.leave_out(&pack, format!("it {what}\nhint: {hint}"));
        }
    }
}

fn of_order(error: OrderError) -> Vec<Misfit> {
    let choose = |table: &str, key: &str, pack: &str| {
        format!("say which counts in kehu.toml: [{table}] {key} = \"{pack}\"")
    };
    let misfit = |pack: String, what: String, hint: String| vec![Misfit { pack, what, hint }];
    match error {
        OrderError::NobodyGives { pack, step, column, hint } => {
            let what = format!("needs \"{column}\", which nobody gives (step {step}); {hint}");
            let hint = format!(
                "turn on the pack that gives it, or write \"{column}?\" where it may be missing"
            );
            misfit(pack, what, hint)
        }
        OrderError::TwoGivers { column, first, second } => {
            let hint = choose("columns", &column, &first);
            misfit(second, format!("gives \"{column}\", which pack {first} gives"), hint)
        }
        OrderError::ShadowsFeature { pack, column } => {
            let what =
                format!("gives \"{column}\", which is the name of a feature or a custom field");
            misfit(pack, what, "rename one of them".to_owned())
        }
        OrderError::ManyOwners { hook, packs } => {
            let Some((first, others)) = packs.split_first() else { return Vec::new() };
            let misfit = |pack: &String| Misfit {
                pack: pack.clone(),
                what: format!(
                    "answers {hook}, which pack {first} answers, and which has one owner"
                ),
                hint: choose("hooks", hook, first),
            };
            others.iter().map(misfit).collect()
        }
        OrderError::Circle { circle } => {
            let mut packs: Vec<String> =
                circle.iter().filter_map(|step| Some(step.split_once('.')?.0.to_owned())).collect();
            packs.sort();
            packs.dedup();
            let misfit = |pack: String| Misfit {
                pack,
                what: format!(
                    "has steps that need one another in a circle: {}",
                    circle.join(" → ")
                ),
                hint: "let one of them need less".to_owned(),
            };
            packs.into_iter().map(misfit).collect()
        }
    }
}
