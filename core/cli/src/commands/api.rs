use kehu_contract::Language;
use kehu_lua::api::{self, Entry, Format, Parameter, Shape, Subject, Type};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::{self, Label};
use crate::output::{self, Cell, Column, Listing, show_json, show_listing};
use crate::printer::Printer;

/// Tells what scripts of packs can call and read
///
/// Without a name it lists everything; with the name of a function, field or table it tells all about it.
/// --format writes the whole of it: for people, or for the editors and checkers of Lua.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A function, field or table, such as kehu.day.parse, ctx:column, weekday, ctx or kehu.text
    name: Option<String>,

    /// Writes the whole reference in a form
    #[arg(long, value_name = "FORM", conflicts_with = "name")]
    format: Option<Form>,
}

/// Names a form of the whole.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// Definitions for the Lua language servers
    Luacats,
    /// Definitions for the Luau language server
    Luau,
    /// The standard library for the checker selene
    Selene,
    /// A page for people
    Markdown,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let language = locale::spoken();
    if let Some(form) = args.format {
        let format = match form {
            Form::Luacats => Format::LuaCats,
            Form::Luau => Format::Luau,
            Form::Selene => Format::Selene,
            Form::Markdown => Format::Markdown,
        };
        return Ok(context.printer.line(api::write(format, language).trim_end_matches('\n'))?);
    }
    let Some(name) = &args.name else { return list(context, language) };
    let found = api::find(name);
    let tables = api::tables(name);
    if found.is_empty() || tables.iter().any(|subject| subject.name == name) {
        if !tables.is_empty() {
            return show_tables(context, &tables, language);
        }

        let hint = match api::nearest_name(name) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "kehu api lists all of them".to_owned(),
        };
        return Err(CommandError::failed(format!("scripts have no \"{name}\"")).hint(hint));
    }
    if context.globals.json {
        let found = found.iter().map(|(subject, entry)| object(subject, entry)).collect();
        return show_json(&mut context.printer, found);
    }
    for (at, (subject, entry)) in found.iter().enumerate() {
        if at > 0 {
            context.printer.line("")?;
        }
        page(context, subject, entry, language)?;
    }
    Ok(())
}

fn list(context: &mut Context<'_>, language: Language) -> Result {
    if context.globals.json {
        let all = api::everything().map(|(subject, entry)| object(subject, entry)).collect();
        return show_json(&mut context.printer, all);
    }
    let mut listing = Listing::new(vec![
        Column::whole("name", locale::NAME),
        Column::whole("hooks", locale::HOOKS),
        Column::text("doc", locale::MEANING),
    ]);
    for (subject, entry) in api::everything() {
        let hooks = places(subject);
        listing.rows.push(vec![
            Cell::text(entry.name),
            Cell::text(hooks.join(", ")),
            Cell::text(entry.doc(language)),
        ]);
    }
    let form = context.form(language);
    show_listing(&mut context.printer, form, listing)
}

/// What tables have, a line each.
fn show_tables(context: &mut Context<'_>, tables: &[&Subject], language: Language) -> Result {
    let all = || {
        tables.iter().flat_map(|subject| subject.entries.iter().map(move |each| (*subject, each)))
    };
    if context.globals.json {
        let objects = all().map(|(subject, entry)| object(subject, entry)).collect();
        return show_json(&mut context.printer, objects);
    }
    let form = output::Form { limit: None, ..context.form(language) };
    for (at, subject) in tables.iter().enumerate() {
        if at > 0 {
            context.printer.line("")?;
        }
        context.printer.heading(&format!("{}{}", subject.name, in_hooks(subject)))?;
        context.printer.line(subject.doc(language))?;
        if !subject.like.is_empty() {
            let also = ALSO.get(language);
            context.printer.line(&format!("{also}{}", subject.like))?;
        }
        let mut listing = Listing::new(vec![
            Column::whole("name", locale::NAME),
            Column::text("doc", locale::MEANING),
        ]);
        for entry in subject.entries {
            let signature = Cell::text(entry.signature(language));
            listing.rows.push(vec![signature, Cell::text(entry.doc(language))]);
        }
        if !listing.rows.is_empty() {
            context.printer.line("")?;
            show_listing(&mut context.printer, form, listing)?;
        }
        if !subject.example.is_empty() {
            context.printer.line("")?;
        }
        for line in subject.example.lines() {
            context.printer.line(&format!("    {line}"))?;
        }
    }
    context.printer.finish()?;
    if let Some((_, entry)) = all().find(|(_, entry)| matches!(entry.shape, Shape::Function { .. }))
    {
        Printer::talk(&format!("next: kehu api {}", entry.name));
    }
    Ok(())
}

/// What a table has beside its own.
const ALSO: Label = Label::new("It also has what is in ", "另有该表的内容：");

/// The hooks in which a subject is seen, in brackets.
fn in_hooks(subject: &Subject) -> String {
    let hooks = places(subject);
    if hooks.is_empty() { String::new() } else { format!("  ({})", hooks.join(", ")) }
}

/// One entry, as the reference tells it.
fn page(context: &mut Context<'_>, subject: &Subject, entry: &Entry, language: Language) -> Result {
    context.printer.heading(&format!("{}{}", entry.signature(language), in_hooks(subject)))?;
    for line in api::text(entry, language).lines() {
        context.printer.line(line)?;
    }
    let example = if entry.example.is_empty() { subject.example } else { entry.example };
    if !example.is_empty() {
        context.printer.line("")?;
    }
    for line in example.lines() {
        context.printer.line(&format!("    {line}"))?;
    }
    Ok(())
}

/// The hooks in which a subject is seen, or the command that alone has it.
fn places(subject: &Subject) -> Vec<&'static str> {
    match subject.name {
        "kehu run" => return vec![subject.name],
        "tests" | "test" | "assert" => return vec!["tests.lua"],
        _ => {}
    }
    subject.hooks.iter().map(|hook| hook.name()).collect()
}

fn object(subject: &Subject, entry: &Entry) -> Value {
    let hooks: Vec<&str> = subject.hooks.iter().map(|hook| hook.name()).collect();
    let parameters = |list: &[Parameter]| list.iter().map(parameter).collect::<Vec<_>>();
    let kind = match entry.shape {
        Shape::Field(kind, _) => Value::from(kind.name(Language::En)),
        Shape::Function { .. } => Value::from("function"),
    };
    json!({
        "name": entry.name,
        "signature": entry.signature(Language::En),
        "table": subject.name,
        "hooks": hooks,
        "type": kind,
        "takes": parameters(entry.takes()),
        "gives": parameters(entry.gives()),
        "since": entry.since,
        "doc": { "en": entry.en, "zh": entry.zh },
        "details": { "en": entry.more_en, "zh": entry.more_zh },
        "example": if entry.example.is_empty() { subject.example } else { entry.example },
    })
}

fn parameter(parameter: &Parameter) -> Value {
    let mut told = json!({
        "name": parameter.name,
        "type": parameter.kind.name(Language::En),
        "optional": parameter.optional,
        "rest": parameter.rest,
        "doc": { "en": parameter.en, "zh": parameter.zh },
    });
    if let (Type::Fields(fields), Some(told)) = (parameter.kind, told.as_object_mut()) {
        told.insert("fields".to_owned(), fields.iter().map(self::parameter).collect());
    }
    told
}
