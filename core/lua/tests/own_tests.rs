//! Every shipped pack's own tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use kehu_contract::Origin;
use kehu_lua::PackFiles;
use kehu_lua::testing::{Options, Outcome, Suite};

/// The files of a shipped pack, if it has tests.
fn with_tests(folder: &Path) -> Option<PackFiles> {
    let names = ["pack.toml", "main.lua", "tests.lua"];
    let files = names.map(|name| {
        let text = std::fs::read(folder.join(name)).ok()?;
        Some((name.to_owned(), Cow::Owned(text)))
    });
    let dir = format!("scripts/{}", folder.file_name()?.to_str()?);
    let files = files.into_iter().collect::<Option<Vec<_>>>()?;
    Some(PackFiles { origin: Origin::Shipped, dir, files })
}

#[test]
fn every_shipped_pack_passes_its_own_tests() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let folders = std::fs::read_dir(scripts).unwrap().map(|entry| entry.unwrap().path());
    let mut told = String::new();
    for files in folders.filter_map(|folder| with_tests(&folder)) {
        let dir = files.dir.clone();
        let suite = Suite::new(files, false).unwrap_or_else(|refused| panic!("{refused:#?}"));
        let options = Options { kinds: BTreeMap::new(), ..Options::default() };
        let report = suite.run(&options).unwrap_or_else(|error| panic!("{error}"));
        assert!(!report.tests.is_empty(), "{dir} has tests");
        for test in report.tests {
            if let Outcome::Failed(failure) = test.outcome {
                told += &format!("{dir}: {:?}: {}\n", test.path, failure.error);
                for line in failure.differences {
                    told += &format!("  {line}\n");
                }
                if let Some(error) = failure.pack {
                    told += &format!("  {error}\n");
                }
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}
