//! A distributor of packaged foods: 300 dealers, five reps, 18 months.

mod archetype;
mod dealers;
mod deals;
mod history;
mod sheets;
mod words;

use kehu_domain::{
    Contact, Customer, Day, Deal, DealEvent, Fields, Interaction, Money, Product, Rep,
};

use crate::Random;
use crate::names::{self, REGIONS};

pub use sheets::Sheet;

/// How many months the base covers.
const MONTHS: u32 = 18;

/// Holds the base of a distributor of packaged foods and drinks.
///
/// The records carry ids in order from 1 by which they refer to one another, and external ids under
/// which they are written. Each of 13 sorts of dealers trades in its own way (core, growing, steady,
/// new, sleeping, hollow, …), so that all eight RFM segments, four tiers, four phases of the
/// lifecycle and three parts of the funnel occur.
#[derive(Debug, Clone, PartialEq)]
pub struct Demo {
    /// The five reps.
    pub reps: Vec<Rep>,
    /// The products.
    pub products: Vec<Product>,
    /// The dealers.
    pub dealers: Vec<Customer>,
    /// The people at the dealers.
    pub contacts: Vec<Contact>,
    /// The deals.
    pub deals: Vec<Deal>,
    /// What became of the deals, in order.
    pub events: Vec<DealEvent>,
    /// What happened, in the order of days.
    pub interactions: Vec<Interaction>,
}

/// What the parts of the generator share.
struct Setting {
    seed: u64,
    last_day: Day,
    /// How many days lie before the last one.
    length: i64,
}

impl Setting {
    /// The day so many days before the last one.
    fn ago(&self, days: i64) -> Day {
        self.last_day.plus_days(-(days as i32))
    }

    /// The same, but on a working day: what lies on a weekend happened on the Friday before, or on the
    /// Monday after where that would be before the first day.
    fn working_day(&self, days: i64) -> Day {
        let day = self.ago(days);
        let past_friday = day.weekday().saturating_sub(4) as i32;
        let friday = day.plus_days(-past_friday);
        if friday < self.ago(self.length) { day.plus_days(3 - past_friday) } else { friday }
    }
}

/// The streams of random numbers, one for each part, so that a change in one does not move the others.
#[derive(Clone, Copy)]
enum Stream {
    Order,
    People,
    Trade,
    Contacts,
    Deals,
}

impl Stream {
    fn of(self, seed: u64, dealer: usize) -> Random {
        Random::stream(seed, (self as u64) << 32 | dealer as u64)
    }
}

impl Demo {
    /// The mapping by which the sheets are imported.
    pub const MAPPING: &'static str = include_str!("map.toml");

    /// Makes the base for the 18 months that end on a day.
    pub fn new(seed: u64, last_day: Day) -> Self {
        let first = last_day.minus_months(MONTHS).next();
        let setting = Setting { seed, last_day, length: i64::from(last_day.since(first)) };
        let mut demo = Self {
            reps: reps(),
            products: products(),
            dealers: Vec::new(),
            contacts: Vec::new(),
            deals: Vec::new(),
            events: Vec::new(),
            interactions: Vec::new(),
        };
        let sorts = dealers::add(&mut demo, &setting);
        history::add(&mut demo, &setting, &sorts);
        deals::add(&mut demo, &setting, &sorts);
        demo
    }
}

fn reps() -> Vec<Rep> {
    let people = [
        ("李文静", "华东 / East", "wenjing"),
        ("王海涛", "浙北 / Zhejiang", "haitao"),
        ("Grace Lim", "华南 / South", "grace"),
        ("陈志远", "西南 / Southwest", "zhiyuan"),
        ("周晓岚", "华中 / Central", "xiaolan"),
    ];
    let reps = people.iter().zip(&REGIONS).zip(1..);
    reps.map(|(((name, region, mailbox), [home, ..]), id)| Rep {
        id,
        name: (*name).to_owned(),
        external_id: Some(format!("REP-{id}")),
        manager: Some("林国强".to_owned()),
        region: Some((*region).to_owned()),
        email: Some(format!("{mailbox}@example.com")),
        lat: Some(home.lat),
        lon: Some(home.lon),
        fields: Fields::new(),
    })
    .collect()
}

fn products() -> Vec<Product> {
    let products = words::PRODUCTS.iter().zip(1..);
    products
        .map(|(&(name, category, yuan), id)| Product {
            id,
            name: name.to_owned(),
            external_id: Some(format!("SKU-{id:02}")),
            category: Some(category.to_owned()),
            price: Some(Money(yuan * 100)),
            fields: Fields::new(),
        })
        .collect()
}

/// A firm's name, unlike all that came before; one in five is English.
fn firm(random: &mut Random, town: &names::Town, taken: &mut Vec<String>) -> (String, bool) {
    loop {
        let english = random.percent(20);
        let name =
            if english { names::english_firm(random) } else { names::chinese_firm(random, town) };
        if !taken.contains(&name) {
            taken.push(name.clone());
            return (name, english);
        }
    }
}

#[cfg(test)]
mod tests;
