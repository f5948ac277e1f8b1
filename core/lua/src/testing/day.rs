//! `test.follow_up`, `test.review` and `test.plan_visits`: the day's work.

use kehu_contract::{
    Batch, Case, Decision, FixedVisit, Hook, Pack as _, PlanCustomer, PlanningProblem, Proposal,
    WorkDay,
};
use mlua::Value;
use serde_json::{Map, Value as Json, json};

use super::customers::Customers;
use super::outcome::causes;
use super::records::{Vocabulary, deals, each, interactions, maps, threads, typed};
use super::runner::Stage;
use super::score::{columns_of, prepare, steps};
use super::shape::{CASE, PLAN_CUSTOMER, PROBLEM, PROPOSAL, default, record, records};
use super::spec::Spec;
use crate::fault::Fault;

/// Asks what to do with customers; each may have a `case` with its deals and interactions.
pub(super) fn follow_up(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    each(
        stage,
        "test.follow_up",
        Hook::FollowUp,
        "case",
        given,
        &|whose, given, as_of, at| {
            let mut case = case(whose, given, as_of, at)?;
            let words = Vocabulary::of(&stage.manifest().vocabulary);
            words.complete(
                &mut case.customer,
                &mut case.contacts,
                &mut case.interactions,
                &mut case.threads,
            );
            for deal in &mut case.deals {
                words.deal(&mut deal.fields);
            }
            Ok(case)
        },
        &|pack, place, batch, cases| {
            let proposals = pack.follow_up(place, batch, cases)?;
            let answer = |proposal: &Proposal| {
                json!({
                    "action": proposal.action,
                    "channel": proposal.channel,
                    "due": proposal.due,
                    "promised": proposal.promised,
                    "fact_day": proposal.fact_day,
                    "priority": proposal.priority,
                    "group": proposal.group,
                    "deal": proposal.deal,
                    "about": proposal.about,
                    "state": proposal.state,
                    "fields": proposal.fields,
                    "edit": proposal.edit,
                    "reasons": causes(&proposal.causes, pack.rules()),
                    "guidance": causes(&proposal.guidance, pack.rules()),
                })
            };
            let mut left: Vec<&Proposal> = proposals.iter().collect();
            let mut answers = Vec::with_capacity(batch.ids.len());
            for (row, id) in batch.ids.iter().enumerate() {
                // Proposals come in the order of the rows; who is asked about twice gets half of his each time.
                let times = batch.ids[row..].iter().filter(|other| *other == id).count();
                let own = left.iter().filter(|each| each.customer == *id).count().div_ceil(times);
                let mut taken = Vec::with_capacity(own);
                left.retain(|each| {
                    let takes = each.customer == *id && taken.len() < own;
                    if takes {
                        taken.push(answer(each));
                    }
                    !takes
                });
                answers.push(Json::from(taken));
            }
            Ok(answers)
        },
    )
}

fn case(whose: &str, given: Option<Json>, as_of: i32, at: usize) -> Result<Case, Fault> {
    let whose = format!("{whose}.case");
    let given = given.unwrap_or_else(|| Json::Object(Map::new()));
    let mut case = record(&whose, &given, CASE)?;
    default(&mut case, "name", format!("customer {}", at + 1));
    let mut take = |name: &str| case.remove(name).unwrap_or(Json::Null);
    Ok(Case {
        name: take("name").as_str().unwrap_or_default().to_owned(),
        customer: take("customer").as_object().cloned().unwrap_or_default(),
        contacts: maps(take("contacts")),
        tasks: maps(take("tasks")),
        deals: deals(&whose, take("deals"), as_of)?,
        interactions: interactions(&whose, take("interactions"), as_of)?,
        threads: threads(&whose, take("threads"), as_of)?,
    })
}

/// Lets the pack judge proposals; gives one verdict a proposal.
pub(super) fn review(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    const CALL: &str = "test.review";
    let fields = ["customers", "customer", "proposals", "settings", "as_of", "seed", "step"];
    let spec = Spec::read(CALL, given, &fields)?;
    let manifest = stage.manifest();
    let place = steps(&spec, manifest, Hook::Review)?[0];
    let context = spec.context(manifest, &stage.options)?;
    let customers = Customers::read(&spec, "customers", "customer")?;
    let empty = Json::Array(Vec::new());
    let given = spec.get("proposals").unwrap_or(&empty);
    let given = by_name(given, "customer");
    let given = records(&format!("{CALL}: proposals"), &given, PROPOSAL)?;
    let proposals: Vec<Proposal> = given
        .into_iter()
        .enumerate()
        .map(|(at, given)| {
            let mut given = given.as_object().cloned().unwrap_or_default();
            let whose = format!("{CALL}: proposals[{}]", at + 1);
            let named = given.remove("customer").unwrap_or(Json::Null);
            let id = match (place_or_name(&named), customers.rows.len()) {
                (Json::Null, 1) => 1,
                (named, _) => customers.find(&whose, &named)?,
            };
            for (field, usual) in [
                ("action", json!("call")),
                ("channel", json!("phone")),
                ("due", json!(context.as_of)),
                ("promised", json!(false)),
                ("contact", json!(true)),
                ("fact_day", json!(context.as_of)),
                ("priority", json!(50)),
                ("group", json!("")),
            ] {
                default(&mut given, field, usual);
            }
            given.insert("customer".to_owned(), id.into());
            given.insert("causes".to_owned(), json!([]));
            given.insert("fields".to_owned(), json!({}));
            typed(&whose, given.into())
        })
        .collect::<Result<_, _>>()?;
    let mut columns = columns_of(stage, &spec, &[place], &customers)?;
    prepare(&mut columns, &manifest.steps[place]);
    let batch = Batch { ids: customers.ids(), columns };
    stage.with(&context, &customers.names, |pack| {
        let verdicts = pack.review(place, &batch, &proposals)?;
        let mut answers: Vec<Json> = proposals
            .iter()
            .map(|proposal| {
                json!({
                    "customer": customers.called(proposal.customer),
                    "decision": "keep",
                    "due": proposal.due,
                    "channel": proposal.channel,
                    "priority": proposal.priority,
                    "group": proposal.group,
                    "reasons": [],
                    "guidance": [],
                })
            })
            .collect();
        for verdict in verdicts {
            let answer = &mut answers[verdict.proposal];
            let why = causes(&verdict.causes, pack.rules());
            if verdict.decision == Decision::Advise {
                if let (Json::Array(guidance), Json::Array(more)) = (&mut answer["guidance"], why) {
                    guidance.extend(more);
                }
                continue;
            }
            answer["reasons"] = why;
            answer["decision"] = match verdict.decision {
                Decision::Withhold => "withhold".into(),
                Decision::Advise => "keep".into(),
                Decision::Change { due, channel, priority, group } => {
                    if let Some(group) = group {
                        answer["group"] = group.into();
                    }
                    if let Some(due) = due {
                        answer["due"] = due.into();
                    }
                    if let Some(channel) = channel {
                        answer["channel"] = channel.into();
                    }
                    if let Some(priority) = priority {
                        answer["priority"] = priority.into();
                    }
                    "change".into()
                }
            };
        }
        Ok(Json::Array(answers))
    })
}

/// Writes the places by which customers of a list are named as texts, which their shape expects.
fn by_name(given: &Json, field: &str) -> Json {
    let mut given = given.clone();
    if let Json::Array(items) = &mut given {
        for item in items {
            if let Some(place) = item.get(field).and_then(Json::as_i64) {
                item[field] = place.to_string().into();
            }
        }
    }
    given
}

fn place_or_name(named: &Json) -> Json {
    let place = named.as_str().and_then(|text| text.parse::<u64>().ok());
    place.map_or_else(|| named.clone(), Json::from)
}

/// Lets the pack plan one rep's visits.
pub(super) fn plan_visits(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    const CALL: &str = "test.plan_visits";
    let own = ["customers", "customer", "settings", "as_of", "seed", "step"];
    let fields: Vec<&str> = own.into_iter().chain(PROBLEM.iter().map(|(name, _)| *name)).collect();
    let spec = Spec::read(CALL, given, &fields)?;
    let manifest = stage.manifest();
    let place = steps(&spec, manifest, Hook::PlanVisits)?[0];
    let context = spec.context(manifest, &stage.options)?;
    let customers = Customers::read(&spec, "customers", "customer")?;
    let said = PROBLEM.iter().filter_map(|(name, _)| Some(((*name).to_owned(), spec.get(name)?)));
    let said = said.map(|(name, value)| match name.as_str() {
        "days" => (name, days(value)),
        "fixed" => (name, by_name(value, "customer")),
        _ => (name, value.clone()),
    });
    let mut problem = record(CALL, &Json::Object(said.collect()), PROBLEM)?;
    for (field, usual) in [
        ("rep", json!("rep")),
        ("speed", json!(30)),
        ("seconds_per_way", json!(300)),
        ("prospecting_share", json!(0)),
    ] {
        default(&mut problem, field, usual);
    }
    let mut take = |name: &str| problem.remove(name).unwrap_or(Json::Null);
    let days = work_days(CALL, take("days"))?;
    let (first, last) = match (days.first(), days.last()) {
        (Some(first), Some(last)) => (first.day, last.day),
        _ => (context.as_of, context.as_of),
    };
    let fixed = take("fixed");
    let fixed = fixed.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let fixed = fixed.map(|visit| {
        Ok(FixedVisit {
            customer: customers.find(CALL, &place_or_name(&visit["customer"]))?,
            day: typed(CALL, visit["day"].clone())?,
        })
    });
    let fixed = fixed.collect::<Result<_, Fault>>()?;
    let problem = PlanningProblem {
        rep: typed(CALL, take("rep"))?,
        home: typed(CALL, take("home"))?,
        days,
        from: take("from").as_i64().map_or(first, |day| day as i32),
        to: take("to").as_i64().map_or(last, |day| day as i32),
        customers: plan_customers(CALL, &customers)?,
        fixed,
        speed: typed(CALL, take("speed"))?,
        seconds_per_way: typed(CALL, take("seconds_per_way"))?,
        prospecting_share: typed(CALL, take("prospecting_share"))?,
        seed: context.seed,
    };
    stage.with(&context, &customers.names, |pack| {
        let plan = pack.plan_visits(place, &problem)?;
        let rules = pack.rules();
        let days = plan.days.iter().map(|day| {
            let stops = day.stops.iter().map(|stop| {
                json!({
                    "customer": customers.called(stop.customer),
                    "seconds": stop.seconds,
                    "travel_before": stop.travel_before,
                    "reasons": causes(&stop.causes, rules),
                })
            });
            json!({ "day": day.day, "stops": stops.collect::<Vec<_>>() })
        });
        let left_out = plan.left_out.iter().map(|left| {
            json!({
                "customer": customers.called(left.customer),
                "missing": left.missing,
                "reasons": causes(&left.causes, rules),
            })
        });
        let (days, left_out): (Vec<_>, Vec<_>) = (days.collect(), left_out.collect());
        Ok(json!({ "days": days, "left_out": left_out }))
    })
}

/// Days may be written as such, for whole working days.
fn days(given: &Json) -> Json {
    let Json::Array(items) = given else { return given.clone() };
    let whole = items.iter().map(|item| match item {
        Json::String(_) | Json::Number(_) => json!({ "day": item }),
        other => other.clone(),
    });
    whole.collect()
}

fn work_days(whose: &str, given: Json) -> Result<Vec<WorkDay>, Fault> {
    let Json::Array(given) = given else { return Ok(Vec::new()) };
    let days = given.into_iter().map(|day| {
        let mut day = day.as_object().cloned().unwrap_or_default();
        default(&mut day, "seconds", 8 * 3_600);
        default(&mut day, "max_visits", 100);
        if day.get("day").is_none_or(Json::is_null) {
            return Err(Fault::argument(format!("{whose}: one of the days has no day")));
        }
        typed(&format!("{whose}: days"), day.into())
    });
    days.collect()
}

fn plan_customers(call: &str, customers: &Customers) -> Result<Vec<PlanCustomer>, Fault> {
    let rows = customers.names.iter().zip(&customers.rows).zip(customers.ids());
    rows.map(|((name, row), id)| {
        let whose = format!("{call}: {name}");
        let mut customer = record(&whose, &Json::Object(row.clone()), PLAN_CUSTOMER)?;
        for (field, usual) in [
            ("name", json!(name)),
            ("visits_per_month", json!(1)),
            ("visits", json!(1)),
            ("visits_a_round", json!(1)),
            ("seconds", json!(3_600)),
            ("gap_days", json!(30)),
            ("mode", json!("rotating")),
            ("purpose", json!("")),
            ("topics", json!("")),
            ("value", json!(0)),
            ("group", json!("")),
        ] {
            default(&mut customer, field, usual);
        }
        customer.insert("customer".to_owned(), id.into());
        typed(&whose, customer.into())
    })
    .collect()
}
