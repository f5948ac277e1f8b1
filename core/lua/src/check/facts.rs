//! What a script says, as far as it can be read without running it.

use std::collections::BTreeSet;

/// A line and column, counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Spot {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// Where a chain of names begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// A local variable or parameter, by its place among [`Facts::locals`].
    Local(usize),
    /// A global name.
    Global(String),
    /// Something else, such as a call's result.
    Other,
}

/// Names after one another, such as `kehu.settings.silent_after` or `rules[part]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) root: Root,
    /// The fields that are named, each with its place.
    pub(super) fields: Vec<(String, Spot)>,
    /// True if a field follows that only the running script knows.
    pub(super) open: bool,
    pub(super) spot: Spot,
}

impl Chain {
    /// The name of a field, counted from 0.
    pub(super) fn field(&self, at: usize) -> Option<&str> {
        self.fields.get(at).map(|(name, _)| name.as_str())
    }

    /// True for these names after a global one.
    pub(super) fn is(&self, root: &str, fields: &[&str]) -> bool {
        self.root == Root::Global(root.to_owned())
            && !self.open
            && self.fields.iter().map(|(name, _)| name.as_str()).eq(fields.iter().copied())
    }
}

/// What stands somewhere, as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A plain text, with its place.
    Text(String, Spot),
    Chain(Chain),
    /// A function, by its place among [`Facts::functions`].
    Function(usize),
    /// A rule that is declared right there, by its place among [`Facts::rules`].
    Rule(usize),
    /// A list of rules, `kehu.rules{…}`.
    RuleList,
    /// A sum of points, `ctx:column(…)`.
    Points,
    /// A table that is written right there.
    Table(TableFact),
    /// A call or `…`: nobody knows how many values.
    Several,
    Other,
}

/// A table as it is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TableFact {
    /// Its named fields.
    pub(super) fields: Vec<(String, Spot, Value)>,
    /// What has no name.
    pub(super) items: Vec<Value>,
    /// True if it has keys that only the running script knows.
    pub(super) open: bool,
    pub(super) spot: Spot,
}

impl TableFact {
    /// The value of a named field.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(key, ..)| key == name).map(|(.., value)| value)
    }
}

/// A call with a colon.
#[derive(Debug, Clone)]
pub(super) struct MethodCall {
    /// Whose function it is.
    pub(super) whose: Chain,
    pub(super) name: String,
    pub(super) spot: Spot,
    pub(super) arguments: Vec<Value>,
}

/// A field that is compared with a plain text, such as `thread.kind == "complaint"`.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    pub(super) field: String,
    pub(super) text: String,
    pub(super) spot: Spot,
}

/// A local variable, a parameter or the variable of a loop.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) name: String,
    pub(super) spot: Spot,
    /// What it holds from the start.
    pub(super) value: Value,
    /// How often it is read whole: not through a field.
    pub(super) read_whole: usize,
    /// How often it is read at all.
    pub(super) read: usize,
}

/// A function with its parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Function {
    pub(super) parameters: Vec<usize>,
    /// What it returns first, at each place where it returns.
    pub(super) returns: Vec<Value>,
}

/// A rule as it is declared.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleFact {
    pub(super) spot: Spot,
    /// What stands as a plain text in it.
    pub(super) texts: Vec<(String, String, Spot)>,
    /// The names of all its fields.
    pub(super) fields: BTreeSet<String>,
    /// The local that holds it, and the field of it if that is a table.
    pub(super) holder: Option<(usize, Option<String>)>,
}

impl RuleFact {
    /// A field that is a plain text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(field, ..)| field == name).map(|(_, text, _)| text.as_str())
    }
}

/// A place where a rule is named with its arguments.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) rule: Chain,
    /// How many arguments follow; none if nobody knows.
    pub(super) arguments: Option<usize>,
    /// True in a call about a column, where the rule's input counts as its first argument.
    pub(super) of_column: bool,
}

/// Everything that a script says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) locals: Vec<Local>,
    pub(super) functions: Vec<Function>,
    /// Functions that were given a name: of a local, of a field, or of a global.
    pub(super) named: Vec<(String, usize)>,
    pub(super) chains: Vec<Chain>,
    pub(super) methods: Vec<MethodCall>,
    pub(super) compared: Vec<Compared>,
    /// Fields that were set of a table that a local holds.
    pub(super) fields_set: Vec<(usize, String, Spot)>,
    /// What was put into a list: `list[#list + 1] = …`, `table.insert(list, …)`.
    pub(super) listed: Vec<Value>,
    pub(super) globals_set: Vec<(String, Spot)>,
    pub(super) texts: BTreeSet<String>,
    pub(super) keys: BTreeSet<String>,
    pub(super) rules: Vec<RuleFact>,
    pub(super) mentions: Vec<Mention>,
    /// What the file returns at its end.
    pub(super) returned: Option<Value>,
}

impl Facts {
    /// What a chain stands for, if it is a local that was given something else's name.
    pub(super) fn resolved(&self, chain: &Chain) -> Chain {
        let mut chain = chain.clone();
        for _ in 0..8 {
            let Root::Local(local) = chain.root else { break };
            let Some(Value::Chain(inner)) = self.locals.get(local).map(|local| &local.value) else {
                break;
            };
            if inner.open {
                break;
            }
            let mut fields = inner.fields.clone();
            fields.extend(chain.fields);
            chain = Chain { root: inner.root.clone(), fields, open: chain.open, spot: chain.spot };
        }
        chain
    }

    /// The plain text that a value is, or that a local holds and keeps.
    pub(super) fn text_of(&self, value: &Value) -> Option<(String, Spot)> {
        match value {
            Value::Text(text, spot) => Some((text.clone(), *spot)),
            Value::Chain(chain) if !chain.open => {
                let resolved = self.resolved(chain);
                let Root::Local(local) = resolved.root else { return None };
                let held = &self.locals.get(local)?.value;
                let found = match (held, resolved.fields.as_slice()) {
                    (held, []) => held,
                    (Value::Table(table), [(name, _)])
                        if !self
                            .fields_set
                            .iter()
                            .any(|(of, field, _)| *of == local && field == name) =>
                    {
                        table.field(name)?
                    }
                    _ => return None,
                };
                match found {
                    Value::Text(text, _) => Some((text.clone(), chain.spot)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The table that a value is, or that a local holds from the start.
    pub(super) fn table_of<'a>(&'a self, value: &'a Value) -> Option<&'a TableFact> {
        match value {
            Value::Table(table) => Some(table),
            Value::Chain(Chain { root: Root::Local(local), fields, open: false, .. })
                if fields.is_empty() =>
            {
                match &self.locals.get(*local)?.value {
                    Value::Table(table) => Some(table),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The rule that a chain names: a local that holds one, or a field of a local's table.
    pub(super) fn rule_of(&self, chain: &Chain) -> Option<usize> {
        let Root::Local(local) = chain.root else { return None };
        if chain.open {
            return None;
        }
        let field = match chain.fields.as_slice() {
            [] => None,
            [(name, _)] => Some(name.clone()),
            _ => return None,
        };
        let holder = Some((local, field));
        self.rules.iter().position(|rule| rule.holder == holder)
    }

    /// The function of a name that the file returns, or declares.
    pub(super) fn function(&self, name: &str) -> Option<usize> {
        if let Some(Value::Table(fields)) = &self.returned
            && let Some(value) = fields.field(name)
        {
            match value {
                Value::Function(function) => return Some(*function),
                Value::Chain(Chain { root: Root::Local(local), fields, .. })
                    if fields.is_empty() =>
                {
                    if let Value::Function(function) = self.locals[*local].value {
                        return Some(function);
                    }
                }
                _ => {}
            }
        }
        self.named.iter().find(|(known, _)| known == name).map(|(_, function)| *function)
    }
}
