//! Reports that a pack brings: what they are called, and what may be asked of them.

use crate::document::Table;
use crate::{Text, did_you_mean, is_name};

/// The folder of a pack that its reports lie in, each as `NAME.lua`.
pub const REPORTS: &str = "reports";

/// Names what a report can be asked for beside its name and the day as of which all is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportOption {
    /// One rep alone.
    Rep,
    /// The first day that counts.
    From,
    /// The last day that counts.
    To,
    /// Words of its own.
    Words,
}

impl ReportOption {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rep, Self::From, Self::To, Self::Words];

    /// The word for it in `pack.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::From => "from",
            Self::To => "to",
            Self::Words => "words",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|option| option.name() == word)
    }
}

/// Declares a report of a pack: its script is `reports/NAME.lua` in the pack's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name, in kebab-case.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// What it shows, in a sentence.
    pub doc: Text,
    /// What it can be asked for.
    pub takes: Vec<ReportOption>,
    /// True if it sees the records as of today, where no day is named; else as of the latest run.
    pub of_today: bool,
}

impl Report {
    /// The path of its script in the pack.
    pub fn path(&self) -> String {
        format!("{REPORTS}/{}.lua", self.name)
    }
}

/// True for a name in kebab-case: names with `-` between.
pub(crate) fn is_kebab(text: &str) -> bool {
    text.split('-').all(|part| is_name(part) && !part.contains('_'))
}

/// Reads the reports of a manifest.
pub(crate) fn read(table: &Table<'_>) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for entry in table.tables("report") {
        let Some(report) = read_one(&entry) else { continue };
        if reports.iter().any(|other| other.name == report.name) {
            let message = format!("two reports are called \"{}\"", report.name);
            table.problem(entry.place(), message, Some("give one another name".to_owned()));
        }
        reports.push(report);
    }
    reports
}

fn read_one(table: &Table<'_>) -> Option<Report> {
    let name = table.required_text("name");
    if let (Some(name), Some(item)) = (&name, table.item("name"))
        && !is_kebab(name)
    {
        let message = format!("report name \"{name}\" is not in kebab-case");
        let hint = "write lower-case letters and digits, with - between words".to_owned();
        table.problem(&item.place, message, Some(hint));
    }
    let title = table.bilingual("title");
    let doc = table.bilingual("doc").unwrap_or_default();
    let mut takes = Vec::new();
    for word in table.texts("takes").unwrap_or_default() {
        match ReportOption::parse(&word) {
            Some(option) => takes.push(option),
            None => {
                let place = table.item("takes").map_or(table.place(), |item| &item.place);
                let hint = did_you_mean(&word, ReportOption::ALL.map(ReportOption::name));
                table.problem(place, format!("no report takes \"{word}\""), Some(hint));
            }
        }
    }
    let as_of = |word: &str| match word {
        "today" => Some(true),
        "run" => Some(false),
        _ => None,
    };
    let of_today = table.choice("as_of", &["run", "today"], as_of).unwrap_or_default();
    table.finish();
    let name = name?;
    let title = title.unwrap_or_else(|| Text::new(name.clone(), ""));
    Some(Report { name, title, doc, takes, of_today })
}
