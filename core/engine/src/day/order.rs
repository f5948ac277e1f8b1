//! The order of the day's lines.

use super::worklist::Line;

/// The groups of the worklist in their order.
pub(super) struct Order(pub(super) Vec<String>);

/// Stands for all groups that are not named.
const OTHERS: &str = "*";

impl Order {
    /// The place of a group; what is not named comes last, or where `*` stands.
    fn place(&self, group: &str) -> usize {
        let at = |word: &str| self.0.iter().position(|each| each == word);
        at(group).or_else(|| at(OTHERS)).unwrap_or(self.0.len())
    }

    /// True if a group comes before another one that is named.
    pub(super) fn is_before(&self, group: &str, other: &str) -> bool {
        self.0.iter().any(|each| each == other) && self.place(group) < self.place(other)
    }

    /// Groups first, then priority, value, and the deal's amount; the rest only makes the order whole.
    pub(super) fn sort(&self, lines: &mut [Line]) {
        lines.sort_by(|left, right| {
            let amount = |line: &Line| line.amount.unwrap_or(0.0);
            (self.place(&left.group).cmp(&self.place(&right.group)))
                .then(right.priority.total_cmp(&left.priority))
                .then(right.value.total_cmp(&left.value))
                .then(amount(right).total_cmp(&amount(left)))
                .then(left.due.cmp(&right.due))
                .then(left.customer.cmp(&right.customer))
                .then(left.deal.cmp(&right.deal))
                .then(left.action.cmp(&right.action))
                .then(left.about.cmp(&right.about))
        });
    }
}
