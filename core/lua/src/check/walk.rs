//! Reading a script's facts out of its syntax tree.

use std::collections::HashMap;

use full_moon::ast::{
    self, Block, Call, Expression, Field, FunctionArgs, FunctionBody, Index, LastStmt, Parameter,
    Prefix, Stmt, Suffix, TableConstructor, Var,
};
use full_moon::node::Node as _;
use full_moon::tokenizer::{Position, TokenReference, TokenType};

use super::facts::{Chain, Facts, Function, Local, Mention, Root, RuleFact, Spot, Value};

/// Reads all facts of a script.
pub(super) fn facts(ast: &ast::Ast) -> Facts {
    let mut walker = Walker { facts: Facts::default(), scopes: vec![HashMap::new()] };
    walker.block(ast.nodes());
    if let Some(LastStmt::Return(last)) = ast.nodes().last_stmt() {
        // It was walked with its block; here only its shape counts.
        walker.facts.returned = last.returns().iter().next().map(|value| walker.shape(value));
    }
    walker.facts
}

struct Walker {
    facts: Facts,
    scopes: Vec<HashMap<String, usize>>,
}

/// The place of a token.
fn spot(position: Option<Position>) -> Spot {
    position.map_or_else(Spot::default, |position| Spot {
        line: position.line() as u32,
        column: position.character() as u32,
    })
}

fn word(token: &TokenReference) -> String {
    match token.token_type() {
        TokenType::Identifier { identifier } => identifier.to_string(),
        _ => token.token().to_string(),
    }
}

/// A text as the script writes it, without its marks; escapes stay as they are written.
fn literal(token: &TokenReference) -> Option<String> {
    match token.token_type() {
        TokenType::StringLiteral { literal, .. } => Some(literal.to_string()),
        _ => None,
    }
}

impl Walker {
    fn within(&mut self, work: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        work(self);
        self.scopes.pop();
    }

    fn declare(&mut self, token: &TokenReference, value: Value) -> usize {
        let name = word(token);
        let place = self.facts.locals.len();
        let spot = spot(token.start_position());
        self.facts.locals.push(Local { name: name.clone(), spot, value, read_whole: 0, read: 0 });
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name, place);
        }
        place
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name)).copied()
    }

    fn block(&mut self, block: &Block) {
        for statement in block.stmts() {
            self.statement(statement);
        }
        if let Some(LastStmt::Return(last)) = block.last_stmt() {
            for value in last.returns() {
                self.expression(value);
            }
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::LocalAssignment(local) => {
                let values: Vec<Value> =
                    local.expressions().iter().map(|each| self.expression(each)).collect();
                self.declare_all(local.names().iter(), values);
            }
            Stmt::ConstAssignment(local) => {
                let values: Vec<Value> =
                    local.expressions().iter().map(|each| self.expression(each)).collect();
                self.declare_all(local.names().iter(), values);
            }
            Stmt::LocalFunction(function) => {
                let place = self.declare(function.name(), Value::Other);
                let body = self.function(function.body(), false);
                self.facts.locals[place].value = Value::Function(body);
                self.facts.named.push((word(function.name()), body));
            }
            Stmt::ConstFunction(function) => {
                let place = self.declare(function.name(), Value::Other);
                let body = self.function(function.body(), false);
                self.facts.locals[place].value = Value::Function(body);
                self.facts.named.push((word(function.name()), body));
            }
            Stmt::FunctionDeclaration(function) => {
                let names: Vec<&TokenReference> = function.name().names().iter().collect();
                let method = function.name().method_name();
                if let Some(first) = names.first() {
                    if names.len() == 1 && method.is_none() {
                        self.assigned_name(first);
                    } else {
                        let fields =
                            names[1..].iter().map(|each| (word(each), spot(each.start_position())));
                        let fields = fields.collect();
                        self.chain(self.root(first), fields, false, spot(first.start_position()));
                    }
                }
                let body = self.function(function.body(), method.is_some());
                if let Some(last) = method.or(names.last().copied()) {
                    self.facts.named.push((word(last), body));
                }
            }
            Stmt::Assignment(assignment) => {
                let values: Vec<Value> =
                    assignment.expressions().iter().map(|each| self.expression(each)).collect();
                for (at, variable) in assignment.variables().iter().enumerate() {
                    self.assigned(variable, values.get(at));
                }
            }
            Stmt::CompoundAssignment(assignment) => {
                self.variable(assignment.lhs());
                self.expression(assignment.rhs());
            }
            Stmt::FunctionCall(call) => {
                self.call(call);
            }
            Stmt::Do(each) => self.within(|walker| walker.block(each.block())),
            Stmt::While(each) => {
                self.expression(each.condition());
                self.within(|walker| walker.block(each.block()));
            }
            Stmt::Repeat(each) => self.within(|walker| {
                walker.block(each.block());
                walker.expression(each.until());
            }),
            Stmt::If(each) => self.conditional(each),
            Stmt::NumericFor(each) => {
                for bound in
                    [Some(each.start()), Some(each.end()), each.step()].into_iter().flatten()
                {
                    self.expression(bound);
                }
                self.within(|walker| {
                    walker.declare(each.index_variable(), Value::Other);
                    walker.block(each.block());
                });
            }
            Stmt::GenericFor(each) => {
                for value in each.expressions() {
                    self.expression(value);
                }
                self.within(|walker| {
                    for name in each.names() {
                        walker.declare(name, Value::Other);
                    }
                    walker.block(each.block());
                });
            }
            // Types have no part in what a script does.
            _ => {}
        }
    }

    fn declare_all<'a>(
        &mut self,
        names: impl Iterator<Item = &'a TokenReference>,
        values: Vec<Value>,
    ) {
        let mut values = values.into_iter();
        for name in names {
            let value = values.next().unwrap_or(Value::Other);
            let held = value.clone();
            let place = self.declare(name, value);
            match held {
                Value::Rule(rule) => self.facts.rules[rule].holder = Some((place, None)),
                Value::Table(fields) => {
                    for (key, value) in fields {
                        if let Value::Rule(rule) = value {
                            self.facts.rules[rule].holder = Some((place, Some(key)));
                        }
                    }
                }
                Value::Function(function) => self.facts.named.push((word(name), function)),
                _ => {}
            }
        }
    }

    fn conditional(&mut self, each: &ast::If) {
        self.expression(each.condition());
        self.within(|walker| walker.block(each.block()));
        for branch in each.else_if().into_iter().flatten() {
            self.expression(branch.condition());
            self.within(|walker| walker.block(branch.block()));
        }
        if let Some(last) = each.else_block() {
            self.within(|walker| walker.block(last));
        }
    }

    fn function(&mut self, body: &FunctionBody, has_self: bool) -> usize {
        let place = self.facts.functions.len();
        self.facts.functions.push(Function::default());
        self.within(|walker| {
            if has_self && let Some(scope) = walker.scopes.last_mut() {
                let at = walker.facts.locals.len();
                walker.facts.locals.push(Local {
                    name: "self".to_owned(),
                    spot: Spot::default(),
                    value: Value::Other,
                    read_whole: 1,
                    read: 1,
                });
                scope.insert("self".to_owned(), at);
            }
            let mut parameters = Vec::new();
            for parameter in body.parameters() {
                if let Parameter::Name(name) = parameter {
                    parameters.push(walker.declare(name, Value::Other));
                }
            }
            walker.facts.functions[place].parameters = parameters;
            walker.block(body.block());
        });
        place
    }

    fn root(&self, token: &TokenReference) -> Root {
        let name = word(token);
        self.find(&name).map_or(Root::Global(name), Root::Local)
    }

    /// Notes a chain that is read.
    fn chain(&mut self, root: Root, fields: Vec<(String, Spot)>, open: bool, spot: Spot) -> Chain {
        if let Root::Local(local) = root {
            let local = &mut self.facts.locals[local];
            local.read += 1;
            if fields.is_empty() && !open {
                local.read_whole += 1;
            }
        }
        let chain = Chain { root, fields, open, spot };
        self.facts.chains.push(chain.clone());
        chain
    }

    fn assigned(&mut self, variable: &Var, value: Option<&Value>) {
        match variable {
            Var::Name(name) => {
                self.assigned_name(name);
                if let (Some(local), Some(_)) = (self.find(&word(name)), value) {
                    // It holds something else from now on; who knows when.
                    self.facts.locals[local].value = Value::Other;
                }
            }
            Var::Expression(each) => {
                let chain = self.suffixed(each.prefix(), each.suffixes());
                let Value::Chain(chain) = chain else { return };
                let last = chain.fields.last().map(|(name, _)| name.clone());
                match (value, chain.root, last) {
                    (Some(Value::Function(function)), _, Some(name)) => {
                        self.facts.named.push((name, *function));
                    }
                    (Some(Value::Rule(rule)), Root::Local(local), Some(name))
                        if chain.fields.len() == 1 && !chain.open =>
                    {
                        self.facts.rules[*rule].holder = Some((local, Some(name)));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn assigned_name(&mut self, token: &TokenReference) {
        let name = word(token);
        if self.find(&name).is_none() {
            self.facts.globals_set.push((name, spot(token.start_position())));
        }
    }

    fn variable(&mut self, variable: &Var) -> Value {
        match variable {
            Var::Name(name) => {
                let root = self.root(name);
                Value::Chain(self.chain(root, Vec::new(), false, spot(name.start_position())))
            }
            Var::Expression(each) => self.suffixed(each.prefix(), each.suffixes()),
            _ => Value::Other,
        }
    }

    fn call(&mut self, call: &ast::FunctionCall) -> Value {
        self.suffixed(call.prefix(), call.suffixes())
    }

    /// A prefix with all that follows it: indices and calls.
    fn suffixed<'a>(
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
                        Value::Text(name) if !open => {
                            fields.push((name, spot(expression.start_position())));
                        }
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
        if let Some(method) = method {
            self.mention(&method, &values);
            let at = match call {
                Call::MethodCall(call) => spot(call.name().start_position()),
                _ => callee.spot,
            };
            let is_sum = method == "column" && callee.fields.is_empty();
            self.facts.methods.push((callee.clone(), method, at));
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

    fn arguments(&mut self, args: &FunctionArgs) -> Vec<Value> {
        match args {
            FunctionArgs::Parentheses { arguments, .. } => {
                arguments.iter().map(|each| self.expression(each)).collect()
            }
            FunctionArgs::String(text) => {
                let text = literal(text).unwrap_or_default();
                self.facts.texts.insert(text.clone());
                vec![Value::Text(text)]
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
                if let Value::Text(text) = self.expression(value) {
                    fact.texts.push((name.clone(), text, spot(value.start_position())));
                }
                fact.fields.insert(name);
            } else {
                self.field(field);
            }
        }
        self.facts.rules.push(fact);
        Value::Rule(self.facts.rules.len() - 1)
    }

    fn table(&mut self, table: &TableConstructor) -> Value {
        let mut fields = Vec::new();
        let mut items = Vec::new();
        for field in table.fields() {
            match self.field(field) {
                (Some(key), value) => fields.push((key, value)),
                (None, value) => items.push(value),
            }
        }
        // A list of a rule and something else is a reason: { rule, arguments… }.
        if let [Value::Chain(first), second, ..] = items.as_slice()
            && matches!(first.root, Root::Local(_))
            && !self.is_rule(second)
        {
            let first = first.clone();
            self.noted(first, &items, 1, false);
        }
        Value::Table(fields)
    }

    fn is_rule(&self, value: &Value) -> bool {
        match value {
            Value::Rule(_) => true,
            Value::Chain(chain) => self.facts.rule_of(&self.facts.resolved(chain)).is_some(),
            _ => false,
        }
    }

    fn field(&mut self, field: &Field) -> (Option<String>, Value) {
        match field {
            Field::NameKey { key, value, .. } => {
                let name = word(key);
                self.facts.keys.insert(name.clone());
                (Some(name), self.expression(value))
            }
            Field::ExpressionKey { key, value, .. } => {
                let key = self.expression(key);
                let value = self.expression(value);
                match key {
                    Value::Text(name) => {
                        self.facts.keys.insert(name.clone());
                        (Some(name), value)
                    }
                    _ => (Some(String::new()), value),
                }
            }
            Field::NoKey(value) => (None, self.expression(value)),
            _ => (None, Value::Other),
        }
    }

    fn expression(&mut self, expression: &Expression) -> Value {
        match expression {
            Expression::BinaryOperator { lhs, rhs, .. } => {
                self.expression(lhs);
                self.expression(rhs);
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
            Expression::String(text) => {
                let text = literal(text).unwrap_or_default();
                self.facts.texts.insert(text.clone());
                Value::Text(text)
            }
            Expression::Symbol(symbol) if symbol.token().to_string() == "..." => Value::Several,
            Expression::Var(variable) => self.variable(variable),
            _ => Value::Other,
        }
    }

    /// The shape of a value that was walked already: nothing of it is noted again.
    fn shape(&self, expression: &Expression) -> Value {
        match expression {
            Expression::TableConstructor(table) => {
                let fields = table.fields().iter().filter_map(|field| match field {
                    Field::NameKey { key, value, .. } => Some((word(key), self.shape(value))),
                    _ => None,
                });
                Value::Table(fields.collect())
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
