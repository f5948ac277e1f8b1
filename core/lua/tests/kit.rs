//! A pack from two texts, a batch from a few columns, and what a customer was told.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use kehu_contract::document::Problem;
use kehu_contract::{
    Argument, Batch, ColumnData, ColumnType, Columns, Language, Limits, Origin, Pack as _,
    PackError, PackFactory as _, RunContext, ScoredColumn, TextBuilder, Value,
};
use kehu_lua::{LuaPack, LuaPackFactory, PackFiles, load};
use serde_json::Value as Json;

/// A manifest with one score step `score` that needs `needs` and gives what `gives` says in TOML.
pub(crate) fn manifest(needs: &str, gives: &str) -> String {
    format!(
        "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n\n[[step]]\nhook = \"score\"\nneeds = [{needs}]\n{gives}\n"
    )
}

/// The usual manifest: days, amount, name and flag in; a number `points`, a label `tier` out.
pub(crate) fn usual() -> String {
    manifest(
        "\"recency_days\", \"amount\", \"name\", \"vip\", \"credit?\"",
        "[step.gives.points]\ntype = \"number\"\n[step.gives.tier]\ntype = \"label\"\nvalues = [{ key = \"A\" }, { key = \"B\" }]\n[step.gives.note]\ntype = \"text\"\n[step.gives.due]\ntype = \"day\"\n[step.gives.hot]\ntype = \"flag\"",
    )
}

pub(crate) fn files(manifest: &str, scripts: &[(&str, &str)]) -> PackFiles {
    let mut files: Vec<(String, Cow<'static, [u8]>)> =
        vec![("pack.toml".to_owned(), Cow::Owned(manifest.as_bytes().to_vec()))];
    for (path, text) in scripts {
        files.push(((*path).to_owned(), Cow::Owned(text.as_bytes().to_vec())));
    }
    PackFiles { origin: Origin::Workspace, dir: "scripts/test".to_owned(), files }
}

pub(crate) fn factory(manifest: &str, main: &str) -> Result<LuaPackFactory, Vec<Problem>> {
    load(files(manifest, &[("main.lua", main)])).map_err(|refused| refused.problems)
}

pub(crate) fn context(factory: &LuaPackFactory) -> RunContext {
    let settings = factory.manifest().defaults();
    RunContext { as_of: 20_000, settings, seed: 7, limits: Limits::default() }
}

pub(crate) fn open(manifest: &str, main: &str) -> Result<LuaPack, PackError> {
    let factory = factory(manifest, main).unwrap_or_else(|problems| panic!("{problems:?}"));
    factory.open(&context(&factory))
}

/// A shipped pack with some settings changed.
pub(crate) fn shipped(name: &str, changes: &Json) -> Result<LuaPack, PackError> {
    let factory = shipped_factory(name);
    let mut context = context(&factory);
    if let Json::Object(changes) = changes {
        for (key, value) in changes {
            assert!(context.settings.contains_key(key), "{name} has no setting {key}");
            context.settings.insert(key.clone(), value.clone());
        }
    }
    factory.open(&context)
}

pub(crate) fn shipped_factory(name: &str) -> LuaPackFactory {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(name);
    let mut files: Vec<(String, Cow<'static, [u8]>)> = Vec::new();
    let names = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    let is_script = |name: &str| Path::new(name).extension().is_some_and(|it| it == "lua");
    names.retain(|name| name == "pack.toml" || (is_script(name) && name != "tests.lua"));
    names.sort_unstable();
    for path in names {
        let text = std::fs::read(dir.join(&path)).unwrap();
        files.push((path, Cow::Owned(text)));
    }
    let dir = format!("scripts/{name}");
    load(PackFiles { origin: Origin::Shipped, dir, files })
        .unwrap_or_else(|refused| panic!("{refused:#?}"))
}

/// Columns by name; a `?` in a number list is NaN.
#[derive(Debug, Default, Clone)]
pub(crate) struct Base {
    columns: Vec<(String, ColumnType, ColumnData)>,
}

impl Base {
    pub(crate) fn numbers(mut self, name: &str, values: &[f64]) -> Self {
        self.columns.push((
            name.to_owned(),
            ColumnType::Number,
            ColumnData::Number(values.to_vec()),
        ));
        self
    }

    pub(crate) fn texts(mut self, name: &str, values: &[Option<&str>]) -> Self {
        let mut builder = TextBuilder::default();
        for value in values {
            builder.push(*value);
        }
        self.columns.push((name.to_owned(), ColumnType::Text, builder.finish()));
        self
    }

    pub(crate) fn flags(mut self, name: &str, values: &[u8]) -> Self {
        self.columns.push((name.to_owned(), ColumnType::Flag, ColumnData::Flag(values.to_vec())));
        self
    }

    pub(crate) fn columns(self) -> Columns {
        let rows = self.columns.first().map_or(0, |(_, _, data)| data.len());
        let mut columns = Columns::new(rows);
        for (name, kind, data) in self.columns {
            columns.insert(&name, kind, Arc::new(data));
        }
        columns
    }

    /// A batch of customers 1, 2, 3, …
    pub(crate) fn batch(self) -> Batch {
        let columns = self.columns();
        Batch { ids: (1..=columns.rows() as i64).collect(), columns }
    }
}

pub(crate) const NONE: f64 = f64::NAN;

/// Three customers for the usual manifest: C-1 has all, C-2 lacks recency, C-3 lacks all but the id.
pub(crate) fn three() -> Batch {
    Base::default()
        .numbers("recency_days", &[10.0, NONE, NONE])
        .numbers("amount", &[1_500.0, 20.0, NONE])
        .texts("name", &[Some("上海一号"), Some("Li & Sons"), None])
        .flags("vip", &[1, 0, 2])
        .batch()
}

pub(crate) fn score(pack: &mut LuaPack, batch: &Batch) -> Result<Vec<ScoredColumn>, PackError> {
    pack.score(0, batch, &Json::Null)
}

/// What a script gives for the usual manifest and the three customers.
pub(crate) fn scored(main: &str) -> Result<(LuaPack, Vec<ScoredColumn>), PackError> {
    let mut pack = open(&usual(), main)?;
    let columns = score(&mut pack, &three())?;
    Ok((pack, columns))
}

/// A body of `score(c, ctx)` for the usual manifest, with two rules at hand.
pub(crate) fn usual_main(body: &str) -> String {
    format!(
        "local quiet = kehu.rule{{ id = \"quiet\", input = \"recency_days\", op = \">\", limit = 5, points = 3, en = \"{{value}} > {{limit}}\" }}\nlocal free = kehu.rule{{ id = \"free\", en = \"{{1}} {{2}} {{3}}\" }}\nreturn {{ score = function(c, ctx)\n{body}\nend }}\n"
    )
}

/// The error of a body.
pub(crate) fn error_of(body: &str) -> PackError {
    match scored(&usual_main(body)) {
        Ok(_) => panic!("no error: {body}"),
        Err(error) => error,
    }
}

/// The reasons of a customer as sentences, with their points where they have any.
pub(crate) fn reasons(
    pack: &LuaPack,
    column: &ScoredColumn,
    row: usize,
    language: Language,
) -> Vec<String> {
    column
        .reasons
        .of(row)
        .map(|(reason, arguments)| {
            let rule = &pack.rules()[usize::from(reason.rule)];
            let mut text = rule.text.get(language).to_owned();
            for (place, argument) in arguments.iter().enumerate() {
                let words = match argument {
                    Argument::Number(number) if number.is_nan() => "?".to_owned(),
                    Argument::Number(number) => number.to_string(),
                    Argument::Text(place) => column.reasons.texts[*place as usize].clone(),
                };
                text = text.replace(&format!("{{{}}}", place + 1), &words);
                text = chosen(&text, &(place + 1).to_string(), &words);
                text = if place == 0 { chosen(&text, "value", &words) } else { text };
                text = match place {
                    0 => text.replace("{value}", &words),
                    1 => text.replace("{limit}", &words),
                    _ => text,
                };
            }
            if reason.points == 0.0 { text } else { format!("{text} [{}]", reason.points) }
        })
        .collect()
}

/// A sentence with the words chosen that go with an argument, as in `{1|day|days}`.
fn chosen(text: &str, place: &str, argument: &str) -> String {
    let opening = format!("{{{place}|");
    let mut parts = text.split(&opening);
    let mut chosen = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (words, rest) = part.split_once('}').unwrap();
        let (one, several) = words.split_once('|').unwrap();
        chosen = chosen + if argument == "1" { one } else { several } + rest;
    }
    chosen
}

/// The value of a customer in a column.
pub(crate) fn value(column: &ScoredColumn, row: usize) -> Value {
    column.data.value(row)
}

pub(crate) fn label(column: &ScoredColumn, row: usize) -> Option<String> {
    match column.data.value(row) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
