//! The page of one customer as people read it: sections of short lines, broken to the terminal's width.

use kehu_contract::{Language, Value};
use kehu_domain::{Contact, Day, Entity, Interaction, TaskId};
use kehu_engine::day::{Because, Line};
use kehu_engine::score::{Explanation, ReasonShown, show_value};
use unicode_width::UnicodeWidthStr as _;

use super::customer_columns;
use super::plan::{minutes, weekday, why};
use super::show::Shown;
use super::today::{channel, late};
use crate::error::Result;
use crate::locale::{self, Label, usual_word};
use crate::page_lines::PageLines;
use crate::table::clean;

/// How many of the latest interactions are shown where nothing is said.
const LATEST: usize = 5;

/// Within how many days a birthday is soon.
const SOON: i32 = 30;

/// The widest title that all others are aligned with.
const TITLE: usize = 26;

const TO_DO: Label = Label::new("To do", "要做的事");
const WITHHELD: Label = Label::new("Withheld", "暂缓");
const PEOPLE: Label = Label::new("People", "联系人");
const STANDING: Label = Label::new("Standing", "客户状况");
const TASKS: Label = Label::new("Tasks", "待办");
const NEXT_VISIT: Label = Label::new("Next planned visit", "下次计划拜访");
const LATEST_TITLE: Label = Label::new("Latest", "最近互动");

/// Writes the page.
pub(super) struct ShowPage<'a> {
    pub(super) shown: &'a Shown<'a>,
    pub(super) language: Language,
    lines: PageLines,
    /// Guidance that has been given: once is enough.
    guided: Vec<String>,
}

impl<'a> ShowPage<'a> {
    pub(super) fn new(shown: &'a Shown<'a>, language: Language, width: Option<usize>) -> Self {
        Self { shown, language, lines: PageLines::new(width), guided: Vec::new() }
    }

    /// The lines of the page; `limit` says how many interactions it shows.
    pub(super) fn written(mut self, limit: Option<usize>) -> Result<PageLines> {
        self.head()?;
        self.work();
        self.withheld();
        self.threads()?;
        self.deals()?;
        self.people()?;
        self.standing();
        self.tasks()?;
        self.next_visit()?;
        let most = match limit {
            None => LATEST,
            Some(0) => usize::MAX,
            Some(limit) => limit,
        };
        self.latest(most)?;
        Ok(self.lines)
    }

    fn is_chinese(&self) -> bool {
        self.language == Language::Zh
    }

    pub(super) fn section(&mut self, title: Label, after: &str) {
        self.lines.gap();
        self.lines.heading(&format!("{}{after}", title.get(self.language)));
    }

    pub(super) fn text(&mut self, indent: usize, text: &str) {
        self.lines.text(indent, text);
    }

    pub(super) fn item(&mut self, indent: usize, parts: &[String]) {
        self.lines.item(indent, parts);
    }

    pub(super) fn days(&self, days: i32) -> String {
        match (self.language, days) {
            (Language::Zh, days) => format!("{days} 天"),
            (Language::En, 1) => "1 day".to_owned(),
            (Language::En, days) => format!("{days} days"),
        }
    }

    pub(super) fn word(&self, word: Option<&str>) -> String {
        let word = word.unwrap_or_default();
        let said = usual_word(word, self.language);
        if said == word { word.replace('_', " ") } else { said.to_owned() }
    }

    pub(super) fn either(&self, en: &str, zh: &str) -> String {
        (if self.is_chinese() { zh } else { en }).to_owned()
    }

    pub(super) fn because(&self, because: &[Because]) -> String {
        why(because, self.language)
    }

    fn head(&mut self) -> Result {
        let shown = self.shown;
        let customer = &shown.briefing.customer;
        let id = Entity::Customer.prefix();
        let mut title = format!("{}  {id}-{}", customer.name, customer.id);
        if shown.as_of != shown.workspace.act.today {
            title += &format!("  {} {}", self.either("as of", "截至"), shown.as_of);
        }
        self.lines.heading(&title);
        let columns = customer_columns::all(&shown.workspace.settings, shown.cells);
        let mut parts = Vec::new();
        for each in columns {
            let key = each.column.key.as_str();
            if matches!(key, "id" | "name" | "lat" | "lon" | "external_ids" | "known") {
                continue;
            }
            let value = (each.cell)(customer)?.show;
            if !value.is_empty() {
                let value = self.word(Some(&value));
                parts.push(format!("{} {value}", each.column.title(self.language)));
            }
        }
        if let Some(birthday) = customer.birthday {
            parts.extend(self.birthday(birthday));
        }
        self.item(2, &parts);
        Ok(())
    }

    fn birthday(&self, birthday: Day) -> Option<String> {
        match birthday.days_to_anniversary(self.shown.as_of) {
            0 => Some(self.either("birthday today", "今天生日")),
            days if days <= SOON => Some(match self.language {
                Language::En => format!("birthday in {}", self.days(days)),
                Language::Zh => format!("{days} 天后生日"),
            }),
            _ => None,
        }
    }

    fn work(&mut self) {
        let list = &self.shown.list;
        if list.lines.is_empty() && list.later == 0 {
            return;
        }
        let later = match (list.later, self.language) {
            (0, _) => String::new(),
            (count, Language::En) => format!(" (+{count} due later)"),
            (count, Language::Zh) => format!("（另有 {count} 项之后到期）"),
        };
        self.section(TO_DO, &later);
        for line in &list.lines {
            self.line(line);
            if line.merged.is_empty() {
                self.text(4, &self.because(&line.because));
            }
            for topic in &line.merged {
                let title = self.said(&topic.title);
                let deal = topic.deal.as_ref().map(|(id, _)| format!(" · {id}"));
                let deal = deal.unwrap_or_default();
                self.text(4, &format!("• {title}{deal} — {}", self.because(&topic.because)));
            }
            if let Some(visit) = &line.visit {
                let said = [&visit.purpose, &visit.topics].map(|text| self.said(text));
                self.item(4, &said);
            }
            for because in &line.guidance {
                self.guide(because);
            }
        }
    }

    fn said(&self, text: &kehu_contract::Text) -> String {
        text.get(self.language).to_owned()
    }

    pub(super) fn guide(&mut self, because: &Because) {
        let text = because.text.get(self.language).to_owned();
        if !self.guided.contains(&text) {
            self.text(4, &format!("→ {text}"));
            self.guided.push(text);
        }
    }

    /// The first line of something to do: its key, what, about which deal, by which channel, how late.
    fn line(&mut self, line: &Line) {
        let channel = channel(self.shown.cells, &line.channel, self.language);
        let is_one = line.merged.is_empty();
        let title = if is_one { self.said(&line.title) } else { channel.clone() };
        let deal = line.deal.as_ref().filter(|_| is_one);
        let days = line.late_since(self.shown.as_of).map_or(0, |day| self.shown.as_of.since(day));
        self.item(
            2,
            &[
                format!("{}  {title}", line.key),
                deal.map(|(id, _)| id.to_string()).unwrap_or_default(),
                if channel == title { String::new() } else { channel },
                if days > 0 { late(days, self.language) } else { String::new() },
            ],
        );
    }

    fn withheld(&mut self) {
        let lines = &self.shown.list.withheld;
        if lines.is_empty() {
            return;
        }
        self.section(WITHHELD, "");
        for line in lines {
            self.line(line);
            self.text(4, &self.because(&line.withheld));
        }
    }

    pub(super) fn due(&self, due: Day) -> String {
        let days = self.shown.as_of.since(due);
        let late = if days > 0 { late(days, self.language) } else { String::new() };
        match (self.language, late.is_empty()) {
            (Language::En, true) => format!("due {due}"),
            (Language::En, false) => format!("due {due}, {late}"),
            (Language::Zh, true) => format!("{due} 到期"),
            (Language::Zh, false) => format!("{due} 到期，{late}"),
        }
    }

    fn people(&mut self) -> Result {
        let contacts = &self.shown.briefing.contacts;
        if contacts.is_empty() {
            return Ok(());
        }
        self.section(PEOPLE, "");
        for contact in contacts {
            self.person(contact);
        }
        Ok(())
    }

    fn person(&mut self, contact: &Contact) {
        let shown = self.shown;
        let coach = contact.coach == Some(true);
        let mut parts = vec![
            contact.name.clone(),
            self.word(contact.role.as_deref()),
            self.word(contact.department.as_deref()),
            contact
                .influence
                .as_deref()
                .map(|influence| match self.language {
                    Language::En => format!("influence {influence}"),
                    Language::Zh => format!("影响力 {}", self.word(Some(influence))),
                })
                .unwrap_or_default(),
            if coach { self.either("coach", "教练") } else { String::new() },
        ];
        for field in shown.workspace.settings.fields_of(Entity::Contact) {
            let value = shown.cells.field(field, &contact.fields).show;
            if !value.is_empty() {
                let title = self.either(&field.en, &field.zh);
                parts.push(format!("{title} {}", self.word(Some(&value))));
            }
        }
        parts.extend(contact.birthday.and_then(|day| self.birthday(day)));
        self.item(2, &parts);
        let last = shown
            .briefing
            .interactions
            .iter()
            .find(|each| each.contact.is_some_and(|id| id.0 == contact.id));
        let mood = last.map(|last| self.last_contact(last)).unwrap_or_default();
        let ways = [&contact.phone, &contact.wechat, &contact.email];
        let ways = ways.into_iter().flatten().cloned();
        let parts: Vec<String> = std::iter::once(mood).chain(ways).collect();
        if parts.iter().any(|part| !part.is_empty()) {
            self.item(4, &parts);
        }
    }

    /// When and how a person was spoken to last, and in which mood.
    fn last_contact(&self, last: &Interaction) -> String {
        let kind = self.shown.cells.kind(&last.kind).show;
        let mood = self.word(last.mood.as_deref());
        let day = last.happened;
        match (self.language, mood.is_empty()) {
            (Language::En, true) => format!("last {kind} {day}"),
            (Language::En, false) => format!("last {kind} {day}, mood {mood}"),
            (Language::Zh, true) => format!("{day} {kind}"),
            (Language::Zh, false) => format!("{day} {kind}，心情{mood}"),
        }
    }

    fn standing(&mut self) {
        let Some(run) = self.shown.run else { return };
        let entries: Vec<(String, String)> = self
            .shown
            .standing
            .iter()
            .map(|(title, explanation)| (clean(title), self.stands(explanation)))
            .collect();
        if entries.is_empty() {
            return;
        }
        let day = run.as_of();
        let after = match self.language {
            Language::En => format!(" as of {day}"),
            Language::Zh => format!("（截至 {day}）"),
        };
        self.section(STANDING, &after);
        let widest = entries.iter().map(|(title, _)| title.width()).max().unwrap_or(0).min(TITLE);
        for (title, text) in entries {
            if self.lines.is_wide() {
                self.lines.beside(&title, widest, &text);
            } else {
                let colon = locale::COLON.get(self.language);
                self.text(2, &format!("{title}{colon}{text}"));
            }
        }
    }

    /// A value with its main reason, and the person's word that counts instead of the pack's.
    fn stands(&self, explanation: &Explanation) -> String {
        let of = |value: &Value| match value {
            Value::Flag(flag) => locale::yes_or_no(*flag).get(self.language).to_owned(),
            Value::Missing => locale::MISSING.get(self.language).to_owned(),
            other => self.word(show_value(other).as_deref()),
        };
        let label = explanation.label.as_ref().map(|label| self.said(label));
        let mut text = label.unwrap_or_else(|| of(&explanation.value));
        if let Some(word) = &explanation.overridden {
            let until = word.until.map(|day| match self.language {
                Language::En => format!(" until {day}"),
                Language::Zh => format!("，至 {day}"),
            });
            let (by, reason, until) = (&word.by, &word.reason, until.unwrap_or_default());
            let machine = of(&word.machine);
            text += &match self.language {
                Language::En => {
                    format!(" · overridden by {by}{until}: {reason} (the pack says {machine})")
                }
                Language::Zh => format!(" · {by} 人工改为{until}：{reason}（脚本给出 {machine}）"),
            };
            return text;
        }
        let Some(reason) = main_reason(explanation) else { return text };
        let reason = reason.text.get(self.language);
        // A reason that names the value says it for both.
        if reason.starts_with(&text) { reason.to_owned() } else { format!("{text} · {reason}") }
    }

    fn tasks(&mut self) -> Result {
        let tasks = &self.shown.briefing.tasks;
        if tasks.is_empty() {
            return Ok(());
        }
        self.section(TASKS, "");
        for task in tasks {
            let rep = self.shown.other_rep(task.rep)?.unwrap_or_default();
            let deal = task.deal.map(|deal| deal.to_string()).unwrap_or_default();
            let id = TaskId(task.id);
            self.item(2, &[format!("{id}  {}", task.what), deal, self.due(task.due), rep]);
        }
        Ok(())
    }

    fn next_visit(&mut self) -> Result {
        let Some(visit) = &self.shown.briefing.next_visit else { return Ok(()) };
        self.section(NEXT_VISIT, "");
        let length = minutes(visit.stop.seconds);
        let parts = [
            weekday(visit.day, self.language),
            match self.language {
                Language::En => format!("{length} minutes"),
                Language::Zh => format!("{length} 分钟"),
            },
            self.shown.other_rep(Some(visit.rep))?.unwrap_or_default(),
            self.said(&visit.stop.purpose),
            self.said(&visit.stop.topics),
        ];
        self.item(2, &parts);
        Ok(())
    }

    fn latest(&mut self, most: usize) -> Result {
        let all = &self.shown.briefing.interactions;
        if all.is_empty() {
            return Ok(());
        }
        self.section(LATEST_TITLE, "");
        for each in all.iter().take(most) {
            self.interaction(each)?;
        }
        Ok(())
    }

    fn interaction(&mut self, each: &Interaction) -> Result {
        let cells = self.shown.cells;
        let contact = cells.link(Entity::Contact, each.contact.map(|id| id.0))?.show;
        self.item(
            2,
            &[
                format!("{}  {}", each.happened, cells.kind(&each.kind).show),
                cells.money(each.amount).show,
                contact,
                self.word(each.outcome.as_deref()),
                self.word(each.mood.as_deref()),
                cells.state(&each.kind, each.state.as_deref()).show,
                each.deal.map(|deal| deal.to_string()).unwrap_or_default(),
                self.shown.other_rep(each.rep)?.unwrap_or_default(),
                each.text.clone().unwrap_or_default(),
            ],
        );
        Ok(())
    }
}

/// The reason that counts most: of a sum the one with the most points, else the first.
fn main_reason(explanation: &Explanation) -> Option<&ReasonShown> {
    let points = |reason: &&ReasonShown| reason.points.unwrap_or(0.0).abs();
    let reasons = &explanation.reasons;
    // Of reasons with the same points the first one counts.
    reasons.iter().rev().max_by(|left, right| points(left).total_cmp(&points(right)))
}
