//! The worklist: what a rep is to do on a day.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{BATCH, Case, Hook, Proposal, Rule, Text, did_you_mean};
use kehu_domain::{
    Customer, CustomerId, Day, DealId, Entity, Fields, InteractionId, RepId, Task, TaskId,
    TaskState,
};

use kehu_store::Reader;

use super::ask::{self, Because};
use super::calendar::Calendar;
use super::cases::Cases;
use super::contacts::{join_same, measure, merge};
use super::key::key;
use super::order::Order;
use super::plan::{VISIT, VisitDay, VisitStop, latest_plan, notes};
use super::portfolio::{self, Portfolio};
use super::sheet::Sheet;
use super::{DayError, Work, capacity, review, tasks};
use crate::packs::EnabledPack;
use crate::records::{customers, values};
use crate::settings::Settings;

/// The place of a planned visit in the list; also that of a proposal that states none.
const USUAL_PRIORITY: f64 = 50.0;

/// Holds one thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The key by which a person closes it.
    pub key: String,
    /// The keys of all proposals that were merged into it.
    pub keys: Vec<String>,
    /// The task that it is; none for what packs propose.
    pub task: Option<TaskId>,
    /// The pack whose proposal came first; empty for a task.
    pub pack: String,
    /// The hook that it came from; none for a task.
    pub hook: Option<Hook>,
    /// The customer; only a task may have none.
    pub customer: Option<CustomerId>,
    /// The customer's name.
    pub name: String,
    /// The deal that it is about.
    pub deal: Option<(DealId, String)>,
    /// The deal's amount in major units.
    pub amount: Option<f64>,
    /// What to do, as the pack calls it.
    pub action: String,
    /// What to do, in words.
    pub title: Text,
    /// By which channel.
    pub channel: String,
    /// True if it reaches the customer.
    pub contact: bool,
    /// The seconds that it takes, with the way to a planned visit.
    pub seconds: i32,
    /// True if the day has room for it.
    pub fits: bool,
    /// When.
    pub due: Day,
    /// True if that day was promised, or set by a person: past it the line is late.
    pub promised: bool,
    /// The day of the fact that it rests on.
    pub fact_day: Day,
    /// Its place in the list: higher comes first.
    pub priority: f64,
    /// What the customer is worth; it orders lines of one priority.
    pub value: f64,
    /// The part of the order of work.
    pub group: String,
    /// The interaction that it is about, and that one's kind.
    pub about: Option<(InteractionId, String)>,
    /// The state that doing it puts that thread into.
    pub state: Option<String>,
    /// Custom fields of the interaction that is logged once it is done.
    pub fields: Fields,
    /// What the customer's record says once it is done, by field, as people write it; empty texts empty it.
    pub edit: BTreeMap<String, String>,
    /// More about a planned visit.
    pub visit: Option<VisitDetails>,
    /// Why.
    pub because: Vec<Because>,
    /// Why it stands at this place of the list, where a pack has moved it.
    pub placed: Vec<Because>,
    /// How to go about it: what to say, what to ask.
    pub guidance: Vec<Because>,
    /// Why it is withheld; empty if it is not.
    pub withheld: Vec<Because>,
    /// Where several proposals became one contact: each of them, the leading one first; empty else.
    pub merged: Vec<Line>,
}

impl Line {
    /// The purposes of a contact, each a line for itself; the line itself where it is one.
    pub fn topics(&self) -> &[Self] {
        if self.merged.is_empty() { std::slice::from_ref(self) } else { &self.merged }
    }

    /// True if doing it says more than that the customer was met or called: it moves a thread on, changes the
    /// customer's record, or fills fields.
    pub(super) fn records_a_fact(&self) -> bool {
        self.state.is_some() || !self.edit.is_empty() || !self.fields.is_empty()
    }

    /// Since when it is late: the earliest day that was promised and is over.
    pub fn late_since(&self, today: Day) -> Option<Day> {
        let promised = self.topics().iter().filter(|topic| topic.promised && topic.due < today);
        promised.map(|topic| topic.due).min()
    }

    /// Adds guidance that is not there yet.
    pub(super) fn guide(&mut self, guidance: Vec<Because>) {
        for each in guidance {
            if !self.guidance.contains(&each) {
                self.guidance.push(each);
            }
        }
    }
}

/// Holds what is known of a planned visit beside its line.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitDetails {
    /// The seconds of the visit.
    pub seconds: i32,
    /// The seconds of the way there.
    pub travel_seconds: i32,
    /// What it is for.
    pub purpose: Text,
    /// What to talk about.
    pub topics: Text,
}

/// Holds a rep's list of a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Worklist {
    /// What to do, in order.
    pub lines: Vec<Line>,
    /// What packs withheld, in the same order.
    pub withheld: Vec<Line>,
    /// How many proposals are due on a later day.
    pub later: usize,
    /// How many were not shown because a person has closed them.
    pub closed: usize,
    /// The seconds of the day that are kept for finding new customers.
    pub prospecting_seconds: i32,
    /// The seconds of the rep's working day.
    pub day_seconds: i32,
    /// The seconds of the lines for which it has room.
    pub used_seconds: i32,
    /// What is to be said of the list as a whole.
    pub notes: Vec<Text>,
    /// Packs that were switched off, each with what it said.
    pub failures: Vec<(String, String)>,
    /// Whose customers it is about.
    pub portfolio: Portfolio,
}

impl Work<'_> {
    /// Lays out the day: the visits of the rep's latest plan that covers it, else of a plan made now
    /// for this one day, and what packs propose. Nothing is written.
    ///
    /// # Errors
    /// What the store says. A pack that fails is no error: the list says so and goes on without it.
    pub fn today(&self) -> Result<Worklist, DayError> {
        let stored = latest_plan(self.reader, RepId(self.rep.id), self.as_of)?;
        let stored = stored.map(|(_, plan)| plan);
        let day_of = |days: &[VisitDay]| days.iter().find(|day| day.day == self.as_of).cloned();
        let planned = stored.as_ref().and_then(|plan| day_of(&plan.days));
        let also: BTreeSet<i64> =
            planned.iter().flat_map(|day| &day.visits).map(|visit| visit.customer.0).collect();
        let portfolio = portfolio::find(self, &also)?;
        let sheet = Sheet::new(self, portfolio.customers.keys().copied().collect())?;
        let mut list = Worklist {
            portfolio,
            failures: self.run.header().failures.clone(),
            notes: self.notes(),
            ..Worklist::default()
        };
        let (planner, day) = match stored {
            Some(plan) => (plan.pack, planned),
            None => self.plan_today(&sheet, &mut list)?,
        };
        let (tasks, later) = tasks::due(self)?;
        let mut list = self.lay_out(&sheet, list, &planner, day.as_ref(), tasks, later)?;
        let (order, settings) = (Order(self.order()), self.settings);
        list.day_seconds = capacity::day_seconds(settings, self.rep);
        let share = f64::from(list.day_seconds) * settings.planning.prospecting_share;
        list.prospecting_seconds = share.round() as i32;
        let (day, reserve) = (list.day_seconds, list.prospecting_seconds);
        list.used_seconds = capacity::fill(settings, &order, &mut list.lines, day, reserve);
        Ok(list)
    }

    /// What the packs propose for one customer, whoever's deals it is about, with the visit of the rep's
    /// plan that is kept for the day: the customer's part of the day's list, but for tasks. Nothing is
    /// planned and nothing is written.
    ///
    /// # Errors
    /// What the store says. A pack that fails is no error: the list says so and goes on without it.
    pub fn about(&self, customer: &Customer) -> Result<Worklist, DayError> {
        let id = CustomerId(customer.id);
        let stored = latest_plan(self.reader, RepId(self.rep.id), self.as_of)?;
        let (planner, day) = stored.map_or((String::new(), None), |(_, plan)| {
            let day = plan.days.into_iter().find(|day| day.day == self.as_of);
            (plan.pack, day)
        });
        let day = day.map(|mut day| {
            day.visits.retain(|visit| visit.customer == id);
            day
        });
        let portfolio = portfolio::of_one(self, customer)?;
        let sheet = Sheet::of_one(self, id)?;
        let failures = self.run.header().failures.clone();
        let list = Worklist { failures, portfolio, ..Worklist::default() };
        self.lay_out(&sheet, list, &planner, day.as_ref(), Vec::new(), 0)
    }

    /// Joins a day's visits, what the packs propose and the tasks into a list.
    fn lay_out(
        &self,
        sheet: &Sheet<'_>,
        mut list: Worklist,
        planner: &str,
        day: Option<&VisitDay>,
        tasks: Vec<Line>,
        later: usize,
    ) -> Result<Worklist, DayError> {
        let mut lines: Vec<Line> = Vec::new();
        if let Some(day) = day {
            let known = |visit: &&VisitStop| sheet.ids.binary_search(&visit.customer.0).is_ok();
            lines.extend(
                day.visits.iter().filter(known).map(|visit| line_of(planner, day.day, visit)),
            );
        }
        lines.extend(self.proposed(sheet, &mut list)?);
        self.drop_closed(&mut lines, &mut list)?;
        let mut lines = join_same(lines);
        value(sheet, &mut lines)?;
        measure(self.settings, &mut lines);
        let order = Order(self.order());
        review::review(self, sheet, &mut lines, &mut list.failures, &order)?;
        lines.extend(tasks);
        // A review may have changed a channel.
        measure(self.settings, &mut lines);
        order.sort(&mut lines);
        let mut lines = merge(self.settings, lines, self.as_of);
        list.later = later + lines.iter().filter(|line| line.due > self.as_of).count();
        lines.retain(|line| line.due <= self.as_of);
        (list.withheld, list.lines) = lines.into_iter().partition(|line| !line.withheld.is_empty());
        Ok(list)
    }

    /// What all packs propose; those that fail are noted in the list.
    fn proposed(&self, sheet: &Sheet<'_>, list: &mut Worklist) -> Result<Vec<Line>, DayError> {
        let mut lines = Vec::new();
        let answering = self.packs.answering(Hook::FollowUp, self.settings);
        let cases = if answering.is_empty() { Vec::new() } else { self.cases(&list.portfolio)? };
        for (pack, step) in answering {
            if list.failures.iter().any(|(name, _)| name == pack.name()) {
                continue;
            }
            match self.follow_up(pack, step, sheet, &list.portfolio, &cases)? {
                Ok(proposed) => lines.extend(proposed),
                Err(failure) => list.failures.push((pack.name().to_owned(), failure)),
            }
        }
        Ok(lines)
    }

    /// The order of groups: the workspace's, else that of the first pack that has one.
    fn order(&self) -> Vec<String> {
        if !self.settings.worklist.order.is_empty() {
            return self.settings.worklist.order.clone();
        }
        let of_pack = |pack: &EnabledPack| {
            let setting = pack.manifest().worklist_order.as_ref()?;
            let texts = pack.settings.get(setting)?.as_array()?;
            Some(texts.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect())
        };
        self.packs.packs().iter().find_map(of_pack).unwrap_or_default()
    }

    fn notes(&self) -> Vec<Text> {
        let mut notes = notes(&self.settings.country, self.as_of, self.as_of);
        if let Some(name) = Calendar::of(&self.settings.country).holiday(self.as_of) {
            notes.push(Text::new(
                format!("{} is a public holiday: {}", self.as_of, name.en),
                format!("{}是节假日：{}", self.as_of, name.zh),
            ));
        }
        notes
    }

    /// Plans the one day; without a planner there are no visits, with a broken one the list says so.
    fn plan_today(
        &self,
        sheet: &Sheet<'_>,
        list: &mut Worklist,
    ) -> Result<(String, Option<VisitDay>), DayError> {
        // Nobody visits the customers that no rep has.
        let is_working = Calendar::of(&self.settings.country).is_working(self.as_of);
        if !is_working || self.rep_id().is_none() {
            return Ok((String::new(), None));
        }
        match self.plan_for(&list.portfolio, sheet, self.as_of, self.as_of) {
            Ok(plan) => Ok((plan.pack, plan.days.into_iter().next())),
            Err(DayError::NoPlanner) => Ok((String::new(), None)),
            Err(DayError::Planner(failure)) => {
                let planners = self.packs.answering(Hook::PlanVisits, self.settings);
                let name = planners.first().map_or("", |(pack, _)| pack.name()).to_owned();
                list.failures.push((name, failure));
                Ok((String::new(), None))
            }
            Err(other) => Err(other),
        }
    }

    /// What is known of each customer, in the order of the sheet: read once for all packs.
    fn cases(&self, portfolio: &Portfolio) -> Result<Vec<Case>, DayError> {
        let cases = Cases::new(self.reader, self.settings, self.as_of)?;
        Ok(portfolio.customers.values().map(|each| cases.read(each)).collect::<Result<_, _>>()?)
    }

    /// What one pack proposes; the inner error says why it was switched off.
    fn follow_up(
        &self,
        pack: &EnabledPack,
        step: usize,
        sheet: &Sheet<'_>,
        portfolio: &Portfolio,
        cases: &[Case],
    ) -> Result<Result<Vec<Line>, String>, DayError> {
        let inputs = match sheet.inputs(pack, step)? {
            Ok(inputs) => inputs,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut lines = Vec::new();
        for (batch, cases) in sheet.batches(&inputs).into_iter().zip(cases.chunks(BATCH)) {
            // Each batch starts from a freshly loaded pack, so that borders cannot be seen.
            let asked = ask::load(self, pack).and_then(|mut instance| {
                let proposals = instance.follow_up(step, &batch, cases)?;
                Ok((instance.rules().to_vec(), proposals))
            });
            let (rules, proposals) = match asked {
                Ok(asked) => asked,
                Err(error) => return Ok(Err(error.to_string())),
            };
            let settings = self.settings;
            let (rules, reader) = (&rules[..], self.reader);
            let reader = ProposalReader { reader, settings, pack, rules, portfolio };
            for (at, proposal) in proposals.iter().enumerate() {
                let case = batch.ids.binary_search(&proposal.customer).ok().map(|row| &cases[row]);
                match reader.line(proposal, case) {
                    Ok(line) => lines.extend(line),
                    Err(error) => {
                        let place = format!("proposals[{}]", at + 1);
                        let name = pack.name();
                        return Ok(Err(format!("pack {name}, follow_up: {place} {error}")));
                    }
                }
            }
        }
        Ok(Ok(lines))
    }

    fn drop_closed(&self, lines: &mut Vec<Line>, list: &mut Worklist) -> Result<(), DayError> {
        let mut answered: BTreeMap<(String, Option<CustomerId>), (TaskState, Option<Day>)> =
            BTreeMap::new();
        self.reader.each(Entity::Task, None, &mut |record| {
            if let Ok(Task { key: Some(key), customer, state, until, known, .. }) =
                Task::try_from(record)
                && known <= self.as_of
            {
                answered.insert((key, customer), (state, until));
            }
            Ok(())
        })?;
        let before = lines.len();
        lines.retain(|line| {
            let answer = answered.get(&(line.key.clone(), line.customer));
            match answer {
                Some((TaskState::Done | TaskState::Skipped, _)) => false,
                Some((TaskState::Snoozed, until)) => until.is_none_or(|day| day <= self.as_of),
                Some((TaskState::Open, _)) | None => true,
            }
        });
        list.closed = before - lines.len();
        Ok(())
    }
}

/// A planned visit as a line.
fn line_of(planner: &str, day: Day, visit: &VisitStop) -> Line {
    Line {
        key: visit.key.clone(),
        keys: vec![visit.key.clone()],
        task: None,
        pack: planner.to_owned(),
        hook: Some(Hook::PlanVisits),
        customer: Some(visit.customer),
        name: visit.name.clone(),
        deal: None,
        amount: None,
        action: VISIT.to_owned(),
        title: Text::new("visit", "拜访"),
        channel: VISIT.to_owned(),
        contact: true,
        seconds: visit.seconds + visit.travel_seconds,
        fits: true,
        due: day,
        promised: false,
        fact_day: visit.fact_day,
        priority: USUAL_PRIORITY,
        value: visit.value,
        group: visit.group.clone(),
        visit: Some(VisitDetails {
            seconds: visit.seconds,
            travel_seconds: visit.travel_seconds,
            purpose: visit.purpose.clone(),
            topics: visit.topics.clone(),
        }),
        about: None,
        state: None,
        fields: Fields::new(),
        edit: BTreeMap::new(),
        because: visit.because.clone(),
        placed: Vec::new(),
        guidance: Vec::new(),
        withheld: Vec::new(),
        merged: Vec::new(),
    }
}

/// Checks proposals and puts them into words.
struct ProposalReader<'a> {
    reader: &'a dyn Reader,
    settings: &'a Settings,
    pack: &'a EnabledPack,
    rules: &'a [Rule],
    portfolio: &'a Portfolio,
}

impl ProposalReader<'_> {
    /// The line of a proposal; none if it is another rep's to do. An error says what is wrong.
    fn line(&self, proposal: &Proposal, case: Option<&Case>) -> Result<Option<Line>, String> {
        let customer = CustomerId(proposal.customer);
        let case = case.ok_or_else(|| format!("is for {customer}, who was not asked about"))?;
        let action = self.pack.manifest().actions.iter().find(|each| each.key == proposal.action);
        let action =
            action.ok_or_else(|| format!("names the undeclared action \"{}\"", proposal.action))?;
        if !(0.0..=100.0).contains(&proposal.priority) {
            return Err(format!("has the priority {}, expected 0 to 100", proposal.priority));
        }
        let due = Day::from_number(proposal.due).ok_or("is due on no day of the calendar")?;
        let fact_day = Day::from_number(proposal.fact_day)
            .ok_or("rests on a fact of no day of the calendar")?;
        let deal = match proposal.deal {
            None => None,
            Some(id) => {
                let deal = case.deals.iter().find(|deal| deal.id == id);
                Some(deal.ok_or_else(|| format!("is about {}, no open deal", DealId(id)))?)
            }
        };
        let because = ask::because(self.pack, self.rules, &proposal.causes)?;
        let guidance = ask::sentences(self.pack, self.rules, &proposal.guidance)?;
        let about = self.about(proposal, case)?;
        let fields = self.fields(proposal)?;
        self.check_edit(proposal)?;
        let responsible = self.portfolio.is_responsible(customer);
        let theirs = match deal {
            Some(deal) if deal.rep.is_some() => self.portfolio.deals.contains(&deal.id),
            _ => responsible,
        };
        let pack = self.pack.name();
        // Two threads of one day are two things to do.
        let subject = match proposal.about {
            Some(about) => format!("{} {about}", proposal.action),
            None => proposal.action.clone(),
        };
        let key = key(pack, proposal.customer, proposal.deal, &subject, proposal.fact_day);
        Ok(theirs.then(|| Line {
            keys: vec![key.clone()],
            key,
            task: None,
            pack: pack.to_owned(),
            hook: Some(Hook::FollowUp),
            customer: Some(customer),
            name: case.name.clone(),
            deal: deal.map(|deal| (DealId(deal.id), deal.name.clone())),
            amount: deal.and_then(|deal| deal.amount),
            action: proposal.action.clone(),
            title: action.text.clone(),
            channel: proposal.channel.clone(),
            contact: true,
            seconds: 0,
            fits: true,
            due,
            promised: proposal.promised,
            fact_day,
            priority: proposal.priority,
            value: 0.0,
            group: proposal.group.clone(),
            about,
            state: proposal.state.clone(),
            fields,
            edit: proposal.edit.clone(),
            visit: None,
            because,
            placed: Vec::new(),
            guidance,
            withheld: Vec::new(),
            merged: Vec::new(),
        }))
    }

    /// What a proposal is about; a state is one of that thread's kind.
    fn about(
        &self,
        proposal: &Proposal,
        case: &Case,
    ) -> Result<Option<(InteractionId, String)>, String> {
        let Some(id) = proposal.about else {
            return match &proposal.state {
                Some(state) => Err(format!("moves to the state \"{state}\" what it is not about")),
                None => Ok(None),
            };
        };
        let shown = InteractionId(id);
        let threads = case.threads.iter().map(|thread| (thread.id, &thread.kind));
        let rows = case.interactions.iter().map(|each| (each.id, &each.kind));
        let (_, kind) = threads
            .chain(rows)
            .find(|(known, _)| *known == id)
            .ok_or_else(|| format!("is about {shown}, which the case does not hold"))?;
        if let Some(state) = &proposal.state {
            let states = self.settings.kind(kind).map_or(&[][..], |kind| &kind.states);
            if !states.contains(state) {
                let hint = did_you_mean(state, states.iter().map(String::as_str));
                return Err(format!("moves {shown} to \"{state}\", no state of a {kind}; {hint}"));
            }
        }
        Ok(Some((shown, kind.clone())))
    }

    /// Tries what the proposal changes of the customer's record.
    fn check_edit(&self, proposal: &Proposal) -> Result<(), String> {
        if proposal.edit.is_empty() {
            return Ok(());
        }
        let found = self.reader.get(Entity::Customer, proposal.customer);
        let found = found.map_err(|error| error.to_string())?;
        let Some(Ok(mut customer)) = found.map(Customer::try_from) else { return Ok(()) };
        customers::set(self.settings, self.reader, &mut customer, &proposal.edit)
            .map_err(|error| format!("changes what cannot be so: {error}"))
    }

    fn fields(&self, proposal: &Proposal) -> Result<Fields, String> {
        let given: Vec<String> =
            proposal.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut fields = Fields::new();
        values::set_fields(self.settings, Entity::Interaction, &mut fields, &given)
            .map_err(|error| format!("records a field that cannot be kept: {error}"))?;
        Ok(fields)
    }
}

/// What the customer is worth, as far as a pack says so.
fn value(sheet: &Sheet<'_>, lines: &mut [Line]) -> Result<(), DayError> {
    for line in lines {
        if let Some(customer) = line.customer
            && let Ok(row) = sheet.ids.binary_search(&customer.0)
            && let Some(value) = sheet.number("visit_value", row)?
        {
            line.value = value;
        }
    }
    Ok(())
}
