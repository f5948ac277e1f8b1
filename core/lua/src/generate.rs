//! The Luau loops that the host writes for each step, so that nothing is looked up in them.

use std::fmt::Write as _;

use kehu_contract::{ColumnType, Hook, Step};

/// From this many needs on, fields are set one by one: a function has some 200 locals.
const LOCALS: usize = 100;
/// So many columns are closed through locals of the loop, further ones through a table.
const COLUMNS: usize = 40;
/// The words of the language: names that only brackets make a field of.
const WORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

const SCORE: &str = include_str!("luau/score.luau");
const ROWS: &str = include_str!("luau/rows.luau");
const FOLLOW_UP: &str = include_str!("luau/follow_up.luau");
const REVIEW: &str = include_str!("luau/review.luau");
const CASES: &str = include_str!("luau/cases.luau");
const IMPORT_ROW: &str = include_str!("luau/import_row.luau");

/// Names the fields of a customer, each with its type.
pub(crate) type Fields = Vec<(String, ColumnType)>;

/// Writes the source of the loop of a step over a batch whose columns are `fields`.
pub(crate) fn source(step: &Step, fields: &Fields) -> String {
    match step.hook {
        Hook::Score | Hook::VisitNeed => score(step, fields),
        Hook::FollowUp => {
            format!("local host = ...\n{ROWS}\n{}\n{FOLLOW_UP}", row_function(fields))
        }
        Hook::Review => format!("local host = ...\n{ROWS}\n{}\n{REVIEW}", row_function(fields)),
        Hook::Stage | Hook::OnEvent => {
            format!("local host = ...\n{ROWS}\n{}\n{CASES}", row_function(fields))
        }
        Hook::ImportRow => {
            format!("local host = ...\n{ROWS}\n{}\n{IMPORT_ROW}", row_function(fields))
        }
        Hook::PlanVisits => String::new(),
    }
}

/// Writes the source of a function that builds rows of fields for scripts that ask for them.
pub(crate) fn rows(fields: &Fields) -> String {
    format!("local host = ...\n{ROWS}\n{}\nreturn make_row, row_meta", row_function(fields))
}

fn score(step: &Step, fields: &Fields) -> String {
    let mut source = format!("{SCORE}\n{ROWS}\n");
    for give in step.gives.iter().take(COLUMNS) {
        let name = &give.info.name;
        let _ = writeln!(
            source,
            "local handle_{name}, close_{name} = handles[\"{name}\"].handle, closers[\"{name}\"]"
        );
    }
    source.push_str("local function run(author)\n  for at = 0, ROWS - 1 do\n");
    source
        .push_str("    row = at\n    base = at * WIDTH\n    buffer.writeu32(row_buffer, 0, at)\n");
    build_row(&mut source, fields, "    ");
    source.push_str("    local result = author(c, ctx)\n");
    source.push_str("    if type(result) ~= \"table\" then wrong_result(result) end\n");
    source.push_str("    for name, given in next, result do\n");
    for (place, give) in step.gives.iter().enumerate() {
        let name = &give.info.name;
        let word = if place == 0 { "if" } else { "elseif" };
        let (handle, close) = if place < COLUMNS {
            (format!("handle_{name}"), format!("close_{name}"))
        } else {
            (format!("handles[\"{name}\"].handle"), format!("closers[\"{name}\"]"))
        };
        let _ = writeln!(
            source,
            "      {word} name == \"{name}\" and rawequal(given, {handle}) then {close}()"
        );
    }
    source.push_str("      else wrong_value(name, given) end\n    end\n");
    source.push_str("    if open ~= 0 then leftover() end\n  end\nend\n");
    source.push_str("return run, readers, texts\n");
    source
}

/// Writes a function that builds the row of a place.
fn row_function(fields: &Fields) -> String {
    let mut source = String::from("local function make_row(at)\n");
    build_row(&mut source, fields, "  ");
    source.push_str("  return c\nend\n");
    source
}

/// Writes statements that read the fields of row `at` and leave the frozen table in `c`.
fn build_row(source: &mut String, fields: &Fields, indent: &str) {
    let stride = fields.len() * 8;
    let _ = writeln!(source, "{indent}local from = at * {stride}");
    let (in_locals, one_by_one) = fields.split_at(fields.len().min(LOCALS));
    for (place, (_, kind)) in in_locals.iter().enumerate() {
        let _ =
            write!(source, "{indent}local v{place} = buffer.readf64(frame, from + {})", place * 8);
        let _ = writeln!(source, "{}", decode(&format!("v{place}"), *kind, place));
    }
    let _ = write!(source, "{indent}local c = {{ ");
    for (place, (name, _)) in in_locals.iter().enumerate() {
        let field =
            if WORDS.contains(&name.as_str()) { format!("[\"{name}\"]") } else { name.clone() };
        let _ = write!(source, "{field} = v{place}, ");
    }
    source.push_str("}\n");
    for (place, (name, kind)) in one_by_one.iter().enumerate() {
        let place = place + LOCALS;
        let _ = write!(source, "{indent}do local v = buffer.readf64(frame, from + {})", place * 8);
        let _ = writeln!(source, "{} c[\"{name}\"] = v end", decode("v", *kind, place));
    }
    let _ = writeln!(source, "{indent}setmetatable(c, row_meta)\n{indent}table.freeze(c)");
}

/// What turns the number in the frame into the value; NaN stands for a missing one.
fn decode(value: &str, kind: ColumnType, place: usize) -> String {
    match kind {
        ColumnType::Number | ColumnType::Money | ColumnType::Day => {
            format!(" if {value} ~= {value} then {value} = nil end")
        }
        ColumnType::Flag => {
            format!(" if {value} ~= {value} then {value} = nil else {value} = {value} == 1 end")
        }
        ColumnType::Label | ColumnType::Text => format!(
            " if {value} ~= {value} then {value} = nil else {value} = dictionaries[{}][{value} + 1] end",
            place + 1
        ),
    }
}
