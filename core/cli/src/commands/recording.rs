use kehu_contract::Language;

use crate::context::Context;
use crate::error::Result;

/// Shows how to record all that the packs ask for: kehu help recording
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The page in both languages; a test runs every command of it.
const PAGES: [(Language, &str); 2] = [
    (Language::En, include_str!("../../help/recording.md")),
    (Language::Zh, include_str!("../../help/recording.zh.md")),
];

pub(crate) fn run(context: &mut Context<'_>, _args: &Args) -> Result {
    // Within a workspace it speaks as the workspace does.
    let language = match context.open() {
        Ok(workspace) => workspace.language,
        Err(_) => context.language()?,
    };
    let page = PAGES.iter().find(|(each, _)| *each == language).map_or("", |(_, page)| page);
    for line in page.lines() {
        match line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            Some(title) => context.printer.heading(title)?,
            None => context.printer.line(line)?,
        }
    }
    Ok(())
}
