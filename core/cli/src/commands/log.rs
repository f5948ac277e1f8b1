use kehu_domain::{Entity, Interaction, InteractionId};
use kehu_engine::records::interactions::{self, InteractionFacts};
use kehu_engine::records::{names, threads};
use kehu_engine::settings::Settings;

use crate::arguments::{DayWord, day, minute};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Usual words that people may write in either language.
const CHANNELS: [&str; 14] = [
    "visit", "meeting", "phone", "message", "sms", "email", "wechat", "shop", "store", "web",
    "online", "letter", "fax", "box",
];
const OUTCOMES: [&str; 10] = [
    "interested",
    "not_interested",
    "no_answer",
    "unreachable",
    "ordered",
    "agreed",
    "refused",
    "postponed",
    "success",
    "failed",
];
const MOODS: [&str; 4] = ["rising", "falling", "calm", "complacent"];

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
    /// How the customer felt: rising, falling, calm, complacent, …
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
    /// The state that it puts that one, or itself, into
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
        let typed = |text: Option<String>, words: &[&str]| {
            text.map(|text| locale::key_of(&text, words).to_owned())
        };
        InteractionFacts {
            minute: self.at,
            rep: self.rep,
            contact: self.contact,
            deal: self.deal,
            product: self.product,
            channel: typed(self.channel, &CHANNELS),
            amount: self.amount,
            margin: self.margin,
            quantity: self.quantity,
            outcome: typed(self.outcome, &OUTCOMES),
            mood: typed(self.mood, &MOODS),
            about: self.about,
            state: typed(self.state, &states),
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
    let named = facts.rep.is_some();
    let logged = interactions::log(&desk, &args.kind, &args.customer, on, &facts)?;
    super::tell_if_nobodys(&workspace, named, logged.rep);
    if logged.kind == "purchase" && logged.amount.is_none() {
        Printer::talk(&format!(
            "note: the purchase has no amount, so it adds nothing to any sum; kehu interaction edit {} --amount AMOUNT",
            InteractionId(logged.id)
        ));
    }
    tell_of_open(&workspace, &logged)?;
    show_logged(context, &workspace, &logged)
}

/// Says so where something new was begun in a later state while another of its kind is open: it may have
/// been meant to go on with that one.
fn tell_of_open(workspace: &Workspace, logged: &Interaction) -> Result {
    let first = workspace.settings.kind(&logged.kind).and_then(|kind| kind.states.first());
    if logged.about.is_some() || first.is_none() || logged.state.as_ref() == first {
        return Ok(());
    }
    let desk = workspace.desk();
    let (reader, today) = (workspace.read()?, desk.act.today);
    let (customer, kind) = (logged.customer, &logged.kind);
    let open = threads::open_of_kind(desk.settings, &*reader, customer, kind, today)?;
    if let Some(other) = open.iter().find(|id| id.0 != logged.id) {
        Printer::talk(&format!(
            "note: this is a new {kind}, and {other} is still open; to go on with that one: kehu undo, then add --about {other}"
        ));
    }
    Ok(())
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
