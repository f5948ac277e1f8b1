//! The day's list as people read it: customer by customer, each with its place in the order of work, what
//! to do and why, and how to go about it.

use kehu_contract::Language;
use kehu_domain::Day;
use kehu_engine::day::{Because, Line};
use kehu_engine::records::names::show_id;

use super::plan::why;
use super::today::{channel, late};
use crate::cells::Cells;
use crate::page_lines::PageLines;

/// How far reasons are moved in where there is room: below what is to be done, behind the keys.
const BEHIND_KEYS: usize = 11;

/// Writes lines of a list.
pub(super) struct TodayPage<'a> {
    pub(super) cells: &'a Cells<'a>,
    pub(super) language: Language,
    pub(super) today: Day,
    /// True if every reason is shown, not only the first one of each line.
    pub(super) whole: bool,
}

/// What has been said of a customer above.
#[derive(Default)]
struct Above<'a> {
    title: &'a str,
    reasons: String,
    /// The packs and rules of the guidance.
    guided: Vec<(&'a str, &'a str)>,
}

impl TodayPage<'_> {
    /// Writes at most so many lines, those of each customer together, in the place of the first of them: a
    /// person is with one customer at a time. Returns how many were left out.
    pub(super) fn write(&self, page: &mut PageLines, lines: &[Line], most: Option<usize>) -> usize {
        let mut room = most.unwrap_or(usize::MAX);
        for group in by_customer(lines) {
            let shown = &group[..group.len().min(room)];
            if shown.is_empty() {
                break;
            }
            room -= shown.len();
            self.customer(page, shown);
        }
        lines.len().saturating_sub(most.unwrap_or(usize::MAX))
    }

    fn customer<'l>(&self, page: &mut PageLines, lines: &[&'l Line]) {
        let Some(first) = lines.first() else { return };
        page.gap();
        let mut head = match first.customer {
            Some(id) => format!("{}  {}", first.name, show_id(kehu_domain::Entity::Customer, id.0)),
            None => self.either("without a customer", "无客户").to_owned(),
        };
        if let Some(placed) = first.placed.first().filter(|_| !self.whole) {
            head += &format!(" · {}", placed.text.get(self.language));
        }
        page.heading(&head);
        let mut above: Above<'l> = Above::default();
        for &line in lines {
            self.line(page, line, &mut above);
            let indent = Self::indent(page);
            for because in &line.guidance {
                let is_new = self.whole || !above.guided.contains(&rule(because));
                if is_new && !is_shared(because, lines) {
                    page.text(indent, &format!("→ {}", because.text.get(self.language)));
                    above.guided.push(rule(because));
                }
            }
        }
        for because in lines.iter().flat_map(|line| &line.guidance) {
            if is_shared(because, lines) && !above.guided.contains(&rule(because)) {
                page.text(2, &format!("→ {}", because.text.get(self.language)));
                above.guided.push(rule(because));
            }
        }
    }

    /// How far reasons are moved in.
    fn indent(page: &PageLines) -> usize {
        if page.is_wide() { BEHIND_KEYS } else { 4 }
    }

    fn line<'l>(&self, page: &mut PageLines, line: &'l Line, above: &mut Above<'l>) {
        let title = line.title.get(self.language);
        let by = channel(self.cells, &line.channel, self.language);
        let days = self.today.since(line.due);
        let is_same = title == above.title;
        let deal = line.deal.as_ref().map(|(id, name)| format!("{id} {name}"));
        let amount = line.amount.map(|amount| self.cells.major(amount).show);
        page.item(
            2,
            &[
                format!("{:<7}  {}", line.key, if is_same { "〃" } else { title }),
                line.visit.as_ref().map(|it| self.said(&it.purpose)).unwrap_or_default(),
                deal.unwrap_or_default(),
                amount.unwrap_or_default(),
                if is_same || by == title { String::new() } else { by },
                if days > 0 { late(days, self.language) } else { String::new() },
            ],
        );
        let indent = Self::indent(page);
        let reasons = self.reasons(line);
        if !(is_same && reasons == above.reasons) {
            page.text(indent, &reasons);
        }
        if !line.withheld.is_empty() {
            let word = self.either("withheld: ", "暂缓：");
            page.text(indent, &format!("{word}{}", why(&line.withheld, self.language)));
        }
        if self.whole && !line.placed.is_empty() {
            let word = self.either("place: ", "排序：");
            page.text(indent, &format!("{word}{}", why(&line.placed, self.language)));
        }
        above.title = title;
        above.reasons = reasons;
    }

    /// The first reason of each pack that proposed it, or all of them.
    fn reasons(&self, line: &Line) -> String {
        let mut packs: Vec<&str> = Vec::new();
        let mut shown: Vec<Because> = Vec::new();
        for because in &line.because {
            let is_first = !packs.contains(&because.pack.as_str());
            packs.push(&because.pack);
            if is_first || self.whole {
                shown.push(because.clone());
            }
        }
        why(&shown, self.language)
    }

    fn said(&self, text: &kehu_contract::Text) -> String {
        text.get(self.language).to_owned()
    }

    fn either<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        if self.language == Language::Zh { zh } else { en }
    }
}

/// The pack and the rule of a piece of guidance.
fn rule(because: &Because) -> (&str, &str) {
    (&because.pack, &because.rule)
}

/// True for guidance that several lines of a customer have: it is about the customer, not about a line.
fn is_shared(because: &Because, lines: &[&Line]) -> bool {
    lines.iter().filter(|line| line.guidance.contains(because)).count() > 1
}

/// The lines of each customer together, in the place of the first of them.
fn by_customer(lines: &[Line]) -> Vec<Vec<&Line>> {
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        match groups.iter_mut().find(|group| group[0].customer == line.customer) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}
