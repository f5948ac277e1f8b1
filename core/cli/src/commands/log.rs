use kehu_domain::{Entity, Interaction, InteractionId};
use kehu_engine::records::interactions::{self, InteractionFacts};
use kehu_engine::records::names;
use kehu_engine::settings::Settings;

use crate::arguments::{DayWord, day, minute};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Logs what happened with a customer: a purchase, call, visit, complaint, …
///
/// The kinds are those that the workspace declares. It counts from the day on which it happened; that
/// it became known today is kept too. A slip is corrected with kehu interaction edit.
///
/// kehu help recording shows how to record all that the packs ask for.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu log visit 武汉钢铁 --on yesterday --at 14:30 --mood rising --text '谈年度合同'
  kehu log purchase C-12 --amount 12800 --margin 1900 --product 冷轧板
  kehu log purchase C-12 --amount -500            a return
  kehu log complaint C-12 --text 'wrong delivery'
  kehu log call 武汉钢铁 --about complaint --state resolved
  kehu log obstacle 武汉钢铁 --state removed     the one that is open
  kehu log promise C-12 --about 样品 --state kept")]
pub(crate) struct Args {
    /// What happened: purchase, receipt, call, visit, message, email, meeting, complaint, promise,
    /// note, or a kind of your own
    kind: String,
    /// The customer, by name or id
    customer: String,
    /// The day on which it happened [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Option<DayWord>,
    /// Begins a new one, though --state says a later state than the first
    #[arg(long)]
    new: bool,
    /// Fails if any pack does that is told of it, and takes back what was written
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    facts: Facts,
}

/// Holds what may be said about an interaction, as typed.
#[derive(Debug, clap::Args)]
pub(crate) struct Facts {
    /// The time of day
    #[arg(long, value_name = "HH:MM", value_parser = minute)]
    at: Option<u16>,
    /// The amount; negative for a return
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// What was earned by it
    #[arg(long, allow_hyphen_values = true)]
    margin: Option<String>,
    /// How many pieces
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    quantity: Option<f64>,
    /// By which channel
    #[arg(long)]
    channel: Option<String>,
    /// What came of it
    #[arg(long)]
    outcome: Option<String>,
    /// How the customer felt: rising, falling, calm or complacent
    #[arg(long)]
    mood: Option<String>,
    /// By whom, by name or id [default: who acts]
    #[arg(long)]
    rep: Option<String>,
    /// With which person, by name or id
    #[arg(long)]
    contact: Option<String>,
    /// About which deal, by name or id
    #[arg(long)]
    deal: Option<String>,
    /// About which product, by name or id
    #[arg(long)]
    product: Option<String>,
    /// What it is about: an id, a kind such as complaint (the one that is open), or some of its words
    #[arg(long, value_name = "WHAT")]
    about: Option<String>,
    /// The state that it puts that one into; without --about the one of its kind that is open
    #[arg(long)]
    state: Option<String>,
    /// By when a promise is to be kept
    #[arg(long, value_name = "DAY", value_parser = day)]
    due: Option<DayWord>,
    /// Words
    #[arg(long, allow_hyphen_values = true)]
    text: Option<String>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

impl Facts {
    /// The facts, with usual words in either language.
    pub(crate) fn facts(self, settings: &Settings, today: kehu_domain::Day) -> InteractionFacts {
        let states = settings.kinds.iter().flat_map(|kind| &kind.states).map(String::as_str);
        let states: Vec<&str> = states.collect();
        let titled = |text: String| {
            let mut titled = settings.kinds.iter().flat_map(|kind| {
                kind.states.iter().filter(|state| {
                    let title = kind.state_title(state);
                    title.is_some_and(|(en, zh)| [en, zh].contains(&text.trim()))
                })
            });
            let found = titled.next().cloned();
            found.unwrap_or(text)
        };
        InteractionFacts {
            minute: self.at,
            rep: self.rep,
            contact: self.contact,
            deal: self.deal,
            product: self.product,
            channel: self.channel,
            amount: self.amount,
            margin: self.margin,
            quantity: self.quantity,
            outcome: self.outcome,
            mood: self.mood,
            about: self.about,
            state: self.state.map(|text| titled(locale::key_of(&text, &states).to_owned())),
            is_new: false,
            due: self.due.map(|due| due.on(today)),
            text: self.text,
            fields: self.fields,
        }
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    let workspace = context.open()?;
    workspace.strict.set(args.strict);
    let desk = workspace.desk();
    let on = args.on.map(|on| on.on(desk.act.today));
    let facts = args.facts.facts(desk.settings, desk.act.today);
    let facts = InteractionFacts { is_new: args.new, ..facts };
    let named = facts.rep.is_some();
    let logged = interactions::log(&desk, &args.kind, &args.customer, on, &facts)?;
    super::tell_if_nobodys(&workspace, named, logged.rep);
    if logged.kind == "purchase" && logged.amount.is_none() {
        Printer::talk(&format!(
            "note: the purchase has no amount, so it adds nothing to any sum; kehu interaction edit {} --amount AMOUNT",
            InteractionId(logged.id)
        ));
    }
    show_logged(context, &workspace, &logged)
}

/// Shows the id of what was logged, and says what it was.
pub(crate) fn show_logged(
    context: &mut Context<'_>,
    workspace: &Workspace,
    logged: &Interaction,
) -> Result {
    let reader = workspace.read()?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let customer = cells.link(Entity::Customer, Some(logged.customer.0))?.show;
    let kind = cells.kind(&logged.kind).show;
    Printer::talk(&format!("Logged {kind} with {customer} on {}.", logged.happened));
    if let Some(about) = logged.about {
        let about: Interaction = names::get(&*reader, Entity::Interaction, about.0)?;
        let (id, kind) = (InteractionId(about.id), cells.kind(&about.kind).show);
        Printer::talk(&format!("It is about {id}, the {kind} of {}.", about.happened));
    }
    super::show_id(context, Entity::Interaction, logged.id)
}
