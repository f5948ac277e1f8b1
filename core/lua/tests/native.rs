//! Large batches run translated for the processor: nothing but the time may differ.

use std::time::{Duration, Instant};

use kehu_contract::{Batch, FailureKind, Language, Origin};
use kehu_lua::{LuaPack, PackFiles, load};

use crate::kit::{Base, NONE, context, files, reasons, score, usual, usual_main, value};

/// So many customers are scored by translated code.
const MANY: usize = 2_000;
/// So many are not.
const FEW: usize = 500;
const LANGUAGE: Language = Language::En;

fn pack(origin: Origin, main: &str) -> LuaPack {
    let files = PackFiles { origin, ..files(&usual(), &[("main.lua", main)]) };
    let factory = load(files).unwrap();
    factory.open(&context(&factory)).unwrap()
}

fn many() -> Batch {
    let number = |place: usize, every: usize| {
        if place.is_multiple_of(every) { NONE } else { place as f64 / 8.0 }
    };
    let days: Vec<f64> = (0..MANY).map(|place| number(place, 7)).collect();
    let amounts: Vec<f64> = (0..MANY).map(|place| number(place, 11)).collect();
    let names = [Some("上海一号"), None, Some("Li & Sons")];
    let names: Vec<_> = names.into_iter().cycle().take(MANY).collect();
    let flags: Vec<u8> = [0, 1, 2, 1].into_iter().cycle().take(MANY).collect();
    let base = Base::default().numbers("recency_days", &days).numbers("amount", &amounts);
    base.texts("name", &names).flags("vip", &flags).batch()
}

#[test]
fn translated_code_gives_what_interpreted_code_gives() {
    let main = usual_main(
        "if not c.name then return {} end
        local s = ctx:column(\"points\")
        local late = s:apply(quiet)
        for i = 1, 3 do s:add(free, i / 3, c.amount, c.name, late) end
        if c.vip == nil then s:because(free, nil, 1, 2) end
        return {
          points = s,
          tier = late and ctx:label(\"tier\", \"B\", quiet) or ctx:missing(\"tier\", quiet),
          note = ctx:set(\"note\", string.format(\"%.3f %s\", math.sqrt(c.amount or 0), c.name), free),
          due = ctx:set(\"due\", ctx.as_of + (c.recency_days or 0) // 1, free, ctx:random(9)),
          hot = ctx:set(\"hot\", c.vip == true, free, 1, 2, 3, 4, 5, \"six\", 7, 8),
        }",
    )
    .replace("c.name, late)", "c.name, late and 1 or 0)");
    let batch = many();
    let [mut interpreted, mut host_only, mut translated] =
        [Origin::Workspace, Origin::Workspace, Origin::Shipped].map(|origin| pack(origin, &main));
    let whole = score(&mut translated, &batch).unwrap();
    let host_only = score(&mut host_only, &batch).unwrap();
    for start in (0..MANY).step_by(FEW) {
        let ids = batch.ids[start..start + FEW].to_vec();
        let few = Batch { ids, columns: batch.columns.slice(start, start + FEW) };
        let parts = score(&mut interpreted, &few).unwrap();
        for ((part, all), half) in parts.iter().zip(&whole).zip(&host_only) {
            for row in 0..FEW {
                let told =
                    |column, row| (value(column, row), reasons(&translated, column, row, LANGUAGE));
                assert_eq!(told(all, start + row), told(part, row));
                assert_eq!(told(half, start + row), told(part, row));
            }
        }
    }
}

#[test]
fn translated_code_is_stopped_and_named_as_interpreted_code_is() {
    let bodies = [
        ("while true do end", FailureKind::TimeLimit),
        ("for i = 1, 2^53 do end", FailureKind::TimeLimit),
        ("repeat pcall(function() while true do end end) until false", FailureKind::TimeLimit),
        ("local function f() return f() end return f()", FailureKind::Runtime),
        ("local t = {} while true do t[#t + 1] = { #t } end", FailureKind::MemoryLimit),
        ("local function f() return 1 + f() end return f()", FailureKind::Runtime),
        ("local x = nil; return x.y", FailureKind::Runtime),
    ];
    for (body, kind) in bodies {
        let main = usual_main(&format!("if c.amount == 187.5 then {body} end return {{}}"));
        let begin = Instant::now();
        let error = score(&mut pack(Origin::Shipped, &main), &many()).unwrap_err();
        assert!(error.kind == kind || error.kind == FailureKind::TimeLimit, "{body}: {error}");
        assert_eq!(error.customer, Some(1_501), "{body}: {error}");
        assert_eq!(error.place.as_ref().map(|(_, line)| *line), Some(4), "{body}: {error}");
        assert!(begin.elapsed() < Duration::from_secs(8), "{body}: {:?}", begin.elapsed());
    }
}
