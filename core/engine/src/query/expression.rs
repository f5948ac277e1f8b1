//! `--where`: a condition over columns, in the words of SQL.
//!
//! The text is parsed by a SQL parser in the dialect of `MySQL`, in which `"A"` is a text, and then translated
//! into a condition over a list of known columns. It never reaches a database.

use kehu_contract::{ColumnType, Value, did_you_mean};
use kehu_domain::Day;
use sqlparser::ast::{self, BinaryOperator, UnaryOperator};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::mistake::ConditionError;

/// Describes a column that conditions may name.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownColumn {
    /// The name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnType,
    /// The values of a label; any text if there are none.
    pub values: Vec<String>,
}

/// A condition over columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    root: Node,
    columns: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Column(usize),
    Constant(Value),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Calculate(Operation, Box<Node>, Box<Node>),
    OneOf(Box<Node>, Vec<Node>),
    Like(Box<Node>, Vec<char>),
    IsMissing(Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// What a part of a condition gives, for checks before anything is read.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Number,
    Text(Vec<String>),
    Flag,
    Day,
    Truth,
}

type Parsed<T> = Result<T, ConditionError>;

impl Condition {
    /// Parses a condition such as `tier = "A" and recency_days > 90`.
    ///
    /// # Errors
    /// What is wrong: the syntax, an unknown column or label with the nearest name, or a comparison of
    /// things that cannot be compared.
    pub fn parse(text: &str, known: &[KnownColumn]) -> Parsed<Self> {
        let syntax = |error| ConditionError::syntax(text, &error);
        let mut parser = Parser::new(&MySqlDialect {})
            .with_recursion_limit(50)
            .try_with_sql(text)
            .map_err(syntax)?;
        let expression = parser.parse_expr().map_err(syntax)?;
        let rest = parser.peek_token();
        if rest.token != Token::EOF {
            let message = format!("\"{rest}\" cannot follow here");
            let error = ConditionError::new(message).located(rest.span.start);
            return Err(error.hint("conditions are joined with and, or").within(text));
        }
        let mut compiler = Compiler { known, columns: Vec::new() };
        let compiled = compiler.compile(&expression);
        let (root, kind) = compiled.map_err(|error| error.within(text))?;
        if !matches!(kind, Kind::Truth | Kind::Flag) {
            let error = ConditionError::at(&expression, "this is a value, not a condition");
            return Err(error.hint("compare it with something").within(text));
        }
        Ok(Self { root, columns: compiler.columns })
    }

    /// The columns that it reads, in the order in which [`Condition::holds`] takes their values.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// True if the condition holds; with a missing value it neither holds nor fails, as in SQL.
    pub fn holds(&self, values: &[Value]) -> bool {
        truth(&self.root.value(values)) == Some(true)
    }
}

struct Compiler<'a> {
    known: &'a [KnownColumn],
    columns: Vec<String>,
}

impl Compiler<'_> {
    fn compile(&mut self, expression: &ast::Expr) -> Parsed<(Node, Kind)> {
        match expression {
            ast::Expr::Identifier(name) => self.column(name),
            ast::Expr::Nested(inner) => self.compile(inner),
            ast::Expr::Value(value) => {
                constant(&value.value).map_err(|error| error.located(value.span.start))
            }
            ast::Expr::UnaryOp { op, expr } => self.unary(*op, expr),
            ast::Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            ast::Expr::IsNull(inner) => {
                let (node, _) = self.compile(inner)?;
                Ok((Node::IsMissing(Box::new(node)), Kind::Truth))
            }
            ast::Expr::IsNotNull(inner) => {
                let (node, _) = self.compile(inner)?;
                Ok((Node::Not(Box::new(Node::IsMissing(Box::new(node)))), Kind::Truth))
            }
            ast::Expr::InList { expr, list, negated } => self.one_of(expr, list, *negated),
            ast::Expr::Between { expr, negated, low, high } => {
                let from = self.compare(Comparison::AtLeast, expr, low)?;
                let to = self.compare(Comparison::AtMost, expr, high)?;
                Ok((negate(*negated, Node::And(Box::new(from), Box::new(to))), Kind::Truth))
            }
            ast::Expr::Like { negated, expr, pattern, .. } => self.like(*negated, expr, pattern),
            other => Err(ConditionError::at(other, format!("\"{other}\" is not understood")).hint(
                "use and, or, not, =, <>, <, <=, >, >=, in, between, like, is null and + - * /",
            )),
        }
    }

    fn column(&mut self, name: &ast::Ident) -> Parsed<(Node, Kind)> {
        let Some(column) = self.known.iter().find(|column| column.name == name.value) else {
            let known = self.known.iter().map(|column| column.name.as_str());
            return Err(ConditionError::unknown_column(name, known));
        };
        let place = self.columns.iter().position(|each| *each == name.value).unwrap_or_else(|| {
            self.columns.push(name.value.clone());
            self.columns.len() - 1
        });
        let kind = match column.kind {
            ColumnType::Number | ColumnType::Money => Kind::Number,
            ColumnType::Label | ColumnType::Text => Kind::Text(column.values.clone()),
            ColumnType::Flag => Kind::Flag,
            ColumnType::Day => Kind::Day,
        };
        Ok((Node::Column(place), kind))
    }

    fn unary(&mut self, operator: UnaryOperator, inner: &ast::Expr) -> Parsed<(Node, Kind)> {
        let (node, kind) = self.compile(inner)?;
        match (operator, kind) {
            (UnaryOperator::Not, Kind::Truth | Kind::Flag) => {
                Ok((Node::Not(Box::new(node)), Kind::Truth))
            }
            (UnaryOperator::Minus, Kind::Number) => {
                Ok((Node::Negate(Box::new(node)), Kind::Number))
            }
            (UnaryOperator::Plus, Kind::Number) => Ok((node, Kind::Number)),
            _ => {
                let message = format!("{operator} does not fit \"{inner}\"");
                Err(ConditionError::at(inner, message))
            }
        }
    }

    fn binary(
        &mut self,
        left: &ast::Expr,
        operator: &BinaryOperator,
        right: &ast::Expr,
    ) -> Parsed<(Node, Kind)> {
        let comparison = match operator {
            BinaryOperator::Eq => Some(Comparison::Equal),
            BinaryOperator::NotEq => Some(Comparison::Unequal),
            BinaryOperator::Lt => Some(Comparison::Less),
            BinaryOperator::LtEq => Some(Comparison::AtMost),
            BinaryOperator::Gt => Some(Comparison::More),
            BinaryOperator::GtEq => Some(Comparison::AtLeast),
            _ => None,
        };
        if let Some(comparison) = comparison {
            return Ok((self.compare(comparison, left, right)?, Kind::Truth));
        }
        let operation = match operator {
            BinaryOperator::Plus => Operation::Add,
            BinaryOperator::Minus => Operation::Subtract,
            BinaryOperator::Multiply => Operation::Multiply,
            BinaryOperator::Divide => Operation::Divide,
            BinaryOperator::And | BinaryOperator::Or => {
                return self.junction(left, operator, right);
            }
            other => {
                let message = format!("\"{other}\" is not understood");
                return Err(ConditionError::at(right, message));
            }
        };
        let (left_node, left_kind) = self.compile(left)?;
        let (right_node, right_kind) = self.compile(right)?;
        if left_kind != Kind::Number || right_kind != Kind::Number {
            let message = format!("{operator} needs two numbers, in \"{left} {operator} {right}\"");
            return Err(ConditionError::at(left, message));
        }
        let node = Node::Calculate(operation, Box::new(left_node), Box::new(right_node));
        Ok((node, Kind::Number))
    }

    fn junction(
        &mut self,
        left: &ast::Expr,
        operator: &BinaryOperator,
        right: &ast::Expr,
    ) -> Parsed<(Node, Kind)> {
        let (left_node, left_kind) = self.compile(left)?;
        let (right_node, right_kind) = self.compile(right)?;
        for (kind, expression) in [(&left_kind, left), (&right_kind, right)] {
            if !matches!(kind, Kind::Truth | Kind::Flag) {
                let message = format!("\"{expression}\" is a value, not a condition");
                let error = ConditionError::at(expression, message);
                return Err(error.hint("compare it with something"));
            }
        }
        let (left_node, right_node) = (Box::new(left_node), Box::new(right_node));
        let node = match operator {
            BinaryOperator::And => Node::And(left_node, right_node),
            _ => Node::Or(left_node, right_node),
        };
        Ok((node, Kind::Truth))
    }

    fn compare(
        &mut self,
        comparison: Comparison,
        left: &ast::Expr,
        right: &ast::Expr,
    ) -> Parsed<Node> {
        let (left_node, left_kind) = self.compile(left)?;
        let (right_node, right_kind) = self.compile(right)?;
        let (left_node, right_node) = fit((left_node, &left_kind), (right_node, &right_kind))
            .map_err(|hint| {
                let message = format!("{left} cannot be compared with {right}");
                ConditionError::at(right, message).hint(hint)
            })?;
        Ok(Node::Compare(comparison, Box::new(left_node), Box::new(right_node)))
    }

    fn one_of(
        &mut self,
        expression: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
    ) -> Parsed<(Node, Kind)> {
        let (node, kind) = self.compile(expression)?;
        let mut choices = Vec::new();
        for choice in list {
            let (choice_node, choice_kind) = self.compile(choice)?;
            let (_, choice_node) = fit((node.clone(), &kind), (choice_node, &choice_kind))
                .map_err(|hint| {
                    let message = format!("{expression} is never {choice}");
                    ConditionError::at(choice, message).hint(hint)
                })?;
            choices.push(choice_node);
        }
        Ok((negate(negated, Node::OneOf(Box::new(node), choices)), Kind::Truth))
    }

    fn like(
        &mut self,
        negated: bool,
        expression: &ast::Expr,
        pattern: &ast::Expr,
    ) -> Parsed<(Node, Kind)> {
        let (node, kind) = self.compile(expression)?;
        let (pattern_node, _) = self.compile(pattern)?;
        match (kind, pattern_node) {
            (Kind::Text(_), Node::Constant(Value::Text(pattern))) => {
                let pattern = pattern.to_lowercase().chars().collect();
                Ok((negate(negated, Node::Like(Box::new(node), pattern)), Kind::Truth))
            }
            _ => Err(ConditionError::at(
                expression,
                format!("like needs two texts, in \"{expression} like {pattern}\""),
            )),
        }
    }
}

fn negate(negated: bool, node: Node) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

fn constant(value: &ast::Value) -> Parsed<(Node, Kind)> {
    match value {
        ast::Value::Number(number, _) => match number.parse::<f64>() {
            Ok(number) => Ok((Node::Constant(Value::Number(number)), Kind::Number)),
            Err(_) => Err(ConditionError::new(format!("{number} is no number"))),
        },
        ast::Value::SingleQuotedString(text) | ast::Value::DoubleQuotedString(text) => {
            Ok((Node::Constant(Value::Text(text.clone())), Kind::Text(Vec::new())))
        }
        ast::Value::Boolean(flag) => Ok((Node::Constant(Value::Flag(*flag)), Kind::Flag)),
        other => Err(ConditionError::new(format!("\"{other}\" is not understood"))
            .hint("for a missing value write: is null")),
    }
}

/// Makes two sides comparable: a text beside a day becomes a day. The error is a hint.
fn fit(left: (Node, &Kind), right: (Node, &Kind)) -> Result<(Node, Node), String> {
    match (left.1, right.1) {
        (Kind::Number, Kind::Number) | (Kind::Flag, Kind::Flag) | (Kind::Day, Kind::Day) => {
            Ok((left.0, right.0))
        }
        (Kind::Day, Kind::Text(_)) => Ok((left.0, to_day(&right.0)?)),
        (Kind::Text(_), Kind::Day) => Ok((to_day(&left.0)?, right.0)),
        (Kind::Text(known), Kind::Text(other)) => {
            check_label(known, &right.0)?;
            check_label(other, &left.0)?;
            Ok((left.0, right.0))
        }
        _ => Err(String::new()),
    }
}

fn to_day(node: &Node) -> Result<Node, String> {
    match node {
        Node::Constant(Value::Text(text)) => match Day::parse(text) {
            Some(day) => Ok(Node::Constant(Value::Day(day.number()))),
            None => Err("write a day as '2024-03-31'".to_owned()),
        },
        _ => Err(String::new()),
    }
}

fn check_label(known: &[String], node: &Node) -> Result<(), String> {
    match node {
        Node::Constant(Value::Text(text)) if !known.is_empty() && !known.contains(text) => {
            Err(did_you_mean(text, known.iter().map(String::as_str)))
        }
        _ => Ok(()),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Flag(flag) => Some(*flag),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn from_truth(truth: Option<bool>) -> Value {
    truth.map_or(Value::Missing, Value::Flag)
}

impl Node {
    fn value(&self, values: &[Value]) -> Value {
        match self {
            Self::Column(place) => values[*place].clone(),
            Self::Constant(value) => value.clone(),
            Self::Not(inner) => from_truth(truth(&inner.value(values)).map(|truth| !truth)),
            Self::Negate(inner) => {
                number(&inner.value(values)).map_or(Value::Missing, |number| Value::Number(-number))
            }
            Self::And(left, right) => {
                match (truth(&left.value(values)), truth(&right.value(values))) {
                    (Some(false), _) | (_, Some(false)) => Value::Flag(false),
                    (Some(true), Some(true)) => Value::Flag(true),
                    _ => Value::Missing,
                }
            }
            Self::Or(left, right) => {
                match (truth(&left.value(values)), truth(&right.value(values))) {
                    (Some(true), _) | (_, Some(true)) => Value::Flag(true),
                    (Some(false), Some(false)) => Value::Flag(false),
                    _ => Value::Missing,
                }
            }
            Self::Compare(comparison, left, right) => {
                from_truth(comparison.of(&left.value(values), &right.value(values)))
            }
            Self::Calculate(operation, left, right) => {
                match (number(&left.value(values)), number(&right.value(values))) {
                    (Some(left), Some(right)) => operation.of(left, right),
                    _ => Value::Missing,
                }
            }
            Self::OneOf(inner, choices) => match inner.value(values) {
                Value::Missing => Value::Missing,
                value => Value::Flag(choices.iter().any(|choice| {
                    Comparison::Equal.of(&value, &choice.value(values)) == Some(true)
                })),
            },
            Self::Like(inner, pattern) => match inner.value(values) {
                Value::Text(text) => {
                    let text: Vec<char> = text.to_lowercase().chars().collect();
                    Value::Flag(matches(&text, pattern))
                }
                _ => Value::Missing,
            },
            Self::IsMissing(inner) => Value::Flag(inner.value(values) == Value::Missing),
        }
    }
}

impl Comparison {
    fn of(self, left: &Value, right: &Value) -> Option<bool> {
        let order = match (left, right) {
            (Value::Number(left), Value::Number(right)) => left.partial_cmp(right)?,
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            (Value::Day(left), Value::Day(right)) => left.cmp(right),
            (Value::Flag(left), Value::Flag(right)) => left.cmp(right),
            _ => return None,
        };
        Some(match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        })
    }
}

impl Operation {
    fn of(self, left: f64, right: f64) -> Value {
        let result = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
        };
        if result.is_finite() { Value::Number(result) } else { Value::Missing }
    }
}

/// Matches a pattern with `%` for any characters and `_` for one, in time that is at most the product
/// of the two lengths.
fn matches(text: &[char], pattern: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some('%') => {
                retry = Some((at, place));
                place += 1;
            }
            Some(each) if *each == '_' || *each == text[at] => {
                at += 1;
                place += 1;
            }
            _ => match retry {
                Some((from, star)) => {
                    retry = Some((from + 1, star));
                    (at, place) = (from + 1, star + 1);
                }
                None => return false,
            },
        }
    }
    pattern[place..].iter().all(|each| *each == '%')
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn known() -> Vec<KnownColumn> {
        let column = |name: &str, kind, values: &[&str]| KnownColumn {
            name: name.to_owned(),
            kind,
            values: values.iter().map(|&value| value.to_owned()).collect(),
        };
        vec![
            column("tier", ColumnType::Label, &["A", "B"]),
            column("amount", ColumnType::Money, &[]),
            column("name", ColumnType::Text, &[]),
            column("signed", ColumnType::Day, &[]),
            column("vip", ColumnType::Flag, &[]),
        ]
    }

    fn holds(text: &str, row: &[(&str, Value)]) -> bool {
        let condition = Condition::parse(text, &known()).unwrap();
        let value = |name: &String| {
            row.iter()
                .find(|(each, _)| each == name)
                .map_or(Value::Missing, |(_, value)| value.clone())
        };
        let values: Vec<Value> = condition.columns().iter().map(value).collect();
        condition.holds(&values)
    }

    #[test]
    fn conditions_hold_as_they_read() {
        let row = [
            ("tier", Value::Text("A".to_owned())),
            ("amount", Value::Number(120.0)),
            ("name", Value::Text("上海大众 Motors".to_owned())),
            ("signed", Value::Day(Day::parse("2024-03-31").unwrap().number())),
        ];
        for (text, expected) in [
            ("tier = \"A\" and amount > 90", true),
            ("tier = 'A' AND NOT amount > 90", false),
            ("tier in ('A', 'B')", true),
            ("tier not in ('A')", false),
            ("tier <> 'B'", true),
            ("amount between 120 and 130", true),
            ("amount / 0 > 1", false),
            ("amount * 2 - 40 = 200", true),
            ("name like '%大众%'", true),
            ("name like 'MOTORS'", false),
            ("name like '%motors'", true),
            ("signed >= '2024-03-31'", true),
            ("signed < '2024-03-31'", false),
            ("vip", false),
            ("not vip", false),
            ("vip is null", true),
            ("vip = true or tier = 'A'", true),
            ("(tier = 'B' or amount > 1) and vip is null", true),
        ] {
            assert_eq!(holds(text, &row), expected, "{text}");
        }
    }
}
