//! Tests of the script host, and of the packs that come with the program.

#![expect(clippy::unwrap_used, reason = "a test that fails to set itself up may fail")]
#![expect(clippy::format_push_string, reason = "the list of what went wrong is short")]

mod every_hook;
mod kit;

mod check;
mod compatibility;
mod day_packs;
mod errors;
mod fit;
mod follow_up;
mod hostile;
mod loading;
mod native;
mod on_event;
mod packs;
mod reference;
mod score;
mod stage;
mod testing;
