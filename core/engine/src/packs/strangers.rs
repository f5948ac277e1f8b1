//! Settings that name values of a column, such as tiers, which the workspace calls otherwise.

use kehu_contract::{ColumnType, Manifest};
use serde_json::Value as Json;

use super::{EnabledPack, PackSet};

/// Names a setting that speaks of values which its column does not have here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// The pack whose setting it is.
    pub pack: String,
    /// The setting.
    pub setting: String,
    /// The values that it names.
    pub names: Vec<String>,
    /// The column whose values they should be.
    pub column: String,
    /// The values that the column has.
    pub known: Vec<String>,
}

/// The settings of the packs that are on, each of which names values and none that the column has.
///
/// A setting may name some that are not there, such as the tiers of another scheme, as long as one is.
pub fn strangers(packs: &PackSet) -> Vec<Stranger> {
    let mut found = Vec::new();
    for pack in packs.packs() {
        for setting in &pack.manifest().settings {
            let Some(column) = &setting.names else { continue };
            let known = values_of(packs, column);
            let names = pack.settings.get(&setting.name).map(names_in).unwrap_or_default();
            if known.is_empty() || names.is_empty() || names.iter().any(|name| known.contains(name))
            {
                continue;
            }
            let (pack, setting) = (pack.name().to_owned(), setting.name.clone());
            found.push(Stranger { pack, setting, names, column: column.clone(), known });
        }
    }
    found
}

/// The values of a label column, as the pack gives them that is on; none if no pack gives it.
fn values_of(packs: &PackSet, column: &str) -> Vec<String> {
    let gives = |pack: &EnabledPack| -> Option<Vec<String>> {
        let manifest: &Manifest = pack.manifest();
        let mut gives = manifest.steps.iter().flat_map(|step| &step.gives);
        let give =
            gives.find(|give| give.info.name == *column && give.info.kind == ColumnType::Label)?;
        let values = manifest.label_values(give, &pack.settings);
        Some(values.into_iter().map(|value| value.key).collect())
    };
    packs.packs().iter().find_map(gives).unwrap_or_default()
}

/// The values that a setting names: a text, texts, the names of a table, or the keys of labels.
fn names_in(value: &Json) -> Vec<String> {
    match value {
        Json::String(name) if !name.is_empty() => vec![name.clone()],
        Json::Array(values) => values.iter().flat_map(names_in).collect(),
        Json::Object(label) if label.contains_key("key") => {
            label.get("key").map(names_in).unwrap_or_default()
        }
        Json::Object(names) => names.keys().cloned().collect(),
        _ => Vec::new(),
    }
}
