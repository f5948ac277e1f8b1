//! What the process was given from outside: the only place that reads variables and the clock.

use std::path::PathBuf;

use chrono::{
    DateTime, FixedOffset, Local, NaiveDateTime, Offset as _, SubsecRound as _, TimeZone as _,
    Timelike as _, Utc,
};
use kehu_domain::Day;
use kehu_engine::settings::TimeZone;

use crate::error::CommandError;

/// Reads a variable; one that is empty counts as not set.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of the user's own settings, whether it is there or not.
pub(crate) fn user_folder() -> Option<PathBuf> {
    let base = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(base.join("kehu"))
}

/// The folder of what the program remembers for the user, whether it is there or not.
pub(crate) fn state_folder() -> Option<PathBuf> {
    let base = variable("XDG_STATE_HOME").map(PathBuf::from).or_else(|| {
        variable("HOME").map(|home| PathBuf::from(home).join(".local").join("state"))
    })?;
    Some(base.join("kehu"))
}

/// The program itself, for the processes that it starts.
pub(crate) fn program() -> Result<PathBuf, CommandError> {
    std::env::current_exe()
        .map_err(|error| CommandError::failed(format!("the program does not find itself: {error}")))
}

/// The name by which the person is logged in.
pub(crate) fn login_name() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable)
}

/// True if the person wants no colour anywhere.
pub(crate) fn no_colour() -> bool {
    variable("NO_COLOR").is_some() || variable("TERM").as_deref() == Some("dumb")
}

/// The number of columns that the person, or else the terminal, gives; none if output goes elsewhere.
pub(crate) fn width() -> Option<usize> {
    let given = variable("COLUMNS").and_then(|text| text.parse().ok());
    given.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}

/// Holds a moment, as operations and days need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// In UTC, `YYYY-MM-DDTHH:MM:SSZ`.
    pub(crate) at: String,
    /// The day where the workspace is.
    pub(crate) today: Day,
    /// The minute of that day.
    pub(crate) minute: u16,
}

/// Tells the time in a workspace's zone: `KEHU_NOW` if it is set, else the clock.
pub(crate) fn now(zone: TimeZone) -> Result<Moment, CommandError> {
    let utc = match variable("KEHU_NOW") {
        Some(text) => parse_now(&text, zone).ok_or_else(|| {
            CommandError::usage(format!("KEHU_NOW is \"{text}\", which is no moment"))
                .hint("write YYYY-MM-DDTHH:MM[:SS], with Z or an offset if it is not local")
        })?,
        None => Utc::now().trunc_subsecs(0),
    };
    let local = match zone {
        TimeZone::Local => Local.from_utc_datetime(&utc.naive_utc()).naive_local(),
        TimeZone::Offset(seconds) => {
            offset(seconds).from_utc_datetime(&utc.naive_utc()).naive_local()
        }
    };
    let today = Day::from_date(local.date())
        .ok_or_else(|| CommandError::failed("the clock shows a year after 9999 or before 1"))?;
    let minute = local.hour() * 60 + local.minute();
    Ok(Moment { at: utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(), today, minute: minute as u16 })
}

fn offset(seconds: i32) -> FixedOffset {
    FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix())
}

fn parse_now(text: &str, zone: TimeZone) -> Option<DateTime<Utc>> {
    let with_zone = ["%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M%:z"];
    let text = text.replace('Z', "+00:00");
    if let Some(moment) =
        with_zone.iter().find_map(|form| DateTime::parse_from_str(&text, form).ok())
    {
        return Some(moment.with_timezone(&Utc));
    }
    let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
    let naive = local.iter().find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())?;
    match zone {
        // An hour that the clock skips or repeats: the earlier reading, or UTC where there is none.
        TimeZone::Local => Some(
            Local
                .from_local_datetime(&naive)
                .earliest()
                .map_or_else(|| naive.and_utc(), |t| t.to_utc()),
        ),
        TimeZone::Offset(seconds) => {
            offset(seconds).from_local_datetime(&naive).single().map(|moment| moment.to_utc())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_local_to_the_workspace_unless_it_says_otherwise() {
        let china = TimeZone::Offset(28_800);
        let show = |text| parse_now(text, china).map(|moment| moment.to_rfc3339());
        assert_eq!(show("2024-03-01T07:30").unwrap(), "2024-02-29T23:30:00+00:00");
        assert_eq!(show("2024-03-01T07:30:15Z").unwrap(), "2024-03-01T07:30:15+00:00");
        assert_eq!(show("2024-03-01T07:30+01:00").unwrap(), "2024-03-01T06:30:00+00:00");
        for wrong in ["", "2024-03-01", "2024-02-30T07:30", "now"] {
            assert_eq!(show(wrong), None, "{wrong}");
        }
    }
}
