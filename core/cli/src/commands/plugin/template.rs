//! What a new plugin begins with: the examples that the project's own tests build and run, under a new name.

use std::path::Path;

use kehu_contract::Hook;

const IN_C: &str = include_str!("../../../../../examples/plugin-in-c/silence.c");
const REMINDER: &str = include_str!("../../../../../examples/plugin-in-c/reminder.c");
const SCORER: &str = include_str!("../../../../../plugins/sdk/examples/scorer.rs");
const FOLLOW_UP: &str = include_str!("../../../../../plugins/sdk/examples/follow_up.rs");
const PLANNER: &str = include_str!("../../../../../plugins/sdk/examples/planner.rs");

/// A text of an example, and what stands there in a new plugin: `{name}`, `{column}` and `{title}` are
/// filled in. Names stand in texts only, never among the words of the language.
type Change = (&'static str, &'static str);

const C_CHANGES: &[Change] = &[
    (
        " * A native plugin in C: one file and kehu_plugin.h. It gives a number for how silent a customer is,\n * and says why.\n",
        " * {title}: a native plugin of kehu. It gives the number {column}, and says why. Change what it needs,\n * its rules, and score.\n",
    ),
    (" -I../../core/abi silence.c -o silence.so", " {name}.c -o {name}.so"),
    (
        "name = \\\"silence-in-c\\\"\\n\"                                                     \\",
        "name = \\\"{name}\\\"\\n\" \\",
    ),
    (
        "title = { en = \\\"Silence\\\", zh = \\\"沉默度\\\" }\\n\"                               \\",
        "title = { en = \\\"{title}\\\", zh = \\\"{title}\\\" }\\n\" \\",
    ),
    (
        "[step.gives.silence]\\n\"                                                        \\",
        "[step.gives.{column}]\\n\" \\",
    ),
    (
        "doc = { en = \\\"Points for silence and for size\\\", zh = \\\"沉默与金额的得分\\\" }",
        "doc = { en = \\\"{title}: points\\\", zh = \\\"{title}：得分\\\" }",
    ),
    ("KEHU_STR(\"silence\"), KEHU_ADDITIVE", "KEHU_STR(\"{column}\"), KEHU_ADDITIVE"),
    ("KEHU_STR(\"kehu\"), KEHU_STR(\"MIT OR Apache-2.0\")", "KEHU_NO_STR, KEHU_NO_STR"),
];

const REMINDER_CHANGES: &[Change] = &[
    (
        " * A native plugin in C that proposes what to do: one file and kehu_plugin.h, and no library for JSON.\n",
        " * {title}: a native plugin of kehu that proposes what to do, without a library for JSON.\n",
    ),
    (" -I../../core/abi reminder.c -o reminder.so", " {name}.c -o {name}.so"),
    (
        "name = \\\"reminder-in-c\\\"\\n\"                                                          \\",
        "name = \\\"{name}\\\"\\n\" \\",
    ),
    (
        "title = { en = \\\"Reminder\\\", zh = \\\"提醒\\\" }\\n\"                                      \\",
        "title = { en = \\\"{title}\\\", zh = \\\"{title}\\\" }\\n\" \\",
    ),
    ("KEHU_STR(\"kehu\"), KEHU_STR(\"MIT OR Apache-2.0\")", "KEHU_NO_STR, KEHU_NO_STR"),
];

const SCORER_CHANGES: &[Change] = &[
    (
        "//! A native plugin in one file: how long a customer has been silent, as a number and as a label.\n",
        "//! {title}: a native plugin of kehu. It gives a number and a label, and says why.\n",
    ),
    ("`cargo build --example scorer`", "`cargo build --release`"),
    ("struct Silence {", "struct Step {"),
    ("impl Scorer for Silence {", "impl Scorer for Step {"),
    ("Scorer(Silence)", "Scorer(Step)"),
    ("Output::sum(\"silence_index\"", "Output::sum(\"{column}_index\""),
    ("Output::value(\"silence\"", "Output::value(\"{column}\""),
    ("given.sum(\"silence_index\")", "given.sum(\"{column}_index\")"),
    ("given.labels(\"silence\")", "given.labels(\"{column}\")"),
    ("name = \"silence\"", "name = \"{name}\""),
    ("{ en = \"Silence\", zh = \"沉默度\" }", "{ en = \"{title}\", zh = \"{title}\" }"),
    ("[step.gives.silence_index]", "[step.gives.{column}_index]"),
    (
        "{ en = \"How silent the customer is\", zh = \"沉默指数\" }",
        "{ en = \"{title}: index\", zh = \"{title}：指数\" }",
    ),
    ("[step.gives.silence]", "[step.gives.{column}]"),
];

const FOLLOW_UP_CHANGES: &[Change] = &[
    (
        "//! A native plugin in one file: whom to call, because they have been silent for long.\n",
        "//! {title}: a native plugin of kehu. It proposes whom to call, and says why.\n",
    ),
    ("`cargo build --example follow_up`", "`cargo build --release`"),
    ("name = \"silence-calls\"", "name = \"{name}\""),
    (
        "{ en = \"Calls after silence\", zh = \"沉默客户回访\" }",
        "{ en = \"{title}\", zh = \"{title}\" }",
    ),
];

const PLANNER_CHANGES: &[Change] = &[
    (
        "//! A native plugin in one file: visits day by day, those of most value first, until the day is full.\n",
        "//! {title}: a native plugin of kehu. It plans a rep's visits, and says why.\n",
    ),
    ("`cargo build --example planner`", "`cargo build --release`"),
    ("name = \"greedy-planner\"", "name = \"{name}\""),
    ("{ en = \"Greedy planner\", zh = \"按价值排访\" }", "{ en = \"{title}\", zh = \"{title}\" }"),
];

const NOBODY: Change = ("    vendor: \"kehu\",\n    license: \"MIT OR Apache-2.0\",\n", "");

/// What a new plugin is called.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// The pack, such as `credit-risk`.
    pub(super) name: String,
    /// The column that it gives, such as `credit_risk`.
    pub(super) column: String,
}

impl Names {
    /// What people call it.
    fn title(&self) -> String {
        let words = self.name.replace('-', " ");
        let mut letters = words.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    }

    fn changed(&self, text: &str, changes: &[Change]) -> String {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            let to = to
                .replace("{name}", &self.name)
                .replace("{column}", &self.column)
                .replace("{title}", &self.title());
            text.replace(from, &to)
        })
    }
}

/// The files of a plugin, each with its path within the folder.
pub(super) type Files = Vec<(String, String)>;

/// A step in C; none where there is no example of the hook.
pub(super) fn in_c(names: &Names, hook: Hook) -> Option<Files> {
    let text = match hook {
        Hook::Score => names.changed(IN_C, C_CHANGES),
        Hook::FollowUp => names.changed(REMINDER, REMINDER_CHANGES),
        _ => return None,
    };
    let header = kehu_native::HEADER.to_owned();
    Some(vec![(format!("{}.c", names.name), text), ("kehu_plugin.h".to_owned(), header)])
}

/// A step in Rust; `sdk` is the folder of the SDK. The package has a name of its own, since a plugin may be
/// called what no package is, such as `test`.
pub(super) fn in_rust(names: &Names, hook: Hook, sdk: &Path) -> Files {
    let (text, changes) = of_hook(hook);
    let text = names.changed(&names.changed(text, changes), &[NOBODY]);
    let path = toml::Value::from(sdk.display().to_string());
    let manifest = format!(
        "[package]\nname = \"{}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
         [lib]\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\nkehu-plugin = {{ path = {path} }}\n\n\
         # A panic must unwind, so that it can be caught and told.\n\
         [profile.release]\npanic = \"unwind\"\n\n[workspace]\n",
        package(&names.name)
    );
    vec![("Cargo.toml".to_owned(), manifest), ("src/lib.rs".to_owned(), text)]
}

/// The package of a plugin in Rust.
pub(super) fn package(name: &str) -> String {
    format!("plugin-{name}")
}

fn of_hook(hook: Hook) -> (&'static str, &'static [Change]) {
    match hook {
        Hook::PlanVisits => (PLANNER, PLANNER_CHANGES),
        Hook::FollowUp => (FOLLOW_UP, FOLLOW_UP_CHANGES),
        _ => (SCORER, SCORER_CHANGES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_example_but_its_code_is_left_in_a_new_plugin() {
        let all = [
            (IN_C, C_CHANGES, 0),
            (REMINDER, REMINDER_CHANGES, 0),
            (SCORER, SCORER_CHANGES, 1),
            (FOLLOW_UP, FOLLOW_UP_CHANGES, 1),
            (PLANNER, PLANNER_CHANGES, 1),
        ];
        for (text, changes, nobody) in all {
            for (from, _) in changes {
                assert_eq!(text.matches(from).count(), 1, "{from}");
            }
            assert_eq!(text.matches(NOBODY.0).count(), nobody);
        }
        let names = Names { name: "int".to_owned(), column: "int_score".to_owned() };
        for (_, text) in in_c(&names, Hook::Score).into_iter().flatten().take(1).chain(
            [Hook::Score, Hook::FollowUp]
                .into_iter()
                .flat_map(|hook| in_rust(&names, hook, Path::new("sdk"))),
        ) {
            for word in ["silence", "Silence", "沉默度", "沉默指数"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
            assert!(!text.contains("{name}") && !text.contains("{title}"), "{text}");
        }
    }
}
