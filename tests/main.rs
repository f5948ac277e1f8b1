//! Tests through the binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

// What is left when the power fails.
mod kill;
