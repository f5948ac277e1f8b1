use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kehu_contract::{Language, did_you_mean};
use kehu_sqlite::SqliteStore;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::printer::Printer;
use crate::workspace::{DATABASE, SETTINGS, read_settings, seen_from, shell_word};
use crate::{Shipped, ShippedTemplate};

/// The page of a template, in English and in Chinese.
const PAGE: &str = "README.md";
const PAGE_ZH: &str = "README.zh.md";

/// The packs that a new workspace switches on: those that are of use to anyone, without a setting or a field that
/// must be filled first.
const PACKS: [&str; 16] = [
    "rfm",
    "tiers",
    "lifecycle",
    "growth",
    "loyalty",
    "visit-frequency",
    "day-planner",
    "complaints",
    "visit-results",
    "forecast",
    "guidance",
    "rep-reports",
    "lifecycle-follow-up",
    "funnel-follow-up",
    "priority",
    "contact-caps",
];

/// Makes a workspace: a folder with settings, an empty database, and places for your own packs
///
/// The folder is made if it is not there. The settings are in kehu.toml; every value that it does
/// not set has a default, shown by kehu config show. A folder that has settings and no database, such
/// as the copy of a workspace that is kept elsewhere, gets an empty one, and its settings stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu init shop                   a workspace in the folder shop
  kehu --lang zh init 客户         one that speaks Chinese
  kehu init acme --extends base    one with the settings and packs of another, to be set otherwise
  kehu init club --template retail-membership
                                   one with packs, words and figures that suit the trade, and a sample
                                   base to try it on: its README.md says how

Templates:
  distributor        a firm that sells through dealers
  software-sales     a firm that sells software or projects, deal by deal
  retail-membership  a shop or chain that knows its members by card
  field-survey       a team that canvasses streets for new dealers")]
pub(crate) struct Args {
    /// Where it shall be
    dir: PathBuf,
    /// The workspace whose settings and packs hold where this one says nothing
    #[arg(long, value_name = "DIR")]
    extends: Option<PathBuf>,
    /// The template to begin with: see below
    #[arg(long, value_name = "NAME", conflicts_with = "extends")]
    template: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let dir = context.globals.folder.as_ref().map_or(args.dir.clone(), |base| base.join(&args.dir));
    if dir.join(SETTINGS).exists() {
        return fill(context, args, &dir);
    }
    let base = args.extends.as_deref();
    if let Some(base) = base.filter(|base| !base.join(SETTINGS).is_file()) {
        let message = format!("{} is no workspace that could be extended", base.display());
        return Err(CommandError::failed(message).hint("write the folder of a kehu.toml"));
    }
    let language = context.language()?;
    let chosen = args.template.as_deref().map(|name| named(context.shipped, name)).transpose()?;
    if let Some(chosen) = chosen {
        refuse_to_replace(chosen, &dir)?;
    }
    for folder in [dir.clone(), dir.join("scripts"), dir.join("plugins")] {
        fs::create_dir_all(&folder).map_err(|error| CommandError::file("made", &folder, &error))?;
    }
    SqliteStore::create(&dir.join(DATABASE))?;
    // The settings make the folder a workspace, so they come last.
    let text = match (base, chosen) {
        (Some(base), _) => over(&seen_from(&dir, base), context.globals.language()),
        (None, Some(chosen)) => fill_in(chosen, &dir, language)?,
        (None, None) => usual(language),
    };
    write_new(&dir.join(SETTINGS), &text).inspect_err(|_| {
        // Without settings the empty database would only stand in the way of the next attempt.
        fs::remove_file(dir.join(DATABASE)).ok();
    })?;
    if let Some(chosen) = chosen {
        tell_template(chosen, &dir, language);
        return Ok(());
    }
    let typed = shell_word(&dir.display().to_string());
    Printer::talk(&match language {
        Language::En => format!(
            "Made a workspace: {}\nhint: add a customer with: kehu -C {typed} customer add NAME",
            dir.display()
        ),
        Language::Zh => {
            format!("已建立工作区：{}\n提示：kehu -C {typed} customer add 名称", dir.display())
        }
    });
    Ok(())
}

/// Makes the database of a workspace that has its settings already.
fn fill(context: &Context<'_>, args: &Args, dir: &Path) -> Result {
    if dir.join(DATABASE).exists() {
        return Err(CommandError::failed(format!("{} is a workspace already", dir.display()))
            .hint(format!(
                "work in it with: kehu -C {} …",
                shell_word(&dir.display().to_string())
            )));
    }
    if args.extends.is_some() {
        let message = format!("{} has settings already", dir.display());
        return Err(CommandError::failed(message).hint("write extends = \"DIR\" at their top"));
    }
    read_settings(dir, context.shipped)?;
    SqliteStore::create(&dir.join(DATABASE))?;
    Printer::talk(&format!("Made an empty {DATABASE} beside {}.", dir.join(SETTINGS).display()));
    Ok(())
}

fn word_of(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh",
    }
}

fn named<'a>(shipped: Shipped<'a>, name: &str) -> Result<&'a ShippedTemplate> {
    shipped.templates.iter().find(|template| template.name == name).ok_or_else(|| {
        let names: Vec<&str> = shipped.templates.iter().map(|template| template.name).collect();
        CommandError::usage(format!("there is no template \"{name}\""))
            .hint(did_you_mean(name, names))
    })
}

/// The files of a template in a language: where each goes in the workspace, and its text. The settings
/// are not among them.
fn files_of(
    template: &ShippedTemplate,
    language: Language,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (page, other) = match language {
        Language::En => (PAGE, PAGE_ZH),
        Language::Zh => (PAGE_ZH, PAGE),
    };
    let files = template.files.iter().filter(move |(path, _)| *path != other && *path != SETTINGS);
    files.map(move |(path, text)| (if *path == page { PAGE } else { path }, *text))
}

/// A template goes into a folder of its own: it does not write over anything.
fn refuse_to_replace(template: &ShippedTemplate, dir: &Path) -> Result {
    match files_of(template, Language::En)
        .map(|(path, _)| dir.join(path))
        .find(|path| path.exists())
    {
        Some(path) => Err(CommandError::failed(format!("{} is there already", path.display()))
            .hint("name a folder that is not there yet")),
        None => Ok(()),
    }
}

/// Writes the files of a template, and gives the text of its settings.
fn fill_in(template: &ShippedTemplate, dir: &Path, language: Language) -> Result<String> {
    for (path, text) in files_of(template, language) {
        let path = dir.join(path);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).map_err(|error| CommandError::file("made", folder, &error))?;
        write_new(&path, text)?;
    }
    let settings = template.files.iter().find(|(path, _)| *path == SETTINGS);
    let settings = settings.map_or("", |(_, text)| *text);
    Ok(settings.replace("language = \"en\"", &format!("language = \"{}\"", word_of(language))))
}

fn tell_template(template: &ShippedTemplate, dir: &Path, language: Language) {
    let (dir, name) = (dir.display(), template.name);
    Printer::talk(&match language {
        Language::En => format!(
            "Made a workspace from the template {name}: {dir}\nhint: {dir}/README.md shows it at work on the sample base in {dir}/sample"
        ),
        Language::Zh => format!(
            "已按模板 {name} 建立工作区：{dir}\n提示：{dir}/README.md 用 {dir}/sample 中的样例数据演示用法"
        ),
    });
}

fn write_new(path: &Path, text: &str) -> Result {
    fs::File::create_new(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| CommandError::file("written", path, &error))
}

fn usual(language: Language) -> String {
    let word = word_of(language);
    let packs: Vec<String> = PACKS.iter().map(|name| format!("    \"{name}\",\n")).collect();
    format!(
        "# The settings of this workspace. What is not set here has a default: kehu config show.
# extends = \"../base\"

language = \"{word}\"

# The one currency, and how many decimal places it has.
[currency]
code = \"CNY\"
scale = 2

# What runs, in this order where their needs leave it open.
[packs]
on = [
{}]

# A setting of a pack; kehu config show settings lists all of them with their values:
# [settings.tiers]
# weight_amount = 0.6

# A field of your own:
# [fields.customer]
# industry = {{ type = \"choice\", choices = [\"steel\", \"trade\"], title = {{ en = \"industry\", zh = \"行业\" }} }}

# Your own way from first word to signature. New deals take the first that is declared here; the built-in
# one, sales, stays for those that name it:
# [[pipeline]]
# name = \"projects\"
# stage = [{{ name = \"prospect\" }}, {{ name = \"signed\", role = \"won\" }}, {{ name = \"lost\", role = \"lost\" }}]
",
        packs.concat()
    )
}

/// The settings of a workspace that extends another one.
fn over(base: &str, language: Option<Language>) -> String {
    let language = match language {
        Some(Language::En) => "\nlanguage = \"en\"\n",
        Some(Language::Zh) => "\nlanguage = \"zh\"\n",
        None => "",
    };
    let base = toml::Value::from(base);
    format!(
        "# What is different here from the workspace that this one extends: kehu config show.
extends = {base}
{language}
# What runs, where it is not what runs there:
# [packs]
# on = [\"rfm\", \"tiers\"]

# A setting of a pack; kehu config show settings lists all of them with their values:
# [settings.tiers]
# weight_amount = 0.6
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kehu_engine::settings::Settings;

    #[test]
    fn the_template_and_what_it_shows_in_comments_are_valid() {
        for language in [Language::En, Language::Zh] {
            let text = usual(language);
            let settings = Settings::read(&[(SETTINGS, &text)]).unwrap();
            assert_eq!(settings.packs_on, PACKS);
            assert_eq!(settings.language, language);
            let shown = text.replace("# [", "[").replace("# industry", "industry");
            let shown = shown.replace("# name", "name").replace("# stage", "stage");
            let shown = shown.replace("# weight", "weight");
            let settings = Settings::read(&[(SETTINGS, &shown)]).unwrap();
            assert_eq!(settings.fields.len(), 1);
            assert!(settings.pack_settings.contains_key("tiers"));
        }
    }
}
