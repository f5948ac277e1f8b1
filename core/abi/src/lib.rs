//! The C ABI between kehu and native plugins: `kehu_plugin.h` and its twin in Rust.
//!
//! A plugin is a shared library that exports [`ENTRY_SYMBOL`], which returns a pointer to a static
//! [`Entry`]. The header is the contract, its comments say what each field means; this crate is the
//! same layout for the host and for the Rust side of plugins, and holds no code but two small tests.
//!
//! - [`Entry`], [`Rule`], [`Str`] are what a plugin says of itself.
//! - [`Scorer`], [`Planner`] and [`FollowUp`] are the functions of a step, each an extension.
//! - [`Call`], [`Batch`] and [`Column`] are what a call gets; [`Outcome`] and [`Given`] what it fills.
//!
//! Structs only grow at their end, and each begins with its size: [`has`] says whether one that came
//! from the other side is long enough for a field.
//!
//! ```
//! use core::mem::{offset_of, size_of};
//! use kehu_abi::{Entry, MAGIC, has};
//! assert_eq!(&MAGIC.to_le_bytes(), b"KEHUPLG1");
//! assert_eq!(offset_of!(Entry, struct_size), size_of::<u64>());
//! assert!(has(size_of::<Entry>() as u32, offset_of!(Entry, get_extension), 8));
//! ```

#![no_std]

use core::ffi::c_void;

/// The text of `kehu_plugin.h`, for tools that write it beside a new plugin.
pub const HEADER: &str = include_str!("../kehu_plugin.h");
/// The function that a plugin exports.
pub const ENTRY_SYMBOL: &str = "kehu_plugin_entry_v1";
/// The first eight bytes of an entry: `KEHUPLG1`.
pub const MAGIC: u64 = 0x3147_4C50_5548_454B;
/// The major version: another one is another contract.
pub const ABI_MAJOR: u16 = 0;
/// The minor version: it counts what was added.
pub const ABI_MINOR: u16 = 2;
/// What a reader with another byte order sees as another number.
pub const LAYOUT_PROBE: u32 = 0x0102_0304;
/// The largest struct that is believed.
pub const LARGEST_STRUCT: u32 = 64 * 1024;

/// The call did what it was asked for.
pub const OK: i32 = 0;
/// The call failed, and told why.
pub const FAILED: i32 = -1;
/// The plugin caught a mistake of its own; its instance is thrown away.
pub const PANIC: i32 = -2;
/// The plugin saw [`Call::cancel`] and stopped.
pub const CANCELLED: i32 = -3;

/// A plain number.
pub const NUMBER: u32 = 1;
/// An amount in major units.
pub const MONEY: u32 = 2;
/// One of a set of declared values.
pub const LABEL: u32 = 3;
/// Free text.
pub const TEXT: u32 = 4;
/// Yes or no.
pub const FLAG: u32 = 5;
/// A day, counted from 1970-01-01.
pub const DAY: u32 = 6;

/// The code of no label and no text.
pub const MISSING_CODE: u32 = u32::MAX;
/// The flag that is not known.
pub const MISSING_FLAG: u8 = 2;
/// The day that is not known.
pub const MISSING_DAY: i32 = i32::MIN;

/// With this in a row of numbers the host finds rows that were left out; as a value it is missing.
pub const UNWRITTEN_NUMBER: u64 = 0x7FFC_4B45_4855_3F3F;
/// As [`UNWRITTEN_NUMBER`], for codes.
pub const UNWRITTEN_CODE: u32 = u32::MAX - 1;
/// As [`UNWRITTEN_NUMBER`], for flags.
pub const UNWRITTEN_FLAG: u8 = 255;
/// As [`UNWRITTEN_NUMBER`], for days.
pub const UNWRITTEN_DAY: i32 = i32::MIN + 1;

/// The level of a message for whoever writes the plugin.
pub const DEBUG: i32 = -1;
/// The level of a message that tells.
pub const INFO: i32 = 0;
/// The level of a message that warns.
pub const WARN: i32 = 1;
/// The level of a message about what went wrong, though the call goes on.
pub const ERROR: i32 = 2;

/// The value of the output is the sum of its points.
pub const ADDITIVE: u32 = 1;

/// The extension of [`Scorer`].
pub const SCORER: &str = "kehu.scorer/1";
/// The extension of [`Planner`].
pub const PLANNER: &str = "kehu.planner/1";
/// The extension of [`FollowUp`].
pub const FOLLOW_UP: &str = "kehu.follow_up/1";

/// A text: UTF-8, without a zero at the end.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Str {
    /// Its first byte; may be null if there is none.
    pub ptr: *const u8,
    /// Its length in bytes.
    pub len: usize,
}

impl Str {
    /// Refers to a text.
    pub const fn new(text: &'static str) -> Self {
        Self { ptr: text.as_ptr(), len: text.len() }
    }
}

/// A sentence by which a plugin explains itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, unique within the plugin.
    pub id: Str,
    /// The English sentence, with `{1}`, `{2}`, … for arguments.
    pub en: Str,
    /// The Chinese sentence; may be empty.
    pub zh: Str,
    /// The column whose value is `{1}`; may be empty.
    pub input: Str,
    /// The setting whose value is `{2}`; may be empty.
    pub setting: Str,
    /// The file that declares it; may be empty.
    pub file: Str,
    /// The line that declares it.
    pub line: u32,
    /// How many arguments the plugin writes itself.
    pub n_arguments: u32,
    /// How it compares its input with its setting, by sign; empty if it does not. Since 0.2.
    pub comparison: Str,
}

/// Tells why a call fails: context, row or -1, text.
pub type FailFunction = unsafe extern "C-unwind" fn(*mut c_void, i64, *const u8, usize);
/// Adds bytes to what a call gives.
pub type EmitFunction = unsafe extern "C-unwind" fn(*mut c_void, *const c_void, usize) -> i32;
/// Gives the code of a text.
pub type TextFunction = unsafe extern "C-unwind" fn(*mut c_void, *const u8, usize) -> u32;
/// Notes a message.
pub type LogFunction = unsafe extern "C-unwind" fn(*mut c_void, i32, *const u8, usize);
/// Tells how much is done, 0 to 1.
pub type ProgressFunction = unsafe extern "C-unwind" fn(*mut c_void, f64);

/// What the host lends to every call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The size of this struct.
    pub struct_size: u32,
    /// Nothing yet.
    pub flags: u32,
    /// What the functions below are given.
    pub context: *mut c_void,
    /// The only source of chance.
    pub seed: u64,
    /// The only clock.
    pub as_of_day: i32,
    /// Nothing yet.
    pub reserved: u32,
    /// Not 0 if the call should stop soon.
    pub cancel: *const u32,
    /// Tells why the call fails.
    pub fail: Option<FailFunction>,
    /// Adds bytes to what the call gives.
    pub emit: Option<EmitFunction>,
    /// Gives the code of a text.
    pub text: Option<TextFunction>,
    /// Notes a message.
    pub log: Option<LogFunction>,
    /// Tells how much is done.
    pub progress: Option<ProgressFunction>,
}

/// A needed column: of the pointers to values only that of its kind is not null.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The size of this struct.
    pub struct_size: u32,
    /// [`NUMBER`] to [`DAY`].
    pub kind: u32,
    /// Its name.
    pub name: Str,
    /// How many rows have no value.
    pub n_missing: i64,
    /// Numbers and money; NaN is missing.
    pub numbers: *const f64,
    /// Days.
    pub days: *const i32,
    /// Flags: 0 no, 1 yes, 2 missing.
    pub flags: *const u8,
    /// Labels and texts: places in the dictionary.
    pub codes: *const u32,
    /// Where each value of the dictionary begins, and the last one ends.
    pub offsets: *const i64,
    /// The dictionary's bytes.
    pub bytes: *const u8,
    /// The number of values in the dictionary.
    pub n_values: u32,
    /// Nothing yet.
    pub reserved: u32,
}

/// The customers of one call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// The size of this struct.
    pub struct_size: u32,
    /// The number of columns.
    pub n_columns: u32,
    /// The number of customers.
    pub n_rows: i64,
    /// Their ids; null in a fit.
    pub ids: *const i64,
    /// The columns, in the order of the step's needs.
    pub columns: *const *const Column,
}

/// Says which rules explain one of the step's gives.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// The column's name.
    pub column: Str,
    /// [`ADDITIVE`] or 0.
    pub flags: u32,
    /// The number of factors.
    pub n_factors: u32,
    /// Places in [`Entry::rules`].
    pub factors: *const u32,
}

/// A column to be given; the header says how it is filled.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The size of this struct.
    pub struct_size: u32,
    /// [`NUMBER`] to [`DAY`].
    pub kind: u32,
    /// Numbers and money.
    pub numbers: *mut f64,
    /// Days.
    pub days: *mut i32,
    /// Flags.
    pub flags: *mut u8,
    /// Labels and texts.
    pub codes: *mut u32,
    /// The points of each factor and row; NaN: it did not hold.
    pub points: *const *mut f64,
    /// The arguments of the factors that have some, factor by factor.
    pub arguments: *const *mut f64,
    /// The number of factors.
    pub n_factors: u32,
    /// The number of arguments of all factors.
    pub n_arguments: u32,
    /// The number of values of a label.
    pub n_labels: u32,
    /// Nothing yet.
    pub reserved: u32,
    /// Where each of them begins, and the last one ends.
    pub label_offsets: *const i64,
    /// Their bytes.
    pub label_bytes: *const u8,
}

/// The columns to be given, in the order of [`Scorer::outputs`]; `kehu_result` in C.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// The size of this struct.
    pub struct_size: u32,
    /// The number of columns.
    pub n_columns: u32,
    /// The number of customers.
    pub n_rows: i64,
    /// The columns.
    pub columns: *const *mut Given,
}

/// Makes an instance of settings (JSON) and a state.
pub type CreateFunction = unsafe extern "C-unwind" fn(
    *const Call,
    *const u8,
    usize,
    *const c_void,
    usize,
    *mut *mut c_void,
) -> i32;
/// Destroys an instance.
pub type DestroyFunction = unsafe extern "C-unwind" fn(*mut c_void);
/// Gives the columns of a batch.
pub type ScoreFunction =
    unsafe extern "C-unwind" fn(*mut c_void, *const Call, *const Batch, *const Outcome) -> i32;
/// Looks at the whole base.
pub type FitFunction =
    unsafe extern "C-unwind" fn(*const Call, *const u8, usize, *const Batch) -> i32;
/// Makes a plan of a problem, both JSON.
pub type PlanFunction =
    unsafe extern "C-unwind" fn(*mut c_void, *const Call, *const u8, usize) -> i32;
/// Makes proposals of a batch and its cases (JSON).
pub type FollowUpFunction =
    unsafe extern "C-unwind" fn(*mut c_void, *const Call, *const Batch, *const u8, usize) -> i32;
/// Hands out the functions of a step: extension and step, each with its length.
pub type ExtensionFunction =
    unsafe extern "C-unwind" fn(*const u8, usize, *const u8, usize) -> *const c_void;
/// What [`ENTRY_SYMBOL`] is.
pub type EntryFunction = unsafe extern "C-unwind" fn() -> *const Entry;

/// Serves the hooks `score` and `visit_need`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Scorer {
    /// The size of this struct.
    pub struct_size: u32,
    /// Nothing yet.
    pub flags: u32,
    /// One for each of the step's gives, in that order.
    pub outputs: *const Output,
    /// Their number.
    pub n_outputs: u32,
    /// The size of one of them.
    pub output_size: u32,
    /// Makes an instance; may be missing.
    pub create: Option<CreateFunction>,
    /// Gives the columns.
    pub score: Option<ScoreFunction>,
    /// Destroys an instance; may be missing.
    pub destroy: Option<DestroyFunction>,
    /// Looks at the whole base; needed if the step names a fit.
    pub fit: Option<FitFunction>,
}

/// Serves the hook `plan_visits`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Planner {
    /// The size of this struct.
    pub struct_size: u32,
    /// Nothing yet.
    pub flags: u32,
    /// Makes an instance; may be missing.
    pub create: Option<CreateFunction>,
    /// Makes the plan.
    pub plan: Option<PlanFunction>,
    /// Destroys an instance; may be missing.
    pub destroy: Option<DestroyFunction>,
}

/// Serves the hook `follow_up`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct FollowUp {
    /// The size of this struct.
    pub struct_size: u32,
    /// Nothing yet.
    pub flags: u32,
    /// Makes an instance; may be missing.
    pub create: Option<CreateFunction>,
    /// Makes the proposals.
    pub follow_up: Option<FollowUpFunction>,
    /// Destroys an instance; may be missing.
    pub destroy: Option<DestroyFunction>,
}

/// What a plugin says of itself.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// [`MAGIC`].
    pub magic: u64,
    /// The size of this struct.
    pub struct_size: u32,
    /// [`ABI_MAJOR`].
    pub abi_major: u16,
    /// The minor version that it was built for.
    pub abi_minor: u16,
    /// The oldest minor version of a host that serves it.
    pub min_host_minor: u16,
    /// The bytes of a pointer.
    pub pointer_bytes: u8,
    /// Nothing.
    pub reserved0: u8,
    /// [`LAYOUT_PROBE`].
    pub layout_probe: u32,
    /// The text of its `pack.toml`.
    pub manifest: Str,
    /// Who made it; may be empty.
    pub vendor: Str,
    /// Under which terms; may be empty.
    pub license: Str,
    /// Its rules.
    pub rules: *const Rule,
    /// Their number.
    pub n_rules: u32,
    /// The size of one of them.
    pub rule_size: u32,
    /// Hands out the functions of a step.
    pub get_extension: Option<ExtensionFunction>,
}

/// Makes a type with pointers to static data fit for a static.
macro_rules! shareable {
    ($($name:ident),*) => {$(
        #[expect(unsafe_code, reason = "the pointers of these types refer to constants")]
        // SAFETY: they are read only, and what they refer to is never changed.
        unsafe impl Sync for $name {}
        #[expect(unsafe_code, reason = "the pointers of these types refer to constants")]
        // SAFETY: as above.
        unsafe impl Send for $name {}
    )*};
}
shareable!(Str, Rule, Output, Scorer, Planner, FollowUp, Entry);

/// True if a struct of `struct_size` bytes has the field of `size` bytes at `offset`.
pub const fn has(struct_size: u32, offset: usize, size: usize) -> bool {
    struct_size as usize >= offset + size
}
