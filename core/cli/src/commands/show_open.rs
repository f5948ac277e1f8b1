//! What is open on the page of one customer: threads that are not settled, and deals.

use kehu_contract::{Judgement, Language, StepView, ThreadView};
use kehu_domain::{Day, DealId, Entity, Field, FieldType};
use kehu_engine::hooks::stage::Said;
use kehu_engine::records::deals::DealState;

use super::show::DealSaid;
use super::show_page::ShowPage;
use crate::error::Result;
use crate::locale::{self, Label, usual_word};

const OPEN: Label = Label::new("Not settled", "未了结");
const DEALS: Label = Label::new("Open deals", "进行中的商机");

impl ShowPage<'_> {
    pub(super) fn threads(&mut self) -> Result {
        let threads = &self.shown.briefing.threads;
        if threads.is_empty() {
            return Ok(());
        }
        self.section(OPEN, "");
        let today = self.shown.as_of.number();
        let is_late = |thread: &&ThreadView| thread.due.is_some_and(|due| due < today);
        let (late, others): (Vec<_>, Vec<_>) = threads.iter().partition(is_late);
        for thread in late.into_iter().chain(others) {
            self.thread(thread)?;
        }
        Ok(())
    }

    fn thread(&mut self, thread: &ThreadView) -> Result {
        let cells = self.shown.cells;
        let due = thread.due.and_then(Day::from_number);
        let contact = cells.link(Entity::Contact, thread.contact)?.show;
        self.item(
            2,
            &[
                format!("{}  I-{}", cells.kind(&thread.kind).show, thread.id),
                cells.state(&thread.kind, thread.state.as_deref()).show,
                match (self.language, thread.days_open) {
                    (_, 0) => self.either("of today", "今天"),
                    (Language::En, days) => format!("{} old", self.days(days)),
                    (Language::Zh, days) => format!("已 {days} 天"),
                },
                due.map(|due| self.due(due)).unwrap_or_default(),
                thread.deal.map(|deal| DealId(deal).to_string()).unwrap_or_default(),
                contact,
            ],
        );
        if let Some(text) = &thread.text {
            self.text(4, text);
        }
        for field in self.shown.workspace.settings.fields_of(Entity::Interaction) {
            let value = thread.fields.get(&field.name).filter(|value| !value.is_null());
            if let Some(value) = value {
                let title = self.either(&field.en, &field.zh);
                let colon = locale::COLON.get(self.language);
                self.text(4, &format!("{title}{colon}{}", self.field(field, value)));
            }
        }
        if let [_, .., last] = thread.steps.as_slice() {
            self.step(last);
        }
        Ok(())
    }

    fn step(&mut self, step: &StepView) {
        let day = Day::from_number(step.day).map(|day| day.to_string()).unwrap_or_default();
        let last = self.either("last: ", "最近一步：");
        self.item(
            4,
            &[
                format!("{last}{day}"),
                self.shown.cells.kind(&step.kind).show,
                self.shown.cells.state(&step.kind, step.state.as_deref()).show,
                step.by.clone().unwrap_or_default(),
                step.text.clone().unwrap_or_default(),
            ],
        );
    }

    pub(super) fn deals(&mut self) -> Result {
        let shown = self.shown;
        if shown.briefing.deals.is_empty() {
            return Ok(());
        }
        self.section(DEALS, "");
        for (state, said) in shown.briefing.deals.iter().zip(&shown.deals) {
            self.deal(state)?;
            self.deal_said(state, said);
        }
        Ok(())
    }

    fn deal(&mut self, state: &DealState) -> Result {
        let (shown, deal) = (self.shown, &state.deal);
        let stage = shown.workspace.settings.stage(&deal.pipeline, state.stage());
        let days = state.last().map_or(0, |event| shown.as_of.since(event.happened));
        let stays = match (stage.and_then(|stage| stage.longest_stay), self.language) {
            (Some(most), Language::En) => format!("{} of at most {most}", self.days(days)),
            (Some(most), Language::Zh) => format!("{days} 天，最长 {most} 天"),
            (None, _) => self.days(days),
        };
        let chance = stage.and_then(|stage| stage.probability);
        self.item(
            2,
            &[
                format!("{}  {}", DealId(deal.id), deal.name),
                shown.cells.stage(&deal.pipeline, state.stage()).show,
                stays,
                shown.cells.money(state.amount()).show,
                chance.map(|chance| format!("{:.0} %", chance * 100.0)).unwrap_or_default(),
                deal.expected_close
                    .map(|day| match self.language {
                        Language::En => format!("closes {day}"),
                        Language::Zh => format!("预计 {day} 成交"),
                    })
                    .unwrap_or_default(),
                shown.other_rep(deal.rep)?.unwrap_or_default(),
            ],
        );
        Ok(())
    }

    fn deal_said(&mut self, state: &DealState, said: &DealSaid) {
        for each in &said.stays {
            self.opinion("", each);
        }
        let Some((stage, next)) = &said.next else { return };
        let stage = self.shown.cells.stage(&state.deal.pipeline, stage).show;
        for each in next.iter().filter(|each| each.judgement != Judgement::Allow) {
            let against = match (each.judgement, self.language) {
                (Judgement::Refuse, Language::En) => format!("stops {stage}: "),
                (_, Language::En) => format!("before {stage}: "),
                (Judgement::Refuse, Language::Zh) => format!("不能进入{stage}："),
                (_, Language::Zh) => format!("进入{stage}之前："),
            };
            self.opinion(&against, each);
        }
    }

    fn opinion(&mut self, opening: &str, said: &Said) {
        self.text(4, &format!("{opening}{}", self.because(&said.because)));
        for advice in &said.advice {
            self.guide(advice);
        }
    }

    /// A value of a field of a thread as people read it.
    fn field(&self, field: &Field, value: &serde_json::Value) -> String {
        let cells = self.shown.cells;
        match (value, field.kind) {
            (serde_json::Value::String(key), FieldType::Choice) => cells.choice(field, key).show,
            (serde_json::Value::String(text), _) => usual_word(text, self.language).to_owned(),
            (serde_json::Value::Bool(flag), _) => {
                locale::yes_or_no(*flag).get(self.language).to_owned()
            }
            (serde_json::Value::Number(number), FieldType::Money) => {
                cells.major(number.as_f64().unwrap_or_default()).show
            }
            (serde_json::Value::Number(number), FieldType::Day) => {
                let day = number.as_i64().and_then(|day| Day::from_number(day as i32));
                day.map(|day| day.to_string()).unwrap_or_default()
            }
            (other, _) => other.to_string(),
        }
    }
}
