//! Which lines of a pack ran.

use std::collections::BTreeMap;

use mlua::Function;

/// Says which lines of a script ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCoverage {
    /// The file, as messages show it.
    pub file: String,
    /// The lines that hold code, each with how often it ran.
    pub lines: Vec<(u32, u64)>,
}

impl FileCoverage {
    /// How many lines ran.
    pub fn covered(&self) -> usize {
        self.lines.iter().filter(|(_, hits)| *hits > 0).count()
    }

    /// The lines that did not run, as ranges; lines without code between two of them join them.
    pub fn uncovered(&self) -> Vec<(u32, u32)> {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        let mut within = false;
        for (line, hits) in &self.lines {
            match ranges.last_mut() {
                Some(last) if *hits == 0 && within => last.1 = *line,
                _ if *hits == 0 => ranges.push((*line, *line)),
                _ => {}
            }
            within = *hits == 0;
        }
        ranges
    }
}

/// Gathers the lines that ran, over all instances of a pack.
#[derive(Debug, Default)]
pub(super) struct Counter(BTreeMap<String, BTreeMap<u32, u64>>);

impl Counter {
    /// Adds what a loaded script and the functions in it have done since it was loaded.
    pub(super) fn add(&mut self, path: &str, script: &Function) {
        // A line may belong to several functions; what ran at all counts.
        let mut lines: BTreeMap<u32, u64> = BTreeMap::new();
        script.coverage(|info| {
            for (line, hits) in (0_u32..).zip(&info.hits) {
                if let Ok(hits) = u64::try_from(*hits) {
                    let line = lines.entry(line).or_default();
                    *line = (*line).max(hits);
                }
            }
        });
        let sums = self.0.entry(path.to_owned()).or_default();
        for (line, hits) in lines {
            *sums.entry(line).or_default() += hits;
        }
    }

    /// The lines of all files in the order of their names.
    pub(super) fn finish(self, shown: impl Fn(&str) -> String) -> Vec<FileCoverage> {
        // Scripts that were not compiled to be counted have no lines.
        let files = self.0.into_iter().filter(|(_, lines)| !lines.is_empty());
        files
            .map(|(path, lines)| FileCoverage {
                file: shown(&path),
                lines: lines.into_iter().collect(),
            })
            .collect()
    }
}
