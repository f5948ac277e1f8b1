//! Figures as they are written: sums of decimal fractions that do not depend on how a processor holds them.
//!
//! 70.10 is held as a little less, and six of them sum to a little more than six times what is held:
//! divided by six, that is above 70.10, and a customer exactly at the mean would stand below it.

use std::iter::Sum as _;

/// Sums numbers without losing what the larger ones push out (Neumaier, 1974), as it is written.
pub(crate) fn sum(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, lost) = numbers.into_iter().fold((0.0, 0.0), |(sum, lost), number: f64| {
        let both: f64 = sum + number;
        let more: f64 = if f64::abs(sum) >= number.abs() {
            (sum - both) + number
        } else {
            (number - both) + sum
        };
        (both, lost + more)
    });
    // What overflows has lost nothing that matters.
    as_written(if sum.is_finite() { f64::sum([sum, lost].into_iter()) } else { sum })
}

/// The mean of numbers, as it is written; none of none.
pub(crate) fn mean(numbers: &[f64]) -> Option<f64> {
    let count = numbers.len();
    (count > 0).then(|| as_written(sum(numbers.iter().copied()) / count as f64))
}

/// The quantile with linear interpolation between neighbours, as in pandas and R's type 7; none of none.
/// The numbers are sorted.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    let step = (high - low) * place.fract();
    Some(if step == 0.0 { low } else { as_written(low + step) })
}

/// The number that people mean who write it with 15 digits: as many as every decimal fraction keeps.
pub(crate) fn as_written(number: f64) -> f64 {
    if number.fract() == 0.0 || !number.is_finite() {
        return number;
    }
    format!("{number:.14e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_equal_amounts_is_that_amount() {
        for cents in 1..20_000 {
            let amount = f64::from(cents) / 100.0;
            for count in [2, 3, 6, 7, 10, 100] {
                assert_eq!(mean(&vec![amount; count]), Some(amount), "{amount} {count} times");
            }
        }
    }

    #[test]
    fn a_mean_of_different_amounts_is_the_one_on_paper() {
        assert_eq!(mean(&[30.01, 10.0, 30.01, 23.34]), Some(23.34));
        assert_eq!(mean(&[0.1, 0.2, 0.3]), Some(0.2));
        assert_eq!(mean(&[1.0, 2.0]), Some(1.5));
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let numbers = [1e16, 1.0, -1e16, 0.1, 0.2];
        let sums = [sum(numbers), sum(numbers.into_iter().rev()), sum([])];
        assert_eq!(sums.map(|sum| sum.to_string()), ["1.3", "1.3", "0"]);
        assert!(sum([f64::MAX, f64::MAX]).is_infinite());
    }

    #[test]
    fn a_quantile_between_equal_amounts_is_that_amount() {
        assert_eq!(quantile(&[70.1, 70.1, 70.1, 70.1], 0.3), Some(70.1));
        assert_eq!(quantile(&[0.1, 0.3], 0.5), Some(0.2));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
