//! The dealers and the people at them.

use std::collections::BTreeMap;

use kehu_domain::{Contact, Customer, CustomerId, Day, FieldValue, Fields, RepId};

use super::archetype::{ALL, Archetype};
use super::words::{ROLES, SECTORS, SOURCES};
use super::{Demo, Setting, Stream, firm};
use crate::Random;
use crate::names::{self, REGIONS, Town};

/// How many of a hundred dealers are in their rep's own town.
const IN_TOWN: u64 = 60;

/// Adds dealers and contacts; returns of which sort each dealer is, as a place in [`ALL`].
pub(super) fn add(demo: &mut Demo, setting: &Setting) -> Vec<usize> {
    let mut sorts: Vec<usize> = Vec::new();
    for (sort, archetype) in ALL.iter().enumerate() {
        sorts.extend(std::iter::repeat_n(sort, archetype.count));
    }
    Stream::Order.of(setting.seed, 0).shuffle(&mut sorts);
    let mut taken = Vec::new();
    for (at, sort) in sorts.iter().enumerate() {
        let mut random = Stream::People.of(setting.seed, at);
        let region = at % REGIONS.len();
        let town = town(&mut random, region);
        let (name, english) = firm(&mut random, town, &mut taken);
        let place = if english { town.en } else { town.zh };
        let dealer = Customer {
            id: at as i64 + 1,
            name,
            external_ids: BTreeMap::from([("demo".to_owned(), format!("K{:04}", at + 1))]),
            owner: Some(RepId(region as i64 + 1)),
            place: Some(place.to_owned()),
            lat: Some(near(&mut random, town.lat)),
            lon: Some(near(&mut random, town.lon)),
            source: Some((*random.pick(&SOURCES)).to_owned()),
            consent: if random.percent(85) { Some(true) } else { None },
            tags: ALL[*sort].tag.map(str::to_owned).into_iter().collect(),
            fields: fields(&mut random, &ALL[*sort]),
            ..Customer::default()
        };
        add_contacts(demo, setting, &mut random, &dealer, english);
        demo.dealers.push(dealer);
    }
    sorts
}

fn town(random: &mut Random, region: usize) -> &'static Town {
    let [home, near, far] = &REGIONS[region];
    match random.below(100) {
        0..IN_TOWN => home,
        IN_TOWN..82 => near,
        _ => far,
    }
}

/// A place up to some ten kilometres away, to four decimal places.
fn near(random: &mut Random, degrees: f64) -> f64 {
    let moved = (degrees * 10_000.0).round() as i64 + random.between(-900, 900);
    moved as f64 / 10_000.0
}

fn fields(random: &mut Random, archetype: &Archetype) -> Fields {
    let sector = (*random.pick(&SECTORS)).to_owned();
    let mut fields = Fields::from([("sector".to_owned(), FieldValue::Text(sector))]);
    // Not everyone's credit has been looked at.
    if random.percent(92) {
        let credit = random.between(archetype.credit.0, archetype.credit.1);
        fields.insert("credit".to_owned(), FieldValue::Number(credit as f64));
    }
    fields
}

fn add_contacts(
    demo: &mut Demo,
    setting: &Setting,
    random: &mut Random,
    dealer: &Customer,
    english: bool,
) {
    let count = 1 + random.below(3) as usize;
    for (at, (role, department, influence)) in ROLES.iter().take(count).enumerate() {
        let id = demo.contacts.len() as i64 + 1;
        let name =
            if english { names::english_person(random) } else { names::chinese_person(random) };
        demo.contacts.push(Contact {
            id,
            customer: CustomerId(dealer.id),
            name,
            external_id: Some(format!("K{:04}-{}", dealer.id, at + 1)),
            role: Some((*role).to_owned()),
            department: Some((*department).to_owned()),
            influence: Some((*influence).to_owned()),
            coach: if at == 1 { Some(random.percent(40)) } else { None },
            birthday: random.percent(80).then(|| birthday(setting, random, dealer.id)),
            // No such numbers are given out.
            phone: Some(format!("+86 100 {:04} {:04}", dealer.id, random.below(10_000))),
            email: None,
            wechat: Some(format!("wx-k{:04}-{}", dealer.id, at + 1)),
            known: None,
            fields: Fields::new(),
        });
    }
}

/// A birthday of someone 28 to 62 years old; every 25th dealer has one in the next two weeks.
fn birthday(setting: &Setting, random: &mut Random, dealer: i64) -> Day {
    let months = random.between(28 * 12, 62 * 12) as u32;
    if dealer % 25 == 0 {
        let soon = setting.last_day.plus_days(1 + random.below(14) as i32);
        return soon.minus_months(months / 12 * 12);
    }
    setting.last_day.minus_months(months).plus_days(random.below(28) as i32)
}
