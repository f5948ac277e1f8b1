//! Native plugins: what the host must survive. Sources in C are compiled here; without a compiler
//! these tests pass by.

mod check;
mod entry;
mod example;
mod files;
mod growth;
pub(crate) mod kit;
mod lifecycle;
mod linked;
mod mishaps;
mod protocol;
mod rust;
mod words;
