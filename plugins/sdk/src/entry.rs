//! From the traits to the tables of functions that the host calls.

use std::any::Any;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kehu_abi as abi;

use crate::batch::slice;
use crate::{Batch, Call, Context, Error, FollowUp, Given, Planner, Result, Rule, Scorer};

/// Says which rules a plugin has; the macros implement it.
pub trait Plugin: 'static {
    /// The rules.
    const RULES: &'static [Rule];
}

/// Makes the entry; the macros call it.
pub const fn entry(
    manifest: &'static str,
    vendor: &'static str,
    license: &'static str,
    rules: &'static [Rule],
    get_extension: abi::ExtensionFunction,
) -> abi::Entry {
    abi::Entry {
        magic: abi::MAGIC,
        struct_size: size_of::<abi::Entry>() as u32,
        abi_major: abi::ABI_MAJOR,
        abi_minor: abi::ABI_MINOR,
        min_host_minor: abi::ABI_MINOR,
        pointer_bytes: size_of::<*const c_void>() as u8,
        reserved0: 0,
        layout_probe: abi::LAYOUT_PROBE,
        manifest: abi::Str::new(manifest),
        vendor: abi::Str::new(vendor),
        license: abi::Str::new(license),
        // A `Rule` is an `abi::Rule` in memory.
        rules: rules.as_ptr().cast(),
        n_rules: rules.len() as u32,
        rule_size: size_of::<abi::Rule>() as u32,
        get_extension: Some(get_extension),
    }
}

/// Reads what the host asks for: extension and step.
///
/// # Safety
/// Both texts are those that the host passed to `get_extension`.
#[expect(unsafe_code, reason = "the host's texts become slices")]
pub unsafe fn asked<'a>(
    id: *const u8,
    id_len: usize,
    step: *const u8,
    step_len: usize,
) -> (&'a [u8], &'a [u8]) {
    // SAFETY: as the caller promises.
    unsafe { (slice(id, id_len), slice(step, step_len)) }
}

struct Table<P, T>(PhantomData<(P, T)>);

/// The functions of a scorer.
pub fn scorer_table<P: Plugin, T: Scorer>() -> *const c_void {
    (&raw const *<Table<P, T> as ScorerTable>::TABLE).cast()
}

/// The functions of a planner.
pub fn planner_table<P: Plugin, T: Planner>() -> *const c_void {
    (&raw const *<Table<P, T> as PlannerTable>::TABLE).cast()
}

/// The functions of a follow-up.
pub fn follow_up_table<P: Plugin, T: FollowUp>() -> *const c_void {
    (&raw const *<Table<P, T> as FollowUpTable>::TABLE).cast()
}

trait ScorerTable {
    const TABLE: &'static abi::Scorer;
}

trait PlannerTable {
    const TABLE: &'static abi::Planner;
}

trait FollowUpTable {
    const TABLE: &'static abi::FollowUp;
}

impl<P: Plugin, T: Scorer> ScorerTable for Table<P, T> {
    const TABLE: &'static abi::Scorer = &abi::Scorer {
        struct_size: size_of::<abi::Scorer>() as u32,
        flags: 0,
        // An `Output` is an `abi::Output` in memory.
        outputs: T::OUTPUTS.as_ptr().cast(),
        n_outputs: T::OUTPUTS.len() as u32,
        output_size: size_of::<abi::Output>() as u32,
        create: Some(create::<MakeScorer<T>>),
        score: Some(score::<P, T>),
        destroy: Some(destroy::<T>),
        fit: Some(fit::<T>),
    };
}

impl<P: Plugin, T: Planner> PlannerTable for Table<P, T> {
    const TABLE: &'static abi::Planner = &abi::Planner {
        struct_size: size_of::<abi::Planner>() as u32,
        flags: 0,
        create: Some(create::<MakePlanner<T>>),
        plan: Some(plan::<T>),
        destroy: Some(destroy::<T>),
    };
}

impl<P: Plugin, T: FollowUp> FollowUpTable for Table<P, T> {
    const TABLE: &'static abi::FollowUp = &abi::FollowUp {
        struct_size: size_of::<abi::FollowUp>() as u32,
        flags: 0,
        create: Some(create::<MakeFollowUp<T>>),
        follow_up: Some(follow_up::<T>),
        destroy: Some(destroy::<T>),
    };
}

/// The one thing that the three traits share.
trait Make {
    type Made: 'static;
    fn make(context: &Context<'_>) -> Result<Self::Made>;
}

struct MakeScorer<T>(PhantomData<T>);
struct MakePlanner<T>(PhantomData<T>);
struct MakeFollowUp<T>(PhantomData<T>);

impl<T: Scorer> Make for MakeScorer<T> {
    type Made = T;
    fn make(context: &Context<'_>) -> Result<T> {
        T::new(context)
    }
}

impl<T: Planner> Make for MakePlanner<T> {
    type Made = T;
    fn make(context: &Context<'_>) -> Result<T> {
        T::new(context)
    }
}

impl<T: FollowUp> Make for MakeFollowUp<T> {
    type Made = T;
    fn make(context: &Context<'_>) -> Result<T> {
        T::new(context)
    }
}

/// Runs a callback; a panic in it is told and never crosses the border.
fn guarded(call: Call<'_>, work: impl FnOnce() -> Result) -> i32 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => abi::OK,
        Ok(Err(error)) => error.tell(call),
        Err(payload) => {
            let said = said(&*payload);
            // Dropping the payload could panic again, where nothing catches it.
            std::mem::forget(payload);
            call.fail(None, &said);
            abi::PANIC
        }
    }
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic that says nothing").to_owned()
}

#[expect(unsafe_code, reason = "a callback of the host")]
unsafe extern "C-unwind" fn create<M: Make>(
    call: *const abi::Call,
    settings: *const u8,
    settings_len: usize,
    state: *const c_void,
    state_len: usize,
    instance: *mut *mut c_void,
) -> i32 {
    // SAFETY: the host passes a call, two byte strings and a place for the instance, all of which
    // live until this function returns.
    unsafe {
        let call = Call::new(call);
        guarded(call, || {
            let (settings, state) = (slice(settings, settings_len), slice(state.cast(), state_len));
            let made = M::make(&Context::new(call, settings, state)?)?;
            instance.write(Box::into_raw(Box::new(made)).cast());
            Ok(())
        })
    }
}

#[expect(unsafe_code, reason = "a callback of the host")]
unsafe extern "C-unwind" fn destroy<T: 'static>(instance: *mut c_void) {
    if instance.is_null() {
        return;
    }
    let work = || {
        // SAFETY: the host hands back, once, what `create` of the same type gave.
        drop(unsafe { Box::from_raw(instance.cast::<T>()) });
    };
    if let Err(payload) = catch_unwind(AssertUnwindSafe(work)) {
        std::mem::forget(payload);
    }
}

/// The instance that the host hands back.
///
/// # Safety
/// It is what `create` gave for the same type, and no other call uses it now.
#[expect(unsafe_code, reason = "the host's pointer becomes a reference")]
unsafe fn own<'a, T>(instance: *mut c_void) -> Result<&'a mut T> {
    // SAFETY: as the caller promises.
    unsafe { instance.cast::<T>().as_mut() }.ok_or_else(|| Error::new("there is no instance"))
}

#[expect(unsafe_code, reason = "a callback of the host")]
unsafe extern "C-unwind" fn score<P: Plugin, T: Scorer>(
    instance: *mut c_void,
    call: *const abi::Call,
    batch: *const abi::Batch,
    outcome: *const abi::Outcome,
) -> i32 {
    // SAFETY: the host passes an instance of its own, and a call, a batch and an outcome that live
    // until this function returns.
    unsafe {
        let call = Call::new(call);
        guarded(call, || {
            let given = Given::new(outcome, call, T::OUTPUTS, P::RULES);
            own::<T>(instance)?.score(&Batch::new(batch, call), &given)
        })
    }
}

#[expect(unsafe_code, reason = "a callback of the host")]
unsafe extern "C-unwind" fn fit<T: Scorer>(
    call: *const abi::Call,
    settings: *const u8,
    settings_len: usize,
    base: *const abi::Batch,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        let call = Call::new(call);
        guarded(call, || {
            let context = Context::new(call, slice(settings, settings_len), &[])?;
            call.emit(&T::fit(&context, &Batch::new(base, call))?)
        })
    }
}

#[expect(unsafe_code, reason = "a callback of the host")]
unsafe extern "C-unwind" fn plan<T: Planner>(
    instance: *mut c_void,
    call: *const abi::Call,
    problem: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        let call = Call::new(call);
        guarded(call, || {
            let problem = serde_json::from_slice(slice(problem, len))?;
            let plan = own::<T>(instance)?.plan(&problem, &call)?;
            call.emit(&serde_json::to_vec(&plan)?)
        })
    }
}

#[expect(unsafe_code, reason = "a callback of the host")]
unsafe extern "C-unwind" fn follow_up<T: FollowUp>(
    instance: *mut c_void,
    call: *const abi::Call,
    batch: *const abi::Batch,
    cases: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        let call = Call::new(call);
        guarded(call, || {
            let cases: Vec<kehu_contract::Case> = serde_json::from_slice(slice(cases, len))?;
            let proposals = own::<T>(instance)?.follow_up(&Batch::new(batch, call), &cases)?;
            call.emit(&serde_json::to_vec(&proposals)?)
        })
    }
}

/// Makes the plugin that a shared library is: its entry, and the function that the host looks for.
///
/// ```ignore
/// kehu_plugin::plugin! {
///     manifest: include_str!("../pack.toml"),
///     rules: RULES,
///     steps: { "score" => Scorer(Silence), "plan_visits" => Planner(Rounds) },
/// }
/// ```
///
/// `vendor: "…",` and `license: "…",` may stand after `rules`. The crate's type is `cdylib`.
#[macro_export]
macro_rules! plugin {
    ($($content:tt)*) => {
        $crate::entry! { $($content)* }

        /// Hands the entry to the host.
        #[expect(unsafe_code, reason = "the host finds the function by its name")]
        // SAFETY: the name belongs to kehu, and a shared library is one plugin.
        #[unsafe(no_mangle)]
        pub extern "C-unwind" fn kehu_plugin_entry_v1() -> *const $crate::Entry {
            &raw const ENTRY
        }
    };
}

/// Makes the entry of a plugin that is linked into a program: `pub static ENTRY`.
///
/// It is written as [`plugin!`] is.
#[macro_export]
macro_rules! entry {
    (
        manifest: $manifest:expr,
        rules: $rules:expr,
        $(vendor: $vendor:expr,)?
        $(license: $license:expr,)?
        steps: { $($step:literal => $kind:ident($name:ty)),* $(,)? } $(,)?
    ) => {
        /// What the plugin says of itself.
        pub static ENTRY: $crate::Entry = {
            struct Rules;
            impl $crate::private::Plugin for Rules {
                const RULES: &'static [$crate::Rule] = $rules;
            }
            #[expect(unsafe_code, reason = "a callback of the host")]
            unsafe extern "C-unwind" fn get_extension(
                id: *const u8,
                id_len: usize,
                step: *const u8,
                step_len: usize,
            ) -> *const ::core::ffi::c_void {
                // SAFETY: the host passes two texts that live until this function returns.
                let (id, step) = unsafe { $crate::private::asked(id, id_len, step, step_len) };
                $(
                    if step == $step.as_bytes() && id == $crate::entry!(@id $kind).as_bytes() {
                        return $crate::entry!(@table $kind, Rules, $name);
                    }
                )*
                let _ = (id, step);
                ::core::ptr::null()
            }
            $crate::private::entry(
                $manifest,
                $crate::entry!(@text $($vendor)?),
                $crate::entry!(@text $($license)?),
                $rules,
                get_extension,
            )
        };
    };
    (@id Scorer) => { $crate::private::abi::SCORER };
    (@id Planner) => { $crate::private::abi::PLANNER };
    (@id FollowUp) => { $crate::private::abi::FOLLOW_UP };
    (@table Scorer, $rules:ty, $name:ty) => { $crate::private::scorer_table::<$rules, $name>() };
    (@table Planner, $rules:ty, $name:ty) => { $crate::private::planner_table::<$rules, $name>() };
    (@table FollowUp, $rules:ty, $name:ty) => { $crate::private::follow_up_table::<$rules, $name>() };
    (@text) => { "" };
    (@text $text:expr) => { $text };
}
