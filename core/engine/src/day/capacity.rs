//! The room in a day: what is done within the working hours, in the order of work.

use kehu_domain::{FieldValue, Rep};

use super::order::Order;
use super::worklist::Line;
use crate::settings::Settings;

/// The group of finding new customers, for which a share of the day is kept.
const PROSPECTING: &str = "prospecting";

/// The rep's field that says how many hours this one works a day.
pub(super) const HOURS: &str = "hours_a_day";

/// The seconds of a rep's working day: the rep's own, else those of `[planning]`.
pub(super) fn day_seconds(settings: &Settings, rep: &Rep) -> i32 {
    let own = match rep.fields.get(HOURS) {
        Some(FieldValue::Number(hours)) if (0.0..=24.0).contains(hours) => Some(*hours),
        _ => None,
    };
    (own.unwrap_or(settings.planning.hours_a_day) * 3_600.0).round() as i32
}

/// The time of a day, of which a part is kept for finding new customers.
struct Room {
    left: i32,
    reserve: i32,
}

impl Room {
    /// Takes the time of a line, if there is as much beside what is kept.
    fn take(&mut self, seconds: i32, kept: i32) -> bool {
        let fits = seconds <= self.left - kept.min(self.left);
        if fits {
            self.left -= seconds;
        }
        fits
    }
}

/// Says of each line whether the day has room for it; gives the seconds of those that fit.
///
/// What stands before finding new customers in the order of work may take the whole day; then that has its share,
/// and the rest what is left. What finds new customers beyond the share comes last. The groups that are always
/// listed fit whatever the room, and take it.
pub(super) fn fill(
    settings: &Settings,
    order: &Order,
    lines: &mut [Line],
    day: i32,
    reserve: i32,
) -> i32 {
    let mut room = Room { left: day, reserve };
    for always in [true, false] {
        for line in lines.iter_mut() {
            if always == settings.worklist.always.contains(&line.group) {
                line.fits = if always {
                    room.left = (room.left - line.seconds).max(0);
                    true
                } else if line.group == PROSPECTING {
                    let fits = line.seconds <= room.reserve && room.take(line.seconds, 0);
                    if fits {
                        room.reserve -= line.seconds;
                    }
                    fits
                } else {
                    let kept =
                        if order.is_before(&line.group, PROSPECTING) { 0 } else { room.reserve };
                    room.take(line.seconds, kept)
                };
            }
        }
    }
    for line in lines.iter_mut().filter(|line| !line.fits && line.group == PROSPECTING) {
        line.fits = room.take(line.seconds, room.reserve);
    }
    lines.iter().filter(|line| line.fits).map(|line| line.seconds).sum()
}
