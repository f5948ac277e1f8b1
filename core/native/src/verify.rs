//! Checking an entry before anything in it is believed; each refusal names the field.

use std::ffi::c_void;
use std::mem::{MaybeUninit, offset_of};

use kehu_abi as abi;
use kehu_contract::{
    ColumnType, Comparison, Hook, Manifest, SettingType, Step, Text, did_you_mean,
};

use crate::collect::arity;
use crate::description::{Description, OutputShape, RuleText, StepShape};
use crate::refusal::Refusal;
use kehu_contract::plain;

/// The longest manifest.
const MANIFEST_BYTES: usize = 1024 * 1024;
/// The longest sentence of a rule.
const SENTENCE_BYTES: usize = 1_024;
/// The longest name.
const NAME_BYTES: usize = 64;
/// The longest path, vendor or license.
const WORDS_BYTES: usize = 4_096;
/// The most rules of a plugin.
const RULES: usize = 1_024;
/// The most arguments of a rule.
const ARGUMENTS: u32 = 8;

/// A plugin whose entry has been checked.
pub(crate) struct Loaded {
    pub(crate) description: Description,
    pub(crate) manifest: Manifest,
    /// For each step of the manifest, its functions.
    pub(crate) steps: Vec<Functions>,
}

/// The functions of a step, copied.
pub(crate) enum Functions {
    Scorer(abi::Scorer),
    Planner(abi::Planner),
    FollowUp(abi::FollowUp),
}

/// Checks an entry and copies what it holds.
///
/// # Safety
/// `entry` is what a plugin returned, and the plugin stays loaded. A plugin can lie: what its pointers
/// refer to is read, and a wrong one ends the process, which is why this runs in a worker.
#[expect(unsafe_code, reason = "the plugin's structs are read")]
pub(crate) unsafe fn verify(entry: *const abi::Entry) -> Result<Loaded, Refusal> {
    // SAFETY: as the caller promises, here and below.
    unsafe {
        let entry = read_entry(entry)?;
        let manifest_text = text(&entry.manifest, "the manifest", MANIFEST_BYTES)?;
        let mut description = Description {
            manifest: manifest_text,
            vendor: plain(&text(&entry.vendor, "the vendor", WORDS_BYTES)?, 200),
            license: plain(&text(&entry.license, "the license", WORDS_BYTES)?, 200),
            abi: (entry.abi_major, entry.abi_minor),
            rules: Vec::new(),
            steps: Vec::new(),
        };
        let manifest = description.parse("pack.toml").map_err(Refusal::new)?;
        description.rules = read_rules(&entry, &manifest)?;
        let mut steps = Vec::new();
        for step in &manifest.steps {
            let functions = read_step(&entry, step)?;
            description.steps.push(match &functions {
                Functions::Scorer(scorer) => {
                    let shape = read_shape(scorer, step, &description.rules)?;
                    check_sentences(&shape, &description.rules, &manifest)?;
                    shape
                }
                Functions::Planner(_) | Functions::FollowUp(_) => StepShape::default(),
            });
            steps.push(functions);
        }
        Ok(Loaded { description, manifest, steps })
    }
}

/// Reads the head of an entry in the order in which it can be trusted.
#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn read_entry(pointer: *const abi::Entry) -> Result<abi::Entry, Refusal> {
    check_pointer(pointer.cast(), "kehu_plugin_entry_v1 returned")?;
    // SAFETY: as the caller promises; the magic is read before anything else is.
    let magic = unsafe { (&raw const (*pointer).magic).read() };
    if magic != abi::MAGIC {
        return Err(Refusal::new(format!("magic is {magic:#018x}, expected {:#018x}", abi::MAGIC))
            .hint("begin the entry with KEHU_ENTRY_HEAD"));
    }
    // SAFETY: as above.
    let entry: abi::Entry = unsafe {
        let size = (&raw const (*pointer).struct_size).read();
        check_size(size, size_of::<abi::Entry>(), "the entry")?;
        copy(pointer, size)
    };
    if entry.layout_probe != abi::LAYOUT_PROBE {
        let (theirs, ours) = (entry.layout_probe, abi::LAYOUT_PROBE);
        let message = format!("layout_probe is {theirs:#010x}, expected {ours:#010x}");
        return Err(Refusal::new(message).hint("the plugin was built for another byte order"));
    }
    if usize::from(entry.pointer_bytes) != size_of::<usize>() {
        let (theirs, ours) = (entry.pointer_bytes, size_of::<usize>());
        return Err(Refusal::new(format!("pointer_bytes is {theirs}, expected {ours}")));
    }
    if entry.abi_major != abi::ABI_MAJOR {
        let (theirs, ours) = (entry.abi_major, abi::ABI_MAJOR);
        let message = format!("abi_major is {theirs}, this kehu speaks {ours}");
        return Err(Refusal::new(message).hint("build the plugin with this kehu's kehu_plugin.h"));
    }
    if entry.min_host_minor > abi::ABI_MINOR {
        let (theirs, ours) = (entry.min_host_minor, abi::ABI_MINOR);
        let message = format!("min_host_minor is {theirs}, this kehu has minor {ours}");
        return Err(Refusal::new(message).hint("use a newer kehu, or an older plugin"));
    }
    if entry.min_host_minor > entry.abi_minor {
        let (least, built) = (entry.min_host_minor, entry.abi_minor);
        return Err(Refusal::new(format!(
            "min_host_minor is {least}, but abi_minor says that it was built for {built}"
        ))
        .hint("begin the entry with KEHU_ENTRY_HEAD"));
    }
    if entry.get_extension.is_none() {
        return Err(Refusal::new("get_extension is NULL"));
    }
    Ok(entry)
}

#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn read_rules(entry: &abi::Entry, manifest: &Manifest) -> Result<Vec<RuleText>, Refusal> {
    let count = entry.n_rules as usize;
    if count > RULES {
        return Err(Refusal::new(format!("n_rules is {count}, at most {RULES} are taken")));
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    check_pointer(entry.rules.cast(), "rules is")?;
    check_size(entry.rule_size, offset_of!(abi::Rule, comparison), "rule_size")?;
    check_stride(entry.rule_size, "rule_size")?;
    let mut rules: Vec<RuleText> = Vec::new();
    for place in 0..count {
        // SAFETY: as the caller promises.
        let rule = unsafe {
            let at = entry.rules.byte_add(place * entry.rule_size as usize);
            read_rule(&copy(at, entry.rule_size), place, manifest)?
        };
        if rules.iter().any(|other| other.id == rule.id) {
            return Err(Refusal::new(format!("rule \"{}\" is declared twice", rule.id)));
        }
        rules.push(rule);
    }
    Ok(rules)
}

#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn read_rule(
    rule: &abi::Rule,
    place: usize,
    manifest: &Manifest,
) -> Result<RuleText, Refusal> {
    let what = |field: &str| format!("{field} of rule {place}");
    // SAFETY: as the caller promises.
    let (mut read, sign) = unsafe {
        let sign = text(&rule.comparison, &what("comparison"), NAME_BYTES)?;
        let read = RuleText {
            id: text(&rule.id, &what("id"), NAME_BYTES)?,
            text: Text::new(
                plain(&text(&rule.en, &what("en"), SENTENCE_BYTES)?, SENTENCE_BYTES),
                plain(&text(&rule.zh, &what("zh"), SENTENCE_BYTES)?, SENTENCE_BYTES),
            ),
            input: text(&rule.input, &what("input"), NAME_BYTES)?,
            setting: text(&rule.setting, &what("setting"), NAME_BYTES)?,
            comparison: None,
            file: plain(&text(&rule.file, &what("file"), WORDS_BYTES)?, WORDS_BYTES),
            line: rule.line,
            arguments: rule.n_arguments as usize,
        };
        (read, sign)
    };
    read.comparison = Comparison::parse(&sign);
    let read = read;
    let wrong = |message: String| Err(Refusal::new(format!("rule \"{}\": {message}", read.id)));
    if read.id.is_empty() || read.id.chars().any(|each| each.is_control() || each == ' ') {
        return Err(Refusal::new(format!("{} is {:?}, which is no name", what("id"), read.id)));
    }
    if read.text.en.is_empty() {
        return wrong("en is empty".to_owned());
    }
    if rule.n_arguments > ARGUMENTS {
        return wrong(format!("n_arguments is {}, at most {ARGUMENTS}", rule.n_arguments));
    }
    let needs: Vec<String> = manifest
        .steps
        .iter()
        .flat_map(|step| step.needs.iter().map(kehu_contract::Need::name))
        .collect();
    if !read.input.is_empty() && !needs.contains(&read.input) {
        let hint = did_you_mean(&read.input, needs.iter().map(String::as_str));
        return wrong(format!("no step needs \"{}\"; {hint}", read.input));
    }
    if !read.setting.is_empty() && manifest.setting(&read.setting).is_none() {
        let known = manifest.settings.iter().map(|setting| setting.name.as_str());
        let hint = did_you_mean(&read.setting, known);
        return wrong(format!("there is no setting \"{}\"; {hint}", read.setting));
    }
    if read.comparison.is_none() && !sign.is_empty() {
        let known: Vec<&str> = Comparison::ALL.into_iter().map(Comparison::sign).collect();
        return wrong(format!("comparison is {sign:?}, expected {}", known.join(", ")));
    }
    let needs_limit = read.comparison.is_some_and(|how| how != Comparison::Missing);
    if read.comparison.is_some() && read.input.is_empty() || needs_limit && read.setting.is_empty()
    {
        return wrong(format!("comparison is {sign:?}, but input or setting is empty"));
    }
    Ok(read)
}

#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn read_step(entry: &abi::Entry, step: &Step) -> Result<Functions, Refusal> {
    let name = &step.name;
    // SAFETY: as the caller promises.
    unsafe {
        match step.hook {
            Hook::Score | Hook::VisitNeed => {
                let least = offset_of!(abi::Scorer, fit);
                let scorer: abi::Scorer = table(entry, abi::SCORER, name, least)?;
                check_flags(scorer.flags, 0, &format!("step \"{name}\""))?;
                needed(scorer.score.is_some(), "score", name)?;
                needed(step.fit.is_none() || scorer.fit.is_some(), "fit", name)?;
                Ok(Functions::Scorer(scorer))
            }
            Hook::PlanVisits => {
                let least = size_of::<abi::Planner>();
                let planner: abi::Planner = table(entry, abi::PLANNER, name, least)?;
                check_flags(planner.flags, 0, &format!("step \"{name}\""))?;
                needed(planner.plan.is_some(), "plan", name)?;
                Ok(Functions::Planner(planner))
            }
            Hook::FollowUp => {
                let least = size_of::<abi::FollowUp>();
                let follow_up: abi::FollowUp = table(entry, abi::FOLLOW_UP, name, least)?;
                check_flags(follow_up.flags, 0, &format!("step \"{name}\""))?;
                needed(follow_up.follow_up.is_some(), "follow_up", name)?;
                Ok(Functions::FollowUp(follow_up))
            }
            hook @ (Hook::Review | Hook::Stage | Hook::OnEvent | Hook::ImportRow) => {
                Err(Refusal::new(format!(
                    "step \"{name}\": the hook {} has no native extension yet",
                    hook.name()
                ))
                .hint("write that step as a Lua pack"))
            }
        }
    }
}

fn needed(is_there: bool, field: &str, step: &str) -> Result<(), Refusal> {
    if is_there {
        return Ok(());
    }
    Err(Refusal::new(format!("step \"{step}\": the function {field} is NULL")))
}

/// Asks for the functions of a step and copies them.
#[expect(unsafe_code, reason = "the plugin's function is called and its struct read")]
unsafe fn table<T>(entry: &abi::Entry, id: &str, step: &str, least: usize) -> Result<T, Refusal> {
    let Some(get) = entry.get_extension else {
        return Err(Refusal::new("get_extension is NULL"));
    };
    // SAFETY: both texts live until the call returns.
    let pointer = unsafe { get(id.as_ptr(), id.len(), step.as_ptr(), step.len()) };
    if pointer.is_null() {
        return Err(Refusal::new(format!("get_extension has no {id} for step \"{step}\"")));
    }
    check_pointer(pointer, &format!("get_extension({id}, {step}) returned"))?;
    // SAFETY: every table begins with its size.
    unsafe {
        let size = pointer.cast::<u32>().read();
        check_size(size, least, &format!("{id} of step \"{step}\""))?;
        Ok(copy(pointer.cast::<T>(), size))
    }
}

#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn read_shape(
    scorer: &abi::Scorer,
    step: &Step,
    rules: &[RuleText],
) -> Result<StepShape, Refusal> {
    let wrong = |message: String| Refusal::new(format!("step \"{}\": {message}", step.name));
    let (count, gives) = (scorer.n_outputs as usize, step.gives.len());
    if count != gives {
        return Err(wrong(format!("n_outputs is {count}, pack.toml gives {gives} columns")));
    }
    check_pointer(scorer.outputs.cast(), "outputs is")?;
    check_size(scorer.output_size, size_of::<abi::Output>(), "output_size")?;
    check_stride(scorer.output_size, "output_size")?;
    let mut shape = StepShape::default();
    for (place, give) in step.gives.iter().enumerate() {
        // SAFETY: as the caller promises.
        let output: abi::Output = unsafe {
            copy(scorer.outputs.byte_add(place * scorer.output_size as usize), scorer.output_size)
        };
        // SAFETY: as above.
        let name = unsafe { text(&output.column, "the column of an output", NAME_BYTES)? };
        if name != give.info.name {
            let expected = &give.info.name;
            return Err(wrong(format!(
                "output {place} is \"{name}\", pack.toml gives \"{expected}\""
            )));
        }
        check_flags(output.flags, abi::ADDITIVE, &format!("output \"{name}\""))?;
        let additive = output.flags & abi::ADDITIVE != 0;
        if additive && !matches!(give.info.kind, ColumnType::Number | ColumnType::Money) {
            return Err(wrong(format!("\"{name}\" is no number, so it cannot be additive")));
        }
        // SAFETY: as above.
        let factors = unsafe { read_factors(&output, rules.len()) };
        let factors = factors.map_err(|message| wrong(format!("output \"{name}\": {message}")))?;
        shape.outputs.push(OutputShape { additive, factors });
    }
    Ok(shape)
}

/// Sees to it that each place in the sentences of a step's columns is filled.
fn check_sentences(
    shape: &StepShape,
    rules: &[RuleText],
    manifest: &Manifest,
) -> Result<(), Refusal> {
    for factor in shape.outputs.iter().flat_map(|output| &output.factors) {
        let rule = &rules[usize::from(*factor)];
        let has_limit = manifest.setting(&rule.setting).is_some_and(|setting| {
            matches!(setting.kind, SettingType::Number | SettingType::Integer)
        });
        let filled = match (rule.arguments, rule.input.is_empty()) {
            (0, true) => 0,
            (0 | 1, _) => 1 + usize::from(has_limit),
            (arguments, _) => arguments,
        };
        if arity(&rule.text) > filled {
            let message =
                format!("rule \"{}\": nothing fills place {} of its sentence", rule.id, filled + 1);
            return Err(Refusal::new(message).hint(
                "{1} and {value} come from the rule's input or its first argument, {2} and {limit} from its setting or its second one: KEHU_RULE_OF, KEHU_RULE_WITH",
            ));
        }
    }
    Ok(())
}

#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn read_factors(output: &abi::Output, rules: usize) -> Result<Vec<u16>, String> {
    let count = output.n_factors as usize;
    if count > RULES {
        return Err(format!("n_factors is {count}, at most {RULES} are taken"));
    }
    if count > 0 && (output.factors.is_null() || !output.factors.is_aligned()) {
        return Err("factors is no pointer to numbers".to_owned());
    }
    let mut factors: Vec<u16> = Vec::new();
    for place in 0..count {
        // SAFETY: as the caller promises.
        let factor = unsafe { output.factors.add(place).read() };
        if factor as usize >= rules {
            return Err(format!("factor {factor} is no rule: there are {rules}"));
        }
        if factors.contains(&(factor as u16)) {
            return Err(format!("factor {factor} is named twice"));
        }
        factors.push(factor as u16);
    }
    Ok(factors)
}

fn check_pointer(pointer: *const c_void, what: &str) -> Result<(), Refusal> {
    if pointer.is_null() {
        return Err(Refusal::new(format!("{what} NULL")));
    }
    if !pointer.addr().is_multiple_of(align_of::<abi::Entry>()) {
        return Err(Refusal::new(format!("{what} a pointer that is not aligned to 8 bytes")));
    }
    Ok(())
}

fn check_size(size: u32, least: usize, what: &str) -> Result<(), Refusal> {
    if (size as usize) < least {
        return Err(Refusal::new(format!(
            "{what}: struct_size is {size}, at least {least} is needed"
        )));
    }
    if size > abi::LARGEST_STRUCT {
        let most = abi::LARGEST_STRUCT;
        return Err(Refusal::new(format!(
            "{what}: struct_size is {size}, at most {most} is believed"
        )));
    }
    Ok(())
}

/// The structs of a table stand one behind the other, each aligned.
fn check_stride(size: u32, what: &str) -> Result<(), Refusal> {
    if (size as usize).is_multiple_of(align_of::<abi::Entry>()) {
        return Ok(());
    }
    Err(Refusal::new(format!("{what} is {size}, which is no multiple of 8"))
        .hint("it is the size of the struct: sizeof"))
}

/// A flag that this host does not know would be a promise that it does not keep.
fn check_flags(flags: u32, known: u32, what: &str) -> Result<(), Refusal> {
    match flags & !known {
        0 => Ok(()),
        odd => {
            Err(Refusal::new(format!("{what}: flags has {odd:#x}, which this kehu does not know"))
                .hint("use a newer kehu, and say in min_host_minor which one serves the plugin"))
        }
    }
}

/// Copies a struct of `size` bytes; what it lacks is zero, what it has more is left.
///
/// # Safety
/// `pointer` refers to `size` bytes, and zeros are a value of `T`.
#[expect(unsafe_code, reason = "the plugin's structs are read")]
unsafe fn copy<T>(pointer: *const T, size: u32) -> T {
    let mut result = MaybeUninit::<T>::zeroed();
    let bytes = (size as usize).min(size_of::<T>());
    // SAFETY: as the caller promises; no more than `T` has is copied.
    unsafe {
        std::ptr::copy_nonoverlapping(pointer.cast::<u8>(), result.as_mut_ptr().cast(), bytes);
        result.assume_init()
    }
}

/// Reads a text of the plugin.
#[expect(unsafe_code, reason = "the plugin's text is read")]
unsafe fn text(text: &abi::Str, what: &str, longest: usize) -> Result<String, Refusal> {
    if text.len > longest {
        return Err(Refusal::new(format!("{what} has {} bytes, at most {longest}", text.len)));
    }
    if text.len == 0 {
        return Ok(String::new());
    }
    if text.ptr.is_null() {
        return Err(Refusal::new(format!("{what} has {} bytes at NULL", text.len)));
    }
    // SAFETY: as the caller promises.
    let bytes = unsafe { std::slice::from_raw_parts(text.ptr, text.len) };
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        Refusal::new(format!("{what} is no UTF-8 at byte {}", error.valid_up_to()))
    })
}
