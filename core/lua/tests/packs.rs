//! The shipped packs, around every threshold.

use kehu_contract::{Batch, Columns, Language, Pack as _, PackFactory as _, ScoredColumn, Value};
use kehu_lua::LuaPack;
use serde_json::{Value as Json, json};

use crate::kit::{Base, NONE, label, open, reasons, shipped, shipped_factory, value};

/// Fits and scores one step; the columns by the names that the manifest gives them.
fn run(pack: &mut LuaPack, step: usize, columns: &Columns) -> Vec<ScoredColumn> {
    let state = pack.fit(step, columns).unwrap();
    let ids = (1..=columns.rows() as i64).collect();
    pack.score(step, &Batch { ids, columns: columns.clone() }, &state).unwrap()
}

#[test]
fn every_setting_and_column_of_the_shipped_packs_is_explained_in_both_languages() {
    for name in ["rfm", "tiers", "lifecycle"] {
        let factory = shipped_factory(name);
        let manifest = factory.manifest();
        for setting in &manifest.settings {
            assert!(
                !setting.doc.en.is_empty() && !setting.doc.zh.is_empty(),
                "{name}: {setting:?}"
            );
        }
        for give in manifest.steps.iter().flat_map(|step| &step.gives) {
            let doc = &give.info.doc;
            assert!(!doc.en.is_empty() && !doc.zh.is_empty(), "{name}: {give:?}");
            assert!(give.values.iter().all(|value| !value.text.zh.is_empty()), "{name}: {give:?}");
        }
        for rule in shipped(name, &json!({})).unwrap().rules() {
            assert!(!rule.text.zh.is_empty(), "{name}: {rule:?}");
            assert!(rule.line > 0 && !rule.source.is_empty(), "{name}: {rule:?}");
        }
    }
}

fn lifecycle(settings: &Json, recency: f64, first: f64) -> (Option<String>, Vec<String>) {
    let mut pack = shipped("lifecycle", settings).unwrap();
    let base = Base::default()
        .numbers("recency_days", &[recency])
        .numbers("first_purchase_days", &[first])
        .numbers("purchases", &[2.0])
        .columns();
    let columns = run(&mut pack, 0, &base);
    (label(&columns[0], 0), reasons(&pack, &columns[0], 0, Language::Zh))
}

#[test]
fn each_bound_of_the_lifecycle_belongs_to_the_earlier_phase() {
    let cases = [
        (0.0, "active"),
        (30.0, "active"),
        (31.0, "silent"),
        (90.0, "silent"),
        (91.0, "fading"),
        (180.0, "fading"),
        (181.0, "churned"),
        (9_999.0, "churned"),
    ];
    for (days, phase) in cases {
        assert_eq!(lifecycle(&json!({}), days, 500.0).0.as_deref(), Some(phase), "{days}");
        let from_first = json!({ "count_from": "first_purchase" });
        assert_eq!(lifecycle(&from_first, 1.0, days).0.as_deref(), Some(phase), "{days}");
    }
    assert_eq!(lifecycle(&json!({}), 181.0, 500.0).1, ["上次购买在 181 天前，超过 180 天"]);
    let (none, why) = lifecycle(&json!({}), NONE, NONE);
    assert_eq!((none, why), (None, vec!["尚无购买记录，不划分阶段".to_owned()]));
}

#[test]
fn bounds_of_the_lifecycle_must_rise() {
    let error = shipped("lifecycle", &json!({ "silent_days": 20 })).unwrap_err();
    assert!(error.message.contains("must rise: 30, 20, 180"), "{error}");
}

/// Five customers: two good, two poor, one without a purchase.
fn shop() -> Base {
    Base::default()
        .numbers("recency_days", &[10.0, 100.0, 10.0, 100.0, NONE])
        .numbers("purchases", &[8.0, 8.0, 2.0, 2.0, 0.0])
        .numbers("amount", &[900.0, 900.0, 100.0, 100.0, 0.0])
        .numbers("last_visit_days", &[NONE, 5.0, 5.0, NONE, 5.0])
        .numbers("visits", &[0.0, 3.0, 1.0, 0.0, 9.0])
}

#[test]
fn rfm_measures_against_the_mean_of_those_who_bought() {
    let mut pack = shipped("rfm", &json!({})).unwrap();
    let columns = run(&mut pack, 0, &shop().columns());
    let segments: Vec<_> = (0..5).map(|row| label(&columns[3], row)).collect();
    let expected = [
        Some("important_value"),
        Some("important_reengage"),
        Some("ordinary_develop"),
        Some("no_intent"),
        None,
    ];
    assert_eq!(segments, expected.map(|key| key.map(str::to_owned)));
    assert_eq!(value(&columns[1], 0), Value::Number(8.0));
    assert_eq!(value(&columns[1], 4), Value::Missing);
    assert_eq!(
        reasons(&pack, &columns[3], 1, Language::En),
        [
            "last purchase 100 days ago, threshold 55: long ago",
            "8 purchases, threshold 5: frequent",
            "bought for 900, threshold 500: high",
        ]
    );
    assert_eq!(reasons(&pack, &columns[3], 4, Language::En), ["no purchase yet, so no segment"]);
}

#[test]
fn rfm_gives_all_eight_segments_and_a_figure_at_its_threshold_counts_as_high() {
    let fixed = json!({
        "threshold": "fixed", "fixed_recency_days": 30, "fixed_frequency": 3, "fixed_monetary": 500,
    });
    let cases = [
        (30.0, 3.0, 500.0, "important_value"),
        (30.0, 2.0, 500.0, "important_develop"),
        (31.0, 3.0, 500.0, "important_reengage"),
        (31.0, 2.0, 500.0, "important_winback"),
        (30.0, 3.0, 499.99, "ordinary_value"),
        (30.0, 2.0, 499.99, "ordinary_develop"),
        (31.0, 3.0, 499.99, "ordinary_reengage"),
        (31.0, 2.0, 499.99, "no_intent"),
    ];
    let mut pack = shipped("rfm", &fixed).unwrap();
    let base = Base::default()
        .numbers("recency_days", &cases.map(|case| case.0))
        .numbers("purchases", &cases.map(|case| case.1))
        .numbers("amount", &cases.map(|case| case.2))
        .numbers("last_visit_days", &[NONE; 8])
        .numbers("visits", &[0.0; 8])
        .columns();
    let columns = run(&mut pack, 0, &base);
    for (row, case) in cases.iter().enumerate() {
        assert_eq!(label(&columns[3], row).as_deref(), Some(case.3));
    }
}

#[test]
fn rfm_knows_medians_fifths_and_store_visits() {
    for (settings, first) in [
        (json!({ "threshold": "median" }), Some("important_value")),
        (json!({ "threshold": "quintile", "quintiles_high": 2 }), Some("important_value")),
        (json!({ "basis": "visits" }), None),
    ] {
        let mut pack = shipped("rfm", &settings).unwrap();
        let columns = run(&mut pack, 0, &shop().columns());
        assert_eq!(label(&columns[3], 0).as_deref(), first, "{settings}");
    }
}

#[test]
fn rfm_without_any_purchase_gives_nobody_a_segment() {
    let mut pack = shipped("rfm", &json!({})).unwrap();
    let base = Base::default()
        .numbers("recency_days", &[NONE])
        .numbers("purchases", &[0.0])
        .numbers("amount", &[NONE])
        .numbers("last_visit_days", &[NONE])
        .numbers("visits", &[0.0])
        .columns();
    let columns = run(&mut pack, 0, &base);
    assert_eq!(label(&columns[3], 0), None);
}

#[test]
fn a_missing_indicator_shares_its_weight_out_and_says_so() {
    let mut pack = shipped("tiers", &json!({})).unwrap();
    let base = Base::default()
        .numbers("amount_12m", &[100.0, 0.0, NONE])
        .numbers("amount_12m_rank", &[1.0, 0.0, NONE])
        .numbers("margin_12m", &[40.0, NONE, NONE])
        .numbers("margin_12m_rank", &[0.5, NONE, NONE])
        .numbers("credit", &[NONE, 9.0, NONE])
        .numbers("credit_rank", &[NONE, 0.7, NONE])
        .numbers("rfm_frequency", &[NONE; 3])
        .numbers("rfm_frequency_rank", &[NONE; 3])
        .columns();
    let columns = run(&mut pack, 0, &base);
    let Value::Number(first) = value(&columns[0], 0) else { panic!("no index") };
    assert!((first - (62.5 + 37.5 * 0.5)).abs() < 1e-9);
    assert_eq!(
        reasons(&pack, &columns[0], 0, Language::En),
        [
            "amount of 12 months 100: percentile rank 100, weight 62.5 % [62.5]",
            "margin of 12 months 40: percentile rank 50, weight 37.5 % [18.75]",
            "credit is missing: its weight of 20 % is shared out over the others",
        ]
    );
    assert_eq!(value(&columns[0], 2), Value::Missing);
    assert_eq!(
        reasons(&pack, &columns[0], 2, Language::Zh),
        ["没有任何指标，不计算指数，也不分级"]
    );
}

/// The second step over given indices, with the amount's rank equal to the index.
fn tiers(settings: &Json, index: &[f64]) -> (LuaPack, Vec<ScoredColumn>) {
    tiers_of(settings, index, index)
}

/// The second step over given indices and amounts, with the amount's rank equal to the index.
fn tiers_of(settings: &Json, index: &[f64], amounts: &[f64]) -> (LuaPack, Vec<ScoredColumn>) {
    let mut pack = shipped("tiers", settings).unwrap();
    let ranks: Vec<f64> = index.iter().map(|index| index / 100.0).collect();
    let missing = vec![NONE; index.len()];
    let base = Base::default()
        .numbers("value_index", index)
        .numbers("amount_12m", amounts)
        .numbers("amount_12m_rank", &ranks)
        .numbers("margin_12m", &missing)
        .numbers("margin_12m_rank", &missing)
        .numbers("credit", &missing)
        .numbers("credit_rank", &missing)
        .numbers("rfm_frequency", &missing)
        .numbers("rfm_frequency_rank", &missing)
        .columns();
    let columns = run(&mut pack, 1, &base);
    (pack, columns)
}

fn keys(columns: &[ScoredColumn]) -> String {
    let rows = columns[0].data.len();
    (0..rows).map(|row| label(&columns[0], row).unwrap_or_else(|| "-".to_owned())).collect()
}

#[test]
fn tiers_end_after_the_cumulative_share_rounded_up() {
    let index: Vec<f64> = (0..10).map(|place| 90.0 - 10.0 * f64::from(place)).collect();
    assert_eq!(keys(&tiers(&json!({}), &index).1), "AABBBCCCDD");
    // Seven customers: after ceil(1.4), ceil(3.5), ceil(5.6).
    assert_eq!(keys(&tiers(&json!({}), &index[..7]).1), "AABBCCD");
    assert_eq!(keys(&tiers(&json!({}), &index[..1]).1), "A");
}

#[test]
fn ties_at_a_cut_off_go_to_the_higher_tier_and_nobody_without_index_has_one() {
    let index = [90.0, 80.0, 80.0, 80.0, 50.0, 40.0, 30.0, 20.0, 10.0, 0.0, NONE];
    assert_eq!(keys(&tiers(&json!({}), &index).1), "AAAABCCCDD-");
    assert_eq!(keys(&tiers(&json!({}), &[5.0; 4]).1), "AAAA");
}

#[test]
fn those_of_whom_all_is_zero_tie_like_others_unless_the_lowest_tier_is_theirs() {
    // One of ten bought: the other nine tie at the mean of the ranks 0 to 8 of 9.
    let mut index = [400.0 / 9.0; 10];
    index[0] = 100.0;
    let mut amounts = [0.0; 10];
    amounts[0] = 500.0;
    amounts[9] = -20.0;
    assert_eq!(keys(&tiers_of(&json!({}), &index, &amounts).1), "AAAAAAAAAA");
    let idle = json!({ "idle_last": true });
    let (pack, columns) = tiers_of(&idle, &index, &amounts);
    // Returns alone are not nothing.
    assert_eq!(keys(&columns), "ADDDDDDDDA");
    assert_eq!(
        reasons(&pack, &columns[0], 1, Language::En),
        ["all indicators are 0, so the lowest tier D, though the index 44.44 reaches that of A"]
    );
    assert_eq!(value(&columns[1], 1), Value::Missing);
    assert_eq!(keys(&tiers_of(&idle, &[50.0; 4], &[0.0; 4]).1), "DDDD");
}

#[test]
fn the_gap_to_the_next_tier_names_the_shortest_indicator() {
    let index: Vec<f64> = (0..10).map(|place| 90.0 - 10.0 * f64::from(place)).collect();
    let (pack, columns) = tiers(&json!({}), &index);
    assert_eq!(value(&columns[1], 3), Value::Number(20.0));
    assert_eq!(
        reasons(&pack, &columns[1], 3, Language::En),
        [
            "20 points short of A; the shortest indicator is amount of 12 months, at percentile rank 60"
        ]
    );
    assert_eq!(reasons(&pack, &columns[1], 0, Language::En), ["already in the highest tier"]);
    assert_eq!(reasons(&pack, &columns[0], 9, Language::Zh), ["指数 0，低于 C 的分界 20"]);
}

#[test]
fn a_scheme_of_its_own_words_needs_a_share_for_each() {
    let labels = json!([
        { "key": "key", "en": "key", "zh": "重点" }, { "key": "rest", "en": "rest", "zh": "其他" },
    ]);
    let two = json!({ "labels": labels, "shares": [0.2, 0.8] });
    let index: Vec<f64> = (0..5).map(|place| 50.0 - 10.0 * f64::from(place)).collect();
    assert_eq!(keys(&tiers(&two, &index).1), "keyrestrestrestrest");
    let error = shipped("tiers", &json!({ "labels": labels })).unwrap_err();
    assert_eq!(
        error.message,
        "the setting labels has 2 tiers and shares has 4 figures; give each tier one share"
    );
    let error = shipped("tiers", &json!({ "shares": [0.2, 0.3, 0.3, 0.3] })).unwrap_err();
    assert_eq!(error.message, "the setting shares sums to 1.1, expected 1");
}

/// The pack that the manual writes runs, and says what the manual says.
#[test]
fn the_pack_of_the_manual_runs() {
    let manual = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/README.md"),
    )
    .unwrap();
    let block = |language: &str| {
        let start = format!("```{language}\n");
        let from = manual.find(&start).unwrap() + start.len();
        manual[from..].split("```").next().unwrap().to_owned()
    };
    let mut pack = open(&block("toml"), &block("lua")).unwrap();
    let base = Base::default()
        .numbers("recency_days", &[100.0, 5.0, NONE])
        .numbers("amount_12m", &[9.0, 1.0, NONE])
        .numbers("amount_12m_rank", &[1.0, 0.5, NONE])
        .columns();
    let columns = run(&mut pack, 0, &base);
    assert_eq!(columns[0].data, kehu_contract::ColumnData::Number(vec![60.0, 10.0, 10.0]));
    assert_eq!(label(&columns[1], 0).as_deref(), Some("alarm"));
    assert_eq!(
        reasons(&pack, &columns[0], 0, Language::En),
        ["silent for 100 days, more than 60 [40]", "percentile rank 100 of 100 by amount [20]"]
    );
}
