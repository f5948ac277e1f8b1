use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kehu_lua::api;
use kehu_lua::script::{Script, ScriptError, Session};

use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::printer::Printer;
use crate::script::{self, COMMANDS, Limits, Prompt, Records, Screen, Typed};

/// Runs Lua line by line over the records, with a customer at hand
///
/// Lines have all that a script of kehu run has; what they give is shown at once. They read and never
/// write. A mistake ends the line, never the session.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Lines:
  c.amount                       what the customer at hand has, as c
  kehu.customers{ limit = 5 }    rows are shown as a table
  pack(\"rfm\").score(c)           what a pack gives now, with its reasons
  :customer NAME                 puts a customer at hand
  :why COLUMN                    why the customer at hand has its value
  :doc NAME                      about a function, or a column
  :help, :quit

Examples:
  kehu repl --customer 武汉钢铁
  echo ':why tier' | kehu repl --customer C-12 --as-of 2024-06-30")]
pub(crate) struct Args {
    /// The day as of which all is seen [default: that of the latest run, else today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
    /// The customer at hand, by name or id
    #[arg(long, value_name = "CUSTOMER")]
    customer: Option<String>,
    /// The processor time that one line may use
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = script::time)]
    time: Duration,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let limits = Limits { time: args.time, ..Limits::default() };
    let prepared = script::prepare(context, args.as_of, limits, Vec::new(), false)?;
    let stop = prepared.options.stop.clone();
    let empty = Script::read("", "repl", b"")?;
    let session = Session::new(
        empty,
        &prepared.options,
        Rc::clone(&prepared.records) as Rc<_>,
        Rc::clone(&prepared.screen) as Rc<_>,
    )
    .map_err(must)?;
    session.begin().map_err(must)?;
    if let Some(customer) = &args.customer {
        session.take(customer).map_err(must)?;
    }
    let desk =
        Desk { session: Rc::new(session), records: prepared.records, screen: prepared.screen };
    let mut prompt = Prompt::open(&desk.session)?;
    loop {
        let done = match prompt.next()? {
            Typed::End => break,
            Typed::Nothing => Ok(true),
            Typed::Line(line) => desk.answer(line.trim()),
        };
        desk.screen.finish()?;
        match done {
            Ok(true) => {}
            Ok(false) => break,
            Err(Failure::Page(page)) => context.printer.error(&page),
            Err(Failure::Stopped) => Printer::talk("stopped"),
            Err(Failure::Closed(page)) => return Err(page),
        }
        stop.store(false, Ordering::Relaxed);
    }
    prompt.close();
    Ok(())
}

/// What ends a line.
enum Failure {
    Page(CommandError),
    Stopped,
    /// Nobody reads what is written any more.
    Closed(CommandError),
}

impl From<ScriptError> for Failure {
    fn from(error: ScriptError) -> Self {
        match error {
            ScriptError::Output(error) => Self::Closed(error.into()),
            other => script::page(other).map_or(Self::Stopped, |mut page| {
                if page.message.ends_with("global \"c\" has no value") {
                    page.hints = nobody().hints;
                }
                Self::Page(page)
            }),
        }
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Page(error)
    }
}

/// The error page for what must go well before the first line.
fn must(error: ScriptError) -> CommandError {
    script::page(error).unwrap_or_else(|| CommandError::failed("stopped"))
}

struct Desk {
    session: Rc<Session>,
    records: Rc<Records>,
    screen: Rc<Screen>,
}

impl Desk {
    /// Does what a line says; false if it ends the session.
    fn answer(&self, line: &str) -> Result<bool, Failure> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "" => {}
            ":quit" | ":q" => return Ok(false),
            ":help" => self.say(&help())?,
            ":customer" => self.take(rest.trim())?,
            ":why" => self.why(rest.trim())?,
            ":doc" => self.doc(rest.trim())?,
            word if word.starts_with(':') => {
                let hint = kehu_contract::did_you_mean(word, COMMANDS);
                return Err(CommandError::usage(format!("there is no {word}")).hint(hint).into());
            }
            _ => self.session.enter(line)?,
        }
        Ok(true)
    }

    fn say(&self, text: &str) -> Result<(), Failure> {
        let mut printer = self.screen.printer.borrow_mut();
        text.lines()
            .try_for_each(|line| printer.line(line))
            .map_err(|error| Failure::Closed(error.into()))
    }

    fn take(&self, customer: &str) -> Result<(), Failure> {
        if !customer.is_empty() {
            self.session.take(customer)?;
        }
        match self.session.at_hand() {
            Some(id) => {
                let name = self.session.called().unwrap_or_default();
                self.say(&format!("c = C-{id} {name}"))
            }
            None => Err(nobody().into()),
        }
    }

    fn why(&self, column: &str) -> Result<(), Failure> {
        let id = self.session.at_hand().ok_or_else(nobody)?;
        if column.is_empty() {
            let page = CommandError::usage("of which column?").hint("write :why tier");
            return Err(page.into());
        }
        let width = self.screen.printer.borrow().width();
        self.say(&self.records.why(id, column, width)?.join("\n"))
    }

    fn doc(&self, name: &str) -> Result<(), Failure> {
        let language = locale::spoken();
        let found = api::find(name);
        if found.is_empty() {
            if let Some(column) = self.records.column(name) {
                return self.say(&column);
            }
            let hint = match api::nearest_name(name) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "kehu api lists the functions, kehu features the columns".to_owned(),
            };
            return Err(CommandError::usage(format!("nothing is called \"{name}\""))
                .hint(hint)
                .into());
        }
        for (_, entry) in found {
            self.say(&entry.signature(language))?;
            let text = api::text(entry, language);
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                self.say(&format!("  {line}"))?;
            }
            for line in entry.example.lines() {
                self.say(&format!("    {line}"))?;
            }
        }
        Ok(())
    }
}

fn nobody() -> CommandError {
    CommandError::usage("no customer is at hand").hint("put one at hand: :customer NAME")
}

/// What can be typed.
fn help() -> String {
    [
        "Lua, line by line: what a line gives is shown, and \"local x = …\" is kept for the next ones.",
        "kehu.customers{ where = \"tier = 'A'\" }   rows as a table; also deals, interactions, reps",
        "c, c.amount                             the customer at hand, with features and scores",
        "pack(\"rfm\").score(c)                    what a pack gives now, with its reasons",
        ":customer NAME   :why COLUMN   :doc NAME   :quit",
        "Nothing is written. Tab completes names, Ctrl-C stops a line.",
    ]
    .map(|line| locale::said(line).into_owned())
    .join("\n")
}
