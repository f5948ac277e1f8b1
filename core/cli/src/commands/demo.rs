use std::ffi::OsString;
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use kehu_contract::Language;
use kehu_domain::{Entity, RepId};
use kehu_sample::{Demo, Sheet};
use unicode_width::UnicodeWidthStr as _;

use crate::Cli;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::printer::Printer;

/// From where all numbers of the demo are drawn: everyone sees the same base on the same day.
const SEED: u64 = 7;

/// How many lines of today's list are shown.
const LINES: &str = "8";

/// Shows what kehu does, on the base of an invented distributor
///
/// Writes the base as CSV files (300 dealers over the 18 months that end today, five reps), imports it,
/// scores all dealers, plans two weeks for one rep, shows today's list and one explanation, and says
/// what to try next. Each step is a command that you can type yourself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu demo
  kehu --lang zh demo 演示")]
pub(crate) struct Args {
    /// Where it shall be: a folder that is not there or is empty
    #[arg(default_value = "kehu-demo")]
    dir: PathBuf,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let dir = context.globals.folder.take().map_or(args.dir.clone(), |base| base.join(&args.dir));
    refuse_unless_empty(&dir)?;
    let language = context.language()?;
    let mut stage = Stage { context, dir: &dir };
    stage.quietly(&["init".into(), dir.clone().into()])?;
    stage.context.globals.folder = Some(dir.clone());
    let today = stage.context.open()?.act.today;
    let demo = Demo::new(SEED, today);
    write(&demo, &dir, language)?;
    let (data, map) = (dir.join("data"), dir.join("map.toml"));
    stage.quietly(&["import".into(), data.into(), "--map".into(), map.into()])?;
    stage.count()?;
    stage.quietly(&["score".into()])?;
    let Some(rep) = demo.reps.first() else { return Ok(()) };
    let plan = ["plan", "--rep", &rep.name, "--from", "today", "--to", "+13", "--as-of", "today"];
    stage.quietly(&plan.map(OsString::from))?;
    let list = ["today", "--rep", &rep.name, "--limit", LINES];
    stage.openly(&list.map(OsString::from))?;
    if !stage.context.globals.json {
        stage.context.printer.line("")?;
    }
    let dealer = one_worth_explaining(&demo);
    stage.openly(&["explain", dealer, "tier"].map(OsString::from))?;
    tell_next(&dir, &rep.name, dealer, language);
    Ok(())
}

fn refuse_unless_empty(dir: &Path) -> Result {
    let mut entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CommandError::file("read", dir, &error)),
    };
    if entries.next().is_none() {
        return Ok(());
    }
    Err(CommandError::failed(format!("{} is not empty: the demo would mix with it", dir.display()))
        .hint("name a folder that is not there yet: kehu demo DIR"))
}

/// Writes the base and its mapping.
fn write(demo: &Demo, dir: &Path, language: Language) -> Result {
    let data = dir.join("data");
    fs::create_dir(&data).map_err(|error| CommandError::file("made", &data, &error))?;
    for sheet in Sheet::ALL {
        let path = data.join(sheet.file_name());
        let written = fs::File::create(&path).and_then(|file| {
            let mut out = BufWriter::new(file);
            demo.write(sheet, &mut out)?;
            out.into_inner()?.sync_data()
        });
        written.map_err(|error| CommandError::file("written", &path, &error))?;
    }
    let map = dir.join("map.toml");
    fs::write(&map, Demo::MAPPING).map_err(|error| CommandError::file("written", &map, &error))?;
    let files = Sheet::ALL.len();
    Printer::talk(&match language {
        Language::En => format!("Wrote {files} files to {} and their mapping.", data.display()),
        Language::Zh => format!("已写出 {files} 个文件到 {}，并附映射。", data.display()),
    });
    Ok(())
}

/// A dealer of the first rep who carries the business: what is said of one is seldom dull.
fn one_worth_explaining(demo: &Demo) -> &str {
    let key = demo.dealers.iter().find(|dealer| {
        dealer.owner == Some(RepId(1)) && dealer.tags.iter().any(|tag| tag == "key")
    });
    key.or(demo.dealers.first()).map_or("", |dealer| &dealer.name)
}

/// Runs the steps, each a command as it is typed.
struct Stage<'c, 'a> {
    context: &'c mut Context<'a>,
    dir: &'c Path,
}

impl Stage<'_, '_> {
    /// Runs a command and shows only what it says to the person.
    fn quietly(&mut self, words: &[OsString]) -> Result {
        self.context.printer.mute(true);
        let outcome = self.step(words);
        self.context.printer.mute(false);
        outcome
    }

    /// Runs a command and shows its data, too.
    fn openly(&mut self, words: &[OsString]) -> Result {
        let outcome = self.step(words);
        self.context.printer.finish()?;
        outcome
    }

    fn step(&mut self, words: &[OsString]) -> Result {
        let shown: Vec<_> = words.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        let place = match words.first().is_some_and(|word| word == "init") {
            true => String::new(),
            false => format!("-C {} ", quoted(&self.dir.to_string_lossy())),
        };
        Printer::talk(&format!("\n$ kehu {place}{}", shown.join(" ")));
        let typed = std::iter::once(OsString::from("kehu")).chain(words.iter().cloned());
        let cli = Cli::command()
            .try_get_matches_from(typed)
            .and_then(|matches| Cli::from_arg_matches(&matches))
            .map_err(|refusal| CommandError::failed(refusal.to_string()))?;
        // Of what is typed for every command, a step may set the number of lines only.
        let limit = std::mem::replace(&mut self.context.globals.limit, cli.globals.limit);
        let outcome = super::run(self.context, cli.command);
        self.context.globals.limit = limit;
        match outcome? {
            code if code == ExitCode::SUCCESS => Ok(()),
            _ => {
                Err(CommandError::failed(format!("the demo stopped at: kehu {}", shown.join(" ")))
                    .hint("what went wrong is told above"))
            }
        }
    }

    /// Says how much has come in.
    fn count(&mut self) -> Result {
        let workspace = self.context.open()?;
        let reader = workspace.read()?;
        let of = |entity| reader.count(entity);
        let (dealers, contacts) = (of(Entity::Customer)?, of(Entity::Contact)?);
        let (deals, interactions) = (of(Entity::Deal)?, of(Entity::Interaction)?);
        Printer::talk(&match workspace.language {
            Language::En => format!(
                "Imported {dealers} dealers, {contacts} contacts, {deals} deals and {interactions} interactions."
            ),
            Language::Zh => format!(
                "已导入 {dealers} 个经销商、{contacts} 位联系人、{deals} 个商机、{interactions} 条互动。"
            ),
        });
        Ok(())
    }
}

/// A word as it is typed in a shell.
fn quoted(word: &str) -> String {
    let plain = |each: char| each.is_alphanumeric() || "-_./=+:".contains(each);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn tell_next(dir: &Path, rep: &str, dealer: &str, language: Language) {
    let (rep, dealer, dir) = (quoted(rep), quoted(dealer), quoted(&dir.to_string_lossy()));
    let next = [
        (format!("cd {dir}"), "", ""),
        (format!("kehu today --rep {rep}"), "all that is to do today", "今日全部待办"),
        (
            "kehu customer list --where \"tier = 'A' and lifecycle != 'active'\"".to_owned(),
            "good dealers who fall silent",
            "沉默的优质客户",
        ),
        (
            "kehu customer list --where \"rfm_segment = 'important_winback'\"".to_owned(),
            "large ones to win back",
            "重要挽留客户",
        ),
        (format!("kehu show {dealer}"), "what to know before a call", "通话前须知"),
        (
            format!("kehu explain {dealer} tier --why-not"),
            "the tests that did not fire",
            "未触发的规则",
        ),
        (
            format!("kehu log call {dealer} --outcome interested"),
            "what happened today",
            "记录一次电话",
        ),
        ("kehu undo".to_owned(), "take the last step back", "撤销上一步"),
    ];
    Printer::talk(match language {
        Language::En => "\nTry next:",
        Language::Zh => "\n接下来可以试试：",
    });
    let widest = next.iter().map(|(line, ..)| line.width()).max().unwrap_or(0);
    for (line, en, zh) in &next {
        let why = if language == Language::Zh { zh } else { en };
        let blank = " ".repeat(widest - line.width());
        Printer::talk(format!("  {line}{blank}  {why}").trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_blanks_is_quoted_as_a_shell_needs_it() {
        assert_eq!(quoted("苏州云汀商贸"), "苏州云汀商贸");
        assert_eq!(quoted("Willow Ferry Foods"), "'Willow Ferry Foods'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
