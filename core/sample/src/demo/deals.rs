//! The deals: open in all parts of the funnel, won and lost.

use kehu_domain::{CustomerId, Day, Deal, DealEvent, DealId, Fields, Money, ProductId, RepId};

use super::archetype::{ALL, Archetype};
use super::words::{DEALS, LOST};
use super::{Demo, Setting, Stream};
use crate::Random;

/// The stages of the default pipeline on the way to the signature.
const WAY: [&str; 3] = ["prospect", "intent", "stable_intent"];

/// How a deal stands, and how many there are: in which open stage, or how it ended.
const STANDS: [(Stands, usize); 5] = [
    (Stands::Open(0), 30),
    (Stands::Open(1), 20),
    (Stands::Open(2), 10),
    (Stands::Won, 28),
    (Stands::Lost, 16),
];

/// Who bought within so many days is still a customer; prospects' archetype says the same.
const BUYS_WITHIN: i64 = 45;
/// Who began to buy more days ago has signed something since.
const LONG_SINCE: i64 = 200;
/// The least yuan of an order where deals are signed.
const NO_CORNER_SHOP: i64 = 5_000;

/// Deals that nobody has tied to a dealer yet.
const UNTIED: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Open(usize),
    Won,
    Lost,
}

/// Adds the deals with their events.
pub(super) fn add(demo: &mut Demo, setting: &Setting, sorts: &[usize]) {
    let (mut hopeful, mut buyers) = by_hope(sorts);
    let mut random = Stream::Order.of(setting.seed, 1);
    random.shuffle(&mut hopeful);
    random.shuffle(&mut buyers);
    let (mut hopeful, mut buyers) = (hopeful.iter().cycle(), buyers.iter().cycle());
    for (stands, count) in STANDS {
        for number in 0..count {
            let untied = stands == Stands::Open(0) && number < UNTIED;
            let dealer = match stands {
                _ if untied => None,
                // A signature is a purchase: it must not make a sleeper look awake.
                Stands::Won | Stands::Lost => buyers.next(),
                Stands::Open(_) => hopeful.next(),
            };
            add_one(demo, setting, stands, dealer.copied());
        }
    }
}

/// The dealers with whom something may come about, prospects among them; and those who buy all the
/// time.
fn by_hope(sorts: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let those = |wanted: fn(&Archetype) -> bool| -> Vec<usize> {
        (0..sorts.len()).filter(|at| wanted(&ALL[sorts[*at]])).collect()
    };
    let hopeful = those(|sort| sort.last.1 <= BUYS_WITHIN);
    let buyers = those(|sort| {
        let long_since = sort.first.is_some_and(|first| first.0 > LONG_SINCE);
        sort.last.1 <= BUYS_WITHIN && long_since && sort.amount.0 >= NO_CORNER_SHOP
    });
    (hopeful, buyers)
}

fn add_one(demo: &mut Demo, setting: &Setting, stands: Stands, dealer: Option<usize>) {
    let id = demo.deals.len() as i64 + 1;
    let mut random = Stream::Deals.of(setting.seed, id as usize);
    let customer = dealer.map(|at| &demo.dealers[at]);
    let owner = customer.and_then(|dealer| dealer.owner);
    let rep = owner.unwrap_or(RepId(random.between(1, demo.reps.len() as i64)));
    let english = customer.is_some_and(|dealer| dealer.name.is_ascii());
    let [zh, en] = random.pick(&DEALS);
    let amount = Money(random.between(8, 160) * 100_000);
    let deal = Deal {
        id,
        name: match customer {
            Some(dealer) if english => format!("{}: {en}", dealer.name),
            Some(dealer) => format!("{}{zh}", dealer.name),
            None => format!("{zh}（展会线索 {id}）"),
        },
        external_id: Some(format!("OPP-{id:03}")),
        customer: customer.map(|dealer| CustomerId(dealer.id)),
        rep: Some(rep),
        pipeline: "sales".to_owned(),
        product: Some(ProductId(random.between(1, demo.products.len() as i64))),
        amount: Some(amount),
        expected_close: None,
        fields: Fields::new(),
    };
    let events = events(setting, &mut random, &deal, stands);
    let open = matches!(stands, Stands::Open(_));
    let close = open.then(|| setting.last_day.plus_days(random.between(7, 75) as i32));
    demo.events.extend(
        events
            .into_iter()
            .zip(demo.events.len() as i64 + 1..)
            .map(|(event, id)| DealEvent { id, ..event }),
    );
    demo.deals.push(Deal { expected_close: close, ..deal });
}

/// The days on which a deal came where it stands, one a stage.
fn events(setting: &Setting, random: &mut Random, deal: &Deal, stands: Stands) -> Vec<DealEvent> {
    let reached = match stands {
        Stands::Open(stage) => stage + 1,
        Stands::Won => WAY.len(),
        Stands::Lost => 1 + random.below(WAY.len() as u64) as usize,
    };
    // A third of the open deals have been where they are for too long.
    let mut ago = match stands {
        Stands::Open(_) if random.percent(33) => random.between(31, 80),
        Stands::Open(_) => random.between(1, 29),
        Stands::Won | Stands::Lost => random.between(20, 330),
    };
    let event = |stage: &str, day: Day| DealEvent {
        id: 0,
        deal: DealId(deal.id),
        happened: day,
        minute: None,
        stage: stage.to_owned(),
        by: deal.rep,
        reason: None,
        overruled: None,
        amount: None,
        known: None,
    };
    let mut told = Vec::new();
    match stands {
        Stands::Won => {
            let amount = deal.amount;
            told.push(DealEvent { amount, ..event("signed", setting.ago(ago)) });
            ago += random.between(3, 20);
        }
        Stands::Lost => {
            let reason = Some((*random.pick(&LOST)).to_owned());
            told.push(DealEvent { reason, ..event("lost", setting.ago(ago)) });
            ago += random.between(3, 20);
        }
        Stands::Open(_) => {}
    }
    for stage in WAY[..reached].iter().rev() {
        told.push(event(stage, setting.ago(ago)));
        ago += random.between(6, 28);
    }
    told.reverse();
    told
}
