//! `test.score`, `test.visit_need` and `test.fit`.

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::{
    Batch, ColumnData, ColumnType, Columns, Hook, Manifest, Pack as _, Step, did_you_mean,
};
use mlua::Value;
use serde_json::Value as Json;

use super::columns::{self, Wanted, pick};
use super::customers::Customers;
use super::order;
use super::outcome::Scored;
use super::runner::{Refusal, Stage};
use super::spec::Spec;
use crate::fault::Fault;
use crate::pack::LuaPack;

const FIELDS: [&str; 7] = ["customers", "customer", "settings", "as_of", "seed", "step", "state"];

/// Scores the customers of a fixture by all steps of a hook, one after the other, or by one of them.
pub(super) fn score(
    stage: &Stage,
    call: &'static str,
    hook: Hook,
    given: &[Value],
) -> Result<Json, Fault> {
    let spec = Spec::read(call, given, &FIELDS)?;
    let manifest = stage.manifest();
    let steps = steps(&spec, manifest, hook)?;
    let state = state(&spec, manifest, &steps)?;
    let context = spec.context(manifest, &stage.options)?;
    let customers = Customers::read(&spec, "customers", "customer")?;
    let mut columns = columns_of(stage, &spec, &steps, &customers)?;
    let results = stage.with(&context, &customers.names, |pack| {
        let mut results = vec![Scored::default(); customers.rows.len()];
        for place in &steps {
            let step = &manifest.steps[*place];
            let state = match &state {
                Some(state) => state.clone(),
                None => fitted(pack, *place, step, &mut columns)?,
            };
            prepare(&mut columns, step);
            let given = one_step(pack, *place, &customers, &columns, &state, context.seed)?;
            for (give, column) in step.gives.iter().zip(&given) {
                let name = &give.info.name;
                for (row, result) in results.iter_mut().enumerate() {
                    result.add(name, column, row, pack.rules());
                }
                columns.insert(name, give.info.kind, Arc::new(column.data.clone()));
            }
        }
        Ok(results)
    })?;
    Ok(customers.shape(results.into_iter().map(Scored::finish).collect()))
}

/// Lets a step's fit look at the customers of a fixture.
pub(super) fn fit(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    let spec = Spec::read("test.fit", given, &FIELDS[..6])?;
    let manifest = stage.manifest();
    let fitted_steps = manifest.steps.iter().enumerate().filter(|(_, step)| step.fit.is_some());
    let named = spec.text("step")?;
    let mut found =
        fitted_steps.clone().filter(|(_, step)| named.is_none_or(|name| step.name == name));
    let place = match (found.next(), found.next()) {
        (Some((place, _)), None) => place,
        (None, _) => {
            let hint = did_you_mean(
                named.unwrap_or_default(),
                fitted_steps.map(|(_, step)| step.name.as_str()),
            );
            return Err(Fault::argument("test.fit: there is no such step with a fit").hint(hint));
        }
        (Some(_), Some(_)) => {
            let message = "test.fit: several steps have a fit";
            return Err(Fault::argument(message).hint("say which one: step = \"…\""));
        }
    };
    let context = spec.context(manifest, &stage.options)?;
    let customers = Customers::read(&spec, "customers", "customer")?;
    let mut columns = columns_of(stage, &spec, &[place], &customers)?;
    stage.with(&context, &customers.names, |pack| {
        fitted(pack, place, &manifest.steps[place], &mut columns)
    })
}

/// The steps that are asked, each after those that give what it needs.
pub(super) fn steps(spec: &Spec, manifest: &Manifest, hook: Hook) -> Result<Vec<usize>, Fault> {
    let call = spec.call;
    let all = || manifest.steps.iter().enumerate().filter(|(_, step)| step.hook == hook);
    if all().next().is_none() {
        let message =
            format!("{call}: pack {} has no step of the hook {}", manifest.name, hook.name());
        let hooks = manifest.steps.iter().map(|step| step.hook.name());
        return Err(Fault::argument(message).hint(did_you_mean(hook.name(), hooks)));
    }
    if let Some(name) = spec.text("step")? {
        let found = all().find(|(_, step)| step.name == name);
        let hint = || did_you_mean(name, all().map(|(_, step)| step.name.as_str()));
        return match found {
            Some((place, _)) => Ok(vec![place]),
            None => {
                Err(Fault::argument(format!("{call}: there is no step \"{name}\"")).hint(hint()))
            }
        };
    }
    let mut left: Vec<(usize, &Step)> = all().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let gives = |name: &str, among: &[(usize, &Step)]| {
            among.iter().any(|(_, step)| step.gives.iter().any(|give| give.info.name == name))
        };
        let ready = left
            .iter()
            .position(|(_, step)| step.needs.iter().all(|need| !gives(&need.column, &left)));
        let Some(ready) = ready else {
            let message = format!("{call}: the steps need each other in a circle");
            return Err(Fault::argument(message));
        };
        order.push(left.remove(ready).0);
    }
    Ok(order)
}

fn state(spec: &Spec, manifest: &Manifest, steps: &[usize]) -> Result<Option<Json>, Fault> {
    let Some(state) = spec.get("state") else { return Ok(None) };
    match steps {
        [place] if manifest.steps[*place].fit.is_some() => Ok(Some(state.clone())),
        [_] => {
            let message = format!("{}: the step has no fit, so no state", spec.call);
            Err(Fault::argument(message))
        }
        _ => {
            let message = format!("{}: a state belongs to one step", spec.call);
            Err(Fault::argument(message).hint("say which one: step = \"…\""))
        }
    }
}

/// The columns of a fixture, for some steps.
pub(super) fn columns_of(
    stage: &Stage,
    spec: &Spec,
    steps: &[usize],
    customers: &Customers,
) -> Result<Columns, Fault> {
    let manifest = stage.manifest();
    let steps = || steps.iter().map(|place| &manifest.steps[*place]);
    let gives = steps().flat_map(|step| {
        step.gives.iter().map(|give| (give.info.name.as_str(), step.name.as_str()))
    });
    let mut kinds = stage.options.kinds.clone();
    for step in &manifest.steps {
        kinds.extend(step.gives.iter().map(|give| (give.info.name.clone(), give.info.kind)));
    }
    kinds.extend(manifest.features.iter().map(|each| (each.info.name.clone(), each.info.kind)));
    let wanted = Wanted {
        call: spec.call,
        needs: steps().flat_map(|step| &step.needs).collect(),
        given: gives.collect::<BTreeMap<_, _>>(),
        kinds: &kinds,
    };
    columns::of(customers, &wanted)
}

/// Adds what a step needs and nobody gave: ranks, and missing values.
pub(super) fn prepare(columns: &mut Columns, step: &Step) {
    columns::rank(columns, &step.needs);
    for need in &step.needs {
        if columns.get(&need.name()).is_none() {
            let missing = ColumnData::missing(ColumnType::Number, columns.rows());
            columns.insert(&need.name(), ColumnType::Number, Arc::new(missing));
        }
    }
}

fn fitted(
    pack: &mut LuaPack,
    place: usize,
    step: &Step,
    columns: &mut Columns,
) -> Result<Json, Refusal> {
    prepare(columns, step);
    Ok(if step.fit.is_some() { pack.fit(place, columns)? } else { Json::Null })
}

/// Scores all customers by one step, in all ways.
fn one_step(
    pack: &mut LuaPack,
    place: usize,
    customers: &Customers,
    columns: &Columns,
    state: &Json,
    seed: u64,
) -> Result<Vec<kehu_contract::ScoredColumn>, Refusal> {
    let ids = customers.ids();
    let mut first = None;
    order::answers(&customers.names, seed, &mut |rows| {
        let ids = rows.iter().map(|row| ids[*row]).collect();
        let batch = Batch { ids, columns: pick(columns, rows) };
        let scored = pack.score(place, &batch, state)?;
        let step = &pack.shared.manifest.steps[place];
        let answers = (0..rows.len()).map(|row| {
            let mut result = Scored::default();
            for (give, column) in step.gives.iter().zip(&scored) {
                result.add(&give.info.name, column, row, pack.rules());
            }
            result.finish()
        });
        let answers = answers.collect();
        first.get_or_insert(scored);
        Ok(answers)
    })?;
    Ok(first.unwrap_or_default())
}
