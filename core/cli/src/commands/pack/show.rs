use std::process::ExitCode;

use kehu_contract::Language;

use super::contract::{self, Contract};
use super::source;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::show_page;
use crate::packs::{self, Located};
use crate::table::clean;

/// Shows what a pack promises: steps, needs, gives, features, settings, rules, limits
///
/// Every setting is shown with the value in force and the file and line that sets it, every need with who gives
/// it, every rule with its sentence and the line that declares it. A pack need not be on to be shown, and it
/// makes no difference in which language it is written.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack show tiers
  kehu pack show tiers --json
  kehu pack show tiers --readme --lang zh
  kehu pack show tiers --source > tiers.lua
  kehu pack show tiers --source main.lua:53     what kehu explain points at")]
pub(crate) struct Args {
    /// The pack
    #[arg(value_name = "NAME")]
    name: String,
    /// Shows the page that its author wrote about it instead
    #[arg(long, conflicts_with = "json")]
    readme: bool,
    /// Shows a file of it instead, or the lines around one of them [default: main.lua]
    #[arg(long, value_name = "FILE[:LINE]", num_args = 0..=1, default_missing_value = "main.lua")]
    #[arg(conflicts_with = "readme")]
    source: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let located = packs::locate(&workspace, context.shipped, &args.name)?;
    let form = context.form(workspace.language);
    if args.readme {
        return readme(context, &located, form.language).map(|()| ExitCode::SUCCESS);
    }
    if let Some(file) = &args.source {
        return source::show(context, &located, file).map(|()| ExitCode::SUCCESS);
    }
    let contract = Contract::of(&workspace, context.shipped, located)?;
    show_page(&mut context.printer, form, &contract::page(&contract, form.language))?;
    let Some(wrong) = contract.wrong else { return Ok(ExitCode::SUCCESS) };
    context.printer.finish()?;
    context.printer.error(&wrong);
    Ok(ExitCode::from(3))
}

/// Shows the page of a language, or else the English one.
fn readme(context: &mut Context<'_>, located: &Located, language: Language) -> Result {
    let wanted = match language {
        Language::En => ["README.md", "README.zh.md"],
        Language::Zh => ["README.zh.md", "README.md"],
    };
    let file = wanted.iter().find_map(|name| located.file(name)).ok_or_else(|| {
        let name = &located.factory.manifest().name;
        CommandError::failed(format!("pack {name} has no README.md"))
            .hint(format!("what it promises is shown by: kehu pack show {name}"))
    })?;
    for line in String::from_utf8_lossy(file).lines() {
        context.printer.line(&clean(line))?;
    }
    Ok(())
}
