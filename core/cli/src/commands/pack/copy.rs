use kehu_contract::Origin;

use super::install;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::lock::{self, LOCK, LockedPack};
use crate::packs;
use crate::packs::locked;
use crate::packs::sources::FOLDER;
use crate::printer::Printer;
use crate::workspace::seen_from;

/// Copies a pack of kehu, or of the extended workspace, into this one, to be changed
///
/// The copy stands in front of the other from then on, and does the same until it is changed. kehu.lock remembers
/// the version that it was copied from; kehu pack diff shows what has become different, and kehu pack remove
/// lets the other count again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  kehu pack copy tiers")]
pub(crate) struct Args {
    /// The pack
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    install::mend(&workspace.root)?;
    let name = &args.name;
    if workspace.root.join(FOLDER).join(name).symlink_metadata().is_ok() {
        return Err(CommandError::failed(format!("{FOLDER}/{name} is there already"))
            .hint(format!("to see how it differs from the one behind it: kehu pack diff {name}")));
    }
    let located = packs::locate(&workspace, context.shipped, name)?;
    if located.is_native {
        return Err(CommandError::failed(format!("{name} is a native plugin: it has no scripts")));
    }
    let version = located.factory.manifest().version.clone();
    let source = match located.factory.origin() {
        Origin::Base => {
            let folders = workspace.bases.iter().map(|base| base.join(FOLDER).join(name));
            let folder = folders.into_iter().find(|folder| folder.exists());
            folder.map(|folder| seen_from(&workspace.root, &folder)).unwrap_or_default()
        }
        _ => String::new(),
    };
    let mut lock = lock::read(&workspace.root)?;
    let files = locked::hashes(&located.files);
    lock.packs.insert(name.clone(), LockedPack { version: version.clone(), source, files });
    let staged = install::stage(&workspace.root, name, &located.files)?;
    let lock = lock::prepare(&workspace.root, &lock)?;
    let put = staged.put()?;
    lock.put()?;
    put.keep();
    Printer::talk(&format!("Copied {name} {version} to {FOLDER}/{name}, pinned in {LOCK}."));
    Printer::talk(&format!("next: change {FOLDER}/{name}/main.lua"));
    Printer::talk(&format!("next: kehu pack test {name}"));
    Printer::talk(&format!("next: kehu pack diff {name}"));
    Ok(())
}
