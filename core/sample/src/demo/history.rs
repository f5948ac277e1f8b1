//! What happened with the dealers.

use kehu_domain::{ContactId, CustomerId, Day, Interaction, Money, ProductId, RepId};

use super::archetype::{ALL, Archetype, PROBLEM};
use super::words::{COMPLAINTS, FAILURES, MOODS, NOTES, OUTCOMES, PROMISES};
use super::{Demo, Setting, Stream};
use crate::Random;

/// The states of a complaint, each with the days for which one may have been in it.
const STATES: [(&str, (i64, i64)); 5] = [
    ("opened", (0, 3)),
    ("acknowledged", (1, 6)),
    ("in_work", (3, 14)),
    ("resolved", (8, 60)),
    ("confirmed", (20, 400)),
];

/// Adds all interactions in the order of their days.
pub(super) fn add(demo: &mut Demo, setting: &Setting, sorts: &[usize]) {
    let mut told = Vec::new();
    for (at, sort) in sorts.iter().enumerate() {
        let mut teller = Teller::new(demo, setting, at, &ALL[*sort], *sort);
        teller.purchases();
        teller.contacts();
        teller.complaints();
        teller.promises();
        told.append(&mut teller.told);
    }
    // The sort is stable: on one day, what is told first comes first.
    told.sort_by_key(|interaction| (interaction.happened, interaction.customer));
    for (interaction, id) in told.iter_mut().zip(1..) {
        interaction.id = id;
        interaction.external_id = Some(format!("N{id:06}"));
    }
    demo.interactions = told;
}

/// Tells the history of one dealer.
struct Teller<'a> {
    demo: &'a Demo,
    setting: &'a Setting,
    archetype: &'a Archetype,
    sort: usize,
    at: usize,
    trade: Random,
    talk: Random,
    contacts: Vec<i64>,
    told: Vec<Interaction>,
}

impl<'a> Teller<'a> {
    fn new(
        demo: &'a Demo,
        setting: &'a Setting,
        at: usize,
        archetype: &'a Archetype,
        sort: usize,
    ) -> Self {
        let id = CustomerId(demo.dealers[at].id);
        let people = demo.contacts.iter().filter(|contact| contact.customer == id);
        Self {
            contacts: people.map(|contact| contact.id).collect(),
            trade: Stream::Trade.of(setting.seed, at),
            talk: Stream::Contacts.of(setting.seed, at),
            told: Vec::new(),
            demo,
            setting,
            archetype,
            sort,
            at,
        }
    }

    fn interaction(&self, day: Day, kind: &str) -> Interaction {
        let dealer = &self.demo.dealers[self.at];
        Interaction {
            rep: dealer.owner.or(Some(RepId(1))),
            ..Interaction::new(CustomerId(dealer.id), day, kind)
        }
    }

    fn in_english(&self) -> bool {
        self.demo.dealers[self.at].name.is_ascii()
    }

    /// When the dealer began, in days back from the last one.
    fn began(&mut self) -> Option<i64> {
        let (least, most) = self.archetype.first?;
        Some(self.trade.between(least, most).min(self.setting.length))
    }

    /// Tells the purchases from the last one backward, so that the last one lies where it should.
    fn purchases(&mut self) {
        let Some(first) = self.began() else { return };
        let basket: Vec<usize> = (0..self.trade.between(3, 6))
            .map(|_| self.trade.below(self.demo.products.len() as u64) as usize)
            .collect();
        let (soonest, latest) = self.archetype.last;
        let mut ago = self.trade.between(soonest, latest.min(first));
        while ago <= first {
            let product = *self.trade.pick(&basket);
            self.purchase(ago, first, product);
            ago += self.trade.between(self.archetype.every.0, self.archetype.every.1);
        }
    }

    fn purchase(&mut self, ago: i64, first: i64, product: usize) {
        let Archetype { amount, began_at, margin, .. } = self.archetype;
        let wanted = self.trade.between(amount.0, amount.1);
        let share = began_at + (100 - began_at) * (first - ago) / first.max(1);
        let price = self.demo.products[product].price.map_or(1, |price| price.0);
        let cases = (wanted * share / price).max(1);
        let sum = cases * price;
        let earned = sum * self.trade.between(margin.0, margin.1) / 1_000;
        let purchase = self.interaction(self.setting.ago(ago), "purchase");
        self.told.push(Interaction {
            product: Some(ProductId(product as i64 + 1)),
            channel: Some((if self.trade.percent(30) { "online" } else { "rep" }).to_owned()),
            amount: Some(Money(sum)),
            margin: Some(Money(earned)),
            quantity: Some(cases as f64),
            ..purchase
        });
        if self.trade.percent(2) {
            self.goes_back(ago, product, cases, price, earned);
        }
        if self.trade.percent(self.archetype.pays) {
            self.is_paid(ago, sum);
        }
    }

    /// A part of what was bought goes back, some days later.
    fn goes_back(&mut self, ago: i64, product: usize, cases: i64, price: i64, earned: i64) {
        let ago = ago - self.trade.between(3, 12);
        if ago < 0 {
            return;
        }
        let back = (cases * self.trade.between(5, 25) / 100).max(1);
        let purchase = self.interaction(self.setting.ago(ago), "purchase");
        self.told.push(Interaction {
            product: Some(ProductId(product as i64 + 1)),
            amount: Some(Money(-back * price)),
            margin: Some(Money(-earned * back / cases)),
            quantity: Some(-back as f64),
            outcome: Some("returned".to_owned()),
            ..purchase
        });
    }

    fn is_paid(&mut self, ago: i64, sum: i64) {
        let (soonest, latest) = self.archetype.pays_after;
        let ago = ago - self.trade.between(soonest, latest);
        if ago >= 0 {
            let receipt = self.interaction(self.setting.ago(ago), "receipt");
            let channel = Some("bank".to_owned());
            self.told.push(Interaction { amount: Some(Money(sum)), channel, ..receipt });
        }
    }

    /// Tells calls, visits and messages; with a dealer who complains, ever fewer of them.
    fn contacts(&mut self) {
        let (least, most) = self.archetype.contact_every;
        let reach = match self.archetype.first {
            // With those who are new, talk began two months before they bought.
            Some((_, latest)) => (latest + 60).min(self.setting.length),
            None => 120,
        };
        let mut ago = self.talk.between(1, most);
        while ago <= reach {
            self.contact(ago);
            let gap = self.talk.between(least, most);
            ago += if self.sort == PROBLEM { (gap - ago / 12).max(6) } else { gap };
        }
        if self.talk.percent(25) {
            let day = self.setting.ago(self.talk.between(2, reach));
            let text = self.words(&NOTES);
            let note = self.interaction(day, "note");
            self.told.push(Interaction { text: Some(text), ..note });
        }
    }

    fn contact(&mut self, ago: i64) {
        let (kind, channel) = match self.talk.below(100) {
            0..34 => ("visit", "on_site"),
            34..72 => ("call", "phone"),
            72..90 => ("message", "wechat"),
            90..96 => ("email", "email"),
            _ => ("meeting", "office"),
        };
        let mut contact = self.interaction(self.setting.working_day(ago), kind);
        contact.channel = Some(channel.to_owned());
        contact.contact = Some(ContactId(*self.talk.pick(&self.contacts)));
        let failed = kind == "visit" && self.talk.percent(12);
        let outcome = if failed { self.talk.pick(&FAILURES) } else { self.talk.pick(&OUTCOMES) };
        contact.outcome = Some((*outcome).to_owned());
        if self.talk.percent(30) {
            contact.mood = Some((*self.talk.pick(&MOODS)).to_owned());
        }
        self.told.push(contact);
    }

    /// Tells complaints; whether one is still open depends on how long ago it was made.
    fn complaints(&mut self) {
        if !self.talk.percent(self.archetype.complains) {
            return;
        }
        let often = self.sort == PROBLEM;
        let count = if often { self.talk.between(4, 7) } else { 1 + self.talk.between(0, 1) };
        for number in 0..count {
            // The newest may still be open, the others are done with.
            let newest = number == 0 && (often || self.talk.percent(45));
            let state = if newest { self.talk.below(5) } else { 3 + self.talk.below(2) };
            let (state, (soonest, latest)) = STATES[state as usize];
            let ago = self.talk.between(soonest, latest) + if often { number * 40 } else { 0 };
            let text = self.words(&COMPLAINTS);
            let complaint = self.interaction(self.setting.ago(ago), "complaint");
            self.told.push(Interaction {
                channel: Some((if self.talk.percent(70) { "phone" } else { "visit" }).to_owned()),
                state: Some(state.to_owned()),
                text: Some(text),
                ..complaint
            });
        }
    }

    /// Tells a promise, of some dealers: kept if it was due long ago, else still owed.
    fn promises(&mut self) {
        if self.archetype.contact_every.1 > 35 || !self.talk.percent(22) {
            return;
        }
        let ago = self.talk.between(1, 40);
        let due = self.setting.ago(ago).plus_days(self.talk.between(5, 20) as i32);
        let overdue = due < self.setting.last_day;
        let kept = overdue && !self.talk.percent(20);
        let text = self.words(&PROMISES);
        let promise = self.interaction(self.setting.working_day(ago), "promise");
        self.told.push(Interaction {
            state: Some((if kept { "kept" } else { "made" }).to_owned()),
            due: Some(due),
            text: Some(text),
            ..promise
        });
    }

    fn words(&mut self, pairs: &[[&str; 2]]) -> String {
        let [zh, en] = self.talk.pick(pairs);
        (if self.in_english() { *en } else { *zh }).to_owned()
    }
}
