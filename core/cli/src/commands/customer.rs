use kehu_domain::{Customer, CustomerId, CustomerType, Entity};
use kehu_engine::records::alike;
use kehu_engine::records::customers::{self, CustomerFacts, SameName};

use super::{customer_list, customer_page, personal};
use crate::arguments::yes_or_no;
use crate::context::Context;
use crate::error::Result;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Adds, shows, lists, edits, archives, exports and erases customers
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Box<Add>),
    Show(Show),
    List(customer_list::Args),
    Edit(Box<Edit>),
    Archive(Archive),
    Restore(Restore),
    Export(personal::Export),
    Erase(personal::Erase),
}

/// Adds a customer
///
/// One whose name another customer bears already is refused; --force adds it all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu customer add 武汉钢铁 --owner 李伟 --place 武汉 --tag 重点
  kehu customer add 'Ann Lee' --type person --birthday 1980-05-17 --field industry=trade")]
pub(crate) struct Add {
    /// The name
    name: String,
    #[command(flatten)]
    facts: Facts,
    /// Adds it although another customer bears the name
    #[arg(long)]
    force: bool,
}

/// Shows a customer's record: every fact, person, deal and score, as it was written
///
/// What to know and do before a call, with reasons and advice, is on another page: kehu show CUSTOMER.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The customer, by name or id
    customer: String,
}

/// Changes a customer: what is named is replaced, an empty text clears
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu customer edit 武汉钢铁 --owner 王芳 --tag 重点 --untag 新
  kehu customer edit C-12 --phone '' --field industry=steel")]
pub(crate) struct Edit {
    /// The customer, by name or id
    customer: String,
    /// The name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    facts: Facts,
    /// Takes the rep off: nobody is responsible, it is in the public pool
    #[arg(long, conflicts_with = "owner")]
    no_owner: bool,
    /// Takes a tag off; may be given several times
    #[arg(long = "untag", value_name = "TAG")]
    untags: Vec<String>,
}

/// Archives a customer: kept, but no longer listed, scored or planned for
#[derive(Debug, clap::Args)]
pub(crate) struct Archive {
    /// The customer, by name or id
    customer: String,
}

/// Takes a customer back from the archive
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The customer, by name or id
    customer: String,
}

#[derive(Debug, clap::Args)]
struct Facts {
    /// A firm or a person
    #[arg(long = "type", value_name = "organisation|person", value_parser = customer_type)]
    kind: Option<CustomerType>,
    /// The rep who is responsible, by name or id
    #[arg(long, value_name = "REP")]
    owner: Option<String>,
    /// Where it is, in words
    #[arg(long)]
    place: Option<String>,
    /// Degrees north
    #[arg(long, allow_hyphen_values = true)]
    lat: Option<f64>,
    /// Degrees east
    #[arg(long, allow_hyphen_values = true)]
    lon: Option<f64>,
    /// The telephone number
    #[arg(long)]
    phone: Option<String>,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The birthday of a private customer
    #[arg(long, value_name = "YYYY-MM-DD")]
    birthday: Option<String>,
    /// The customer that it belongs to, by name or id
    #[arg(long, value_name = "CUSTOMER")]
    parent: Option<String>,
    /// Where it was heard of first
    #[arg(long)]
    source: Option<String>,
    /// Whether it agreed that its data is used
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    consent: Option<bool>,
    /// A word to find it by; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Its id in another system; may be given several times
    #[arg(long = "external", value_name = "SYSTEM=ID")]
    external_ids: Vec<String>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

fn customer_type(text: &str) -> Result<CustomerType, String> {
    match text {
        "organisation" | "organization" | "firm" => Ok(CustomerType::Organisation),
        "person" => Ok(CustomerType::Person),
        _ => Err("write organisation or person".to_owned()),
    }
}

impl Facts {
    fn facts(self, name: Option<String>, untags: Vec<String>) -> CustomerFacts {
        CustomerFacts {
            name,
            kind: self.kind,
            owner: self.owner,
            place: self.place,
            lat: self.lat,
            lon: self.lon,
            phone: self.phone,
            email: self.email,
            birthday: self.birthday,
            parent: self.parent,
            source: self.source,
            consent: self.consent,
            tags: self.tags,
            untags,
            external_ids: self.external_ids,
            fields: self.fields,
        }
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::Add(args) => {
            let same_name = if args.force { SameName::Allow } else { SameName::Refuse };
            let facts = args.facts.facts(Some(args.name), Vec::new());
            let workspace = context.open()?;
            let customer = customers::add(&workspace.desk(), &facts, same_name)?;
            tell_of_like_names(&workspace, &customer)?;
            done(context, "Added", &customer)
        }
        Args::Edit(args) => {
            let mut facts = args.facts.facts(args.name, args.untags);
            facts.owner = if args.no_owner { Some(String::new()) } else { facts.owner };
            let workspace = context.open()?;
            let customer = customers::edit(&workspace.desk(), &args.customer, &facts)?;
            done(context, "Changed", &customer)
        }
        Args::Archive(args) => {
            let customer = customers::archive(&context.open()?.desk(), &args.customer)?;
            done(context, "Archived", &customer)
        }
        Args::Restore(args) => {
            let customer = customers::restore(&context.open()?.desk(), &args.customer)?;
            done(context, "Restored", &customer)
        }
        Args::Show(args) => customer_page::show(context, &args.customer),
        Args::List(args) => customer_list::run(context, args),
        Args::Export(args) => personal::export(context, &args),
        Args::Erase(args) => personal::erase(context, &args),
    }
}

/// Says which customers have a name that is like the new one's: two reps must not develop one firm.
fn tell_of_like_names(workspace: &Workspace, customer: &Customer) -> Result {
    let alike = alike::customers(&*workspace.read()?, &customer.name)?;
    if alike.is_empty() {
        return Ok(());
    }
    let named = alike.iter().map(|each| format!("{} ({})", each.name, CustomerId(each.id)));
    let named = named.collect::<Vec<_>>().join(", ");
    let what = if alike.len() == 1 { "A like name is on file" } else { "Like names are on file" };
    Printer::talk(&format!(
        "{what}: {named}\nIf it is the same customer: kehu undo, and work with that one."
    ));
    Ok(())
}

fn done(context: &mut Context<'_>, what: &str, customer: &Customer) -> Result {
    Printer::talk(&format!("{what} customer {}.", customer.name));
    super::show_id(context, Entity::Customer, customer.id)
}
