//! One or two tests for each command: what is typed, and all that is shown.

mod api;
mod author;
mod author_story;
mod chinese;
mod customer;
mod deal;
mod demo;
mod events;
mod help;
mod history;
mod hooks;
mod import;
mod lists;
mod log;
mod pack;
mod pack_life;
mod plugin;
mod plugin_said;
mod repl;
mod reports;
mod run;
mod score;
mod threads;
mod today;
mod vocabulary;
mod workspace;
