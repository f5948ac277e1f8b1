//! Native plugins: what the host must survive. Sources in C are compiled here, by the
//! system's own compiler.

mod check;
mod entry;
mod example;
mod files;
mod growth;
mod jail;
pub(crate) mod kit;
mod lifecycle;
mod linked;
mod mishaps;
mod protocol;
mod recover;
mod rust;
mod suite;
mod why_not;
mod words;
