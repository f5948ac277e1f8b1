//! The day's list as people read it: customer by customer, each with its place in the order of work, what
//! to do and why, and how to go about it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use kehu_contract::Language;
use kehu_domain::Day;
use kehu_engine::day::{Because, Line};
use kehu_engine::records::names::show_id;

use super::plan::why;
use super::today::channel;
use crate::cells::Cells;
use crate::page_lines::PageLines;

/// How far reasons are moved in where there is room: below what is to be done, behind the keys.
const BEHIND_KEYS: usize = 11;

/// Writes lines of a list.
pub(super) struct TodayPage<'a> {
    pub(super) cells: &'a Cells<'a>,
    pub(super) language: Language,
    pub(super) today: Day,
    /// True if every reason is shown, not only the first one of each purpose.
    pub(super) whole: bool,
    /// The guidance that was told already, of whatever customer.
    pub(super) told: RefCell<BTreeSet<String>>,
}

/// What has been said of a customer above.
#[derive(Default)]
struct Above {
    title: String,
    reasons: String,
    guided: Vec<String>,
}

impl TodayPage<'_> {
    /// Writes at most so many lines, those of each customer together, in the place of the first of them: a
    /// person is with one customer at a time. Returns how many were left out.
    pub(super) fn write(
        &self,
        page: &mut PageLines,
        lines: &[&Line],
        most: Option<usize>,
    ) -> usize {
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

    fn customer(&self, page: &mut PageLines, lines: &[&Line]) {
        let Some(first) = lines.first() else { return };
        page.gap();
        let mut head = match first.customer {
            Some(id) => format!("{}  {}", first.name, show_id(kehu_domain::Entity::Customer, id.0)),
            None => self.either("without a customer", "无客户").to_owned(),
        };
        let mut placed =
            lines.iter().flat_map(|line| line.topics()).filter_map(|it| it.placed.first());
        if let Some(placed) = placed.next().filter(|_| !self.whole) {
            head += &format!(" · {}", placed.text.get(self.language));
        }
        page.heading(&head);
        let mut above = Above::default();
        for line in lines {
            self.line(page, line, &mut above);
            let said = self.guidance(line, |because| !is_shared(because, lines));
            self.guide(page, Self::indent(page), said, &mut above);
        }
        let shared = lines.iter().flat_map(|line| self.guidance(line, |it| is_shared(it, lines)));
        self.guide(page, 2, shared.collect(), &mut above);
    }

    /// Guidance in full; of what an earlier customer had too, only what it begins with.
    fn guide(&self, page: &mut PageLines, indent: usize, said: Vec<String>, above: &mut Above) {
        let colon = self.either(": ", "：");
        let mut known: Vec<String> = Vec::new();
        for text in said {
            if above.guided.contains(&text) {
                continue;
            }
            match text.split_once(colon) {
                Some((begin, _)) if !self.whole && self.told.borrow().contains(&text) => {
                    known.push(begin.to_owned());
                }
                _ => page.text(indent, &format!("→ {text}")),
            }
            self.told.borrow_mut().insert(text.clone());
            above.guided.push(text);
        }
        if !known.is_empty() {
            let (word, and) = self.either(("as above: ", "; "), ("同上：", "；"));
            page.text(indent, &format!("→ {word}{}", known.join(and)));
        }
    }

    /// The guidance of a line that is wanted, in sentences. Those of a pack that begin alike, such as "fill in: …",
    /// become one.
    fn guidance(&self, line: &Line, is_wanted: impl Fn(&Because) -> bool) -> Vec<String> {
        let (colon, and, stop) = self.either((": ", ", ", "; "), ("：", "、", "；"));
        let mut said: Vec<(&str, String)> = Vec::new();
        for because in line.guidance.iter().filter(|because| is_wanted(because)) {
            let text = because.text.get(self.language);
            let before = said.last_mut().filter(|(pack, _)| *pack == because.pack);
            match (text.split_once(colon), before) {
                (Some((begin, rest)), Some((_, before)))
                    if before.split_once(colon).is_some_and(|(other, _)| other == begin) =>
                {
                    let is_word = |it: &str| !it.contains(['，', '；', ';', '=']);
                    let is_list = is_word(before) && is_word(rest);
                    *before += &format!("{}{rest}", if is_list { and } else { stop });
                }
                _ => said.push((&because.pack, text.to_owned())),
            }
        }
        said.into_iter().map(|(_, text)| text).collect()
    }

    /// How far reasons are moved in.
    fn indent(page: &PageLines) -> usize {
        if page.is_wide() { BEHIND_KEYS } else { 4 }
    }

    fn line(&self, page: &mut PageLines, line: &Line, above: &mut Above) {
        let indent = Self::indent(page);
        if line.merged.is_empty() {
            self.single(page, line, above);
        } else {
            let by = channel(self.cells, &line.channel, self.language);
            let minutes = (line.seconds + 30) / 60;
            let minutes = self.either(format!("{minutes} min"), format!("{minutes} 分钟"));
            page.item(2, &[format!("{:<7}  {by}", line.key), minutes, self.when(line)]);
            for (key, topic) in self.topics(line) {
                page.keyed(indent, &key, &format!("• {topic}"));
            }
        }
        if !line.withheld.is_empty() {
            let word = self.either("withheld: ", "暂缓：");
            page.text(indent, &format!("{word}{}", why(&line.withheld, self.language)));
        }
        if self.whole && !line.placed.is_empty() {
            let word = self.either("place: ", "排序：");
            page.text(indent, &format!("{word}{}", why(&line.placed, self.language)));
        }
    }

    /// A line with one purpose: what, about which deal, by which channel, when; below it, why.
    fn single(&self, page: &mut PageLines, line: &Line, above: &mut Above) {
        let title = line.title.get(self.language);
        let by = channel(self.cells, &line.channel, self.language);
        let is_same = title == above.title;
        page.item(
            2,
            &[
                format!("{:<7}  {}", line.key, if is_same { "〃" } else { title }),
                self.purpose(line),
                self.deal(line).unwrap_or_default(),
                if is_same || by == title { String::new() } else { by },
                self.when(line),
            ],
        );
        let reasons = self.reasons(line);
        if !(is_same && reasons == above.reasons) {
            page.text(Self::indent(page), &reasons);
        }
        title.clone_into(&mut above.title);
        above.reasons = reasons;
    }

    /// The purposes of a contact, each with its reasons and the key by which it is closed alone; the leading one has
    /// the contact's. Deals about which there is the same to do for the same reason stand together.
    fn topics(&self, line: &Line) -> Vec<(String, String)> {
        let mut topics: Vec<(String, String, Vec<String>, String)> = Vec::new();
        for topic in line.topics() {
            // The purpose of a visit says more than that it is one.
            let title = match self.purpose(topic) {
                purpose if purpose.is_empty() => topic.title.get(self.language).to_owned(),
                purpose => purpose,
            };
            let key = if topic.key == line.key { String::new() } else { topic.key.clone() };
            let (deal, reasons) = (self.deal(topic), self.reasons(topic));
            match topics.last_mut().filter(|_| !self.whole && deal.is_some()) {
                Some((_, last, deals, why)) if *last == title && *why == reasons => {
                    deals.extend(deal);
                }
                _ => topics.push((key, title, deal.into_iter().collect(), reasons)),
            }
        }
        let said = |(key, mut said, deals, reasons): (String, String, Vec<String>, String)| {
            for deal in deals {
                said += &format!(" · {deal}");
            }
            (key, format!("{said} — {reasons}"))
        };
        topics.into_iter().map(said).collect()
    }

    fn purpose(&self, line: &Line) -> String {
        let visit = line.visit.as_ref();
        visit.map(|it| it.purpose.get(self.language).to_owned()).unwrap_or_default()
    }

    fn deal(&self, line: &Line) -> Option<String> {
        let (id, name) = line.deal.as_ref()?;
        let amount = line.amount.map(|amount| self.cells.major(amount).show);
        Some(format!("{id} {name} {}", amount.unwrap_or_default()).trim_end().to_owned())
    }

    /// How late it is, or since when it has been due; nothing for what is due today.
    fn when(&self, line: &Line) -> String {
        let is_zh = self.language == Language::Zh;
        match line.late_since(self.today) {
            Some(since) => super::today::late(self.today.since(since), self.language),
            None if line.due >= self.today => String::new(),
            None if is_zh => format!("{} 起应做", line.due),
            None => format!("due since {}", line.due),
        }
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
        let said = why(&shown, self.language);
        // Some reasons begin with what is to be done.
        let title = format!("{}{}", line.title.get(self.language), self.either(": ", "："));
        said.strip_prefix(&title).map(str::to_owned).unwrap_or(said)
    }

    fn either<T>(&self, en: T, zh: T) -> T {
        if self.language == Language::Zh { zh } else { en }
    }
}

/// True for guidance that several lines of a customer have: it is about the customer, not about a line.
fn is_shared(because: &Because, lines: &[&Line]) -> bool {
    lines.iter().filter(|line| line.guidance.contains(because)).count() > 1
}

/// The lines of each customer together, in the place of the first of them.
fn by_customer<'l>(lines: &[&'l Line]) -> Vec<Vec<&'l Line>> {
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for line in lines {
        let place = *places.entry(line.customer).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}
