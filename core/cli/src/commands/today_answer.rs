//! Answers to lines of today's list.

use kehu_contract::Language;
use kehu_engine::day::{Answer, Answered, Closing, Line, Work, Worklist, answer};
use kehu_engine::hooks::effects::edited;
use serde_json::json;

use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::output::show_json;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Names what can become of a line.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Answers {
    Done(Done),
    Snooze(Snooze),
    Skip(Skip),
}

impl Answers {
    /// The key that is answered.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Done(Done { key, .. })
            | Self::Snooze(Snooze { key, .. })
            | Self::Skip(Skip { key, .. }) => key,
        }
    }
}

/// Marks a line as done, and logs the visit, call or message
#[derive(Debug, clap::Args)]
pub(super) struct Done {
    /// The line's key, or the beginning of it
    key: String,
    /// What came of it, in a word
    #[arg(long)]
    outcome: Option<String>,
    /// What was learned, and the next step
    #[arg(long)]
    text: Option<String>,
}

/// Puts a line off until a later day
#[derive(Debug, clap::Args)]
pub(super) struct Snooze {
    /// The line's key, or the beginning of it
    key: String,
    /// The day on which it comes back
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: DayWord,
}

/// Says that a line will not be done
#[derive(Debug, clap::Args)]
pub(super) struct Skip {
    /// The line's key, or the beginning of it
    key: String,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(super) fn run(
    context: &mut Context<'_>,
    workspace: &Workspace,
    work: &Work<'_>,
    list: &Worklist,
    typed: Answers,
) -> Result {
    let today = workspace.act.today;
    let (kind, key, closing) = match typed {
        Answers::Done(Done { key, outcome, text }) => {
            ("today done", key, Closing::Done { outcome, text })
        }
        Answers::Snooze(Snooze { key, until }) => {
            ("today snooze", key, Closing::Snooze { until: until.on(today) })
        }
        Answers::Skip(Skip { key, reason }) => ("today skip", key, Closing::Skip { reason }),
    };
    let given = Answer { key, closing };
    let answered = answer(work, list, &given, today, &workspace.desk().draft(kind))?;
    workspace.written.note(answered.operation);
    let cells = Cells::new(&workspace.settings, workspace.language, work.reader);
    tell(&answered, &given.closing, &cells, workspace.language);
    let interaction = answered.interaction.as_ref().map(|(id, _)| id.to_string());
    if context.globals.json {
        let also: Vec<&str> = answered.also.iter().map(|line| line.key.as_str()).collect();
        let open: Vec<&str> = answered.open.iter().map(|line| line.key.as_str()).collect();
        let value = json!({
            "key": answered.line.key, "interaction": interaction, "also": also, "open": open,
        });
        return show_json(&mut context.printer, value);
    }
    Ok(context.printer.line(&answered.line.key)?)
}

fn tell(answered: &Answered, closing: &Closing, cells: &Cells<'_>, language: Language) {
    let is_zh = language == Language::Zh;
    let what = answered.line.title.get(language).to_owned();
    let what = match (answered.line.name.as_str(), is_zh) {
        ("", _) => what,
        (name, true) => format!("{what}，{name}"),
        (name, false) => format!("{what}, {name}"),
    };
    Printer::talk(&match (closing, &answered.interaction) {
        (Closing::Done { .. }, Some((id, kind))) if is_zh => {
            format!("已完成：{what}；已记录{} {id}。", cells.kind(kind).show)
        }
        (Closing::Done { .. }, Some((id, kind))) => {
            format!("Done: {what}; logged {} {id}.", cells.kind(kind).show)
        }
        (Closing::Done { .. }, None) if answered.line.task.is_some() => match language {
            Language::Zh => format!("已完成：{what}。"),
            Language::En => format!("Done: {what}."),
        },
        (Closing::Done { .. }, None) if is_zh => {
            format!("已完成：{what}；渠道 {} 没有对应的互动类型，未记录。", answered.line.channel)
        }
        (Closing::Done { .. }, None) => format!(
            "Done: {what}; no interaction was logged, because \"{}\" is no kind of interaction.",
            answered.line.channel
        ),
        (Closing::Snooze { until }, _) if is_zh => format!("已推迟到 {until}：{what}。"),
        (Closing::Snooze { until }, _) => format!("Snoozed until {until}: {what}."),
        (Closing::Skip { .. }, _) if is_zh => format!("已跳过：{what}。"),
        (Closing::Skip { .. }, _) => format!("Skipped: {what}."),
    });
    if answered.edited {
        let (name, said) = (&answered.line.name, edited(&answered.line.edit));
        Printer::talk(&format!("Changed {name}: {said}."));
    }
    let told = |line: &Line, zh: &str, en: &str| {
        let (key, what) = (&line.key, line.title.get(language));
        Printer::talk(&match language {
            Language::Zh => format!("{zh} {key}：{what}。"),
            Language::En => format!("{en} {key}: {what}."),
        });
    };
    answered.also.iter().for_each(|line| told(line, "同一次联系也包括", "With it"));
    answered.open.iter().for_each(|line| {
        told(line, "仍未完成", "Still open");
    });
}
