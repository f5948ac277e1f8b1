//! `kehu.text`: texts by characters, not bytes, since names here are mostly Chinese.

use mlua::{Lua, Table};
use unicode_width::UnicodeWidthStr as _;

use super::arguments::{Arguments, Builder};
use super::entry::{Entry, Subject, Type, function, may, need};
use crate::fault::Fault;

/// The longest text that these functions make, in bytes.
const BYTES: usize = 1024 * 1024;
/// The most parts that a text is split into.
const PARTS: usize = 10_000;

/// What the registry says of `kehu.text`.
pub(super) const SUBJECT: Subject = Subject {
    name: "kehu.text",
    like: "",
    hooks: &[],
    en: "Texts by characters, not bytes: the functions of string count \"客户\" as 6, these as 2.",
    zh: "按字符（而非字节）处理文本：string 的函数把“客户”算作 6，这里算作 2。",
    example: "",
    entries: ENTRIES,
};

const TEXT: super::entry::Parameter = need("text", Type::Text);

const ENTRIES: &[Entry] = &[
    function("kehu.text.len", &[TEXT], &[need("length", Type::Whole)])
        .says("Counts the characters.", "计算字符数。")
        .example("kehu.text.len(\"客户 A\") --> 4"),
    function(
        "kehu.text.sub",
        &[TEXT, may("first", Type::Whole), may("last", Type::Whole)],
        &[TEXT],
    )
    .says("Takes the characters from the first place to the last.", "取从起始位置到结束位置的字符。")
    .more(
        "Places count from 1, negative ones from the end; without them the text begins or ends where it does.",
        "位置从 1 起算，负数从末尾起算；省略时即从头或到尾。",
    )
    .example("kehu.text.sub(\"上海一号公司\", 1, 2) --> \"上海\"\nkehu.text.sub(\"上海一号公司\", -2) --> \"公司\""),
    function("kehu.text.lower", &[TEXT], &[TEXT])
        .says("Writes all letters small.", "将字母转为小写。")
        .example("kehu.text.lower(\"ÄRZTE Gmbh\") --> \"ärzte gmbh\""),
    function("kehu.text.upper", &[TEXT], &[TEXT])
        .says("Writes all letters large.", "将字母转为大写。")
        .example("kehu.text.upper(\"vip é\") --> \"VIP É\""),
    function("kehu.text.trim", &[TEXT], &[TEXT])
        .says("Takes the blanks off both ends, full-width ones too.", "去掉两端的空白，包括全角空格。")
        .example("kehu.text.trim(\"　王 先生 \") --> \"王 先生\""),
    function("kehu.text.contains", &[TEXT, need("part", Type::Text)], &[need("found", Type::Flag)])
        .says("Says whether a text contains another one, letter by letter; there are no patterns.", "判断文本是否包含另一文本（逐字比较，不是模式）。")
        .example("kehu.text.contains(\"上海一号公司\", \"一号\") --> true\nkehu.text.contains(\"a.b\", \"...\") --> false"),
    function("kehu.text.starts_with", &[TEXT, need("part", Type::Text)], &[need("found", Type::Flag)])
        .says("Says whether a text begins with another one.", "判断文本是否以另一文本开头。")
        .example("kehu.text.starts_with(\"+86 21 5555\", \"+86\") --> true"),
    function("kehu.text.ends_with", &[TEXT, need("part", Type::Text)], &[need("found", Type::Flag)])
        .says("Says whether a text ends with another one.", "判断文本是否以另一文本结尾。")
        .example("kehu.text.ends_with(\"上海一号有限公司\", \"公司\") --> true"),
    function(
        "kehu.text.split",
        &[TEXT, need("separator", Type::Text)],
        &[need("parts", Type::List(&Type::Text))],
    )
    .says("Cuts a text at every separator.", "在每个分隔符处切开文本。")
    .more(
        "The separator is a plain text and not empty; there are at most 10,000 parts.",
        "分隔符是普通文本，不能为空；最多 10,000 段。",
    )
    .example("kehu.text.split(\"红、黄、蓝\", \"、\") --> { \"红\", \"黄\", \"蓝\" }"),
    function(
        "kehu.text.replace",
        &[TEXT, need("part", Type::Text), need("by", Type::Text)],
        &[TEXT],
    )
    .says("Puts another text in place of every occurrence of a part.", "将文本中的某一部分全部替换。")
    .more("The part is a plain text and not empty.", "被替换的部分是普通文本，不能为空。")
    .example("kehu.text.replace(\"021-5555-66\", \"-\", \" \") --> \"021 5555 66\""),
    function("kehu.text.width", &[TEXT], &[need("columns", Type::Whole)])
        .says("Counts the columns that a text takes in print: two for a Chinese character, one for a Latin letter.", "计算文本打印时占的列数：汉字占两列，拉丁字母占一列。")
        .example("kehu.text.width(\"客户 A\") --> 6"),
    function(
        "kehu.text.pad",
        &[TEXT, need("columns", Type::Whole), may("side", Type::Choice(&["left", "right"]))],
        &[TEXT],
    )
    .says("Fills a text with blanks up to a number of columns, at its right if no side is given.", "用空格将文本补足到指定列数，默认补在右侧。")
    .more("A longer text stays as it is.", "更长的文本保持不变。")
    .example("kehu.text.pad(\"客户\", 6) --> \"客户  \"\nkehu.text.pad(\"7\", 3, \"left\") --> \"  7\""),
    function("kehu.text.narrow", &[TEXT], &[TEXT])
        .says("Writes full-width letters, digits and blanks as ordinary ones.", "将全角字母、数字和空格转为半角。")
        .example("kehu.text.narrow(\"ＡＢＣ　１２３公司\") --> \"ABC 123公司\""),
];

/// Builds the functions.
pub(super) fn table(lua: &Lua) -> mlua::Result<Table> {
    let builder = Builder::new(lua)?;
    builder
        .add("kehu.text.len", |_, given| Ok(given.text(0)?.chars().count() as f64))?
        .add("kehu.text.sub", |_, given| Ok(sub(given)?))?
        .add("kehu.text.lower", |_, given| Ok(given.text(0)?.to_lowercase()))?
        .add("kehu.text.upper", |_, given| Ok(given.text(0)?.to_uppercase()))?
        .add("kehu.text.trim", |_, given| Ok(given.text(0)?.trim().to_owned()))?
        .add("kehu.text.contains", |_, given| Ok(given.text(0)?.contains(&given.text(1)?)))?
        .add("kehu.text.starts_with", |_, given| Ok(given.text(0)?.starts_with(&given.text(1)?)))?
        .add("kehu.text.ends_with", |_, given| Ok(given.text(0)?.ends_with(&given.text(1)?)))?
        .add("kehu.text.split", |_, given| Ok(split(given)?))?
        .add("kehu.text.replace", |_, given| Ok(replace(given)?))?
        .add("kehu.text.width", |_, given| Ok(given.text(0)?.width() as f64))?
        .add("kehu.text.pad", |_, given| Ok(pad(given)?))?
        .add("kehu.text.narrow", |_, given| {
            Ok(given.text(0)?.chars().map(narrow).collect::<String>())
        })?;
    Ok(builder.table)
}

fn sub(given: &Arguments) -> Result<String, Fault> {
    let text = given.text(0)?;
    let length = text.chars().count() as f64;
    // A place from the front, or with a minus sign from the end.
    let place = |at: usize, default: f64| -> Result<f64, Fault> {
        let place = given.number_or(at, default)?;
        Ok(if place < 0.0 { length + place + 1.0 } else { place }.clamp(0.0, length + 1.0))
    };
    let (first, last) = (place(1, 1.0)?.max(1.0), place(2, length)?.min(length));
    let taken = (last - first + 1.0).max(0.0);
    Ok(text.chars().skip(first as usize - 1).take(taken as usize).collect())
}

fn split(given: &Arguments) -> Result<Vec<String>, Fault> {
    let (text, separator) = (given.text(0)?, part(given, 1)?);
    let parts: Vec<String> = text.split(&separator).take(PARTS + 1).map(str::to_owned).collect();
    if parts.len() > PARTS {
        return Err(given.wrong(0, &format!("more than {PARTS} parts")));
    }
    Ok(parts)
}

fn replace(given: &Arguments) -> Result<String, Fault> {
    let (text, part, by) = (given.text(0)?, part(given, 1)?, given.text(2)?);
    let grown = text.len() + text.matches(&part).count() * by.len();
    if grown > BYTES {
        return Err(given.wrong(2, &format!("would make more than {BYTES} bytes")));
    }
    Ok(text.replace(&part, &by))
}

fn part(given: &Arguments, at: usize) -> Result<String, Fault> {
    let part = given.text(at)?;
    if part.is_empty() { Err(given.wrong(at, "text expected, got an empty one")) } else { Ok(part) }
}

fn pad(given: &Arguments) -> Result<String, Fault> {
    let (text, columns) = (given.text(0)?, given.number(1)?);
    if columns > 10_000.0 {
        return Err(given.wrong(1, "more than 10000 columns"));
    }
    let blanks = " ".repeat((columns.max(0.0) as usize).saturating_sub(text.width()));
    match given.choice(2)?.as_deref() {
        Some("left") => Ok(blanks + &text),
        _ => Ok(text + &blanks),
    }
}

/// The ordinary form of a full-width character; these lie in one range, in the order of ASCII.
fn narrow(each: char) -> char {
    match each {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(each as u32 - 0xfee0).unwrap_or(each),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_forms_become_their_ascii_twins_and_nothing_else_changes() {
        let text: String = "ＡＺａｚ０９！～　客户é".chars().map(narrow).collect();
        assert_eq!(text, "AZaz09!~ 客户é");
        assert_eq!(text.width(), 14);
    }
}
