//! Percentile ranks, as `needs = ["amount_12m:rank"]` asks for them.

use crate::{ColumnData, MISSING_DAY};

/// The percentile rank of each row among those that have a value: (mean rank − 1) / (n − 1), so
/// that the least has 0 and the greatest 1; equals share the mean of their ranks; one alone has 0.5.
pub fn percentile_ranks(column: &ColumnData) -> ColumnData {
    let numbers = numbers(column);
    let rows = (0_u32..).zip(&numbers).filter(|(_, value)| !value.is_nan());
    let mut order: Vec<(i64, u32)> = rows.map(|(row, value)| (sortable(*value), row)).collect();
    order.sort_unstable();
    let value = |(_, row): (i64, u32)| numbers[row as usize];
    let count = order.len();
    let mut ranks = vec![f64::NAN; numbers.len()];
    let mut start = 0;
    while start < count {
        // Zero and minus zero are equals, which total_cmp would part.
        let same = |row: &(i64, u32)| {
            value(*row) - value(order[start]) == 0.0
                || value(*row).to_bits() == value(order[start]).to_bits()
        };
        let end = start + order[start..].iter().take_while(|row| same(row)).count();
        let mean = (start + end - 1) as f64 / 2.0;
        let rank = if count == 1 { 0.5 } else { mean / (count - 1) as f64 };
        for (_, row) in &order[start..end] {
            ranks[*row as usize] = rank;
        }
        start = end;
    }
    ColumnData::Number(ranks)
}

/// A whole number that sorts as the number does by `total_cmp`: sorting numbers that lie beside their
/// rows is much faster than looking each up.
fn sortable(number: f64) -> i64 {
    let bits = number.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

fn numbers(column: &ColumnData) -> Vec<f64> {
    match column {
        ColumnData::Number(values) => values.clone(),
        ColumnData::Day(days) => days
            .iter()
            .map(|day| if *day == MISSING_DAY { f64::NAN } else { f64::from(*day) })
            .collect(),
        ColumnData::Flag(flags) => {
            flags.iter().map(|flag| if *flag > 1 { f64::NAN } else { f64::from(*flag) }).collect()
        }
        // A text has no rank.
        ColumnData::Text { codes, .. } => vec![f64::NAN; codes.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(values: &[f64]) -> Vec<f64> {
        match percentile_ranks(&ColumnData::Number(values.to_vec())) {
            ColumnData::Number(ranks) => ranks,
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_least_has_0_the_greatest_1_and_equals_share() {
        assert_eq!(ranks(&[10.0, 30.0, 20.0]), [0.0, 1.0, 0.5]);
        assert_eq!(ranks(&[5.0, 5.0, 5.0]), [0.5, 0.5, 0.5]);
        assert_eq!(ranks(&[1.0, 2.0, 2.0, 3.0, 4.0]), [0.0, 0.375, 0.375, 0.75, 1.0]);
        assert_eq!(ranks(&[0.0, -0.0]), [0.5, 0.5]);
        assert_eq!(ranks(&[7.0]), [0.5]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn those_without_a_value_have_no_rank_and_do_not_count() {
        let ranks = ranks(&[f64::NAN, 1.0, 2.0]);
        assert!(ranks[0].is_nan());
        assert_eq!(ranks[1..], [0.0, 1.0]);
    }
}
