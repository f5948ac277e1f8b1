//! Plugins through the test kit: what is right comes back, what is wrong is told.

mod decisions;
mod scores;
mod slips;
