//! Asking a person at the terminal which record a name means.
//!
//! The command has done nothing when it is asked: it is run once more, with the chosen id in place of the
//! name.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, IsTerminal as _};

use crate::printer::Printer;
use crate::table::clean;

/// Holds a name that fits several records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Which {
    /// What was typed.
    pub(crate) text: String,
    /// What it may be: ids, each with what tells it apart.
    pub(crate) candidates: Vec<(String, String)>,
    /// The option that says it, where the text stands for something else as well.
    pub(crate) option: Option<&'static str>,
}

/// True if a person is there to be asked, and what was typed can be replaced.
pub(crate) fn can_ask(which: &Which, arguments: &[OsString]) -> bool {
    let is_there = io::stdin().is_terminal() && io::stderr().is_terminal();
    is_there && (which.option.is_some() || put(&mut arguments.to_vec(), &which.text, ""))
}

/// Asks which one is meant and puts its id into the arguments; false if nothing was chosen.
pub(crate) fn chosen(which: &Which, arguments: &mut Vec<OsString>) -> bool {
    let chosen = ask(which, &mut io::stdin().lock(), &mut Printer::talk);
    if chosen.is_none() {
        Printer::talk("nothing was done");
    }
    match (chosen, which.option) {
        (None, _) => false,
        (Some(id), None) => put(arguments, &which.text, id),
        (Some(id), Some(option)) => {
            arguments.push(format!("{option}={id}").into());
            true
        }
    }
}

/// Asks until a number of the list or nothing is written.
fn ask<'w>(
    which: &'w Which,
    input: &mut dyn BufRead,
    talk: &mut dyn FnMut(&str),
) -> Option<&'w str> {
    talk(&format!("Which one is meant by \"{}\"?", clean(&which.text)));
    for (at, (id, name)) in (1..).zip(&which.candidates) {
        talk(&format!("  {at}  {id}  {}", clean(name)));
    }
    talk("write its number, or nothing to stop");
    loop {
        let mut typed = String::new();
        // What cannot be read is no answer.
        let read = input.read_line(&mut typed).unwrap_or(0);
        let typed = typed.trim();
        if read == 0 || typed.is_empty() {
            return None;
        }
        let at = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let named = which.candidates.iter().find(|(id, _)| id.eq_ignore_ascii_case(typed));
        match named.or_else(|| which.candidates.get(at?)) {
            Some((id, _)) => return Some(id),
            None => talk(&format!("{} is none of the numbers", clean(typed))),
        }
    }
}

/// Puts an id in the place of a name: of a whole argument, or of the value after `--option=`.
fn put(arguments: &mut [OsString], text: &str, id: &str) -> bool {
    let is_it = |each: &OsStr| each.to_str().is_some_and(|each| each.trim() == text.trim());
    for each in arguments.iter_mut().skip(1) {
        if is_it(each) {
            *each = id.into();
            return true;
        }
        let option = each.to_str().and_then(|each| each.split_once('='));
        if let Some((name, value)) = option
            && name.starts_with("--")
            && value.trim() == text.trim()
        {
            *each = format!("{name}={id}").into();
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Which {
        let named = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        Which {
            text: "武汉".to_owned(),
            candidates: vec![named("C-1", "武汉钢铁"), named("C-2", "武汉机械")],
            option: None,
        }
    }

    #[test]
    fn a_number_or_an_id_chooses_and_nothing_stops() {
        for (typed, chosen, told) in [
            ("2\n", Some("C-2"), 4),
            ("c-1\n", Some("C-1"), 4),
            ("0\n3\nx\n1\n", Some("C-1"), 7),
            ("\n", None, 4),
            ("", None, 4),
            ("9", None, 5),
        ] {
            let mut said = Vec::new();
            let which = two();
            let answer = ask(&which, &mut typed.as_bytes(), &mut |line| said.push(line.to_owned()));
            assert_eq!(answer, chosen, "{typed:?}");
            assert_eq!(said.len(), told, "{said:?}");
        }
    }

    #[test]
    fn the_id_stands_where_the_name_stood_once() {
        let words = |line: &[&str]| line.iter().map(OsString::from).collect::<Vec<_>>();
        let mut line = words(&["kehu", "log", "visit", "武汉", "--text", "武汉"]);
        assert!(put(&mut line, "武汉", "C-2"));
        assert_eq!(line, words(&["kehu", "log", "visit", "C-2", "--text", "武汉"]));
        let mut line = words(&["kehu", "task", "add", "x", "--customer=武汉"]);
        assert!(put(&mut line, "武汉", "C-2"));
        assert_eq!(line, words(&["kehu", "task", "add", "x", "--customer=C-2"]));
        assert!(!put(&mut words(&["武汉", "log"]), "武汉", "C-2"));
    }
}
