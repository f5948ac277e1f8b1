use kehu_domain::{Contact, Entity};
use kehu_engine::records::contacts::{self, ContactFacts};
use kehu_engine::records::names;

use super::personal;
use crate::arguments::yes_or_no;
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{
    BIRTHDAY, COACH, CUSTOMER, DEPARTMENT, EMAIL, ID, INFLUENCE, NAME, PHONE, ROLE, WECHAT,
};
use crate::output::{Column, Listing, show_listing};
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Adds, lists, edits and erases the people at customers
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Box<Add>),
    List(List),
    Edit(Box<Edit>),
    Erase(personal::EraseContact),
}

/// Adds a contact at a customer
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu contact add 武汉钢铁 张敏 --role 采购经理 --department 采购 --phone 13800000000
  kehu contact add C-12 'Ann Lee' --coach yes --birthday 1980-05-17")]
pub(crate) struct Add {
    /// The customer, by name or id
    customer: String,
    /// The name
    name: String,
    #[command(flatten)]
    facts: Facts,
}

/// Lists contacts
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only those at this customer, by name or id
    customer: Option<String>,
}

/// Changes a contact: what is named is replaced, an empty text clears
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu contact edit 张敏 --role 采购总监
  kehu contact edit 张敏 --customer 武汉钢铁 --coach yes --field style=driver --field buyer=rational
  kehu contact edit P-3 --phone ''")]
pub(crate) struct Edit {
    /// The contact, by name or id
    contact: String,
    /// At this customer, by name or id
    #[arg(long)]
    customer: Option<String>,
    /// The name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    facts: Facts,
}

#[derive(Debug, clap::Args)]
struct Facts {
    /// The position
    #[arg(long)]
    role: Option<String>,
    /// The department
    #[arg(long)]
    department: Option<String>,
    /// The influence on decisions, in your own words
    #[arg(long)]
    influence: Option<String>,
    /// Whether the person is our coach there
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    coach: Option<bool>,
    /// The birthday
    #[arg(long, value_name = "YYYY-MM-DD")]
    birthday: Option<String>,
    /// The telephone number
    #[arg(long)]
    phone: Option<String>,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The WeChat name
    #[arg(long)]
    wechat: Option<String>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

impl Facts {
    fn facts(self, name: Option<String>) -> ContactFacts {
        let Self { role, department, influence, coach, birthday, phone, email, wechat, fields } =
            self;
        ContactFacts {
            name,
            role,
            department,
            influence,
            coach,
            birthday,
            phone,
            email,
            wechat,
            fields,
        }
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::Add(args) => {
            let workspace = context.open()?;
            let facts = args.facts.facts(Some(args.name));
            let contact = contacts::add(&workspace.desk(), &args.customer, &facts)?;
            tell(&workspace, "Added", &contact)?;
            super::show_id(context, Entity::Contact, contact.id)
        }
        Args::Edit(args) => {
            let workspace = context.open()?;
            let facts = args.facts.facts(args.name);
            let contact =
                contacts::edit(&workspace.desk(), args.customer.as_deref(), &args.contact, &facts)?;
            tell(&workspace, "Changed", &contact)?;
            super::show_id(context, Entity::Contact, contact.id)
        }
        Args::List(args) => list(context, &args),
        Args::Erase(args) => personal::erase_contact(context, &args),
    }
}

/// Says who was added or changed, and where: a part of a name may have chosen both.
fn tell(workspace: &Workspace, what: &str, contact: &Contact) -> Result {
    let reader = workspace.read()?;
    let customer = names::Directory::new(&*reader).name(Entity::Customer, contact.customer.0)?;
    Printer::talk(&format!("{what} contact {} at {customer}.", contact.name));
    Ok(())
}

fn list(context: &mut Context<'_>, args: &List) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let customer = args.customer.as_deref().map(|text| names::customer(&*reader, text));
    let found = contacts::list(&*reader, customer.transpose()?)?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let declared: Vec<_> = workspace.settings.fields_of(Entity::Contact).collect();
    let mut listing = listing(&cells, &found)?;
    listing.columns.extend(declared.iter().map(|field| cells.field_column(field)));
    for (row, contact) in listing.rows.iter_mut().zip(&found) {
        row.extend(declared.iter().map(|field| cells.field(field, &contact.fields)));
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

/// The table of contacts, as lists and pages show it.
pub(crate) fn listing(cells: &Cells<'_>, contacts: &[Contact]) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::text("name", NAME),
        Column::text("customer", CUSTOMER),
        Column::text("role", ROLE),
        Column::text("department", DEPARTMENT),
        Column::text("influence", INFLUENCE),
        Column::whole("coach", COACH),
        Column::whole("birthday", BIRTHDAY),
        Column::text("phone", PHONE),
        Column::text("email", EMAIL),
        Column::text("wechat", WECHAT),
    ]);
    for contact in contacts {
        listing.rows.push(vec![
            Cells::id(Entity::Contact, contact.id),
            Cells::text(Some(&contact.name)),
            cells.link(Entity::Customer, Some(contact.customer.0))?,
            Cells::text(contact.role.as_deref()),
            Cells::text(contact.department.as_deref()),
            Cells::text(contact.influence.as_deref()),
            cells.flag(contact.coach),
            Cells::day(contact.birthday),
            Cells::text(contact.phone.as_deref()),
            Cells::text(contact.email.as_deref()),
            Cells::text(contact.wechat.as_deref()),
        ]);
    }
    Ok(listing)
}
