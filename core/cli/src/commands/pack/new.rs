use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kehu_contract::{Hook, Language};
use kehu_lua::api::{self, Format};

use super::add;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::packs;
use crate::packs::sources::FOLDER;
use crate::printer::Printer;
use crate::workspace::{self, SETTINGS, Workspace};

/// What the templates call the pack, its column and its title.
const NAME: &str = "my-pack";
const COLUMN: &str = "my_pack";
const TITLE: &str = "My-pack";
/// The title of the Chinese page.
const CHINESE: &str = "我的脚本包";
/// For each of them, what its method is called in Chinese until its author knows better.
const TITLES: [(&str, &str); 9] = [
    ("score", "风险分"),
    ("fit", "客户分档"),
    ("visit_need", "拜访频率"),
    ("plan_visits", "拜访排程"),
    ("follow_up", "跟进建议"),
    ("review", "建议审核"),
    ("stage", "阶段规则"),
    ("on_event", "事件处理"),
    ("import_row", "导入检查"),
];

macro_rules! templates {
    ($($hook:literal),*) => {
        [$(($hook, [
            ("pack.toml", include_str!(concat!("new/", $hook, "/pack.toml"))),
            ("main.lua", include_str!(concat!("new/", $hook, "/main.lua"))),
            ("tests.lua", include_str!(concat!("new/", $hook, "/tests.lua"))),
        ])),*]
    };
}

/// For each hook, and for a score with a fit, a pack that works.
const TEMPLATES: [(&str, [(&str, &str); 3]); 9] = templates![
    "score",
    "fit",
    "visit_need",
    "plan_visits",
    "follow_up",
    "review",
    "stage",
    "on_event",
    "import_row"
];

/// Begins a pack: a folder with a method that works, and its tests, to be changed
///
/// Within a workspace it is made in scripts/ and turned on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack new credit-risk --hook score
  kehu pack new call-back --hook on_event --dir ../packs")]
pub(crate) struct Args {
    /// The pack's name, such as credit-risk; the folder gets it too
    #[arg(value_name = "NAME")]
    name: String,
    /// What it is asked
    #[arg(long, value_name = "HOOK", default_value = "score")]
    #[arg(value_parser = TEMPLATES.map(|(hook, _)| hook))]
    hook: String,
    /// The folder in which its own is made [default: scripts/ of the workspace, else this folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let name = &args.name;
    let column = name.replace('-', "_");
    if !kehu_contract::is_name(&column)
        || name.contains('_')
        || column.contains("__")
        || column.ends_with('_')
    {
        let message = format!("\"{name}\" is no name of a pack");
        return Err(CommandError::usage(message)
            .hint("write words of small letters and digits, joined by -, such as credit-risk"));
    }
    let root = workspace::find(&context.globals).ok();
    let here = context.globals.folder.clone().unwrap_or_default();
    let parent = match (&args.dir, &root) {
        (Some(dir), _) => here.join(dir),
        (None, Some(root)) => root.join(FOLDER),
        (None, None) => here,
    };
    let folder = parent.join(name);
    if folder.exists() {
        return Err(CommandError::failed(format!("{} is there already", folder.display()))
            .hint("take another name, or move it away"));
    }
    if context.shipped.packs.iter().any(|pack| pack.name == name) {
        return Err(CommandError::failed(format!("a pack {name} comes with kehu"))
            .hint("take another name: yours would stand in its place")
            .hint(format!("to begin from its text: kehu pack copy {name}")));
    }
    if let Some(dir) = in_base(context, name)? {
        return Err(CommandError::failed(format!("a pack {name} lies in {dir}"))
            .hint("take another name: yours would stand in its place")
            .hint(format!("to change that one for this workspace: kehu pack copy {name}")));
    }
    let files = files(name, &column, &args.hook);
    for (path, text) in &files {
        let path = folder.join(path);
        let failed = |error: std::io::Error| CommandError::file("written", &path, &error);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
    }
    let listed: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    Printer::talk(&format!("Began {}: {}", shown(&folder), listed.join(", ")));
    let is_found = root.as_ref().is_some_and(|root| folder.parent() == Some(&root.join(FOLDER)));
    let is_on = is_found && turn_on(context, name, &args.hook)?;
    let subject = if is_found { name.clone() } else { shown(&folder) };
    Printer::talk(&format!("next: kehu pack test {subject}"));
    Printer::talk(&format!("next: kehu pack check {subject}"));
    if is_on && matches!(args.hook.as_str(), "score" | "fit" | "visit_need") {
        Printer::talk("next: kehu score");
    }
    Ok(ExitCode::SUCCESS)
}

/// A folder from where the command runs.
fn shown(folder: &Path) -> String {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let current = fs::canonicalize(".").unwrap_or_default();
    whole.strip_prefix(&current).unwrap_or(&whole).display().to_string()
}

fn files(name: &str, column: &str, hook: &str) -> Vec<(String, String)> {
    let mut title = name.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let chinese = TITLES.iter().find(|(known, _)| *known == hook).map_or("", |(_, words)| *words);
    let chinese = format!("{chinese}（{name}）");
    let named = |text: &str| {
        let text = text.replace(&format!("zh = \"{TITLE}\""), &format!("zh = \"{chinese}\""));
        text.replace(CHINESE, &chinese)
            .replace(TITLE, &title)
            .replace(NAME, name)
            .replace(COLUMN, column)
    };
    let template = TEMPLATES.iter().find(|(known, _)| *known == hook);
    let scripts = template.map(|(_, files)| files.as_slice()).unwrap_or_default();
    let readme = [
        ("README.md", include_str!("new/README.md")),
        ("README.zh.md", include_str!("new/README.zh.md")),
        ("selene.toml", include_str!("new/selene.toml")),
    ];
    let all = scripts.iter().chain(&readme);
    let all = all.map(|(path, text)| ((*path).to_owned(), named(text).replace("HOOK", hook)));
    let selene = ("kehu.yml".to_owned(), api::write(Format::Selene, Language::En));
    all.chain(hidden()).chain([selene]).collect()
}

/// What editors read of a pack's folder, hidden from the pack itself: it is no script of it.
pub(super) fn hidden() -> [(String, String); 2] {
    [
        (".luarc.json".to_owned(), include_str!("new/luarc.json").to_owned()),
        (".kehu/kehu.d.lua".to_owned(), api::write(Format::LuaCats, Language::En)),
    ]
}

/// Where a workspace that this one extends has a pack of the name.
fn in_base(context: &Context<'_>, name: &str) -> Result<Option<String>> {
    let Ok(root) = workspace::find(&context.globals) else { return Ok(None) };
    let workspace::Layers { bases, .. } = workspace::read_layers(&root, context.shipped)?;
    let mut folders = bases.iter().map(|base| base.join(FOLDER).join(name));
    Ok(folders.find(|folder| folder.exists()).map(|folder| shown(&folder)))
}

/// Turns the pack on, unless another one answers a hook that only one may answer; says whether it is on.
fn turn_on(context: &Context<'_>, name: &str, hook: &str) -> Result<bool> {
    let workspace = context.open()?;
    let hook = Hook::parse(hook).unwrap_or(Hook::Score);
    if hook.has_one_owner()
        && let Some(other) = answering(context, &workspace, hook)?
    {
        Printer::talk(&format!(
            "It is not turned on: {other} answers {}, and only one pack may.",
            hook.name()
        ));
        Printer::talk(&format!(
            "next: in {SETTINGS}, add {name} to [packs] on, and write [hooks] {} = \"{name}\"",
            hook.name()
        ));
        return Ok(false);
    }
    add::turn_on(&workspace, name)?.put()?;
    Printer::talk(&format!("Turned it on in {SETTINGS}, under [packs] on."));
    Ok(true)
}

/// The pack that answers a hook so far.
fn answering(context: &Context<'_>, workspace: &Workspace, hook: Hook) -> Result<Option<String>> {
    let set = packs::enabled(workspace, context.shipped)?;
    let answering = set
        .packs()
        .iter()
        .find(|pack| pack.factory.manifest().steps.iter().any(|step| step.hook == hook));
    Ok(answering.map(|pack| pack.name().to_owned()))
}
