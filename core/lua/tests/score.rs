//! What a script gives, and that every value carries its reasons.

use kehu_contract::{ColumnData, Language, Pack as _, Value};

use crate::kit::{open, reasons, score, scored, three, usual, usual_main, value};

#[test]
fn points_sum_to_the_score_and_every_reason_keeps_its_figures() {
    let body = "
        local s = ctx:column(\"points\")
        local fired = s:apply(quiet)
        if fired then s:add(free, -0.5, c.amount, c.name) end
        if not c.recency_days then s:because(free, \"no recency\") end
        return { points = s }";
    let (pack, columns) = scored(&usual_main(body)).unwrap();
    let points = &columns[0];
    assert_eq!(points.data, ColumnData::Number(vec![2.5, 0.0, 0.0]));
    for row in 0..3 {
        assert_eq!(Value::Number(points.reasons.points(row)), value(points, row));
    }
    assert_eq!(reasons(&pack, points, 0, Language::En), ["10 > 5 [3]", "1500 上海一号 ? [-0.5]"]);
    assert_eq!(reasons(&pack, points, 1, Language::En), ["no recency ? ?"]);
}

#[test]
fn labels_texts_days_and_flags_come_out_as_they_went_in() {
    let body = "
        if not c.vip then return {} end
        return {
          tier = ctx:label(\"tier\", \"B\", free, c.name),
          note = ctx:set(\"note\", c.name .. \"!\", free, 1),
          due = ctx:set(\"due\", ctx.as_of + 7, free, 2),
          hot = ctx:set(\"hot\", c.vip, free, 3),
          points = ctx:missing(\"points\", quiet),
        }";
    let (pack, columns) = scored(&usual_main(body)).unwrap();
    let row: Vec<Value> = columns.iter().map(|column| value(column, 0)).collect();
    assert_eq!(
        row,
        [
            Value::Missing,
            Value::Text("B".to_owned()),
            Value::Text("上海一号!".to_owned()),
            Value::Day(20_007),
            Value::Flag(true),
        ]
    );
    assert_eq!(reasons(&pack, &columns[0], 0, Language::En), ["10 > 5"]);
    assert!(columns.iter().all(|column| column.data.is_missing(1) && column.data.is_missing(2)));
    assert!(columns.iter().all(|column| column.reasons.of(2).count() == 0));
}

#[test]
fn a_missing_value_is_nil_and_a_flag_that_is_not_known_too() {
    let body = "
        local s = ctx:column(\"points\")
        s:add(free, 0, tostring(c.recency_days), tostring(c.vip), tostring(c.name))
        return { points = s }";
    let (pack, columns) = scored(&usual_main(body)).unwrap();
    let words: Vec<String> =
        (0..3).flat_map(|row| reasons(&pack, &columns[0], row, Language::En)).collect();
    assert_eq!(words, ["10 true 上海一号", "nil false Li & Sons", "nil nil nil"]);
}

#[test]
fn nothing_is_left_of_one_call_in_the_next() {
    let main = "
        local seen = 0
        local free = kehu.rule{ id = \"free\", en = \"{1}\" }
        return { score = function(c, ctx)
          seen = seen + 1
          leaked = (rawget(_G, \"leaked\") or 0) + 1
          local s = ctx:column(\"points\")
          s:add(free, seen + leaked)
          return { points = s }
        end }";
    let mut pack = open(&usual(), main).unwrap();
    let first = score(&mut pack, &three()).unwrap();
    let second = score(&mut pack, &three()).unwrap();
    assert_eq!(first[0].data, second[0].data);
    assert_eq!(first[0].data, ColumnData::Number(vec![2.0, 4.0, 6.0]));
}

#[test]
fn chance_depends_on_the_customer_alone() {
    let main = usual_main(
        "local s = ctx:column(\"points\")
         s:add(free, ctx.random(1, 1000000)); s:add(free, math.random()); s:add(free, ctx:random(5))
         return { points = s }",
    );
    let mut pack = open(&usual(), &main).unwrap();
    let whole = score(&mut pack, &three()).unwrap();
    let mut last = three();
    last.ids = vec![3];
    last.columns = last.columns.slice(2, 3);
    let alone = score(&mut pack, &last).unwrap();
    assert_eq!(value(&whole[0], 2), value(&alone[0], 0));
    assert_ne!(value(&whole[0], 1), value(&whole[0], 2));
    let mut again = open(&usual(), &main).unwrap();
    assert_eq!(score(&mut again, &three()).unwrap()[0].data, whole[0].data);
}

#[test]
fn a_rule_knows_where_it_stands() {
    let main = "local a = 1\nlocal rule = kehu.rule{\n  id = \"x\",\n  en = \"y\",\n}\nreturn { score = function() return {} end }\n";
    let pack = open(&usual(), main).unwrap();
    let rule = &pack.rules()[0];
    assert_eq!((rule.file.as_str(), rule.line), ("scripts/test/main.lua", 2));
    assert_eq!(rule.source, "local rule = kehu.rule{");
}

#[test]
fn files_of_the_pack_can_be_required_and_nothing_else() {
    let main = "local helper = require(\"lib/helper\")\nreturn { score = helper.score }";
    let helper = "local M = {}\nfunction M.score() return {} end\nreturn M";
    let files = crate::kit::files(&usual(), &[("main.lua", main), ("lib/helper.lua", helper)]);
    let factory = kehu_lua::load(files).unwrap();
    let mut pack = factory.open(&crate::kit::context(&factory)).unwrap();
    score(&mut pack, &three()).unwrap();
    for name in ["../secret", "/etc/passwd", "lib\\\\helper", "helper"] {
        let main = format!("require(\"{name}\")\nreturn {{}}");
        let error = open(&usual(), &main).unwrap_err();
        assert!(error.message.starts_with("the pack has no file"), "{error}");
    }
}

#[test]
fn an_empty_batch_gives_empty_columns() {
    let mut pack = open(&usual(), &usual_main("return {}")).unwrap();
    let mut batch = three();
    batch.ids.clear();
    batch.columns = batch.columns.slice(0, 0);
    let columns = score(&mut pack, &batch).unwrap();
    assert!(columns.iter().all(|column| column.data.is_empty()));
}

#[test]
fn what_a_pack_prints_is_kept_for_who_asks() {
    let (mut pack, _) = scored(&usual_main("print(c.name, {}, 1)\nreturn {}")).unwrap();
    assert_eq!(pack.take_log(), ["上海一号 table 1", "Li & Sons table 1", "nil table 1"]);
}

#[test]
fn a_list_of_rules_gives_what_its_rules_give_one_by_one() {
    let rules = "
        local a = kehu.rule{ id = \"a\", input = \"recency_days\", op = \"<=\", limit = 10, points = 2, en = \"{value} {limit}\" }
        local b = kehu.rule{ id = \"b\", input = \"recency_days\", op = \"missing\", points = -1, en = \"none\" }
        local c = kehu.rule{ id = \"c\", input = \"amount\", op = \">\", limit = 10, points = 0.25, en = \"{value} {limit}\" }
        local all = kehu.rules{ a, b, c }
        return { score = function(_, ctx) local s = ctx:column(\"points\")";
    let end = " return { points = s } end }";
    let mut listed = open(&usual(), &format!("{rules} s:apply(all) {end}")).unwrap();
    let mut single =
        open(&usual(), &format!("{rules} s:apply(a) s:apply(b) s:apply(c) {end}")).unwrap();
    let (listed_columns, single_columns) =
        (score(&mut listed, &three()).unwrap(), score(&mut single, &three()).unwrap());
    assert_eq!(listed_columns[0].data, single_columns[0].data);
    assert_eq!(listed_columns[0].data, ColumnData::Number(vec![2.25, -0.75, -1.0]));
    for row in 0..3 {
        assert_eq!(
            reasons(&listed, &listed_columns[0], row, Language::En),
            reasons(&single, &single_columns[0], row, Language::En)
        );
    }
}

#[test]
fn a_step_may_need_and_give_a_great_many_columns_with_any_names() {
    let names: Vec<String> =
        (0..150).map(|place| format!("n{place}")).chain(["end".into(), "repeat".into()]).collect();
    let needs: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let gives: Vec<String> =
        names.iter().map(|name| format!("[step.gives.g_{name}]\ntype = \"number\"")).collect();
    let manifest = crate::kit::manifest(&needs.join(", "), &gives.join("\n"));
    let main = "local free = kehu.rule{ id = \"free\", en = \"{1}\" }
        return { score = function(c, ctx)
          local out = {}
          for name, value in pairs(c) do out[\"g_\" .. name] = ctx:set(\"g_\" .. name, value, free, value) end
          return out
        end }";
    let mut base = crate::kit::Base::default();
    for (place, name) in names.iter().enumerate() {
        base = base.numbers(name, &[place as f64]);
    }
    let columns = score(&mut open(&manifest, main).unwrap(), &base.batch()).unwrap();
    for (place, column) in columns.iter().enumerate() {
        assert_eq!(value(column, 0), Value::Number(place as f64));
    }
}
