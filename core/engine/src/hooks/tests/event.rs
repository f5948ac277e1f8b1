//! What commands have written, and what follows.

use kehu_domain::{Customer, Entity, Operation, Task, TaskState};
use kehu_store::Store as _;

use super::Office;
use crate::hooks::Unheard;
use crate::hooks::effects::Deed;
use crate::hooks::event::{self, Aftermath};
use crate::records::contacts::{self, ContactFacts};
use crate::records::interactions::InteractionFacts;
use crate::records::{customers, names, tasks};

const STEP: &str = "[[step]]\nhook = \"on_event\"\nneeds = [\"open_complaints\"]\n";
const FLAG: &str =
    "[fields.customer]\nat_risk = { type = \"flag\" }\nsize = { type = \"number\" }\n";

/// Asks the coach when somebody joins a customer, and marks a customer that complains.
const COACH: &str = "
local joined = kehu.rule{ id = \"joined\", en = \"{1} joined\", zh = \"{1} 到任\" }
local complains = kehu.rule{ id = \"complains\", input = \"open_complaints\", op = \">\", limit = 0, en = \"{1} open\" }
local ask = kehu.rule{ id = \"ask\", en = \"ask the coach\" }
return { on_event = function(c, event, ctx)
  if event.record == \"contact\" and event.change == \"added\" then
    return ctx:task{ what = ask, due = event.day + 1, because = { { joined, event.after.name } } }
  end
  if event.kind == \"complaint\" then
    local why = { { complains, c.open_complaints } }
    return { ctx:tag{ tag = \"complains\", because = why }, ctx:flag{ field = \"at_risk\", because = why },
      ctx:note{ text = \"care\", because = why } }
  end
end }";

impl Office {
    /// Tells the packs what was written last.
    fn told(&self) -> (Vec<Aftermath>, Unheard) {
        let operation = self.written.take().unwrap();
        event::tell(&self.asking(), operation).unwrap()
    }

    fn contact(&self, name: &str) {
        let facts = ContactFacts { name: Some(name.to_owned()), ..ContactFacts::default() };
        contacts::add(&self.desk(), "one", &facts).unwrap();
    }

    fn tasks(&self) -> Vec<Task> {
        let reader = self.store.read().unwrap();
        let filter = tasks::TaskFilter { closed: true, ..tasks::TaskFilter::default() };
        tasks::list(reader.as_ref(), &filter).unwrap()
    }

    fn one(&self) -> Customer {
        let reader = self.store.read().unwrap();
        names::get(reader.as_ref(), Entity::Customer, 1).unwrap()
    }

    fn last(&self) -> Operation {
        self.store.read().unwrap().operations(1).unwrap().remove(0)
    }
}

#[test]
fn a_task_is_made_once_for_one_fact_and_names_what_it_follows_from() {
    let office = Office::new(FLAG, &[("coach", STEP, COACH)]);
    office.customer("one");
    office.contact("王总");
    let cause = office.last();
    let (aftermaths, unheard) = office.told();
    assert_eq!(unheard, Unheard::default());
    assert!(matches!(aftermaths[0].done[0].what, Deed::Task(_)));
    let task = office.tasks().remove(0);
    assert_eq!(
        (task.what.as_str(), task.due.to_string().as_str()),
        ("ask the coach", "2025-03-02")
    );
    assert_eq!(task.origin.as_deref(), Some("coach.on_event"));
    assert_eq!(task.reason.as_deref(), Some("王总 joined"));
    let operation = office.last();
    assert_eq!((operation.kind.as_str(), operation.cause), ("on_event", Some(cause.id)));
    assert_eq!(operation.summary, "coach after O-2: added T-1 ask the coach (王总 joined)");
    assert_eq!(office.written.take(), None, "what packs write is told to nobody");
    office.contact("李总");
    let (aftermaths, _) = office.told();
    assert!(matches!(aftermaths[0].done[0].what, Deed::Standing(_)));
    assert_eq!((aftermaths[0].operation, office.tasks().len()), (None, 1));
    tasks::done(&office.desk(), "T-1", None).unwrap();
    let (aftermaths, _) = office.told();
    assert!(aftermaths.is_empty());
    office.contact("赵总");
    office.told();
    assert_eq!(office.tasks().len(), 1, "what is done is not to be done again");
    assert_eq!(office.tasks()[0].state, TaskState::Done);
}

#[test]
fn tags_flags_and_notes_are_written_where_they_are_not_there_yet() {
    let office = Office::new(FLAG, &[("coach", STEP, COACH)]);
    office.customer("one");
    office.log("complaint", "one", &InteractionFacts::default());
    let (aftermaths, _) = office.told();
    assert_eq!(aftermaths[0].done.len(), 3);
    let one = office.one();
    assert_eq!(one.tags, ["complains"]);
    assert_eq!(one.fields["at_risk"], kehu_domain::FieldValue::Flag(true));
    assert_eq!(
        office.last().summary,
        "coach after O-2: tagged one complains (1 open); set at_risk of one to yes (1 open); wrote I-2 about one (1 open)"
    );
    office.log("complaint", "one", &InteractionFacts::default());
    let (aftermaths, _) = office.told();
    assert_eq!(aftermaths[0].done.len(), 1, "the note alone is new");
}

#[test]
fn undoing_what_was_done_takes_back_what_followed() {
    let office = Office::new(FLAG, &[("coach", STEP, COACH)]);
    office.customer("one");
    office.log("complaint", "one", &InteractionFacts::default());
    let cause = office.last().id;
    office.told();
    let undone = office.store.undo(Some(cause), &office.draft("undo")).unwrap();
    assert_eq!(undone.with.len(), 1);
    assert!(office.one().tags.is_empty() && office.one().fields.is_empty());
}

#[test]
fn every_sort_of_change_is_an_event() {
    let tells = "
local seen = kehu.rule{ id = \"seen\", en = \"{1} {2} {3} of {4} by {5}\" }
return { on_event = function(c, event, ctx)
  local name = event.customer and event.customer.name
  return ctx:warn{ because = { { seen, event.record, event.change, event.id, name, event.command } } }
end }";
    let step = "[[step]]\nhook = \"on_event\"\n";
    let office = Office::new("", &[("tells", step, tells)]);
    let said = || {
        let (aftermaths, _) = office.told();
        let done = aftermaths.into_iter().flat_map(|aftermath| aftermath.done);
        done.map(|done| done.because[0].text.en.clone()).collect::<Vec<_>>()
    };
    let facts = |name: &str| customers::CustomerFacts {
        name: Some(name.to_owned()),
        ..customers::CustomerFacts::default()
    };
    customers::add(&office.desk(), &facts("one"), customers::SameName::Refuse).unwrap();
    assert_eq!(said(), ["customer added 1 of one by customer add"]);
    customers::edit(&office.desk(), "one", &facts("uno")).unwrap();
    assert_eq!(said(), ["customer changed 1 of uno by customer edit"]);
    office.log("call", "uno", &InteractionFacts::default());
    assert_eq!(said(), ["interaction added 1 of uno by log"]);
    crate::records::interactions::void(&office.desk(), None, "I-1", None).unwrap();
    assert_eq!(said(), ["interaction removed 1 of uno by interaction void"]);
    let new = crate::records::deals::NewDeal {
        customer: Some("uno".to_owned()),
        name: "deal".to_owned(),
        stage: Some("signed".to_owned()),
        ..Default::default()
    };
    crate::hooks::stage::add(&office.asking(), &new, false).unwrap();
    assert_eq!(
        said(),
        [
            "deal added 1 of uno by deal add",
            "move added 1 of uno by deal add",
            "interaction added 2 of uno by deal add"
        ]
    );
    let task = tasks::TaskFacts { what: "send".to_owned(), ..Default::default() };
    tasks::add(&office.desk(), &task).unwrap();
    assert_eq!(said(), ["task added 1 of – by task add"]);
}

#[test]
fn what_a_pack_asks_for_in_vain_is_told_and_nothing_of_it_is_written() {
    let cases = [
        (
            "ctx:task{ what = \"x\", due = ctx.as_of, rep = \"nobody\", because = why }",
            "there is no rep \"nobody\"",
        ),
        ("ctx:flag{ field = \"at_rsk\", because = why }", "hint: did you mean \"at_risk\"?"),
        ("ctx:flag{ field = \"size\", because = why }", "no customer field \"size\" of type flag"),
        ("ctx:tag{ tag = \"C-12\", because = why }", "looks like an id"),
        ("ctx:task{ what = \"x\", due = 2147483647, because = why }", "due: 2147483647 is no day"),
    ];
    for (effect, expected) in cases {
        let script = format!(
            "local why = kehu.rule{{ id = \"why\", en = \"because\" }}\nreturn {{ on_event = function(c, event, ctx)\n  return {{ ctx:tag{{ tag = \"kept\", because = why }}, {effect} }}\nend }}"
        );
        let office = Office::new(FLAG, &[("greedy", STEP, &script), ("coach", STEP, COACH)]);
        office.customer("one");
        office.contact("王总");
        let (aftermaths, unheard) = office.told();
        let failure = &unheard.failures[0].1;
        assert!(failure.contains(expected), "{effect}: {failure}");
        assert!(failure.contains("pack greedy, on_event, contact P-1"), "{failure}");
        assert!(failure.contains("scripts/greedy/main.lua:1"), "{failure}");
        assert!(office.one().tags.is_empty());
        assert_eq!(aftermaths.len(), 1, "the others are heard");
    }
}
