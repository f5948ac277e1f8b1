//! A loaded plugin, whichever process it is in: its instances, and the calls of its functions.

use std::ffi::c_void;

use kehu_abi as abi;
use kehu_contract::{LabelValue, Need};
use serde_json::{Map, Value as Json};

use crate::desk::{Answer, Desk, Mouth};
use crate::lend::Lent;
use crate::room::{Layout, Room};
use crate::verify::{Functions, Loaded};

/// A loaded plugin in use.
pub(crate) struct Guest {
    pub(crate) loaded: Loaded,
    desk: Box<Desk>,
    /// For each step, its instance and the state that it was made with.
    instances: Vec<Option<Instance>>,
    settings: String,
    /// For each step, the values of its label columns.
    labels: Vec<Vec<Vec<LabelValue>>>,
    /// For each step, the names of its needs.
    needs: Vec<Vec<String>>,
    as_of: i32,
    seed: u64,
    cancel: *const u32,
}

struct Instance {
    pointer: *mut c_void,
    state: Vec<u8>,
}

/// What is asked of an instance.
pub(crate) enum Work<'a> {
    Score { lent: &'a Lent, layout: &'a Layout, base: *mut u8 },
    Plan { problem: &'a [u8] },
    FollowUp { lent: &'a Lent, cases: &'a [u8] },
}

#[expect(unsafe_code, reason = "the plugin's functions are called")]
impl Guest {
    /// Takes a checked plugin in. `cancel` stays for as long as the guest does; without one, no call is
    /// ever asked to stop. `mouth` is told what it says during calls.
    pub(crate) fn new(loaded: Loaded, cancel: Option<*const u32>, mouth: Mouth) -> Self {
        static NEVER: u32 = 0;
        let cancel = cancel.unwrap_or(&raw const NEVER);
        let steps = &loaded.manifest.steps;
        let instances = steps.iter().map(|_| None).collect();
        let needs = steps.iter().map(|step| step.needs.iter().map(Need::name).collect()).collect();
        let labels = vec![Vec::new(); steps.len()];
        let (settings, desk) = (String::new(), Desk::new(mouth));
        Self { loaded, desk, instances, settings, labels, needs, as_of: 0, seed: 0, cancel }
    }

    /// Begins a run: instances of an earlier one are destroyed.
    pub(crate) fn begin(&mut self, as_of: i32, seed: u64, settings: &str) {
        self.destroy();
        let values: Map<String, Json> = serde_json::from_str(settings).unwrap_or_default();
        let manifest = &self.loaded.manifest;
        let of_step = |step: &kehu_contract::Step| {
            step.gives.iter().map(|give| manifest.label_values(give, &values)).collect()
        };
        self.labels = manifest.steps.iter().map(of_step).collect();
        (self.as_of, self.seed, self.settings) = (as_of, seed, settings.to_owned());
    }

    /// Moves the flag to stop, when the memory that holds it moves.
    pub(crate) fn watch(&mut self, cancel: *const u32) {
        self.cancel = cancel;
    }

    /// The names of a step's needs.
    pub(crate) fn needs(&self, step: usize) -> &[String] {
        &self.needs[step]
    }

    /// True if the step has an instance that was made with this state.
    pub(crate) fn has(&self, step: usize, state: &[u8]) -> bool {
        self.instances[step].as_ref().is_some_and(|instance| instance.state == state)
    }

    /// Makes the instance of a step; one that is there is destroyed.
    pub(crate) fn create(&mut self, step: usize, state: &[u8]) -> Answer {
        self.destroy_one(step);
        let create = match &self.loaded.steps[step] {
            Functions::Scorer(scorer) => scorer.create,
            Functions::Planner(planner) => planner.create,
            Functions::FollowUp(follow_up) => follow_up.create,
        };
        let mut instance = std::ptr::null_mut();
        let Some(create) = create else {
            self.instances[step] = Some(Instance { pointer: instance, state: state.to_owned() });
            return Answer::default();
        };
        let call = self.desk.open(self.as_of, self.seed, self.cancel);
        // SAFETY: the function is the plugin's; all that is passed lives until it returns.
        let code = unsafe {
            create(
                &raw const call,
                self.settings.as_ptr(),
                self.settings.len(),
                state.as_ptr().cast(),
                state.len(),
                &raw mut instance,
            )
        };
        // An instance beside an error is destroyed once; none beside success is passed back as it is.
        if code == abi::OK || !instance.is_null() {
            self.instances[step] = Some(Instance { pointer: instance, state: state.to_owned() });
        }
        if code != abi::OK {
            self.destroy_one(step);
        }
        self.desk.close(code)
    }

    /// Lets a step look at the whole base.
    pub(crate) fn fit(&mut self, step: usize, lent: &Lent) -> Answer {
        let Functions::Scorer(abi::Scorer { fit: Some(fit), .. }) = &self.loaded.steps[step] else {
            return failed("the plugin has no fit for this step");
        };
        let call = self.desk.open(self.as_of, self.seed, self.cancel);
        let settings = &self.settings;
        // SAFETY: as above.
        let code = unsafe { fit(&raw const call, settings.as_ptr(), settings.len(), lent.batch()) };
        self.desk.close(code)
    }

    /// Asks a step's instance.
    pub(crate) fn ask(&mut self, step: usize, work: &Work<'_>) -> Answer {
        let Some(Instance { pointer, .. }) = &self.instances[step] else {
            return failed("there is no instance");
        };
        let instance = *pointer;
        let call = self.desk.open(self.as_of, self.seed, self.cancel);
        let call = &raw const call;
        let code = match (&self.loaded.steps[step], work) {
            (Functions::Scorer(table), Work::Score { lent, layout, base }) => {
                let room = Room::new(layout, *base, &self.labels[step]);
                // SAFETY: as above; the buffers have a place for each row.
                table
                    .score
                    .map(|score| unsafe { score(instance, call, lent.batch(), room.outcome()) })
            }
            (Functions::Planner(table), Work::Plan { problem }) => {
                // SAFETY: as above.
                table
                    .plan
                    .map(|plan| unsafe { plan(instance, call, problem.as_ptr(), problem.len()) })
            }
            (Functions::FollowUp(table), Work::FollowUp { lent, cases }) => {
                // SAFETY: as above.
                table.follow_up.map(|follow_up| unsafe {
                    follow_up(instance, call, lent.batch(), cases.as_ptr(), cases.len())
                })
            }
            _ => None,
        };
        let answer = self.desk.close(code.unwrap_or(abi::FAILED));
        if answer.code == abi::PANIC {
            // After a panic nothing is known of it, not even that it can be destroyed.
            self.instances[step] = None;
        }
        answer
    }

    fn destroy(&mut self) {
        for step in 0..self.instances.len() {
            self.destroy_one(step);
        }
    }

    fn destroy_one(&mut self, step: usize) {
        let destroy = match &self.loaded.steps[step] {
            Functions::Scorer(scorer) => scorer.destroy,
            Functions::Planner(planner) => planner.destroy,
            Functions::FollowUp(follow_up) => follow_up.destroy,
        };
        if let (Some(instance), Some(destroy)) = (self.instances[step].take(), destroy) {
            // SAFETY: the instance came from this plugin and is forgotten here.
            unsafe { destroy(instance.pointer) }
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.destroy();
    }
}

fn failed(words: &str) -> Answer {
    Answer { code: abi::FAILED, failure: Some((-1, words.to_owned())), ..Answer::default() }
}
