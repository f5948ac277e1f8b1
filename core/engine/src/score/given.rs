//! What the packs that are on give, before any run: for overrides and for help.

use kehu_contract::Hook;
use kehu_store::RunColumn;

use super::order::is_chosen;
use crate::packs::PackSet;
use crate::settings::Settings;

/// The columns that the packs give, in the packs' order, with the values of labels.
pub fn given_columns(packs: &PackSet, settings: &Settings) -> Vec<RunColumn> {
    let mut columns = Vec::new();
    for pack in packs.packs() {
        let manifest = pack.manifest();
        let steps = manifest.steps.iter();
        for step in steps.filter(|step| matches!(step.hook, Hook::Score | Hook::VisitNeed)) {
            let inputs: Vec<String> = step.inputs();
            for give in step.gives.iter().filter(|give| is_chosen(&manifest.name, give, settings)) {
                let values = manifest.label_values(give, &pack.settings);
                let (pack, step) = (&manifest.name, &step.name);
                columns.push(RunColumn::given(give, values, pack, step, inputs.clone()));
            }
        }
    }
    columns
}
