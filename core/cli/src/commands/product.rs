use kehu_domain::Entity;
use kehu_engine::records::products::{self, ProductFacts};

use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{CATEGORY, ID, NAME, PRICE};
use crate::output::{Column, Listing, show_listing};
use crate::printer::Printer;

/// Adds, edits and lists products
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Add),
    Edit(Edit),
    List(List),
}

/// Adds a product
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu product add 冷轧板 --category 板材 --price 4800")]
pub(crate) struct Add {
    /// The name
    name: String,
    #[command(flatten)]
    facts: Facts,
}

/// Changes what is known of a product: what is named is replaced, an empty text clears
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu product edit 冷轧板 --price 4950
  kehu product edit G-2 --name 镀锌板 --category 板材")]
pub(crate) struct Edit {
    /// The product, by name or id
    product: String,
    /// The name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    facts: Facts,
}

/// Holds what may be said about a product, as typed.
#[derive(Debug, clap::Args)]
pub(crate) struct Facts {
    /// The category or series
    #[arg(long)]
    category: Option<String>,
    /// The price
    #[arg(long, value_name = "AMOUNT")]
    price: Option<String>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

/// Lists the products
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
    let product = products::add(&workspace.desk(), &args.facts.named(Some(args.name)))?;
    Printer::talk(&format!("Added product {}.", product.name));
    super::show_id(context, Entity::Product, product.id)
}

fn edit(context: &mut Context<'_>, args: Edit) -> Result {
    let workspace = context.open()?;
    let facts = args.facts.named(args.name);
    let product = products::edit(&workspace.desk(), &args.product, &facts)?;
    Printer::talk(&format!("Edited product {}.", product.name));
    super::show_id(context, Entity::Product, product.id)
}

impl Facts {
    fn named(self, name: Option<String>) -> ProductFacts {
        let Self { category, price, fields } = self;
        ProductFacts { name, category, price, fields }
    }
}

fn list(context: &mut Context<'_>) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let declared: Vec<_> = workspace.settings.fields_of(Entity::Product).collect();
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::text("name", NAME),
        Column::text("category", CATEGORY),
        Column::number("price", PRICE),
    ]);
    listing.columns.extend(declared.iter().map(|field| cells.field_column(field)));
    for product in products::list(&*reader)? {
        let mut row = vec![
            Cells::id(Entity::Product, product.id),
            Cells::text(Some(&product.name)),
            Cells::text(product.category.as_deref()),
            cells.money(product.price),
        ];
        row.extend(declared.iter().map(|field| cells.field(field, &product.fields)));
        listing.rows.push(row);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}
