//! The text of a pack's files, wherever the pack lies: `kehu pack show NAME --source`.

use kehu_contract::did_you_mean;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::show_json;
use crate::packs::Located;
use crate::table::clean;

/// How many lines are shown before and after the one that was named.
const AROUND: usize = 5;

/// Shows a file, named as it lies in the pack or as messages name it, or the lines around one of its lines.
pub(super) fn show(context: &mut Context<'_>, located: &Located, wanted: &str) -> Result {
    let name = &located.factory.manifest().name;
    if located.is_native {
        return Err(CommandError::failed(format!("{name} is a native plugin: it has no scripts")));
    }
    let (path, line) = match wanted.rsplit_once(':') {
        Some((path, line))
            if !line.is_empty() && line.bytes().all(|each| each.is_ascii_digit()) =>
        {
            (path, line.parse::<usize>().ok())
        }
        _ => (wanted, None),
    };
    // As explain names it: scripts/tiers/main.lua.
    let path = path.rsplit_once(&format!("{name}/")).map_or(path, |(_, within)| within);
    let Some(bytes) = located.file(path) else {
        let files = located.files.iter().map(|(path, _)| path.as_str());
        let message = format!("pack {name} has no file \"{path}\"");
        return Err(CommandError::failed(message).hint(did_you_mean(path, files)));
    };
    let text = String::from_utf8_lossy(bytes);
    if context.globals.json {
        let told = json!({ "pack": name, "file": path, "line": line, "text": text });
        return show_json(&mut context.printer, told);
    }
    let lines: Vec<&str> = text.lines().collect();
    let Some(line) = line else {
        for line in lines {
            context.printer.line(&tabbed(line))?;
        }
        return Ok(());
    };
    if line == 0 || line > lines.len() {
        let message = format!("{path} has {} lines", lines.len());
        return Err(CommandError::failed(message));
    }
    let first = line.saturating_sub(AROUND + 1);
    let last = (line + AROUND).min(lines.len());
    let width = last.to_string().len();
    for (at, text) in lines.iter().enumerate().take(last).skip(first) {
        let mark = if at + 1 == line { '>' } else { ' ' };
        let shown = format!("{mark} {:>width$} | {}", at + 1, tabbed(text));
        context.printer.line(shown.trim_end())?;
    }
    Ok(())
}

/// A line without what a terminal would take for commands; tabs stay.
fn tabbed(line: &str) -> String {
    line.split('\t').map(clean).collect::<Vec<_>>().join("\t")
}
