//! Deals that move and stay.

use std::cell::Cell;

use super::Office;
use crate::hooks::stage::{self, Heard};
use crate::records::deals::{self, DealFilter, NewDeal};
use crate::records::interactions::InteractionFacts;
use crate::records::moves::{self, Intent, Judged, Move};
use kehu_contract::Judgement;
use kehu_store::{Reader, Store as _};

const STEP: &str = "[[step]]\nhook = \"stage\"\nneeds = [\"amount\", \"margin\", \"purchases\"]\n";

/// A pack that says with which figures it was asked.
const TELLS: &str = "
local seen = kehu.rule{ id = \"seen\", en = \"{1} {2} {3}\" }
return { stage = function(c, case, ctx)
  return ctx:warn{ because = { { seen, c.amount, c.margin, c.purchases } } }
end }";

fn new_deal(customer: Option<&str>) -> NewDeal {
    NewDeal { customer: customer.map(str::to_owned), name: "deal".to_owned(), ..NewDeal::default() }
}

fn to(stage: &str) -> Move {
    Move { stage: stage.to_owned(), ..Move::default() }
}

fn sentences(heard: &Heard) -> Vec<String> {
    let said = heard.said.iter().flat_map(|said| {
        said.because.iter().map(|because| format!("{}: {}", said.pack, because.text.en))
    });
    said.collect()
}

#[test]
fn features_are_those_of_now_and_a_sum_that_nobody_carries_is_missing() {
    let office = Office::new("", &[("tells", STEP, TELLS)]);
    office.customer("one");
    office.customer("two");
    let asking = office.asking();
    let amount = |text: &str| InteractionFacts {
        amount: Some(text.to_owned()),
        ..InteractionFacts::default()
    };
    office.log("purchase", "two", &amount("100"));
    office.score();
    // Nobody's purchases carry a margin, and one bought after the run.
    let (_, heard) = stage::add(&asking, &new_deal(Some("one")), false).unwrap();
    assert_eq!(sentences(&heard), ["tells: 0 – 0"]);
    office.log("purchase", "one", &amount("20"));
    let (_, heard) = stage::move_to(&asking, "D-1", &to("intent"), false).unwrap();
    assert_eq!(sentences(&heard), ["tells: 20 – 1"]);
    let (_, heard) = stage::add(&asking, &new_deal(None), false).unwrap();
    assert_eq!(sentences(&heard), ["tells: – – –"], "nothing is known of no customer");
}

#[test]
fn all_packs_are_heard_in_the_order_of_the_settings_and_a_refusal_wins() {
    let script = |judgement: &str| {
        format!(
            "local why = kehu.rule{{ id = \"why\", en = \"because\" }}\nreturn {{ stage = function(c, case, ctx) return ctx:{judgement}{{ because = why, advice = why }} end }}"
        )
    };
    let (allow, warn, refuse) = (script("allow"), script("warn"), script("refuse"));
    let step = "[[step]]\nhook = \"stage\"\n";
    let packs = [("a", step, &*allow), ("b", step, &*refuse), ("c", step, &*warn)];
    let office = Office::new("[hooks]\nstage = [\"c\", \"b\"]\n", &packs);
    let asking = office.asking();
    let (written, heard) = stage::add(&asking, &new_deal(None), false).unwrap();
    assert!(written.is_none());
    assert_eq!(sentences(&heard), ["c: because", "b: because", "a: because"]);
    assert_eq!(office.store.read().unwrap().last_operation().unwrap(), None);
    let new = NewDeal { reason: Some("all the same".to_owned()), ..new_deal(None) };
    let (written, heard) = stage::add(&asking, &new, true).unwrap();
    assert_eq!(heard.refusals().count(), 1);
    let event = written.unwrap().state.events.remove(0);
    assert_eq!(event.overruled.as_deref(), Some("b.why: because"));
    assert_eq!(event.reason.as_deref(), Some("all the same"));
    let (deals, _) = {
        let reader = office.store.read().unwrap();
        stage::review(&asking, reader.as_ref(), &DealFilter::default()).unwrap()
    };
    assert_eq!(deals[0].1.iter().filter(|said| said.judgement == Judgement::Refuse).count(), 1);
    assert!(stage::add(&asking, &new_deal(None), true).is_err(), "overruling needs a reason");
}

#[test]
fn what_was_judged_is_what_is_written() {
    let office = Office::new("", &[]);
    let desk = office.desk();
    let mut go = |_: &dyn Reader, _: &Intent<'_>| Ok(Judged::Go(None));
    deals::add(&desk, &new_deal(None), &mut go).unwrap();
    let asked = Cell::new(0);
    let mut judge = |reader: &dyn Reader, intent: &Intent<'_>| {
        asked.set(asked.get() + 1);
        assert_eq!(intent.deal.id, 1);
        if asked.get() == 1 {
            // Somebody else writes while the judge thinks.
            office.customer("late");
        }
        let seen = reader.last_operation()?.map_or(0, |last| last.0);
        Ok(Judged::Go(Some(format!("seen {seen}"))))
    };
    let change = moves::move_to(&desk, "D-1", &to("intent"), &mut judge).unwrap().unwrap();
    assert_eq!(asked.get(), 2);
    assert_eq!(change.state.last().unwrap().overruled.as_deref(), Some("seen 2"));
    let mut never = |_: &dyn Reader, _: &Intent<'_>| {
        office.customer("busy");
        Ok(Judged::Go(None))
    };
    assert!(moves::move_to(&desk, "D-1", &to("stable_intent"), &mut never).is_err());
    let mut stop = |_: &dyn Reader, _: &Intent<'_>| Ok(Judged::Stop);
    assert_eq!(moves::move_to(&desk, "D-1", &to("stable_intent"), &mut stop).unwrap(), None);
}
