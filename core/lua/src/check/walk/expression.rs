//! Expressions: names with what follows them, calls, tables.

use full_moon::ast::{
    self, Call, Expression, Field, FunctionArgs, Index, Parameter, Prefix, Suffix,
    TableConstructor, Var,
};
use full_moon::node::Node as _;
use full_moon::tokenizer::TokenReference;

use super::super::facts::{
    Chain, Compared, Mention, MethodCall, Root, RuleFact, Spot, TableFact, Value,
};
use super::{Walker, literal, spot, word};

/// How a table names one of its fields.
enum Key {
    Named(String),
    /// It has no name: an item of a list.
    None,
    /// Only the running script knows.
    Open,
}

impl Walker {
    pub(super) fn variable(&mut self, variable: &Var) -> Value {
        match variable {
            Var::Name(name) => {
                let root = self.root(name);
                Value::Chain(self.chain(root, Vec::new(), false, spot(name.start_position())))
            }
            Var::Expression(each) => self.suffixed(each.prefix(), each.suffixes()),
            _ => Value::Other,
        }
    }

    pub(super) fn call(&mut self, call: &ast::FunctionCall) -> Value {
        self.suffixed(call.prefix(), call.suffixes())
    }

    /// A prefix with all that follows it: indices and calls.
    pub(super) fn suffixed<'a>(
        &mut self,
        prefix: &Prefix,
        suffixes: impl Iterator<Item = &'a Suffix>,
    ) -> Value {
        let at = spot(prefix.start_position());
        let mut root = match prefix {
            Prefix::Name(name) => self.root(name),
            Prefix::Expression(inner) => {
                self.expression(inner);
                Root::Other
            }
            _ => Root::Other,
        };
        let (mut fields, mut open): (Vec<(String, Spot)>, bool) = (Vec::new(), false);
        let mut result = None;
        for suffix in suffixes {
            result = None;
            match suffix {
                Suffix::Index(Index::Dot { name, .. }) if !open => {
                    fields.push((word(name), spot(name.start_position())));
                }
                Suffix::Index(Index::Dot { .. }) => {}
                Suffix::Index(Index::Brackets { expression, .. }) => {
                    match self.expression(expression) {
                        Value::Text(name, spot) if !open => fields.push((name, spot)),
                        _ => open = true,
                    }
                }
                Suffix::Call(call) => {
                    let taken = std::mem::take(&mut fields);
                    let callee = self.chain(root, taken, std::mem::take(&mut open), at);
                    result = Some(self.called(&callee, call));
                    root = Root::Other;
                }
                _ => open = true,
            }
        }
        match result {
            Some(value) => value,
            None => Value::Chain(self.chain(root, fields, open, at)),
        }
    }

    fn called(&mut self, callee: &Chain, call: &Call) -> Value {
        let (method, args) = match call {
            Call::AnonymousCall(args) => (None, &**args),
            Call::MethodCall(call) => (Some(word(call.name())), call.args()),
            _ => return Value::Several,
        };
        if method.is_none() && callee.is("kehu", &["rule"]) {
            return self.rule(callee.spot, args);
        }
        let values = self.arguments(args);
        if method.is_none() && callee.is("kehu", &["rules"]) {
            return Value::RuleList;
        }
        if method.is_none() && callee.is("table", &["insert"]) {
            self.facts.listed.extend(values.last().cloned());
        }
        if let Some(method) = method {
            self.mention(&method, &values);
            let at = match call {
                Call::MethodCall(call) => spot(call.name().start_position()),
                _ => callee.spot,
            };
            let is_sum = method == "column" && callee.fields.is_empty();
            self.facts.methods.push(MethodCall {
                whose: callee.clone(),
                name: method,
                spot: at,
                arguments: values,
            });
            if is_sum {
                return Value::Points;
            }
        }
        Value::Several
    }

    /// Notes a call that names a rule with its arguments.
    fn mention(&mut self, method: &str, values: &[Value]) {
        // The place of the rule among the arguments, and how many of the others are not for its sentence.
        let (at, of_column) = match method {
            "apply" | "holds" => return,
            "because" => (0, true),
            "add" => (0, true),
            "missing" => (1, true),
            "label" | "set" => (2, true),
            "withhold" => (1, false),
            "change" => (2, false),
            _ => return,
        };
        let Some(Value::Chain(rule)) = values.get(at) else { return };
        let before = at + 1 + usize::from(method == "add");
        self.noted(rule.clone(), values, before, of_column);
    }

    fn noted(&mut self, rule: Chain, values: &[Value], before: usize, of_column: bool) {
        let unknown = matches!(values.last(), Some(Value::Several)) && values.len() > before;
        let arguments = (!unknown).then(|| values.len().saturating_sub(before));
        self.facts.mentions.push(Mention { rule, arguments, of_column });
    }

    pub(super) fn arguments(&mut self, args: &FunctionArgs) -> Vec<Value> {
        match args {
            FunctionArgs::Parentheses { arguments, .. } => {
                arguments.iter().map(|each| self.expression(each)).collect()
            }
            FunctionArgs::String(text) => {
                vec![self.text(text)]
            }
            FunctionArgs::TableConstructor(table) => vec![self.table(table)],
            _ => Vec::new(),
        }
    }

    fn rule(&mut self, at: Spot, args: &FunctionArgs) -> Value {
        let mut fact = RuleFact { spot: at, ..RuleFact::default() };
        let table = match args {
            FunctionArgs::TableConstructor(table) => Some(&**table),
            FunctionArgs::Parentheses { arguments, .. } => match arguments.iter().next() {
                Some(Expression::TableConstructor(table)) => Some(&**table),
                _ => None,
            },
            _ => None,
        };
        let Some(table) = table else {
            self.arguments(args);
            return Value::Other;
        };
        for field in table.fields() {
            if let Field::NameKey { key, value, .. } = field {
                let name = word(key);
                if let Value::Text(text, spot) = self.expression(value) {
                    fact.texts.push((name.clone(), text, spot));
                }
                fact.fields.insert(name);
            } else {
                self.field(field);
            }
        }
        self.facts.rules.push(fact);
        Value::Rule(self.facts.rules.len() - 1)
    }

    pub(super) fn table(&mut self, table: &TableConstructor) -> Value {
        let mut fact = TableFact {
            spot: spot(table.braces().tokens().0.start_position()),
            ..TableFact::default()
        };
        for field in table.fields() {
            let at = spot(field.start_position());
            match self.field(field) {
                (Key::Named(key), value) => fact.fields.push((key, at, value)),
                (Key::None, value) => fact.items.push(value),
                (Key::Open, _) => fact.open = true,
            }
        }
        // A list of a rule and something else is a reason: { rule, arguments… }.
        if let [Value::Chain(first), second, ..] = fact.items.as_slice()
            && matches!(first.root, Root::Local(_))
            && !self.is_rule(second)
        {
            let first = first.clone();
            self.noted(first, &fact.items, 1, false);
        }
        Value::Table(fact)
    }

    fn text(&mut self, token: &TokenReference) -> Value {
        let text = literal(token).unwrap_or_default();
        self.facts.texts.insert(text.clone());
        Value::Text(text, spot(token.start_position()))
    }

    /// Notes a field that is compared with a plain text.
    fn compared(&mut self, sign: &ast::BinOp, left: &Value, right: &Value) {
        if !matches!(sign, ast::BinOp::TwoEqual(_) | ast::BinOp::TildeEqual(_)) {
            return;
        }
        let ((Value::Chain(chain), Value::Text(text, at))
        | (Value::Text(text, at), Value::Chain(chain))) = (left, right)
        else {
            return;
        };
        if let (Some((field, _)), false) = (chain.fields.last(), chain.open) {
            let (field, text) = (field.clone(), text.clone());
            self.facts.compared.push(Compared { field, text, spot: *at });
        }
    }

    fn is_rule(&self, value: &Value) -> bool {
        match value {
            Value::Rule(_) => true,
            Value::Chain(chain) => self.facts.rule_of(&self.facts.resolved(chain)).is_some(),
            _ => false,
        }
    }

    fn field(&mut self, field: &Field) -> (Key, Value) {
        match field {
            Field::NameKey { key, value, .. } => {
                let name = word(key);
                self.facts.keys.insert(name.clone());
                (Key::Named(name), self.expression(value))
            }
            Field::ExpressionKey { key, value, .. } => {
                let key = self.expression(key);
                let value = self.expression(value);
                match key {
                    Value::Text(name, _) => {
                        self.facts.keys.insert(name.clone());
                        (Key::Named(name), value)
                    }
                    _ => (Key::Open, value),
                }
            }
            Field::NoKey(value) => (Key::None, self.expression(value)),
            _ => (Key::Open, Value::Other),
        }
    }

    pub(super) fn expression(&mut self, expression: &Expression) -> Value {
        match expression {
            Expression::BinaryOperator { lhs, binop, rhs } => {
                let (left, right) = (self.expression(lhs), self.expression(rhs));
                self.compared(binop, &left, &right);
                Value::Other
            }
            Expression::Parentheses { expression, .. } => match self.expression(expression) {
                Value::Several => Value::Other,
                other => other,
            },
            Expression::UnaryOperator { expression, .. } => {
                self.expression(expression);
                Value::Other
            }
            Expression::TypeAssertion { expression, .. } => self.expression(expression),
            Expression::Function(function) => {
                Value::Function(self.function(function.body(), false))
            }
            Expression::FunctionCall(call) => self.call(call),
            Expression::IfExpression(each) => {
                self.expression(each.condition());
                self.expression(each.if_expression());
                for branch in each.else_if_expressions().into_iter().flatten() {
                    self.expression(branch.condition());
                    self.expression(branch.expression());
                }
                self.expression(each.else_expression());
                Value::Other
            }
            Expression::InterpolatedString(each) => {
                for part in each.expressions() {
                    self.expression(part);
                }
                Value::Other
            }
            Expression::TableConstructor(table) => self.table(table),
            Expression::String(text) => self.text(text),
            Expression::Symbol(symbol) if symbol.token().to_string() == "..." => Value::Several,
            Expression::Var(variable) => self.variable(variable),
            _ => Value::Other,
        }
    }

    /// The shape of a value that was walked already: nothing of it is noted again.
    pub(super) fn shape(&self, expression: &Expression) -> Value {
        match expression {
            Expression::TableConstructor(table) => {
                let fields = table.fields().iter().filter_map(|field| match field {
                    Field::NameKey { key, value, .. } => {
                        Some((word(key), spot(key.start_position()), self.shape(value)))
                    }
                    _ => None,
                });
                Value::Table(TableFact { fields: fields.collect(), ..TableFact::default() })
            }
            Expression::Var(Var::Name(name)) => Value::Chain(Chain {
                root: self.root(name),
                fields: Vec::new(),
                open: false,
                spot: spot(name.start_position()),
            }),
            Expression::Function(function) => {
                // Functions are counted in the order of the text, so that its parameters' place finds it.
                let first =
                    function.body().parameters().iter().find_map(|parameter| match parameter {
                        Parameter::Name(name) => Some(spot(name.start_position())),
                        _ => None,
                    });
                let found = self.facts.functions.iter().position(|each| {
                    let place = each.parameters.first().map(|local| self.facts.locals[*local].spot);
                    first.is_some() && place == first
                });
                found.map_or(Value::Other, Value::Function)
            }
            _ => Value::Other,
        }
    }
}
