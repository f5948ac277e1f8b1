//! How much packs may use: `[limits]`, and `[limits.NAME]` for one of them.

use std::collections::BTreeMap;
use std::time::Duration;

use kehu_contract::Limits;
use kehu_contract::document::Table;

use super::declarations::ranged;

/// Reads the limits of all packs, and those of single ones, which say what is different.
pub(super) fn read(table: &Table<'_>) -> (Limits, BTreeMap<String, Limits>) {
    let all = read_over(table, Limits::default());
    let of = |name: &str| {
        let own = table.table(name)?;
        let limits = read_over(&own, all);
        own.finish();
        Some((name.to_owned(), limits))
    };
    let of_packs = table.names_of_tables().into_iter().filter_map(of).collect();
    table.finish();
    (all, of_packs)
}

/// What a table says over what holds where it says nothing.
fn read_over(table: &Table<'_>, else_: Limits) -> Limits {
    let milliseconds = |key: &str, most: f64, usual: Duration| {
        ranged(table, key, 1.0, most).map_or(usual, |value| Duration::from_millis(value as u64))
    };
    let seconds = |key: &str, usual: Duration| {
        ranged(table, key, 1.0, 86_400.0).map_or(usual, |value| Duration::from_secs(value as u64))
    };
    Limits {
        call: milliseconds("call_milliseconds", 60_000.0, else_.call),
        batch: seconds("batch_seconds", else_.batch),
        run: seconds("run_seconds", else_.run),
        load: milliseconds("load_milliseconds", 60_000.0, else_.load),
        memory: ranged(table, "memory_mib", 8.0, 16_384.0)
            .map_or(else_.memory, |value| value as usize * 1024 * 1024),
    }
}
