//! A workspace in a folder of its own, with a fixed clock, user and environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The moment at which all tests run, unless one says otherwise.
pub(crate) const NOW: &str = "2024-03-01T09:30";

/// The packs of a workspace in tests: few, so that what is shown says what a test is about.
const PACKS: [&str; 8] = [
    "rfm",
    "tiers",
    "lifecycle",
    "visit-frequency",
    "day-planner",
    "lifecycle-follow-up",
    "funnel-follow-up",
    "contact-caps",
];

/// Holds a folder in which commands run; it is taken away at the end of the test.
pub(crate) struct Kit {
    folder: TempDir,
    now: String,
}

impl Kit {
    /// Makes an empty folder.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::create_dir(folder.path().join("shop")).unwrap();
        Self { folder, now: NOW.to_owned() }
    }

    /// Makes a workspace with a few packs, in which commands run.
    pub(crate) fn new() -> Self {
        let kit = Self::fresh();
        let path = kit.path().join("kehu.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        let start = settings.find("on = [").unwrap();
        let end = start + settings[start..].find(']').unwrap();
        let on = format!("    \"{}\",\n", PACKS.join("\",\n    \""));
        std::fs::write(path, format!("{}on = [\n{on}{}", &settings[..start], &settings[end..]))
            .unwrap();
        kit
    }

    /// Makes a workspace with the packs that a new one has.
    pub(crate) fn fresh() -> Self {
        let kit = Self::empty();
        kit.done("init .");
        kit
    }

    /// Makes a workspace with two reps, a product and three customers.
    pub(crate) fn shop() -> Self {
        let kit = Self::new();
        for line in [
            "rep add 李伟 --region 华中",
            "rep add 王芳",
            "product add 冷轧板 --price 4800",
            "customer add 武汉钢铁 --owner 李伟 --place 武汉 --tag 重点",
            "customer add 武汉机械 --owner 王芳 --place 武汉",
            "customer add 'Ann Lee' --type person",
        ] {
            kit.done(line);
        }
        kit
    }

    /// Lets the commands that follow run at another moment.
    pub(crate) fn at(mut self, now: &str) -> Self {
        now.clone_into(&mut self.now);
        self
    }

    /// The workspace's folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    /// Writes a file of the workspace.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Adds to the workspace's settings.
    pub(crate) fn set(&self, text: &str) {
        let path = self.path().join("kehu.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, settings + text).unwrap();
    }

    /// Prepares a command in the workspace; arguments stand apart.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kehu"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("KEHU_NOW", &self.now)
            .env("TZ", "CST-8")
            .env("USER", "李伟");
        command
    }

    fn output(&self, line: &str) -> Output {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.command(&words).output().unwrap()
    }

    /// Runs a command as it is typed, without the word `kehu`, and tells all that it shows.
    #[must_use = "compare what is shown, or use `done`"]
    pub(crate) fn run(&self, line: &str) -> String {
        self.told(&self.output(line))
    }

    /// Tells what a command has shown: data, then talk, then the exit code if it is not 0.
    pub(crate) fn told(&self, output: &Output) -> String {
        let mut told = String::from_utf8(output.stdout.clone()).unwrap();
        let talk = String::from_utf8(output.stderr.clone()).unwrap();
        if !talk.is_empty() {
            told += "[stderr]\n";
            told += &talk;
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => told += &format!("[exit {code}]\n"),
            None => told += "[ended by a signal]\n",
        }
        hide(&told, self.folder.path())
    }

    /// Runs a command that must do what it is asked for.
    pub(crate) fn done(&self, line: &str) {
        let output = self.output(line);
        assert!(output.status.success(), "kehu {line}\n{}", self.told(&output));
    }

    /// Runs a command that gives JSON.
    pub(crate) fn json(&self, line: &str) -> serde_json::Value {
        let output = self.output(&format!("{line} --json"));
        assert!(output.status.success(), "kehu {line}\n{}", self.told(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What is to be done today, purpose by purpose, as JSON: the purposes of one contact each for itself.
    pub(crate) fn purposes(&self) -> Vec<serde_json::Value> {
        let list = self.json("today");
        let lines = list["lines"].as_array().unwrap().iter();
        let each = |line: &serde_json::Value| match line["merged"].as_array() {
            Some(merged) if !merged.is_empty() => merged.clone(),
            _ => vec![line.clone()],
        };
        lines.flat_map(each).collect()
    }
}

/// Puts a lasting name in the place of the folder's own, and of figures that are others each time.
fn hide(text: &str, folder: &Path) -> String {
    let canonical = std::fs::canonicalize(folder).unwrap();
    let text =
        text.replace(canonical.to_str().unwrap(), "$DIR").replace(folder.to_str().unwrap(), "$DIR");
    let used = |line: &str| match line.split_once(", the limit is ") {
        Some((before, after)) if before.trim_start().starts_with("used ") => {
            format!("  used …, the limit is {after}")
        }
        _ => match line.split_once("，上限 ") {
            Some((before, after)) if before.trim_start().starts_with("已用 ") => {
                format!("  已用 …，上限 {after}")
            }
            _ => line.to_owned(),
        },
    };
    text.split_inclusive('\n').map(used).collect()
}

/// Parts a line into words at blanks; those within `'…'` stay.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for each in line.chars() {
        match each {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}
