//! `kehu.log`: lines for whoever looks after the pack, with the place and the customer that they are from.

use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use kehu_contract::{Listener, LogLevel, LogLine, Said};
use mlua::{Table, Value};

use super::arguments::{Arguments, Builder, got};
use super::entry::{Entry, Parameter, Subject, Type, function, may, need};
use crate::caller::caller;
use crate::factory::Shared;
use crate::fault::{Fault, plain_within};
use crate::machine::{Machine, key_in_words};

/// The longest message, the most fields, and the longest value of one.
const MESSAGE_BYTES: usize = 200;
const FIELDS: usize = 16;
const VALUE_BYTES: usize = 80;

/// What the registry says of `kehu.log`.
pub(super) const SUBJECT: Subject = Subject {
    name: "kehu.log",
    like: "",
    hooks: &[],
    en: "Lines for whoever looks after the pack. They change nothing; warnings are shown, the rest with --log LEVEL.",
    zh: "写给维护脚本包的人看的日志，不影响结果；警告直接显示，其余用 --log 级别 显示。",
    example: "",
    entries: ENTRIES,
};

const LINE: &[Parameter] = &[
    need("message", Type::Text).says("at most 200 bytes of it are shown", "最多显示 200 字节"),
    may("fields", Type::Table).says(
        "figures, texts and flags by name, at most 16",
        "按名称给出的数字、文本和真假，最多 16 个",
    ),
];

const ENTRIES: &[Entry] = &[
    function("kehu.log.debug", LINE, &[])
        .says("Notes what helps to find a mistake.", "记录有助于查错的内容。")
        .example("kehu.log.debug(\"no contact\", { days = c.recency_days })"),
    function("kehu.log.info", LINE, &[])
        .says("Notes what is good to know.", "记录值得知道的内容。")
        .example("kehu.log.info(\"new rules since March\")"),
    function("kehu.log.warn", LINE, &[])
        .says("Notes what somebody should look at.", "记录需要有人查看的内容。")
        .more(
            "The line names the pack, file and line, and the customer that the hook is at.",
            "日志会注明脚本包、文件和行号，以及当时的客户。",
        )
        .example("kehu.log.warn(\"amount is odd\", { amount = c.amount, name = c.name })"),
];

/// Holds who hears what a pack says, if somebody does.
#[derive(Default)]
pub(crate) struct Ear(Mutex<Option<Listener>>);

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ear")
    }
}

impl Ear {
    pub(crate) fn listen(&self, listener: Listener) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    fn hear(&self, line: LogLine) {
        let listener = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(listener) = listener {
            listener(Said::Log(line));
        }
    }
}

/// Builds the functions.
pub(crate) fn table(machine: &Machine, shared: &Arc<Shared>) -> mlua::Result<Table> {
    let builder = Builder::new(&machine.lua)?;
    for (name, level) in [
        ("kehu.log.debug", LogLevel::Debug),
        ("kehu.log.info", LogLevel::Info),
        ("kehu.log.warn", LogLevel::Warning),
    ] {
        let shared = Arc::clone(shared);
        let (gate, random) = (Rc::clone(&machine.gate), Rc::clone(&machine.random));
        builder.add(name, move |lua, given| {
            let place = caller(lua, &shared);
            let place = place.map(|(path, line)| format!("{}:{line}", shared.shown(&path)));
            let customer = random.customer(gate.row_now()).map(|id| format!("C-{id}"));
            let from: Vec<String> = place.into_iter().chain(customer).collect();
            let text = format!("{}{} ({})", message(given)?, fields(given)?, from.join(", "));
            shared.ear.hear(LogLine { level, pack: shared.manifest.name.clone(), text });
            Ok(())
        })?;
    }
    super::strict(machine, "kehu.log", builder.table)
}

fn message(given: &Arguments) -> Result<String, Fault> {
    Ok(plain_within(&given.text(0)?, MESSAGE_BYTES))
}

/// The fields in the order of their names: that of a table cannot be relied on.
fn fields(given: &Arguments) -> Result<String, Fault> {
    let Value::Table(fields) = given.value(1) else { return Ok(String::new()) };
    let mut told = Vec::new();
    for pair in fields.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|_| given.wrong(1, "unreadable table"))?;
        if told.len() >= FIELDS {
            return Err(given.wrong(1, &format!("more than {FIELDS} fields")));
        }
        let value = match &value {
            Value::Boolean(flag) => flag.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => plain_within(&text.to_string_lossy(), VALUE_BYTES),
            other => {
                let what = format!(
                    "{}: number, text or flag expected, got {}",
                    key_in_words(&key),
                    got(other)
                );
                return Err(given.wrong(1, &what));
            }
        };
        told.push(format!(" {}={value}", key_in_words(&key)));
    }
    told.sort();
    Ok(told.concat())
}
