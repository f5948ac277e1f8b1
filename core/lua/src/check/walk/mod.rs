//! Reading a script's facts out of its syntax tree: here its statements, in `expression` what stands in them.

mod expression;

use std::collections::HashMap;

use full_moon::ast::{self, Block, FunctionBody, LastStmt, Parameter, Stmt, Var};
use full_moon::node::Node as _;
use full_moon::tokenizer::{Position, TokenReference, TokenType};

use super::facts::{Chain, Facts, Function, Local, Root, Spot, Value};

/// Reads all facts of a script.
pub(super) fn facts(ast: &ast::Ast) -> Facts {
    let mut walker =
        Walker { facts: Facts::default(), scopes: vec![HashMap::new()], within: Vec::new() };
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
    /// The functions around the place that is read, the innermost last.
    within: Vec<usize>,
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
            let values: Vec<Value> =
                last.returns().iter().map(|value| self.expression(value)).collect();
            if let (Some(value), Some(function)) = (values.into_iter().next(), self.within.last()) {
                self.facts.functions[*function].returns.push(value);
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
                Value::Table(table) => {
                    for (key, _, value) in table.fields {
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
            walker.within.push(place);
            walker.block(body.block());
            walker.within.pop();
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
                match (&chain.root, chain.fields.as_slice(), chain.open) {
                    (Root::Local(local), [(name, spot)], false) => {
                        self.facts.fields_set.push((*local, name.clone(), *spot));
                    }
                    (_, _, true) => self.facts.listed.extend(value.cloned()),
                    _ => {}
                }
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
}
