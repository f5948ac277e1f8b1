//! Tests through the binary, and the rules of the house.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

// The rules of the house: who sees whom, sizes, what lies where.
mod arch;
// One or two tests for each command: what is typed, and all that is shown.
mod cli;
// What people and other programs do wrong.
mod hostile;
// What is left when the power fails.
mod kill;
// The hermetic workspace in which the tests run.
mod kit;
// Native plugins: sources compiled here, run in workers of the binary.
mod native;
