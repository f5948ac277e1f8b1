use kehu_domain::Entity;
use kehu_engine::records::reps::{self, RepFacts};

use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{EMAIL, ID, LAT, LON, MANAGER, NAME, REGION};
use crate::output::{Column, Listing, show_listing};
use crate::printer::Printer;

/// Adds, edits and lists the sales representatives
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Add),
    Edit(Edit),
    List(List),
}

/// Adds a rep
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu rep add 李伟 --region 华中 --manager 王芳")]
pub(crate) struct Add {
    /// The name
    name: String,
    #[command(flatten)]
    facts: Facts,
}

/// Changes what is known of a rep: what is named is replaced, an empty text clears
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu rep edit 李伟 --region 华东
  kehu rep edit R-2 --name 'Ann Lee' --manager 王芳")]
pub(crate) struct Edit {
    /// The rep, by name or id
    rep: String,
    /// The name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    facts: Facts,
}

/// Holds what may be said about a rep, as typed.
#[derive(Debug, clap::Args)]
pub(crate) struct Facts {
    /// The manager's name
    #[arg(long)]
    manager: Option<String>,
    /// The office or region
    #[arg(long)]
    region: Option<String>,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// Degrees north of where the day begins
    #[arg(long, allow_hyphen_values = true)]
    lat: Option<f64>,
    /// Degrees east of where the day begins
    #[arg(long, allow_hyphen_values = true)]
    lon: Option<f64>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

/// Lists the reps
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::Add(args) => add(context, args),
        Args::Edit(args) => edit(context, args),
        Args::List(List {}) => list(context),
    }
}

fn add(context: &mut Context<'_>, args: Add) -> Result {
    let workspace = context.open()?;
    let rep = reps::add(&workspace.desk(), &args.facts.named(Some(args.name)))?;
    Printer::talk(&format!("Added rep {}.", rep.name));
    super::show_id(context, Entity::Rep, rep.id)
}

fn edit(context: &mut Context<'_>, args: Edit) -> Result {
    let workspace = context.open()?;
    let rep = reps::edit(&workspace.desk(), &args.rep, &args.facts.named(args.name))?;
    Printer::talk(&format!("Edited rep {}.", rep.name));
    super::show_id(context, Entity::Rep, rep.id)
}

impl Facts {
    fn named(self, name: Option<String>) -> RepFacts {
        let Self { manager, region, email, lat, lon, fields } = self;
        RepFacts { name, manager, region, email, lat, lon, fields }
    }
}

fn list(context: &mut Context<'_>) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let declared: Vec<_> = workspace.settings.fields_of(Entity::Rep).collect();
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::text("name", NAME),
        Column::text("manager", MANAGER),
        Column::text("region", REGION),
        Column::text("email", EMAIL),
        Column::number("lat", LAT),
        Column::number("lon", LON),
    ]);
    listing.columns.extend(declared.iter().map(|field| cells.field_column(field)));
    for rep in reps::list(&*reader)? {
        let mut row = vec![
            Cells::id(Entity::Rep, rep.id),
            Cells::text(Some(&rep.name)),
            Cells::text(rep.manager.as_deref()),
            Cells::text(rep.region.as_deref()),
            Cells::text(rep.email.as_deref()),
            Cells::number(rep.lat),
            Cells::number(rep.lon),
        ];
        row.extend(declared.iter().map(|field| cells.field(field, &rep.fields)));
        listing.rows.push(row);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}
