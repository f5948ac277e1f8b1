//! The store as the engine sees it: traits, and the one conformance story that every store must pass.
//!
//! - [`Store`] opens views and writes; it is shared between threads.
//! - [`Reader`] sees one consistent state of the store, whatever others write meanwhile.
//! - [`Writer`] is one operation: all of it is kept, or nothing.
//! - [`Staging`] takes an import's rows outside any lock, sorts and matches them, and merges them in
//!   one short operation.
//! - [`StoredRun`] and [`codec`] are how runs of the scoring packs are kept.
//!
//! The library never prints, reads the clock or the environment: who acts and when comes with the
//! [`OperationDraft`].

pub mod codec;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod run;

use kehu_domain::{
    Customer, CustomerId, Day, Deal, DealEvent, Entity, Operation, OperationDraft, OperationId,
    Record, RunId,
};

pub use error::{Result, StoreError};
pub use run::{AppliedOverride, LabelChange, RunColumn, RunPack, StoredRun};

/// Keeps a workspace's records.
pub trait Store: Send + Sync {
    /// Opens a view of the store as it is now.
    fn read(&self) -> Result<Box<dyn Reader>>;

    /// Opens `count` views that all see the same last operation.
    fn read_many(&self, count: usize) -> Result<Vec<Box<dyn Reader>>>;

    /// Begins an operation; waits for another writer, and says who it is if that takes too long.
    fn write(&self, draft: &OperationDraft) -> Result<Box<dyn Writer>>;

    /// Begins the staging of an import.
    fn stage(&self) -> Result<Box<dyn Staging>>;

    /// Takes back an operation: the named one, or the last one that is not undone; and before it, those
    /// that it gave rise to. Deletes what it made, restores what it replaced, and marks it undone; the
    /// undoing is itself an operation.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names the later operations that touch the same rows.
    fn undo(&self, target: Option<OperationId>, draft: &OperationDraft) -> Result<Undone>;

    /// Erases a customer with all that belongs to it, or a contact with the words of what was said to it: from
    /// the records, from what they were before, from what history says of operations, from plans and runs.
    /// Records stay as [`Record::erased`] leaves them; a customer is archived from `today`. It is an
    /// operation, and cannot be undone.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such record.
    fn erase(&self, entity: Entity, id: i64, draft: &OperationDraft, today: Day) -> Result<Erased>;

    /// What there is to know about the store itself, as names and values, for `doctor`.
    fn describe(&self) -> Result<Vec<(String, String)>>;

    /// Looks for damage; returns what it finds, nothing if all is well.
    fn check(&self) -> Result<Vec<String>>;
}

/// Says what was erased, and where the person may still be named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// How many records were erased.
    pub records: u64,
    /// How many earlier versions of them.
    pub versions: u64,
    /// Records of others that name the person in words of their own, some of them at least.
    pub mentions: Vec<Mention>,
    /// The files that were ever imported.
    pub sources: Vec<String>,
    /// False if another process was reading, so that old pages could not be swept away at once.
    pub swept: bool,
}

/// Names a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// Its sort.
    pub entity: Entity,
    /// Its id.
    pub id: i64,
}

/// Names customers by their ids: those after `after`, up to and including `through`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerRange {
    /// The last id before the range.
    pub after: i64,
    /// The last id of the range.
    pub through: i64,
}

impl CustomerRange {
    /// All customers.
    pub const ALL: Self = Self { after: 0, through: i64::MAX };

    /// One customer.
    pub fn one(customer: CustomerId) -> Self {
        Self { after: customer.0 - 1, through: customer.0 }
    }
}

/// Shows to a scan, without copying it, what features need of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CustomerRow<'a> {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: &'a str,
    /// The customer that it belongs to.
    pub parent: Option<i64>,
    /// The birthday.
    pub birthday: Option<Day>,
    /// The day on which it was archived.
    pub archived: Option<Day>,
    /// The custom fields as JSON; none if there are none.
    pub fields: Option<&'a str>,
}

/// Names what a scan of interactions must fill in; the rest of a row is left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// `amount` and `margin`.
    pub money: bool,
    /// `rep`, `contact`, `deal`, `product` and `quantity`.
    pub links: bool,
    /// `channel`, `outcome`, `mood` and `minute`.
    pub words: bool,
    /// `about`, `state` and `due`.
    pub thread: bool,
    /// `fields`.
    pub fields: bool,
    /// `text`.
    pub text: bool,
}

/// Shows one interaction to a scan, without copying it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct InteractionRow<'a> {
    /// The customer's id.
    pub customer: i64,
    /// The day, counted from 1970-01-01.
    pub happened: i32,
    /// The id.
    pub id: i64,
    /// The place of the kind in [`Reader::kinds`].
    pub kind: usize,
    /// The amount in minor units.
    pub amount: Option<i64>,
    /// The margin in minor units.
    pub margin: Option<i64>,
    /// The rep's id.
    pub rep: Option<i64>,
    /// The contact's id.
    pub contact: Option<i64>,
    /// The deal's id.
    pub deal: Option<i64>,
    /// The product's id.
    pub product: Option<i64>,
    /// The number of pieces.
    pub quantity: Option<f64>,
    /// The minute of the day.
    pub minute: Option<u16>,
    /// The channel.
    pub channel: Option<&'a str>,
    /// The outcome.
    pub outcome: Option<&'a str>,
    /// The mood.
    pub mood: Option<&'a str>,
    /// The interaction that it is about.
    pub about: Option<i64>,
    /// The state that it puts its thread into.
    pub state: Option<&'a str>,
    /// The day by which a promise is to be kept.
    pub due: Option<i32>,
    /// The custom fields as JSON; none if there are none.
    pub fields: Option<&'a str>,
    /// What was noted.
    pub text: Option<&'a str>,
}

/// Names a record that was found by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// True if the whole name or an external id is what was asked for, false if it only contains it.
    pub exact: bool,
}

/// Shows a record before and after an operation: none before for one that it made, none after for one
/// that it removed.
pub type Change = (Option<Record>, Option<Record>);

/// Says what was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The operation that was asked for, or was the last; it names the one that took it back.
    pub operation: Operation,
    /// Those that it gave rise to, taken back with it, the latest first.
    pub with: Vec<Operation>,
}

/// Stops a scan early: what a visitor returns when it has seen enough or met an error.
pub type Visit<'v, T> = &'v mut dyn FnMut(T) -> Result<()>;

/// Sees one consistent state of the store.
pub trait Reader: Send {
    /// The last operation, undone or not; none in a new store.
    fn last_operation(&self) -> Result<Option<OperationId>>;

    /// Operations, the latest first.
    fn operations(&self, limit: usize) -> Result<Vec<Operation>>;

    /// One operation.
    fn operation(&self, id: OperationId) -> Result<Option<Operation>>;

    /// How many rows of each sort an operation made or changed.
    fn touched(&self, id: OperationId) -> Result<Vec<(Entity, u64)>>;

    /// What an operation did to each record that it made, replaced or removed, in the order of sorts and
    /// ids; nothing once it is undone.
    fn changes(&self, id: OperationId) -> Result<Vec<Change>>;

    /// The operation that first wrote a record; none if no operation gave the id.
    fn maker(&self, entity: Entity, id: i64) -> Result<Option<Operation>>;

    /// The largest id that a record of a sort has; 0 if there is none.
    fn last_id(&self, entity: Entity) -> Result<i64>;

    /// How many records of a sort there are.
    fn count(&self, entity: Entity) -> Result<u64>;

    /// One record, as it is today.
    fn get(&self, entity: Entity, id: i64) -> Result<Option<Record>>;

    /// Finds reps, products, customers, contacts or deals by name or external id: exact matches
    /// first (case and width do not matter), then names that contain the text, in id order; at most
    /// `limit`.
    fn find(&self, entity: Entity, text: &str, limit: usize) -> Result<Vec<Found>>;

    /// Visits all records of a sort in id order, as they are today; `customer` narrows them to one.
    fn each(
        &self,
        entity: Entity,
        customer: Option<CustomerId>,
        visit: Visit<'_, Record>,
    ) -> Result<()>;

    /// Visits the customers of a range in id order as they were at the end of `as_of`: those known by
    /// then, each with the values that held then; archived ones included.
    fn customers(
        &self,
        range: CustomerRange,
        as_of: Day,
        visit: &mut dyn FnMut(&Customer) -> Result<()>,
    ) -> Result<()>;

    /// Visits the same customers, of each only what features need.
    fn customer_rows(
        &self,
        range: CustomerRange,
        as_of: Day,
        visit: &mut dyn FnMut(&CustomerRow<'_>) -> Result<()>,
    ) -> Result<()>;

    /// The names of the kinds of interactions that are stored, by their place.
    fn kinds(&self) -> Result<Vec<String>>;

    /// Visits the interactions of a range that happened and were known by the end of `as_of`, in
    /// the order of customer, day and id.
    fn interactions(
        &self,
        range: CustomerRange,
        as_of: Day,
        wanted: Wanted,
        visit: &mut dyn FnMut(&InteractionRow<'_>) -> Result<()>,
    ) -> Result<()>;

    /// Visits the deals of a range of customers that were opened by the end of `as_of`, in the order
    /// of customer and id, each with its events up to then in the order of day, minute and id.
    fn deals(
        &self,
        range: CustomerRange,
        as_of: Day,
        visit: &mut dyn FnMut(&Deal, &[DealEvent]) -> Result<()>,
    ) -> Result<()>;

    /// Visits the deals without a customer, likewise.
    fn deals_without_customer(
        &self,
        as_of: Day,
        visit: &mut dyn FnMut(&Deal, &[DealEvent]) -> Result<()>,
    ) -> Result<()>;

    /// The ids of the customers that have an external id in a system, by that id: for matching.
    fn external_ids(&self, system: &str, visit: &mut dyn FnMut(&str, i64)) -> Result<()>;

    /// The runs, the latest first.
    fn runs(&self) -> Result<Vec<StoredRun>>;

    /// One run.
    fn run(&self, id: RunId) -> Result<Option<StoredRun>>;

    /// A part of a stored run: the bytes that [`Writer::put_run_part`] was given.
    fn run_part(&self, run: RunId, name: &str, batch: usize) -> Result<Option<Vec<u8>>>;

    /// The changes of labels that a run brought, of one customer or of all.
    fn label_changes(&self, run: RunId, customer: Option<CustomerId>) -> Result<Vec<LabelChange>>;
}

/// Writes one operation; dropped without [`Writer::commit`], nothing of it is kept.
pub trait Writer {
    /// The operation's id.
    fn operation(&self) -> OperationId;

    /// The store as this operation sees it, its own writes included.
    fn reader(&self) -> &dyn Reader;

    /// Writes a record: a new one (id 0) gets an id, a known one is replaced, and what it replaces is
    /// kept for undo. `today` is the day from which the new values of a customer hold.
    fn put(&mut self, record: &Record, today: Day) -> Result<i64>;

    /// Takes a record away; it is kept for undo.
    fn remove(&mut self, entity: Entity, id: i64) -> Result<()>;

    /// Writes a run's header; its id is given here.
    fn put_run(&mut self, run: &StoredRun) -> Result<RunId>;

    /// Writes a part of a run: a column's values or reasons for one batch.
    fn put_run_part(&mut self, run: RunId, name: &str, batch: usize, bytes: &[u8]) -> Result<()>;

    /// Writes the changes of labels that a run brought.
    fn put_label_changes(&mut self, run: RunId, changes: &[LabelChange]) -> Result<()>;

    /// Thins out old runs: all but the last `keep` lose their columns and reasons, never their
    /// header, state and label changes.
    fn thin_runs(&mut self, keep: usize) -> Result<()>;

    /// Replaces the summary that the draft gave, for commands that know it only at the end.
    fn set_summary(&mut self, summary: &str);

    /// Keeps the operation.
    fn commit(self: Box<Self>) -> Result<OperationId>;
}

/// Counts what becomes of an import's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matched {
    /// Rows that make a new record.
    pub created: u64,
    /// Rows that change a record.
    pub changed: u64,
    /// Rows that say what is stored already.
    pub unchanged: u64,
}

/// Takes an import's rows in a temporary file, without a lock on the store.
///
/// A new record has a provisional id below zero, by which other staged records refer to it; the merge
/// puts the real ids in. Interactions are matched here: by external id and kind, or, with an identity,
/// by customer, day and identity, each as many times as it occurs. All other records come matched:
/// with their own id if they change a record, below zero if they are new.
pub trait Staging {
    /// The last operation that the import's matching has seen.
    fn base(&self) -> Option<OperationId>;

    /// Takes a record; `table` is the place of its table in the mapping, for the counts, and `line` its
    /// line, for the report.
    fn push(&mut self, table: usize, line: u64, record: Record) -> Result<()>;

    /// Sorts and matches what was taken. Reports, for each interaction, its table, line and whether it
    /// is new (`created`), changes a stored one (`changed`) or is there already (`unchanged`).
    fn finish(&mut self, report: &mut dyn FnMut(usize, u64, RowFate)) -> Result<()>;

    /// Merges all into the store as one operation.
    ///
    /// # Errors
    /// [`StoreError::Moved`] if another operation came between; stage again.
    fn merge(self: Box<Self>, draft: &OperationDraft, today: Day) -> Result<OperationId>;
}

/// Says what becomes of one staged row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFate {
    /// It makes a new record.
    Created,
    /// It changes a stored one.
    Changed,
    /// It is there already.
    Unchanged,
}
