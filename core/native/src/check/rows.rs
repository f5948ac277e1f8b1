//! Customers made up for checks and measurements.

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::{Batch, ColumnData, ColumnType, Columns, Manifest, Need, Step, TextBuilder};

/// The day on which all checks take place, and about which days are drawn.
pub(crate) const TODAY: i32 = 20_000;
/// The longest text.
const LONGEST: usize = 64 * 1024;

/// Draws numbers; the same seed gives the same ones (`SplitMix64`).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to before 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How long one waits for what comes once in a unit of time.
    fn wait(&mut self) -> f64 {
        -(1.0 - self.share()).ln()
    }

    /// The mean of some waits.
    fn mean_wait(&mut self, count: usize) -> f64 {
        (0..count).map(|_| self.wait()).sum::<f64>() / count as f64
    }

    /// A whole number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }
}

/// Makes columns for one step.
pub(crate) struct Rows {
    needs: Vec<(Need, ColumnType)>,
}

impl Rows {
    /// Makes it for a step; of its needs, `kinds` has the types that the manifest does not tell.
    pub(crate) fn new(
        manifest: &Manifest,
        step: &Step,
        kinds: &BTreeMap<String, ColumnType>,
    ) -> Self {
        let gives = manifest.steps.iter().flat_map(|step| &step.gives).map(|give| &give.info);
        let mut known = kinds.clone();
        for info in manifest.features.iter().map(|feature| &feature.info).chain(gives) {
            known.insert(info.name.clone(), info.kind);
        }
        let kind = |need: &Need| match known.get(&need.column) {
            Some(kind) if !need.rank => *kind,
            _ => ColumnType::Number,
        };
        Self { needs: step.needs.iter().map(|need| (need.clone(), kind(need))).collect() }
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = ColumnType> {
        self.needs.iter().map(|(_, kind)| *kind)
    }

    /// Customers as a firm might have them, about whom all is known.
    pub(crate) fn ordinary(&self, rows: usize, chance: &mut Chance) -> Columns {
        let mut columns = Columns::new(rows);
        let customers: Vec<Customer> = (0..rows).map(|_| Customer::draw(chance)).collect();
        for (need, kind) in &self.needs {
            let data = match kind {
                ColumnType::Number => ColumnData::Number(
                    customers.iter().map(|each| each.number(need, chance)).collect(),
                ),
                ColumnType::Money => {
                    ColumnData::Number(customers.iter().map(|each| each.money(chance)).collect())
                }
                ColumnType::Label | ColumnType::Text => texts(
                    (0..rows).map(|_| Some(["A", "B", "C", "零售", "wholesale"][chance.below(5)])),
                ),
                ColumnType::Flag => {
                    ColumnData::Flag((0..rows).map(|_| chance.below(2) as u8).collect())
                }
                ColumnType::Day => ColumnData::Day(
                    customers
                        .iter()
                        .map(|each| TODAY - (each.span * chance.share()) as i32)
                        .collect(),
                ),
            };
            columns.insert(&need.name(), *kind, Arc::new(data));
        }
        columns
    }

    /// Replaces a column, counted from 0, by one that `make` gives for its type.
    pub(crate) fn replace(
        &self,
        columns: &mut Columns,
        place: usize,
        make: impl FnOnce(ColumnType, usize) -> ColumnData,
    ) {
        let (need, kind) = &self.needs[place];
        let data = make(*kind, columns.rows());
        columns.insert(&need.name(), *kind, Arc::new(data));
    }

    /// Customers of any sort: ordinary ones, with columns that are odd in some rows.
    pub(crate) fn random(&self, rows: usize, chance: &mut Chance) -> Columns {
        let mut columns = self.ordinary(rows, chance);
        for place in 0..self.needs.len() {
            if chance.below(3) == 0 {
                continue;
            }
            let share = chance.share();
            let usual = columns.get(&self.needs[place].0.name()).cloned();
            self.replace(&mut columns, place, |kind, rows| {
                let odd = shuffled(&odd(kind, rows.min(48)), rows, chance);
                let Some(usual) = usual else { return odd };
                mix(&usual, &odd, |_| chance.share() < share)
            });
        }
        columns
    }
}

/// What the columns of one customer have in common.
struct Customer {
    /// The days since the first record.
    span: f64,
    /// The days since the last one.
    silence: f64,
    /// How often something happened.
    count: f64,
    /// A usual amount.
    amount: f64,
}

impl Customer {
    /// Draws one as models of buying see them: at a rate of its own, until it leaves.
    fn draw(chance: &mut Chance) -> Self {
        let span = 30.0 + chance.share() * 700.0;
        let rate = 0.03 * chance.wait();
        let leaves = 1.0 - chance.share().sqrt();
        let (mut count, mut last, mut next) = (1.0, 0.0, chance.wait() / rate);
        while next < span && count < 100.0 && chance.share() >= leaves {
            (count, last) = (count + 1.0, next);
            next += chance.wait() / rate;
        }
        let amount = 50.0 / chance.mean_wait(3);
        Self { span: span.floor(), silence: (span - last).floor(), count, amount }
    }

    /// A number whose name says what it counts.
    fn number(&self, need: &Need, chance: &mut Chance) -> f64 {
        let name = &need.column;
        let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if need.rank || is(&["_share", "_rate", "probability"]) {
            chance.share()
        } else if name.starts_with("first") {
            self.span
        } else if is(&["recency"]) {
            self.silence
        } else if is(&["purchase", "visits", "count"]) {
            self.count
        } else if name.ends_with("days") {
            (self.span * chance.share()).floor()
        } else {
            (chance.share() * 50.0).floor()
        }
    }

    fn money(&self, chance: &mut Chance) -> f64 {
        let sum: f64 = (0..self.count as usize).map(|_| self.amount * chance.mean_wait(4)).sum();
        (sum * 100.0).round() / 100.0
    }
}

fn texts<'t>(values: impl Iterator<Item = Option<&'t str>>) -> ColumnData {
    let mut builder = TextBuilder::default();
    values.for_each(|value| builder.push(value));
    builder.finish()
}

/// The values at and beyond the ends of a type, over and over; none is missing.
pub(crate) fn ends(kind: ColumnType, rows: usize) -> ColumnData {
    let cycle = |count: usize| (0..rows).map(move |row| row % count);
    match kind {
        ColumnType::Number | ColumnType::Money => {
            let ends = [
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::MAX,
                f64::MIN,
                f64::MIN_POSITIVE,
                5e-324,
                -5e-324,
                0.0,
                -0.0,
                -1.0,
                1e15,
                9_007_199_254_740_993.0,
                1e19,
                -1e19,
            ];
            ColumnData::Number(cycle(ends.len()).map(|place| ends[place]).collect())
        }
        ColumnType::Day => {
            let ends = [i32::MIN + 1, i32::MAX, 0, -1, 1, -719_528, 2_932_896];
            ColumnData::Day(cycle(ends.len()).map(|place| ends[place]).collect())
        }
        ColumnType::Flag => ColumnData::Flag(cycle(2).map(|flag| flag as u8).collect()),
        ColumnType::Label | ColumnType::Text => {
            let words = words();
            texts(cycle(words.len()).map(|place| Some(words[place].as_str())))
        }
    }
}

/// Texts that are rarely thought of.
fn words() -> Vec<String> {
    let odd = [
        "",
        " ",
        "中国农业银行股份有限公司",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "e\u{301}\u{323}",
        "\u{202e}txet",
        "a\0b",
        "\r\n\t",
        "\u{10ffff}",
        "%s%n{1}\"'\\",
        "𠀀𪚥",
    ];
    let mut words: Vec<String> = odd.map(str::to_owned).into();
    words.push("x".repeat(LONGEST));
    words.push("户".repeat(LONGEST / 3));
    words
}

/// Missing values; of the numbers, every sort of NaN but the host's marks.
pub(crate) fn missing(kind: ColumnType, rows: usize) -> ColumnData {
    match kind {
        ColumnType::Number | ColumnType::Money => {
            let sorts = [0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x7FF8_0000_0000_0001];
            ColumnData::Number((0..rows).map(|row| f64::from_bits(sorts[row % 3])).collect())
        }
        kind => ColumnData::missing(kind, rows),
    }
}

/// Ends and missing values by turns.
fn odd(kind: ColumnType, rows: usize) -> ColumnData {
    mix(&ends(kind, rows), &missing(kind, rows), |row| row % 4 == 3)
}

/// Draws rows from a column.
fn shuffled(data: &ColumnData, rows: usize, chance: &mut Chance) -> ColumnData {
    if data.is_empty() {
        return data.clone();
    }
    let picks: Vec<usize> = (0..rows).map(|_| chance.below(data.len())).collect();
    pick(data, &picks)
}

/// The rows of a column at the given places.
pub(crate) fn pick(data: &ColumnData, picks: &[usize]) -> ColumnData {
    match data {
        ColumnData::Number(values) => {
            ColumnData::Number(picks.iter().map(|row| values[*row]).collect())
        }
        ColumnData::Day(values) => ColumnData::Day(picks.iter().map(|row| values[*row]).collect()),
        ColumnData::Flag(values) => {
            ColumnData::Flag(picks.iter().map(|row| values[*row]).collect())
        }
        ColumnData::Text { codes, values } => ColumnData::Text {
            codes: picks.iter().map(|row| codes[*row]).collect(),
            values: Arc::clone(values),
        },
    }
}

/// The one column where `is_other` does not hold, the other where it does.
fn mix(
    one: &ColumnData,
    other: &ColumnData,
    mut is_other: impl FnMut(usize) -> bool,
) -> ColumnData {
    let rows = one.len();
    let mut all = one.clone();
    all.append(other);
    let picks: Vec<usize> =
        (0..rows).map(|row| if is_other(row) { rows + row } else { row }).collect();
    pick(&all, &picks)
}

/// A batch of these columns, with ids that have gaps.
pub(crate) fn batch(columns: Columns) -> Batch {
    let ids = (0..columns.rows() as i64).map(|row| 100 + row * 3 + row % 2).collect();
    Batch { ids, columns }
}

/// The rows of a batch at the given places, in that order.
pub(crate) fn select(batch: &Batch, picks: &[usize]) -> Batch {
    let mut columns = Columns::new(picks.len());
    for (name, kind, data) in batch.columns.iter() {
        columns.insert(name, kind, Arc::new(pick(data, picks)));
    }
    Batch { ids: picks.iter().map(|row| batch.ids[*row]).collect(), columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_those_of_missing_values() {
        for kind in ColumnType::ALL {
            let data = missing(kind, 6);
            assert!((0..6).all(|row| data.is_missing(row)));
            let data = ends(kind, 40);
            assert!((0..40).all(|row| !data.is_missing(row)), "{kind:?}");
            let data = odd(kind, 8);
            assert_eq!((0..8).filter(|row| data.is_missing(*row)).count(), 2);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_customers() {
        let manifest = "name = \"a\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"recency_days\", \"kind\", \"amount:rank\"]\n[step.gives.x]\ntype = \"number\"\n";
        let manifest = Manifest::parse("pack.toml", manifest).unwrap_or_else(|_| unreachable!());
        let kinds = BTreeMap::from([("kind".to_owned(), ColumnType::Label)]);
        let rows = Rows::new(&manifest, &manifest.steps[0], &kinds);
        let drawn = |seed| format!("{:?}", rows.random(50, &mut Chance::new(seed)));
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }
}
