//! What people call the keys that packs name in their reasons.
//!
//! A reason may name a tier, a stage, a state or a choice by its key. It is told by the words that the key
//! was declared with, so that no pack has to translate. Where several declarations have one key, the nearest
//! counts: what the rule tests, what its step reads, what its pack gives and brings, then the workspace.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{
    Argument, ColumnType, LabelValue, Language, Manifest, Rule, Slot, Text, fill_with, show_number,
    show_unlike,
};
use kehu_domain::{Currency, FieldType};
use kehu_store::StoredRun;
use serde_json::{Map, Value as Json};

use crate::settings::{Settings, WITH_FIELDS};

/// How a value that is missing is shown.
const MISSING: &str = "–";

/// Words that no one declares: channels, outcomes, moods, degrees and sources, each with its Chinese.
pub const USUAL: &[(&str, &str)] = &[
    ("phone", "电话"),
    ("telephone", "电话"),
    ("sms", "短信"),
    ("wechat", "微信"),
    ("shop", "门店"),
    ("store", "门店"),
    ("web", "网站"),
    ("online", "线上"),
    ("letter", "信函"),
    ("fax", "传真"),
    ("interested", "有意向"),
    ("not_interested", "无意向"),
    ("no_answer", "未接通"),
    ("unreachable", "联系不上"),
    ("ordered", "已下单"),
    ("agreed", "已同意"),
    ("refused", "已拒绝"),
    ("postponed", "已推迟"),
    ("success", "成功"),
    ("failure", "失败"),
    ("failed", "失败"),
    ("won", "赢单"),
    ("lost", "丢单"),
    ("rising", "上升"),
    ("falling", "下降"),
    ("calm", "平静"),
    ("complacent", "自满"),
    ("high", "高"),
    ("medium", "中"),
    ("low", "低"),
    ("bottom", "漏斗底部"),
    ("middle", "漏斗中部"),
    ("top", "漏斗顶部"),
    ("prospecting", "开发新客户"),
    ("social_media", "社交媒体"),
    ("trade_show", "展会"),
    ("web_search", "网络搜索"),
    ("customer_referral", "客户引荐"),
    ("partner_referral", "合作伙伴引荐"),
    ("event", "活动"),
    ("canvass", "扫街调查"),
];

/// Holds words by their keys, the nearest declaration of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording(BTreeMap<String, Text>);

impl Wording {
    /// The words of a workspace: its stages, kinds, states, choices and fields, and the usual ones.
    pub fn of_workspace(settings: &Settings) -> Self {
        let mut words = Self::default();
        for stage in settings.pipelines.iter().flat_map(|pipeline| &pipeline.stages) {
            words.add(&stage.name, &Text::new(&stage.en, &stage.zh));
        }
        for kind in &settings.kinds {
            words.add(&kind.name, &Text::new(&kind.en, &kind.zh));
        }
        for kind in &settings.kinds {
            for (state, (en, zh)) in kind.states.iter().zip(&kind.state_titles) {
                words.add(state, &Text::new(en, zh));
            }
        }
        words.choices(settings);
        for (key, title) in settings.choices.values().flatten() {
            words.add(key, title);
        }
        for (_, field) in &settings.fields {
            words.add(&field.name, &Text::new(&field.en, &field.zh));
        }
        for (key, zh) in USUAL {
            words.add(key, &Text::new(key.replace('_', " "), *zh));
        }
        words
    }

    /// The choices of all fields; one that two fields call otherwise says nothing by itself.
    fn choices(&mut self, settings: &Settings) {
        let mut choices: BTreeMap<&str, Option<Text>> = BTreeMap::new();
        for (_, field) in &settings.fields {
            for (key, (en, zh)) in field.choices.iter().zip(&field.choice_titles) {
                let text = Text::new(en, zh);
                if text.en.is_empty() && text.zh.is_empty() {
                    continue;
                }
                let known = choices.entry(key).or_insert_with(|| Some(text.clone()));
                if known.as_ref().is_some_and(|known| *known != text) {
                    *known = None;
                }
            }
        }
        for (key, text) in choices {
            if let Some(text) = text {
                self.add(key, &text);
            }
        }
    }

    /// The words of a pack among others that run beside it: of the labels that its steps read and give, of
    /// its actions and fields, then those of the workspace.
    pub(crate) fn of_pack(
        manifest: &Manifest,
        all: &[(&Manifest, &Map<String, Json>)],
        settings: &Settings,
        workspace: &Self,
    ) -> Self {
        let mut words = Self::default();
        for step in &manifest.steps {
            for input in step.inputs() {
                for (other, values) in all {
                    for give in other.steps.iter().flat_map(|step| &step.gives) {
                        if give.info.name == input {
                            words.labels(&other.label_values(give, values));
                        }
                    }
                }
            }
        }
        let own = all.iter().find(|(other, _)| other.name == manifest.name);
        for give in manifest.steps.iter().flat_map(|step| &step.gives) {
            if let Some((_, values)) = own {
                words.labels(&manifest.label_values(give, values));
            }
        }
        for (sort, entity) in WITH_FIELDS {
            for name in manifest.vocabulary.fields(sort) {
                let Some(field) = settings.field(entity, &name) else { continue };
                for (key, (en, zh)) in field.choices.iter().zip(&field.choice_titles) {
                    words.add(key, &Text::new(en, zh));
                }
            }
        }
        for (key, text) in &workspace.0 {
            words.add(key, text);
        }
        words.labels(&manifest.actions);
        words
    }

    /// Adds the labels of a column.
    pub(crate) fn labels(&mut self, labels: &[LabelValue]) {
        for label in labels {
            self.add(&label.key, &label.text);
        }
    }

    /// Adds words for a key that has none yet.
    fn add(&mut self, key: &str, text: &Text) {
        let says_nothing = text.en.is_empty() && text.zh.is_empty();
        if says_nothing || self.0.contains_key(key) {
            return;
        }
        let plain = || key.replace('_', " ");
        let en = if text.en.is_empty() { plain() } else { text.en.clone() };
        self.0.insert(key.to_owned(), Text::new(en, text.zh.clone()));
    }

    /// What people call a key; none if it is none that is known.
    pub fn of(&self, key: &str) -> Option<&Text> {
        self.0.get(key)
    }

    /// A text of a reason in a language: the words of a key, or of several between commas, else itself.
    fn say(&self, nearer: &dyn Fn(&str) -> Option<Text>, text: &str, language: Language) -> String {
        let word = |key: &str| {
            let said = nearer(key).or_else(|| self.of(key).cloned())?;
            Some(said.get(language).to_owned())
        };
        if let Some(word) = word(text) {
            return word;
        }
        let parts: Option<Vec<String>> = text.split(", ").map(word).collect();
        let comma = if language == Language::Zh { "、" } else { ", " };
        parts.map_or_else(|| text.to_owned(), |parts| parts.join(comma))
    }
}

/// Marks where a word was put into a Chinese sentence that was written for a key.
const EDGE: char = '\u{1}';

/// Takes out the spaces between Chinese characters at the edges of words.
fn close_up(sentence: &str) -> String {
    let mut parts = sentence.split(EDGE);
    let mut closed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (before, after) = (closed.trim_end_matches(' '), part.trim_start_matches(' '));
        if before.ends_with(is_chinese) && after.starts_with(is_chinese) {
            closed.truncate(before.len());
            closed += after;
        } else {
            closed += part;
        }
    }
    closed
}

fn is_chinese(each: char) -> bool {
    matches!(each, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// One value of a reason, before it is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Given<'a> {
    /// There is none.
    Missing,
    /// A number.
    Number(f64),
    /// A text, or the key of something.
    Text(&'a str),
}

impl<'a> Given<'a> {
    /// An argument of a reason that is kept.
    pub(crate) fn of(argument: Argument, texts: &'a [String]) -> Self {
        match argument {
            Argument::Number(number) if number.is_nan() => Self::Missing,
            Argument::Number(number) => Self::Number(number),
            Argument::Text(place) => {
                texts.get(place as usize).map_or(Self::Missing, |text| Self::Text(text))
            }
        }
    }
}

/// Tells the reasons of one pack in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// The currency of amounts.
    pub(crate) currency: Currency,
    /// What people call keys.
    pub(crate) wording: Wording,
    /// The columns and fields that are known to hold amounts.
    pub(crate) amounts: BTreeSet<String>,
}

impl Voice {
    /// The voice of a pack among others that run beside it.
    pub(crate) fn of_pack(
        manifest: &Manifest,
        all: &[(&Manifest, &Map<String, Json>)],
        settings: &Settings,
        workspace: &Wording,
    ) -> Self {
        let gives = all.iter().flat_map(|(other, _)| &other.steps).flat_map(|step| &step.gives);
        let features = all.iter().flat_map(|(other, _)| &other.features);
        let infos = gives.map(|give| &give.info).chain(features.map(|feature| &feature.info));
        let money = infos.filter(|info| info.kind == ColumnType::Money);
        let fields = settings.fields.iter().map(|(_, field)| field);
        let fields = fields.filter(|field| field.kind == FieldType::Money);
        Self {
            currency: settings.currency.clone(),
            wording: Wording::of_pack(manifest, all, settings, workspace),
            amounts: money
                .map(|info| info.name.clone())
                .chain(fields.map(|field| field.name.clone()))
                .collect(),
        }
    }

    /// The voice of a run that is kept: its packs may have changed since, so that its columns speak.
    pub fn of_run(run: &StoredRun, settings: &Settings) -> Self {
        let money = run.columns.iter().filter(|column| column.info.kind == ColumnType::Money);
        Self {
            currency: settings.currency.clone(),
            wording: Wording::of_workspace(settings),
            amounts: money.map(|column| column.info.name.clone()).collect(),
        }
    }

    /// The sentence of a rule with its values put in, in both languages; `nearer` knows words that come
    /// before those of the pack.
    pub(crate) fn tell(
        &self,
        rule: &Rule,
        given: &[Given<'_>],
        nearer: &dyn Fn(&str) -> Option<Text>,
    ) -> Text {
        let numbers: Vec<Option<f64>> = given
            .iter()
            .map(|each| match each {
                Given::Number(number) => Some(*number),
                _ => None,
            })
            .collect();
        let shown = show_unlike(&numbers);
        let is_money = rule.input.as_ref().is_some_and(|input| self.amounts.contains(input));
        let fill = |sentence: &str, language| {
            fill_with(sentence, &mut |slot: Slot<'_>| {
                Some(match given.get(slot.place)? {
                    Given::Missing => MISSING.to_owned(),
                    Given::Number(number)
                        if slot.format == Some("amount") || slot.is_named && is_money =>
                    {
                        self.amount(*number, &numbers, &shown[slot.place])
                    }
                    Given::Number(_) => shown[slot.place].clone(),
                    Given::Text(text) if slot.in_command => (*text).to_owned(),
                    Given::Text(text) => match self.wording.say(nearer, text, language) {
                        word if language == Language::Zh && word != *text => {
                            format!("{EDGE}{word}{EDGE}")
                        }
                        word => word,
                    },
                })
            })
        };
        let zh = close_up(&fill(&rule.text.zh, Language::Zh));
        Text { en: fill(&rule.text.en, Language::En), zh }
    }

    /// A number as an amount, grouped; in full where another one of the sentence would look the same.
    fn amount(&self, number: f64, others: &[Option<f64>], in_full: &str) -> String {
        let grouped = |number| {
            let money = self.currency.from_major(number)?;
            Some(self.currency.show_grouped(money))
        };
        let Some(amount) = grouped(number) else { return in_full.to_owned() };
        let kept = self.currency.from_major(number).map(|money| self.currency.to_major(money));
        if kept.is_some_and(|kept| (kept - number).abs() <= 1e-9 * number.abs()) {
            return amount;
        }
        let is_like = |other: &f64| {
            let differ = (other - number).abs() > 1e-9 * number.abs().max(1e-3);
            differ && grouped(*other).as_ref() == Some(&amount)
        };
        if others.iter().flatten().any(is_like) { in_full.to_owned() } else { amount }
    }

    /// A limit of a rule, as its input is shown.
    pub(crate) fn number(&self, number: f64, is_money: bool) -> String {
        let money = self.currency.from_major(number).filter(|_| is_money);
        money.map_or_else(|| show_number(number), |money| self.currency.show_grouped(money))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(zh: &str, given: &[Given<'_>]) -> String {
        let own = "[[kind]]\nname = \"obstacle\"\ntitle = { en = \"obstacle\", zh = \"阻碍\" }\nstates = [{ key = \"open\", en = \"not settled\", zh = \"未解决\" }, \"gone_by\"]\n";
        let settings = Settings::read(&[("kehu.toml", own)]).unwrap();
        let voice = Voice {
            currency: settings.currency.clone(),
            wording: Wording::of_workspace(&settings),
            amounts: BTreeSet::from(["worth".to_owned()]),
        };
        let rule = Rule {
            id: "rule".to_owned(),
            input: Some("worth".to_owned()),
            comparison: None,
            setting: None,
            limit: None,
            points: None,
            text: Text::new(zh, zh),
            file: String::new(),
            line: 0,
            source: String::new(),
        };
        let nearer = |key: &str| (key == "gold").then(|| Text::new("gold card", "金卡"));
        let Text { en, zh } = voice.tell(&rule, given, &nearer);
        format!("{en} / {zh}")
    }

    #[test]
    fn keys_are_told_by_the_words_that_they_were_declared_with() {
        let text = Given::Text;
        for (sentence, given, expected) in [
            ("is {1} now", text("open"), "is not settled now / is 未解决 now"),
            ("级别 {1} 的客户", text("gold"), "级别 gold card 的客户 / 级别金卡的客户"),
            ("在 {1}：", text("stable_intent"), "在 stable intent： / 在稳定意向："),
            ("{1}", text("obstacle, open"), "obstacle, not settled / 阻碍、未解决"),
            ("{1}", text("obstacle, 王经理"), "obstacle, 王经理 / obstacle, 王经理"),
            ("kehu log {1} C-1", text("obstacle"), "kehu log obstacle C-1 / kehu log obstacle C-1"),
            ("{1}", text("a_b"), "a_b / a_b"),
            ("{1}", Given::Missing, "– / –"),
        ] {
            assert_eq!(told(sentence, &[given]), expected);
        }
    }

    #[test]
    fn a_value_and_its_limit_that_differ_are_told_apart() {
        let number = Given::Number;
        for (sentence, given, expected) in [
            ("{1} %, below {2} %", [24.999, 25.0], "24.999 %, below 25 %"),
            ("{1} %, above {2} %", [75.001, 75.0], "75.001 %, above 75 %"),
            ("{value}, below {limit}", [79_999.999, 80_000.0], "79999.999, below 80,000.00"),
            ("{1:amount} of {2:amount}", [1_234.5, 99.0], "1,234.50 of 99.00"),
            ("{value} {1|point|points}", [1.0, 2.0], "1.00 point"),
        ] {
            let told = told(sentence, &given.map(number));
            assert_eq!(told.split(" / ").next(), Some(expected));
        }
    }
}
