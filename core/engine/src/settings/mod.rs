//! The settings of a workspace: what `kehu.toml` says, over what it extends, over the defaults.

mod declarations;
mod limits;
mod vocabulary;

use std::collections::BTreeMap;

use kehu_contract::document::{Document, Item, ItemValue, Place, Problem, Problems, Table};
use kehu_contract::{Hook, Language, Limits, Text, did_you_mean};
use kehu_domain::{Currency, Day, Entity, Field, Kind, Pipeline, Stage};

pub use declarations::{WITH_FIELDS, ranged, read_fields, read_kinds, read_pipelines};

/// The name of the file of defaults, as places show it.
const BUILT_IN: &str = "(default)";
const DEFAULTS: &str = include_str!("defaults.toml");

/// Says in which time zone the workspace's days are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeZone {
    /// The machine's.
    Local,
    /// A fixed offset from UTC, in seconds to the east.
    Offset(i32),
}

/// Holds how a rep's days are planned where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planning {
    /// Working hours a day.
    pub hours_a_day: f64,
    /// The most visits a day.
    pub visits_a_day: i32,
    /// The speed of travel.
    pub kilometres_an_hour: f64,
    /// What each way takes beside its length, in minutes.
    pub minutes_a_way: f64,
    /// The share of working time kept for finding new customers, 0 to 1.
    pub prospecting_share: f64,
}

/// Holds how the day's list is laid out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorklistSettings {
    /// The groups in their order; none leaves it to the packs.
    pub order: Vec<String>,
    /// The groups that are listed even where the day is full.
    pub always: Vec<String>,
    /// The minutes that each channel or kind of interaction takes; `other` and `note` stand for those that are not
    /// named, as they reach the customer or not.
    pub minutes: BTreeMap<String, f64>,
}

/// Says what becomes of the customers around one at which a native plugin crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnCrash {
    /// The plugin is switched off for the run, and the customer is named.
    #[default]
    Stop,
    /// The customer is left out and named, and the others are scored.
    SkipRows,
}

/// Holds how one native plugin is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PluginSettings {
    /// What becomes of a run in which it crashes.
    pub on_crash: OnCrash,
    /// True if it runs within this process: a little faster, and able to take everything down.
    pub in_process: bool,
}

/// Holds everything that a workspace sets, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What people call the workspace.
    pub name: String,
    /// The language that it speaks where the user says nothing.
    pub language: Language,
    /// Its one currency.
    pub currency: Currency,
    /// The zone of its days.
    pub time_zone: TimeZone,
    /// Whose public holidays count: `CN` or `none`.
    pub country: String,
    /// The moment at which the command runs: a day where the workspace is, and the minute of it. Nobody
    /// sets it in a file.
    pub now: Option<(Day, u16)>,
    /// The packs that run.
    pub packs_on: Vec<String>,
    /// What is set for each pack, unchecked: the pack's own schema does that.
    pub pack_settings: BTreeMap<String, Item>,
    /// Which pack gives a column that several could give.
    pub column_givers: BTreeMap<String, String>,
    /// Which packs answer a hook, in order; for a hook with one owner, that one.
    pub hook_packs: BTreeMap<Hook, Vec<String>>,
    /// How native plugins are run, where the workspace says something of one.
    pub plugins: BTreeMap<String, PluginSettings>,
    /// How much a pack may use where nothing is said of it alone.
    pub limits: Limits,
    /// How much single packs may use.
    pub pack_limits: BTreeMap<String, Limits>,
    /// How many runs are kept whole.
    pub keep_runs: usize,
    /// How days are planned.
    pub planning: Planning,
    /// How the day's list is laid out.
    pub worklist: WorklistSettings,
    /// The words for facts of the core: `mood`, `channel`, `outcome`, `source`.
    pub choices: BTreeMap<String, Vec<(String, Text)>>,
    /// The kinds of interaction.
    pub kinds: Vec<Kind>,
    /// The ways that deals go.
    pub pipelines: Vec<Pipeline>,
    /// Custom fields.
    pub fields: Vec<(Entity, Field)>,
    document: Document,
}

/// The minutes of a day.
const MINUTES: u16 = 1_440;

impl Settings {
    /// The minute at which a day is seen: that of the command for its own day, else the day's end.
    pub fn minute_of(&self, as_of: Day) -> i32 {
        i32::from(self.now_on(as_of).unwrap_or(MINUTES))
    }

    /// The minute at which the command runs, if it runs on that day.
    pub fn now_on(&self, day: Day) -> Option<u16> {
        self.now.filter(|(today, _)| *today == day).map(|(_, minute)| minute)
    }

    /// The hours from a moment to the one at which a day is seen, at least 0. What has no time of day
    /// happened before the end of its day.
    pub fn hours_until(&self, as_of: Day, happened: Day, minute: Option<u16>) -> f64 {
        let now = as_of.number() * i32::from(MINUTES) + self.minute_of(as_of);
        let then = happened.number() * i32::from(MINUTES) + i32::from(minute.unwrap_or(MINUTES));
        f64::from((now - then).max(0)) / 60.0
    }

    /// Reads the settings from their files: first the one that lies lowest (what is extended), last
    /// the workspace's own. Each is a file's name for messages, and its text.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the files.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut document = Document::parse(BUILT_IN, DEFAULTS).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        for (file, text) in files {
            match Document::parse(file, text) {
                Ok(layer) => document.overlay(layer),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let found = Problems::default();
        let settings = read(&document.table(&found));
        let found = found.take();
        match settings {
            Some(settings) if found.is_empty() => Ok(Self { document, ..settings }),
            _ => Err(found),
        }
    }

    /// Every value with the place that sets it, for `config show`.
    pub fn values(&self) -> Vec<(String, serde_json::Value, String)> {
        self.document
            .leaves()
            .into_iter()
            .map(|(path, item)| {
                let Place { file, line, .. } = &item.place;
                // The defaults lie in no file that anybody could open.
                let is_file = **file != *BUILT_IN;
                let place = if is_file { format!("{file}:{line}") } else { file.to_string() };
                (path, item.to_json(), place)
            })
            .collect()
    }

    /// Where the files first name a pack: in `[packs]`, `[columns]`, `[hooks]` or by its settings.
    pub fn first_named(&self, pack: &str) -> Option<&Place> {
        let is_list = |path: &str| {
            (path == "packs.on" && self.packs_on.iter().any(|on| on == pack))
                || path.starts_with("columns.")
                || path.starts_with("hooks.")
        };
        let leaves = self.document.leaves().into_iter().filter(|(path, _)| is_list(path));
        let items =
            leaves.flat_map(|(_, item)| item.as_list().unwrap_or(std::slice::from_ref(item)));
        let named = items.into_iter().find(|item| item.as_text() == Some(pack));
        named.or_else(|| self.pack_settings.get(pack)).map(|item| &item.place)
    }

    /// How much a pack may use.
    pub fn limits_of(&self, pack: &str) -> Limits {
        self.pack_limits.get(pack).copied().unwrap_or(self.limits)
    }

    /// The kind of a name.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// What people call the word for a fact of the core; empty where nobody says.
    pub fn word(&self, key: &str, language: Language) -> &str {
        let mut words = self.choices.values().flatten();
        words.find(|(each, _)| each == key).map_or("", |(_, title)| title.get(language))
    }

    /// The pipeline of a name.
    pub fn pipeline(&self, name: &str) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.name == name)
    }

    /// The stage of a name in a pipeline of a name.
    pub fn stage(&self, pipeline: &str, stage: &str) -> Option<&Stage> {
        self.pipeline(pipeline)?.stage(stage)
    }

    /// The custom fields of a sort of record.
    pub fn fields_of(&self, entity: Entity) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |(of, _)| *of == entity).map(|(_, field)| field)
    }

    /// The custom field of a name.
    pub fn field(&self, entity: Entity, name: &str) -> Option<&Field> {
        self.fields_of(entity).find(|field| field.name == name)
    }
}

/// Reads every table before it looks at what is missing, so that all mistakes are told at once.
fn read(table: &Table<'_>) -> Option<Settings> {
    table.item("extends");
    let name = table.text("name").unwrap_or_default();
    let language = table.choice("language", &["en", "zh"], Language::parse);
    let time_zone = read_time_zone(table);
    let currency = table.table("currency").and_then(|table| read_currency(&table));
    let country = table.table("calendar").and_then(|table| read_country(&table));
    let packs_on = table.table("packs").map(|packs| read_packs_on(&packs));
    let (limits, pack_limits) = table.table("limits").map(|table| limits::read(&table)).unzip();
    let keep_runs = table.table("runs").and_then(|runs| {
        let keep = ranged(&runs, "keep", 1.0, 1_000.0);
        runs.finish();
        keep
    });
    let planning = table.table("planning").and_then(|table| read_planning(&table));
    let worklist = table.table("worklist").map(|worklist| read_worklist(&worklist));
    let choices = table.table("choices").map(|table| read_choices(&table)).unwrap_or_default();
    let pack_settings = read_pack_settings(table);
    let (column_givers, hook_packs) = (read_column_givers(table), read_hook_packs(table));
    let plugins = read_plugins(table);
    let (kinds, pipelines, fields) = (read_kinds(table), read_pipelines(table), read_fields(table));
    table.finish();
    Some(Settings {
        name,
        language: language.unwrap_or_default(),
        currency: currency?,
        time_zone: time_zone?,
        country: country?,
        now: None,
        packs_on: packs_on?,
        pack_settings,
        column_givers,
        hook_packs,
        plugins,
        limits: limits?,
        pack_limits: pack_limits?,
        keep_runs: keep_runs? as usize,
        planning: planning?,
        worklist: worklist.unwrap_or_default(),
        choices,
        kinds,
        pipelines,
        fields,
        document: Document::default(),
    })
}

fn read_worklist(worklist: &Table<'_>) -> WorklistSettings {
    let order = worklist.texts("order").unwrap_or_default();
    let always = worklist.texts("always").unwrap_or_default();
    let minutes = worklist.table("minutes").map(|minutes| {
        let names: Vec<&str> = minutes.entries().map(|(name, ..)| name).collect();
        let of = |name: &str| Some((name.to_owned(), ranged(&minutes, name, 0.0, 1_440.0)?));
        names.into_iter().filter_map(of).collect()
    });
    worklist.finish();
    WorklistSettings { order, always, minutes: minutes.unwrap_or_default() }
}

fn read_packs_on(packs: &Table<'_>) -> Vec<String> {
    let on = packs.texts("on").unwrap_or_default();
    for (name, place, item) in packs.entries() {
        if name != "on" && matches!(item.value, ItemValue::Table(_)) {
            let hint = format!("the settings of a pack stand under [settings.{name}]");
            packs.problem(place, format!("unknown key \"{name}\" in [packs]"), Some(hint));
        } else if name != "on" {
            let hint = did_you_mean(name, ["on"]);
            packs.problem(place, format!("unknown key \"{name}\" in [packs]"), Some(hint));
        }
    }
    on
}

fn read_choices(table: &Table<'_>) -> BTreeMap<String, Vec<(String, Text)>> {
    let facts = ["mood", "channel", "outcome", "source"];
    let choices = facts.map(|fact| (fact.to_owned(), table.choices(fact)));
    table.finish();
    choices.into()
}

fn read_country(calendar: &Table<'_>) -> Option<String> {
    let country = calendar.choice("country", &["CN", "none"], |word| {
        ["CN", "none"].contains(&word).then(|| word.to_owned())
    });
    calendar.finish();
    country
}

fn read_plugins(table: &Table<'_>) -> BTreeMap<String, PluginSettings> {
    let Some(plugins) = table.table("plugins") else {
        return BTreeMap::new();
    };
    let read = |entry: &Table<'_>| {
        let words = ["stop", "skip-rows"];
        let on_crash = entry.choice("on_crash", &words, |word| match word {
            "stop" => Some(OnCrash::Stop),
            "skip-rows" => Some(OnCrash::SkipRows),
            _ => None,
        });
        let in_process = entry.flag("in_process").unwrap_or(false);
        entry.finish();
        PluginSettings { on_crash: on_crash.unwrap_or_default(), in_process }
    };
    let entries = plugins.subtables();
    let entries = entries.into_iter().map(|(name, entry)| (name.to_owned(), read(&entry)));
    let entries = entries.collect();
    plugins.finish();
    entries
}

fn read_time_zone(table: &Table<'_>) -> Option<TimeZone> {
    let text = table.text("time_zone")?;
    if text == "local" {
        return Some(TimeZone::Local);
    }
    let parsed = parse_offset(&text);
    if parsed.is_none() {
        let hint = "write \"local\", or an offset from UTC such as \"+08:00\"".to_owned();
        let message = format!("\"{text}\" is no time zone");
        table.problem(&table.item("time_zone")?.place, message, Some(hint));
    }
    parsed.map(TimeZone::Offset)
}

fn parse_offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
    let (hours, minutes) = (i32::from(number(hours)?), i32::from(number(minutes)?));
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn read_currency(table: &Table<'_>) -> Option<Currency> {
    let code = table.required_text("code");
    let scale = ranged(table, "scale", 0.0, 4.0);
    table.finish();
    let code = code?;
    let currency = Currency::new(&code, scale? as u32);
    if currency.is_none() {
        let hint = "write its three capital letters, such as \"CNY\"".to_owned();
        let message = format!("\"{code}\" is no currency code");
        table.problem(&table.item("code")?.place, message, Some(hint));
    }
    currency
}

fn read_pack_settings(table: &Table<'_>) -> BTreeMap<String, Item> {
    let Some(settings) = table.table("settings") else {
        return BTreeMap::new();
    };
    let tables: Vec<_> = settings.subtables().into_iter().map(|(name, _)| name).collect();
    settings
        .entries()
        .filter(|(name, ..)| tables.contains(name))
        .map(|(name, _, item)| (name.to_owned(), item.clone()))
        .collect()
}

fn read_column_givers(table: &Table<'_>) -> BTreeMap<String, String> {
    let Some(columns) = table.table("columns") else {
        return BTreeMap::new();
    };
    let names: Vec<&str> = columns.entries().map(|(name, ..)| name).collect();
    names.into_iter().filter_map(|name| Some((name.to_owned(), columns.text(name)?))).collect()
}

fn read_hook_packs(table: &Table<'_>) -> BTreeMap<Hook, Vec<String>> {
    let Some(hooks) = table.table("hooks") else {
        return BTreeMap::new();
    };
    let mut packs = BTreeMap::new();
    for hook in Hook::ALL {
        let Some(names) = hooks.texts(hook.name()) else { continue };
        if hook.has_one_owner()
            && names.len() != 1
            && let Some(item) = hooks.item(hook.name())
        {
            let message = format!("{} has one owner", hook.name());
            hooks.problem(&item.place, message, Some("name one pack".to_owned()));
        }
        packs.insert(hook, names);
    }
    hooks.finish();
    packs
}

fn read_planning(table: &Table<'_>) -> Option<Planning> {
    let hours_a_day = ranged(table, "hours_a_day", 0.5, 24.0);
    let visits_a_day = ranged(table, "visits_a_day", 1.0, 100.0);
    let kilometres_an_hour = ranged(table, "kilometres_an_hour", 1.0, 500.0);
    let minutes_a_way = ranged(table, "minutes_a_way", 0.0, 600.0);
    let prospecting_share = ranged(table, "prospecting_share", 0.0, 0.9);
    table.finish();
    Some(Planning {
        hours_a_day: hours_a_day?,
        visits_a_day: visits_a_day? as i32,
        kilometres_an_hour: kilometres_an_hour?,
        minutes_a_way: minutes_a_way?,
        prospecting_share: prospecting_share?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        Settings::read(&[("kehu.toml", text)])
            .err()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn an_empty_file_is_a_workspace_with_the_defaults() {
        let settings = Settings::read(&[("kehu.toml", "")]).unwrap();
        assert_eq!(settings.currency.code(), "CNY");
        assert_eq!(settings.limits, Limits::default());
        assert!(settings.kind("complaint").unwrap().closing.contains(&"resolved".to_owned()));
        assert_eq!(settings.stage("sales", "signed").unwrap().role, kehu_domain::StageRole::Won);
    }

    #[test]
    fn a_slip_names_its_line_and_the_nearest_name() {
        assert_eq!(
            problems("language = \"zh\"\n\n[calender]\ncountry = \"CN\"\n"),
            [
                "kehu.toml:3:2: unknown key \"calender\"\n  3 | [calender]\nhint: did you mean \"calendar\"?"
            ]
        );
        assert_eq!(
            problems("[packs.silence]\nsilent_after = 30\n"),
            [
                "kehu.toml:1:8: unknown key \"silence\" in [packs]\n  1 | [packs.silence]\nhint: the settings of a pack stand under [settings.silence]"
            ]
        );
        let told = problems("colour = 1\ntime_zone = \"8\"\n[planning]\nvisits_a_day = 0\n");
        assert_eq!(told.len(), 3, "all mistakes are told at once: {told:?}");
        let one = Settings::read(&[("kehu.toml", "[limits.rfm]\nmemory_mib = 512\n")]).unwrap();
        assert_eq!(one.limits_of("rfm").memory, 512 << 20);
        assert_eq!(one.limits_of("rfm").call, one.limits_of("tiers").call);
        assert_eq!(
            problems("[limits]\ncall_milliseconds = 0\nrun_seconds = \"long\"\n"),
            [
                "kehu.toml:2:21: \"call_milliseconds\" is 0, expected 1 to 60000\n  2 | call_milliseconds = 0",
                "kehu.toml:3:15: \"limits.run_seconds\" is a text, expected a number\n  3 | run_seconds = \"long\""
            ]
        );
    }

    #[test]
    fn the_workspace_lies_over_what_it_extends_and_every_value_knows_its_file() {
        let base = "[settings.tiers]\nweight_amount = 0.6\n[[kind]]\nname = \"demo\"\n";
        let own =
            "[settings.tiers]\nweight_margin = 0.4\n[[kind]]\nname = \"call\"\ncontact = false\n";
        let settings = Settings::read(&[("../base/kehu.toml", base), ("kehu.toml", own)]).unwrap();
        let values = settings.values();
        let place = |path: &str| values.iter().find(|(each, ..)| each == path).unwrap().2.clone();
        assert_eq!(place("settings.tiers.weight_amount"), "../base/kehu.toml:2");
        assert_eq!(place("settings.tiers.weight_margin"), "kehu.toml:2");
        assert!(settings.kind("demo").is_some());
        assert!(!settings.kind("call").unwrap().contact);
        assert_eq!(settings.kinds.iter().filter(|kind| kind.name == "call").count(), 1);
    }

    #[test]
    fn a_native_plugin_runs_apart_and_stops_at_a_crash_unless_the_workspace_says_otherwise() {
        let text =
            "[plugins.clv]\non_crash = \"skip-rows\"\n[plugins.silence]\nin_process = true\n";
        let settings = Settings::read(&[("kehu.toml", text)]).unwrap();
        let clv = PluginSettings { on_crash: OnCrash::SkipRows, in_process: false };
        assert_eq!(settings.plugins["clv"], clv);
        let silence = PluginSettings { on_crash: OnCrash::Stop, in_process: true };
        assert_eq!(settings.plugins["silence"], silence);
        assert_eq!(problems("[plugins.clv]\non_crash = \"ignore\"\nfast = true\n").len(), 2);
    }

    #[test]
    fn an_offset_has_a_sign_hours_and_minutes() {
        assert_eq!(parse_offset("+08:00"), Some(28_800));
        assert_eq!(parse_offset("-03:30"), Some(-12_600));
        for wrong in ["8", "+8:00", "+15:00", "+08:60", "08:00", "+０8:00"] {
            assert_eq!(parse_offset(wrong), None, "{wrong}");
        }
    }
}
