//! `kehu.number` and `kehu.list`: figures, and statistics over lists of them.

use mlua::{Lua, Table};

use super::arguments::{Arguments, Builder};
use super::entry::{Entry, Parameter, Subject, Type, function, may, need};
use crate::exact;
use crate::fault::Fault;

/// What the registry says of `kehu.number`.
pub(super) const NUMBER: Subject = Subject {
    name: "kehu.number",
    like: "",
    hooks: &[],
    en: "Figures: rounding, bounds, percentages.",
    zh: "数字：舍入、上下限、百分比。",
    example: "",
    entries: NUMBER_ENTRIES,
};

const NUMBER_ENTRIES: &[Entry] = &[
    function(
        "kehu.number.round",
        &[need("number", Type::Number), may("digits", Type::Whole)],
        &[need("number", Type::Number)],
    )
    .says("Rounds to so many digits after the point, halves to the even neighbour.", "舍入到指定的小数位数，恰为一半时取偶数。")
    .more(
        "Without digits it gives a whole number; digits lie from -15 to 15. What counts is the number as it is written: 2.675 is a half at two digits, though no computer holds it exactly.",
        "省略位数时得到整数；位数为 -15 到 15。以数字的书写形式为准：2.675 保留两位时视为恰好一半，尽管计算机无法精确保存它。",
    )
    .example("kehu.number.round(2.5) --> 2\nkehu.number.round(3.5) --> 4\nkehu.number.round(2.675, 2) --> 2.68\nkehu.number.round(1250, -2) --> 1200"),
    function(
        "kehu.number.clamp",
        &[need("number", Type::Number), need("least", Type::Number), need("most", Type::Number)],
        &[need("number", Type::Number)],
    )
    .says("Keeps a number within bounds.", "将数字限制在上下限之内。")
    .example("kehu.number.clamp(130, 0, 100) --> 100"),
    function(
        "kehu.number.percent",
        &[need("part", Type::Number), need("whole", Type::Number), may("digits", Type::Whole)],
        &[may("percent", Type::Number)],
    )
    .says("Says how many percent of a whole a part is, rounded to so many digits.", "计算部分占整体的百分比，按指定位数舍入。")
    .more("Of nothing there are no percent: where the whole is 0 it gives nil.", "整体为 0 时没有百分比，返回 nil。")
    .example("kehu.number.percent(1, 3, 1) --> 33.3\nkehu.number.percent(5, 0) --> nil"),
];

/// What the registry says of `kehu.list`.
pub(super) const LIST: Subject = Subject {
    name: "kehu.list",
    like: "",
    hooks: &[],
    en: "Statistics over lists of numbers. Over the whole base, a fit's column objects have the same and are faster.",
    zh: "数字列表的统计。对全体客户统计时，fit 的列对象有同样的方法，而且更快。",
    example: "",
    entries: LIST_ENTRIES,
};

const NUMBERS: &[Parameter] = &[need("list", Type::List(&Type::Number))];
const FIGURE: &[Parameter] = &[may("figure", Type::Number)];

const LIST_ENTRIES: &[Entry] = &[
    function("kehu.list.sum", NUMBERS, &[need("sum", Type::Number)])
        .says("Adds all numbers; 0 if there are none.", "求和；没有数字时为 0。")
        .example("kehu.list.sum({ 2, 3, 5 }) --> 10"),
    function("kehu.list.mean", NUMBERS, FIGURE)
        .says("Gives the mean; nil of no numbers.", "求平均值；没有数字时为 nil。")
        .example("kehu.list.mean({ 2, 3, 7 }) --> 4"),
    function("kehu.list.median", NUMBERS, FIGURE)
        .says("Gives the median; nil of no numbers.", "求中位数；没有数字时为 nil。")
        .more("Of an even count it lies halfway between the two in the middle.", "数字个数为偶数时取中间两个的平均。")
        .example("kehu.list.median({ 9, 1, 3, 5 }) --> 4"),
    function(
        "kehu.list.quantile",
        &[need("list", Type::List(&Type::Number)), need("share", Type::Number)],
        FIGURE,
    )
    .says("Gives the value below which a share of the numbers lies; nil of no numbers.", "求分位数；没有数字时为 nil。")
    .more(
        "The share is 0 to 1; between two numbers it is interpolated, as pandas does and R by default (type 7).",
        "比例为 0 到 1；两数之间线性插值，与 pandas 和 R 的默认方法（第 7 类）一致。",
    )
    .example("kehu.list.quantile({ 10, 20, 30, 40, 50 }, 0.25) --> 20"),
    function("kehu.list.stddev", NUMBERS, FIGURE)
        .says("Gives the standard deviation of a sample; nil of fewer than two numbers.", "求样本标准差；少于两个数字时为 nil。")
        .more("The sum of squares is divided by n - 1, as in pandas and R.", "平方和除以 n - 1，与 pandas 和 R 一致。")
        .example("kehu.number.round(kehu.list.stddev({ 2, 4, 4, 4, 5, 5, 7, 9 }), 3) --> 2.138"),
    function("kehu.list.min", NUMBERS, FIGURE)
        .says("Gives the least number; nil of none.", "求最小值；没有数字时为 nil。")
        .example("kehu.list.min({ 4, 2, 8 }) --> 2"),
    function("kehu.list.max", NUMBERS, FIGURE)
        .says("Gives the greatest number; nil of none.", "求最大值；没有数字时为 nil。")
        .example("kehu.list.max({ 4, 2, 8 }) --> 8"),
];

/// Builds the functions of `kehu.number`.
pub(super) fn number_table(lua: &Lua) -> mlua::Result<Table> {
    let builder = Builder::new(lua)?;
    builder
        .add("kehu.number.round", |_, given| Ok(round(given.number(0)?, digits(given, 1)?)))?
        .add("kehu.number.clamp", |_, given| {
            let (least, most) = (given.number(1)?, given.number(2)?);
            if least > most {
                return Err(given.wrong(2, &format!("{most} is below the least, {least}")).into());
            }
            Ok(given.number(0)?.clamp(least, most))
        })?
        .add("kehu.number.percent", |_, given| {
            let (part, whole) = (given.number(0)?, given.number(1)?);
            if whole == 0.0 {
                return Ok(None);
            }
            Ok(Some(round(finite(given, 100.0 * (part / whole))?, digits(given, 2)?)))
        })?;
    Ok(builder.table)
}

/// Builds the functions of `kehu.list`.
pub(super) fn list_table(lua: &Lua) -> mlua::Result<Table> {
    let builder = Builder::new(lua)?;
    builder
        .add("kehu.list.sum", |_, given| Ok(finite(given, exact::sum(given.numbers(0)?))?))?
        .add("kehu.list.mean", |_, given| {
            exact::mean(&given.numbers(0)?).map(|mean| Ok(finite(given, mean)?)).transpose()
        })?
        .add("kehu.list.median", |_, given| Ok(quantile(given.numbers(0)?, 0.5)))?
        .add("kehu.list.quantile", |_, given| {
            let share = given.number(1)?;
            if !(0.0..=1.0).contains(&share) {
                return Err(given.wrong(1, &format!("0 to 1 expected, got number {share}")).into());
            }
            Ok(quantile(given.numbers(0)?, share))
        })?
        .add("kehu.list.stddev", |_, given| {
            deviation(&given.numbers(0)?).map(|figure| Ok(finite(given, figure)?)).transpose()
        })?
        .add("kehu.list.min", |_, given| Ok(given.numbers(0)?.into_iter().reduce(f64::min)))?
        .add("kehu.list.max", |_, given| Ok(given.numbers(0)?.into_iter().reduce(f64::max)))?;
    Ok(builder.table)
}

fn digits(given: &Arguments, at: usize) -> Result<i32, Fault> {
    let digits = given.number_or(at, 0.0)?;
    if digits.abs() > 15.0 {
        return Err(given.wrong(at, &format!("-15 to 15 expected, got number {digits}")));
    }
    Ok(digits as i32)
}

fn finite(given: &Arguments, figure: f64) -> Result<f64, Fault> {
    if figure.is_finite() { Ok(figure) } else { Err(given.wrong(0, "the figure is not finite")) }
}

/// Rounds the number as it is written in decimal digits, halves to even.
fn round(number: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits.abs());
    let scaled = if digits < 0 { number / scale } else { number * scale };
    if !scaled.is_finite() || scaled.abs() >= 9_007_199_254_740_992.0 {
        return number;
    }
    // 2.675 is held as a little less than it is written; where the scaled number is the half that
    // people see but for the last bits, it counts as that half.
    let half = (scaled * 2.0).round() / 2.0;
    let seen =
        if (scaled - half).abs() <= scaled.abs() * 4.0 * f64::EPSILON { half } else { scaled };
    let rounded = seen.round_ties_even();
    let back = if digits < 0 { rounded * scale } else { rounded / scale };
    // No number is -0, which would be shown with its sign.
    if back == 0.0 { 0.0 } else { back }
}

fn quantile(mut numbers: Vec<f64>, share: f64) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    exact::quantile(&numbers, share)
}

fn deviation(numbers: &[f64]) -> Option<f64> {
    let mean = exact::mean(numbers)?;
    let squares = numbers.iter().fold(0.0, |sum, number| sum + (number - mean).powi(2));
    (numbers.len() > 1).then(|| (squares / (numbers.len() - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour_as_the_number_is_written() {
        for (number, digits, expected) in [
            (0.5, 0, 0.0),
            (1.5, 0, 2.0),
            (-2.5, 0, -2.0),
            (2.675, 2, 2.68),
            (1.005, 2, 1.0),
            (2.665, 2, 2.66),
            (0.1 + 0.2, 1, 0.3),
            (1_250.0, -2, 1_200.0),
            (1_350.0, -2, 1_400.0),
            (-0.4, 0, 0.0),
            (0.499_999_999_999_9, 0, 0.0),
            (1.0e300, 2, 1.0e300),
        ] {
            let rounded = round(number, digits);
            assert_eq!(
                (rounded, rounded.is_sign_negative()),
                (expected, expected < 0.0),
                "{number}"
            );
        }
    }
}
